// What stands below the picture: the step's formulas, its lines of code and its shapes, and the answer to "what if".

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
      type: "button", class: "nnlib-step-row", click: () => press(row),
      "aria-pressed": String(row === chosen), "aria-label": row.says,
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
  const row = (name, cells) =>
    element("tr", {}, element("th", { scope: "row" }, name), ...cells.map((cell) => element("td", {}, cell)));
  return [
    element("p", {}, "The cost is ", element("b", {}, decimals(cost)),
      " and its slope ", symbol(`d${quantity}`), " is ", element("b", {}, decimals(slope)),
      ". Predicted: cost + slope · move. Recomputed: by a forward pass."),
    element("table", { class: "nnlib-step-table" },
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, symbol(quantity), " moves by"),
        ...moves.map(({ by }) => element("th", { scope: "col" }, by > 0 ? `+${by}` : decimals(by))))),
      element("tbody", {},
        row("predicted cost", moves.map(({ predicted }) => decimals(predicted, 8))),
        row("recomputed cost", moves.map(({ found }) => decimals(found, 8))),
        row("difference", moves.map(({ off }) => significant(off, 2))))),
  ];
}
