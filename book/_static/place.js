/* Place: the section in which a reader left a page, kept in this browser, and a way back to it when the page is opened again.
 *
 * The first page says where the reader was last: it holds <p class="nnlib-last" hidden></p>. A chapter shows a link in the corner,
 * which goes as soon as the reader begins to read; it moves nothing on the page.
 */
"use strict";

{
  const KEY = "nnlib.place";
  const page = location.pathname.replace(/(index)?(\.html)?$/, "");

  function read() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY));
      return kept && typeof kept.pages === "object" && kept.pages ? kept : { pages: {} };
    } catch {
      return { pages: {} };
    }
  }

  function write(kept) {
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      // this browser keeps nothing
    }
  }

  const words = (heading) => heading.firstChild?.textContent.trim() ?? "";
  const headings = [...document.querySelectorAll(".bd-article > section > section > h2")];
  const last = document.querySelector("p.nnlib-last");
  let here = null;  // the section that the reader sees

  /* Where a reader was: on a page {id, words}; on the last page with its address and title too. */
  function keep() {
    if (!here) return;
    const kept = read();
    const found = { id: here.parentElement.id, words: words(here) };
    kept.pages[page] = found;
    kept.last = { ...found, href: location.pathname, title: words(document.querySelector("h1")) };
    write(kept);
  }

  function offer({ id, words: heading }) {
    if (!document.getElementById(id)) return;  // the page has changed since
    const link = document.createElement("a");
    link.href = `#${id}`;
    link.textContent = `Go on at “${heading}”`;
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = "×";
    close.setAttribute("aria-label", "Close");
    const box = document.createElement("aside");
    box.className = "nnlib-place";
    box.setAttribute("aria-label", "Where you were");
    box.append(link, close);
    document.body.append(box);
    const leave = () => { box.remove(); removeEventListener("scroll", leave); };
    link.addEventListener("click", leave);
    close.addEventListener("click", leave);
    setTimeout(() => addEventListener("scroll", () => { if (scrollY > innerHeight) leave(); }, { passive: true }), 0);
  }

  const { pages, last: before } = read();
  if (last && before) {
    const link = document.createElement("a");
    link.href = `${before.href}#${before.id}`;
    link.textContent = `${before.title}: ${before.words}`;
    last.append("You were last at ", link, ".");
    last.hidden = false;
  }
  if (!last && headings.length) {
    const fresh = performance.getEntriesByType("navigation")[0]?.type === "navigate" && !location.hash;
    if (fresh && pages[page] && pages[page].id !== headings[0].parentElement.id) offer(pages[page]);
    const seen = new IntersectionObserver((entries) => {
      const on = entries.filter(({ isIntersecting }) => isIntersecting).at(-1);
      if (on) here = on.target.querySelector("h2");
    }, { rootMargin: "-20% 0px -75% 0px" });
    headings.forEach((heading) => seen.observe(heading.parentElement));
    document.addEventListener("visibilitychange", () => { if (document.hidden) keep(); });
    addEventListener("pagehide", keep);
  }
}
