/* Scrolls: what is wider than the page scrolls in its own box, which the keyboard must be able to reach.
 * The theme sees to code and tables, this to formulas and pictures; both look again when something is unfolded.
 * A box that fits is no stop for the Tab key.
 */
"use strict";

{
  const LABELS = { "div.math > .katex-display": "Wide formula", ".nnlib-figure": "Wide picture" };

  function mark() {
    for (const [kind, label] of Object.entries(LABELS)) {
      for (const box of document.querySelectorAll(kind)) {
        const scrolls = box.scrollWidth > box.clientWidth + 1;
        for (const [name, value] of Object.entries({ tabindex: 0, role: "group", "aria-label": label, "data-scrolls": "" })) {
          if (scrolls) box.setAttribute(name, value);
          else box.removeAttribute(name);
        }
      }
    }
  }

  document.fonts.ready.then(mark);
  window.addEventListener("resize", mark);
  document.addEventListener("toggle", () => window.dispatchEvent(new Event("resize")), true);  // for the theme too
}
