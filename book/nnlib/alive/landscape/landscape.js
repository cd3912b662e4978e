// The cost's landscape: the reader drags a start and chooses a rate, and descent walks down from there, step by step.

const WIDTH = 360;

function render({ model, el }) {
  const task = taskOf(model.get("data"));
  const { window: [left, right, bottom, top], rates, batches, seeds } = task;
  const height = (WIDTH * (top - bottom)) / (right - left);
  const first = { start: task.start, rate: task.rate, size: task.batch ?? task.x.length, seed: seeds?.[0] };
  const runs = (start) => descend(task, { ...first, start }, task.run);
  let choice = { ...first };
  let [steps, path, kept] = [0, [], task.walks.map(runs)];
  let stop = () => {};

  // The map, from back to front.
  const walked = svg("g", { class: "nnlib-land-kept" });
  const way = svg("polyline", { class: "nnlib-land-way" });
  const dots = svg("path", { class: "nnlib-land-dots" });
  const next = svg("line", { class: "nnlib-land-next" });
  const here = svg("circle", { class: "nnlib-land-here", r: 6 });
  const handle = svg(
    "g",
    { class: "nnlib-land-start", tabindex: 0, role: "slider", "aria-roledescription": "point", "aria-label": "Start" },
    svg("circle", { r: 26, class: "nnlib-land-reach" }), svg("circle", { r: 17, class: "nnlib-land-focus" }),
    svg("circle", { r: 10, class: "nnlib-land-ring" }), svg("text", { y: -15 }, "start"),
  );
  const drawn = svg("g", { "aria-hidden": "true" });
  const picture = svg(
    "svg",
    {
      viewBox: `0 0 ${WIDTH} ${height}`, class: "nnlib-land-map", role: "group",
      "aria-label": "Map of the cost; arrow keys move the start, with Shift in larger steps",
    },
    drawn, handle,
  );
  const on = plane(picture, { width: WIDTH, height, left, right, bottom, top });
  const lowest = star(on.x(task.lowest[0]), on.y(task.lowest[1]), 9);
  drawn.append(ground(task.contours, WIDTH, height), ...axes(), walked, way, dots, next, lowest, here);

  function axes() {
    const text = (kind, x, y, words, anchor = "start") =>
      svg("text", { class: `nnlib-land-${kind}`, x, y, "text-anchor": anchor }, words);
    const every = right - left > 6 ? 2 : 1;
    const ticks = (from, to) => [...Array(Math.ceil(to) - Math.ceil(from)).keys()].map((i) => Math.ceil(from) + i)
      .filter((tick) => tick % every === 0);
    return [
      text("axis", WIDTH - 6, height - 7, "w", "end"),
      text("axis", 6, 17, "b"),
      ...ticks(left, right).filter((tick) => on.x(tick) > 12 && on.x(tick) < WIDTH - 28)
        .map((tick) => text("tick", on.x(tick), height - 7, significant(tick), "middle")),
      ...ticks(bottom, top).filter((tick) => on.y(tick) > 28 && on.y(tick) < height - 24)
        .map((tick) => text("tick", 6, on.y(tick) + 4, significant(tick))),
    ];
  }

  // What stands beside it.
  const status = element("p", { class: "nnlib-land-status", role: "status" });
  const names = ["step", "epoch", "cost", "(w, b)", "gradient", "next batch's"];
  const numbers = Object.fromEntries(names.map((name) => [name, element("b")]));
  const list = element("div", { class: "nnlib-land-numbers" });
  for (const name of names.filter((name) => batches || !["epoch", "next batch's"].includes(name))) {
    const wide = ["(w, b)", "gradient", "next batch's"].includes(name);
    list.append(element("div", { class: wide && "nnlib-land-wide" }, element("span", {}, `${name} `), numbers[name]));
  }
  const each = () => Math.ceil(task.x.length / choice.size);
  const unit = batches ? "epochs" : "steps";
  const one = button("One step", () => go(steps + 1));
  const run = button(`Run ${task.run} ${unit}`, () => walkTo(steps + task.run * (batches ? each() : 1)));
  const keep = button("Keep this walk", () => {
    kept = [...kept, path].slice(-3);
    draw();
    status.textContent = `This walk stays on the map as a thin line; of at most three, ${kept.length} are there.`;
  });
  const restart = button("Clear", () => {
    kept = [];
    go(0);
  });
  const keys = [one, run, keep, restart];
  if (batches) {
    const epoch = button("One epoch", () => walkTo((Math.floor(steps / each()) + 1) * each()));
    const after = () => seeds[(seeds.indexOf(choice.seed) + 1) % seeds.length];
    const other = button("Another seed", () => change({ seed: after() }, true));
    keys.splice(1, 0, epoch);
    keys.splice(3, 0, other);
  }
  const sliders = [chooser("Rate", rates, "rate")];
  if (batches) sliders.push(chooser("Batch size", batches, "size"));

  /** A slider over some values of a choice. */
  function chooser(label, values, name) {
    const words = (value) => (name === "size" && value === task.x.length ? `${value}, all` : String(value));
    const choose = (value) => change({ [name]: value });
    return slider({ label, values, value: choice[name], words, choose, rest: say });
  }

  /** Make another choice: the walk is walked anew, as many steps (or, with another batch size, epochs) as it had. */
  function change(changed, tell = false) {
    stop();
    const epochs = steps / each();
    choice = { ...choice, ...changed };
    if ("size" in changed) steps = Math.round(epochs * each());
    draw();
    if (tell) say();
  }

  /** Show the walk after so many steps. */
  function go(to) {
    stop();
    steps = to;
    draw();
    say();
  }

  /** Walk on to so many steps, before the reader's eyes. */
  function walkTo(to) {
    stop();
    const stride = Math.max(1, Math.ceil((to - steps) / 80));
    const forward = () => {
      const before = steps;
      steps = Math.min(steps + stride, to);
      draw();
      const going = steps < to && steps > before;
      if (!going) say();
      return going;
    };
    stop = play(forward, Math.min(200, 2000 / Math.max(1, to - steps)));
  }

  movable(handle, {
    on, step: 0.1, place: () => choice.start, rest: say,
    move([w, b]) {
      const within = (value, low, high) => Math.round(Math.min(high, Math.max(low, value)) * 10) / 10;
      const start = [within(w, left + 0.2, right - 0.2), within(b, bottom + 0.2, top - 0.2)];
      if (start[0] !== choice.start[0] || start[1] !== choice.start[1]) change({ start });
    },
  });

  const point = ([w, b]) => [on.x(w), on.y(b)];
  const shown = (places) => places.filter(near).map(point);
  const pair = (v, digits = 4) => `(${significant(v[0], digits)}, ${significant(v[1], digits)})`;

  /** Draw the walk as it is now. */
  function draw() {
    path = descend(task, choice, steps);
    steps = path.length - 1;
    const place = path[steps];
    walked.replaceChildren(...kept.map((places) => svg("polyline", { points: line(shown(places)) })));
    way.setAttribute("points", line(shown(path)));
    dots.setAttribute("stroke-width", steps > 150 ? 2.5 : 4);
    dots.setAttribute("d", spots(shown(path)));
    const { cost, slopes } = pass(task, place, task.all);
    const batch = cost < LOST ? batchOf(task, choice, steps) : null;
    const asked = batch && pass(task, place, batch).slopes;
    const to = asked && [place[0] - choice.rate * asked[0], place[1] - choice.rate * asked[1]];
    next.setAttribute("visibility", to && near(to) ? "visible" : "hidden");
    here.setAttribute("visibility", near(place) ? "visible" : "hidden");
    if (near(place)) put(here, { cx: point(place)[0], cy: point(place)[1] });
    if (to && near(to)) put(next, { x1: point(place)[0], y1: point(place)[1], x2: point(to)[0], y2: point(to)[1] });
    put(handle, {
      transform: `translate(${point(choice.start).join(" ")})`,
      "aria-valuemin": left, "aria-valuemax": right, "aria-valuenow": choice.start[0],
      "aria-valuetext": `w ${significant(choice.start[0])}, b ${significant(choice.start[1])}`,
    });
    const epoch = steps / each();
    numbers.step.textContent = steps.toLocaleString("en");
    numbers.epoch.textContent = Number.isInteger(epoch) ? epoch : epoch.toFixed(2);
    numbers.cost.textContent = significant(cost);
    numbers["(w, b)"].textContent = pair(place);
    numbers.gradient.textContent = pair(slopes, 3);
    numbers["next batch's"].textContent = asked ? pair(asked, 3) : "–";
    for (const key of [one, run]) key.setAttribute("aria-disabled", String(!batch));
    keep.setAttribute("aria-disabled", String(steps === 0));
  }

  /** Say where the walk stands. */
  function say() {
    const place = path[steps];
    const { cost } = pass(task, place, task.all);
    const how = batches ? `, batches of ${choice.size}, seed ${choice.seed}` : "";
    if (steps === 0) {
      status.textContent = `At the start ${pair(place)} the cost is ${significant(cost)}. Rate ${choice.rate}${how}.`;
      return;
    }
    const count = `${steps.toLocaleString("en")} step${steps === 1 ? "" : "s"}`;
    const away = Math.hypot(place[0] - task.lowest[0], place[1] - task.lowest[1]);
    const outside = place[0] < left || place[0] > right || place[1] < bottom || place[1] > top;
    status.textContent = !(cost < LOST)
      ? `Diverged: after ${count} at the rate ${choice.rate}${how} the cost is above a million.`
      : `After ${count} at the rate ${choice.rate}${how}: cost ${significant(cost)}, ${significant(away, 3)} from the lowest point`
        + `${outside ? ", off the map" : ""}.`;
    const over = cost < LOST && !batchOf(task, choice, steps);
    if (over) status.textContent += " Here end the shuffled orders of this page.";
  }

  stage(
    el,
    element(
      "div", { class: "nnlib-land" },
      element(
        "div", { class: "nnlib-land-left" },
        picture, legend(), element("p", { class: "nnlib-land-note" }, task.note),
      ),
      element(
        "div", { class: "nnlib-land-right" },
        ...sliders, element("div", { class: "nnlib-land-keys" }, ...keys), list, status,
      ),
    ),
  );
  draw();
  say();

  /** What the shades and the marks of the map mean. */
  function legend() {
    const spot = svg("path", { d: "M-8 0h0M0 0h0", "stroke-width": 4, class: "nnlib-land-dots" });
    return element(
      "div", { class: "nnlib-land-legend" },
      scale(task.levels),
      mark("lowest", star(0, 0, 9)),
      mark("the walk", spot, svg("circle", { cx: 7, r: 3, class: "nnlib-land-here" })),
      mark("next step", svg("line", { x1: -9, x2: 9, class: "nnlib-land-next" })),
      mark("kept", svg("g", { class: "nnlib-land-kept" }, svg("polyline", { points: "-9,0 9,0" }))),
    );
  }
}

export default { render };
