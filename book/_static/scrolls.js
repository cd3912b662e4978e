/* Scrolls: what is wider than the page scrolls in its own box, which the keyboard must be able to reach.
 *
 * A box that fits is no stop for the Tab key, so each is measured, and that has the browser lay out the whole page.
 * It is done when a key is first pressed, before the focus moves, and again whenever a box changes its size.
 */
"use strict";

{
  const LABELS = {
    "pre": "Wide code",
    ".cell_output > .output": "Wide output",
    ".pst-scrollable-table-container": "Wide table",
    "div.math > .katex-display": "Wide formula",
    ".nnlib-figure": "Wide picture",
  };

  function mark(box) {
    const [, label] = Object.entries(LABELS).find(([kind]) => box.matches(kind)) ?? [];
    if (!label) return; // it has left the page, as an output does that is drawn anew
    const scrolls = box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
    for (const [name, value] of Object.entries({ tabindex: 0, role: "group", "aria-label": label, "data-scrolls": "" })) {
      if (scrolls) box.setAttribute(name, value);
      else box.removeAttribute(name);
    }
  }

  function begin() {
    const boxes = [...document.querySelectorAll(Object.keys(LABELS).join())];
    const changes = new ResizeObserver((changed) => changed.forEach(({ target }) => mark(target)));
    boxes.forEach(mark);
    boxes.forEach((box) => changes.observe(box));
    document.fonts.addEventListener("loadingdone", () => boxes.forEach(mark));  // formulas are wider in their own font
  }

  addEventListener("keydown", begin, { capture: true, once: true });
}
