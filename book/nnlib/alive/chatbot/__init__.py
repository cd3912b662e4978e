"""Chatbot: ask a question, and see which intents are likeliest and whether it is answered."""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ...embedded import as_bytes, as_texts
from ...layers import Dense, ReLU
from ...losses import SoftmaxCrossEntropy
from ...network import Network
from ...prose import decimals
from ...studies.chatbot import to_length_one
from ...text import counts, tokens
from .. import live
from .replies import REPLIES

PARTS = ("../spam/tokens.js", "network.js", "chatbot.js")
WEIGHTS = Path(__file__).with_name("weights.npz")
BEST = 3  # intents that are shown
BAGS = ("as counted", "of length 1")  # the bags of the two networks
REFUSAL = "I do not know."
QUESTIONS = {
    "my account": "what is the balance of my account",
    "a joke": "tell me a joke about dogs",
    "a match": "who won the match last night",
    "a library": "i lost my library card",
}


class Bot(NamedTuple):
    """A network, the words that it knows, from which probability on it answers, and whether its bags have length 1."""

    network: Network
    words: list[str]
    threshold: float
    one: bool

    def probabilities(self, text: str) -> np.ndarray:
        """The probability of each intent, (150,)."""
        bag = counts([text], self.words)
        return SoftmaxCrossEntropy.probabilities(self.network.predict(to_length_one(bag) if self.one else bag))[0]

    def best(self, text: str) -> list[dict]:
        """The likeliest intents, the likeliest first: which, and how probable."""
        p = self.probabilities(text)
        return [{"intent": int(i), "p": float(p[i])} for i in np.argsort(-p, kind="stable")[:BEST]]


def save(bots: Sequence[Bot], path: Path) -> None:
    """Write networks over the same words, their weights in float16."""
    arrays = {"words": as_bytes(bots[0].words)}
    for number, bot in enumerate(bots):
        layers = bot.network.layers[0], bot.network.layers[2]
        arrays |= {
            f"{name}{i}{number}": getattr(layer, name).astype("<f2") for i, layer in enumerate(layers) for name in "Wb"
        }
        arrays |= {f"threshold{number}": np.float64(bot.threshold), f"one{number}": np.bool_(bot.one)}
    np.savez_compressed(path, **arrays)


def load() -> list[Bot]:
    """The two networks of the study, trained by measure/studies/chatbot.py with its first seed: float16, in float64."""
    bots = []
    with np.load(WEIGHTS, allow_pickle=False) as file:
        words = as_texts(file["words"])
        for number in range(len(BAGS)):
            hidden, n_in = file[f"W0{number}"].shape
            rng = np.random.default_rng(0)
            layers = Dense(n_in, hidden, rng), Dense(hidden, len(REPLIES), rng)
            for i, layer in enumerate(layers):
                layer.W[...], layer.b[...] = file[f"W{i}{number}"], file[f"b{i}{number}"]
            network = Network(layers[0], ReLU(), layers[1])
            bots.append(Bot(network, words, float(file[f"threshold{number}"]), bool(file[f"one{number}"])))
    return bots


def weights() -> dict:
    """What the page's script computes with: the words, the replies, and of each network its layers in float16."""
    found = load()
    return {
        "words": found[0].words,
        "replies": REPLIES,
        "bots": [
            {
                "threshold": bot.threshold,
                "one": bot.one,
                "layers": [
                    {name: base64.b64encode(getattr(layer, name).astype("<f2").tobytes()).decode() for name in "Wb"}
                    for layer in (bot.network.layers[0], bot.network.layers[2])
                ],
            }
            for bot in found
        ],
    }


def named(intent: int) -> str:
    """An intent's name in words."""
    return [*REPLIES][intent].replace("_", " ")


def said(best: Sequence[dict], threshold: float, words: int, unknown: int) -> str:
    """What the chatbot makes of a question, in words; each of the likeliest has a name and a probability."""
    likely = ", ".join(f"{each['name']} {percent(each['p'])} %" for each in best)
    text = f"{'Likeliest' if words else 'No word yet. By its biases alone'}: {likely}. "
    sure = best[0]["p"] >= threshold
    text += f"It answers from {percent(threshold)} % on. So it says: “{best[0]['reply'] if sure else REFUSAL}”"
    return text + (f" It does not know {unknown} of {words} words." if unknown else "")


def percent(p: float) -> str:
    """A probability in per cent; never 0 or 100, which it is not."""
    return decimals(min(max(100 * p, 0.1), 99.9), 1)


def dressed(best: Sequence[dict]) -> list[dict]:
    """The likeliest intents with their names and replies."""
    replies = list(REPLIES.values())
    return [{"name": named(each["intent"]), "reply": replies[each["intent"]], "p": each["p"]} for each in best]


def of(text: str, which: int = 0) -> str:
    """The same of a question, by one of the two stored networks."""
    bot = load()[which]
    words = tokens(text)
    unknown = sum(word not in bot.words[1:] for word in words)
    return said(dressed(bot.best(text)), bot.threshold, len(words), unknown)


def show() -> None:
    """Show the chatbot, with a question to be changed; the first is read already, with no weights on the page."""
    bots, first = load(), next(iter(QUESTIONS.values()))
    words = tokens(first)
    data = {
        "questions": [{"name": name, "text": text} for name, text in QUESTIONS.items()],
        "bags": list(BAGS),
        "first": [
            {
                "best": dressed(bot.best(first)),
                "threshold": bot.threshold,
                "words": len(words),
                "unknown": sum(word not in bot.words[1:] for word in words),
            }
            for bot in bots
        ],
    }
    text = [f"“{question}” {of(question)}" for question in QUESTIONS.values()]
    thrice = " ".join(3 * [QUESTIONS["a match"]])
    text += [f"“{thrice}” {of(thrice)} With bags of length 1: {of(thrice, 1)}"]
    live.show("chatbot", data, "Ask a question, and see whether the chatbot answers", text, weights=weights())
