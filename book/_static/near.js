/* Near: what is alive on a page comes to life when it is nearly on the screen.
 *
 * Done for a whole page when it loads, that would have the browser lay out every part that holds something alive, far
 * below the screen. The Tab key and the printer go where no reader has scrolled: for them all that waits begins at once.
 */
"use strict";

// biome-ignore lint/correctness/noUnusedVariables: the scripts after it use it
const whenNear = (() => {
  const waiting = new Map();  // from each box to what brings it to life
  const screen = new IntersectionObserver((seen) => {
    seen.filter(({ isIntersecting }) => isIntersecting).forEach(({ target }) => begin(target));
  }, { rootMargin: "100%" });  // from one screen away

  function begin(box) {
    screen.unobserve(box);
    const bringToLife = waiting.get(box);
    waiting.delete(box);
    bringToLife?.();
  }

  const beginAll = () => [...waiting.keys()].forEach(begin);
  addEventListener("keydown", beginAll, { capture: true });
  addEventListener("beforeprint", beginAll);

  const kinds = [];  // {selector, bringToLife, count}: all that was asked for

  function wait(kind, root) {
    for (const box of root.querySelectorAll(kind.selector)) {
      const number = kind.count++;
      waiting.set(box, () => kind.bringToLife(box, number));
      screen.observe(box);
    }
  }

  /* Call bringToLife(box, number) for each box that a selector finds. */
  const near = (selector, bringToLife) => {
    const kind = { selector, bringToLife, count: 0 };
    kinds.push(kind);
    wait(kind, document);
  };
  /* The same for all that was asked for, within what has come to the page since. */
  near.within = (root) => kinds.forEach((kind) => wait(kind, root));
  return near;
})();
