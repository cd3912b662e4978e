// What the translator made of a text, in words.

const STOP = "■";

/** Why a text cannot be translated, or nothing. */
function problem(text, unknown, pieces, most) {
  if (!text) return "Type an English sentence.";
  if (unknown.length) return `There is no piece for ${unknown.map((sign) => `“${sign}”`).join(", ")}: letters, Ä, Ö, Ü, ß, figures and plain signs alone are known.`;
  return pieces > most ? `Too long: ${pieces} pieces, and the network has places for ${most}.` : "";
}

/** A probability in per cent; never 0 or 100, which it is not. */
function percent(p) {
  return decimals(Math.min(Math.max(100 * p, 0.1), 99.9), 1);
}

/** A share of the attention in whole per cent. */
function share(weight) {
  return decimals(100 * weight, 0);
}

/** A piece as it is shown: a blank is seen as an open box, and the mark of the end is said. */
function shown(piece) {
  return piece === STOP ? "end" : piece.replaceAll(" ", "␣");
}

/** The same in a sentence. */
function quoted(piece) {
  return piece === STOP ? "end" : `“${shown(piece)}”`;
}

/** The German of the first pieces. */
function german(rows) {
  return rows.filter(({ piece }) => piece !== STOP).map(({ piece }) => piece).join("").trim();
}

/** What was made of a text; block says whose attention is told. */
function said({ text, wrong, english, rows }, block) {
  if (wrong) return wrong;
  const each = rows.map(({ piece, p, asked }) => {
    const most = asked[block].indexOf(Math.max(...asked[block]));
    return `${quoted(piece)} ${percent(p)} %, to ${quoted(english[most])} ${share(asked[block][most])} %`;
  });
  const cut = rows.at(-1).piece === STOP ? "" : " It found no end.";
  const told = `Each piece, how likely the network held it, and the English piece to which block ${block + 1} attended most`;
  return `“${text}” becomes “${german(rows)}”. ${told}: ${each.join("; ")}.${cut}`;
}
