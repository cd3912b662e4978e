// Ink: a field of DOTS x DOTS dots from 0 (paper) to 1 (ink), and what MNIST would have made of it. As in digit.py.

const [DOTS, FIELD, BOX, PER_PIXEL, MARGIN] = [280, 28, 20, 28, 28];
const PEN = 12; // half the width of a stroke, in dots
const TIE = 1e-9; // more than any rounding error: page and Python break a tie alike

/** A field without ink. */
function paper() {
  return new Float64Array(DOTS * DOTS);
}

/** Ink one straight stroke with round ends between two points [x, y] in dots. */
function draw(ink, [x0, y0], [x1, y1]) {
  const within = (number) => Math.min(DOTS - 1, Math.max(0, Math.floor(number)));
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length = dx * dx + dy * dy || 1;
  for (let y = within(Math.min(y0, y1) - PEN); y <= within(Math.max(y0, y1) + PEN); y++) {
    for (let x = within(Math.min(x0, x1) - PEN); x <= within(Math.max(x0, x1) + PEN); x++) {
      const [px, py] = [x + 0.5 - x0, y + 0.5 - y0];
      const along = Math.min(1, Math.max(0, (px * dx + py * dy) / length));
      const covered = PEN + 0.5 - Math.hypot(px - along * dx, py - along * dy); // a soft edge, one dot wide
      if (covered > 0) ink[y * DOTS + x] = Math.max(ink[y * DOTS + x], Math.min(1, covered));
    }
  }
}

/** A small digit, 64 whole numbers from 0 to 16, as a drawing: blown up smoothly, then its edges sharpened. */
function drawingOf(image) {
  const ink = paper();
  const full = 16 * (2 * PER_PIXEL) ** 2;
  const line = Array.from({ length: 8 * PER_PIXEL }, (_, dot) => {
    const place = Math.min(14 * PER_PIXEL, Math.max(0, 2 * dot + 1 - PER_PIXEL)); // in 1 / (2 PER_PIXEL) of a pixel
    const pixel = Math.min(6, Math.floor(place / (2 * PER_PIXEL)));
    const next = place - 2 * PER_PIXEL * pixel;
    return { pixel, next, near: 2 * PER_PIXEL - next };
  });
  line.forEach((down, row) => line.forEach((across, column) => {
    const at = 8 * down.pixel + across.pixel;
    const above = across.near * image[at] + across.next * image[at + 1];
    const below = across.near * image[at + 8] + across.next * image[at + 9];
    const grey = down.near * above + down.next * below; // a whole number, the same everywhere
    ink[(row + MARGIN) * DOTS + column + MARGIN] = Math.min(1, Math.max(0, (20 * grey - 7 * full) / (6 * full)));
  }));
  return ink;
}

/**
 * A drawing, a square of numbers, as MNIST would hold it: its ink's box scaled to fit 20 x 20 pixels, its aspect kept,
 * each pixel the mean of what it covers; then placed in 28 x 28 so that its centre of mass lies at pixel (14, 14).
 */
function likeMnist(ink) {
  const side = Math.sqrt(ink.length);
  const field = new Float64Array(FIELD * FIELD);
  const box = boxOf(ink, side);
  if (!box) return field;
  const step = Math.max(box.height, box.width) / BOX; // how many dots become one pixel
  const [rows, columns] = [shares(box.height, step), shares(box.width, step)];
  const [height, width] = [rows, columns].map((all) => all.at(-1).at(-1).pixel + 1);
  const small = new Float64Array(height * width);
  rows.forEach((down, r) => columns.forEach((across, c) => {
    const dot = ink[(box.top + r) * side + box.left + c];
    if (dot > 0) for (const i of down) for (const j of across) small[i.pixel * width + j.pixel] += i.share * j.share * dot;
  }));
  const inRows = Array.from({ length: height }, (_, i) => sum(small.subarray(i * width, (i + 1) * width)));
  const inColumns = Array.from({ length: width }, (_, j) => sum(small.filter((_, at) => at % width === j)));
  const [top, left] = [begin(inRows), begin(inColumns)];
  small.forEach((grey, at) => {
    field[(top + Math.floor(at / width)) * FIELD + left + (at % width)] = Math.floor(255 * grey + 0.5 + TIE) / 255; // 256 grey levels
  });
  return field;
}

/** The smallest box that holds all the ink, or null where there is none. */
function boxOf(ink, side) {
  let [top, bottom, left, right] = [side, -1, side, -1];
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      if (!(ink[row * side + column] > 0)) continue;
      [top, bottom] = [Math.min(top, row), row];
      [left, right] = [Math.min(left, column), Math.max(right, column)];
    }
  }
  return bottom < 0 ? null : { top, left, height: bottom - top + 1, width: right - left + 1 };
}

/** For each dot of a line: which pixels, as wide as `step` dots, it lies in, and which share of each it covers. */
function shares(dots, step) {
  return Array.from({ length: dots }, (_, dot) => {
    const found = [];
    for (let pixel = Math.floor(dot / step); pixel * step < dot + 1 && pixel < Math.ceil(dots / step); pixel++) {
      const covered = Math.min((pixel + 1) * step, dot + 1) - Math.max(pixel * step, dot);
      found.push({ pixel, share: Math.max(0, covered) / step });
    }
    return found;
  });
}

/** Where a box with this much ink in each line begins, so that its centre of mass lies at pixel 14. */
function begin(profile) {
  const centre = sum(profile.map((ink, at) => ink * at)) / sum(profile);
  const first = Math.ceil(FIELD / 2 - 0.5 - centre - TIE);
  return Math.min(FIELD - profile.length, Math.max(0, first));
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
