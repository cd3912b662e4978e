// Chatbot: a field for a question; below it the likeliest intents as bars, the threshold, and what the chatbot says.

function render({ model, el }) {
  const { questions, bags, first } = model.get("data");
  const now = { which: 0, bots: null }; // which of the two networks is asked; both, once they are there
  const [ask, waiting] = [asking(model, botsOf), {}];

  const field = element("textarea", { class: "nnlib-live-field", "aria-label": "Your question", rows: 2, maxlength: 1000, spellcheck: "false", input: type });
  const ready = questions.map(({ name, text }) => button(name, () => take(text)));
  const again = button("Say it once more", () => take(`${field.value} ${now.base}`.trim()));
  const kinds = bags.map((name, which) => button(name, () => choose(which), { "aria-pressed": String(which === 0) }));
  const bars = element("div", { class: "nnlib-chatbot-bars", "aria-hidden": "true" });
  const bubble = element("p", { class: "nnlib-chatbot-reply", "aria-hidden": "true" });
  const says = element("p", { class: "nnlib-chatbot-says" });
  const status = element("p", { class: "nnlib-unseen", role: "status" });
  field.value = questions[0].text;
  now.base = field.value;

  el.classList.add("nnlib-chatbot");
  stage(
    el,
    element("label", { class: "nnlib-live-label" }, "Your question", field),
    element("div", { class: "nnlib-live-row", role: "group", "aria-label": "Ready questions" }, "Or take: ", ...ready, again),
    element("div", { class: "nnlib-live-row", role: "group", "aria-label": "Bags" }, "Bag: ", ...kinds),
    bubble,
    bars,
    says,
    element("p", { class: "nnlib-live-small" }, "The line across the bars is the threshold. The network picks an intent; the replies were written for this page. All of it happens here: your question goes nowhere."),
    status,
  );
  for (const kind of ["pointerdown", "focusin"]) el.addEventListener(kind, begin, { once: true });

  /** The weights come at the first touch. */
  function begin() {
    ask().then((bots) => {
      now.bots = bots;
      if (field.value !== questions[0].text) show();
    }, () => {
      says.textContent = "The chatbot's weights could not be loaded. Type once more to try again.";
      clearTimeout(waiting.words);
      status.textContent = says.textContent;
    });
  }

  function type() {
    now.base = field.value;
    begin();
    if (now.bots) show();
  }

  function take(text) {
    if (!text.endsWith(` ${now.base}`)) now.base = text;
    field.value = text.slice(0, 1000);
    begin();
    if (now.bots) show();
  }

  function choose(which) {
    now.which = which;
    for (const [i, kind] of kinds.entries()) kind.setAttribute("aria-pressed", String(i === which));
    show();
  }

  function show() {
    const read = now.bots?.[now.which].read(field.value) ?? first[now.which];
    const { best, threshold } = read;
    bars.replaceChildren(...best.map(({ name, p }, place) => element(
      "div",
      { class: `nnlib-chatbot-bar ${place === 0 && p >= threshold ? "nnlib-chatbot-sure" : ""}` },
      element("span", { class: "nnlib-chatbot-name" }, name),
      element("span", { class: "nnlib-chatbot-track", style: `--p: ${p}; --threshold: ${threshold}` }),
      element("span", { class: "nnlib-chatbot-percent" }, `${percent(p)} %`),
    )));
    bubble.textContent = answer(read);
    says.textContent = said(read);
    clearTimeout(waiting.words);
    waiting.words = setTimeout(() => { status.textContent = says.textContent; }, 800); // when the reader pauses
  }

  show();

  return () => clearTimeout(waiting.words);
}

export default { render };
