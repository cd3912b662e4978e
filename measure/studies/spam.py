"""Measure the spam filter: what it catches and loses of messages that played no part, beside plainer answers.

    python -m measure.studies.spam      or `make STUDY=spam study`: about 5 minutes

Copies among the text messages are dropped, and near copies, which share half of their words or more, are kept together
as a family. A fifth of the messages, by family, is the test part, the same for all. Of the rest each seed draws a
quarter to choose by, and learns from the others. Each way to weigh words has the settings that are best there in the
mean of three seeds of their own: by average precision, which looks at all thresholds. A wanted message that is lost
costs as much as 20 spams that are kept. So one threshold is the probability 20/21, which is best if probabilities can
be believed; another, for each seed, the one that costs least on its validation part. With both it meets the test part
once, and the e-mails. And because one test part is one draw, each way learns anew, with these settings, from four
fifths of ten other draws, and meets the last fifth of each by the price's threshold. There and on the test part stands
beside them a rule of one line, which throws away by how many digits come in a row; from how many on, it learns by the
price.

Beside that: what the neuron catches in parts drawn without copies, message by message, at thresholds that lose one
wanted message in 200 of the test part, in five splits: of the spam that has a near copy, or a copy of that, in the
training part, and of the rest; then the same messages once more, with all these taken out of the training part; and for
control with as many others taken out in their place.

It writes `book/measured/studies/spam.json`, and the first seed's neuron to `book/nnlib/alive/spam/weights.npz`; the
study shows both. With `--torch` it trains the same neuron, with the settings that were best here, in PyTorch, and
nothing else; with `--draws` it measures the ten draws and the rule and nothing else (a minute).
"""

import argparse
import json
import re
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np

from measure import MEASURED, spread, store
from nnlib import L2, Adam, BinaryCrossEntropy, Dense, Network, ReLU, train_epochs
from nnlib.alive.spam import WEIGHTS, Filter
from nnlib.layers import sigmoid
from nnlib.studies.spam import by_family, families, load_mail, load_sms
from nnlib.text import counts, vocabulary

SEEDS, CHOICE_SEEDS, TEST_SEED, DRAWS = (0, 1, 2, 3, 4), (100, 101, 102), 1000, 10
UNSURE = (2.0, 4.0)  # logits near the threshold, to see whether the probabilities can be believed
LOST = 20  # what a lost message costs, in spams that are kept
BY_PRICE = float(np.log(LOST))  # as a logit: the probability 20/21, from which on throwing away costs less
EPOCHS, BATCH_SIZE, HIDDEN = 15, 32, 16
SIZES = (300, 1000, 3000, 6000)  # of the vocabulary
RATES, L2S = (0.003, 0.01, 0.03, 0.1), (0.0, 1e-4, 1e-3)
PARTS = (0.8, 0.2)  # of a split in two
SMOOTHINGS = (0.03, 0.1, 0.3, 1.0, 3.0)
CS = (1.0, 3.0, 10.0, 30.0, 100.0)

Weigh = Callable[[np.ndarray], np.ndarray]  # from bags of words to logits


class Messages(NamedTuple):
    """Different texts, which of them are spam, and the family of each."""

    texts: list[str]
    spam: np.ndarray
    family: np.ndarray


@cache
def messages() -> Messages:
    """The different text messages."""
    texts, spam = load_sms()
    different = dict(zip(texts, spam.tolist(), strict=True))
    return Messages([*different], np.array([*different.values()]), families([*different]))


@cache
def rest_and_test() -> tuple[np.ndarray, np.ndarray]:
    """The places of the messages to learn from and choose by, and of those for the test."""
    return tuple(by_family(messages().family, PARTS, np.random.default_rng(TEST_SEED)))


def learn_and_choose(seed: int) -> list[np.ndarray]:
    """The places that a seed learns from, and those that it chooses by."""
    rest, _ = rest_and_test()
    return [rest[part] for part in by_family(messages().family[rest], (0.75, 0.25), np.random.default_rng(seed))]


def bags(places: np.ndarray, words: list[str]) -> np.ndarray:
    """The bags of words of these messages."""
    return counts([messages().texts[i] for i in places], words)


def naive_bayes(x: np.ndarray, spam: np.ndarray, seed: int, smoothing: float) -> Weigh:
    """Each word weighs the logarithm of how much more often it stands in spam; by counting alone."""
    seen = np.array([x[spam == kind].sum(axis=0) + smoothing for kind in (0, 1)])
    weight = np.diff(np.log(seen / seen.sum(axis=1, keepdims=True)), axis=0)[0]
    prior = np.log(spam.mean() / (1 - spam.mean()))
    return lambda x: x @ weight + prior


def train(x: np.ndarray, spam: np.ndarray, seed: int, rate: float, l2: float, hidden: int = 0) -> Network:
    """A neuron over the counts of words, or one behind a hidden layer of ReLUs."""
    rng = np.random.default_rng(seed)
    before = [Dense(x.shape[1], hidden, rng), ReLU()] if hidden else []
    network = Network(*before, Dense(hidden or x.shape[1], 1, rng))
    parts = network, BinaryCrossEntropy(), Adam(network.parameters(), rate), x, spam[:, None].astype(float)
    transforms = [L2(l2)] if l2 else []
    for _ in train_epochs(*parts, epochs=EPOCHS, batch_size=BATCH_SIZE, rng=rng, transforms=transforms):
        pass
    return network


def network(x: np.ndarray, spam: np.ndarray, seed: int, rate: float, l2: float, hidden: int = 0) -> Weigh:
    """What that network says."""
    trained = train(x, spam, seed, rate, l2, hidden)
    return lambda x: trained.predict(x)[:, 0]


def logistic_regression(x: np.ndarray, spam: np.ndarray, seed: int, C: float) -> Weigh:
    """Scikit-learn's: the same neuron with L2, taken to the lowest cost there is."""
    from scipy.sparse import csr_array
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=C, max_iter=2000).fit(csr_array(x), spam).decision_function


def multinomial(x: np.ndarray, spam: np.ndarray, seed: int, alpha: float) -> Weigh:
    """Scikit-learn's naive Bayes."""
    from sklearn.naive_bayes import MultinomialNB

    fitted = MultinomialNB(alpha=alpha).fit(x, spam)
    return lambda x: np.diff(fitted.predict_joint_log_proba(x), axis=1)[:, 0]


def torch_neuron(x: np.ndarray, spam: np.ndarray, seed: int, rate: float, l2: float) -> Weigh:
    """The same neuron in PyTorch, from its own first weights and in its own order."""
    import torch

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    model = torch.nn.Linear(x.shape[1], 1).double()
    optimizer = torch.optim.Adam([{"params": [model.weight], "weight_decay": l2}, {"params": [model.bias]}], rate)
    data, label = torch.from_numpy(x), torch.from_numpy(spam[:, None].astype(float))
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(x)).split(BATCH_SIZE):
            optimizer.zero_grad()
            torch.nn.functional.binary_cross_entropy_with_logits(model(data[batch]), label[batch]).backward()
            optimizer.step()
    return lambda x: model(torch.from_numpy(x)).detach().numpy()[:, 0]


WAYS = {  # each with the settings that are tried
    "naive Bayes": (naive_bayes, [{"smoothing": s} for s in SMOOTHINGS]),
    "neuron": (network, [{"rate": r, "l2": s} for r, s in product(RATES, L2S)]),
    "hidden layer": (
        network,
        [{"rate": r, "l2": s, "hidden": HIDDEN} for r, s in product((0.001, 0.003, 0.01), (1e-4,))],
    ),
}
PEERS = {
    "scikit-learn, LogisticRegression": (logistic_regression, [{"C": c} for c in CS]),
    "scikit-learn, MultinomialNB": (multinomial, [{"alpha": s} for s in SMOOTHINGS]),
}


def average_precision(z: np.ndarray, spam: np.ndarray) -> float:
    """The mean, over all spam, of the share of spam among what is at least as suspect; ties count in file order."""
    ranked = spam[np.argsort(-z, kind="stable")]
    return float(np.mean((np.cumsum(ranked) / np.arange(1, len(ranked) + 1))[ranked == 1]))


def cost(z: np.ndarray, spam: np.ndarray, threshold: float) -> int:
    """What it costs to throw away all from this threshold on."""
    return int(LOST * np.sum((z >= threshold) & (spam == 0)) + np.sum((z < threshold) & (spam == 1)))


def cheapest(z: np.ndarray, spam: np.ndarray) -> float:
    """Where the lowest threshold of least cost lies; halfway to the message below, for new ones fall between."""
    steps = np.unique(z)
    middles = np.concatenate([[steps[0]], (steps[1:] + steps[:-1]) / 2, [steps[-1] + 1]])
    return float(min(middles, key=lambda threshold: cost(z, spam, threshold)))


def fates(z: np.ndarray, spam: np.ndarray, threshold: float) -> dict:
    """What becomes of messages: how much spam is caught, how much is lost, in all and of what is thrown away."""
    thrown = z >= threshold
    return {
        "caught": float(np.mean(thrown[spam == 1])),
        "lost": int(np.sum(thrown[spam == 0])),
        "precision": float(np.mean(spam[thrown])) if thrown.any() else 1.0,
        "cost": 1000 * cost(z, spam, threshold) / len(spam),  # for 1,000 messages
    }


def choose(way: Callable, settings: list[dict]) -> tuple[dict, list]:
    """The settings and the vocabulary's size that rank best on the validation parts, and how all did."""
    places = [(size, seed) for size in SIZES for seed in CHOICE_SEEDS]
    found = {place: [ranked(way, place[1], place[0], setting) for setting in settings] for place in places}
    tried = [
        [{"size": size} | setting, float(np.mean([found[size, seed][i] for seed in CHOICE_SEEDS]))]
        for size in SIZES
        for i, setting in enumerate(settings)
    ]
    return max(tried, key=lambda pair: pair[1])[0], tried


@lru_cache(maxsize=1)  # 200 MB each
def prepared(seed: int, size: int) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """A seed's vocabulary, and bags and labels of its two parts."""
    learn, other = learn_and_choose(seed)
    words = vocabulary([messages().texts[i] for i in learn], size)
    spam = messages().spam
    return words, bags(learn, words), spam[learn], bags(other, words), spam[other]


def ranked(way: Callable, seed: int, size: int, setting: dict) -> float:
    """The average precision on a seed's validation part."""
    _, x, spam, x_other, spam_other = prepared(seed, size)
    return average_precision(way(x, spam, seed, **setting)(x_other), spam_other)


def score(way: Callable, seed: int, size: int, **setting: float) -> dict:
    """What becomes of the test part and of the e-mails, by the threshold of the price and by that of validation."""
    words, x, spam, x_other, spam_other = prepared(seed, size)
    weigh = way(x, spam, seed, **setting)
    _, test = rest_and_test()
    spam_test, (mails, spam_mails) = messages().spam[test], load_mail()
    z, z_mails = weigh(bags(test, words)), weigh(counts(mails, words))
    found = {"ranked": average_precision(z, spam_test), "ranked, e-mail": average_precision(z_mails, spam_mails)}
    for name, threshold in (("by price", BY_PRICE), ("by validation", cheapest(weigh(x_other), spam_other))):
        found[name] = fates(z, spam_test, threshold) | {"threshold": float(sigmoid(np.array(threshold)))}
        found[f"{name}, e-mail"] = fates(z_mails, spam_mails, threshold)
    return found


def over_seeds(way: Callable, settings: list[dict]) -> dict:
    """The best settings of a way, and what it reaches with them from each seed."""
    best, tried = choose(way, settings)
    return {"settings": best, "tried": tried, "per_seed": [score(way, seed, **best) for seed in SEEDS]}


def other_draws(way: Callable, settings: dict) -> list[dict]:
    """What becomes of the last fifth of each draw by the price's threshold; and of what a way says near it."""
    one, found = messages(), []
    setting = {key: value for key, value in settings.items() if key != "size"}
    for draw in range(DRAWS):
        learn, test = by_family(one.family, PARTS, np.random.default_rng(draw))
        words = vocabulary([one.texts[i] for i in learn], settings["size"])
        spam = one.spam[test]
        z = way(bags(learn, words), one.spam[learn], draw, **setting)(bags(test, words))
        near = (z >= UNSURE[0]) & (z < UNSURE[1])
        unsure = {"n": int(near.sum()), "said": float(sigmoid(z[near]).sum()), "spam": int(spam[near].sum())}
        dearest = np.sort(z[spam == 0])[-2]  # above it stands one wanted message
        one_lost = float(np.mean(z[spam == 1] > dearest))
        found.append(
            fates(z, spam, BY_PRICE) | {"wanted": int(np.sum(spam == 0)), "near": unsure, "one lost": one_lost}
        )
    return found


def digits(texts: list[str]) -> np.ndarray:
    """How many digits come in a row in each text, at most: what the rule looks at."""
    return np.array([max(map(len, re.findall(r"\d+", text)), default=0) for text in texts])


def by_digits(learn: np.ndarray, test: np.ndarray) -> dict:
    """What becomes of messages, and of the e-mails, by the rule with the number that costs least where it learns."""
    texts, spam = messages().texts, messages().spam
    rows, (mails, spam_mails) = digits(texts), load_mail()
    least = cheapest(rows[learn], spam[learn])
    mailed = fates(digits(mails), spam_mails, least)
    return {"by price": fates(rows[test], spam[test], least) | {"threshold": least}, "by price, e-mail": mailed}


def caught(way: Messages, learn: np.ndarray, test: np.ndarray, best: dict, seed: int) -> np.ndarray:
    """Of each spam of the test part, whether it is caught while one wanted message in 200 of that part is lost."""
    words = vocabulary([way.texts[i] for i in learn], best["size"])
    x, x_test = (counts([way.texts[i] for i in part], words) for part in (learn, test))
    z, spam = network(x, way.spam[learn], seed, best["rate"], best["l2"])(x_test), way.spam[test]
    return z[spam == 1] > np.quantile(z[spam == 0], 0.995)


def without_kin(best: dict, seed: int) -> dict:
    """What is caught of spam with kin in the training part and without; with these there, gone, or others gone."""
    one, rng = messages(), np.random.default_rng(seed)
    learn, test = by_family(np.arange(len(one.texts)), PARTS, rng)
    kin, spam = np.isin(one.family[learn], one.family[test]), one.spam[learn]
    others = [rng.permutation(np.flatnonzero(~kin & (spam == kind)))[: np.sum(kin & (spam == kind))] for kind in (0, 1)]
    trained = {"all": learn, "kin gone": learn[~kin], "others gone": np.delete(learn, np.concatenate(others))}
    has = np.isin(one.family[test][one.spam[test] == 1], one.family[learn])
    found = {"share with kin": float(has.mean()), "gone": int(kin.sum())}
    for name, places in trained.items():
        got = caught(one, places, test, best, seed)
        found[name] = {"with kin": float(got[has].mean()), "without": float(got[~has].mean())}
    return found


def summaries(found: dict) -> Iterator[str]:
    """A line for each way."""
    for name, way in found.items():
        runs = way["per_seed"]
        numbers = {
            f"{key} {by}": spread([run[by][key] for run in runs])
            for by in ("by price", "by validation")
            for key in ("caught", "lost", "cost")
        }
        yield f"{name:34} " + ", ".join(
            f"{k} {v['mean']:.3g} ({v['min']:.3g} to {v['max']:.3g})" for k, v in numbers.items()
        )


def keep_weights(best: dict) -> None:
    """Store the first seed's neuron with the threshold by the price, for the page."""
    words, x, spam, *_ = prepared(SEEDS[0], best["size"])
    Filter(train(x, spam, SEEDS[0], best["rate"], best["l2"]), words, LOST / (LOST + 1)).save(WEIGHTS)


def draws_and_rule(settings: dict) -> dict:
    """What becomes of the other draws, of each way, with these settings, and of these and the test part by the rule."""
    found = {name: other_draws(way, settings[name]) for name, (way, _) in (WAYS | PEERS).items()}
    drawn = [by_family(messages().family, PARTS, np.random.default_rng(draw)) for draw in range(DRAWS)]
    found["digits"] = [by_digits(*parts)["by price"] for parts in drawn]
    _, test = rest_and_test()
    return {"draws": found, "digits": {"per_seed": [by_digits(learn_and_choose(seed)[0], test) for seed in SEEDS]}}


def main() -> None:
    """Measure, store, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--torch", action="store_true", help="train the neuron in PyTorch alone")
    parser.add_argument("--draws", action="store_true", help="measure the other draws alone")
    asked = parser.parse_args()
    if asked.torch or asked.draws:
        stored = json.loads((MEASURED / "studies" / "spam.json").read_text(encoding="utf-8"))
    if asked.draws:
        found = {name: way["settings"] for name, way in (stored["ways"] | stored["peers"]).items()}
        store("studies/spam", draws_and_rule(found), ("numpy", "scikit-learn"))
        return
    if asked.torch:
        best = stored["ways"]["neuron"]["settings"]
        found = {"PyTorch, the same neuron": {"per_seed": [score(torch_neuron, seed, **best) for seed in SEEDS]}}
        store("studies/spam", {"torch": found}, ("numpy", "torch"))
        print(*summaries(found), sep="\n")
        return
    ways = {name: over_seeds(*way) for name, way in WAYS.items()}
    peers = {name: over_seeds(*way) for name, way in PEERS.items()}
    best = ways["neuron"]["settings"]
    rest, test = rest_and_test()
    spam = messages().spam
    keep_weights(best)
    data = {
        "seeds": list(SEEDS),
        "parts": {"rest": len(rest), "test": len(test), "spam in test": int(spam[test].sum())},
        "families": int(messages().family.max()) + 1,
        "lost": LOST,
        "ways": ways,
        "peers": peers,
        **draws_and_rule({name: way["settings"] for name, way in (ways | peers).items()}),
        "kin": [without_kin(best, seed) for seed in SEEDS],
    }
    store("studies/spam", data, ("numpy", "scikit-learn"))
    print(*summaries(ways | peers), sep="\n")


if __name__ == "__main__":
    main()
