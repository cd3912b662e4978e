"""Measure what four networks make of the same sentences on films: is the order of the words worth anything?

    python -m measure.studies.sentiment      or `make STUDY=sentiment study`: about 6 minutes

All 10,662 sentences are used, so it needs the whole set. A fifth, drawn by lot, is the test part, the same for all. Of
the rest each seed draws a quarter to choose by, and learns from the others. A bag of words (a neuron over counts), a
network that averages embeddings, a recurrent one and one with attention have the same vocabulary, the same six settings
to try and the same number of epochs to stop after; so have naive Bayes, of words alone and of neighbours too, and
scikit-learn's logistic regression, but for the epochs. Each takes what is right most often on validation parts, in the
mean of three seeds of their own. Then it learns from five seeds, and meets once the test part, 3,000 sentences by
customers, and probes: made-up sentences with "not" in them.

Beside that: the three networks with four times as many features, at the same settings; all four with 160 made-up
sentences with and without "not" among those to learn from, ten times each, in words that no probe has; and naive Bayes
that counted 750 sentences of the customers' own kind, or as few on films. And what the luck of the test part's draw
can do to the gain by neighbours, and how often "not" stands right before a probe's word in all sentences.

It writes `book/measured/studies/sentiment.json`, and the first seed's bag of words and recurrent network to
`book/nnlib/alive/sentiment/weights.npz`. With `--again` it chooses no settings, but takes those that are stored; with
`--torch` it trains the recurrent network in PyTorch with them, and nothing else; with `--neighbours` it measures naive
Bayes of neighbours too, settings and all, and counts what stands behind "not", and nothing else.
"""

import argparse
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise, product
from typing import NamedTuple

import numpy as np

from measure import MEASURED, store
from nnlib import (
    L2,
    LSTM,
    Adam,
    Attention,
    BinaryCrossEntropy,
    ClipNorm,
    Dense,
    Dropout,
    Embedding,
    Network,
    Positions,
    ReLU,
    Residual,
    minibatches,
    one_epoch,
)
from nnlib.alive.sentiment import WEIGHTS, Readers
from nnlib.studies.sentiment import LONGEST, Mean, by_length, load_films, load_opinions, logits, numbers
from nnlib.text import counts, tokens, vocabulary

STORED = MEASURED / "studies" / "sentiment.json"
SEEDS, CHOICE_SEEDS, TEST_SEED = (0, 1, 2, 3, 4), (100, 101, 102), 1000
WORDS = 8000
EPOCHS, BATCH_SIZE, FEATURES, HEADS = 8, 32, 8, 2
WIDE = 32  # features, for control
START = 0.1  # how large the embedding's numbers are at first
RATES = (0.003, 0.01)
SMOOTHINGS = (0.1, 0.3, 0.5, 1.0, 2.0, 4.0)
CS = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
HOME_SMOOTHING, FOLDS = 1.0, 4
TIMES = 10  # that each lesson stands among the sentences

GOOD = ("good", "great", "funny", "brilliant", "charming", "moving", "clever", "enjoyable", "beautiful", "smart")
BAD = ("bad", "dull", "boring", "awful", "stupid", "tedious", "bland", "predictable", "terrible", "silly")
OTHERS_GOOD = ("fresh", "engaging", "powerful", "touching", "delightful", "sweet", "witty", "strong", "fine", "fun")
OTHERS_BAD = ("weak", "lame", "flat", "ugly", "empty", "poor", "shallow", "slow", "worst", "pretentious")
PLAIN = ("{}", "it is {}", "the film is {}")
NEGATED = ("not {}", "it is not {}", "the film is not {}")
PAIRS = {  # of a word of praise and one of blame, in this order, and the same words with the opposite sense
    "not last": "it is {}, not {}",
    "not first": "it is not {1}, it is {0}",
}
CONTROL = {"no not": "it is {}, it is {}"}  # here the share that follows the first word

Say = Callable[[Sequence[str]], np.ndarray]  # from texts to logits


class Answer(NamedTuple):
    """What a way says of texts, as logits, and the network that says it, if one does."""

    say: Say
    network: Network | None = None


@cache
def films() -> tuple[list[str], np.ndarray]:
    """All sentences on films."""
    return load_films(whole=True)


@cache
def rest_and_test() -> tuple[np.ndarray, np.ndarray]:
    """The places of the sentences to learn from and choose by, and of those for the test."""
    n = len(films()[0])
    order = np.random.default_rng(TEST_SEED).permutation(n)
    return np.sort(order[n // 5 :]), np.sort(order[: n // 5])


def learn_and_choose(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The places that a seed learns from, and those that it chooses by."""
    rest, _ = rest_and_test()
    order = np.random.default_rng(seed).permutation(len(rest))
    return rest[order[len(rest) // 4 :]], rest[order[: len(rest) // 4]]


def of(places: np.ndarray) -> tuple[list[str], np.ndarray]:
    """The sentences on films at these places, and which are praise."""
    texts, good = films()
    return [texts[i] for i in places], good[places]


def bags(texts: Sequence[str], words: Sequence[str]) -> np.ndarray:
    """Bags of words in bytes: in float64 those of all texts would take 400 MB."""
    parts = (counts(texts[start : start + 500], words).astype(np.uint8) for start in range(0, len(texts), 500))
    return np.concatenate(list(parts))


def by_bag(weight: np.ndarray, bias: float, words: Sequence[str]) -> Say:
    """What the sum of the words' weights says."""
    place = {word: i for i, word in enumerate(words)}
    return lambda texts: np.array([bias + sum(weight[place.get(w, 0)] for w in tokens(text)) for text in texts], float)


# Each way gives its answer after each epoch: `way(texts, good, words, seed, **setting)`.


def naive_bayes(
    texts: Sequence[str], good: np.ndarray, words: Sequence[str], seed: int, smoothing: float
) -> Iterator[Answer]:
    """Each word weighs the logarithm of how much more often it stands in praise; by counting alone."""
    x = bags(texts, words)
    seen = np.array([x[good == kind].sum(axis=0, dtype=float) + smoothing for kind in (0, 1)])
    weight = np.diff(np.log(seen / seen.sum(axis=1, keepdims=True)), axis=0)[0]
    yield Answer(by_bag(weight, float(np.log(good.mean() / (1 - good.mean()))), words))


def words_and_neighbours(text: str, known: frozenset[str]) -> list[str]:
    """The words of a text, those that are not known as one, and each two that are neighbours."""
    found = [word if word in known else "<unknown>" for word in tokens(text)]
    return found + [f"{a} {b}" for a, b in pairwise(found)]


def naive_bayes_neighbours(
    texts: Sequence[str], good: np.ndarray, words: Sequence[str], seed: int, smoothing: float
) -> Iterator[Answer]:
    """Naive Bayes, with each two neighbours that the texts have counted as one more word."""
    known, place = frozenset(words), {}
    rows = [[place.setdefault(part, len(place)) for part in words_and_neighbours(text, known)] for text in texts]
    seen = np.full((2, len(place)), smoothing)
    for row, kind in zip(rows, good, strict=True):
        np.add.at(seen[kind], row, 1)
    weight = np.diff(np.log(seen / seen.sum(axis=1, keepdims=True)), axis=0)[0]
    bias = float(np.log(good.mean() / (1 - good.mean())))

    def say(texts: Sequence[str]) -> np.ndarray:
        parts = (words_and_neighbours(text, known) for text in texts)
        return np.array([bias + sum(weight[place[part]] for part in row if part in place) for row in parts], float)

    yield Answer(say)


def logistic_regression(
    texts: Sequence[str], good: np.ndarray, words: Sequence[str], seed: int, C: float
) -> Iterator[Answer]:
    """Scikit-learn's: the neuron over a bag of words with L2, taken to the lowest cost there is."""
    from scipy.sparse import csr_array
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=C, max_iter=2000).fit(csr_array(bags(texts, words).astype(float)), good)
    yield Answer(by_bag(fitted.coef_[0], float(fitted.intercept_[0]), words))


def bag_of_words(
    texts: Sequence[str], good: np.ndarray, words: Sequence[str], seed: int, rate: float, l2: float
) -> Iterator[Answer]:
    """A neuron over the counts of words."""
    rng = np.random.default_rng(seed)
    network, x = Network(Dense(len(words), 1, rng)), bags(texts, words)
    neuron, target = network.layers[0], good[:, None].astype(float)
    loss, adam, transforms = BinaryCrossEntropy(), Adam(network.parameters(), rate), [L2(l2)] if l2 else []
    for _ in range(EPOCHS):
        batches = ((x.astype(float), y) for x, y in minibatches(x, target, BATCH_SIZE, rng))
        one_epoch(network, loss, adam, batches, transforms)
        yield Answer(by_bag(neuron.W[0], float(neuron.b[0]), words), network)


def built(kind: str, words: int, rng: np.random.Generator, dropout: float, features: int = FEATURES) -> Network:
    """A network that reads the numbers of words: "average", "recurrent" or "attention"."""

    def drop() -> list:
        return [Dropout(dropout, rng)] if dropout else []

    embedding, n = Embedding(words, features, rng), features
    embedding.E *= START
    if kind == "average":
        return Network(embedding, Mean(n), *drop(), Dense(n, n, rng), ReLU(), Dense(n, 1, rng))
    if kind == "recurrent":
        return Network(embedding, *drop(), LSTM(n, n, rng), Mean(n), *drop(), Dense(n, 1, rng))
    positions = Positions(LONGEST, n, rng)
    positions.P *= START
    look = Residual(Attention(n, HEADS, rng)), Dense(n, n, rng), ReLU()
    return Network(embedding, positions, *drop(), *look, Mean(n), *drop(), Dense(n, 1, rng))


def network_of(kind: str) -> Callable:
    """The way of a network that reads words as numbers."""

    def way(
        texts: Sequence[str],
        good: np.ndarray,
        words: Sequence[str],
        seed: int,
        rate: float,
        dropout: float,
        features: int = FEATURES,
    ) -> Iterator[Answer]:
        rng = np.random.default_rng(seed)
        network, rows = built(kind, len(words), rng, dropout, features), numbers(texts, words)
        loss, adam, target = BinaryCrossEntropy(), Adam(network.parameters(), rate), good[:, None].astype(float)
        for _ in range(EPOCHS):
            one_epoch(network, loss, adam, by_length(rows, target, BATCH_SIZE, rng), [ClipNorm(1.0)])
            yield Answer(lambda texts: logits(network, numbers(texts, words)), network)

    return way


def torch_recurrent(
    texts: Sequence[str], good: np.ndarray, words: Sequence[str], seed: int, rate: float, dropout: float
) -> Iterator[Answer]:
    """The recurrent network in PyTorch, from first weights and in an order of its own."""
    import torch
    from torch import nn

    class Reader(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding, self.drop = nn.Embedding(len(words), FEATURES), nn.Dropout(dropout)
            self.lstm, self.out = nn.LSTM(FEATURES, FEATURES, batch_first=True), nn.Linear(FEATURES, 1)
            with torch.no_grad():
                self.embedding.weight *= START

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.out(self.drop(self.lstm(self.drop(self.embedding(x)))[0].mean(dim=1)))

        def predict(self, x: np.ndarray) -> np.ndarray:
            self.eval()
            with torch.no_grad():
                return self(torch.from_numpy(x)).numpy()

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    model, rows, rng = Reader().double(), numbers(texts, words), np.random.default_rng(seed)
    optimizer = torch.optim.Adam(model.parameters(), rate)
    for _ in range(EPOCHS):
        model.train()
        for x, y in by_length(rows, good[:, None].astype(float), BATCH_SIZE, rng):
            optimizer.zero_grad()
            said = model(torch.from_numpy(x))
            nn.functional.binary_cross_entropy_with_logits(said, torch.from_numpy(y)).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        yield Answer(lambda texts: logits(model, numbers(texts, words)))


DROPOUTS = [{"rate": rate, "dropout": dropout} for rate, dropout in product(RATES, (0.0, 0.3, 0.5))]
NETWORKS = {kind: (network_of(kind), DROPOUTS) for kind in ("average", "recurrent", "attention")}
WAYS = {  # each with the six settings that are tried
    "naive Bayes": (naive_bayes, [{"smoothing": s} for s in SMOOTHINGS]),
    "bag of words": (bag_of_words, [{"rate": rate, "l2": l2} for rate, l2 in product(RATES, (0.0, 1e-4, 1e-3))]),
    **NETWORKS,
}
NEIGHBOUR = "naive Bayes, neighbours too"
NEIGHBOURS = {NEIGHBOUR: (naive_bayes_neighbours, [{"smoothing": s} for s in SMOOTHINGS])}
PEERS = {"scikit-learn, LogisticRegression": (logistic_regression, [{"C": c} for c in CS])}


def right(said: np.ndarray, good: np.ndarray) -> float:
    """The share of sentences that are called what they are."""
    return float(np.mean((said > 0) == good))


def choose(way: Callable, settings: list[dict]) -> dict:
    """The settings and the epoch that are right most often on the validation parts, and how all did."""
    tried = []
    for setting in settings:
        found = []
        for seed in CHOICE_SEEDS:
            (texts, good), (others, wanted) = map(of, learn_and_choose(seed))
            words = vocabulary(texts, WORDS)
            answers = way(texts, good, words, seed, **setting)
            found.append([right(answer.say(others), wanted) for answer in answers])
        tried.append([setting, np.mean(found, axis=0).tolist()])
    best, by_epoch = max(tried, key=lambda pair: max(pair[1]))
    return {"settings": best, "epochs": int(np.argmax(by_epoch)) + 1, "tried": tried}


def learned(way: Callable, seed: int, setting: dict, epochs: int, lessons: Iterable = ()) -> tuple[Answer, list[str]]:
    """A way's answer after so many epochs, from a seed's sentences and these lessons; and its vocabulary."""
    texts, good = of(learn_and_choose(seed)[0])
    words = vocabulary(texts, WORDS)
    more = list(lessons)
    texts, good = texts + [text for text, _ in more], np.append(good, [label for _, label in more]).astype(np.intp)
    for epoch, answer in enumerate(way(texts, good, words, seed, **setting), start=1):
        if epoch == epochs:
            return answer, words
    raise ValueError(f"epochs: got {epochs}, expected at most {EPOCHS}")


def probes(say: Say) -> dict:
    """The shares of probes that are called what they mean."""
    found = {
        name: right(say([frame.format(word) for frame in frames for word in words]), praise)
        for name, frames, words, praise in (
            ("good", PLAIN, GOOD, 1), ("bad", PLAIN, BAD, 0),
            ("not good", NEGATED, GOOD, 0), ("not bad", NEGATED, BAD, 1),
        )
    }  # fmt: skip
    for name, frame in (PAIRS | CONTROL).items():
        praise = say([frame.format(g, b) for g, b in product(GOOD, BAD)])
        blame = say([frame.format(b, g) for g, b in product(GOOD, BAD)])
        found[name] = float(np.mean((praise > 0) & (blame <= 0)))
    return found


def lessons() -> list[tuple[str, int]]:
    """160 made-up sentences with and without "not", in other words than those of the probes, and which are praise."""
    found = [
        (frame.format(word), int(praise != negated))
        for words, praise in ((OTHERS_GOOD, 1), (OTHERS_BAD, 0))
        for word in words
        for frames, negated in ((PLAIN, 0), (NEGATED, 1))
        for frame in frames
    ]
    for frame, (g, b) in product(PAIRS.values(), zip(OTHERS_GOOD, OTHERS_BAD, strict=True)):
        found += [(frame.format(g, b), 1), (frame.format(b, g), 0)]
    return found


def score(answer: Answer) -> dict:
    """How often a way is right on the test part and on what customers write, and what it makes of the probes."""
    say, (texts, good) = answer.say, of(rest_and_test()[1])
    elsewhere = {kind: right(say(texts), good) for kind, (texts, good) in load_opinions().items()}
    return {"test": right(say(texts), good), "elsewhere": elsewhere, "probes": probes(say)}


def over_seeds(way: Callable, chosen: dict, lessons: Iterable = (), **more: int) -> list[dict]:
    """What a way reaches from each seed with the settings that were chosen for it, and these besides."""
    setting = chosen["settings"] | more
    return [score(learned(way, seed, setting, chosen["epochs"], lessons)[0]) for seed in SEEDS]


def at_home(kind: str) -> dict:
    """Naive Bayes on sentences of one kind, by 750 others of that kind, and by as many on films; over five seeds."""
    texts, good = load_opinions()[kind]
    found = {"own": [], "as few on films": []}
    for seed in SEEDS:
        order, said = np.random.default_rng(seed).permutation(len(texts)), np.empty(len(texts))
        edges = np.linspace(0, len(texts), FOLDS + 1).astype(int)
        for start, end in pairwise(edges):
            away, own = order[start:end], np.delete(order, np.arange(start, end))
            said[away] = counted([texts[i] for i in own], good[own])([texts[i] for i in away])
        found["own"].append(right(said, good))
        few = of(learn_and_choose(seed)[0][: len(own)])
        found["as few on films"].append(right(counted(*few)(texts), good))
    return found


def counted(texts: Sequence[str], good: np.ndarray) -> Say:
    """Naive Bayes by these sentences, with nothing chosen."""
    (answer,) = naive_bayes(texts, good, vocabulary(texts, WORDS), 0, HOME_SMOOTHING)
    return answer.say


def unknown() -> dict:
    """The share of words that a vocabulary of the first seed lacks, in the test part and elsewhere."""
    known = set(vocabulary(of(learn_and_choose(SEEDS[0])[0])[0], WORDS))
    kinds = {"test": of(rest_and_test()[1])[0]} | {kind: texts for kind, (texts, _) in load_opinions().items()}
    return {
        kind: float(np.mean([word not in known for text in texts for word in tokens(text)]))
        for kind, texts in kinds.items()
    }


def luck_of_gain(plain: dict, richer: dict) -> list[float]:
    """How far the draw of the test part can move the gain by neighbours (1.96 standard errors), for each seed.

    Both ways meet the same sentences, so only those count of which one way is right and the other is not.
    """
    texts, good = of(rest_and_test()[1])
    found = []
    for seed in SEEDS:
        hits = [
            (learned(way, seed, chosen["settings"], chosen["epochs"])[0].say(texts) > 0) == good
            for way, chosen in ((naive_bayes, plain), (naive_bayes_neighbours, richer))
        ]
        found.append(float(1.96 * np.std(hits[1].astype(float) - hits[0]) / np.sqrt(len(good))))
    return found


def behind_not(texts: Sequence[str], good: np.ndarray) -> dict:
    """How often a probe's words of praise, and those of blame, stand right behind "not": [in blame, in praise]."""
    found = {"praise": [0, 0], "blame": [0, 0]}
    for text, label in zip(texts, good, strict=True):
        for before, word in pairwise(tokens(text)):
            for kind, words in (("praise", GOOD), ("blame", BAD)):
                found[kind][label] += before == "not" and word in words
    return found


def keep_weights(found: dict) -> None:
    """Store the first seed's bag of words and recurrent network for the page, rounded."""
    bag, recurrent = (
        learned(WAYS[name][0], SEEDS[0], found[name]["settings"], found[name]["epochs"])
        for name in ("bag of words", "recurrent")
    )
    Readers(bag[1], bag[0].network, recurrent[0].network).save(WEIGHTS)


def main() -> None:
    """Measure, store, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--torch", action="store_true", help="train the recurrent network in PyTorch alone")
    parser.add_argument("--again", action="store_true", help="take the settings that are stored, and choose none anew")
    parser.add_argument("--neighbours", action="store_true", help="measure naive Bayes of neighbours too, alone")
    arguments = parser.parse_args()
    stored = json.loads(STORED.read_text(encoding="utf-8")) if STORED.exists() else {}
    if arguments.torch:
        runs = over_seeds(torch_recurrent, stored["ways"]["recurrent"])
        store("studies/sentiment", {"torch": {"PyTorch, recurrent": {"per_seed": runs}}}, ("numpy", "torch"))
        report("PyTorch, recurrent", runs)
        return
    before = {name: way for key in ("ways", "neighbours", "peers") for name, way in stored.get(key, {}).items()}
    found = {}
    for name, (way, settings) in (NEIGHBOURS if arguments.neighbours else WAYS | NEIGHBOURS | PEERS).items():
        chosen = before[name] if arguments.again else choose(way, settings)
        found[name] = chosen | {"per_seed": over_seeds(way, chosen)}
        report(f"{name} {chosen['settings']} {chosen['epochs']}", found[name]["per_seed"])
    beside = {
        "luck of gain": luck_of_gain((before | found)["naive Bayes"], found[NEIGHBOUR]),
        "behind not": behind_not(*films()),
    }
    if arguments.neighbours:
        store("studies/sentiment", {"neighbours": found} | beside)
        return
    wide = {name: over_seeds(way, found[name], features=WIDE) for name, (way, _) in NETWORKS.items()}
    taught = {name: over_seeds(WAYS[name][0], found[name], TIMES * lessons()) for name in ("bag of words", *NETWORKS)}
    for name, runs in [*wide.items(), *taught.items()]:
        report(name, runs)
    keep_weights(found)
    rest, test = rest_and_test()
    data = {
        "seeds": list(SEEDS),
        "parts": {"learn": len(learn_and_choose(0)[0]), "rest": len(rest), "test": len(test)},
        "words": WORDS,
        "features": FEATURES,
        "wide": WIDE,
        "ways": {name: found[name] for name in WAYS},
        "neighbours": {name: found[name] for name in NEIGHBOURS},
        "peers": {name: found[name] for name in PEERS},
        "with more features": wide,
        "lessons": len(lessons()),
        "times": TIMES,
        "with lessons": taught,
        "at home": {kind: at_home(kind) for kind in load_opinions()},
        "unknown": unknown(),
    } | beside
    store("studies/sentiment", data, ("numpy", "scikit-learn"))


def report(name: str, runs: list[dict]) -> None:
    """Print a line on five seeds."""
    kinds = {"test": [run["test"] for run in runs]}
    for part in ("elsewhere", "probes"):
        kinds |= {key: [run[part][key] for run in runs] for key in runs[0][part]}
    spreads = (f"{key} {np.mean(v):.3f} ({min(v):.3f} to {max(v):.3f})" for key, v in kinds.items())
    print(name, *spreads, sep=", ", flush=True)


if __name__ == "__main__":
    main()
