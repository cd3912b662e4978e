// The network, forward, as nnlib computes it, for one image; and what it seems to see, in words.

/** Layers { W, b } from all float32 numbers in a row; W[j * n_in + k] leads from input k to neuron j. */
function layersOf(sizes, numbers) {
  let at = 0;
  function take(count) {
    at += count;
    return Float64Array.from(numbers.subarray(at - count, at));
  }
  return sizes.slice(1).map((size, l) => ({ W: take(size * sizes[l]), b: take(size) }));
}

/** The activations of every layer; the image is the first. */
function forward(layers, image) {
  const activations = [image];
  for (const { W, b } of layers) {
    const a = activations.at(-1);
    activations.push(b.map((bias, j) => {
      let z = bias;
      for (let k = 0; k < a.length; k++) z += W[j * a.length + k] * a[k];
      return sigmoid(z);
    }));
  }
  return activations;
}

function sigmoid(z) {
  const e = Math.exp(-Math.abs(z)); // never overflows
  return (z >= 0 ? 1 : e) / (1 + e);
}

/** What the network seems to see, in words. */
function impression(outputs) {
  const [first, second] = largest(outputs);
  return `It looks like ${aDigit(first)} (${outputs[first].toFixed(2)}); next ${second} (${outputs[second].toFixed(2)}).`;
}

/** The places of the two largest numbers, the larger first. */
function largest(numbers) {
  let [first, second] = [0, -1];
  for (let at = 1; at < numbers.length; at++) {
    if (numbers[at] > numbers[first]) [first, second] = [at, first];
    else if (second < 0 || numbers[at] > numbers[second]) second = at;
  }
  return [first, second];
}

function aDigit(digit) {
  return digit === 8 ? `an ${digit}` : `a ${digit}`;
}
