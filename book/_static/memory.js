/* Memory: what was tried, solved and predicted on this site, kept in this browser's local storage and nowhere else.
 *
 * It has the form of the notebooks' own file: {exercises: {name: {tries, solved}}, predictions: {name: {guess, result}}}, and
 * where the reader has changed cells of a live page, drafts: {"page#cell": {text, of}}, `of` being a mark of the book's text.
 * What is damaged is set aside under another key. Where a browser keeps nothing, all works until the page is closed.
 * The scripts of exercises and predictions share what stands here as `nnlib`, which elements.js has begun.
 */
"use strict";

Object.assign(nnlib, (() => {
  const KEY = "nnlib.progress";
  const VERDICTS = { "correct": "Correct", "not-yet": "Not yet", "not-attempted": "Not attempted yet" };
  const empty = () => ({ exercises: {}, predictions: {} });
  const isNumber = (value) => typeof value === "number" && Number.isFinite(value);
  const isRecord = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
  let unkept = empty();  // in place of a storage that does not work
  let works = true;
  let damaged = false;

  const storage = () => (works ? window.localStorage : null);  // the very look at it may be refused

  function isSound(kept) {
    return isRecord(kept) && isRecord(kept.exercises) && isRecord(kept.predictions)
      && Object.values(kept.exercises).every((it) => isRecord(it) && isNumber(it.tries) && typeof it.solved === "boolean")
      && Object.values(kept.predictions).every((it) => isRecord(it) && isNumber(it.guess)
        && (it.result === null || isNumber(it.result)))
      && (kept.drafts === undefined || (isRecord(kept.drafts)
        && Object.values(kept.drafts).every((it) => isRecord(it) && typeof it.text === "string" && typeof it.of === "string")));
  }

  function read() {
    let stored = null;
    try {
      stored = storage()?.getItem(KEY) ?? null;
    } catch {
      works = false;
    }
    if (!works) return unkept;
    if (stored === null) return empty();
    try {
      const kept = JSON.parse(stored);
      if (isSound(kept)) return kept;
    } catch {
      // not even JSON: set aside, as below
    }
    damaged = true;
    try {
      storage().setItem(`${KEY}.damaged`, stored);
      storage().removeItem(KEY);
    } catch {
      works = false;
    }
    return empty();
  }

  function write(kept) {
    unkept = kept;
    try {
      storage()?.setItem(KEY, JSON.stringify(kept));
    } catch {
      works = false;  // full, or forbidden
    }
    document.dispatchEvent(new CustomEvent("nnlib-progress"));
  }

  function own(record, name) {
    return Object.hasOwn(record, name) ? record[name] : undefined;
  }

  return {
    read,
    keeps: () => { read(); return works; },
    wasDamaged: () => { read(); return damaged; },
    clear() {
      write(empty());
      try {
        storage()?.removeItem(KEY);
        storage()?.removeItem(`${KEY}.damaged`);
      } catch {
        works = false;
      }
      damaged = false;
      document.dispatchEvent(new CustomEvent("nnlib-progress"));
    },
    /* Add what a file holds to what is kept, losing neither; how much the file holds, or null if it is damaged. */
    readIn(text) {
      let found;
      try {
        found = JSON.parse(text);
      } catch {
        return null;
      }
      if (!isSound(found)) return null;
      const kept = read();
      for (const [name, { tries, solved }] of Object.entries(found.exercises)) {
        const before = own(kept.exercises, name) ?? { tries: 0, solved: false };
        kept.exercises[name] = { tries: Math.max(tries, before.tries), solved: solved || before.solved };
      }
      for (const [name, { guess, result }] of Object.entries(found.predictions)) kept.predictions[name] ??= { guess, result };
      if (found.drafts) kept.drafts = { ...found.drafts, ...kept.drafts };
      write(kept);
      return { exercises: Object.keys(found.exercises).length, predictions: Object.keys(found.predictions).length };
    },
    record(name, solved) {
      const kept = read();
      const before = own(kept.exercises, name) ?? { tries: 0, solved: false };
      kept.exercises[name] = { tries: before.tries + 1, solved: before.solved || solved };
      write(kept);
    },
    recordPrediction(name, guess, result = null) {
      const kept = read();
      kept.predictions[name] = { guess, result };
      write(kept);
    },
    prediction: (name) => own(read().predictions, name),
    forgetPrediction(name) {
      const kept = read();
      delete kept.predictions[name];
      write(kept);
    },
    draft: (name) => own(read().drafts ?? {}, name),
    /* Keep a draft, or forget it if it is null. */
    keepDraft(name, draft) {
      const kept = read();
      kept.drafts ??= {};
      if (draft) kept.drafts[name] = draft;
      else delete kept.drafts[name];
      if (Object.keys(kept.drafts).length === 0) delete kept.drafts;
      write(kept);
    },
    /* A line that a screen reader speaks whenever its text changes. */
    live(kind) {
      return nnlib.element("p", { class: kind, role: "status", "aria-live": "polite" });
    },
    /* A line with its verdict in bold, which is of the kind correct, not-yet or not-attempted; said anew even if it was said before. */
    say(line, kind, why = "") {
      line.replaceChildren();
      line.dataset.verdict = kind;
      setTimeout(() => {
        line.replaceChildren(nnlib.element("strong", {}, VERDICTS[kind]), why ? `: ${why}` : ".");
      }, 50);
    },
  };
})());
