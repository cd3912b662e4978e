"""Text: words as numbers, by a vocabulary that the training texts alone decide."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from .checks import check_count

UNKNOWN = "<unknown>"  # stands in a vocabulary for every word that is not in it; no token is written so
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")  # letters and digits, with an apostrophe between them: don't


def tokens(text: str) -> list[str]:
    """The words of a text in small letters, in order.

    A word is an unbroken run of letters and digits of any language; an apostrophe inside it belongs to it ("don't"),
    and every other sign parts words and is left out.

    Raises
    ------
    TypeError
        If `text` is not a str.
    """
    if not isinstance(text, str):
        raise TypeError(f"text: got {_short(text)}, expected a str")
    return WORD.findall(unicodedata.normalize("NFC", text).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").lower())


def vocabulary(texts: Iterable[str], size: int) -> list[str]:
    """The words that a network shall know: `UNKNOWN`, then the most frequent words of the training texts.

    Parameters
    ----------
    texts : the training texts and no others: a word that only a test text has must stay unknown.
    size : how many words at most, `UNKNOWN` not counted.

    Returns
    -------
    list of str
        A word's place in it is its number: 0 for `UNKNOWN`, 1 for the most frequent word. Words that are equally
        frequent stand in the order of their letters.

    Raises
    ------
    TypeError, ValueError
        If `texts` is not several str, if there is no word in them, or if `size` is not a whole number of at least 1.
    """
    check_count("size", size)
    counted = Counter(word for text in _texts(texts) for word in tokens(text))
    if not counted:
        raise ValueError("texts: got no word in them, expected at least one")
    return [UNKNOWN, *sorted(counted, key=lambda word: (-counted[word], word))[:size]]


def counts(texts: Iterable[str], vocabulary: Sequence[str]) -> np.ndarray:
    """How often each word of a vocabulary stands in each text: a bag of words, the order is lost.

    Returns
    -------
    float64 array of shape (n, len(vocabulary)), one row for each text; its column 0 counts the unknown words.

    Raises
    ------
    TypeError, ValueError
        If `texts` is not several str, or `vocabulary` not one that `nnlib.text.vocabulary` gives.
    """
    rows = _numbered(texts, vocabulary)
    bags = np.zeros((len(rows), len(vocabulary)))
    for bag, numbers in zip(bags, rows, strict=True):
        np.add.at(bag, numbers, 1)  # bag[numbers] += 1 would count a word that comes twice once
    return bags


def sequences(texts: Iterable[str], vocabulary: Sequence[str], length: int) -> np.ndarray:
    """The words of each text as their numbers, in order, all rows equally long.

    Parameters
    ----------
    length : how many words of a text are kept, from its beginning. A shorter text is filled up at its end with the
        number `len(vocabulary)`, which no word has: an embedding needs one row more than the vocabulary has words.

    Returns
    -------
    integer array of shape (n, length).

    Raises
    ------
    TypeError, ValueError
        As in `counts`, or if `length` is not a whole number of at least 1.
    """
    check_count("length", length)
    rows = _numbered(texts, vocabulary)
    padded = np.full((len(rows), length), len(vocabulary), dtype=np.intp)
    for row, numbers in zip(padded, rows, strict=True):
        row[: len(numbers)] = numbers[:length]
    return padded


def _numbered(texts: Iterable[str], vocabulary: Sequence[str]) -> list[list[int]]:
    """The number of each word of each text."""
    number = {} if isinstance(vocabulary, str) else {word: i for i, word in enumerate(vocabulary)}
    if number.get(UNKNOWN) != 0 or len(number) != len(vocabulary):
        raise ValueError(f"vocabulary: got {_short(vocabulary)}, expected different words that begin with {UNKNOWN!r}")
    return [[number.get(word, 0) for word in tokens(text)] for text in _texts(texts)]


def _texts(texts: Iterable[str]) -> list[str]:
    """The texts as a list, a pandas Series by position; TypeError where they are not several str."""
    if isinstance(texts, (str, bytes)) or not isinstance(texts, Iterable):
        raise TypeError(f"texts: got {_short(texts)}, expected a list of str; one text alone is a list of one: [text]")
    texts = list(texts)
    for i, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(f"texts: got {_short(text)} at place {i}, expected a str")
    return texts


def _short(value: object) -> str:
    """A value as an error message shows it, in one line."""
    text = " ".join(repr(value).split())
    return f"{text if len(text) <= 40 else text[:39] + '…'} of type {type(value).__name__}"
