// The network's way forward, a piece at a time: what each attention head found before is kept, as keys and values.

/** The product of a stored matrix, its rows one after the other, and x; plus b. */
function dense({ W, b }, x) {
  return Float64Array.from(b, (bias, j) => {
    let z = bias;
    for (let i = 0, w = j * x.length; i < x.length; i++, w++) z += W[w] * x[i];
    return z;
  });
}

/** Features brought to mean 0 and variance 1, times gamma, plus beta. */
function norm({ gamma, beta }, x) {
  const mean = x.reduce((sum, each) => sum + each, 0) / x.length;
  const variance = x.reduce((sum, each) => sum + (each - mean) ** 2, 0) / x.length;
  return x.map((each, i) => (gamma[i] * (each - mean)) / Math.sqrt(variance + EPSILON) + beta[i]);
}

const EPSILON = 1e-5;

/** Weights that sum to 1. */
function softmax(scores) {
  const most = Math.max(...scores);
  const e = Array.from(scores, (score) => Math.exp(score - most));
  const sum = e.reduce((total, each) => total + each);
  return e.map((each) => each / sum);
}

/** The translator that stored weights make. */
function translatorOf(stored) {
  const cutter = cutterOf(stored);
  const [answer, end] = [cutter.table.length - 2, cutter.table.length - 1];
  const { heads, half, n } = stored;
  const arrays = Object.fromEntries(Object.entries(stored.weights).map(([name, base64]) => [name, halves(base64)]));
  const part = (place, names) => Object.fromEntries(names.map((name) => [name.split(".").at(-1), arrays[`${place}.${name}`]]));
  const blocks = [1, 3].map((i) => ({
    before: part(i, ["0.gamma", "0.beta"]), qkv: part(i, ["1.qkv.W", "1.qkv.b"]), out: part(i, ["1.out.W", "1.out.b"]),
    between: part(i + 1, ["0.gamma", "0.beta"]), first: part(i + 1, ["1.W", "1.b"]), second: part(i + 1, ["3.W", "3.b"]),
  }));
  const [last, logits] = [part(5, ["gamma", "beta"]), part(6, ["W", "b"])];
  const d = n / heads;

  /** Begins a row of pieces: the function it gives takes one piece more, and says what may come next and who was asked. */
  function begin() {
    const kept = blocks.map(() => ({ keys: [], values: [] }));
    let [time, mark] = [0, Infinity];
    return (piece) => {
      if (piece === answer) mark = Math.min(mark, time);
      const place = Math.min(time < mark ? time : half + time - mark, 2 * half - 1);
      let x = Float64Array.from({ length: n }, (_, i) => arrays["0.E"][piece * n + i] + arrays["0.P"][place * n + i]);
      time += 1;
      const asked = blocks.map(({ before, qkv, out, between, first, second }, k) => {
        const found = dense(qkv, norm(before, x));
        kept[k].keys.push(found.subarray(n, 2 * n));
        kept[k].values.push(found.subarray(2 * n));
        const taken = new Float64Array(n);
        const weights = Array.from({ length: heads }, (_, head) => {
          const own = Array.from({ length: d }, (_, i) => head * d + i);
          const p = softmax(kept[k].keys.map((key) => own.reduce((sum, i) => sum + found[i] * key[i], 0) / Math.sqrt(d)));
          for (const i of own) taken[i] = p.reduce((sum, weight, u) => sum + weight * kept[k].values[u][i], 0);
          return p;
        });
        const looked = dense(out, taken);
        x = x.map((each, i) => each + looked[i]);
        const thought = dense(second, dense(first, norm(between, x)).map((z) => Math.max(0, z)));
        x = x.map((each, i) => each + thought[i]);
        return weights;
      });
      return { p: softmax(dense(logits, norm(last, x))), asked };
    };
  }

  /** What becomes of a text: why it cannot be read, or its pieces, and those of the German with all that led to each. */
  function read(text) {
    const tidied = tidy(text);
    const unknown = cutter.unknown(tidied);
    const numbers = unknown.length ? [] : cutter.encode(tidied);
    const wrong = problem(tidied, unknown, numbers.length, half);
    if (wrong) return { text: tidied, wrong };
    const next = begin();
    const rows = [];
    for (const piece of numbers) next(piece);
    let found = next(answer);
    while (rows.length < half - 1) {
      const piece = found.p.indexOf(Math.max(...found.p));
      rows.push({
        piece: cutter.table[piece],
        p: found.p[piece],
        asked: found.asked.map((block) => numbers.map((_, u) => block.reduce((sum, weights) => sum + weights[u], 0) / heads)),
      });
      if (piece === end) break;
      found = next(piece);
    }
    return { text: tidied, english: numbers.map((piece) => cutter.table[piece]), rows };
  }

  /** The probabilities of the next piece behind each piece of a row of numbers. */
  const probabilities = (numbers) => numbers.map(((next) => (piece) => next(piece).p)(begin()));

  return { ...cutter, answer, end, read, probabilities };
}
