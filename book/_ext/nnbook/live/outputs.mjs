/* Outputs: what a cell gives, in the look that the page gives to stored outputs. */

const { element } = nnlib;

/* Text as a terminal shows it: after a carriage return a line begins anew. */
export function asSeen(text) {
  return text.split("\n").map((line) => line.replace(/\r+$/, "").split("\r").at(-1)).join("\n");
}

const VERDICT = /^(Correct|Not yet|Not attempted yet)(?:\.|: ([\s\S]*?))\n?$/;
const KINDS = { "Correct": "correct", "Not yet": "not-yet", "Not attempted yet": "not-attempted" };

export class Outputs {
  /* Those of a cell, which replace what the page shows there; `alive(box)` brings what moves in them to life. */
  constructor(cell, alive) {
    this.cell = cell;
    this.alive = alive;
    this.box = cell.querySelector(":scope > .cell_output");
    if (!this.box) {
      this.box = element("div", { class: "cell_output docutils container" });
      cell.append(this.box);
    }
    this.box.setAttribute("role", "status");
    this.stored = [...this.box.childNodes];
    this.clearNext = false;
  }

  begin() {
    this.box.replaceChildren();
    this.named = new Map();
    this.stream = null;
    this.clearNext = false;
  }

  back() {
    this.box.replaceChildren(...this.stored);
  }

  add(part) {
    if (this.clearNext) this.begin();
    this.box.append(part);
    this.stream = null;
  }

  text(name, more) {
    if (this.clearNext) this.begin();
    if (this.stream?.name !== name) {
      const pre = element("pre", {});
      this.add(element("div", { class: `output stream highlight-myst-ansi notranslate${name === "stderr" ? " nnlib-page-stderr" : ""}` }, element("div", { class: "highlight" }, pre)));
      this.stream = { name, pre, all: "" };
    }
    this.stream.all += more;
    const verdict = this.stream.all.match(VERDICT);
    if (verdict) {
      const line = element("p", { class: "nnlib-verdict", "data-verdict": KINDS[verdict[1]] }, element("strong", {}, verdict[1]), verdict[2] ? `: ${verdict[2]}` : ".");
      this.stream.pre.closest(".output").replaceWith(line);
      this.stream = null;
    } else this.stream.pre.textContent = asSeen(this.stream.all);
  }

  shown(data) {
    if (data["text/html"] !== undefined) return this.html("text_html", data["text/html"]);
    if (data["image/svg+xml"] !== undefined) return this.html("image_svg", `<figure class="nnlib-figure">${data["image/svg+xml"]}</figure>`);
    const text = data["text/markdown"] ?? data["text/plain"];
    if (text === undefined) return null;  // a number on its way into a sentence of the book
    return element("div", { class: "output text_plain" }, element("div", { class: "highlight" }, element("pre", {}, text)));
  }

  html(kind, html) {
    const box = element("div", { class: `output ${kind}` });
    box.innerHTML = html;
    return box;
  }

  show(data, id, update) {
    const part = this.shown(data);
    if (!part) return;
    if (update && this.named.has(id)) this.named.get(id).replaceWith(part);
    else this.add(part);
    if (id) this.named.set(id, part);
    this.alive(part);
  }

  clear(wait) {
    if (wait) this.clearNext = true;
    else this.begin();
  }

  blocked(by) {
    const link = element("a", { href: `#${by.id}` }, "A cell above");
    this.add(element("div", { class: "output nnlib-page-error" }, element("p", {}, link, ", which this one needs, has stopped.")));
  }

  error({ name, text, line, where }) {
    const head = element("p", {}, element("strong", {}, name), text ? `: ${text}` : ".");
    const at = line ? [element("p", {}, `It stopped at line ${line} of this cell.`)] : [];
    const through = where.length ? [element("details", {}, element("summary", {}, "From there it went"), element("ol", {}, ...where.map((one) => element("li", {}, element("code", {}, one)))))] : [];
    this.add(element("div", { class: "output nnlib-page-error" }, head, ...at, ...through));
  }
}
