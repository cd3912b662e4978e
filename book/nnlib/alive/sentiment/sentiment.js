// Sentiment: a field for a sentence; below it its words, each with its part in both networks, to be struck out.

function render({ model, el }) {
  const { sentences, first } = model.get("data");
  // The words struck out, by place, and the last of them; the networks, once they are there.
  const now = { out: new Set(), struck: undefined, readers: null };
  const [ask, waiting] = [asking(model, readersOf), {}];

  const field = element("textarea", { class: "nnlib-live-field", "aria-label": "Your sentence", rows: 2, maxlength: 400, spellcheck: "false", input: type });
  const ready = sentences.map(({ name, text }) => button(name, () => take(text)));
  const row = element("div", { class: "nnlib-sentiment-words", role: "group", "aria-label": "The words, to be struck out" });
  const says = element("p", { class: "nnlib-sentiment-says" });
  const status = element("p", { class: "nnlib-unseen", role: "status" });
  field.value = sentences[0].text;

  el.classList.add("nnlib-sentiment");
  stage(
    el,
    element("label", { class: "nnlib-live-label" }, "Your sentence", field),
    element("div", { class: "nnlib-live-row", role: "group", "aria-label": "Ready sentences" }, "Or take: ", ...ready),
    says,
    row,
    element("p", { class: "nnlib-live-small" }, "▲ speaks for praise, ▼ against it. “bag” is what the word adds in the bag of words, “rec.” by how much the recurrent network's logit is higher with it than without. Press a word to strike it out. All of this happens on this page: your sentence goes nowhere."),
    status,
  );
  for (const kind of ["pointerdown", "focusin"]) el.addEventListener(kind, begin, { once: true });

  /** The weights come at the first touch. */
  function begin() {
    ask().then((readers) => {
      const late = !now.readers && (field.value !== sentences[0].text || now.out.size);
      now.readers = readers;
      if (late) show(now.struck);
    }, () => {
      status.textContent = "";
      says.textContent = "The networks' weights could not be loaded. Type once more to try again.";
      clearTimeout(waiting.words);
      status.textContent = says.textContent;
    });
  }

  function type() {
    now.out.clear();
    now.struck = undefined;
    begin();
    if (now.readers) show();
  }

  function take(text) {
    field.value = text;
    type();
  }

  /** Both networks read anew without the word; until they are there, it is only struck out. */
  function strike(place) {
    if (!now.out.delete(place)) now.out.add(place);
    now.struck = place;
    begin();
    show(place);
  }

  /** Show the words anew; the one at `focus` keeps the focus. */
  function show(focus) {
    const { words, logits } = now.readers?.read(field.value, now.out) ?? first;
    const largest = Math.max(0.5, ...words.flatMap(({ share, change }) => [Math.abs(share), Math.abs(change)]));
    row.replaceChildren(...words.map((each, place) => element(
      "button",
      { type: "button", class: "nnlib-sentiment-word", "aria-pressed": String(now.out.has(place)), click: () => strike(place) },
      element("span", {}, each.known ? each.word : `${each.word}?`),
      part("bag", each.share, largest),
      part("rec.", each.change, largest),
    )));
    if (focus !== undefined) row.children[focus]?.focus();
    if (!now.readers && now.out.size) return;
    says.textContent = verdict(words.filter((_, place) => !now.out.has(place)), logits);
    clearTimeout(waiting.words);
    waiting.words = setTimeout(() => { status.textContent = says.textContent; }, 800); // when the reader pauses
  }

  /** One number of a word, with its bar. */
  function part(name, number, largest) {
    const sign = Math.abs(number) < 0.005 ? "·" : number > 0 ? "▲" : "▼";
    return element(
      "small",
      { class: `nnlib-sentiment-part ${number > 0 ? "nnlib-sentiment-for" : "nnlib-sentiment-against"}`, style: `--share: ${Math.abs(number) / largest}` },
      ` ${name} `,
      element("span", { "aria-hidden": "true" }, `${sign} `),
      signed(number),
      element("span", { class: "nnlib-sentiment-bar", "aria-hidden": "true" }),
    );
  }

  show();

  return () => clearTimeout(waiting.words);
}

export default { render };
