// The pen: strokes on a canvas by mouse, finger or pen, and by keys, which move a square on the 28 x 28 grid.

const STEP = DOTS / FIELD;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * Let the reader draw on `field`. `begin()` is called before a stroke, `line(from, to)` for each piece of it, in dots;
 * `undo()` for Backspace, and `tell(text)` with what the keys have done. `cursor` is the square that they move.
 */
function pen(field, cursor, { begin, line, undo, tell }) {
  let last = null; // where the pointer was, while it is down
  const cell = { column: FIELD / 2, row: 6, down: false };
  const middle = () => [(cell.column + 0.5) * STEP, (cell.row + 0.5) * STEP];

  function under(event) {
    const box = field.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top].map((distance) => (distance * DOTS) / box.width);
  }

  function lower(down) {
    cell.down = down;
    cursor.classList.toggle("nnlib-digit-down", down);
    if (down) {
      begin();
      line(middle(), middle());
    }
  }

  function step([right, below]) {
    const from = middle();
    cell.column = Math.min(FIELD - 1, Math.max(0, cell.column + right));
    cell.row = Math.min(FIELD - 1, Math.max(0, cell.row + below));
    cursor.style.setProperty("--column", cell.column);
    cursor.style.setProperty("--row", cell.row);
    if (cell.down) line(from, middle());
  }

  field.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || last) return;
    event.preventDefault();
    field.focus({ preventScroll: true });
    field.setPointerCapture(event.pointerId);
    lower(false);
    begin();
    last = under(event);
    line(last, last);
  });
  field.addEventListener("pointermove", (event) => {
    if (!last) return;
    for (const moment of [...(event.getCoalescedEvents?.() ?? []), event]) {
      const now = under(moment);
      line(last, now);
      last = now;
    }
  });
  field.addEventListener("lostpointercapture", () => {
    last = null;
  });
  field.addEventListener("keydown", (event) => {
    const held = event.ctrlKey || event.metaKey;
    if (event.altKey || (held && event.key !== "z")) return;
    if (ARROWS[event.key]) step(ARROWS[event.key]);
    else if (event.key === " " || event.key === "Enter") lower(!cell.down);
    else if (event.key === "Backspace" || event.key === "z") undo(lower(false));
    else return;
    event.preventDefault();
    tell(`Row ${cell.row}, column ${cell.column}, pen ${cell.down ? "down" : "up"}.`);
  });
  field.addEventListener("blur", () => lower(false));
  step([0, 0]);
}
