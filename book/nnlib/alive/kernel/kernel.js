// Kernel: a convolution whose numbers can be touched, on the way there and back; each shows what it reaches.

const NAMES = { input: "Input", kernel: "Weight", output: "Output" };
const HEADS = {
  there: { input: "inputs", kernel: "weights", output: "outputs" },
  back: { input: "slopes; small, the inputs", kernel: "slopes; small, the weights", output: "deltas" },
};
const PAIRS = { output: ["input", "kernel"], input: ["output", "kernel"], kernel: ["output", "input"] };

/** Where an input meets a weight on the way to an output, each with its place, wherever this number takes part. */
function meetings(part, row, column) {
  const found = [];
  for (let place = 0; place < 81; place++) {
    const [y, x, i, j] = [27, 9, 3, 1].map((weight) => Math.floor(place / weight) % 3);
    const met = { input: [y + i, x + j], kernel: [i, j], output: [y, x] };
    if (met[part][0] === row && met[part][1] === column) found.push(met);
  }
  return found;
}

function bracketed(number) {
  return number < 0 ? `(${decimals(number)})` : decimals(number);
}

/** What this number reaches, or is made of. */
function said(numbers, way, part, row, column) {
  const met = meetings(part, row, column);
  const value = decimals(numbers[way][part][row][column]);
  const name = `(${row}, ${column})`;
  if (way === "there" && part !== "output") {
    return `${NAMES[part]} ${name} is ${value} and goes into ${met.length} output${met.length > 1 ? "s" : ""}.`;
  }
  if (way === "back" && part === "output") {
    return (
      `The slope ${value} of output ${name} reaches the nine inputs of its window, times the weight that each `
      + "meets, and all nine weights, times the input that each meets."
    );
  }
  const number = (met, each) => numbers[each === "output" ? "back" : "there"][each][met[each][0]][met[each][1]];
  const terms = met.map((met) => PAIRS[part].map((each) => bracketed(number(met, each))).join(" · "));
  const what = {
    output: `Output ${name}: input times weight, over its window`,
    input: `The slope of input ${name}: delta times weight, over the windows that hold it`,
    kernel: `The slope of weight ${name}: delta times input, over all windows`,
  }[part];
  return `${what}. ${terms.join(" + ")} = ${value}.`;
}

function render({ model, el }) {
  const { numbers, start } = model.get("data");
  const choice = { ...start };
  const status = element("p", { class: "nnlib-kernel-status", role: "status" });
  const ways = ["there", "back"].map((way) => button(way === "there" ? "On the way there" : "On the way back", () => {
    choice.way = way;
    draw();
  }));
  const grids = Object.keys(NAMES).map(grid);

  /** The numbers of one part, each a button. */
  function grid(part) {
    const head = element("span", { class: "nnlib-kernel-head" });
    const cells = numbers.there[part].map((line, row) => line.map((_, column) => button("", () => {
      Object.assign(choice, { part, row, column });
      draw();
    })));
    const made = element(
      "div", { role: "group", "aria-label": part, class: "nnlib-kernel-part" }, head,
      element("div", { class: "nnlib-kernel-cells", style: `--columns: ${cells[0].length}` }, ...cells.flat()),
    );
    made.draw = (met) => {
      head.textContent = HEADS[choice.way][part];
      made.dataset.kind = part === "kernel" ? "parameter" : choice.way;
      cells.forEach((line, row) => line.forEach((cell, column) => {
        const value = decimals(numbers[choice.way][part][row][column]);
        const chosen = choice.part === part && choice.row === row && choice.column === column;
        const reached = !chosen && met.some((each) => each[part][0] === row && each[part][1] === column);
        const there = choice.way === "back" && part !== "output" ? [decimals(numbers.there[part][row][column])] : [];
        cell.replaceChildren(value);
        cell.dataset.small = there.join(""); // drawn by the style sheet; the label says it in words
        const small = there.map((number) => ` as a slope, itself ${number}`).join("");
        cell.setAttribute("aria-label", `${NAMES[part]} (${row}, ${column}): ${value}${small}${reached ? ", reached" : ""}`);
        cell.setAttribute("aria-pressed", String(chosen));
        cell.classList.toggle("nnlib-kernel-reached", reached);
      }));
    };
    return made;
  }

  function draw() {
    const { way, part, row, column } = choice;
    const met = meetings(part, row, column);
    for (const each of grids) each.draw(met);
    ways.forEach((each, i) => each.setAttribute("aria-pressed", String(["there", "back"][i] === way)));
    status.textContent = said(numbers, way, part, row, column);
  }

  stage(
    el,
    element(
      "div", { class: "nnlib-kernel" },
      element("div", { class: "nnlib-kernel-ways", role: "group", "aria-label": "Way" }, ...ways),
      element("div", { class: "nnlib-kernel-parts" }, ...grids), status,
    ),
  );
  draw();
}

export default { render };
