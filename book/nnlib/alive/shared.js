// The stage of an interactive, and what a reader's pointer and keys do on it.

/** A button that says `text`; `press` is called with the click. */
function button(text, press, attributes = {}) {
  return element("button", { type: "button", class: "nnlib-live-button", click: press, ...attributes }, text);
}

/** Make `el` the stage of an interactive, empty and with keys of its own: JupyterLab would take them as commands. */
function stage(el, ...children) {
  el.classList.add("nnlib-live-stage");
  el.dataset.lmSuppressShortcuts = "true";
  el.replaceChildren(...children);
}

/** How to ask for what the stored weights make: it comes once, and where it could not be had, the next call asks again. */
function asking(model, make) {
  let asked = null;
  return () => {
    asked ??= Promise.resolve(model.get("weights")).then(make);
    asked.catch(() => { asked = null; });
    return asked;
  };
}

/** The plane that a picture shows: x and y turn numbers into the picture's units, `under` says where a pointer is. */
function plane(picture, { width, height, left, right, bottom, top }) {
  return {
    x: (number) => ((number - left) / (right - left)) * width,
    y: (number) => ((top - number) / (top - bottom)) * height,
    under(event) {
      const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM().inverse());
      return [left + (at.x / width) * (right - left), top - (at.y / height) * (top - bottom)];
    },
  };
}

/**
 * Let a handle of a picture be moved: by pointer or finger, and by the arrow keys, eight times as far with Shift.
 * `place()` says where it stands, `move([x, y])` is asked to put it elsewhere, and `rest()` is called when it is let go.
 * A finger scrolls the page everywhere but on the handle itself.
 */
function movable(handle, { on, step, place, move, rest }) {
  const keys = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };
  let grip = null;
  handle.classList.add("nnlib-live-movable");
  // Else a finger scrolls the page: inside an SVG, Chromium heeds no touch-action.
  handle.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  handle.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    handle.focus({ preventScroll: true });
    handle.setPointerCapture(event.pointerId);
    const [at, now] = [on.under(event), place()];
    grip = [now[0] - at[0], now[1] - at[1]];
  });
  handle.addEventListener("pointermove", (event) => {
    if (!grip) return;
    const at = on.under(event);
    move([at[0] + grip[0], at[1] + grip[1]]);
  });
  handle.addEventListener("lostpointercapture", () => {
    grip = null;
    rest();
  });
  handle.addEventListener("keydown", (event) => {
    const way = keys[event.key];
    if (!way || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const far = step * (event.shiftKey ? 8 : 1);
    move([place()[0] + far * way[0], place()[1] + far * way[1]]);
    rest();
  });
}

/**
 * What a reader holds down in `el`, by key or by pointer, each with the way that it pushes, 1 or -1; `changed()` is called
 * whenever that is another. A key is let go where the focus leaves too: nobody would hear of it otherwise.
 */
function holding(el, changed) {
  const held = new Map();
  function release(what) {
    if (held.delete(what)) changed();
  }
  el.addEventListener("keyup", ({ key }) => release(key));
  el.addEventListener("focusout", ({ relatedTarget }) => {
    if (el.contains(relatedTarget)) return;
    for (const what of [...held.keys()]) if (what !== "pointer") held.delete(what); // a pointer has events of its own
    changed();
  });
  // What is clicked has the focus, so that the arrow keys work: Safari gives it to no button.
  el.addEventListener("click", ({ target }) => target.closest("button")?.focus({ preventScroll: true }));
  return {
    way: () => Math.sign([...held.values()].reduce((sum, one) => sum + one, 0)),
    has: (way) => [...held.values()].includes(way),
    hold(what, way) {
      held.set(what, way);
      changed();
    },
    /** Call `press()` when a button is pressed by pointer, if `may()`; it holds until it is let go. */
    on(made, may, press) {
      made.addEventListener("contextmenu", (event) => event.preventDefault());
      made.addEventListener("pointerdown", (event) => {
        if (event.button !== 0 || !may()) return;
        made.setPointerCapture(event.pointerId);
        press("pointer");
      });
      for (const kind of ["pointerup", "lostpointercapture"]) made.addEventListener(kind, () => release("pointer"));
    },
  };
}

/** Call `again` until it says no, `pause` ms apart, or at once where the reader wants no motion; returns how to stop. */
function play(again, pause) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
    while (again());
    return () => {};
  }
  const clock = setInterval(() => again() || clearInterval(clock), pause);
  return () => clearInterval(clock);
}
