// What the filter says of a message.

/** What the filter makes of a message, in words. */
function said(read, bias, threshold) {
  if (!read.length) return "No word yet: the filter sees nothing but its bias.";
  const z = logit(read, bias);
  const p = 1 / (1 + Math.exp(-z));
  const fate = p >= threshold ? "thrown away" : "kept";
  let text = `${percent(p)} % spam, by what the filter believes; from ${percent(threshold)} % on a message is thrown away. This one is ${fate}.`;
  text += ` Its logit is ${signed(z)}: ${signed(bias)} of bias, ${signed(logit(read, 0))} of words.`;
  const total = new Map();
  for (const { word, share } of read) total.set(word, (total.get(word) ?? 0) + share);
  for (const [side, sign] of [["for spam", 1], ["against it", -1]]) {
    const best = [...total].filter(([, share]) => sign * share > 0.005).sort(([, a], [, b]) => sign * (b - a)).slice(0, MOST);
    if (best.length) text += ` Most ${side}: ${best.map(([word, share]) => `${word} (${signed(share)})`).join(", ")}.`;
  }
  const unknown = read.filter(({ known }) => !known).length;
  return text + (unknown ? ` It does not know ${unknown} of ${read.length} words.` : "");
}
