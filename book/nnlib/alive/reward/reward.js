// Reward: the reader balances one pole by keys, mouse or finger; beside it the network balances another, and is shoved.

const WIDTH = 360;
const HEIGHT = 122;
const SPEEDS = [["step by step", 0], ["quarter speed", 4], ["half speed", 2], ["real time", 1]];
const AT_ONCE = 5; // steps of a press, step by step
const FULL = 5000; // steps after which a game ends

function render({ model, el }) {
  const data = model.get("data");
  const { rules, starts, shove } = data;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const now = { game: begun(starts[0]), round: 0, slow: calm ? 0 : 4, clock: null, best: 0 };
  const held = holding(el, mark);

  const [yours, its] = [track("You", "you"), track("The network", "it")];
  const status = element("p", { class: "nnlib-reward-status", role: "status" });
  const left = push("◀ Left", -1);
  const none = button("No push", () => now.slow || press(0));
  const right = push("Right ▶", 1);
  const run = button("Start", () => (now.clock ? halt() : go()));
  const anew = button("New carts", restart);
  const speeds = SPEEDS.map(([name, slow]) => button(name, () => setSpeed(slow)));
  const shoves = [["◀ Shove the network", -shove], ["Shove the network ▶", shove]].map(([name, speed]) => button(name, () => change(shoved(now.game, speed))));
  const row = (label, ...keys) => element("div", { class: "nnlib-reward-keys", role: "group", "aria-label": label }, ...keys);
  const hint = element("p", { class: "nnlib-reward-small" });

  stage(
    el,
    element(
      "div", { class: "nnlib-reward" },
      yours.picture, its.picture,
      row("Push your cart", left, none, right), row("The game", run, anew), row("The network's cart", ...shoves),
      row("Speed", ...speeds), hint, status,
    ),
  );
  el.addEventListener("keydown", down);
  setSpeed(now.slow);
  say();

  /** A picture of a track, a cart and its pole; `show` moves them. */
  function track(name, kind) {
    const [scale, ground, long] = [WIDTH / 5.4, HEIGHT - 14, 2 * rules.half];
    const middle = WIDTH / 2;
    const top = (angle, length) => ({ x2: length * scale * Math.sin(angle), y2: -14 - length * scale * Math.cos(angle) });
    const pole = svg("line", { class: "nnlib-reward-pole", y1: -14 });
    const limits = [-1, 1].map((way) => svg("line", { class: "nnlib-reward-limit", y1: -14, ...top(way * rules.tilt, long * 1.12) }));
    const cart = svg("g", {}, ...limits, svg("rect", { x: -20, y: -18, width: 40, height: 18, rx: 3 }), pole);
    const time = svg("text", { class: "nnlib-reward-time", x: WIDTH - 4, y: 16, "text-anchor": "end" });
    const ends = [-1, 1].map((way) => middle + way * rules.edge * scale);
    const picture = svg(
      "svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: `nnlib-reward-track nnlib-reward-${kind}`, "aria-hidden": "true" },
      svg("text", { x: 4, y: 16 }, name), time,
      svg("line", { class: "nnlib-reward-ground", x1: ends[0], x2: ends[1], y1: ground, y2: ground }),
      ...ends.map((x) => svg("line", { class: "nnlib-reward-ground", x1: x, x2: x, y1: ground - 9, y2: ground + 5 })), cart,
    );
    function show({ state: [place, , angle], stood, over }) {
      cart.setAttribute("transform", `translate(${middle + place * scale} ${ground})`);
      for (const [key, value] of Object.entries(top(angle, long))) pole.setAttribute(key, value);
      time.textContent = `${(stood * rules.step).toFixed(2)} s${over ? ", over" : ""}`;
      picture.classList.toggle("nnlib-reward-over", over);
    }
    return { picture, show };
  }

  /** A button that pushes as long as it is held; step by step, each press is a few steps. */
  function push(name, way) {
    const made = button(name, () => now.slow || press(way));
    made.classList.add("nnlib-reward-push");
    held.on(made, () => now.slow, (what) => hold(what, way));
    return made;
  }

  /** The way that a key pushes: an arrow anywhere in here, Enter and Space on the buttons that push. */
  function wayOf({ key, target, ctrlKey, altKey, metaKey }) {
    if (ctrlKey || altKey || metaKey) return 0;
    if (key === "Enter" || key === " ") return { [left.textContent]: -1, [right.textContent]: 1 }[target.textContent] ?? 0;
    return { ArrowLeft: -1, ArrowRight: 1 }[key] ?? 0;
  }

  function down(event) {
    const way = wayOf(event);
    if (!way) return;
    const arrow = event.key.startsWith("Arrow");
    if (arrow || now.slow) event.preventDefault();
    if (now.slow) hold(event.key, way);
    else if (arrow) press(way);
  }

  function hold(what, way) {
    held.hold(what, way);
    if (!now.clock && !now.game.you.over) go();
  }

  function mark() {
    left.setAttribute("aria-pressed", String(held.has(-1)));
    right.setAttribute("aria-pressed", String(held.has(1)));
  }

  /** Step by step: a few steps with that push. */
  function press(way) {
    for (let i = 0; i < AT_ONCE && !done(); i += 1) now.game = advanced(now.game, way, data);
    draw();
    say();
  }

  function done() {
    return (now.game.you.over && now.game.it.over) || now.game.steps >= FULL;
  }

  function go() {
    if (!now.slow || done()) return;
    halt(false);
    now.clock = setInterval(tick, 1000 * rules.step * now.slow);
    draw();
  }

  function tick() {
    const before = now.game;
    now.game = advanced(before, held.way(), data);
    if (done()) halt();
    else {
      draw();
      if (now.game.you.over !== before.you.over || now.game.it.over !== before.it.over) say();
    }
  }

  function halt(tell = true) {
    clearInterval(now.clock);
    now.clock = null;
    draw();
    if (tell) say();
  }

  function restart() {
    now.round = (now.round + 1) % starts.length;
    halt(false);
    change(begun(starts[now.round]));
  }

  function change(game) {
    now.game = game;
    draw();
    say();
  }

  function setSpeed(slow) {
    const going = now.clock !== null;
    now.slow = slow;
    halt(going && !slow);
    speeds.forEach((key, i) => key.setAttribute("aria-pressed", String(SPEEDS[i][1] === slow)));
    none.hidden = slow > 0;
    run.hidden = slow === 0;
    hint.textContent = slow
      ? "Hold ◀ or ▶, here or on your keyboard, while a button here has the focus: it pushes as long as you hold it. The network has no choice: it pushes one way or the other in each step."
      : `Each press, of a button or of an arrow key, is ${AT_ONCE} steps with that push, a tenth of a second. The network chooses anew in each step.`;
    if (going && slow) go();
  }

  function draw() {
    yours.show(now.game.you);
    its.show(now.game.it);
    run.textContent = now.clock ? "Pause" : "Start";
    run.setAttribute("aria-disabled", String(done()));
    for (const key of shoves) key.setAttribute("aria-disabled", String(now.game.it.over));
  }

  function say() {
    const { you } = now.game;
    now.best = Math.max(now.best, you.stood);
    const best = now.best > you.stood ? ` Your best so far: ${decimals(now.best * rules.step, 2)} s.` : "";
    status.textContent = said(now.game, rules) + best;
  }

  return () => clearInterval(now.clock);
}

export default { render };
