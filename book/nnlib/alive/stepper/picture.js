// The picture of the network: a place for every number, lit when a step reads or writes it.

// Both shapes of the picture, in its own units: for a column of text, and for a phone, where it runs downward.
const SHAPES = {
  wide: {
    size: [740, 376], down: false, input: 56, half: 86, weight: 72, beside: 0, share: 0.33,
    x: [[30, 94], [30, 314]], 1: [[260, 94], [260, 314]],
    2: { 1: [[548, 204]], 2: [[548, 94], [548, 314]] },
    C: [702, 204], y: { 1: [[702, 94]], 2: [[702, 94], [702, 314]] },
    headings: { input: 30, "layer 1, hidden": 260, "layer 2, output": 548, "target, cost": 700 },
  },
  tall: {
    size: [320, 526], down: true, input: 60, half: 75, weight: 66, beside: 38, share: 0.27,
    x: [[82, 22], [238, 22]], 1: [[82, 194], [238, 194]],
    2: { 1: [[160, 402]], 2: [[82, 402], [238, 402]] },
    C: [160, 504], y: { 1: [[52, 504]], 2: [[52, 504], [268, 504]] },
    headings: {},
  },
};

/** The network, drawn: a place for every number, still dark. */
function picture(net, name, shape, ask) {
  const outputs = Object.keys(net.steps[0].makes).filter((quantity) => quantity.startsWith("y.")).length;
  const at = { x: shape.x, 1: shape[1], 2: shape[2][outputs], y: shape.y[outputs] };
  const lines = svg("g"), boxes = svg("g"), weights = svg("g");
  const out = (place, across, along) => (shape.down ? below(place, along) : beside(place, across));

  for (const [layer, behind] of [["1", at.x], ["2", at[1]]]) {
    at[layer].forEach((target, j) => behind.forEach((source, k) => {
      const quantity = `W${layer}.${j + 1}.${k + 1}`;
      const from = layer === "1" ? out(source, shape.input / 2, 20) : out(source, shape.half, 58);
      const to = out(target, -shape.half, -54);
      const straight = from[0] === to[0] || from[1] === to[1], share = straight || at[layer].length === 1 ? 0.5 : shape.share;
      const [x, y] = from.map((start, i) => start + share * (to[i] - start));
      lines.append(arrow(quantity, from, to));
      weights.append(weight(quantity, straight ? x + shape.beside * (k ? 1 : -1) : x, y, ask, shape.weight));
    }));
    at[layer].forEach((target, j) => boxes.append(neuron(`${layer}.${j + 1}`, target, shape.half, ask)));
  }
  at[2].forEach((output, j) => lines.append(arrow(`a2.${j + 1}`, out(output, shape.half, 58), out(shape.C, -36, -20))));
  at.y.forEach((target, j) => {
    const side = Math.sign(shape.down ? shape.C[0] - target[0] : shape.C[1] - target[1]);
    lines.append(arrow(`y.${j + 1}`, ...shape.down
      ? [beside(target, 30 * side), beside(shape.C, -36 * side)] : [below(target, 20 * side), below(shape.C, -20 * side)]));
    boxes.append(single(`y.${j + 1}`, target, 60));
  });
  at.x.forEach((input, k) => boxes.append(single(`x.${k + 1}`, input, shape.input)));
  boxes.append(single("C", shape.C, 72));
  const headings = Object.entries(shape.headings).map(([text, x]) =>
    svg("text", { x, y: 14, class: "nnlib-step-heading" }, text));
  return svg("svg", { viewBox: `0 0 ${shape.size.join(" ")}`, class: `nnlib-step-picture is-${name}`, role: "img",
    "aria-label": `The ${net.name} network; what the step reads and writes is lit` }, ...headings, lines, weights, boxes);
}

const beside = ([x, y], by) => [x + by, y];
const below = ([x, y], by) => [x, y + by];

/** A line with a head at either end; which one shows is the step's affair. */
function arrow(quantity, from, to) {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]], turn = (Math.atan2(dy, dx) * 180) / Math.PI;
  const head = ([x, y], angle, name) =>
    svg("path", { d: "M0 0L-9 -5V5Z", transform: `translate(${x} ${y}) rotate(${angle})`, class: name });
  return svg("g", { class: "nnlib-step-arrow", "data-line": quantity },
    svg("line", { x1: from[0], y1: from[1], x2: to[0], y2: to[1] }),
    head(to, turn, "nnlib-step-to"), head(from, turn + 180, "nnlib-step-from"));
}

/** A place for one number: a pill that can be lit, and its text. */
function slot(quantity, x, y, width) {
  const round = kind(quantity) === "parameter" ? 2 : 10;
  const pill = (by) => ({ x: x - width / 2 + by, y: y - 10 + by, width: width - 2 * by, height: 20 - 2 * by, rx: round - by });
  return svg("g", { class: `nnlib-step-slot is-${kind(quantity)}`, "data-slot": quantity },
    svg("rect", pill(0)), ...(isSlope(quantity) ? [svg("rect", { ...pill(2), class: "nnlib-step-seam" })] : []),
    svg("text", { x, y: y + 4.8 }));
}

/** A weight: its letter, its number, and below it its slope. */
function weight(quantity, x, y, ask, width) {
  return parameter(quantity, ask,
    svg("rect", { x: x - width / 2 - 2, y: y - 30, width: width + 4, height: 63, rx: 4, class: "nnlib-step-around" }),
    svg("rect", { x: x - 24, y: y - 28, width: 48, height: 38, class: "nnlib-step-back" }),
    label(quantity, x, y - 16), slot(quantity, x, y, width - 4), slot(`d${quantity}`, x, y + 21, width));
}

/** What is pressed to ask what happens when it moves. */
function parameter(quantity, ask, ...parts) {
  return svg("g", { class: "nnlib-step-parameter", "data-quantity": quantity, click: () => ask(quantity) }, ...parts);
}

/** A neuron: its bias on top, its weighted input on the left, its activation on the right, slopes below the values. */
function neuron(place, [x, y], half, ask) {
  const [z, a, b] = ["z", "a", "b"].map((name) => name + place), left = x - half / 2, right = x + half / 2, wide = half - 6;
  return svg("g", {},
    svg("rect", { x: x - half, y: y - 54, width: 2 * half, height: 112, rx: 10, class: "nnlib-step-box" }),
    svg("path", { d: `M${x - half} ${y - 26}H${x + half}M${x} ${y - 26}V${y + 58}`, class: "nnlib-step-rule" }),
    parameter(b, ask,
      svg("rect", { x: x - half + 2, y: y - 52, width: 2 * half - 4, height: 25, rx: 8, class: "nnlib-step-around" }),
      label(b, x - half + 12, y - 35), slot(b, left + 15, y - 39.5, half - 22), slot(`d${b}`, right + 2, y - 39.5, half - 8)),
    label(z, left, y - 12), label(a, right, y - 12), slot(z, left, y + 4, wide), slot(a, right, y + 4, wide),
    slot(`d${z}`, left, y + 25, wide), slot(`d${a}`, right, y + 25, wide),
    label(`d${z}`, left, y + 47, { "data-with": `d${z}` }), label(`d${a}`, right, y + 47, { "data-with": `d${a}` }),
    svg("g", { class: "nnlib-step-gate", "data-gate": place },
      svg("circle", { cx: x, cy: y - 14, r: 10 }), svg("text", { x, y: y - 9.5 }, "σ")));
}

/** A box for one number. */
function single(quantity, [x, y], width) {
  return svg("g", {}, svg("rect", { x: x - width / 2, y: y - 20, width, height: 40, rx: 10, class: "nnlib-step-box" }),
    label(quantity, x, y - 7), slot(quantity, x, y + 8, width - 8));
}

/** Write the numbers that are known into a picture, and light those that the step reads and writes. */
function light(drawing, step, known, made, used) {
  for (const part of drawing.querySelectorAll("[data-slot]")) {
    const quantity = part.dataset.slot;
    part.lastChild.textContent = quantity in known ? brief(quantity, known[quantity]) : "";
    part.classList.toggle("is-absent", !(quantity in known));
    part.classList.toggle("is-made", made.has(quantity));
    part.classList.toggle("is-used", used.has(quantity) && !made.has(quantity));
  }
  for (const part of drawing.querySelectorAll("[data-with]")) {
    part.classList.toggle("is-absent", !(part.dataset.with in known));
  }
  const lit = (quantity) => made.has(quantity) || used.has(quantity);
  const compares = [...made].some((quantity) => quantity === "C" || quantity.startsWith("da2")); // output with target
  for (const part of drawing.querySelectorAll("[data-line]")) {
    const { line } = part.dataset;
    const on = line.startsWith("W") ? lit(line) || lit(`d${line}`) : compares && used.has(line);
    part.classList.toggle("is-forward", on && step.phase === "forward");
    part.classList.toggle("is-backward", on && step.phase === "backward");
    // A weight's own slope goes nowhere, and nothing goes back to a target.
    part.classList.toggle("is-headless", line.startsWith("W") ? made.has(`d${line}`) : line.startsWith("y") && step.phase === "backward");
  }
  for (const part of drawing.querySelectorAll("[data-gate]")) {
    const on = step.code === "Sigmoid" && lit(`a${part.dataset.gate}`);
    part.classList.toggle("is-forward", on && step.phase === "forward");
    part.classList.toggle("is-backward", on && step.phase === "backward");
    part.lastChild.textContent = on && step.phase === "backward" ? "σ′" : "σ";
  }
}
