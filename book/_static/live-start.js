/* Live start: the buttons that have a page run where it is read. They load what that takes at the first click, and nothing before. */
"use strict";

{
  const base = new URL("../live/", document.currentScript.src);
  const starts = document.querySelectorAll(".nnlib-page-start");

  function load(at) {
    const script = nnlib.element("script", { src: at("live.js") });
    document.head.append(script, nnlib.element("link", { rel: "stylesheet", href: at("live.css") }));
    return new Promise((done, failed) => {
      script.addEventListener("load", done);
      script.addEventListener("error", failed);
    });
  }

  async function start({ currentTarget, detail }) {
    const words = [...starts].map((one) => one.textContent);
    for (const one of starts) one.disabled = true;
    try {
      const { version } = await (await fetch(new URL("version.json", base), { cache: "no-cache" })).json();
      const at = (name) => `${new URL(name, base)}?v=${version}`;  // so that no file of an older book is used with a new one
      if (!globalThis.nnlibPage) await load(at);
      const byKeyboard = detail === 0;  // a touch would have the keyboard of a phone open
      await globalThis.nnlibPage(at, currentTarget.dataset.page, byKeyboard ? currentTarget.closest(".cell") : null);
    } catch {
      starts.forEach((one, place) => {
        one.disabled = false;
        one.textContent = words[place];
      });
      currentTarget.textContent = "What this needs did not load. Try again";
    }
  }

  for (const one of starts) {
    if (location.protocol === "file:") (one.closest(".nnlib-page-offer") ?? one).remove();  // no worker may come from disk
    else one.addEventListener("click", start);
  }
}
