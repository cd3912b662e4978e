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
