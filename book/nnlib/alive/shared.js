// What all interactives share. Each is one text with this in front, so that it runs alone, in a notebook as on the page.

/** An HTML element with attributes and children; an attribute that is a function listens to the event of its name. */
function element(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/** The same for SVG. */
function svg(name, attributes = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function filled(made, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key, value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value != null) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** A button that says `text`; `press` is called with the click. */
function button(text, press, attributes = {}) {
  return element("button", { type: "button", class: "nnlib-live-button", click: press, ...attributes }, text);
}

/** A number to read: digits significant ones, and a real minus sign. */
function shown(number, digits = 4) {
  if (number === 0) return "0";
  const small = Math.abs(number) < 1e-4 || Math.abs(number) >= 1e6;
  const text = small ? number.toExponential(digits - 1) : String(Number(number.toPrecision(digits)));
  return text.replaceAll("-", "−");
}

/** Little-endian float32 numbers from base64 text. */
function floats(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return new Float32Array(bytes.buffer);
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
