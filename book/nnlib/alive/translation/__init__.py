"""Translation: type an English sentence, and see its German come piece by piece, and where the network looked."""

import base64
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ...embedded import as_bytes, as_texts
from ...losses import SoftmaxCrossEntropy
from ...network import Network
from ...prose import decimals
from ...studies.translation import ANSWER, END, LONGEST, SIGNS, Pieces, build, continued
from .. import live

PARTS = ("pieces.js", "words.js", "network.js", "translation.js")
WEIGHTS = Path(__file__).with_name("weights.npz")
BLOCK = 0  # whose attention is shown first, of 0 and 1
SENTENCES = {
    "Tom": "Tom is here.",
    "a question": "Where is my book?",
    "a name": "Zoe is here.",
    "a rare word": "The volcano is sleeping.",
}


def save(network: Network, pieces: Pieces, path: Path) -> None:
    """Write a network, its weights in float16, and the merges of its pieces."""
    merges = as_bytes("\t".join(pair) for pair in pieces.merges)
    arrays = {name: array.astype("<f2") for name, array in network.state().items()}
    np.savez_compressed(path, merges=merges, **arrays)


def load() -> tuple[Network, Pieces]:
    """The network of the study and its pieces, trained by measure/studies/translation.py: float16, in float64."""
    with np.load(WEIGHTS, allow_pickle=False) as file:
        pieces = Pieces([tuple(line.split("\t")) for line in as_texts(file["merges"])])
        network = build(len(pieces.table), file["0.E"].shape[1], np.random.default_rng(0))
        for name, array in network.state().items():
            array[...] = file[name]
    return network, pieces


def weights() -> dict:
    """What the page's script computes with: the merges, and all weights in float16."""
    network, pieces = load()
    return {
        "signs": [*SIGNS],
        "merges": [list(pair) for pair in pieces.merges],
        "marks": [ANSWER, END],
        "half": LONGEST,
        "n": network.layers[0].E.shape[1],
        "heads": network.layers[1].layers[1].heads,
        "weights": {
            name: base64.b64encode(array.astype("<f2").tobytes()).decode() for name, array in network.state().items()
        },
    }


def tidy(text: str) -> str:
    """A text with single blanks and straight apostrophes."""
    return " ".join(unicodedata.normalize("NFC", text).replace("’", "'").split())


def problem(text: str, unknown: Sequence[str], pieces: int) -> str:
    """Why a text cannot be translated, or nothing."""
    if not text:
        return "Type an English sentence."
    if unknown:
        signs = ", ".join(f"“{sign}”" for sign in unknown)
        return f"There is no piece for {signs}: letters, Ä, Ö, Ü, ß, figures and plain signs alone are known."
    return f"Too long: {pieces} pieces, and the network has places for {LONGEST}." if pieces > LONGEST else ""


def read(network: Network, pieces: Pieces, text: str) -> dict:
    """What becomes of a text: why it cannot be read, or its pieces, and those of the German with all that led to each.

    Returns
    -------
    dict with the `text` and either `wrong`, or `english`, a list of pieces, and `rows`: of each German piece the
    `piece`, how probable it was, `p`, and `asked`: of each block, how much each English piece was attended to when it
    was chosen, in the mean of the heads.
    """
    text = tidy(text)
    unknown = pieces.unknown(text)
    numbers = [] if unknown else pieces.encode(text)
    if wrong := problem(text, unknown, len(numbers)):
        return {"text": text, "wrong": wrong}
    start = [*numbers, pieces.answer]
    german = continued(network, pieces, np.array([start]))[0]
    german += [pieces.end] if len(german) < LONGEST - 1 else []
    p = SoftmaxCrossEntropy.probabilities(network.forward(np.array([start + german[:-1]])))[0]
    asked = [layer.layers[1].P[0].mean(axis=0) for layer in network.layers[1:5:2]]
    return {
        "text": text,
        "english": [pieces.table[number] for number in numbers],
        "rows": [
            {
                "piece": pieces.table[number],
                "p": float(p[t, number]),
                "asked": [block[t, : len(numbers)].tolist() for block in asked],
            }
            for t, number in enumerate(german, start=len(numbers))
        ],
    }


def percent(p: float) -> str:
    """A probability in per cent; never 0 or 100, which it is not."""
    return decimals(min(max(100 * p, 0.1), 99.9), 1)


def share(weight: float) -> str:
    """A share of the attention in whole per cent."""
    return decimals(100 * weight, 0)


def shown(piece: str) -> str:
    """A piece as it is shown: a blank is seen as an open box, and the mark of the end is said."""
    return "end" if piece == END else piece.replace(" ", "␣")


def quoted(piece: str) -> str:
    """The same in a sentence."""
    return "end" if piece == END else f"“{shown(piece)}”"


def said(read: dict, block: int = BLOCK) -> str:
    """What was made of a text, in words; `block` says whose attention is told."""
    if wrong := read.get("wrong"):
        return wrong
    rows, english = read["rows"], read["english"]
    german = "".join(row["piece"] for row in rows if row["piece"] != END).strip()
    each = "; ".join(
        f"{quoted(row['piece'])} {percent(row['p'])} %, to {quoted(english[most])} {share(row['asked'][block][most])} %"
        for row in rows
        for most in [int(np.argmax(row["asked"][block]))]
    )
    cut = "" if rows[-1]["piece"] == END else " It found no end."
    told = f"Each piece, how likely the network held it, and the English piece to which block {block + 1} attended most"
    return f"“{read['text']}” becomes “{german}”. {told}: {each}.{cut}"


def of(text: str, block: int = BLOCK) -> str:
    """The same of a text, by the stored network."""
    return said(read(*load(), text), block)


def rounded(read: dict) -> dict:
    """The same with fewer decimals, for the page that holds no weights."""
    rows = [
        row | {"p": round(row["p"], 7), "asked": [[round(weight, 4) for weight in block] for block in row["asked"]]}
        for row in read["rows"]
    ]
    return read | {"rows": rows}


def show() -> None:
    """Show the translator, with a sentence to be changed; the first is translated already, with no weights there."""
    network, pieces = load()
    first = next(iter(SENTENCES.values()))
    data = {
        "sentences": [{"name": name, "text": text} for name, text in SENTENCES.items()],
        "block": BLOCK,
        "first": rounded(read(network, pieces, first)),
    }
    text = [said(read(network, pieces, sentence)) for sentence in SENTENCES.values()]
    live.show(
        "translation", data, "Type an English sentence, and see its German piece by piece", text, weights=weights()
    )
