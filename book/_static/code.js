/* Code: a switch that opens all folded code of a page, and of each page after it, for those who want to see it. */
"use strict";

{
  const KEY = "nnlib.code";
  const folded = document.querySelectorAll(".cell:not(.tag_check) > details.hide");
  const button = document.querySelector(".nnlib-code-button");

  function set(open) {
    button.setAttribute("aria-pressed", open);
    for (const details of folded) details.open = open;
  }

  function keep(open) {
    try {
      if (open) localStorage.setItem(KEY, "open");
      else localStorage.removeItem(KEY);
    } catch {
      // this browser keeps nothing, so the switch holds for this page
    }
  }

  function kept() {
    try {
      return localStorage.getItem(KEY) === "open";
    } catch {
      return false;
    }
  }

  button.addEventListener("click", () => {
    const open = button.getAttribute("aria-pressed") !== "true";
    keep(open);
    set(open);
  });
  if (kept()) set(true);
}
