/* Progress: what this browser remembers of the reader's exercises and predictions, to see, to take along, to clear. */
"use strict";

{
  const { element } = nnlib;

  /* {exercises tried, solved, predictions} of each chapter, "backprop.output_error" being of chapter "backprop". */
  function byChapter(kept) {
    const chapters = new Map();
    const of = (name) => {
      const chapter = name.split(".")[0];
      if (!chapters.has(chapter)) chapters.set(chapter, { tried: 0, solved: 0, predicted: 0 });
      return chapters.get(chapter);
    };
    for (const [name, { solved }] of Object.entries(kept.exercises)) {
      of(name).tried += 1;
      of(name).solved += solved ? 1 : 0;
    }
    for (const name of Object.keys(kept.predictions)) of(name).predicted += 1;
    return chapters;
  }

  /* What was done, in the order of the book; `titles` has those of its chapters by what exercises call them. */
  function table(done, titles) {
    const chapters = [...new Set([...Object.keys(titles), ...done.keys()])].filter((chapter) => done.has(chapter));
    const head = (text, scope) => element("th", { scope }, text);
    const columns = ["Chapter", "Tried", "Solved", "Predicted"].map((text) => head(text, "col"));
    return element("table", { class: "table" },
      element("caption", { class: "nnlib-unseen" }, "Exercises and predictions by chapter"),
      element("thead", {}, element("tr", {}, ...columns)),
      element("tbody", {}, ...chapters.map((chapter) => element("tr", {}, head(titles[chapter] ?? chapter, "row"),
        ...Object.values(done.get(chapter)).map((count) => element("td", {}, String(count)))))));
  }

  function bringToLife(box) {
    const state = nnlib.live("nnlib-verdict");
    const kept = element("div", {});
    const titles = JSON.parse(box.dataset.chapters ?? "{}");
    const save = element("button", { type: "button", class: "nnlib-button" }, "Download as a file");
    const clear = element("button", { type: "button", class: "nnlib-button" }, "Clear");

    function show() {
      const done = byChapter(nnlib.read());
      kept.replaceChildren(done.size ? table(done, titles)
        : element("p", {}, "Nothing yet: check an exercise or commit a prediction, and it is counted here."));
      save.hidden = clear.hidden = done.size === 0;
    }

    save.addEventListener("click", () => {
      const file = new Blob([JSON.stringify(nnlib.read(), null, 1)], { type: "application/json" });
      const link = element("a", { href: URL.createObjectURL(file), download: "progress.json" });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
    clear.addEventListener("click", () => {
      if (!window.confirm("Forget every exercise and prediction on this machine?")) return;
      nnlib.clear();
      state.textContent = "Cleared.";
    });
    document.addEventListener("nnlib-progress", show);
    window.addEventListener("storage", show);  // another page of the book, in another tab
    window.addEventListener("pageshow", show);  // back from a chapter

    if (!nnlib.keeps()) state.textContent = "This browser keeps nothing for this site: what you do is forgotten when you close the page.";
    else if (nnlib.wasDamaged()) state.textContent = "What was kept here was damaged. It has been set aside, and a new record is begun.";
    box.replaceChildren(kept, save, clear, state);
    show();
  }

  document.querySelectorAll("div.nnlib-progress").forEach(bringToLife);
}
