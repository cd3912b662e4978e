"""Sentiment: type a sentence, and see what a bag of words and a recurrent network make of it, word by word."""

import base64
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ...embedded import as_bytes, as_texts
from ...layers import Dense, sigmoid
from ...network import Network
from ...prose import percent, signed
from ...sequences import LSTM, Embedding
from ...studies.sentiment import LONGEST, Mean, logits, numbers
from ...text import counts, tokens
from .. import live

PARTS = ("../spam/tokens.js", "../spam/words.js", "readers.js", "sentiment.js")
WEIGHTS = Path(__file__).with_name("weights.npz")
MOST = 3  # words that are named for each network
SENTENCES = {
    "not dull": "The film is moving, not dull.",
    "not moving": "The film is dull, not moving.",
    "a film": "A moving film without a dull minute.",
    "a telephone": "The battery died after two weeks.",
}


class Readers(NamedTuple):
    """Two trained networks and the words that both know.

    Attributes
    ----------
    words : the vocabulary.
    bag : one neuron over the counts of its words.
    recurrent : Embedding, LSTM, Mean and Dense; dropout between them counts no more.
    """

    words: list[str]
    bag: Network
    recurrent: Network

    def save(self, path: Path) -> None:
        """Write them, rounded: the embedding to float16, all else to float32."""
        (neuron,) = self.bag.layers
        embedding, lstm, out = self.recurrent_layers()
        arrays = {
            "E": embedding.E.astype("<f2"),
            "bag": neuron.W[0].astype("<f4"),
            "bag_bias": neuron.b.astype("<f4"),
            **{name: getattr(lstm, name).astype("<f4") for name in ("W", "U", "b")},
            "out": out.W[0].astype("<f4"),
            "out_bias": out.b.astype("<f4"),
        }
        np.savez_compressed(path, words=as_bytes(self.words), **arrays)

    def recurrent_layers(self) -> tuple[Embedding, LSTM, Dense]:
        """The layers of the recurrent network that have parameters."""
        return tuple(layer for layer in self.recurrent.layers if layer.parameters())

    def logits(self, text: str) -> tuple[float, float]:
        """How much speaks for praise, on balance, by the bag of words and by the recurrent network."""
        bag = self.bag.predict(counts([text], self.words))[0, 0]
        return float(bag), float(logits(self.recurrent, numbers([text], self.words))[0])

    def shares(self, text: str) -> list[float]:
        """What each word of a text adds to the logit of the bag of words."""
        weights = self.bag.layers[0].W[0]
        place = {word: i for i, word in enumerate(self.words)}
        return [float(weights[place.get(word, 0)]) for word in tokens(text)]

    def changes(self, text: str) -> list[float]:
        """By how much the recurrent network's logit is higher with each word of a text than without it."""
        words = tokens(text)
        others = [" ".join(words[:i] + words[i + 1 :]) for i in range(len(words))]
        whole, *without = logits(self.recurrent, numbers([text, *others], self.words))
        return [float(whole - each) for each in without]


def load() -> Readers:
    """The networks of the study, trained by measure/studies/sentiment.py with its first seed, in float64."""
    with np.load(WEIGHTS, allow_pickle=False) as file:
        words = as_texts(file["words"])
        n, rng = file["E"].shape[1], np.random.default_rng(0)
        bag = Network(Dense(len(words), 1, rng))
        recurrent = Network(Embedding(len(words), n, rng), LSTM(n, n, rng), Mean(n), Dense(n, 1, rng))
        found = Readers(words, bag, recurrent)
        embedding, lstm, out = found.recurrent_layers()
        embedding.E[...], out.W[...], out.b[...] = file["E"], file["out"], file["out_bias"]
        bag.layers[0].W[...], bag.layers[0].b[...] = file["bag"], file["bag_bias"]
        for name in ("W", "U", "b"):
            getattr(lstm, name)[...] = file[name]
        return found


def weights() -> dict:
    """What the page's script computes with: the words as lines, and both networks' numbers."""
    found = load()
    (neuron,), (embedding, lstm, out) = found.bag.layers, found.recurrent_layers()
    return {
        "words": "\n".join(found.words),
        "weights": _base64(neuron.W, "<f4"),
        "bias": float(neuron.b[0]),
        "longest": LONGEST,
        "E": _base64(embedding.E, "<f2"),
        **{name: _base64(getattr(lstm, name), "<f4") for name in ("W", "U", "b")},
        "out": _base64(out.W, "<f4"),
        "outBias": float(out.b[0]),
    }


def _base64(array: np.ndarray, dtype: str) -> str:
    return base64.b64encode(array.astype(dtype).tobytes()).decode()


def said(words: list[str], known: list[bool], shares: list[float], changes: list[float], z: tuple[float, float]) -> str:
    """What the two networks make of a sentence, in words."""
    if not words:
        return "No word yet."
    p = [percent(float(sigmoid(np.array(each)))) for each in z]
    text = f"Praise? {p[0]} % by the bag of words, {p[1]} % by the recurrent network."
    for name, parts in (("What counts most in the bag", shares), ("in the recurrent network", changes)):
        order = sorted(range(len(words)), key=lambda i, parts=parts: -abs(parts[i]))[:MOST]
        listed = ", ".join(f"{words[i]} ({signed(parts[i])})" for i in order)
        text += f" {name}: {listed}" + (";" if parts is shares else ".")
    unknown = known.count(False)
    return text + (f" They do not know {unknown} of {len(words)} words." if unknown else "")


def of(text: str) -> str:
    """The same of a text, by the stored networks."""
    found = load()
    words = tokens(text)
    known = [word in found.words[1:] for word in words]
    return said(words, known, found.shares(text), found.changes(text), found.logits(text))


def first(text: str) -> dict:
    """What the page shows before its weights are there: each word of a text with its two numbers, and both logits."""
    found = load()
    rows = zip(tokens(text), found.shares(text), found.changes(text), strict=True)
    words = [{"word": w, "known": w in found.words[1:], "share": share, "change": change} for w, share, change in rows]
    return {"words": words, "logits": list(found.logits(text))}


def show() -> None:
    """Show both networks, with a sentence to be changed; the first is read already, with no weights on the page."""
    data = {
        "sentences": [{"name": name, "text": text} for name, text in SENTENCES.items()],
        "first": first(next(iter(SENTENCES.values()))),
    }
    text = [f"“{sentence}” {of(sentence)}" for sentence in SENTENCES.values()]
    live.show(
        "sentiment", data, "Type a sentence, and see what two networks make of its words", text, weights=weights()
    )
