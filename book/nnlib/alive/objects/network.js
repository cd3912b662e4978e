// The network that stored weights make, the cells that its maps show, and how they agree with the labels.

const ROWS = 30;
const COLUMNS = 40;
const PIXEL = 16; // of a photograph's own pixels

/** The layers: for each its kernels one after the other, its biases, and the kernels' shape. */
function networkOf({ shapes, weights }) {
  const numbers = floats(weights);
  let at = 0;
  const take = (n) => {
    at += n;
    return numbers.subarray(at - n, at);
  };
  return shapes.map(([kernels, channels, size]) => ({
    kernels, channels, size, k: take(kernels * channels * size * size), b: take(kernels),
  }));
}

/** What a layer makes of channels of 30 x 40 pixels, with zeros around them. */
function convolved({ kernels, channels, size, k, b }, planes) {
  const half = size >> 1;
  return Array.from({ length: kernels }, (_, kernel) => {
    const z = new Float64Array(ROWS * COLUMNS).fill(b[kernel]);
    for (let c = 0; c < channels; c += 1) {
      for (let i = 0; i < size; i += 1) {
        for (let j = 0; j < size; j += 1) {
          const w = k[((kernel * channels + c) * size + i) * size + j];
          const [down, across] = [i - half, j - half];
          for (let y = Math.max(0, -down); y < Math.min(ROWS, ROWS - down); y += 1) {
            const [from, to] = [Math.max(0, -across), Math.min(COLUMNS, COLUMNS - across)];
            for (let x = from; x < to; x += 1) z[y * COLUMNS + x] += w * planes[c][(y + down) * COLUMNS + x + across];
          }
        }
      }
    }
    return z;
  });
}

/** The maps of red and of white cells, of a picture in shades of so much darkness. */
function mapsOf(layers, picture, shade) {
  let planes = [Float64Array.from(picture, (each) => each * shade)];
  layers.forEach((layer, i) => {
    planes = convolved(layer, planes);
    if (i < layers.length - 1) for (const plane of planes) plane.forEach((z, at) => { plane[at] = Math.max(0, z); });
  });
  return planes.map((plane) => plane.map((z) => (1 + Math.tanh(z / 2)) / 2));
}

/** The pixels of a map that are the largest of the 5 x 5 around them: [p, row, column], the surest first. */
function peaksOf(map, least) {
  const found = [];
  for (let row = 0; row < ROWS; row += 1) {
    for (let column = 0; column < COLUMNS; column += 1) {
      const p = map[row * COLUMNS + column];
      let top = p >= least;
      for (let y = Math.max(0, row - 2); top && y <= Math.min(ROWS - 1, row + 2); y += 1) {
        for (let x = Math.max(0, column - 2); top && x <= Math.min(COLUMNS - 1, column + 2); x += 1) {
          top = map[y * COLUMNS + x] <= p;
        }
      }
      if (top) found.push([p, row, column]);
    }
  }
  return found.sort(([a], [b]) => b - a);
}

/** The typical box around a pixel's middle, as far as the photograph reaches. */
function boxAround(row, column, [width, height]) {
  const [x, y] = [(column + 0.5) * PIXEL, (row + 0.5) * PIXEL];
  return [
    Math.max(0, x - width / 2), Math.max(0, y - height / 2),
    Math.min(COLUMNS * PIXEL, x + width / 2), Math.min(ROWS * PIXEL, y + height / 2),
  ];
}

/** Intersection over union. */
function iou(a, b) {
  const across = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const down = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (across <= 0 || down <= 0) return 0;
  const area = (box) => (box[2] - box[0]) * (box[3] - box[1]);
  return (across * down) / (area(a) + area(b) - across * down);
}

/** The boxes found, the surest first, each with the number of the labelled box that it hits, or null. */
function matched(peaks, labelled, { size, overlap }) {
  const free = new Set(labelled.keys());
  return peaks.map(([p, row, column]) => {
    const box = boxAround(row, column, size);
    let [best, most] = [null, overlap];
    for (const each of free) {
      const shared = iou(box, labelled[each]);
      if (shared >= most && (best === null || shared > most)) [best, most] = [each, shared];
    }
    if (best !== null) free.delete(best);
    return { p, box, label: best };
  });
}

/** A picture with stains and wipes on it, one after the other; each a tool, a row and a column. */
function changedBy(picture, changes, tools) {
  const made = picture.slice();
  for (const [tool, row, column] of changes) {
    const { radius, dark } = tools[tool];
    for (let y = 0; y < ROWS; y += 1) {
      for (let x = 0; x < COLUMNS; x += 1) {
        if ((y - row) ** 2 + (x - column) ** 2 <= radius ** 2) made[y * COLUMNS + x] = dark;
      }
    }
  }
  return made;
}

/** What is found from a threshold on, and how it agrees with the labels, in words. */
function said(cells, labelled, least, kind, changes) {
  const sure = cells.filter(({ p }) => p >= least);
  const left = cells.slice(sure.length);
  const hits = sure.filter(({ label }) => label !== null).length;
  const share = (part, whole) => (whole ? decimals(Math.floor((200 * part + whole) / (2 * whole)) / 100, 2) : "of nothing");
  let text = `From ${decimals(least, 3)} on, ${sure.length} ${kind} ${sure.length === 1 ? "cell" : "cells"} found; ${labelled} labelled. `;
  text += `Hits: ${hits}; precision ${share(hits, sure.length)}, recall ${share(hits, labelled)}.`;
  if (sure.length) {
    text += ` The least sure has ${decimals(sure.at(-1).p, 3)}`;
    text += left.length ? `, the surest left out ${decimals(left[0].p, 3)}.` : ", and none is left out.";
  } else if (left.length) text += ` The surest left out has ${decimals(left[0].p, 3)}.`;
  if (changes) text += ` The glass was changed ${changes === 1 ? "once" : `${changes} times`}; the labels are those from before.`;
  return text;
}
