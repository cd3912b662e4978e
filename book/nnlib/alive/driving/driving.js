// Driving: the road from above with the car on it, its camera's picture, and keys to steer, to push and to choose.

const SPEEDS = [["step by step", 0], ["slow", 200], ["brisk", 80], ["fast", 30]]; // milliseconds for a metre
const AT_ONCE = 5; // metres of a press, step by step
const HALF = 96; // metres from the middle of the map to its edge
const FAILED = "The networks' weights could not be loaded. Press a button once more to try again.";

function render({ model, el }) {
  const data = model.get("data");
  const { rules, roads, names, turn, first } = data;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const now = { game: begun(0, data), who: "none_moved", slow: calm ? 0 : 200, clock: null, networks: null, trail: [] };
  const held = holding(el, mark); // 1 is to the left
  const waiting = {};

  const road = svg("path", { class: "nnlib-driving-road" });
  const line = svg("path", { class: "nnlib-driving-line" });
  const trail = svg("polyline", { class: "nnlib-driving-trail" });
  const car = svg("path", { class: "nnlib-driving-car", d: "M 7 0 L -4 4 L -4 -4 Z" });
  const map = svg("svg", { viewBox: `${-HALF} ${-HALF} ${2 * HALF} ${2 * HALF}`, class: "nnlib-driving-map", "aria-hidden": "true" }, road, line, trail, car);
  const camera = element("canvas", { class: "nnlib-driving-camera", width: rules.columns, height: rules.rows, "aria-hidden": "true" });
  const status = element("p", { class: "nnlib-driving-status", role: "status" });
  const hint = element("p", { class: "nnlib-driving-small" });
  const who = [...Object.entries(names), ["you", "You"]].map(([key, name]) => [key, button(name, () => choose(key))]);
  const pushes = [["◀ Push", -rules.push], ["Push ▶", rules.push]].map(([name, metres]) => button(name, () => push(metres)));
  const left = steer("◀ Steer", 1);
  const right = steer("Steer ▶", -1);
  const run = button("Start", drive);
  const back = button("Begin again", () => restart(now.game.road));
  const anew = button("Another road", () => restart((now.game.road + 1) % roads.length));
  const speeds = SPEEDS.map(([name, slow]) => button(name, () => setSpeed(slow)));
  const row = (label, ...keys) => element("div", { class: "nnlib-driving-keys", role: "group", "aria-label": label }, ...keys);

  stage(
    el,
    element(
      "div", { class: "nnlib-driving" },
      map, camera, row("Who steers", ...who.map(([, key]) => key)), row("The car", pushes[0], left, run, right, pushes[1]),
      row("The road", back, anew), row("Speed", ...speeds), hint, status,
    ),
  );
  for (const kind of ["pointerdown", "focusin"]) el.addEventListener(kind, begin, { once: true });
  el.addEventListener("keydown", down);
  lay();
  setSpeed(now.slow);
  choose(now.who);

  /** The weights come at the first touch. */
  function begin() {
    waiting.networks ??= Promise.resolve(model.get("weights")).then(networksOf);
    return waiting.networks.then((networks) => {
      now.networks = networks;
      return true;
    }, () => {
      waiting.networks = null;
      status.textContent = FAILED;
      return false;
    });
  }

  /** What the network answers now; null where the reader steers, or where the weights are not there and it is not known. */
  function answer() {
    if (now.who === "you") return null;
    if (now.networks) return now.networks[now.who](pictureOf(roads[now.game.road], now.game.car, rules));
    return now.game.road === 0 && now.game.metres === 0 && now.game.car === roads[0].car ? first[now.who] : null;
  }

  function metre(way = held.way()) {
    change(advanced(now.game, now.who === "you" ? turn * way : answer(), data));
  }

  function change(game) {
    now.game = game;
    now.trail.push(game.car);
    draw();
  }

  /** A button that steers as long as it is held; step by step, each press is a few metres. */
  function steer(name, way) {
    const made = button(name, () => now.slow || metres(way));
    made.classList.add("nnlib-driving-hold");
    held.on(made, () => now.slow, (what) => hold(what, way));
    return made;
  }

  /** Step by step: a few metres, held that way where the reader steers. */
  async function metres(way) {
    if (now.who !== "you" && !now.networks && !(await begin())) return;
    for (let i = 0; i < AT_ONCE && !now.game.over; i += 1) metre(Math.sign(held.way() + way));
    say();
  }

  function down(event) {
    const { key, target, ctrlKey, altKey, metaKey } = event;
    if (ctrlKey || altKey || metaKey) return;
    const arrow = { ArrowLeft: 1, ArrowRight: -1 }[key];
    const pressed = key === "Enter" || key === " " ? new Map([[left, 1], [right, -1]]).get(target) : undefined;
    const way = arrow ?? pressed;
    if (!way) return;
    if (now.who !== "you") {
      event.preventDefault();
      if (!event.repeat) push(-way * rules.push);
    } else if (now.slow) {
      event.preventDefault();
      hold(key, way);
    } else if (arrow) {
      event.preventDefault();
      metres(way);
    }
  }

  function hold(what, way) {
    held.hold(what, way);
    if (!now.clock) go();
  }

  function mark() {
    left.setAttribute("aria-pressed", String(held.has(1)));
    right.setAttribute("aria-pressed", String(held.has(-1)));
  }

  function push(metres) {
    change(pushed(now.game, metres, data));
    if (now.game.over) halt();
    else say();
  }

  function drive() {
    if (!now.slow) metres(0);
    else if (now.clock) halt();
    else go();
  }

  async function go() {
    if (!now.slow || now.clock || now.game.over) return;
    if (now.who !== "you" && !now.networks && !(await begin())) return;
    clearInterval(now.clock);
    now.clock = setInterval(tick, now.slow);
    draw();
  }

  function tick() {
    metre();
    if (now.game.over || now.game.metres >= rules.longest) halt();
  }

  function halt(tell = true) {
    clearInterval(now.clock);
    now.clock = null;
    draw();
    if (tell) say();
  }

  function restart(which) {
    halt(false);
    now.game = begun(which, data);
    lay();
    draw();
    settle();
  }

  async function choose(which) {
    now.who = which;
    for (const [key, one] of who) one.setAttribute("aria-pressed", String(key === which));
    for (const one of [left, right]) one.hidden = which !== "you";
    tell();
    settle();
  }

  /** Say how the drive stands, once the network can be asked. */
  async function settle() {
    say();
    if (now.who !== "you" && !now.networks && waiting.networks && (await begin())) say();
  }

  function setSpeed(slow) {
    const going = now.clock !== null;
    halt(going && !slow);
    now.slow = slow;
    speeds.forEach((key, i) => key.setAttribute("aria-pressed", String(SPEEDS[i][1] === slow)));
    tell();
    draw();
    if (going && slow) go();
  }

  function tell() {
    const you = now.who === "you";
    const steps = now.slow ? "" : `Each press of ${you ? "“Steer” or " : ""}“${AT_ONCE} m on” drives ${AT_ONCE} m. `;
    const keys = you ? "The arrow keys steer, while a button here has the focus." : "The arrow keys push the car, while a button here has the focus.";
    hint.textContent = `${steps}${keys} Above: the road from above. Below it: what the camera sees, the only thing a network is given.`;
  }

  /** A new road on the map. */
  function lay() {
    const points = outline(roads[now.game.road], rules).map(([x, y]) => `${x.toFixed(2)} ${(-y).toFixed(2)}`);
    for (const one of [road, line]) one.setAttribute("d", `M ${points.join(" L ")} Z`);
    now.trail = [now.game.car];
  }

  function draw() {
    const { game } = now;
    const [x, y, heading] = game.car;
    car.setAttribute("transform", `translate(${x} ${-y}) rotate(${(-heading * 180) / Math.PI})`);
    trail.setAttribute("points", now.trail.map(([a, b]) => `${a.toFixed(2)},${(-b).toFixed(2)}`).join(" "));
    map.classList.toggle("nnlib-driving-off", game.over === "off");
    const context = camera.getContext("2d");
    const image = context.createImageData(rules.columns, rules.rows);
    for (const [i, level] of pictureOf(roads[game.road], game.car, rules).entries()) image.data.set([255 * level, 255 * level, 255 * level, 255], 4 * i);
    context.putImageData(image, 0, 0);
    run.textContent = now.slow ? (now.clock ? "Pause" : "Start") : `${AT_ONCE} m on`;
    for (const one of [run, ...pushes]) one.setAttribute("aria-disabled", String(game.over !== ""));
  }

  function say() {
    status.textContent = said(now.game, answer(), data);
  }

  return () => clearInterval(now.clock);
}

export default { render };
