// What a chart beside its choices is made of: buttons of which one is pressed, marks, and the line that explains them.

/** A group of buttons of which one is pressed: `choice[name]` becomes its value, then `draw` is called. */
function chooser(label, values, choice, name, draw) {
  const keys = values.map((value) => button(String(value), () => {
    choice[name] = value;
    draw();
  }));
  const group = element(
    "div", { role: "group", "aria-label": label }, element("span", { class: "nnlib-depth-label" }, label),
    element("div", { class: "nnlib-depth-keys" }, ...keys),
  );
  group.press = () => keys.forEach((each, i) => each.setAttribute("aria-pressed", String(values[i] === choice[name])));
  return group;
}

/** A mark: a circle of this radius, or a square of this half side. */
function dot(kind, shape, x, y, r) {
  return shape === "circle"
    ? svg("circle", { class: kind, cx: x, cy: y, r })
    : svg("rect", { class: kind, x: x - r, y: y - r, width: 2 * r, height: 2 * r });
}

/** What the marks mean, each with its text. */
function legend(...marks) {
  return element("p", { class: "nnlib-depth-legend" }, ...marks.map(([mark, text]) => element(
    "span", {}, svg("svg", { viewBox: "-7 -7 14 14", class: "nnlib-depth-key", "aria-hidden": "true" }, mark), text,
  )));
}
