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

  /* What was done, in the order of the book, and what is left of each chapter that was begun. */
  function table(done, kept, chapters) {
    const names = [...new Set([...chapters.keys(), ...done.keys()])].filter((chapter) => done.has(chapter));
    const head = (content, scope) => element("th", { scope }, content);
    const columns = ["Chapter", "Tried", "Solved", "Predicted", "Left"].map((text) => head(text, "col"));
    const left = (chapter) => {
      const exercises = Object.entries(chapters.get(chapter)?.exercises ?? {});
      const open = exercises.filter(([name]) => !kept.exercises[name]?.solved).map(([, title]) => element("li", {}, title));
      if (open.length === 0) return exercises.length ? "none" : "";
      return element("details", {}, element("summary", {}, `${open.length} of ${exercises.length}`), element("ul", {}, ...open));
    };
    return element("table", { class: "table" },
      element("caption", { class: "nnlib-unseen" }, "Exercises and predictions by chapter"),
      element("thead", {}, element("tr", {}, ...columns)),
      element("tbody", {}, ...names.map((chapter) => element("tr", {}, head(chapters.get(chapter)?.link ?? chapter, "row"),
        ...Object.values(done.get(chapter)).map((count) => element("td", {}, String(count))),
        element("td", {}, left(chapter))))));
  }

  /* The chapters in the panel: from each one's name to a link to it and the titles of its exercises by their names. */
  function listed(box) {
    const links = [...box.querySelectorAll("a[data-chapter]")];
    return new Map(links.map((link) => [link.dataset.chapter, { link, exercises: JSON.parse(link.dataset.exercises) }]));
  }

  function bringToLife(box) {
    const state = nnlib.live("nnlib-verdict");
    const kept = element("div", {});
    const chapters = listed(box);
    const save = element("button", { type: "button", class: "nnlib-button" }, "Download as a file");
    const file = element("input", { type: "file", accept: ".json,application/json", hidden: true });
    const load = element("button", { type: "button", class: "nnlib-button", click: () => file.click() }, "Read a file in");
    const clear = element("button", { type: "button", class: "nnlib-button" }, "Clear");

    function show() {
      const done = byChapter(nnlib.read());
      kept.replaceChildren(done.size ? table(done, nnlib.read(), chapters)
        : element("p", {}, "Nothing yet: check an exercise or commit a prediction, and it is counted here."));
      save.hidden = clear.hidden = done.size === 0;
    }

    save.addEventListener("click", () => {
      const written = new Blob([JSON.stringify(nnlib.read(), null, 1)], { type: "application/json" });
      const link = element("a", { href: URL.createObjectURL(written), download: "progress.json" });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
    file.addEventListener("change", async () => {
      if (file.files.length === 0) return;
      const [{ name }] = file.files;
      const read = nnlib.readIn(await file.files[0].text());
      file.value = "";  // so that the same file can be chosen again
      state.textContent = read ? `Read in: ${read.exercises} exercises and ${read.predictions} predictions.`
        : `${name} is no progress of this book, and nothing was changed: choose a file that was downloaded here, or written by export_progress.`;
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
    box.replaceChildren(kept, save, load, file, clear, state);
    show();
  }

  document.querySelectorAll("div.nnlib-progress").forEach(bringToLife);
}
