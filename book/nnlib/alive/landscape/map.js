// Map: what every map of a cost is made of: its star, its lines, its legend and a slider beside it.

/** Give an element of a picture these attributes. */
function put(made, attributes) {
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
}

/** The ground of a map: what lies above each level, each a shade on the one before. */
function ground(contours, width, height) {
  const areas = contours.map((area) => svg("path", { d: area, class: "nnlib-land-level" }));
  return svg("g", { transform: `scale(${width / 1000} ${height / 1000})` }, ...areas);
}

/** The star of the lowest point. */
function star(x, y, size) {
  const corners = [...Array(10).keys()].map((i) => {
    const [far, turn] = [i % 2 ? size * 0.42 : size, (Math.PI * i) / 5];
    return `${x + far * Math.sin(turn)},${y - far * Math.cos(turn)}`;
  });
  return svg("polygon", { class: "nnlib-land-star", points: corners.join(" ") });
}

/** Whether a picture can hold a place: farther out its numbers fail. */
function near(place) {
  return place.every((number) => Math.abs(number) < 1e4);
}

/** Points of a picture as a line's, and as a path of dots. */
function line(points) {
  return points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
}

function spots(points) {
  return points.map(([x, y]) => `M${x.toFixed(1)} ${y.toFixed(1)}h0`).join("");
}

/** What the shades of the ground mean. */
function scale(levels) {
  const shades = svg("svg", { viewBox: "0 0 320 30", class: "nnlib-land-shades", role: "img" });
  shades.setAttribute("aria-label", `Stronger from cost to cost: ${levels.join(", ")}`);
  const width = 320 / (levels.length + 1);
  levels.forEach((level, i) => {
    const x = (i + 1) * width;
    shades.append(svg("rect", { x, y: 0, width: 320 - x, height: 12, class: "nnlib-land-level" }));
    if (i % 2) return;
    shades.append(svg("text", { x, y: 26, class: "nnlib-land-tick", "text-anchor": "middle" }, String(level)));
  });
  return element("div", { class: "nnlib-land-scale" }, "cost", shades);
}

/** What a mark of the map means. */
function mark(text, ...shapes) {
  return element(
    "span", {},
    svg("svg", { viewBox: "-10 -9 20 18", class: "nnlib-land-mark", "aria-hidden": "true" }, ...shapes), text,
  );
}

/**
 * A slider over some values. `words(value)` is what it says of one, `choose(value)` is called whenever it moves, and
 * `rest()` when it is let go.
 */
function slider({ label, values, value, words = String, choose, rest }) {
  const output = element("b", {}, words(value));
  const range = element("input", {
    type: "range", min: 0, max: values.length - 1, value: values.indexOf(value),
    "aria-label": label, "aria-valuetext": words(value),
    input() {
      const now = values[Number(range.value)];
      output.textContent = words(now);
      range.setAttribute("aria-valuetext", words(now));
      choose(now);
    },
    change: () => rest(),
  });
  return element("label", { class: "nnlib-land-chooser" }, element("span", {}, `${label} `, output), range);
}
