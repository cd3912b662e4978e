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
