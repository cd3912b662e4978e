// Draw a digit: the field, the choices, and what follows from them.

const FIRST = 9; // the ready example to begin with

function render({ model, el }) {
  const data = model.get("data");
  const layers = layersOf(data.sizes, floats(data.weights));
  const now = { ink: drawingOf(data.examples[FIRST]), ready: true, label: FIRST, rate: data.rate };
  const { change, takeBack, strokes, canTakeBack } = undoable(now, soon);
  const waiting = {};

  const field = canvasOf(DOTS, { tabindex: 0, role: "application", "aria-label": `Field to draw on. ${HELP}` });
  const cursor = element("div", { class: "nnlib-digit-cursor" });
  const image = canvasOf(FIELD, { class: "nnlib-digit-image", "aria-hidden": "true" });
  const network = diagram(data.sizes);
  const maps = wishMaps(data.sizes[1]);
  const undo = button("Undo", takeBack);
  const examples = data.examples.map((levels, digit) => {
    const canvas = canvasOf(8, { "aria-hidden": "true" });
    const take = button(canvas, () => change(drawingOf(levels), true), { "aria-label": `Example ${digit}` });
    return { take, show: (colour) => paint(canvas, levels.map((level) => level / 16), colour) };
  });
  const says = element("p", { class: "nnlib-digit-says" });
  const wish = element("p", { class: "nnlib-digit-wish" });
  const scales = element("p", { class: "nnlib-digit-small" });
  const rate = element("output");
  const table = element("div", { class: "nnlib-digit-table", tabindex: 0, role: "region", "aria-label": "All numbers" });
  const all = element("details", { toggle: soon }, element("summary", {}, "All numbers"), table);
  const status = element("p", { class: "nnlib-unseen", role: "status" });

  el.classList.add("nnlib-digit");
  stage(
    el,
    part("field", element("div", { class: "nnlib-digit-pad" }, field, cursor), element("p", {}, undo, " ", button("Clear", () => change(paper())))),
    part("answer", says, element("div", { class: "nnlib-digit-network" }, network.picture, image), legend()),
    part(
      "choices",
      element("p", { class: "nnlib-digit-small" }, HELP),
      choices("Or take a ready one:", examples.map(({ take }) => take)),
      element("form", {}, choices("What should change? Tell the network which digit it is:", data.examples.map(told))),
    ),
    part(
      "wishes",
      wish,
      element("label", {}, "Rate η of the step: ", rate, element("input", { type: "range", min: 0.1, max: 10, step: 0.1, value: now.rate, input: setRate })),
      element("p", {}, element("strong", {}, "What the weights from the image to each neuron of hidden layer 1 should do")),
      maps.picture,
      scales,
    ),
    element(
      "p",
      { class: "nnlib-digit-small" },
      `The network ${data.sizes.join("-")} of this chapter, which read ${data.accuracy} of MNIST's test images. Its outputs `
        + "are no probabilities. Hidden neurons, pixels and rows are counted from 1; an output goes by its digit.",
    ),
    all,
    status,
  );
  pen(field, cursor, {
    ...strokes,
    tell(text) {
      status.textContent = text;
    },
  });
  show();
  return onThemeChange(show);

  /** One of the digits that the reader may tell the network. */
  function told(_, digit) {
    const set = () => {
      now.label = digit;
      soon();
    };
    const radio = element("input", { type: "radio", name: "digit", checked: digit === now.label, change: set });
    return element("label", {}, radio, element("span", {}, `${digit}`));
  }

  function setRate(event) {
    now.rate = Number(event.target.value);
    soon();
  }

  /** Show what has changed with the next picture of the screen, and say it when the reader pauses. */
  function soon() {
    waiting.frame ??= requestAnimationFrame(show);
    clearTimeout(waiting.words);
    waiting.words = setTimeout(() => {
      status.textContent = `${says.textContent} ${wish.textContent}`;
    }, 1000);
  }

  function show() {
    waiting.frame = null;
    const pixels = likeMnist(now.ink);
    const seen = look(layers, pixels, now.label, now.rate);
    const colours = coloursOf(el);
    paint(field, now.ink, colours.ink);
    paint(image, pixels, colours.ink);
    if (now.painted !== colours.ink) for (const example of examples) example.show(colours.ink);
    now.painted = colours.ink;
    network.update(seen, now.label);
    maps.update(seen, colours);
    undo.setAttribute("aria-disabled", !canTakeBack());
    const said = impression(seen.activations.at(-1)).replaceAll(/(next) | (?=\()/g, "$1\u00a0");
    says.textContent = boxOf(now.ink, DOTS) ? said : `No ink yet. ${said}`;
    wish.textContent = wishes(seen, now.label, now.rate);
    rate.textContent = now.rate.toFixed(1);
    const tops = seen.gradients.map(({ dW }) => significant(scale(dW), 3));
    scales.textContent = `A number is the largest change in its map, divided by the rate. Full colour stands for ${tops[0]}; the full width of a line above for ${tops[1]} before hidden layer 2, and for ${tops[2]} before the outputs.`;
    if (all.open) table.replaceChildren(numbers(seen));
  }
}

function part(name, ...children) {
  return element("div", { class: `nnlib-digit-${name}` }, ...children);
}

/** Buttons in a row, under a title. */
function choices(title, children) {
  return element("fieldset", { class: "nnlib-digit-five" }, element("legend", {}, title), ...children);
}

function legend() {
  const entries = {
    activation: "activation, 0 to 1",
    rise: "weight that should rise",
    fall: "weight that should fall",
    told: "the digit that you tell",
    after: "output after the step",
  };
  const items = Object.entries(entries).map(([kind, text]) => element("li", { class: `nnlib-digit-key-${kind}` }, text));
  return element("ul", { class: "nnlib-digit-legend" }, ...items);
}

export default { render };
