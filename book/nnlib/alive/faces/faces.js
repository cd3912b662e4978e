// Faces: how far same pairs and different pairs are apart, the curve of a threshold, and what it does to a crowd.

const WIDTH = 360;
const HEIGHT = 170; // of the distances
const SIDE = 250; // of the curve
const BIN = 4; // levels that are drawn as one

/** A whole number with commas. */
function grouped(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** This share of a size, to a whole number; halves go up. */
function nearestTo(size, part, whole) {
  return Math.floor((2 * size * part + whole) / (2 * whole));
}

/** A number to its first two digits: pairs of ten people tell no more. */
function twoDigits(number) {
  const unit = 10 ** Math.max(0, String(number).length - 2);
  return Math.floor((2 * number + unit) / (2 * unit)) * unit;
}

/** For each threshold, how many of these pairs are no farther apart; the last number is that of all. */
function summed(levels) {
  let sum = 0;
  return levels.map((count) => (sum += count));
}

/** The lowest threshold that accepts this share of the same pairs. */
function lowest([, same], share) {
  const sums = summed(same);
  return sums.findIndex((sum) => sum >= share * sums.at(-1));
}

/** What a threshold does, in words; `pairs` are the counts of different pairs and of same ones. */
function said(pairs, { way, draw, threshold, crowd }) {
  const [[wrong, different], [right, same]] = pairs.map(summed).map((sums) => [sums[threshold], sums.at(-1)]);
  const alarms = nearestTo(crowd - 1, wrong, different);
  const rest = `of the ${grouped(crowd - 1)} others`;
  let others = alarms ? `about ${grouped(Math.min(twoDigits(alarms), crowd - 1))} ${rest}` : `hardly any ${rest}`;
  if (!wrong) others = `none ${rest}, as far as ${grouped(different)} pairs can tell`;
  return (
    `${way[0].toUpperCase()}${way.slice(1)}, draw ${draw}, threshold ${threshold}. Of ${grouped(same)} pairs of one person `
    + `${grouped(same - right)} are rejected; of ${grouped(different)} pairs of two people ${grouped(wrong)} are accepted. `
    + `Where ${grouped(crowd)} people pass and one is sought, ${others} would be taken for that one.`
  );
}

/** The shares of pairs in bins of several levels. */
function binned(levels) {
  const all = summed(levels).at(-1);
  const bins = Array(Math.ceil(levels.length / BIN)).fill(0);
  levels.forEach((count, level) => {
    bins[Math.floor(level / BIN)] += count / all;
  });
  return bins;
}

function render({ model, el }) {
  const { counts, draws, crowds, share, start } = model.get("data");
  const choice = { ...start };

  const heaps = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "nnlib-depth-picture", "aria-hidden": "true" });
  const curve = svg("svg", { viewBox: `0 0 ${WIDTH} ${SIDE + 50}`, class: "nnlib-depth-picture nnlib-faces-curve", "aria-hidden": "true" });
  const status = element("p", { class: "nnlib-depth-status nnlib-faces-says", role: "status" });
  const range = element("input", {
    type: "range", min: 0, max: counts[start.way][0][0].length - 1, value: start.threshold, "aria-label": "Threshold",
    input() {
      choice.threshold = Number(range.value);
      draw();
    },
  });
  const nine = button("Accept nine in ten of one person", () => {
    choice.threshold = lowest(counts[choice.way][Number(choice.draw) - 1], share);
    draw();
  });
  const groups = [
    chooser("Distance by", Object.keys(counts), choice, "way", draw), chooser("Draw of ten people", draws, choice, "draw", draw),
  ];
  const passing = element(
    "select", {
      class: "nnlib-faces-crowd", "aria-label": "People who pass",
      change() {
        choice.crowd = Number(passing.value);
        draw();
      },
    },
    ...crowds.map((crowd) => element("option", { value: crowd, selected: crowd === start.crowd }, `${grouped(crowd)} people`)),
  );
  const mark = {
    same: (x, y, r) => dot("nnlib-faces-same", "circle", x, y, r), different: (x, y, r) => dot("nnlib-faces-different", "rect", x, y, r),
  };

  /** The heaps of same pairs and different ones over their distance, with the threshold between. */
  function drawHeaps(pairs) {
    const bins = pairs.map(binned);
    const on = plane(heaps, { width: WIDTH, height: HEIGHT, left: -4, right: 110, bottom: -0.16 * Math.max(...bins.flat()), top: 1.08 * Math.max(...bins.flat()) });
    const shape = (shares) => shares.map((each, i) => `${on.x(BIN * i)},${on.y(each)} ${on.x(BIN * (i + 1))},${on.y(each)}`).join(" ");
    const at = on.x(choice.threshold + 0.5);
    heaps.replaceChildren(
      svg("rect", { class: "nnlib-faces-in", x: 0, y: 0, width: at, height: on.y(0) }),
      svg("polyline", { class: "nnlib-faces-far", points: shape(bins[0]) }),
      svg("polyline", { class: "nnlib-faces-near", points: shape(bins[1]) }),
      svg("line", { class: "nnlib-depth-grid", x1: 0, x2: WIDTH, y1: on.y(0), y2: on.y(0) }),
      svg("line", { class: "nnlib-faces-here", x1: at, x2: at, y1: 0, y2: on.y(0) }),
      ...[0, 50, 100].map((tick) => svg("text", { class: "nnlib-depth-tick", x: on.x(tick), y: HEIGHT - 6, "text-anchor": "middle" }, tick)),
      svg("text", { class: "nnlib-depth-tick", x: on.x(75), y: HEIGHT - 6, "text-anchor": "middle" }, "distance"),
    );
  }

  /** The curve of all thresholds, and where this one lies on it. */
  function drawCurve(pairs) {
    const on = plane(curve, { width: WIDTH, height: SIDE + 50, left: -0.2, right: 1.14, bottom: -0.2, top: 1.06 });
    const shares = pairs.map(summed).map((sums) => sums.map((sum) => sum / sums.at(-1)));
    const places = shares[0].map((x, level) => [on.x(x), on.y(shares[1][level])]);
    const [x, y] = places[choice.threshold];
    const tick = (share) => [
      svg("text", { class: "nnlib-depth-tick", x: on.x(share), y: on.y(0) + 18, "text-anchor": "middle" }, `${100 * share} %`),
      svg("text", { class: "nnlib-depth-tick", x: on.x(0) - 5, y: on.y(share) + 5, "text-anchor": "end" }, `${100 * share} %`),
    ];
    curve.replaceChildren(
      svg("line", { class: "nnlib-depth-grid", x1: on.x(0), x2: on.x(1), y1: on.y(0), y2: on.y(0) }),
      svg("line", { class: "nnlib-depth-grid", x1: on.x(0), x2: on.x(0), y1: on.y(0), y2: on.y(1) }),
      svg("line", { class: "nnlib-faces-guess", x1: on.x(0), x2: on.x(1), y1: on.y(0), y2: on.y(1) }),
      svg("polyline", { class: "nnlib-faces-line", points: [[on.x(0), on.y(0)], ...places].map((pair) => pair.join(",")).join(" ") }),
      svg("circle", { class: "nnlib-faces-dot", cx: x, cy: y, r: 7 }),
      ...tick(0.5), ...tick(1),
      svg("text", { class: "nnlib-depth-tick", x: on.x(0.5), y: on.y(0) + 37, "text-anchor": "middle" }, "two people, accepted"),
      svg("text", { class: "nnlib-depth-tick", x: on.x(0) + 8, y: on.y(1) - 2 }, "one person, accepted"),
    );
  }

  function draw() {
    const pairs = counts[choice.way][Number(choice.draw) - 1];
    drawHeaps(pairs);
    drawCurve(pairs);
    for (const group of groups) group.press();
    range.value = choice.threshold;
    range.setAttribute("aria-valuetext", `${choice.threshold} of 100`);
    status.textContent = said(pairs, choice);
  }

  stage(
    el,
    element(
      "div", { class: "nnlib-depth" },
      element(
        "div", { class: "nnlib-depth-left" }, heaps,
        legend([mark.same(0, 0, 4), "pairs of one person"], [mark.different(0, 0, 4), "pairs of two people (dashed)"]), curve,
      ),
      element(
        "div", { class: "nnlib-depth-right" },
        element("label", {}, element("span", { class: "nnlib-depth-label" }, "Threshold"), range), nine, ...groups,
        element("label", {}, element("span", { class: "nnlib-depth-label" }, "People who pass"), passing), status,
      ),
    ),
  );
  draw();
}

export default { render };
