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

/** Call `again` until it says no, `pause` ms apart, or at once where the reader wants no motion; returns how to stop. */
function play(again, pause) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
    while (again());
    return () => {};
  }
  const clock = setInterval(() => again() || clearInterval(clock), pause);
  return () => clearInterval(clock);
}
