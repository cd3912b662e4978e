// Walks: two down one ravine, each with an optimizer and a rate that the reader chooses, and the same noise for both.

const WIDTH = 360;
const HEIGHT = 200;
const CHART = { height: 230, left: 42, top: 8, bottom: 22 };
const DECADES = { bottom: -5, top: 6 };
const MARKS = [[1e-4, "10⁻⁴"], [0.01, "0.01"], [1, "1"], [100, "100"], [1e4, "10⁴"], [1e6, "10⁶"]];

function render({ model, el }) {
  const task = taskOf(model.get("data"));
  const [left, right, bottom, top] = task.window;
  const seeds = Object.keys(task.shakes).map(Number);
  const most = task.shakes[seeds[0]].length / 2;
  const choice = structuredClone(task.begin);
  const letters = ["A", "B"];
  seeds.sort((one, other) => (other === choice.seed) - (one === choice.seed));
  let stop = () => {};

  // The map, from back to front, and the chart of the costs.
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "nnlib-land-map", "aria-hidden": "true" });
  const on = plane(picture, { width: WIDTH, height: HEIGHT, left, right, bottom, top });
  const chart = svg("svg", { viewBox: `0 0 ${WIDTH} ${CHART.height}`, class: "nnlib-walks-chart", "aria-hidden": "true" });
  const grid = svg("g");
  const walks = letters.map((letter) => {
    const kind = `nnlib-walks-${letter.toLowerCase()}`;
    return {
      way: svg("polyline", { class: `nnlib-walks-way ${kind}` }), dots: svg("path", { class: `nnlib-walks-dots ${kind}` }),
      here: svg("path", { class: `nnlib-walks-here ${kind}`, "stroke-width": 9 }),
      costs: svg("polyline", { class: `nnlib-walks-way ${kind}` }),
    };
  });
  const text = (x, y, words, anchor) => svg("text", { class: "nnlib-land-tick", x, y, "text-anchor": anchor }, words);
  const name = (x, y, index, anchor) => svg(
    "text", { class: "nnlib-land-axis", x, y, "text-anchor": anchor },
    "w", svg("tspan", { dy: 3, "font-size": 10 }, index),
  );
  const start = [on.x(task.start[0]), on.y(task.start[1])];
  picture.append(
    ground(task.contours, WIDTH, HEIGHT),
    name(WIDTH - 6, HEIGHT - 9, "1", "end"), name(6, 17, "2"),
    ...[0, 2, 4, 6, 8].map((tick) => text(on.x(tick), HEIGHT - 7, String(tick), "middle")),
    ...[-1, 0, 1].filter((tick) => on.y(tick) > 24).map((tick) => text(6, on.y(tick) + 4, significant(tick))),
    ...walks.flatMap(({ way, dots }) => [way, dots]), star(on.x(0), on.y(0), 9),
    svg("circle", { cx: start[0], cy: start[1], r: 9, class: "nnlib-land-ring" }), ...walks.map(({ here }) => here),
  );
  chart.append(grid, ...walks.map(({ costs }) => costs));

  // What stands beside it.
  const status = element("p", { class: "nnlib-walks-status", role: "status" });
  const rows = ["cost", `mean, last ${task.last}`, "w₁", "w₂"].map((title) => ({
    title, cells: letters.map(() => element("td")),
  }));
  const table = element(
    "table", { class: "nnlib-walks-numbers" },
    element(
      "thead", {},
      element("tr", {}, element("td"), ...letters.map((letter, i) => element("th", { scope: "col" }, sign(letter, i)))),
    ),
    element(
      "tbody", {},
      ...rows.map(({ title, cells }) => element("tr", {}, element("th", { scope: "row" }, title), ...cells)),
    ),
  );
  const one = button("One step", () => walkTo(choice.steps + 1));
  const run = button(`Run ${task.run} steps`, () => walkTo(choice.steps + task.run));
  const other = button("Another seed", () => change(() => {
    choice.seed = seeds[(seeds.indexOf(choice.seed) + 1) % seeds.length];
  }, true));
  const again = button("Start again", () => change(() => {
    choice.steps = 0;
  }, true));

  /** The letter of a walk, after its mark. */
  function sign(letter, i) {
    const kind = `nnlib-walks-${"ab"[i]}`;
    return mark(
      letter, svg("line", { x1: -9, x2: 9, class: `nnlib-walks-way ${kind}` }),
      svg("path", { d: "M0 0h0", "stroke-width": 7, class: `nnlib-walks-dots ${kind}` }),
    );
  }

  /** What one walk's optimizer and rate are chosen by. */
  function steered(letter, i) {
    const options = task.optimizers.map((title) => element("option", { selected: title === choice.walks[i][0] }, title));
    const select = element("select", {
      class: "nnlib-walks-select", "aria-label": `Optimiser of ${letter}`,
      change: () => change(() => {
        choice.walks[i][0] = select.value;
      }, true),
    }, ...options);
    const rate = slider({
      label: `Rate of ${letter}`, values: task.rates, value: choice.walks[i][1], rest: say,
      choose: (value) => change(() => {
        choice.walks[i][1] = value;
      }),
    });
    return element(
      "div", { class: "nnlib-walks-walk", role: "group", "aria-label": `Walk ${letter}` },
      element("div", { class: "nnlib-walks-optimizer" }, sign(letter, i), select), rate,
    );
  }

  const noise = slider({
    label: "Noise", values: task.noises, value: choice.noise, rest: say,
    choose: (value) => change(() => {
      choice.noise = value;
    }),
  });

  /** Make another choice: both walks are walked anew, as many steps as before. */
  function change(make, tell = false) {
    stop();
    make();
    draw();
    if (tell) say();
  }

  /** Walk on to so many steps, before the reader's eyes. */
  function walkTo(to) {
    stop();
    if (over()) return;
    const end = Math.min(to, most);
    const forward = () => {
      choice.steps = Math.min(choice.steps + 1, end);
      draw();
      const going = choice.steps < end && !over();
      if (!going) say();
      return going;
    };
    stop = play(forward, 25);
  }

  const paths = () => choice.walks.map((each) => walk(task, each, choice.steps, choice.noise, choice.seed));

  /** Whether no walk can go on. */
  function over() {
    return choice.steps >= most || paths().every((path) => !(costAt(task, path.at(-1)) < task.lost));
  }

  /** Draw the walks as they are now. */
  function draw() {
    const long = Math.max(task.run, Math.ceil(choice.steps / task.run) * task.run);
    const across = (step) => CHART.left + (step / long) * (WIDTH - CHART.left - 8);
    const up = (cost) => {
      const power = Math.min(DECADES.top, Math.max(DECADES.bottom, Math.log10(cost)));
      const height = CHART.height - CHART.top - CHART.bottom;
      return CHART.top + ((DECADES.top - power) / (DECADES.top - DECADES.bottom)) * height;
    };
    grid.replaceChildren();
    for (const [cost, words] of MARKS) {
      const y = up(cost);
      grid.append(
        svg("line", { class: "nnlib-walks-grid", x1: CHART.left, x2: WIDTH - 8, y1: y, y2: y }),
        text(CHART.left - 5, y + 4, words, "end"),
      );
    }
    const under = (step, words, anchor = "middle") => text(across(step), CHART.height - 6, words, anchor);
    grid.append(under(0, "0"), under(long / 2, String(long / 2)), under(long, `step ${long}`, "end"));
    paths().forEach((path, i) => {
      const { way, dots, here, costs } = walks[i];
      const shown = path.filter(near).map(([w1, w2]) => [on.x(w1), on.y(w2)]);
      way.setAttribute("points", line(shown));
      put(dots, { d: spots(shown), "stroke-width": choice.steps > 150 ? 2.5 : 4 });
      here.setAttribute("d", near(path.at(-1)) ? spots(shown.slice(-1)) : "");
      costs.setAttribute("points", line(path.map((place, step) => [across(step), up(costAt(task, place))])));
      const cost = costAt(task, path.at(-1));
      const late = lately(task, path);
      const said = cost < task.lost ? significant(cost, 3) : "diverged";
      const numbers = [said, late === null ? "–" : significant(late, 3), ...path.at(-1).map((w) => significant(w, 3))];
      rows.forEach(({ cells }, row) => {
        cells[i].textContent = numbers[row];
      });
    });
    for (const key of [one, run]) key.setAttribute("aria-disabled", String(over()));
    again.setAttribute("aria-disabled", String(choice.steps === 0));
    other.setAttribute("aria-disabled", String(!choice.noise));
  }

  /** Say what the walks have come to. */
  function say() {
    status.textContent = said(task, choice);
  }

  stage(
    el,
    element(
      "div", { class: "nnlib-land" },
      element(
        "div", { class: "nnlib-land-left" },
        picture,
        element(
          "div", { class: "nnlib-land-legend" }, scale(task.levels), ...letters.map(sign), mark("lowest", star(0, 0, 9)),
          mark("start", svg("circle", { r: 7, class: "nnlib-land-ring" })),
        ),
        element("div", { class: "nnlib-walks-title" }, "cost, step by step"), chart,
      ),
      element(
        "div", { class: "nnlib-land-right" },
        ...letters.map(steered), noise, element("div", { class: "nnlib-land-keys" }, one, run, other, again), table, status,
      ),
    ),
  );
  draw();
  say();
}

export default { render };
