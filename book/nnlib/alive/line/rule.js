// The rule: how the perceptron learns from its points, as `train` does in Python, and whether it can.

/** The rule, from zero, for so many updates at most: each of them, the first clean epoch (or null), and the circle. */
function train(examples, limit) {
  const updates = [];
  let [w, b] = [[0, 0], 0];
  for (let epoch = 1; ; epoch++) {
    const before = updates.length;
    for (const [place, [x1, x2, y]] of examples.entries()) {
      const z = w[0] * x1 + w[1] * x2 + b;
      const error = y - (z > 0 ? 1 : 0);
      if (error === 0) continue;
      if (updates.length === limit) return { updates, clean: null, circle: circle(updates) };
      w = [w[0] + error * x1, w[1] + error * x2];
      b += error;
      updates.push({ epoch, place, z, error, w, b });
    }
    if (updates.length === before) return { updates, clean: epoch, circle: null };
  }
}

/** How many updates come before the rule runs in a circle, and how many then repeat; null if it does not. */
function circle(updates) {
  const seen = new Map();
  for (const [i, { epoch, w, b }] of updates.entries()) {
    if (i + 1 === updates.length || updates[i + 1].epoch === epoch) continue;
    const state = String([...w, b]);
    if (seen.has(state)) return [seen.get(state), i + 1 - seen.get(state)];
    seen.set(state, i + 1);
  }
  return null;
}

/** Whether some line has all points of one kind on one side: the ways between the kinds then fit in half a turn. */
function separable(examples) {
  const ones = examples.filter((point) => point[2]);
  const zeros = examples.filter((point) => !point[2]);
  const ways = ones.flatMap((p) => zeros.map((q) => [p[0] - q[0], p[1] - q[1]]));
  const turn = (g, h) => g[0] * h[1] - g[1] * h[0];
  const along = (g, h) => g[0] * h[0] + g[1] * h[1];
  const from = (g, h) => turn(g, h) > 0 || (turn(g, h) === 0 && along(g, h) > 0);
  return ways.length === 0 || ways.some((g) => ways.every((h) => from(g, h)));
}
