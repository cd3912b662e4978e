// The perceptron's line: the reader drags points, and the perceptron's rule moves the line, one mistake at a time.

const SPAN = { left: -1.25, right: 2.25, bottom: -1.25, top: 2.25 };
const SIZE = 350;

/** The part of the plane that fires, as a polygon, and the piece of the line that borders it. */
function side(w, b) {
  const { left, right, bottom, top } = SPAN;
  const corners = [[left, bottom], [right, bottom], [right, top], [left, top]];
  const height = ([x1, x2]) => w[0] * x1 + w[1] * x2 + b;
  const [area, border] = [[], []];
  for (const [i, p] of corners.entries()) {
    const q = corners[(i + 1) % 4];
    const [from, to] = [height(p), height(q)];
    if (from > 0) area.push(p);
    if (from > 0 !== to > 0) {
      const share = from / (from - to);
      const crossing = [p[0] + share * (q[0] - p[0]), p[1] + share * (q[1] - p[1])];
      area.push(crossing);
      border.push(crossing);
    }
  }
  return { area, border };
}

function render({ model, el }) {
  const { tasks, start, grain, limit } = model.get("data");
  const exact = (number) => significant(number, 8);
  const pair = (v) => `(${exact(v[0])}, ${exact(v[1])})`;
  const clamp = (number) => Math.min(2, Math.max(-1, Math.round(number / grain) * grain));

  let examples, course, at;
  let stop = () => {};

  // The picture, from back to front.
  const firing = svg("polygon", { class: "nnlib-line-fires" });
  const earlier = svg("line", { class: "nnlib-line-before" });
  const border = svg("line", { class: "nnlib-line-line" });
  const arrow = svg("path", { class: "nnlib-line-arrow" });
  const letter = svg("text", { class: "nnlib-line-w" }, "w");
  const ring = svg("circle", { class: "nnlib-line-ring", r: 21 });
  const drawn = svg("g", { "aria-hidden": "true" });
  const handles = svg("g");
  const picture = svg("svg", { viewBox: `0 0 ${SIZE} ${SIZE}`, class: "nnlib-line-picture" }, drawn, handles);
  const on = plane(picture, { width: SIZE, height: SIZE, ...SPAN });
  for (const tick of [-1, 0, 1, 2]) {
    drawn.append(
      svg("line", { class: "nnlib-line-grid", x1: on.x(tick), x2: on.x(tick), y1: 0, y2: SIZE }),
      svg("line", { class: "nnlib-line-grid", y1: on.y(tick), y2: on.y(tick), x1: 0, x2: SIZE }),
    );
    if (tick === 2) continue;
    drawn.append(svg("text", { class: "nnlib-line-tick", x: on.x(tick) + 4, y: SIZE - 6 }, exact(tick)));
    if (tick > -1) drawn.append(svg("text", { class: "nnlib-line-tick", x: 5, y: on.y(tick) - 4 }, exact(tick)));
  }
  drawn.append(
    firing, earlier, border, arrow, letter, ring,
    svg("text", { class: "nnlib-line-axis", x: SIZE - 20, y: SIZE - 6 }, "x₁"),
    svg("text", { class: "nnlib-line-axis", x: 5, y: 16 }, "x₂"),
  );

  // What stands beside it.
  const status = element("p", { class: "nnlib-line-status", role: "status" });
  const numbers = Object.fromEntries(["updates", "epoch", "right", "w", "b"].map((name) => [name, element("b")]));
  const list = element("div", { class: "nnlib-line-numbers" });
  for (const [name, value] of Object.entries(numbers)) list.append(element("div", {}, element("span", {}, `${name} `), value));
  const choices = Object.keys(tasks).map((name) => button(name, () => begin(name)));
  const one = button("One update", () => go(at + 1));
  const back = button("Back", () => go(at - 1));
  const end = button("Run to the end", run);
  const again = button("Restart", () => go(0));
  const mark = (shape, text) => element(
    "span", {}, svg("svg", { viewBox: "-9 -9 18 18", class: "nnlib-line-key", "aria-hidden": "true" }, shape), text,
  );
  const legend = element(
    "p", { class: "nnlib-line-legend" },
    mark(svg("circle", { r: 8, class: "nnlib-line-one" }), "should fire"),
    mark(svg("rect", { x: -7, y: -7, width: 14, height: 14, class: "nnlib-line-zero" }), "should not"),
    mark(svg("rect", { x: -9, y: -9, width: 18, height: 18, class: "nnlib-line-fires" }), "fires here"),
    mark(svg("circle", { r: 8, class: "nnlib-line-ring" }), "was missed"),
    mark(svg("line", { x1: -9, x2: 9, y1: 0, y2: 0, class: "nnlib-line-before" }), "line before"),
  );

  /** Begin with a task as it is given. */
  function begin(name) {
    examples = tasks[name].map((point) => [...point]);
    for (const choice of choices) choice.setAttribute("aria-pressed", String(choice.textContent === name));
    handles.replaceChildren(...examples.map(handle));
    learn(0);
    say();
  }

  /** Let the rule go through the points as they are now, and show it as it is after some updates. */
  function learn(updates) {
    stop();
    course = train(examples, limit);
    at = Math.min(updates, course.updates.length);
    draw();
  }

  /** Show the state after so many updates. */
  function go(to) {
    stop();
    at = Math.max(0, Math.min(to, course.updates.length));
    draw();
    say();
  }

  /** Show one update after the other, faster the more there are. */
  function run() {
    stop();
    const left = course.updates.length - at;
    const stride = Math.max(1, Math.ceil(left / 60));
    const forward = () => {
      at = Math.min(at + stride, course.updates.length);
      draw();
      if (at === course.updates.length) say();
      return at < course.updates.length;
    };
    stop = play(forward, Math.min(300, Math.max(40, 3000 / Math.max(1, left))));
  }

  /** A point that can be dragged; the rule then learns anew, to its end if it was there. */
  function handle(point, place) {
    const shape = point[2]
      ? svg("circle", { r: 11, class: "nnlib-line-one" })
      : svg("rect", { x: -10, y: -10, width: 20, height: 20, class: "nnlib-line-zero" });
    const made = svg(
      "g", { class: "nnlib-line-point", tabindex: 0, role: "slider", "aria-roledescription": "point" },
      svg("circle", { r: 25, class: "nnlib-line-reach" }), svg("circle", { r: 17, class: "nnlib-line-focus" }),
      shape, svg("text", { y: 4 }, String(place + 1)),
    );
    const kind = point[2] ? "circle, should fire" : "square, should not fire";
    made.setAttribute("aria-label", `Point ${place + 1} of ${examples.length}, ${kind}`);
    const put = () => {
      made.setAttribute("transform", `translate(${on.x(point[0])} ${on.y(point[1])})`);
      made.setAttribute("aria-valuemin", -1);
      made.setAttribute("aria-valuemax", 2);
      made.setAttribute("aria-valuenow", point[0]);
      made.setAttribute("aria-valuetext", pair(point));
    };
    put();
    movable(made, {
      on, step: grain, place: () => point, rest: say,
      move([x1, x2]) {
        const to = [clamp(x1), clamp(x2)];
        if (to[0] === point[0] && to[1] === point[1]) return;
        [point[0], point[1]] = to;
        put();
        for (const choice of choices) choice.setAttribute("aria-pressed", "false");
        learn(at > 0 && at === course.updates.length ? Infinity : 0);
      },
    });
    return made;
  }

  /** What holds after so many updates. */
  function state(updates) {
    return updates > 0 ? course.updates[updates - 1] : { w: [0, 0], b: 0, epoch: 0 };
  }

  /** Draw the state after `at` updates. */
  function draw() {
    const [now, before] = [state(at), state(at - 1)];
    const { area, border: edge } = side(now.w, now.b);
    firing.setAttribute("points", area.map(([x1, x2]) => `${on.x(x1)},${on.y(x2)}`).join(" "));
    stretch(border, edge);
    stretch(earlier, side(before.w, before.b).border);
    aim(now.w, edge);
    const missed = at ? examples[now.place] : null;
    ring.setAttribute("visibility", missed ? "visible" : "hidden");
    if (missed) {
      ring.setAttribute("cx", on.x(missed[0]));
      ring.setAttribute("cy", on.y(missed[1]));
    }
    const right = examples.filter(([x1, x2, y]) => (now.w[0] * x1 + now.w[1] * x2 + now.b > 0) === Boolean(y)).length;
    numbers.updates.textContent = at.toLocaleString("en");
    numbers.epoch.textContent = now.epoch || "–";
    const sign = now.error > 0 ? "+" : "−";
    numbers.w.textContent = missed ? `${pair(before.w)} ${sign} ${pair(missed)} = ${pair(now.w)}` : pair(now.w);
    numbers.b.textContent = missed ? `${exact(before.b)} ${sign} 1 = ${exact(now.b)}` : exact(now.b);
    numbers.right.textContent = `${right} of ${examples.length}`;
    const last = at === course.updates.length;
    for (const [key, off] of [[one, last], [end, last], [back, at === 0], [again, at === 0]]) {
      key.setAttribute("aria-disabled", String(off));
    }
  }

  /** Put a line where it crosses the picture, if it does. */
  function stretch(line, ends) {
    line.setAttribute("visibility", ends.length ? "visible" : "hidden");
    if (!ends.length) return;
    const [[x1, y1], [x2, y2]] = ends;
    for (const [name, value] of Object.entries({ x1: on.x(x1), y1: on.y(y1), x2: on.x(x2), y2: on.y(y2) })) {
      line.setAttribute(name, value);
    }
  }

  /** The weights as an arrow of one length, from the line to the side that fires, where no point hides its tip. */
  function aim(w, edge) {
    for (const part of [arrow, letter]) part.setAttribute("visibility", edge.length ? "visible" : "hidden");
    if (!edge.length) return;
    const [[x1, y1], [x2, y2]] = edge.map((end) => [on.x(end[0]), on.y(end[1])]);
    const [dx, dy] = [w[0] / Math.hypot(...w), -w[1] / Math.hypot(...w)];
    const foot = (share) => [x1 + share * (x2 - x1), y1 + share * (y2 - y1)];
    const free = (share) => {
      const [x, y] = foot(share);
      return examples.every((point) => Math.hypot(x + 50 * dx - on.x(point[0]), y + 50 * dy - on.y(point[1])) > 32);
    };
    const [x, y] = foot([0.5, 0.35, 0.65, 0.2, 0.8].find(free) ?? 0.5);
    const [tipX, tipY] = [x + 44 * dx, y + 44 * dy];
    const barb = (turn) => `${tipX - 9 * dx + turn * 5 * dy} ${tipY - 9 * dy - turn * 5 * dx}`;
    arrow.setAttribute("d", `M${x} ${y}L${tipX} ${tipY}M${barb(1)}L${tipX} ${tipY}L${barb(-1)}`);
    letter.setAttribute("x", tipX + 12 * dx);
    letter.setAttribute("y", tipY + 12 * dy + 5);
  }

  /** Say what happened, and at the end what it comes to. */
  function say() {
    const count = (number) => number.toLocaleString("en");
    const last = at === course.updates.length;
    const verdict = last ? element("strong", {}, course.clean ? done(count) : stopped(count)) : "";
    const before = "Before learning: there is no line yet, and the neuron fires for no point.";
    status.replaceChildren(verdict, at ? missed(count) : before);
  }

  function missed(count) {
    const { epoch, place, z, error } = course.updates[at - 1];
    const who = `point ${place + 1}, ${pair(examples[place])}, at z\u00a0=\u00a0${significant(z)}`;
    const what = error > 0 ? "have fired and did not. It is added" : "not have fired and did. It is subtracted";
    return `Update ${count(at)}, epoch ${epoch}: ${who}, should ${what}.`;
  }

  function done(count) {
    return `Done after ${count(at)} update${at === 1 ? "" : "s"}: epoch ${course.clean} passes without a mistake. `;
  }

  function stopped(count) {
    const text = `Stopped after ${count(limit)} updates. `;
    if (separable(examples)) return `${text}A line does separate the points, but with so little room it takes longer. `;
    const round = course.circle
      ? `: after update ${course.circle[0]} the same ${course.circle[1]} come round for ever. `
      : ". ";
    return `${text}No line separates these points, so the mistakes never end${round}`;
  }

  stage(
    el,
    element(
      "div", { class: "nnlib-line" },
      element("div", { class: "nnlib-line-row", role: "group", "aria-label": "Task" }, ...choices),
      element("div", { class: "nnlib-line-left" }, picture, legend),
      element(
        "div", { class: "nnlib-line-right" },
        element("div", { class: "nnlib-line-row" }, one, back, end, again), list, status,
      ),
    ),
  );
  picture.setAttribute("role", "group");
  picture.setAttribute("aria-label", "Points in the plane; arrow keys move a point, with Shift in larger steps");
  begin(start);
}

export default { render };
