// The stepper: its controls, and what they change. The parts beside this file draw the picture and write the words.

const PACE = 3500; // milliseconds from step to step while it plays

function render({ model, el }) {
  const { nets, code } = model.get("data");
  let net = nets[0], at = 0, row = null, timer = null;

  const pictures = element("div", { class: "nnlib-step-pictures" });
  const choices = nets.map((one) => button(one.name, () => choose(one), { class: "nnlib-live-button nnlib-step-choice" }));
  const restart = button("Restart", () => go(0));
  const back = button("Back", () => go(at - 1));
  const play = button("Play", () => (timer ? pause() : start()), { class: "nnlib-live-button nnlib-step-play" });
  const forward = button("Forward", () => go(at + 1), { class: "nnlib-live-button nnlib-step-forward" });
  const slider = element("input", {
    type: "range", min: 0, step: 1, "aria-label": "Step", input: () => go(Number(slider.value)),
  });
  const place = element("output", { class: "nnlib-step-place", "aria-live": "off" });
  const title = element("p", { class: "nnlib-step-title" });
  const idea = element("p", { class: "nnlib-step-idea" });
  const formulas = element("div", { class: "nnlib-step-formulas" });
  const listing = element("div", { class: "nnlib-step-code" });
  const said = element("p", { class: "nnlib-unseen", "aria-live": "polite" });
  const select = element("select", { class: "nnlib-step-select", change: () => ask(select.value) });
  const answer = element("div", { class: "nnlib-step-answer", "aria-live": "polite" });

  const phases = element("div", { class: "nnlib-step-phases", "aria-hidden": "true" },
    ...["start", "forward", "backward", "step"].map((phase) =>
      element("span", { class: `is-${phase}` }, phase === "start" ? "" : phase)));
  stage(el,
    element("div", { class: "nnlib-step" },
      element("div", { class: "nnlib-step-top" },
        element("div", { class: "nnlib-step-choices", role: "group", "aria-label": "Network" }, ...choices),
        legend()),
      pictures,
      element("div", { class: "nnlib-step-controls" },
        element("div", { class: "nnlib-step-buttons" }, restart, back, play, forward),
        element("div", { class: "nnlib-step-track" }, slider, phases),
        place),
      element("div", { class: "nnlib-step-words" }, title, idea),
      element("div", { class: "nnlib-step-panel" }, formulas, listing),
      element("div", { class: "nnlib-step-if" },
        element("label", { class: "nnlib-step-ask" }, "What if this weight moved by 0.01?", select),
        answer),
      said));
  el.onkeydown = keyed;
  choose(net);
  said.textContent = ""; // nothing is said before the reader does something
  return pause; // a notebook calls this when the widget goes

  /** A parameter by its name in the sentences, shortened to fit a phone: "weight from hidden 2 to output 1". */
  function option({ quantity, name }) {
    return element("option", { value: quantity }, name.replace("the ", "").replaceAll("neuron ", ""));
  }

  /** Show another network at the same step. */
  function choose(one) {
    net = one;
    choices.forEach((choice, i) => choice.setAttribute("aria-pressed", nets[i] === net));
    slider.max = net.steps.length - 1;
    phases.style.gridTemplateColumns = [...phases.children]
      .map((span) => `${net.steps.filter((step) => step.phase === span.className.slice(3)).length}fr`).join(" ");
    pictures.replaceChildren(...Object.entries(SHAPES).map(([name, shape]) => picture(net, name, shape, ask)));
    select.replaceChildren(element("option", { value: "" }, "choose one"), ...["1", "2"].map((layer) =>
      element("optgroup", { label: `Layer ${layer}` }, ...net.nudges.filter(({ quantity }) => quantity[1] === layer).map(option))));
    ask("");
    go(at);
  }

  /** Go to a step, by hand: what plays stops. */
  function go(to) {
    pause();
    turn(to);
  }

  function turn(to) {
    at = Math.max(0, Math.min(net.steps.length - 1, to));
    row = null;
    draw();
    said.textContent = `Step ${at} of ${net.steps.length - 1}. ${net.steps[at].says}`;
  }

  function start() {
    turn(at === net.steps.length - 1 ? 0 : at + 1);
    timer = setInterval(() => {
      turn(at + 1);
      if (at === net.steps.length - 1) pause();
    }, PACE);
    play.textContent = "Pause";
  }

  function pause() {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
  }

  /** Arrow keys step, Home and End go to the ends, Space plays, wherever the key has no meaning of its own. */
  function keyed(event) {
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: net.steps.length - 1 }[event.key];
    const own = event.target.tagName;
    if (own === "SELECT" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " && own !== "BUTTON") timer ? pause() : start();
    else if (to !== undefined) go(to);
    else return;
    event.preventDefault();
  }

  /** Show what the chosen parameter's move would do to the cost. */
  function ask(quantity) {
    const asked = net.nudges.find((nudge) => nudge.quantity === quantity);
    select.value = asked ? quantity : "";
    for (const part of pictures.querySelectorAll(".nnlib-step-parameter")) {
      part.classList.toggle("is-asked", part.dataset.quantity === quantity);
    }
    const hint = "Choose a weight or a bias here, or press it in the picture.";
    answer.replaceChildren(...(asked ? whatIf(asked) : [element("p", {}, hint)]));
  }

  /** Light one row alone, or all of them again; the button that was pressed is drawn anew, so it gets the focus back. */
  function alone(one) {
    row = row === one ? null : one;
    draw();
    formulas.querySelectorAll("button")[net.steps[at].rows.indexOf(one)].focus();
  }

  function draw() {
    const { known, before } = numbers(net, at), step = net.steps[at];
    const made = row ? [row.makes] : at === 0 ? [] : Object.keys(step.makes);
    const used = (row ? [row] : step.rows).flatMap((one) => one.terms).filter((term) => term in known);
    for (const drawing of pictures.children) light(drawing, step, known, new Set(made), new Set(used));
    slider.value = at;
    slider.setAttribute("aria-valuetext", `${at} of ${net.steps.length - 1}: ${step.title}`);
    place.textContent = `${at} of ${net.steps.length - 1}`;
    title.textContent = step.title;
    title.className = `nnlib-step-title is-${step.phase}`;
    idea.textContent = step.idea;
    for (const [control, end] of [[restart, at === 0], [back, at === 0], [forward, at === net.steps.length - 1]]) {
      control.setAttribute("aria-disabled", end);
    }
    formulas.replaceChildren(...lines(step, known, before, row, alone));
    listing.replaceChildren(...source(code[step.code], step));
  }
}

/** The numbers that are known after a step, and those that were known before it. */
function numbers(net, at) {
  let known = {}, before = {};
  for (const step of net.steps.slice(0, at + 1)) {
    before = known;
    known = { ...known, ...step.makes };
    // A slope belongs to the old weights: it ends with them.
    if (step.phase === "step" && step.code === "Network") {
      known = Object.fromEntries(Object.entries(known).filter(([quantity]) => !isSlope(quantity)));
    }
  }
  return { known, before };
}

function legend() {
  const entry = (name, text) => element("span", { class: `nnlib-step-key is-${name}` }, element("span", {}), text);
  return element("div", { class: "nnlib-step-legend" },
    entry("value", "value"), entry("slope", "slope of the cost"), entry("parameter", "weight, bias"));
}

export default { render };
