// A text as pieces of words, as nnlib.studies.translation cuts it.

const WORDS = / ?[A-Za-zÄÖÜäöüß]+| ?[^ ]/gu;

/** A text with single blanks and straight apostrophes. */
function tidy(text) {
  return text.normalize("NFC").replaceAll("’", "'").split(/\s+/u).filter(Boolean).join(" ");
}

/** What cuts texts by stored merges: the table of pieces, and for a text its pieces and the signs that have none. */
function cutterOf({ signs, merges, marks }) {
  const rank = new Map(merges.map((pair, i) => [pair.join("\t"), i]));
  const table = [...new Set([...signs, ...merges.map((pair) => pair.join(""))]), ...marks];
  const number = new Map(table.map((piece, i) => [piece, i]));

  /** The pieces of a word: what was joined first in learning is joined first. */
  function cut(word) {
    let pieces = [...word];
    for (;;) {
      const ranks = pieces.slice(1).map((piece, i) => rank.get(`${pieces[i]}\t${piece}`) ?? Infinity);
      const first = Math.min(...ranks);
      if (first === Infinity) return pieces;
      const [left, right] = merges[first];
      const joined = [];
      for (const piece of pieces) {
        if (joined.at(-1) === left && piece === right) joined.push(joined.pop() + piece);
        else joined.push(piece);
      }
      pieces = joined;
    }
  }

  return {
    table,
    encode: (text) => (` ${text}`.match(WORDS) ?? []).flatMap(cut).map((piece) => number.get(piece)),
    unknown: (text) => [...new Set(text)].filter((sign) => !signs.includes(sign)),
  };
}
