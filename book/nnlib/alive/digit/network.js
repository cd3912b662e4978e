// What the network should change, as nnlib computes it: backward and one step, for one image; and the same in words.

/** The gradient of the cost under this label: { dW, db } for every layer. db is the layer's delta. */
function backward(layers, activations, label) {
  const slope = (a) => a * (1 - a); // sigma'(z), from a = sigma(z)
  const gradients = [];
  let delta = activations.at(-1).map((a, j) => (a - (j === label)) * slope(a)); // BP1
  for (let l = layers.length - 1; l >= 0; l--) {
    const [a, { W }] = [activations[l], layers[l]];
    const dW = W.map((_, at) => delta[Math.floor(at / a.length)] * a[at % a.length]); // BP4
    gradients.unshift({ dW, db: delta }); // BP3
    if (l > 0) {
      const back = a.map((_, k) => delta.reduce((total, d, j) => total + W[j * a.length + k] * d, 0));
      delta = back.map((d, k) => d * slope(a[k])); // BP2
    }
  }
  return gradients;
}

/** The quadratic cost of one image, with its 1/2. */
function cost(outputs, label) {
  return outputs.reduce((total, a, j) => total + (a - (j === label)) ** 2, 0) / 2;
}

/** The layers after one step: a step always subtracts. */
function stepped(layers, gradients, rate) {
  return layers.map(({ W, b }, l) => ({
    W: W.map((w, at) => w - rate * gradients[l].dW[at]),
    b: b.map((w, j) => w - rate * gradients[l].db[j]),
  }));
}

/** All that the page shows of one image under a label. */
function look(layers, image, label, rate) {
  const activations = forward(layers, image);
  const gradients = backward(layers, activations, label);
  const after = forward(stepped(layers, gradients, rate), image).at(-1);
  return { activations, gradients, cost: cost(activations.at(-1), label), costAfter: cost(after, label), after };
}

/** What should change so that the network would rather say `label`, in words. */
function wishes(seen, label, rate) {
  const change = seen.activations.at(-1).map((a, j) => (j === label) - a);
  const [first, second] = largest(change.map(Math.abs)).map((j) => `output ${j} should ${move(change[j])}`);
  const tops = seen.gradients.map(({ dW }) => largest(dW.map(Math.abs))[0]);
  const l = largest(tops.map((at, layer) => Math.abs(seen.gradients[layer].dW[at])))[0];
  const before = seen.activations[l].length;
  const [j, k] = [Math.floor(tops[l] / before), tops[l] % before];
  const source = l === 0 ? `pixel ${(k % FIELD) + 1} of row ${Math.floor(k / FIELD) + 1}` : `neuron ${k + 1} of hidden layer ${l}`;
  const target = l === tops.length - 1 ? `output ${j}` : `neuron ${j + 1} of hidden layer ${l + 1}`;
  return [
    `Told that it is ${aDigit(label)}, the network has the cost ${significant(seen.cost, 3)} on this image: ${first}, ${second}.`,
    `Of all weights the one from ${source} to ${target} should change most: ${move(-seen.gradients[l].dW[tops[l]])} times the rate.`,
    `One step at the rate ${rate.toFixed(1)} takes the cost from ${significant(seen.cost, 3)} to ${significant(seen.costAfter, 3)}.`,
  ].join("\n");
}

function move(change) {
  return `${change > 0 ? "rise" : "fall"} by ${significant(Math.abs(change), 3)}`;
}
