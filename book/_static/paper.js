/* Paper: a page is printed in its light colours, whatever the screen shows. */
"use strict";

(() => {
  const root = document.documentElement;
  let screen = null;
  addEventListener("beforeprint", () => {
    screen = root.dataset.theme;
    root.dataset.theme = "light";
  });
  addEventListener("afterprint", () => { root.dataset.theme = screen; });
})();
