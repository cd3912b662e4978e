// What each word of a message adds up to.

const MOST = 3; // words that are named on either side

/** The filter that stored weights make. */
function filterOf({ words, weights, bias, threshold }) {
  const place = new Map(words.map((word, i) => [word, i]));
  place.delete(words[0]); // which stands for every word that is not among them
  const w = floats(weights);
  return {
    bias,
    threshold,
    read: (text) => tokens(text).map((word) => ({ word, known: place.has(word), share: w[place.get(word) ?? 0] })),
  };
}

function logit(read, bias) {
  return read.reduce((total, { share }) => total + share, bias);
}

/** A probability in per cent; never 0 or 100, which it is not. */
function percent(p) {
  return decimals(Math.min(Math.max(100 * p, 0.01), 99.99), 2);
}

function signed(share) {
  return (share > 0 ? "+" : "") + decimals(share, 2);
}
