// Depth: the size of activations and deltas in each layer, for a depth, a squash and a start that the reader chooses.

const WIDTH = 360;
const HEIGHT = 290;
const DECADES = { bottom: -27, top: 27 };

/** What the sizes come to, in words; they are given as powers of ten. */
function said(depth, squash, start, there, back) {
  const times = significant(10 ** back[0], 2);
  const each = significant(10 ** (back[0] / (depth - 2)), 2);
  const end = significant(10 ** there.at(-1), 2);
  return (
    `${depth} layers, ${squash}, variance ${start}: from layer ${depth - 1} to layer 1 the deltas become ${times} times `
    + `as large, ${each} times for each layer. The activations of layer ${depth - 1} have the size ${end}.`
  );
}

/** Ten to a power, as a mark of the scale says it. */
function power(exponent) {
  return exponent === 0 ? "1" : significant(10 ** exponent, 1).replace(/^1 × /, "");
}

function render({ model, el }) {
  const { depths, sizes, start } = model.get("data");
  const squashes = Object.keys(sizes);
  const starts = Object.keys(sizes[squashes[0]]);
  const choice = { ...start };

  const marks = svg("g");
  const ways = { there: svg("polyline", { class: "nnlib-depth-there" }), back: svg("polyline", { class: "nnlib-depth-back" }) };
  const points = svg("g");
  const picture = svg(
    "svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "nnlib-depth-picture", "aria-hidden": "true" },
    marks, ways.there, ways.back, points,
  );
  const status = element("p", { class: "nnlib-depth-status", role: "status" });
  const groups = [
    chooser("Layers", depths, choice, "depth", draw), chooser("Squash", squashes, choice, "squash", draw),
    chooser("Variance of the weights", starts, choice, "start", draw),
  ];
  const mark = { there: (x, y) => dot("nnlib-depth-there-dot", "circle", x, y, 3.5), back: (x, y) => dot("nnlib-depth-back-dot", "rect", x, y, 3) };

  function draw() {
    const { depth, squash, start: spread } = choice;
    const [there, back] = sizes[squash][spread][depth];
    const on = plane(picture, {
      width: WIDTH, height: HEIGHT, left: -0.18 * depth, right: depth - 0.4, bottom: DECADES.bottom - 4, top: DECADES.top + 1,
    });
    marks.replaceChildren(svg("rect", { class: "nnlib-depth-good", x: on.x(0.4), y: on.y(1), width: WIDTH, height: on.y(-1) - on.y(1) }));
    for (let exponent = -24; exponent <= 24; exponent += 6) {
      marks.append(
        svg("line", { class: "nnlib-depth-grid", x1: on.x(0.4), x2: WIDTH, y1: on.y(exponent), y2: on.y(exponent) }),
        svg("text", { class: "nnlib-depth-tick", x: on.x(0.4) - 6, y: on.y(exponent) + 4, "text-anchor": "end" }, power(exponent)),
      );
    }
    for (const layer of new Set([1, Math.ceil((depth - 1) / 2), depth - 1])) {
      const last = layer === depth - 1;
      const place = { x: last ? WIDTH - 3 : on.x(layer), y: HEIGHT - 8, "text-anchor": last ? "end" : "middle" };
      marks.append(svg("text", { class: "nnlib-depth-tick", ...place }, last || layer === 1 ? `layer ${layer}` : layer));
    }
    points.replaceChildren();
    for (const [kind, powers] of [["there", there], ["back", back]]) {
      const places = powers.map((exponent, i) => [on.x(i + 1), on.y(exponent)]);
      ways[kind].setAttribute("points", places.map((place) => place.join(",")).join(" "));
      points.append(...places.map(([x, y]) => mark[kind](x, y)));
    }
    for (const group of groups) group.press();
    status.textContent = said(depth, squash, spread, there, back);
  }

  stage(
    el,
    element(
      "div", { class: "nnlib-depth" },
      element(
        "div", { class: "nnlib-depth-left" }, picture,
        legend([mark.there(0, 0), "size of the activations"], [mark.back(0, 0), "size of the deltas, the last hidden layer's as 1"]),
      ),
      element("div", { class: "nnlib-depth-right" }, ...groups, status),
    ),
  );
  draw();
}

export default { render };
