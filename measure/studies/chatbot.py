"""Measure a chatbot that may say "I do not know": what it answers, and what it refuses, beside plainer answers.

    python -m measure.studies.chatbot      or `make STUDY=chatbot study`: about 7 minutes

The questions stand in parts as their makers set them aside, to learn from, to choose by, and to be tested; each seed
learns from nine in ten of the first, its own draw, the same for all ways. Each way gives a question an intent and a
number that says how sure it is; the threshold lies where 90 in 100 of the questions with an intent are answered, among
those to choose by. Settings are those with the best mean of two shares, over three seeds of their own, on the questions
to choose by: of the questions with an intent, those that are answered and answered rightly; of those out of scope,
those that are refused. Then each of five seeds meets the test part once, as it is, and with every question said three
times in a row.

The networks of the table have 2,000 words and 32 hidden neurons, for two of them go to the page, with their weights in
half precision. Larger ones, with every word and 64 neurons, are measured beside them.

It writes `book/measured/studies/chatbot.json`, and the first seed's two networks to
`book/nnlib/alive/chatbot/weights.npz`; the study shows both. With `--torch` it trains the same network, with the
settings that were best here, in PyTorch, and nothing else; with `--level` it measures nothing but how many are refused
where copying and the network answer equally many of the *tested* questions with an intent.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from itertools import product

import numpy as np

from measure import MEASURED, spread, store
from nnlib import L2, Adam, Dense, Network, ReLU, SoftmaxCrossEntropy, he_normal, train_epochs
from nnlib.alive.chatbot import WEIGHTS, Bot, save
from nnlib.studies.chatbot import draw, load_questions, to_length_one
from nnlib.text import counts, tokens, vocabulary

SEEDS, CHOICE_SEEDS = (0, 1, 2, 3, 4), (100, 101, 102)
ANSWERED = 0.9  # of the questions with an intent
SAID = 3  # times in a row
EPOCHS, BATCH_SIZE = 10, 64
SMALL, LARGE = {"size": 2000, "hidden": 32}, {"size": 9999, "hidden": 64}
RATES, L2S = (0.001, 0.003, 0.01), (0.0, 3e-5, 1e-4)
CS = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
NONSENSE = (1, 5, 20)  # words that nobody knows
LONG = 10  # words, from which on a question counts as long

Ask = Callable[[list[str]], tuple[np.ndarray, np.ndarray]]  # from texts to how sure, and to which intent


@cache
def data() -> tuple[list[str], np.ndarray, np.ndarray, list[str]]:
    """The questions, their intents, their parts, and the names of the intents."""
    return load_questions()


def outside() -> int:
    """The number that questions out of scope have in place of an intent's."""
    return len(data()[3])


def of(places: np.ndarray) -> tuple[list[str], np.ndarray]:
    """The texts and intents of these questions."""
    return [data()[0][i] for i in places], data()[1][places]


@cache
def parts(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The places of the questions that a seed learns from, that it chooses by, and of those that are tested."""
    texts, intent, part, _ = data()
    return draw(texts, intent, part, np.random.default_rng(seed))


def within(places: np.ndarray) -> np.ndarray:
    """Those of them that have an intent."""
    return places[data()[1][places] < outside()]


@lru_cache(maxsize=2)
def words_of(seed: int, size: int) -> list[str]:
    """The vocabulary of the questions with an intent that a seed learns from."""
    return vocabulary(of(within(parts(seed)[0]))[0], size)


@lru_cache(maxsize=3)  # 120 MB and more
def learned_bags(seed: int, size: int, one: bool, none: bool) -> tuple[np.ndarray, np.ndarray]:
    """The bags that a seed learns from, each brought to length one or not, and their intents; with those of none?"""
    learn = parts(seed)[0]
    texts, intent = of(learn if none else within(learn))
    bags = counts(texts, words_of(seed, size))
    return (to_length_one(bags) if one else bags), intent


def train(seed: int, size: int, hidden: int, rate: float, l2: float, one: bool = False, none: bool = False) -> Network:
    """A network with a hidden layer of ReLUs, from bags to the logits of the intents, and of "none of these"."""
    x, intent = learned_bags(seed, size, one, none)
    rng = np.random.default_rng(seed)
    network = Network(Dense(x.shape[1], hidden, rng, init=he_normal), ReLU(), Dense(hidden, outside() + none, rng))
    parts = network, SoftmaxCrossEntropy(), Adam(network.parameters(), rate), x, intent
    for _ in train_epochs(*parts, epochs=EPOCHS, batch_size=BATCH_SIZE, rng=rng, transforms=[L2(l2)] if l2 else []):
        pass
    return network


def asked(logits: Callable, words: list[str], one: bool) -> Ask:
    """Ask by bags: how sure is the largest probability of an intent; "none of these" is no intent."""

    def ask(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
        bags = counts(texts, words)
        p = SoftmaxCrossEntropy.probabilities(logits(to_length_one(bags) if one else bags))[:, : outside()]
        return p.max(axis=1), p.argmax(axis=1)

    return ask


def network(seed: int, size: int, **setting: float) -> Ask:
    """The network."""
    return asked(train(seed, size, **setting).predict, words_of(seed, size), setting.get("one", False))


def logistic_regression(seed: int, size: int, C: float, one: bool = False) -> Ask:
    """Scikit-learn's: the network without its hidden layer, with L2, taken to the lowest cost there is."""
    from scipy.sparse import csr_array
    from sklearn.linear_model import LogisticRegression

    x, intent = learned_bags(seed, size, one, False)
    fitted = LogisticRegression(C=C, max_iter=2000).fit(csr_array(x), intent)
    return asked(lambda bags: fitted.decision_function(csr_array(bags)), words_of(seed, size), one)


def torch_network(seed: int, size: int, hidden: int, rate: float, l2: float, one: bool = False) -> Ask:
    """The same network in PyTorch, from its own first weights and in its own order."""
    import torch

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    x, intent = learned_bags(seed, size, one, False)
    layers = torch.nn.Linear(x.shape[1], hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, outside())
    model = torch.nn.Sequential(*layers).double()
    weights = [p for p in model.parameters() if p.ndim > 1]
    biases = [p for p in model.parameters() if p.ndim == 1]
    optimizer = torch.optim.Adam([{"params": weights, "weight_decay": l2}, {"params": biases}], rate)
    given, label = torch.from_numpy(x), torch.from_numpy(intent)
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(x)).split(BATCH_SIZE):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(given[batch]), label[batch]).backward()
            optimizer.step()
    return asked(lambda bags: model(torch.from_numpy(bags)).detach().numpy(), words_of(seed, size), one)


def most_similar(seed: int, rare: bool = True, known: bool = False) -> Ask:
    """No learning: the intent of the question that is most alike, by the share of words that both have.

    Parameters
    ----------
    rare : count a word the more, the fewer questions have it; else all alike.
    known : how sure it is says the share of a question's words that stand in any question, not the likeness.
    """
    from scipy.sparse import csr_array

    texts, intent = of(within(parts(seed)[0]))
    words = vocabulary(texts, LARGE["size"])
    known_words = {*words[1:]}
    own = csr_array(counts(texts, words) > 0, dtype=float)[:, 1:]
    each = np.log(len(texts) / own.sum(axis=0)) if rare else np.ones(len(words) - 1)
    new = np.log(len(texts)) if rare else 1.0  # for a word that no question has
    size = own @ each

    def ask(asked: list[str]) -> tuple[np.ndarray, np.ndarray]:
        bags = counts(asked, words)
        theirs = csr_array(bags > 0, dtype=float)[:, 1:]
        unknown = np.array([len({*tokens(text)} - known_words) for text in asked])
        both = (theirs.multiply(each[None]).tocsr() @ own.T).toarray()
        likeness = both / np.maximum(1e-9, (theirs @ each + new * unknown)[:, None] + size - both)
        sure = 1 - bags[:, 0] / np.maximum(1, bags.sum(axis=1)) if known else likeness.max(axis=1)
        return sure, intent[likeness.argmax(axis=1)]

    return ask


def grid(small: dict, rates: tuple = RATES, l2s: tuple = L2S, **fixed: bool) -> list[dict]:
    """The settings of a network that are tried."""
    return [small | {"rate": rate, "l2": l2} | fixed for rate, l2 in product(rates, l2s)]


WAYS = {  # each with the settings that are tried
    "most similar": (most_similar, [{"rare": rare} for rare in (False, True)]),
    "known words": (most_similar, [{"rare": rare, "known": True} for rare in (False, True)]),
    "network": (network, grid(SMALL)),
    "length one": (network, grid(SMALL, one=True)),
    "none of these": (network, grid(SMALL, none=True)),
    "length one, none of these": (network, grid(SMALL, one=True, none=True)),
    "large": (network, grid(LARGE, RATES[1:2])),
    "large, length one": (network, grid(LARGE, RATES[1:2], one=True)),
}
PEERS = {
    f"scikit-learn, LogisticRegression{name}": (
        logistic_regression,
        [{"size": size, "C": c} | ({"one": True} if one else {}) for c in CS],
    )
    for size, one, name in (
        (SMALL["size"], False, ""),
        (SMALL["size"], True, ", length one"),
        (LARGE["size"], False, ", every word"),
        (LARGE["size"], True, ", every word, length one"),
    )
}


def fates(sure: np.ndarray, guess: np.ndarray, intent: np.ndarray, threshold: float) -> dict:
    """What becomes of questions: how many with an intent are answered, and rightly, and how many others refused."""
    inside, answered = intent < outside(), sure >= threshold
    right = answered & (guess == intent)
    return {
        "answered": float(np.mean(answered[inside])),
        "right": float(np.sum(right) / np.sum(answered & inside)),
        "done": float(np.mean(right[inside])),
        "refused": float(np.mean(~answered[~inside])),
    }


def threshold_of(sure: np.ndarray) -> float:
    """The highest threshold at which nine in ten of these are answered."""
    return float(np.sort(sure)[::-1][int(np.ceil(ANSWERED * len(sure))) - 1])


def chosen_by(ask: Ask, seed: int) -> tuple[float, dict]:
    """The threshold from the questions to choose by, and what becomes of these."""
    texts, intent = of(parts(seed)[1])
    sure, guess = ask(texts)
    threshold = threshold_of(sure[intent < outside()])
    return threshold, fates(sure, guess, intent, threshold)


def worth(way: Callable, setting: dict, seed: int) -> float:
    """The mean of the two shares on a seed's questions to choose by."""
    found = chosen_by(way(seed, **setting), seed)[1]
    return (found["done"] + found["refused"]) / 2


def choose(way: Callable, settings: list[dict]) -> tuple[dict, list]:
    """The settings that are best on the questions to choose by, and how all did."""
    found = [[worth(way, setting, seed) for setting in settings] for seed in CHOICE_SEEDS]
    tried = [[setting, float(value)] for setting, value in zip(settings, np.mean(found, axis=0), strict=True)]
    return max(tried, key=lambda pair: pair[1])[0], tried


def score(ask: Ask, seed: int) -> dict:
    """What becomes of the test part, said once and said three times, and of nonsense."""
    threshold, _ = chosen_by(ask, seed)
    texts, intent = of(parts(seed)[2])
    inside = intent < outside()
    sure, guess = ask(texts)
    found = {"threshold": threshold} | fates(sure, guess, intent, threshold)
    found["right of all"] = float(np.mean((guess == intent)[inside]))
    found["half"] = float(np.mean(sure[~inside] >= 0.5))
    found["said again"] = fates(*ask([" ".join(SAID * [text]) for text in texts]), intent, threshold)
    long = np.array([len(text.split()) >= LONG for text in texts]) & ~inside
    found["refused by length"] = {
        "long": float(np.mean(sure[long] < threshold)),
        "short": float(np.mean(sure[~long & ~inside] < threshold)),
        "long ones": int(long.sum()),
    }
    found["nonsense"] = [float(p) for p in ask([" ".join(times * ["blorp"]) for times in NONSENSE])[0]]
    return found


def by_class(setting: dict, seed: int) -> dict:
    """What the 151st class does without a threshold: how many of either kind get it."""
    trained, words = train(seed, **setting), words_of(seed, setting["size"])
    texts, intent = of(parts(seed)[2])
    bags = counts(texts, words)
    said = trained.predict(to_length_one(bags) if setting.get("one") else bags).argmax(axis=1) == outside()
    return {"answered": float(np.mean(~said[intent < outside()])), "refused": float(np.mean(said[intent == outside()]))}


def over_seeds(way: Callable, settings: list[dict]) -> dict:
    """A way at its best settings, over the seeds."""
    best, tried = choose(way, settings)
    print(way.__name__, best, flush=True)
    runs = [score(way(seed, **best), seed) for seed in SEEDS]
    return {"settings": best, "tried": tried, "per_seed": runs}


def at_level(ways: dict) -> dict:
    """What copying and the network refuse of the test part where each answers nine in ten of it, for each seed."""
    found = {}
    for name in ("most similar", "network"):
        found[name] = []
        for seed in SEEDS:
            texts, intent = of(parts(seed)[2])
            sure, _ = WAYS[name][0](seed, **ways[name]["settings"])(texts)
            threshold = threshold_of(sure[intent < outside()])
            found[name].append(float(np.mean(sure[intent == outside()] < threshold)))
    return found


def keep_weights(ways: dict) -> dict:
    """Store the first seed's two networks for the page, in half precision, and say what they do so."""
    seed, bots, found = SEEDS[0], [], {}
    for name in ("network", "length one"):
        best = ways[name]["settings"]
        trained, words, one = train(seed, **best), words_of(seed, best["size"]), best.get("one", False)
        for parameter in trained.parameters():
            parameter.value[...] = parameter.value.astype(np.float16)
        ask = asked(trained.predict, words, one)
        found[name] = score(ask, seed)
        bots.append(Bot(trained, words, found[name]["threshold"], one))
    save(bots, WEIGHTS)
    return found


def summaries(found: dict) -> Iterator[str]:
    """A line for each way."""
    for name, way in found.items():
        runs = way["per_seed"]
        numbers = {key: spread([run[key] for run in runs]) for key in ("answered", "right", "refused")}
        numbers["refused again"] = spread([run["said again"]["refused"] for run in runs])
        yield f"{name:60} " + ", ".join(
            f"{k} {v['mean']:.3f} ({v['min']:.3f} to {v['max']:.3f})" for k, v in numbers.items()
        )


def main() -> None:
    """Measure, store, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--torch", action="store_true", help="train the network in PyTorch alone")
    parser.add_argument("--level", action="store_true", help="measure what is refused at equal answers alone")
    options = parser.parse_args()
    if options.torch or options.level:
        stored = json.loads((MEASURED / "studies" / "chatbot.json").read_text(encoding="utf-8"))
    if options.level:
        store("studies/chatbot", {"level": at_level(stored["ways"])}, ("numpy",))
        return
    if options.torch:
        best = stored["ways"]["network"]["settings"]
        runs = [score(torch_network(seed, **best), seed) for seed in SEEDS]
        found = {"PyTorch, the same network": {"per_seed": runs}}
        store("studies/chatbot", {"torch": found}, ("numpy", "torch"))
        print(*summaries(found), sep="\n")
        return
    ways = {name: over_seeds(*way) for name, way in WAYS.items()}
    peers = {name: over_seeds(*way) for name, way in PEERS.items()}
    texts, intent, part, names = data()
    learn, choose_by, test = parts(SEEDS[0])
    store(
        "studies/chatbot",
        {
            "seeds": list(SEEDS),
            "parts": {
                "learned": len(within(learn)),
                "learned, out of scope": len(learn) - len(within(learn)),
                "chosen by": len(within(choose_by)),
                "chosen by, out of scope": len(choose_by) - len(within(choose_by)),
                "test": len(within(test)),
                "test, out of scope": len(test) - len(within(test)),
                "of each to learn from": int(np.sum((part == 0) & (intent == 0))),
            },
            "words": [len(words_of(seed, LARGE["size"])) - 1 for seed in SEEDS],
            "ways": ways,
            "peers": peers,
            "by class": {
                name: [by_class(ways[name]["settings"], seed) for seed in SEEDS]
                for name in ("none of these", "length one, none of these")
            },
            "level": at_level(ways),
            "page": keep_weights(ways),
        },
        ("numpy", "scikit-learn"),
    )
    print(*summaries(ways | peers), sep="\n")


if __name__ == "__main__":
    main()
