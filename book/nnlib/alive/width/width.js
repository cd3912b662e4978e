// Width: errors on training images and on new ones, for a number of neurons, wrong labels and L2 that the reader chooses.

const WIDTH = 360;
const HEIGHT = 290;
const TICKS = [10, 30, 100, 300, 1000];

/** What the scores come to, in words; errors are in per cent. */
function said(images, width, wrong, l2, own, fresh, size) {
  return (
    `${width} neurons, ${images} training images, wrong labels: ${wrong}, L2: ${l2}. Of 100 training images `
    + `${own.toFixed(1)} are misread, of 100 new ones ${fresh.toFixed(1)}. The last weights have the size ${significant(size, 2)}.`
  );
}

function render({ model, el }) {
  const { widths, images, penalties, scores, start } = model.get("data");
  const wrongs = Object.keys(scores);
  const choice = { ...start };

  const marks = svg("g");
  const lines = { own: svg("polyline", { class: "nnlib-width-own" }), fresh: svg("polyline", { class: "nnlib-width-fresh" }) };
  const points = svg("g");
  const picture = svg(
    "svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "nnlib-depth-picture nnlib-width-picture", "aria-hidden": "true" },
    marks, lines.own, lines.fresh, points,
  );
  const on = plane(picture, {
    width: WIDTH, height: HEIGHT, left: Math.log10(4.5), right: Math.log10(widths.at(-1) * 1.15), bottom: -12, top: 104,
  });
  const status = element("p", { class: "nnlib-depth-status", role: "status" });
  const range = element("input", {
    type: "range", min: 0, max: widths.length - 1, value: widths.indexOf(start.width), "aria-label": "Neurons",
    input() {
      choice.width = widths[Number(range.value)];
      draw();
    },
  });
  const groups = [chooser("Wrong labels", wrongs, choice, "wrong", draw), chooser("L2", penalties, choice, "l2", draw)];
  const mark = {
    own: (x, y, r) => dot("nnlib-width-own-dot", "rect", x, y, r), fresh: (x, y, r) => dot("nnlib-width-fresh-dot", "circle", x, y, r),
  };

  function draw() {
    const { width, wrong, l2 } = choice;
    const here = scores[wrong][l2];
    const place = widths.indexOf(width);
    const edge = on.x(Math.log10(7.5));
    const at = on.x(Math.log10(width));
    marks.replaceChildren();
    for (const share of [0, 25, 50, 75, 100]) {
      marks.append(
        svg("line", { class: "nnlib-depth-grid", x1: edge, x2: WIDTH, y1: on.y(share), y2: on.y(share) }),
        svg("text", { class: "nnlib-depth-tick", x: edge - 4, y: on.y(share) + 5, "text-anchor": "end" }, share),
      );
    }
    for (const tick of TICKS) {
      marks.append(svg("text", { class: "nnlib-depth-tick", x: on.x(Math.log10(tick)), y: HEIGHT - 6, "text-anchor": "middle" }, tick));
    }
    marks.append(svg("line", { class: "nnlib-width-here", x1: at, x2: at, y1: on.y(100), y2: on.y(0) }));
    points.replaceChildren();
    for (const [kind, column] of [["own", 0], ["fresh", 1]]) {
      const places = here.map((row, i) => [on.x(Math.log10(widths[i])), on.y(row[column])]);
      lines[kind].setAttribute("points", places.map((pair) => pair.join(",")).join(" "));
      points.append(...places.map(([x, y], i) => mark[kind](x, y, i === place ? 6 : 2.5)));
    }
    for (const group of groups) group.press();
    range.setAttribute("aria-valuetext", `${width} neurons`);
    status.textContent = said(images, width, wrong, l2, ...here[place]);
  }

  stage(
    el,
    element(
      "div", { class: "nnlib-depth" },
      element(
        "div", { class: "nnlib-depth-left" }, picture,
        legend([mark.own(0, 0, 3.5), "% of the training images misread"], [mark.fresh(0, 0, 3.5), "% of new images misread"]),
      ),
      element(
        "div", { class: "nnlib-depth-right" },
        element("label", {}, element("span", { class: "nnlib-depth-label" }, "Neurons"), range), ...groups, status,
      ),
    ),
  );
  draw();
}

export default { render };
