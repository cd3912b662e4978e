/* Page: a chapter comes to run where it is read. live-start.js loads this at the reader's first click, and nothing of it before.
 *
 * Each code cell gets an editor, when it is nearly on the screen, and buttons: to run it after what it needs, to run all
 * down to it, to go back to the book's text. Python itself is in a worker (worker.js), and what runs is kernel.py.
 */

import { Drafts, mark } from "./drafts.mjs";
import { edit } from "./editor.mjs";
import { Outputs } from "./outputs.mjs";
import { Python } from "./python.mjs";

const { element } = nnlib;
const button = (words, click, more = {}) => element("button", { type: "button", class: "nnlib-button", click, ...more }, words);
const megabytes = (bytes) => (bytes / 1e6).toFixed(0);
const duration = (seconds) => (seconds < 90 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`);

/* A cell of the page as a reader edits and runs it. */
class Cell {
  constructor(page, { id, text, name, title, kind, seconds, shorter }) {
    Object.assign(this, { page, id, book: text, text, name: name ?? id, title, kind, seconds, shorter });
    this.box = document.getElementById(id);
    this.outputs = new Outputs(this.box, page.alive);
    this.input = this.box.querySelector(".cell_input");
  }

  /* Put the editor in place of the code, and the buttons below. */
  comeAlive() {
    if (this.editor) return;
    const what = this.title ? `The code of “${this.title}”` : "The code of this cell";
    const stage = element("div", { class: "nnlib-page-editor", keydown: (event) => event.stopPropagation() });  // the page has keys of its own
    this.editor = edit(stage, this.text, `${what}. Escape, then Tab, leaves it.`, {
      changed: (text) => this.changed(text),
      run: () => this.run(),
    });
    this.input.replaceChildren(stage);
    this.back = button("Back to the book’s text", () => this.toBook(), { hidden: this.text === this.book });
    this.state = element("span", { class: "nnlib-page-state" });
    const words = this.kind === "exercise" ? "Check" : "Run";
    const unseen = element("span", { class: "nnlib-unseen" }, this.title ? ` ${this.title}` : " this cell");
    const run = button(words, () => this.run(), { title: "Shift and Enter" });
    run.append(unseen);
    const tools = element("div", { class: "nnlib-page-tools" }, run);
    if (this.kind !== "exercise") tools.append(button("Run all to here", () => this.run({ all: true })));
    tools.append(this.back, this.state);
    if (this.seconds) tools.append(element("span", { class: "nnlib-page-state" }, `takes about ${duration(this.seconds)} here`));
    if (this.shorter) {
      this.quick = this.shortened();
      tools.append(this.quick);
    }
    this.input.append(tools);
    if (this.changedSince) this.offerBoth();
  }

  /* For a cell that takes long: a change of the text, as a reader could make it, with which it takes less. */
  shortened() {
    const [long, short] = this.shorter;
    const words = `Run it shorter, with ${short}`;
    const click = () => { this.editor.set(this.text.replace(long, short)); this.run(); };
    return button(words, click, { hidden: !this.text.includes(long) });
  }

  /* The page has changed since the reader changed this cell. */
  offerBoth() {
    const notice = element("p", { class: "nnlib-page-notice", role: "status" }, "The book’s text of this cell has changed since you changed yours, which stands here. ");
    notice.append(button("Keep mine", () => { this.keep(); notice.remove(); }), " ", button("Take the book’s", () => { this.toBook(); notice.remove(); }));
    this.input.append(notice);
  }

  draft() {
    const kept = this.page.drafts.of(this.name);
    if (!kept) return;
    this.text = kept.text;
    this.changedSince = kept.of !== mark(this.book);
  }

  keep() {
    this.page.drafts.keep(this.name, this.text, this.book);
  }

  changed(text) {
    this.text = text;
    this.back.hidden = text === this.book;
    if (this.quick) this.quick.hidden = !text.includes(this.shorter[0]);
    this.keep();
  }

  toBook() {
    this.editor.set(this.book);
    this.outputs.back();
    this.editor.focus();
  }

  run(how = {}) {
    this.page.run(this, { after: this.kind === "try", ...how });
  }

  says(words) {
    if (this.state) this.state.textContent = words;
  }
}

class Page {
  constructor({ name, cells, python }, at) {
    this.at = at;
    this.settings = python;
    this.drafts = new Drafts(name);
    this.alive = (box) => whenNear.within(box);
    this.lost = "";
    this.cells = cells.map((cell) => new Cell(this, cell));
    this.byId = new Map(this.cells.map((cell) => [cell.id, cell]));
    for (const cell of this.cells) cell.draft();
    this.python = new Python(at("worker.js"), () => this.start(), (message) => this.hear(message));
    this.bar();
  }

  /* A line at the foot of the window that says what Python does. */
  bar() {
    this.says = element("span", { role: "status" });
    this.stop = button("Stop", () => this.end(), { hidden: true });
    this.again = button("Try again", () => { this.python.start(); this.tell(); }, { hidden: true });
    this.foot = element("aside", { class: "nnlib-page-bar", "aria-label": "Python on this page", "data-done": "0" }, this.says, this.stop, this.again);
    document.body.append(this.foot);
  }

  tell(words) {
    const { state } = this.python;
    this.stop.hidden = state !== "running";
    this.again.hidden = state !== "failed";
    const usual = { loading: "Python is loading …", ready: "Python is ready.", running: "Python runs …", off: "", failed: "" };
    if (state === "running" || state === "failed") this.lost = "";
    this.says.textContent = this.lost + (words ?? usual[state]);
  }

  start() {
    const { address, lock, archive, data, ...rest } = this.settings;
    const { at } = this;
    return {
      ...rest,
      address: at(address).split("?")[0],  // which the names of its files follow
      lock: at(lock),
      archive: at(archive),
      data: data.map(([from, to]) => [at(from), to]),
      progress: JSON.stringify(nnlib.read()),
    };
  }

  /* Come to run; who began `at` a cell by the keyboard goes on there, in an exercise where its answer is written. */
  begin(at) {
    document.getElementById("nnlib-run")?.hidePopover?.();
    for (const start of document.querySelectorAll(".nnlib-page-offer, .nnlib-page-start")) start.remove();
    document.documentElement.classList.add("nnlib-page-runs");
    this.cells.forEach(({ box }) => box.classList.add("nnlib-page-cell"));
    const boxes = new Map(this.cells.map((cell) => [cell.box, cell]));
    whenNear(".nnlib-page-cell", (box) => boxes.get(box).comeAlive());
    this.python.start();
    this.tell();
    const place = this.cells.findIndex(({ box }) => box === at);
    const first = this.cells[this.cells[place]?.kind === "exercise" ? place - 1 : place];
    first?.comeAlive();
    first?.editor.focus();
  }

  run(cell, how) {
    const asked = ({ id, text, kind }) => ({ id, text, alone: kind === "exercise" || kind === "error" });
    this.python.run(() => JSON.stringify({ cells: this.cells.map(asked), wanted: cell.id, ...how }));
    cell.says(this.python.state === "loading" ? "waits for Python" : "");
    this.tell();
  }

  end() {
    this.python.stop();
    for (const cell of this.cells) cell.says("");
    this.lost = "Stopped: what the cells had made is gone, your texts are kept. ";  // said until something runs again
    this.tell();
  }

  hear(message) {
    this.means[message.kind]?.(message, this.byId.get(message.cell));
  }

  /* What each message of the worker means, with the cell that it is about. */
  means = {
    loading: ({ done, of }) => this.tell(`Python is loading: ${megabytes(done)} of ${megabytes(of)} MB`),
    failed: ({ text }) => this.tell(`Python cannot run here: ${text}. The page stays as it is.`),
    ready: () => this.tell(),
    running: (_, cell) => {
      cell.editor?.mark(null);
      cell.says("runs …");
      cell.outputs.begin();
      this.tell();
    },
    stream: ({ name, text }, { outputs }) => outputs.text(name, text),
    show: ({ data, id }, { outputs }) => outputs.show(data, id, false),
    update: ({ data, id }, { outputs }) => outputs.show(data, id, true),
    clear: ({ wait }, { outputs }) => outputs.clear(wait),
    error: (error, { outputs, editor }) => {
      outputs.error(error);
      editor?.mark(error.line);
    },
    blocked: ({ by }, { outputs }) => {
      outputs.begin();
      outputs.blocked(this.byId.get(by).box);
    },
    progress: ({ text }) => nnlib.readIn(text),
    done: ({ well }, cell) => cell.says(well ? "" : "stopped"),
    stale: ({ cells }) => {  // the last word on what was asked for
      this.foot.dataset.done = Number(this.foot.dataset.done) + 1;
      for (const one of this.cells) one.says(cells.includes(one.id) ? "older than what it depends on" : "");
      this.tell();
    },
  };
}

/* `at` gives the address of a file of live/, in its present version; `settings` names the one of this page; `cell` is where it began. */
globalThis.nnlibPage = async (at, settings, cell) => {
  new Page(await (await fetch(at(settings))).json(), at).begin(cell);
};
