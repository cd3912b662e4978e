// Quantities: how the stepper writes their letters and their numbers; ids are those of quantities.py.

const isSlope = (quantity) => quantity.startsWith("d");

function kind(quantity) {
  if (isSlope(quantity)) return "slope";
  if (/^[Wb]/.test(quantity)) return "parameter";
  return /^[xzaC]/.test(quantity) ? "value" : "given";
}

/** A number short enough for the picture; a slope shows its sign. */
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
  const text = svg("text", { x, y, class: "nnlib-step-letter", ...attributes },
    svg("tspan", { class: "nnlib-step-italic" }, base));
  if (above) text.append(svg("tspan", { dy: -4, class: "nnlib-step-mark" }, above));
  if (below) text.append(svg("tspan", { dy: above ? 8 : 3, dx: above ? -4.6 : 0, class: "nnlib-step-mark" }, below));
  return text;
}
