// Canvases in the book's colours.

/** A canvas of so many dots, for what `paint` puts on it. */
function canvasOf(side, attributes = {}) {
  return element("canvas", { width: side, height: side, ...attributes });
}

/** Fill a canvas with a colour, more or less transparent: a level from 0 to 1 for each of its dots, times a strength. */
function paint(canvas, levels, colour, strength = 1) {
  const pen = canvas.getContext("2d");
  const dots = pen.createImageData(canvas.width, canvas.height);
  for (let at = 0; at < levels.length; at++) dots.data[4 * at + 3] = 255 * strength * levels[at];
  pen.globalCompositeOperation = "source-over";
  pen.putImageData(dots, 0, 0);
  pen.globalCompositeOperation = "source-in";
  pen.fillStyle = colour;
  pen.fillRect(0, 0, canvas.width, canvas.height);
}

/** Call `redraw` when the reader changes between light and dark, which reaches no canvas by itself; returns how to stop. */
function onThemeChange(redraw) {
  const watch = new MutationObserver(redraw);
  const attributeFilter = ["data-theme", "data-jp-theme-light"];
  for (const root of [document.documentElement, document.body]) watch.observe(root, { attributeFilter });
  return () => watch.disconnect();
}

const KEPT = 20; // drawings that undo can bring back
const HELP = "Draw with mouse, finger or pen; or by keys: arrows move the square, Space puts the pen down and lifts it, Backspace takes back.";

/** How `now.ink` changes, whole or by strokes of the pen, and is taken back; `soon()` shows it. */
function undoable(now, soon) {
  const before = [];

  function keep() {
    before.push({ ink: now.ink.slice(), ready: now.ready });
    if (before.length > KEPT) before.shift();
  }

  function change(ink, ready = false) {
    keep();
    Object.assign(now, { ink, ready });
    soon();
  }

  function takeBack() {
    Object.assign(now, before.pop());
    soon();
  }

  const strokes = {
    begin() {
      if (now.ready) change(paper()); // a stroke on a ready digit begins another drawing
      else keep();
    },
    line(from, to) {
      draw(now.ink, from, to);
      soon();
    },
    undo: takeBack,
  };
  return { change, takeBack, strokes, canTakeBack: () => before.length > 0 };
}
