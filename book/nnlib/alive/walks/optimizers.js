// Optimizers: how nnlib's optimizers step, and the walk of one of them down the ravine.

/** The velocity that an optimizer keeps, with the slope `g` let in. */
function velocity(kept, beta, g) {
  kept.velocity = beta * (kept.velocity ?? 0) + g;
  return kept.velocity;
}

/** A running mean that an optimizer keeps under a name, with a number let in. */
function mean(kept, name, beta, number) {
  kept[name] = beta * (kept[name] ?? 0) + (1 - beta) * number;
  return kept[name];
}

/**
 * By how many rates a weight is lowered at step t = 1, 2, …, where its slope is `g`; `kept` holds what the optimizer
 * keeps for it from step to step.
 */
const LOWERED = {
  "plain descent": (_kept, g) => g,
  "momentum 0.8": (kept, g) => velocity(kept, 0.8, g),
  "momentum 0.9": (kept, g) => velocity(kept, 0.9, g),
  "Nesterov 0.9": (kept, g) => g + 0.9 * velocity(kept, 0.9, g),
  AdaGrad(kept, g) {
    kept.v = (kept.v ?? 0) + g * g;
    return g / (Math.sqrt(kept.v) + 1e-10);
  },
  RMSProp: (kept, g) => g / (Math.sqrt(mean(kept, "v", 0.9, g * g)) + 1e-8),
  Adam(kept, g, t) {
    const m = mean(kept, "m", 0.9, g) / (1 - 0.9 ** t);
    const v = mean(kept, "v", 0.999, g * g) / (1 - 0.999 ** t);
    return m / (Math.sqrt(v) + 1e-8);
  },
};

/** The cost at a place of the ravine. */
function costAt({ curvatures }, place) {
  return place.reduce((sum, w, i) => sum + (curvatures[i] * w * w) / 2, 0);
}

/** The walk of so many steps, start included; it ends early where the cost is lost, or where the noise ends. */
function walk(task, [name, rate], steps, noise, seed) {
  const kept = task.start.map(() => ({}));
  const path = [task.start];
  for (let t = 1; t <= Math.min(steps, task.shakes[seed].length / 2); t++) {
    const place = path[t - 1];
    if (!(costAt(task, place) < task.lost)) break;
    path.push(place.map((w, i) => {
      const g = task.curvatures[i] * w + (noise * task.shakes[seed][2 * (t - 1) + i]) / task.grain;
      return w - rate * LOWERED[name](kept[i], g, t);
    }));
  }
  return path;
}

/** The mean cost of the last steps of a walk; null where it has no more steps than that, or is lost. */
function lately(task, path) {
  if (path.length <= task.last || !(costAt(task, path.at(-1)) < task.lost)) return null;
  return path.slice(-task.last).reduce((sum, place) => sum + costAt(task, place), 0) / task.last;
}

/** What two walks come to after so many steps, in words. */
function said(task, { walks, steps, noise, seed }) {
  const ends = walks.map(([name, rate], i) => {
    const path = walk(task, [name, rate], steps, noise, seed);
    const cost = costAt(task, path.at(-1));
    const mean = lately(task, path);
    const late = mean === null ? "" : `, mean of the last ${task.last} steps ${significant(mean, 3)}`;
    const end = cost < task.lost ? `cost ${significant(cost, 3)}${late}` : `diverged at step ${path.length - 1}`;
    return ` ${"AB"[i]}, ${name} at ${rate}: ${end}.`;
  });
  const how = noise ? `with noise ${noise}, seed ${seed}` : "without noise";
  return `${steps} step${steps === 1 ? "" : "s"} ${how}.${ends.join("")}`;
}

/** The data, with each seed's noise as numbers. */
function taskOf(data) {
  const numbers = (text) => new Int8Array(bytes(text).buffer);
  const shakes = Object.fromEntries(Object.entries(data.shakes).map(([seed, text]) => [seed, numbers(text)]));
  return { ...data, shakes };
}
