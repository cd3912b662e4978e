// Numbers: how they are written for a reader, as nnlib.prose writes them, and how they come in base64.

/** A number with so many decimals, or fewer where it has no more, and a real minus sign. */
function decimals(number, places = 6) {
  let text = number.toFixed(places);
  if (text.includes(".") && Math.abs(number - Number(text)) < 1e-12) text = text.replace(/\.?0+$/, "");
  return (text === "-0" ? "0" : text).replace("-", "−");
}

/** A number in so many significant digits; what is tiny or huge has a power of ten. */
function significant(number, digits = 4) {
  const size = Math.abs(number);
  if (size >= 1e-4 && size < 1e6) return String(Number(number.toPrecision(digits))).replace("-", "−");
  if (number === 0 || !Number.isFinite(number)) return String(number);
  const [figures, power] = number.toExponential(digits - 1).split("e");
  const raised = power.replace("+", "").replace("-", "⁻").replace(/\d/g, (figure) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[figure]);
  return `${figures.replace("-", "−")} × 10${raised}`;
}

/** The bytes of base64 text. */
function bytes(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

/** Its little-endian float32 numbers. */
function floats(base64) {
  return new Float32Array(bytes(base64).buffer);
}

/** Its little-endian float16 numbers, exactly. */
function halves(base64) {
  const codes = new Uint16Array(bytes(base64).buffer);
  return Float32Array.from(codes, (code) => {
    const [power, part] = [(code >> 10) & 31, code & 1023];
    return (code >> 15 ? -1 : 1) * (power ? 2 ** (power - 15) * (1 + part / 1024) : 2 ** -14 * (part / 1024));
  });
}
