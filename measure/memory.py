"""Measure how far back recurrent networks remember, each at its own best rate, and what a missing transpose costs.

    python -m measure.memory      or `make memory`: about 10 minutes

Three questions. **How far?** A sequence is made of four words, drawn at random, and after the last the network says
which came first. Its distance is how many times lie between. Each kind of layer, 16 neurons wide, takes the same number
of steps by Adam, with the gradient clipped to length 1. For every distance it gets the rate of `RATES` with which it
is right on most new sequences, over seeds of their own, and of equally good ones the one nearest the middle; where that
rate lies at the edge of what was tried, the next one is tried too. With it five seeds are trained anew.

**What does a missing transpose cost?** The network of V. Zhou's "A Recurrent Neural Network (RNN) From Scratch"
(vzhou842/rnn-from-scratch, commit 68b10bb) is built again from nnlib: 64 neurons, first weights of spread 1/1000, the
rate 0.02, one sentence at a time, every slope cut to -1 to 1, 1,000 epochs on its 58 sentences. It is trained with the
transpose and without. Beside the share of the 20 test sentences stand the relative error of the slope of U that it
follows, that of U beside its own transpose, and the share of U's sum of squares that lies along one direction.

**What is a memory worth on names?** The chapter's network hears names letter by letter and says what comes next. Over
five seeds: what it pays on names that it has not seen, beside a table of pairs of letters and one of triples.

It writes `book/measured/memory.json`, which the chapter on recurrent networks shows.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np

from measure import rates, spread, store
from measure.workers import Each, workers
from nnlib import (
    LSTM,
    SGD,
    Adam,
    ClipNorm,
    Dense,
    Network,
    Recurrent,
    SoftmaxCrossEntropy,
    accuracy,
    load_names,
    minibatches,
    one_epoch,
    relative_error,
)

SEEDS = (0, 1, 2, 3, 4)
CHOICE_SEEDS = (100, 101)  # try the rates; none of those that are scored

WORDS, WIDTH = 4, 16
DISTANCES = (5, 10, 20, 40)
STEPS, BATCH_SIZE, NEW = 400, 32, 1000
RATES = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
MIDDLE = 0.01

SENTENCES = Path(__file__).with_name("sentences.txt")
EPOCHS, LOOKS = 1000, (0, 1, 10, 100, 300, 1000)
NEURONS, SMALL, RATE = 64, 1e-3, 0.02


class Untransposed(Recurrent):
    """A recurrent layer whose way back has U where U^T belongs: as wrong as it is easy to overlook."""

    def through_time(self, grad: np.ndarray) -> np.ndarray:
        """dC/dz at all times, wrong."""
        delta = np.empty_like(grad)
        later = 0
        for t in reversed(range(grad.shape[1])):
            delta[:, t] = (grad[:, t] + later) * (1 - self.h[:, t + 1] ** 2)
            later = delta[:, t] @ self.U.T
        return delta


def open_lstm(n_in: int, n_out: int, rng: np.random.Generator) -> LSTM:
    """An LSTM whose gate f begins at about 0.95."""
    layer = LSTM(n_in, n_out, rng)
    layer.b[n_out : 2 * n_out] = 3
    return layer


LAYERS: dict[str, Callable[[int, int, np.random.Generator], Recurrent]] = {
    "tanh": Recurrent,
    "transpose missing": Untransposed,
    "LSTM": LSTM,
    "LSTM, f open": open_lstm,
}


def sequences(distance: int, n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """One-hot words (n, 1 + distance, 4), and labels, -1 but at the last time."""
    words = rng.integers(0, WORDS, (n, 1 + distance))
    labels = np.full(words.shape, -1)
    labels[:, -1] = words[:, 0]
    return np.eye(WORDS)[words], labels


def recall(kind: str, distance: int, rate: float, seed: int) -> float:
    """Train, and return the share of new sequences that is right."""
    rng = np.random.default_rng(seed)
    network = Network(LAYERS[kind](WORDS, WIDTH, rng), Dense(WIDTH, WORDS, rng))
    loss, adam, clip = SoftmaxCrossEntropy(ignored=-1), Adam(network.parameters(), rate), ClipNorm(1.0)
    one_epoch(network, loss, adam, (sequences(distance, BATCH_SIZE, rng) for _ in range(STEPS)), [clip])
    return accuracy(network, *sequences(distance, NEW, np.random.default_rng(10_000 + seed)), ignored=-1)


def best_rate(tried: dict[float, float]) -> float:
    """The rate with which most is right, in whole percent; of equally good ones the one nearest the middle."""
    middle = RATES.index(MIDDLE)
    return max(tried, key=lambda rate: (round(tried[rate], 2), -abs(RATES.index(rate) - middle)))


def to_try(tried: dict[float, float]) -> list[float]:
    """The rates that come next: three around the middle first, then the one beyond the edge at which the best lies."""
    return rates.to_try(RATES, tried, best_rate(tried) if tried else MIDDLE)


def how_far(kind: str, distance: int, each: Each) -> dict:
    """What a kind of layer recalls over a distance."""
    tried: dict[float, float] = {}
    while coming := to_try(tried):
        jobs = [(kind, distance, rate, seed) for rate in coming for seed in CHOICE_SEEDS]
        shares = np.reshape(each(recall, jobs), (len(coming), -1)).mean(axis=1)
        tried |= dict(zip(coming, shares.tolist(), strict=True))
    rate = best_rate(tried)
    right = each(recall, [(kind, distance, rate, seed) for seed in SEEDS])
    return {"rate": rate, "tried": sorted(map(list, tried.items())), "right": right}


PLANS = {"as published": Untransposed, "mended": Recurrent}


def tiny(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """The first weights of the tutorial."""
    return SMALL * rng.standard_normal(shape)


def read_sentences() -> dict[str, list[tuple[np.ndarray, int]]]:
    """Of each part, "train" and "test", every sentence as one-hot words (1, time, 18), and whether it is glad."""
    lines = [line.split() for line in SENTENCES.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    place = {word: i for i, word in enumerate(dict.fromkeys(word for _, _, *words in lines for word in words))}
    parts: dict[str, list] = {"train": [], "test": []}
    for part, sign, *words in lines:
        parts[part].append((np.eye(len(place))[None, [place[word] for word in words]], int(sign == "+")))
    return parts


def way_back(layer: Recurrent, dense: Dense, words: np.ndarray, glad: int) -> None:
    """Collect all slopes of one sentence, for the cross-entropy of what the last time says."""
    h = layer.forward(words)
    logits = dense.forward(h[:, -1])
    delta = SoftmaxCrossEntropy.probabilities(logits)
    delta[0, glad] -= 1
    dense.collect(delta)
    grad = np.zeros_like(h)
    grad[:, -1] = dense.pass_back(delta)
    layer.collect(grad)


def slope_of_U(layer: Recurrent, dense: Dense, sentences: list) -> np.ndarray:
    """The slope of U for the cost of all these sentences, as this layer has it."""
    total = np.zeros_like(layer.U)
    for words, glad in sentences:
        way_back(layer, dense, words, glad)
        total += layer.dU
    return total


def look(layer: Recurrent, dense: Dense, parts: dict[str, list]) -> dict[str, float]:
    """What is to be said of a network: how many sentences are right, how right its slope of U is, and how U looks."""
    right_one = Recurrent(layer.W.shape[1], NEURONS, np.random.default_rng(0))
    right_one.W, right_one.U, right_one.b = layer.W, layer.U, layer.b
    followed, right = (slope_of_U(each, dense, parts["train"]) for each in (layer, right_one))
    scores = {
        part: np.mean([dense.predict(layer.predict(words)[:, -1]).argmax() == glad for words, glad in parts[part]])
        for part in parts
    }
    return {
        **{part: float(score) for part, score in scores.items()},
        "error": relative_error(followed, right),
        "asymmetry": relative_error(layer.U, layer.U.T),
        "one direction": float(np.linalg.norm(layer.U, 2) ** 2 / np.sum(layer.U**2)),
    }


def read(plan: str, seed: int) -> list[dict[str, float]]:
    """Train on the sentences one by one, every slope cut to -1 to 1, and look at the network after some epochs."""
    rng, parts = np.random.default_rng(seed), read_sentences()
    n_words = parts["train"][0][0].shape[2]
    layer, dense = PLANS[plan](n_words, NEURONS, rng, init=tiny), Dense(NEURONS, 2, rng, init=tiny)
    parameters = layer.parameters() + dense.parameters()
    sgd, looks = SGD(parameters, RATE), [look(layer, dense, parts)]
    for epoch in range(1, EPOCHS + 1):
        for place in rng.permutation(len(parts["train"])):
            way_back(layer, dense, *parts["train"][place])
            for p in parameters:
                np.clip(p.grad, -1, 1, out=p.grad)
            sgd.step()
        if epoch in LOOKS:
            looks.append(look(layer, dense, parts))
    return looks


def sentences(each: Each) -> dict:
    """What a missing transpose costs."""
    found = {plan: each(read, [(plan, seed) for seed in SEEDS]) for plan in PLANS}
    for plan, seeds in found.items():
        print(plan, {key: spread([looks[-1][key] for looks in seeds]) for key in seeds[0][-1]}, flush=True)
    return {"seeds": list(SEEDS), "epochs": EPOCHS, "looks": list(LOOKS), "sentences": found}


def distances(each: Each) -> dict:
    """How far back each kind of layer remembers."""
    found: dict[str, dict] = {}
    for kind in LAYERS:
        found[kind] = {str(distance): how_far(kind, distance, each) for distance in DISTANCES}
        for distance, scores in found[kind].items():
            right = "{mean:.1%} ({min:.1%} to {max:.1%})".format(**spread(scores["right"]))
            print(kind, distance, scores["rate"], right, flush=True)
    return {"steps": STEPS, "width": WIDTH, "distances": list(DISTANCES), "recalled": found}


def numbers(names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """What has been heard, (n, 16), from a dot on, and what comes next, up to a dot; letters as 1 to 26, a dot as 0."""
    x, y = np.zeros((len(names), 16), int), np.full((len(names), 16), -1)
    for row, name in enumerate(names):
        places = [ord(letter) - ord("a") + 1 for letter in name]
        x[row, 1 : 1 + len(name)] = places
        y[row, : 1 + len(name)] = [*places, 0]
    return x, y


def split_names() -> tuple[list[str], list[str]]:
    """The names to learn from, and 3,000 others."""
    names = sorted(set(load_names()))
    names = [names[place] for place in np.random.default_rng(0).permutation(len(names))]
    return names[3000:], names[:3000]


def paid_by_table(before: int) -> float:
    """What a table pays that knows how often each letter follows so many letters, in nats; every count begins at 1."""
    heard, coming = [], []
    for x, y in map(numbers, split_names()):
        known = np.pad(x, ((0, 0), (before - 1, 0)))
        columns = [known[:, k : k + 16] for k in range(before)]
        heard.append(tuple(column[y >= 0] for column in columns))
        coming.append(y[y >= 0])
    counts = np.ones((27,) * (before + 1))
    np.add.at(counts, (*heard[0], coming[0]), 1)
    p = counts / counts.sum(axis=-1, keepdims=True)
    return float(-np.mean(np.log(p[(*heard[1], coming[1])])))


def paid_by_network(seed: int) -> float:
    """What the chapter's network pays after three epochs, in nats a letter."""
    rng, ((x, y), (x_new, y_new)) = np.random.default_rng(seed), map(numbers, split_names())
    network = Network(Recurrent(27, 64, rng), Dense(64, 27, rng))
    loss, adam, clip = SoftmaxCrossEntropy(ignored=-1), Adam(network.parameters(), 0.005), ClipNorm(1.0)
    for _ in range(3):
        one_epoch(network, loss, adam, ((np.eye(27)[xs], ys) for xs, ys in minibatches(x, y, 64, rng)), [clip])
    return loss.forward(network.predict(np.eye(27)[x_new]), y_new)


def on_names(each: Each) -> dict:
    """What a memory is worth on names."""
    tables = {"pairs": paid_by_table(1), "triples": paid_by_table(2)}
    found = tables | {"network": each(paid_by_network, [(seed,) for seed in SEEDS])}
    print(found, flush=True)
    return {"names": found}


PARTS = {"sentences": sentences, "distances": distances, "names": on_names}


def main() -> None:
    """Measure, store and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", default=list(PARTS), help=f"some of {', '.join(PARTS)}")
    parts = parser.parse_args().parts
    with workers() as each:
        for part in parts:
            store("memory", PARTS[part](each))


if __name__ == "__main__":
    main()
