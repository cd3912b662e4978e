// Translation: a field for a sentence; below it the German as it comes, and a table of where the network looked.

const PAUSE = 160; // milliseconds between two pieces

function render({ model, el }) {
  const { sentences, block, first } = model.get("data");
  const now = { read: first, block, rows: first.rows.length, translator: null };
  const [ask, waiting] = [asking(model, translatorOf), { stop: () => {} }];

  const field = element("input", { class: "nnlib-live-field", type: "text", "aria-label": "Your English sentence", maxlength: 100, spellcheck: "false", autocomplete: "off", input: type });
  const ready = sentences.map(({ name, text }) => button(name, () => take(text)));
  const blocks = [0, 1].map((which) => button(`block ${which + 1}`, () => choose(which), { "aria-pressed": String(which === block) }));
  const answer = element("p", { class: "nnlib-translation-answer", lang: "de", "aria-hidden": "true" });
  const matrix = element("div", { class: "nnlib-translation-matrix", role: "region", "aria-label": "Where the network looked", tabindex: 0 });
  const says = element("p", { class: "nnlib-translation-says" });
  const status = element("p", { class: "nnlib-unseen", role: "status" });
  field.value = sentences[0].text;

  el.classList.add("nnlib-translation");
  stage(
    el,
    element("label", { class: "nnlib-live-label" }, "Your English sentence", field),
    element("div", { class: "nnlib-live-row", role: "group", "aria-label": "Ready sentences" }, "Or take: ", ...ready),
    answer,
    element("div", { class: "nnlib-live-row", role: "group", "aria-label": "Attention of" }, "Attention of: ", ...blocks),
    matrix,
    says,
    element("p", { class: "nnlib-live-small" }, "Each row is a German piece; ␣ is a blank. Grey beside it: how likely the network held it after its own pieces before, in per cent; below 50 it is dotted. It can be sure and wrong. Then, for each English piece: which share of the block's attention went there when the row's piece was foreseen, in per cent; the rest went to the mark and to the German before. All of it happens here: your sentence goes nowhere."),
    status,
  );
  for (const kind of ["pointerdown", "focusin"]) el.addEventListener(kind, begin, { once: true });

  /** The weights come at the first touch. */
  function begin() {
    ask().then((translator) => {
      const late = !now.translator && field.value !== sentences[0].text;
      now.translator = translator;
      if (late) translate();
    }, () => {
      clearTimeout(waiting.words);
      says.textContent = "The translator's weights could not be loaded. Type once more to try again.";
      status.textContent = says.textContent;
    });
  }

  function type() {
    begin();
    if (now.translator) translate();
  }

  function take(text) {
    field.value = text;
    type();
  }

  function choose(which) {
    now.block = which;
    for (const [i, key] of blocks.entries()) key.setAttribute("aria-pressed", String(i === which));
    show();
  }

  /** Piece by piece, from the first on. */
  function translate() {
    waiting.stop();
    now.read = now.translator.read(field.value);
    now.rows = now.read.wrong ? 0 : 1;
    show();
    if (!now.read.wrong) {
      waiting.stop = play(() => {
        if (now.rows >= now.read.rows.length) return false;
        now.rows += 1;
        show();
        return true;
      }, PAUSE);
    }
  }

  function show() {
    const { wrong, english, rows } = now.read;
    const come = wrong ? [] : rows.slice(0, now.rows);
    answer.replaceChildren(...come.filter(({ piece }) => piece !== STOP).map(({ piece, p }, i) => element("span", p < 0.5 ? { class: "nnlib-translation-unsure" } : {}, i ? piece : piece.trimStart())));
    matrix.replaceChildren(...(wrong ? [] : [table(english, come, now.block)]));
    says.textContent = said(now.read, now.block);
    clearTimeout(waiting.words);
    waiting.words = setTimeout(() => { status.textContent = says.textContent; }, 1000); // when the reader pauses
  }

  show();

  return () => {
    waiting.stop();
    clearTimeout(waiting.words);
  };
}

/** The attention as a table, in per cent: a column for each English piece, a row for each German one that has come. */
function table(english, rows, block) {
  const head = element("tr", {}, element("td"), element("th", { scope: "col", class: "nnlib-translation-p" }, "likely"), ...english.map((piece) => element("th", { scope: "col", class: "nnlib-translation-column" }, element("span", {}, shown(piece)))));
  const lines = rows.map(({ piece, p, asked }) => element(
    "tr",
    {},
    element("th", { scope: "row", class: p < 0.5 ? "nnlib-translation-unsure" : "" }, shown(piece)),
    element("td", { class: "nnlib-translation-p" }, percent(p)),
    ...asked[block].map((weight) => element("td", { class: "nnlib-translation-cell", style: `--weight: ${weight}` }, share(weight))),
  ));
  return element("table", {}, element("thead", {}, head), element("tbody", {}, ...lines));
}

export default { render };
