// Objects: a photograph with the cells found on it, a threshold, and a ring where stains are put and cells wiped away.

const KINDS = ["red", "white"];

function render({ model, el }) {
  const data = model.get("data");
  const photographs = data.pictures.map((each) => Array.from(bytes(each), (byte) => byte - data.lowest));
  const now = {
    which: 0, kind: 0, threshold: [...data.threshold], changes: [], place: [ROWS / 2, COLUMNS / 2],
    layers: null, maps: null, peaks: data.first, map: false,
  };
  const ask = asking(model, networkOf);

  // The glass: pixels, boxes on them, and the ring.
  const canvas = element("canvas", { width: COLUMNS, height: ROWS, role: "img" });
  const boxes = svg("g", { "aria-hidden": "true" });
  const ring = svg(
    "g", { tabindex: 0, role: "slider", "aria-roledescription": "point", "aria-label": "Place on the glass" },
    svg("circle", { r: 50, class: "nnlib-objects-reach" }),
    svg("circle", { r: 18, class: "nnlib-objects-halo" }), svg("circle", { r: 18, class: "nnlib-objects-ring" }),
  );
  const glass = svg(
    "svg", { viewBox: `0 0 ${COLUMNS * PIXEL} ${ROWS * PIXEL}`, role: "group", "aria-label": "The glass; arrow keys move the ring, with Shift in larger steps" },
    boxes, ring,
  );
  const on = plane(glass, { width: COLUMNS * PIXEL, height: ROWS * PIXEL, left: -0.5, right: COLUMNS - 0.5, bottom: 0.5 - ROWS, top: 0.5 }); // y is upwards: row 3 lies at -3
  const says = element("p", { class: "nnlib-objects-says", role: "status" });

  const choices = photographs.map((_, i) => button(String(i + 1), () => take(i), { "aria-label": `Photograph ${i + 1}` }));
  const kinds = KINDS.map((name, i) => button(`${name} cells`, () => {
    now.kind = i;
    begin();
  }));
  const shown = button("Show the map", () => {
    now.map = !now.map;
    begin();
  });
  const slider = element("input", {
    type: "range", min: 2, max: 98, step: 1, "aria-label": "Threshold",
    input: () => {
      now.threshold[now.kind] = Number(slider.value) / 100;
      begin();
    },
  });
  const value = element("output", { "aria-hidden": "true" });
  const tools = Object.keys(data.tools).map((name) => button(name, () => change(name)));
  const undo = button("As it was", () => {
    now.changes = [];
    begin(true);
  });

  stage(el, element(
    "div", { class: "nnlib-objects" },
    element("div", { class: "nnlib-objects-row", role: "group", "aria-label": "Photograph" }, "Photograph", ...choices),
    element("div", { class: "nnlib-objects-row" }, ...kinds, shown),
    element("div", { class: "nnlib-objects-glass" }, canvas, glass),
    element(
      "p", { class: "nnlib-objects-key" },
      key("found, a hit", svg("rect", { x: 2, y: 2, width: 12, height: 12, class: "nnlib-objects-hit" })),
      key("found, no hit", svg("rect", { x: 2, y: 2, width: 12, height: 12, class: "nnlib-objects-alarm" }), svg("path", { d: "M5 5L11 11M11 5L5 11" })),
      key("labelled", svg("rect", { x: 2, y: 2, width: 12, height: 12, class: "nnlib-objects-label" })),
    ),
    element("div", { class: "nnlib-objects-row" }, element("label", {}, "Threshold", slider, value)),
    element("div", { class: "nnlib-objects-row", role: "group", "aria-label": "At the ring" }, ...tools, undo),
    says,
  ));
  for (const kind of ["pointerdown", "focusin"]) el.addEventListener(kind, () => begin(), { once: true });

  /** A line of the key. */
  function key(text, ...shapes) {
    return element("span", {}, svg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, ...shapes), text);
  }

  /** The network's weights come at the first touch; what the glass shows is computed anew where it has changed. */
  function begin(anew = false) {
    if (anew) now.maps = null;
    ask().then((layers) => {
      now.layers = layers;
      draw();
    }, () => {
      says.textContent = "The network's weights could not be loaded. Press a button to try again.";
    });
  }

  /** Take another photograph, as it was. */
  function take(which) {
    Object.assign(now, { which, changes: [] });
    begin(true);
  }

  /** Put a stain at the ring, or wipe there. */
  function change(tool) {
    now.changes.push([tool, ...now.place]);
    begin(true);
  }

  movable(ring, {
    on, step: 1, place: () => [now.place[1], -now.place[0]], move: go, rest() {},
  });
  glass.addEventListener("click", (event) => {
    if (ring.contains(event.target)) return;
    go(on.under(event));
  });

  /** Bring the ring to the pixel at x and y, or to the nearest there is. */
  function go([x, y]) {
    const within = (number, most) => Math.min(most, Math.max(0, Math.round(number)));
    now.place = [within(-y, ROWS - 1), within(x, COLUMNS - 1)];
    point();
  }

  /** Show where the ring is. */
  function point() {
    const [row, column] = now.place;
    ring.setAttribute("transform", `translate(${(column + 0.5) * PIXEL} ${(row + 0.5) * PIXEL})`);
    ring.setAttribute("aria-valuemin", 1);
    ring.setAttribute("aria-valuemax", COLUMNS);
    ring.setAttribute("aria-valuenow", column + 1);
    ring.setAttribute("aria-valuetext", `row ${row + 1}, column ${column + 1}`);
  }

  /** Draw the glass, and say what is found on it. */
  function draw() {
    const picture = changedBy(photographs[now.which], now.changes, data.tools);
    if (now.layers && !now.maps) {
      now.maps = mapsOf(now.layers, picture, data.shade);
      now.peaks = now.maps.map((map) => peaksOf(map, data.least));
    }
    const labelled = data.labels[now.which][now.kind];
    const threshold = now.threshold[now.kind];
    const cells = matched(now.peaks[now.kind], labelled, { size: data.sizes[now.kind], overlap: data.overlap });
    paint(now.map && now.maps ? Array.from(now.maps[now.kind], (p) => 100 * p) : picture.map((each) => 100 * data.shade * each), now.map && now.maps);
    boxes.replaceChildren(
      ...labelled.map((box) => drawn(box, "nnlib-objects-label")),
      ...cells.filter(({ p }) => p >= threshold).flatMap(({ box, label }) => [
        drawn(box, "nnlib-objects-under"),
        drawn(box, label === null ? "nnlib-objects-alarm" : "nnlib-objects-hit"),
        ...(label === null ? [cross(box)] : []),
      ]),
    );
    canvas.setAttribute("aria-label", now.map ? `The map of ${KINDS[now.kind]} cells, brighter where one is likelier` : `Photograph ${now.which + 1}`);
    choices.forEach((each, i) => each.setAttribute("aria-pressed", String(i === now.which)));
    kinds.forEach((each, i) => each.setAttribute("aria-pressed", String(i === now.kind)));
    shown.setAttribute("aria-pressed", String(now.map));
    slider.value = 100 * threshold; // the handle at the nearest hundredth; what counts is the threshold itself
    slider.setAttribute("aria-valuetext", decimals(threshold, 3));
    value.textContent = decimals(threshold, 3);
    const words = said(cells, labelled.length, threshold, KINDS[now.kind], now.changes.length);
    if (says.textContent !== words) says.textContent = words;
  }

  /** The pixels: darkness in hundredths as shades of grey, or a map, bright where it is high. */
  function paint(hundredths, map) {
    const context = canvas.getContext("2d");
    const image = context.createImageData(COLUMNS, ROWS);
    hundredths.forEach((each, at) => {
      const grey = Math.round(map ? 40 + 2.1 * each : 215 - 1.6 * each);
      image.data.set([grey, grey, grey, 255], 4 * at);
    });
    context.putImageData(image, 0, 0);
  }

  function drawn([left, top, right, bottom], kind) {
    return svg("rect", { x: left, y: top, width: right - left, height: bottom - top, class: kind });
  }

  function cross([left, top, right, bottom]) {
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    return svg("path", { d: `M${x - 12} ${y - 12}L${x + 12} ${y + 12}M${x + 12} ${y - 12}L${x - 12} ${y + 12}` });
  }

  point();
  draw();
}

export default { render };
