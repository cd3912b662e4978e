/* Order: lines to be put in order, by mouse, touch or keyboard (nnlib.exercises.OrderIt).
 *
 * The page holds <ol class="nnlib-order" data-name data-above="2>0,1;..." data-mistakes='{"1,0,2": "..."}'> with
 * one <li data-place> for each line, shuffled; "2>0,1" says that lines 0 and 1 must stand above line 2. Each line
 * keeps its letter while it moves, so that the order found here can be typed into the notebook.
 */
"use strict";

{
  const { element } = nnlib;

  function bringToLife(list) {
    const needs = new Map(list.dataset.above.split(";").filter(Boolean).map((entry) => {
      const [line, above] = entry.split(">");
      return [line, above.split(",").filter(Boolean)];
    }));
    const mistakes = JSON.parse(list.dataset.mistakes || "{}");
    const items = () => [...list.children];
    const letterOf = (item) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[item.dataset.place];
    const placeOf = (item) => items().indexOf(item) + 1;
    const moves = nnlib.live("nnlib-unseen");
    const verdict = nnlib.live("nnlib-verdict");
    let held = null;
    let heldAt = 0;

    function changed() {
      verdict.replaceChildren();
      items().forEach((item, place) => {
        const code = item.querySelector("code").textContent.trim();
        const [grip, up, down] = item.querySelectorAll("button");
        grip.setAttribute("aria-label", `Line ${letterOf(item)}, place ${place + 1} of ${list.children.length}: ${code}`);
        up.toggleAttribute("data-end", place === 0);
        down.toggleAttribute("data-end", place === list.children.length - 1);
        up.setAttribute("aria-disabled", place === 0);
        down.setAttribute("aria-disabled", place === list.children.length - 1);
      });
    }

    // The neighbours move around the line, so that it keeps the focus and the pointer.
    function moveTo(item, place) {
      const last = list.children.length;
      const target = Math.min(Math.max(place, 1), last);
      while (placeOf(item) < target) item.before(item.nextElementSibling);
      while (placeOf(item) > target) item.after(item.previousElementSibling);
      changed();
    }

    function step(item, by) {
      const before = placeOf(item);
      moveTo(item, before + by);
      const edge = by < 0 ? "first" : "last";
      moves.textContent = placeOf(item) === before
        ? `Line ${letterOf(item)} is the ${edge} already.`
        : `Line ${letterOf(item)} moved to place ${placeOf(item)} of ${list.children.length}.`;
    }

    function grab(item) {
      held = item;
      heldAt = placeOf(item);
      item.classList.add("nnlib-held");
      item.querySelector("button").setAttribute("aria-pressed", "true");
      moves.textContent = `Line ${letterOf(item)} is grabbed, place ${heldAt} of ${list.children.length}.`;
    }

    function drop(says) {
      if (!held) return;
      const item = held;
      held = null;
      item.classList.remove("nnlib-held");
      item.querySelector("button").setAttribute("aria-pressed", "false");
      moves.textContent = `Line ${letterOf(item)} ${says} place ${placeOf(item)} of ${list.children.length}.`;
    }

    function putBack() {
      if (!held) return;
      moveTo(held, heldAt);
      drop("is put back at");
    }

    function makeMovable(item) {
      const letter = letterOf(item);
      const grip = element("button", { type: "button", class: "nnlib-grip", "aria-pressed": "false" }, letter);
      const up = element("button", { type: "button", class: "nnlib-move", "aria-label": `Move line ${letter} up` }, "▲");
      const down = element("button", { type: "button", class: "nnlib-move", "aria-label": `Move line ${letter} down` }, "▼");
      item.prepend(grip);
      item.append(up, down);
      up.addEventListener("click", () => step(item, -1));
      down.addEventListener("click", () => step(item, 1));

      grip.addEventListener("keydown", (event) => {
        const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
        if (event.key === " " || event.key === "Enter") {
          if (held === item) drop("is dropped at");
          else grab(item);
        } else if (by && held === item) {
          step(item, by);
        } else if (by) {
          const neighbour = by < 0 ? item.previousElementSibling : item.nextElementSibling;
          neighbour?.querySelector(".nnlib-grip").focus();
        } else if (event.key === "Escape" && held === item) {
          putBack();
        } else {
          return;
        }
        event.preventDefault();
      });
      grip.addEventListener("blur", () => { if (held === item) drop("is dropped at"); });
      grip.addEventListener("click", (event) => {  // a screen reader's click: no key, no pointer
        if (event.detail === 0) held === item ? drop("is dropped at") : grab(item);
      });

      // A mouse may take a line anywhere; a finger takes its letter, so that the page can still be scrolled.
      item.addEventListener("pointerdown", (event) => {
        if (event.button !== 0 || event.target.closest(".nnlib-move")) return;
        if (event.pointerType !== "mouse" && !event.target.closest(".nnlib-grip")) return;
        if (held) drop("is dropped at");
        item.setPointerCapture(event.pointerId);
        grab(item);
      });
      item.addEventListener("pointermove", (event) => {
        if (held !== item || !item.hasPointerCapture(event.pointerId)) return;
        const above = item.previousElementSibling?.getBoundingClientRect();
        const below = item.nextElementSibling?.getBoundingClientRect();
        if (above && event.clientY < above.top + above.height / 2) moveTo(item, placeOf(item) - 1);
        else if (below && event.clientY > below.top + below.height / 2) moveTo(item, placeOf(item) + 1);
      });
      item.addEventListener("pointerup", () => drop("is dropped at"));
      item.addEventListener("pointercancel", putBack);
    }

    function check() {
      const places = items().map((item) => item.dataset.place);
      const unmet = items().find((item, index) => (needs.get(item.dataset.place) ?? [])
        .some((needed) => !places.slice(0, index).includes(needed)));
      const known = mistakes[places.join(",")];
      const answer = items().map(letterOf).join("");
      const right = !unmet && !known;
      if (right) nnlib.say(verdict, "correct", `in the notebook, this order is "${answer}".`);
      else nnlib.say(verdict, "not-yet", known ?? `line ${letterOf(unmet)} needs something that a later line brings.`);
      nnlib.record(list.dataset.name, right);
    }

    const help = element("p", { class: "nnlib-how" },
      "Drag a line by its letter, or use the arrows. By keyboard: Space grabs a line, the arrow keys move it, Space drops it.");
    const button = element("button", { type: "button", class: "nnlib-button" }, "Check");
    button.addEventListener("click", check);
    items().forEach(makeMovable);
    list.classList.add("nnlib-alive");
    list.setAttribute("role", "list");  // some browsers forget it where no marker is drawn
    list.before(help);
    list.after(button, verdict, moves);
    changed();
  }

  whenNear("ol.nnlib-order", bringToLife);
}
