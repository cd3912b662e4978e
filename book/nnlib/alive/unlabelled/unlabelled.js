// Unlabelled: a plane of codes with a handle to be moved in it, and beside it the picture that the decoder draws there.

const WIDTH = 360;
const SIDE = 10; // of a pixel of the picture
const STEPS = 24; // of a walk to a digit

function render({ model, el }) {
  const data = model.get("data");
  const [left, right, bottom, top] = data.window;
  const now = { place: data.first.place, decoder: null, digit: null };
  const ask = asking(model, decoderOf);
  let stop = () => {};

  // The plane: every test picture's code, drawn as its digit, and the handle.
  const handle = svg(
    "g",
    { class: "nnlib-land-start", tabindex: 0, role: "slider", "aria-roledescription": "point", "aria-label": "Code" },
    svg("circle", { r: 26, class: "nnlib-land-reach" }), svg("circle", { r: 17, class: "nnlib-land-focus" }),
    svg("circle", { r: 9, class: "nnlib-unlabelled-halo" }), svg("circle", { r: 9, class: "nnlib-land-ring" }),
  );
  const drawing = svg("g", { "aria-hidden": "true" });
  const plot = svg(
    "svg",
    {
      viewBox: `0 0 ${WIDTH} ${WIDTH}`, class: "nnlib-land-map", role: "group",
      "aria-label": "The plane of the code; arrow keys move the point, with Shift in larger steps",
    },
    drawing, handle,
  );
  const on = plane(plot, { width: WIDTH, height: WIDTH, left, right, bottom, top });
  const glyphs = data.codes.map(([x, y], i) => svg(
    "text", { class: "nnlib-unlabelled-code", x: on.x(x), y: on.y(y) + 4 }, String(data.labels[i]),
  ));
  drawing.append(...glyphs);

  // The picture: a square for each pixel.
  const pixels = data.first.levels.map((_, at) => svg("rect", {
    x: SIDE * (at % 8), y: SIDE * Math.floor(at / 8), width: SIDE, height: SIDE,
  }));
  const picture = svg("svg", { viewBox: `0 0 ${8 * SIDE} ${8 * SIDE}`, class: "nnlib-unlabelled-picture", role: "img" }, ...pixels);
  const says = element("p", { class: "nnlib-unlabelled-says", role: "status" });
  const walks = data.middles.map((middle, digit) => button(String(digit), () => walkTo(digit, middle), { "aria-label": `Walk to a${digit === 8 ? "n" : ""} ${digit}` }));

  stage(
    el,
    element(
      "div", { class: "nnlib-land" },
      element(
        "div", { class: "nnlib-land-left" },
        plot, element("p", { class: "nnlib-land-note" }, "Each digit is the code of a test picture. Drag the ring, or move it by the arrow keys."),
      ),
      element(
        "div", { class: "nnlib-land-right" },
        picture, element("div", { class: "nnlib-unlabelled-walks", role: "group", "aria-label": "Walk to a digit" }, element("span", {}, "Walk to a"), ...walks),
        says,
      ),
    ),
  );
  for (const kind of ["pointerdown", "focusin"]) el.addEventListener(kind, begin, { once: true });

  /** The decoder's weights come at the first touch. */
  function begin() {
    return ask().then((decoder) => {
      now.decoder = decoder;
      draw();
      say();
    }, () => {
      says.textContent = "The decoder's weights could not be loaded. Move the point once more to try again.";
    });
  }

  movable(handle, {
    on, step: (right - left) / 100, place: () => now.place, rest: say,
    move([x, y]) {
      stop();
      const within = (value, low, high) => Math.round(100 * Math.min(high, Math.max(low, value))) / 100;
      go([within(x, left, right), within(y, bottom, top)]);
    },
  });

  /** Be at another place. */
  function go(place) {
    now.place = place;
    if (now.decoder) draw();
    else begin();
  }

  /** Walk in a straight line to the middle of a digit, whose codes stand out from now on. */
  function walkTo(digit, end) {
    stop();
    now.digit = digit;
    const start = now.place;
    let step = 0;
    begin().then(() => {
      if (!now.decoder || now.digit !== digit) return;
      stop = play(() => {
        step += 1;
        now.place = step < STEPS ? start.map((from, i) => from + ((end[i] - from) * step) / STEPS) : end;
        draw();
        if (step === STEPS) say();
        return step < STEPS;
      }, 60);
    });
  }

  /** Draw what the decoder makes of the place. */
  function draw() {
    const levels = now.decoder ? decode(now.decoder, now.place) : data.first.levels;
    levels.forEach((level, at) => pixels[at].setAttribute("fill-opacity", Math.min(1, Math.max(0, level)).toFixed(3)));
    picture.setAttribute("aria-label", drawn(levels, data.dark));
    const [x, y] = now.place;
    handle.setAttribute("transform", `translate(${on.x(x)} ${on.y(y)})`);
    handle.setAttribute("aria-valuemin", left);
    handle.setAttribute("aria-valuemax", right);
    handle.setAttribute("aria-valuenow", x);
    handle.setAttribute("aria-valuetext", `(${decimals(x, 2)}, ${decimals(y, 2)})`);
    glyphs.forEach((glyph, i) => glyph.classList.toggle("nnlib-unlabelled-own", data.labels[i] === now.digit));
    walks.forEach((walk, digit) => walk.setAttribute("aria-pressed", String(digit === now.digit)));
  }

  /** Say where the point is. */
  function say() {
    const words = said(data, now.place);
    if (now.decoder && says.textContent !== words) says.textContent = words;
  }

  draw();
  says.textContent = said(data, now.place);
  return () => stop();
}

export default { render };
