// The bag of words and the recurrent network, as nnlib computes them, and what they make of a sentence, in words.

/** Both networks that stored weights make. */
function readersOf(stored) {
  const vocabulary = stored.words.split("\n");
  const bag = filterOf({ ...stored, words: vocabulary, threshold: 0.5 });
  const place = new Map(vocabulary.map((word, i) => [word, i]));
  place.delete(vocabulary[0]); // which stands for every word that is not among them
  const [W, U, b, out] = [stored.W, stored.U, stored.b, stored.out].map(floats);
  const E = halves(stored.E);
  const n = out.length;

  /** What the recurrent network says of words in this order. */
  function recurrent(words) {
    const read = words.length ? words.slice(0, stored.longest) : [vocabulary[0]];
    let h = new Array(n).fill(0);
    const c = new Array(n).fill(0);
    const sum = new Array(n).fill(0);
    for (const word of read) {
      const row = (place.get(word) ?? 0) * n;
      const z = Array.from(b, (bias, j) => {
        let total = bias;
        for (let k = 0; k < n; k++) total += W[j * n + k] * E[row + k] + U[j * n + k] * h[k];
        return total;
      });
      h = h.map((_, j) => {
        const [i, f, o] = [z[j], z[n + j], z[3 * n + j]].map((x) => 1 / (1 + Math.exp(-x)));
        c[j] = f * c[j] + i * Math.tanh(z[2 * n + j]);
        return o * Math.tanh(c[j]);
      });
      h.forEach((value, j) => { sum[j] += value; });
    }
    return sum.reduce((total, value, j) => total + (out[j] * value) / read.length, stored.outBias);
  }

  /** The words of a text, each with its two numbers, and both logits, without the words that are `out`, by place. */
  function read(text, out = new Set()) {
    const words = bag.read(text);
    const others = (place) => words.filter((_, i) => i !== place && !out.has(i)).map(({ word }) => word);
    const whole = recurrent(others(-1));
    const changes = words.map((_, i) => {
      if (!out.has(i)) return whole - recurrent(others(i));
      const back = words.filter((_, j) => j === i || !out.has(j)).map((each) => each.word);
      return recurrent(back) - whole;
    });
    return {
      words: words.map((each, i) => ({ ...each, change: changes[i] })),
      logits: [logit(words.filter((_, i) => !out.has(i)), bag.bias), whole],
    };
  }

  return { read, recurrent };
}

/** What the two networks make of these words, which are not struck out. */
function verdict(words, logits) {
  if (!words.length) return "No word yet.";
  const [bag, recurrent] = logits.map((z) => percent(1 / (1 + Math.exp(-z))));
  const most = (key) => [...words].sort((a, b) => Math.abs(b[key]) - Math.abs(a[key])).slice(0, MOST)
    .map((each) => `${each.word} (${signed(each[key])})`).join(", ");
  const unknown = words.filter(({ known }) => !known).length;
  return `Praise? ${bag} % by the bag of words, ${recurrent} % by the recurrent network. ` +
    `What counts most in the bag: ${most("share")}; in the recurrent network: ${most("change")}.` +
    (unknown ? ` They do not know ${unknown} of ${words.length} words.` : "");
}
