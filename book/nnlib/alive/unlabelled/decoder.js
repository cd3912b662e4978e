// The decoder that stored weights make, and where a place lies among the codes of the test pictures.

/** The layers of the decoder: for each its weights, row by row, its biases, and how many inputs it has. */
function decoderOf({ sizes, weights }) {
  const numbers = floats(weights);
  let at = 0;
  return sizes.slice(1).map((out, i) => {
    const inputs = sizes[i];
    const layer = { inputs, w: numbers.subarray(at, at + out * inputs), b: numbers.subarray(at + out * inputs, at + out * inputs + out) };
    at += out * inputs + out;
    return layer;
  });
}

/** The picture of a code, as 64 levels; a ReLU stands between each two layers. */
function decode(layers, code) {
  return layers.reduce((a, { inputs, w, b }, i) => Array.from(b, (bias, j) => {
    const z = a.reduce((sum, each, k) => sum + w[j * inputs + k] * each, bias);
    return i < layers.length - 1 ? Math.max(0, z) : z;
  }), code);
}

/** Where a place lies among the codes of the test pictures, in words. */
function said({ codes, labels, nearest, here }, [x, y]) {
  const square = codes.map(([i, j]) => (i - x) * (i - x) + (j - y) * (j - y));
  const all = [...codes.keys()].sort((one, other) => square[one] - square[other] || one - other);
  const there = all.filter((each) => square[each] < here * here);
  const order = all.slice(there.length, there.length + nearest);
  const times = new Map();
  for (const each of order) times.set(labels[each], (times.get(labels[each]) ?? 0) + 1);
  const found = [...times].sort(([a, n], [b, m]) => m - n || a - b);
  const a = (digit) => `a${digit === 8 ? "n" : ""} ${digit}`;
  const kinds = found.map(([digit, n]) => `${n} ${n === 1 ? "is" : "are"} of ${a(digit)}`).join(", ");
  const [at, others] = there.length ? [`, that of ${a(labels[there[0]])}`, "others"] : ["", "test pictures"];
  const away = decimals(Math.sqrt(square[order[0]]), 2);
  return `Code (${decimals(x, 2)}, ${decimals(y, 2)})${at}. Of the ${nearest} nearest ${others} ${kinds}. The nearest is ${away} away.`;
}

/** Which pixels of a picture are dark, row by row, in words. */
function drawn(levels, dark) {
  const rows = [...Array(8).keys()].map((row) => {
    const pixels = [...Array(8).keys()].filter((pixel) => levels[8 * row + pixel] >= dark);
    return pixels.map((pixel) => pixel + 1).join(" ") || "none";
  });
  return `Dark pixels, row by row: ${rows.join("; ")}.`;
}
