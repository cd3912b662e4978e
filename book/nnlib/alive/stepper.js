// The stepper: a network, the numbers that a step reads and writes lit in it, and beside it formula, code and shapes.

const PACE = 3500; // milliseconds from step to step while it plays
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
    size: [320, 526], down: true, input: 60, half: 75, weight: 62, beside: 36, share: 0.29,
    x: [[82, 22], [238, 22]], 1: [[82, 194], [238, 194]],
    2: { 1: [[160, 402]], 2: [[82, 402], [238, 402]] },
    C: [160, 504], y: { 1: [[52, 504]], 2: [[52, 504], [268, 504]] },
    headings: {},
  },
};

function render({ model, el }) {
  const { nets, code } = model.get("data");
  let net = nets[0], at = 0, row = null, asked = null, timer = null;

  const pictures = element("div", { class: "nnlib-step-pictures" });
  const choices = nets.map((one) => button(one.name, () => choose(one), { class: "nnlib-live-button nnlib-step-choice" }));
  const restart = button("Restart", () => go(0));
  const back = button("Back", () => go(at - 1));
  const play = button("Play", () => (timer ? pause() : start()), { class: "nnlib-live-button nnlib-step-play" });
  const forward = button("Forward", () => go(at + 1), { class: "nnlib-live-button nnlib-step-forward" });
  const slider = element("input", { type: "range", min: 0, step: 1, "aria-label": "Step", input: () => go(Number(slider.value)) });
  const place = element("output", { class: "nnlib-step-place", "aria-live": "off" });
  const title = element("p", { class: "nnlib-step-title" });
  const idea = element("p", { class: "nnlib-step-idea" });
  const formulas = element("div", { class: "nnlib-step-formulas" });
  const listing = element("div", { class: "nnlib-step-code" });
  const said = element("p", { class: "nnlib-step-unseen", "aria-live": "polite" });
  const select = element("select", { class: "nnlib-step-select", change: () => ask(select.value) });
  const answer = element("div", { class: "nnlib-step-answer", "aria-live": "polite" });

  const phases = element("div", { class: "nnlib-step-phases", "aria-hidden": "true" },
    ...["start", "forward", "backward", "step"].map((phase) => element("span", { class: `is-${phase}` }, phase === "start" ? "" : phase)));
  stage(el,
    element("div", { class: "nnlib-step" },
      element("div", { class: "nnlib-step-top" },
        element("div", { class: "nnlib-step-choices", role: "group", "aria-label": "Network" }, ...choices),
        legend()),
      pictures,
      element("div", { class: "nnlib-step-controls" },
        element("div", { class: "nnlib-step-buttons" }, restart, back, play, forward),
        element("div", { class: "nnlib-step-track" }, slider, phases),
        place),
      element("div", { class: "nnlib-step-words" }, title, idea),
      element("div", { class: "nnlib-step-panel" }, formulas, listing),
      element("div", { class: "nnlib-step-if" },
        element("label", { class: "nnlib-step-ask" }, "What if this weight moved by 0.01?", select),
        answer),
      said));
  el.onkeydown = keyed;
  choose(net);
  said.textContent = ""; // nothing is said before the reader does something
  return pause; // a notebook calls this when the widget goes

  function option({ quantity }) {
    const [name, j, k] = quantity.split(".");
    const from = name === "W1" ? "input" : "hidden";
    return element("option", { value: quantity }, k ? `weight from ${from} ${k} to neuron ${j}` : `bias of neuron ${j}`);
  }

  /** Show another network at the same step. */
  function choose(one) {
    net = one;
    choices.forEach((choice, i) => choice.setAttribute("aria-pressed", nets[i] === net));
    slider.max = net.steps.length - 1;
    phases.style.gridTemplateColumns = [...phases.children]
      .map((span) => `${net.steps.filter((step) => step.phase === span.className.slice(3)).length}fr`).join(" ");
    pictures.replaceChildren(...Object.entries(SHAPES).map(([name, shape]) => picture(net, name, shape, ask)));
    select.replaceChildren(element("option", { value: "" }, "choose one"), ...["1", "2"].map((layer) =>
      element("optgroup", { label: `Layer ${layer}` }, ...net.nudges.filter(({ quantity }) => quantity[1] === layer).map(option))));
    ask("");
    go(at);
  }

  /** Go to a step, by hand: what plays stops. */
  function go(to) {
    pause();
    turn(to);
  }

  function turn(to) {
    at = Math.max(0, Math.min(net.steps.length - 1, to));
    row = null;
    draw();
    said.textContent = `Step ${at} of ${net.steps.length - 1}. ${net.steps[at].says}`;
  }

  function start() {
    turn(at === net.steps.length - 1 ? 0 : at + 1);
    timer = setInterval(() => {
      turn(at + 1);
      if (at === net.steps.length - 1) pause();
    }, PACE);
    play.textContent = "Pause";
  }

  function pause() {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
  }

  /** Arrow keys step, Home and End go to the ends, Space plays, wherever the key has no meaning of its own. */
  function keyed(event) {
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: net.steps.length - 1 }[event.key];
    const own = event.target.tagName;
    if (own === "SELECT" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " && own !== "BUTTON") timer ? pause() : start();
    else if (to !== undefined) go(to);
    else return;
    event.preventDefault();
  }

  /** Show what the chosen parameter's move would do to the cost. */
  function ask(quantity) {
    asked = net.nudges.find((nudge) => nudge.quantity === quantity);
    select.value = asked ? quantity : "";
    for (const part of pictures.querySelectorAll(".nnlib-step-parameter")) {
      part.classList.toggle("is-asked", part.dataset.quantity === quantity);
    }
    answer.replaceChildren(...(asked ? whatIf(asked) : [element("p", {}, "Choose a weight or a bias here, or press it in the picture.")]));
  }

  /** Light one row alone, or all of them again; the button that was pressed is drawn anew, so it gets the focus back. */
  function alone(one) {
    row = row === one ? null : one;
    draw();
    formulas.querySelectorAll("button")[net.steps[at].rows.indexOf(one)].focus();
  }

  function draw() {
    const { known, before } = numbers(net, at), step = net.steps[at];
    const made = row ? [row.makes] : at === 0 ? [] : Object.keys(step.makes);
    const used = (row ? [row] : step.rows).flatMap((one) => one.terms).filter((term) => term in known);
    for (const drawing of pictures.children) light(drawing, step, known, new Set(made), new Set(used));
    slider.value = at;
    slider.setAttribute("aria-valuetext", `${at} of ${net.steps.length - 1}: ${step.title}`);
    place.textContent = `${at} of ${net.steps.length - 1}`;
    title.textContent = step.title;
    title.className = `nnlib-step-title is-${step.phase}`;
    idea.textContent = step.idea;
    for (const [control, end] of [[restart, at === 0], [back, at === 0], [forward, at === net.steps.length - 1]]) {
      control.setAttribute("aria-disabled", end);
    }
    formulas.replaceChildren(...lines(step, known, before, row, alone));
    listing.replaceChildren(...source(code[step.code], step));
  }
}

/** The numbers that are known after a step, and those that were known before it. */
function numbers(net, at) {
  let known = {}, before = {};
  for (const step of net.steps.slice(0, at + 1)) {
    before = known;
    known = { ...known, ...step.makes };
    // A slope belongs to the old weights: it ends with them.
    if (step.phase === "step" && step.code === "Network") {
      known = Object.fromEntries(Object.entries(known).filter(([quantity]) => !isSlope(quantity)));
    }
  }
  return { known, before };
}

const isSlope = (quantity) => quantity.startsWith("d");

function kind(quantity) {
  if (isSlope(quantity)) return "slope";
  if (/^[Wb]/.test(quantity)) return "parameter";
  return /^[xzaC]/.test(quantity) ? "value" : "given";
}

/** A number to read: so many decimals, or fewer where it has no more, and a real minus sign. */
function decimals(number, places = 6) {
  let text = number.toFixed(places);
  if (Math.abs(number - Number(text)) < 1e-12) text = String(Number(text));
  return text.replace("-", "−");
}

/** The same, short enough for the picture; a slope shows its sign. */
function brief(quantity, number) {
  const size = number === 0 ? 0 : Math.floor(Math.log10(Math.abs(number)));
  const text = decimals(number, Math.max(4, 1 - size));
  return isSlope(quantity) && number > 0 ? `+${text}` : text;
}

/** A quantity's letter, and what stands above and below it. */
function letter(quantity) {
  if (quantity.startsWith("dz")) return { ...letter(quantity.slice(1)), base: "δ" };
  if (isSlope(quantity)) {
    const of = letter(quantity.slice(1));
    return { ...of, base: `∂C/∂${of.base}` };
  }
  const [name, ...below] = quantity.split(".");
  return { base: name[0].replace("W", "w"), above: name.slice(1), below: below.join("") };
}

/** A quantity as the formulas write it. */
function symbol(quantity) {
  const { base, above, below } = letter(quantity);
  const marks = above + below === "" ? [] : [element("span", { class: "nnlib-step-marks" },
    element("span", {}, above), element("span", {}, below))];
  return element("span", { class: "nnlib-step-symbol" }, element("i", {}, base), ...marks);
}

/** The same in a picture. */
function label(quantity, x, y, attributes = {}) {
  const { base, above, below } = letter(quantity);
  const text = svg("text", { x, y, class: "nnlib-step-letter", ...attributes }, svg("tspan", { class: "nnlib-step-italic" }, base));
  if (above) text.append(svg("tspan", { dy: -4, class: "nnlib-step-mark" }, above));
  if (below) text.append(svg("tspan", { dy: above ? 8 : 3, dx: above ? -4.6 : 0, class: "nnlib-step-mark" }, below));
  return text;
}

/** The formulas of a step, one row for each number that it makes; a press lights that row alone. */
function lines(step, known, before, chosen, press) {
  if (step.rows.length <= 4) return step.rows.map((row) => pressable(row, equation(row, known, before)));
  const shown = chosen ?? step.rows[0];
  return [
    element("div", { class: "nnlib-step-row" }, equation(shown, known, before)),
    element("div", { class: "nnlib-step-many" }, ...step.rows.map((row) => pressable(row,
      element("span", { class: "nnlib-step-change" }, symbol(row.makes), ` ${brief(row.makes, before[row.makes])} → `,
        element("b", {}, brief(row.makes, known[row.makes])))))),
  ];

  function pressable(row, inside) {
    return element("button", {
      type: "button", class: "nnlib-step-row", "aria-pressed": String(row === chosen), "aria-label": row.says, click: () => press(row),
    }, inside);
  }
}

/** A formula, each number below its letter; where it is too long for its line, it breaks before a sign. */
function equation({ makes, terms }, known, before) {
  const parts = [[cell(makes, known[makes], "is-made"), sign("=")]];
  const breaks = terms.includes("+") ? "+" : "·";
  terms.forEach((term, i) => {
    if (term === breaks) parts.push([]);
    if (!(term in known)) return parts.at(-1).push(sign(term));
    const value = term === makes ? before[term] : known[term];
    const bare = i === 0 || terms[i - 1].endsWith("(");
    parts.at(-1).push(cell(term, value, "", value < 0 && !bare));
  });
  return element("span", { class: "nnlib-step-equation", "aria-hidden": "true" },
    ...parts.map((part) => element("span", { class: "nnlib-step-part" }, ...part)));

  function cell(quantity, value, state, bracket = false) {
    const text = bracket ? `(${decimals(value)})` : decimals(value);
    return element("span", { class: `nnlib-step-cell is-${kind(quantity)} ${state}` },
      symbol(quantity), element("span", { class: "nnlib-step-number" }, text));
  }

  function sign(text) {
    const tight = /[σ½()1]/.test(text) ? " is-tight" : "";
    return element("span", { class: `nnlib-step-sign${tight}` }, element("span", {}, text), element("span", {}, text));
  }
}

/** The lines of nnlib around the step, with those that do it lit, and the shapes of the arrays in them. */
function source({ file, lines: all }, step) {
  const shapes = step.shapes.flatMap(([name, shape], i) => [
    i > 0 && i === step.shapes.length - 1 && step.phase !== "start" && step.code !== "SGD" ? "→ " : "",
    element("span", { class: "nnlib-step-shape" }, element("code", {}, name), ` ${tuple(shape)}`)]);
  return [
    element("p", { class: "nnlib-step-file" }, `${step.code} in ${file}`),
    element("div", { class: "nnlib-step-lines" }, ...all.map((line, i) => {
      const indent = line.length - line.trimStart().length;
      if (all.length > 9 && i > 0 && Math.abs(i - step.lines[0]) > 2) return i === 1 ? element("span", {}, "    …") : "";
      return element(step.lines.includes(i) ? "mark" : "span", { style: `--indent: ${indent}ch` }, ...unbroken(line.trimStart()));
    })),
    element("p", { class: "nnlib-step-shapes" }, "Shapes: ", ...shapes),
  ];
}

/** A line of code that, where it is too long, breaks before its comment and not within its arrow. */
function unbroken(line) {
  const parts = line.split(/(->|#.*)/);
  return parts.map((part, i) => (i % 2 ? element("span", { class: "nnlib-step-unbroken" }, part) : part));
}

function tuple(shape) {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
}

/** What a parameter's move does to the cost: what its slope predicts, and what a forward pass finds. */
function whatIf({ quantity, slope, cost, moves }) {
  const row = (name, cells) => element("tr", {}, element("th", { scope: "row" }, name), ...cells.map((cell) => element("td", {}, cell)));
  return [
    element("p", {}, "The cost is ", element("b", {}, decimals(cost)), " and its slope ", symbol(`d${quantity}`), " is ", element("b", {}, decimals(slope)),
      ". Predicted: cost + slope · move. Recomputed: by a forward pass."),
    element("table", { class: "nnlib-step-table" },
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, symbol(quantity), " moves by"),
        ...moves.map(({ by }) => element("th", { scope: "col" }, by > 0 ? `+${by}` : decimals(by))))),
      element("tbody", {},
        row("predicted cost", moves.map(({ predicted }) => decimals(predicted, 8))),
        row("recomputed cost", moves.map(({ found }) => decimals(found, 8))),
        row("difference", moves.map(({ off }) => power(off))))),
  ];
}

/** A small number as a power of ten. */
function power(number) {
  const [digits, exponent] = number.toExponential(1).replaceAll("-", "−").split("e");
  return element("span", {}, `${digits} · 10`, element("sup", {}, exponent.replace("+", "")));
}

function legend() {
  const entry = (name, text) => element("span", { class: `nnlib-step-key is-${name}` }, element("span", {}), text);
  return element("div", { class: "nnlib-step-legend" }, entry("value", "value"), entry("slope", "slope of the cost"), entry("parameter", "weight, bias"));
}

/** The network, drawn: a place for every number, still dark. */
function picture(net, name, shape, ask) {
  const outputs = Object.keys(net.steps[0].makes).filter((quantity) => quantity.startsWith("y.")).length;
  const at = { x: shape.x, 1: shape[1], 2: shape[2][outputs], y: shape.y[outputs] };
  const lines = svg("g"), boxes = svg("g"), weights = svg("g");
  const out = (place, across, along) => (shape.down ? below(place, along) : beside(place, across));

  for (const [layer, behind] of [["1", at.x], ["2", at[1]]]) {
    at[layer].forEach((target, j) => behind.forEach((source, k) => {
      const quantity = `W${layer}.${j + 1}.${k + 1}`;
      const from = layer === "1" ? out(source, shape.input / 2, 20) : out(source, shape.half, 58), to = out(target, -shape.half, -54);
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
  const headings = Object.entries(shape.headings).map(([text, x]) => svg("text", { x, y: 14, class: "nnlib-step-heading" }, text));
  return svg("svg", { viewBox: `0 0 ${shape.size.join(" ")}`, class: `nnlib-step-picture is-${name}`, role: "img",
    "aria-label": `The ${net.name} network; what the step reads and writes is lit` }, ...headings, lines, boxes, weights);
}

const beside = ([x, y], by) => [x + by, y];
const below = ([x, y], by) => [x, y + by];

/** A line with a head at either end; which one shows is the step's affair. */
function arrow(quantity, from, to) {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]], turn = (Math.atan2(dy, dx) * 180) / Math.PI;
  const head = ([x, y], angle, name) => svg("path", { d: "M0 0L-9 -5V5Z", transform: `translate(${x} ${y}) rotate(${angle})`, class: name });
  return svg("g", { class: "nnlib-step-arrow", "data-line": quantity },
    svg("line", { x1: from[0], y1: from[1], x2: to[0], y2: to[1] }),
    head(to, turn, "nnlib-step-to"), head(from, turn + 180, "nnlib-step-from"));
}

/** A place for one number: a pill that can be lit, and its text. */
function slot(quantity, x, y, width) {
  const pill = (by) => ({ x: x - width / 2 + by, y: y - 10 + by, width: width - 2 * by, height: 20 - 2 * by, rx: kind(quantity) === "parameter" ? 2 : 10 - by });
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
    parameter(b, ask, svg("rect", { x: x - half + 2, y: y - 52, width: 2 * half - 4, height: 25, rx: 8, class: "nnlib-step-around" }),
      label(b, x - half + 12, y - 35), slot(b, left + 15, y - 39.5, half - 22), slot(`d${b}`, right + 2, y - 39.5, half - 8)),
    label(z, left, y - 12), label(a, right, y - 12), slot(z, left, y + 4, wide), slot(a, right, y + 4, wide),
    slot(`d${z}`, left, y + 25, wide), slot(`d${a}`, right, y + 25, wide),
    label(`d${z}`, left, y + 47, { "data-with": `d${z}` }), label(`d${a}`, right, y + 47, { "data-with": `d${a}` }),
    svg("g", { class: "nnlib-step-gate", "data-gate": place }, svg("circle", { cx: x, cy: y - 14, r: 10 }), svg("text", { x, y: y - 9.5 }, "σ")));
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
    part.classList.toggle("is-headless", made.has(`d${line}`) && line.startsWith("W") || line.startsWith("y") && step.phase === "backward");
  }
  for (const part of drawing.querySelectorAll("[data-gate]")) {
    const on = step.code === "Sigmoid" && lit(`a${part.dataset.gate}`);
    part.classList.toggle("is-forward", on && step.phase === "forward");
    part.classList.toggle("is-backward", on && step.phase === "backward");
    part.lastChild.textContent = on && step.phase === "backward" ? "σ′" : "σ";
  }
}

export default { render };
