// Reading a digit: ready ones, or the reader's own, and the network's answer as ten bars.

const SIDE = 4; // of a pixel in the picture, which begins at TOP; and the length of a full bar: as in __init__.py
const [TOP, LENGTH] = [114, 84];

function render({ model, el }) {
  const data = model.get("data");
  const layers = layersOf(data.sizes, floats(data.weights));
  const now = { ink: drawingOf(data.ready[data.first]), ready: true };
  const { change, takeBack, strokes } = undoable(now, soon);
  const waiting = {};

  el.classList.add("nnlib-reading");
  const field = canvasOf(DOTS, { tabindex: 0, role: "application", "aria-label": `Field to draw on. ${HELP}` });
  const cursor = element("div", { class: "nnlib-digit-cursor" });
  const answer = picture(data.picture);
  const says = element("p", { class: "nnlib-reading-says", role: "status" });
  const keys = element("p", { class: "nnlib-unseen", role: "status" });
  const ready = data.ready.map((levels, digit) => {
    const canvas = canvasOf(8, { "aria-hidden": "true" });
    const take = button(canvas, () => change(drawingOf(levels), true), { "aria-label": `Ready digit ${digit}` });
    return { take, show: (ink) => paint(canvas, levels.map((level) => level / 16), ink) };
  });

  stage(
    el,
    element("div", { class: "nnlib-reading-left" },
      element("div", { class: "nnlib-digit-pad" }, field, cursor),
      element("p", {}, button("Clear", () => change(paper())), " ", button("Undo", takeBack))),
    element("div", { class: "nnlib-reading-answer" }, answer.drawing, says),
    element("fieldset", { class: "nnlib-digit-five" }, element("legend", {}, "Ready digits"), ...ready.map(({ take }) => take)),
    element("p", { class: "nnlib-reading-help" }, "Or draw a digit of your own in the field: with the mouse, a finger or a pen; by keys, the arrows move and Space puts the pen down and lifts it."),
    keys,
  );
  pen(field, cursor, {
    ...strokes,
    tell(text) {
      keys.textContent = text;
    },
  });
  show();
  return onThemeChange(inkAll);

  /** Ink the field, and the ready digits where the colour of ink is another one. */
  function inkAll() {
    const ink = getComputedStyle(el).getPropertyValue("--ink").trim() || "gray";
    paint(field, now.ink, ink);
    if (now.painted !== ink) for (const one of ready) one.show(ink);
    now.painted = ink;
  }

  /** Show what has changed with the next picture of the screen. */
  function soon() {
    waiting.frame ??= requestAnimationFrame(show);
  }

  function show() {
    waiting.frame = null;
    inkAll();
    const seen = forward(layers, likeMnist(now.ink));
    answer.update(seen);
    clearTimeout(waiting.words); // said once the hand rests
    const words = boxOf(now.ink, DOTS) ? impression(seen.at(-1)) : "No ink yet: draw a digit, or take a ready one.";
    if (says.textContent) waiting.words = setTimeout(() => { says.textContent = words; }, 150);
    else says.textContent = words;
  }
}

/** The picture that Python drew, and how it is brought up to date. */
function picture(text) {
  const drawing = element("div", { class: "nnlib-reading-network" });
  drawing.innerHTML = text;
  const pixels = drawing.querySelector(".nnlib-reading-pixels");
  const circles = [...drawing.querySelectorAll("circle")];
  const outputs = [...drawing.querySelectorAll(".nnlib-reading-output")];

  function update([image, ...activations]) {
    const inked = Array.from(image.keys()).filter((at) => image[at] > 0);
    pixels.replaceChildren(...inked.map((at) => svg("rect", {
      x: SIDE * (at % FIELD), y: TOP + SIDE * Math.floor(at / FIELD), width: SIDE, height: SIDE, "fill-opacity": image[at].toFixed(2),
    })));
    const values = activations.at(-1);
    const hidden = activations.slice(0, -1).flatMap((layer) => Array.from(layer));
    hidden.forEach((level, j) => circles[j].setAttribute("fill-opacity", level.toFixed(2)));
    outputs.forEach((output, j) => {
      output.classList.toggle("nnlib-reading-winner", j === largest(values)[0]);
      output.querySelector(".nnlib-reading-bar").setAttribute("width", LENGTH * values[j]);
      output.lastElementChild.textContent = values[j].toFixed(2);
    });
    drawing.firstElementChild.setAttribute("aria-label", `A digit, two columns of 16 circles and ten bars. ${impression(values)}`);
  }
  return { drawing, update };
}

export default { render };
