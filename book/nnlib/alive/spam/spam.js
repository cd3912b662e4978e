// Spam: a field for a message; below it its words, each with what it adds, to be struck out one by one.

function render({ model, el }) {
  const { messages, first } = model.get("data");
  const now = { out: new Set(), filter: null }; // the words struck out, by place; the filter, once it is there
  const [ask, waiting] = [asking(model, filterOf), {}];

  const field = element("textarea", { class: "nnlib-live-field", "aria-label": "Your message", rows: 3, maxlength: 1000, spellcheck: "false", input: type });
  const ready = messages.map(({ name, text }) => button(name, () => take(text)));
  const row = element("div", { class: "nnlib-spam-words", role: "group", "aria-label": "The words, to be struck out" });
  const says = element("p", { class: "nnlib-spam-says" });
  const status = element("p", { class: "nnlib-unseen", role: "status" });
  field.value = messages[0].text;

  el.classList.add("nnlib-spam");
  stage(
    el,
    element("label", { class: "nnlib-live-label" }, "Your message", field),
    element("div", { class: "nnlib-live-row", role: "group", "aria-label": "Ready messages" }, "Or take: ", ...ready),
    says,
    row,
    element("p", { class: "nnlib-live-small" }, "▲ speaks for spam, ▼ against it, · hardly at all; the number is what the word adds to the logit, and ? marks a word that the filter does not know. Press a word to strike it out. All of this happens on this page: your message goes nowhere."),
    status,
  );
  for (const kind of ["pointerdown", "focusin"]) el.addEventListener(kind, begin, { once: true });

  /** The weights come at the first touch. */
  function begin() {
    ask().then((filter) => {
      now.filter = filter;
      if (field.value !== messages[0].text) show();
    }, () => {
      status.textContent = "";
      says.textContent = "The filter's weights could not be loaded. Type once more to try again.";
      clearTimeout(waiting.words);
      status.textContent = says.textContent;
    });
  }

  function type() {
    now.out.clear();
    begin();
    if (now.filter) show();
  }

  function take(text) {
    field.value = text;
    type();
  }

  function strike(place) {
    if (!now.out.delete(place)) now.out.add(place);
    show(place);
  }

  /** Show the words anew; the one at `focus` keeps the focus. */
  function show(focus) {
    const { bias, threshold } = now.filter ?? first;
    const all = now.filter?.read(field.value) ?? first.words;
    const largest = Math.max(0.5, ...all.map(({ share }) => Math.abs(share)));
    row.replaceChildren(...all.map(({ word, known, share }, place) => {
      const out = now.out.has(place);
      const sign = Math.abs(share) < 0.005 ? "·" : share > 0 ? "▲" : "▼";
      return element(
        "button",
        { type: "button", class: `nnlib-spam-word ${share > 0 ? "nnlib-spam-for" : "nnlib-spam-against"}`, style: `--share: ${Math.abs(share) / largest}`, "aria-pressed": String(out), click: () => strike(place) },
        element("span", { class: "nnlib-spam-bar", "aria-hidden": "true" }),
        element("span", {}, known ? word : `${word}?`),
        " ",
        element("small", {}, element("span", { "aria-hidden": "true" }, `${sign} `), signed(share)),
      );
    }));
    if (focus !== undefined) row.children[focus]?.focus();
    says.textContent = said(all.filter((_, place) => !now.out.has(place)), bias, threshold);
    clearTimeout(waiting.words);
    waiting.words = setTimeout(() => { status.textContent = says.textContent; }, 800); // when the reader pauses
  }

  show();

  return () => clearTimeout(waiting.words);
}

export default { render };
