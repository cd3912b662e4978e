"""Spam: type a message, and see word by word what the filter makes of it."""

import base64
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ...embedded import as_bytes, as_texts
from ...layers import Dense, sigmoid
from ...network import Network
from ...prose import percent, signed
from ...text import counts, tokens
from .. import live

PARTS = ("tokens.js", "words.js", "said.js", "spam.js")
WEIGHTS = Path(__file__).with_name("weights.npz")
MOST = 3  # words that are named on either side
MESSAGES = {
    "a prize": "URGENT! You have won a free prize. Call 09061701461 now to claim your 1000 pounds cash",
    "a friend": "Sorry, I'll be home late. Can you call me when you get this?",
    "a trick": "Hi mum, my phone broke, this is my new number. Can you send me 300 pounds today? Love you",
    "an appointment": "Your appointment at the clinic is on Monday at 9. Text YES to confirm or call 01632 960001",
}


class Filter(NamedTuple):
    """A trained neuron, the words that it knows, and from which probability on a message is thrown away."""

    network: Network
    words: list[str]
    threshold: float

    def save(self, path: Path) -> None:
        """Write it; the weights in float32."""
        arrays = {name: getattr(self.network.layers[0], name).astype("<f4") for name in ("W", "b")}
        np.savez_compressed(path, words=as_bytes(self.words), threshold=np.float64(self.threshold), **arrays)

    def logit(self, text: str) -> float:
        """How much speaks for spam, on balance: the weighted input of the neuron."""
        return float(self.network.predict(counts([text], self.words))[0, 0])

    def shares(self, text: str) -> list[float]:
        """What each word of a text adds to the logit: its weight; the bias and all shares sum to the logit."""
        weights = self.network.layers[0].W[0]
        place = {word: i for i, word in enumerate(self.words)}
        return [float(weights[place.get(word, 0)]) for word in tokens(text)]


def load() -> Filter:
    """The filter of the study, trained by measure/studies/spam.py with its first seed, in float64."""
    with np.load(WEIGHTS, allow_pickle=False) as file:
        words = as_texts(file["words"])
        network = Network(Dense(len(words), 1, np.random.default_rng(0)))
        network.layers[0].W[...], network.layers[0].b[...] = file["W"], file["b"]
        return Filter(network, words, float(file["threshold"]))


def weights() -> dict:
    """What the page's script computes with: the words, their weights in float32, the bias and the threshold."""
    found = load()
    layer = found.network.layers[0]
    return {
        "words": found.words,
        "weights": base64.b64encode(layer.W.astype("<f4").tobytes()).decode(),
        "bias": float(layer.b[0]),
        "threshold": found.threshold,
    }


def said(words: list[str], shares: list[float], known: list[bool], bias: float, threshold: float) -> str:
    """What the filter makes of a message, in words."""
    if not words:
        return "No word yet: the filter sees nothing but its bias."
    logit = bias + sum(shares)
    p = float(sigmoid(np.array(logit)))
    fate = "thrown away" if p >= threshold else "kept"
    text = (
        f"{percent(p)} % spam, by what the filter believes; from {percent(threshold)} % on a message is thrown away. "
    )
    text += f"This one is {fate}. Its logit is {signed(logit)}: {signed(bias)} of bias, {signed(sum(shares))} of words."
    total = {}
    for word, share in zip(words, shares, strict=True):
        total[word] = total.get(word, 0.0) + share
    for side, sign in (("for spam", 1), ("against it", -1)):
        best = sorted((w for w in total if sign * total[w] > 0.005), key=lambda w: -sign * total[w])[:MOST]
        if best:
            text += f" Most {side}: {', '.join(f'{word} ({signed(total[word])})' for word in best)}."
    unknown = known.count(False)
    return text + (f" It does not know {unknown} of {len(words)} words." if unknown else "")


def of(text: str) -> str:
    """The same of a text, by the stored filter."""
    found = load()
    words = tokens(text)
    known = [word in found.words[1:] for word in words]
    return said(words, found.shares(text), known, float(found.network.layers[0].b[0]), found.threshold)


def show() -> None:
    """Show the filter, with a message to be changed; the first is read already, with no weights on the page."""
    found, first = load(), next(iter(MESSAGES.values()))
    words = [
        {"word": word, "known": word in found.words[1:], "share": share}
        for word, share in zip(tokens(first), found.shares(first), strict=True)
    ]
    data = {
        "messages": [{"name": name, "text": text} for name, text in MESSAGES.items()],
        "first": {"words": words, "bias": float(found.network.layers[0].b[0]), "threshold": found.threshold},
    }
    text = [f"{name.capitalize()}: “{message}” {of(message)}" for name, message in MESSAGES.items()]
    live.show("spam", data, "Type a message, and see what the spam filter makes of each word", text, weights=weights())
