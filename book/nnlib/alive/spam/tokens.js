// The words of a text as nnlib.text finds them.

const WORD = /[\p{L}\p{N}]+(?:'[\p{L}\p{N}]+)*/gu;

/** The words of a text in small letters, in order. */
function tokens(text) {
  return text.normalize("NFC").replaceAll("’", "'").toLowerCase().match(WORD) ?? [];
}
