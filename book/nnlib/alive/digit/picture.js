// The picture: its colours, the network with its outputs, and the maps of the first layer's wishes.

const [COLUMNS, TOP, PITCH, OUTPUT_PITCH] = [[150, 218, 274], 34, 19, 30.5]; // where the layers stand
const [BAR, BAR_LENGTH] = [298, 62];
const CELL = 3; // the side of a weight in a map, in dots

/** The stage's colours, to be read before a picture is changed: reading them later would lay out the page again. */
function coloursOf(stage) {
  const style = getComputedStyle(stage);
  const read = (name) => style.getPropertyValue(name).trim() || "gray";
  return { ink: read("--ink"), rise: read("--accent"), fall: read("--backward") };
}

/** The network as a picture: hidden neurons, outputs with bars, and the wishes of the two later layers as lines. */
function diagram(sizes) {
  const heights = sizes.slice(1).map((size) => Array.from({ length: size }, (_, j) => size === 10 ? TOP + 5 + OUTPUT_PITCH * j : TOP + PITCH * j));
  const lines = heights.slice(1).map((ends, l) => ends.map((y2) => heights[l].map((y1) =>
    svg("line", { x1: COLUMNS[l] + 8.5, y1, x2: COLUMNS[l + 1] - 8.5, y2 }))));
  const neurons = heights.slice(0, -1).map((places, l) => places.map((cy) => svg("circle", { cx: COLUMNS[l], cy, r: 8.5 })));
  const names = heights.slice(0, -1).map((places, l) => places.map((y, j) =>
    svg("text", { class: "nnlib-digit-index", x: COLUMNS[l], y: y + 3.8, "text-anchor": "middle" }, `${j + 1}`)));
  const outputs = heights.at(-1).map((y, j) => {
    const bar = svg("rect", { class: "nnlib-digit-bar", x: BAR, y: y - 7, height: 14 });
    const after = svg("path", { class: "nnlib-digit-after", d: `M0 ${y - 10}v20` });
    const number = svg("text", { x: BAR + BAR_LENGTH + 37, y: y + 4.5, "text-anchor": "end" });
    const ring = svg("circle", { class: "nnlib-digit-told", cx: COLUMNS[2] + 8, cy: y, r: 11 });
    const name = svg("text", { x: COLUMNS[2] + 8, y: y + 5, "text-anchor": "middle" }, `${j}`);
    const track = svg("rect", { class: "nnlib-digit-track", x: BAR, y: y - 7, width: BAR_LENGTH, height: 14 });
    return { group: svg("g", {}, track, bar, after, ring, name, number), bar, after, ring, number };
  });
  const fan = heights[0].map((y2) => svg("line", { class: "nnlib-digit-fan", x1: 106, y1: 176 + (y2 - 176) * 0.3, x2: COLUMNS[0] - 8.5, y2 }));
  const titles = [["input", 54, 112], ["hidden 1", COLUMNS[0], 14], ["hidden 2", COLUMNS[1], 14], ["outputs", 329, 14]]
    .map(([text, x, y]) => svg("text", { class: "nnlib-digit-title", x, y, "text-anchor": "middle" }, text));
  const picture = svg("svg", { viewBox: "0 0 400 334", role: "img" },
    ...fan, ...lines.flat(2), ...neurons.flat(), ...names.flat(), ...outputs.map((output) => output.group), ...titles);

  function update(seen, label) {
    const values = seen.activations.at(-1);
    const winner = largest(values)[0];
    neurons.forEach((layer, l) => layer.forEach((neuron, j) => {
      neuron.setAttribute("fill-opacity", seen.activations[l + 1][j]);
      names[l][j].classList.toggle("nnlib-digit-bright", seen.activations[l + 1][j] > 0.5);
    }));
    outputs.forEach(({ group, bar, after, ring, number }, j) => {
      group.setAttribute("class", j === winner ? "nnlib-digit-winner" : "");
      bar.setAttribute("width", BAR_LENGTH * values[j]);
      after.setAttribute("transform", `translate(${BAR + BAR_LENGTH * seen.after[j]} 0)`);
      after.setAttribute("visibility", Math.abs(seen.after[j] - values[j]) > 0.005 ? "visible" : "hidden");
      ring.setAttribute("visibility", j === label ? "visible" : "hidden");
      number.textContent = values[j].toFixed(2);
    });
    lines.forEach((layer, l) => {
      const { dW } = seen.gradients[l + 1];
      const top = scale(dW);
      layer.forEach((ends, j) => ends.forEach((line, k) => {
        const wish = top && -dW[j * ends.length + k] / top;
        line.setAttribute("class", wish > 0 ? "nnlib-digit-rise" : "nnlib-digit-fall");
        line.setAttribute("stroke-width", 3.5 * Math.abs(wish));
        line.setAttribute("visibility", Math.abs(wish) > 0.04 ? "visible" : "hidden");
      }));
    });
    const said = Array.from(values, (value, j) => `${j}: ${value.toFixed(2)}`).join(", ");
    picture.setAttribute("aria-label", `The network's neurons and outputs. Outputs: ${said}`);
  }
  return { picture, update };
}

/** The first layer's wishes: for each hidden neuron a map of 28 x 28 weights, all on one scale. */
function wishMaps(count) {
  const maps = Array.from({ length: count }, (_, j) => {
    const [canvas, most] = [canvasOf(FIELD * CELL, { "aria-hidden": "true" }), element("small")];
    return { box: element("div", {}, canvas, element("b", {}, `${j + 1}`), most), canvas, most };
  });
  const picture = element("div", { class: "nnlib-digit-maps", role: "img" }, ...maps.map((map) => map.box));

  const side = FIELD * CELL;
  const weightAt = Array.from({ length: side ** 2 }, (_, at) => Math.floor(at / side / CELL) * FIELD + Math.floor((at % side) / CELL));
  const inStripe = weightAt.map((_, at) => ((at % side) + Math.floor(at / side)) % 6 < 3);

  /** A neuron's slopes are its delta times the image, and no pixel is negative: all its weights rise, or all fall. */
  function update({ activations: [image], gradients: [{ dW, db }] }, colours) {
    const [top, brightest] = [scale(dW), Math.max(...image)];
    const full = weightAt.map((weight) => image[weight]);
    const hatched = full.map((grey, at) => (inStripe[at] ? grey : 0.2 * grey));
    maps.forEach(({ canvas, most }, j) => {
      const [levels, colour] = db[j] > 0 ? [hatched, colours.fall] : [full, colours.rise];
      paint(canvas, levels, colour, top && Math.abs(db[j]) / top);
      most.textContent = signed(-db[j] * brightest);
    });
    const rising = Array.from(db.keys()).filter((j) => db[j] <= 0).map((j) => j + 1).join(", ") || "none";
    picture.setAttribute("aria-label", `Maps of the first layer's weights. Those of hidden neurons ${rising} should rise, the others fall; each map is the image, fainter or stronger.`);
  }
  return { picture, update };
}

/** All activations and wishes as a table; -delta is by how much a neuron's bias should rise, times the rate. */
function numbers(seen) {
  const head = element("tr", {}, ...["neuron", "hidden 1", "−δ", "hidden 2", "−δ", "digit", "output", "−δ"]
    .map((name) => element("th", { scope: "col" }, name)));
  const last = seen.gradients.length - 1;
  const cells = (l, j) => j < seen.gradients[l].db.length ? [seen.activations[l + 1][j].toFixed(3), signed(-seen.gradients[l].db[j])] : ["", ""];
  const rows = Array.from({ length: Math.max(...seen.gradients.map(({ db }) => db.length)) }, (_, j) =>
    element("tr", {}, element("th", { scope: "row" }, `${j + 1}`), ...[
      ...seen.gradients.slice(0, last).flatMap((_, l) => cells(l, j)),
      ...[j < seen.gradients[last].db.length ? `${j}` : "", ...cells(last, j)],
    ].map((text) => element("td", {}, text))));
  return element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows));
}

/** The largest size of a layer's gradients: what the full colour stands for. */
function scale(dW) {
  return dW.reduce((top, slope) => Math.max(top, Math.abs(slope)), 0);
}

/** A change in two significant digits, or in one where it is small, with its sign. */
function signed(number) {
  const size = Math.abs(number);
  return size < 1e-6 ? "≈ 0" : `${number < 0 ? "−" : "+"}${significant(size, size < 1e-4 ? 1 : 2)}`;
}
