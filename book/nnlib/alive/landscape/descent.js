// Descent: one neuron's cost and its slopes, and the walk of gradient descent down from a start.

const LOST = 1e6; // a cost beyond which a walk is called off

/** One pass of the neuron over some of its examples: their cost, and its slopes for weight and bias. */
function pass({ x, y, sigmoid }, [w, b], batch) {
  let [cost, dw, db] = [0, 0, 0];
  for (const i of batch) {
    const z = w * x[i] + b;
    const a = sigmoid ? 1 / (1 + Math.exp(-z)) : z;
    const delta = ((a - y[i]) * (sigmoid ? a * (1 - a) : 1)) / batch.length;
    cost += (a - y[i]) ** 2 / (2 * batch.length);
    dw += delta * x[i];
    db += delta;
  }
  return { cost, slopes: [dw, db] };
}

/** The examples of the step after so many others, dealt as `minibatches` deals them; null where no order is left. */
function batchOf(task, { size, seed }, steps) {
  const n = task.x.length;
  if (size >= n) return task.all; // their order does not matter
  const each = Math.ceil(n / size);
  const epoch = Math.floor(steps / each);
  const order = task.orders[seed].subarray(epoch * n, (epoch + 1) * n);
  return order.length ? order.subarray((steps % each) * size, (steps % each + 1) * size) : null;
}

/** The walk of so many steps, start included; it ends early where the orders do, or where the cost is lost. */
function descend(task, choice, steps) {
  const path = [choice.start];
  while (path.length <= steps) {
    const [w, b] = path[path.length - 1];
    const batch = batchOf(task, choice, path.length - 1);
    if (!batch || !(pass(task, [w, b], task.all).cost < LOST)) break;
    const { slopes } = pass(task, [w, b], batch);
    path.push([w - choice.rate * slopes[0], b - choice.rate * slopes[1]]);
  }
  return path;
}

/** The data, with every example's place and with each seed's orders as numbers. */
function taskOf(data) {
  const orders = Object.fromEntries(Object.entries(data.orders ?? {}).map(([seed, text]) => [seed, bytes(text)]));
  return { ...data, orders, all: Uint8Array.from(data.x.keys()) };
}
