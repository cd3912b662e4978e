/* Drafts: the cells that the reader has changed, kept in this browser beside the progress, and in the file that it is exported to. */

/* A short mark of a text, so that a draft knows which text of the book it was made from. */
export function mark(text) {
  let sum = 5381;
  for (const letter of text) sum = (sum * 33 + letter.codePointAt(0)) % 2 ** 32;
  return sum.toString(36);
}

export class Drafts {
  /* Those of a page, by the names of its cells. */
  constructor(page) {
    this.page = page;
  }

  name(cell) {
    return `${this.page}#${cell}`;
  }

  /* The draft of a cell, {text, of}, or undefined. */
  of(cell) {
    return nnlib.draft(this.name(cell));
  }

  keep(cell, text, book) {
    nnlib.keepDraft(this.name(cell), text === book ? null : { text, of: mark(book) });
  }
}
