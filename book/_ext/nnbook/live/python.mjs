/* Python: the worker of this page as the page sees it: it starts, runs what it is asked to, one request after another, is stopped. */

export class Python {
  /* `settings` are what worker.js starts with; `hear(message)` gets every message. */
  constructor(address, settings, hear) {
    Object.assign(this, { address, settings, hear });
    this.state = "off";  // loading, ready, running, failed
    this.waiting = [];
  }

  start() {
    if (this.state !== "off" && this.state !== "failed") return;
    this.state = "loading";
    this.worker = new Worker(this.address);
    this.worker.addEventListener("message", ({ data }) => this.take(data));
    this.worker.addEventListener("error", (event) => this.take({ kind: "failed", text: event.message || "the script of Python did not load" }));
    this.worker.postMessage({ start: this.settings() });
  }

  take(message) {
    if (message.kind === "ready" || message.kind === "stale") {
      this.state = "ready";
      this.next();
    }
    if (message.kind === "failed") this.end("failed");
    this.hear(message);
  }

  next() {
    if (this.state !== "ready" || this.waiting.length === 0) return;
    this.state = "running";
    this.worker.postMessage({ run: this.waiting.shift()() });
  }

  /* Run what `request` gives once its turn has come. */
  run(request) {
    this.waiting.push(request);
    this.start();
    this.next();
  }

  /* End what runs, with all that waits; its names are lost, and it starts anew. */
  stop() {
    this.end("off");
    this.start();
  }

  end(state) {
    this.worker?.terminate();
    this.waiting = [];
    this.state = state;
  }
}
