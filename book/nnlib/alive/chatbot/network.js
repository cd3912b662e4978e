// A question's words as a bag, the network's way forward, and what the chatbot makes of it.

const BEST = 3; // intents that are shown
const REFUSAL = "I do not know.";

/** The chatbots that stored weights make, one for each network; `read` says of a text what its network makes of it. */
function botsOf({ words, replies, bots }) {
  const place = new Map(words.map((word, i) => [word, i]));
  place.delete(words[0]); // which stands for every word that is not among them
  const names = Object.keys(replies).map((name) => name.replaceAll("_", " "));
  const texts = Object.values(replies);
  return bots.map(({ threshold, one, layers }) => {
    const [hidden, out] = layers.map(({ W, b }) => ({ W: halves(W), b: halves(b) }));
    const probabilities = (bag) => {
      const length = one ? Math.max(1, Math.sqrt([...bag.values()].reduce((sum, times) => sum + times ** 2, 0))) : 1;
      const a = Array.from(hidden.b, (bias, j) => {
        let z = bias;
        for (const [i, times] of bag) z += (times / length) * hidden.W[j * words.length + i];
        return Math.max(0, z);
      });
      const z = Array.from(out.b, (bias, k) => a.reduce((sum, activation, j) => sum + activation * out.W[k * a.length + j], bias));
      const most = Math.max(...z);
      const e = z.map((logit) => Math.exp(logit - most));
      const sum = e.reduce((total, each) => total + each);
      return e.map((each) => each / sum);
    };
    return {
      probabilities: (text) => probabilities(bagOf(tokens(text), place)),
      read(text) {
        const found = tokens(text);
        const p = probabilities(bagOf(found, place));
        const best = [...p.keys()].sort((i, j) => p[j] - p[i]).slice(0, BEST);
        return {
          best: best.map((i) => ({ name: names[i], reply: texts[i], p: p[i] })),
          threshold,
          words: found.length,
          unknown: found.filter((word) => !place.has(word)).length,
        };
      },
    };
  });
}

/** How often each word is there, by its number; 0 is that of an unknown one. */
function bagOf(found, place) {
  const bag = new Map();
  for (const word of found) bag.set(place.get(word) ?? 0, (bag.get(place.get(word) ?? 0) ?? 0) + 1);
  return bag;
}

/** What the chatbot says. */
function answer({ best, threshold }) {
  return best[0].p >= threshold ? best[0].reply : REFUSAL;
}

/** What it makes of a question, in words. */
function said(read) {
  const { best, threshold, words, unknown } = read;
  const likely = best.map(({ name, p }) => `${name} ${percent(p)} %`).join(", ");
  const text = `${words ? "Likeliest" : "No word yet. By its biases alone"}: ${likely}. It answers from ${percent(threshold)} % on. So it says: “${answer(read)}”`;
  return text + (unknown ? ` It does not know ${unknown} of ${words} words.` : "");
}

/** A probability in per cent; never 0 or 100, which it is not. */
function percent(p) {
  return decimals(Math.min(Math.max(100 * p, 0.1), 99.9), 1);
}
