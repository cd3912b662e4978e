"""Rebuild digits from a few numbers, without labels: autoencoders beside principal components, and strangers found so.

    python -m measure.studies.unlabelled      or `make STUDY=unlabelled study`: about 8 minutes

The pictures are the digits of `load_digits`, its test part the test. Of its training part the last 36 of each digit are
the validation part; there each code size of the autoencoder has the hidden neurons and the rate that leave least error,
in the mean of two seeds of their own. With these it learns from the whole training part, with five seeds, and meets the
test part once. Principal components have nothing to choose. An error is the sum of a picture's squared differences; it
is given as a share of what the mean training picture leaves.

Beside that: how far the plane that an autoencoder without ReLUs finds is from that of the principal components. And
strangers: each digit is left out of training in turn, and the error tells the left-out digit's test pictures from the
others, as does the distance from the nearest training picture, which needs no training. Stored is the share of pairs,
a stranger and another, in which the stranger has the larger one; it uses labels, which nobody has who looks for
strangers in earnest, so nothing is chosen by it: every code size is reported. Labels keep the strangers out of
training, too. "mixed" is what comes of it when they do not: some of the left-out digit's training pictures, drawn with
each seed, are among those learned from; for the code of eight numbers, the nearest picture, and the five nearest.

It writes `book/measured/studies/unlabelled.json`, and the first seed's autoencoder with a code of two numbers to
`book/nnlib/alive/unlabelled/weights.npz`; the study shows both. With `--torch` it trains the autoencoder with a code of
eight numbers in PyTorch, with `--mixed` it measures what strangers among the training pictures cost, and nothing else.
"""

import argparse
import json
from collections.abc import Callable
from functools import cache
from itertools import product

import numpy as np

from measure import MEASURED, spread, store
from nnlib import Adam, Dense, Layer, Network, QuadraticCost, ReLU, cosine, load_digits, train_epochs

SEEDS, CHOICE_SEEDS = (0, 1, 2, 3, 4), (100, 101)
SIZES = (2, 4, 8, 16, 32)  # of the code
HIDDEN, RATES = ((64,), (128,), (64, 32)), (0.003, 0.01, 0.03)
EPOCHS, BATCH_SIZE = 100, 32
LINEAR = {"epochs": 200, "rate": 0.03}
PER_DIGIT = 36  # of the validation part, as of the test part
TORCH = 8  # the code's size
MIXED, MIXED_SIZE = (0.0, 0.01, 0.05), 8  # which shares of the training pictures are strangers, and the code's size

Rebuild = Callable[[np.ndarray], np.ndarray]  # pictures (n, 64) from pictures (n, 64)


@cache
def pictures() -> tuple[np.ndarray, ...]:
    """Training pictures and their digits, and test pictures and theirs."""
    digits = load_digits()
    return digits.x_train.astype(float), digits.y_train, digits.x_test.astype(float), digits.y_test


def is_validation() -> np.ndarray:
    """Which of the training pictures are the validation part: the last of each digit."""
    y = pictures()[1]
    aside = np.zeros(len(y), dtype=bool)
    for digit in range(10):
        aside[np.flatnonzero(y == digit)[-PER_DIGIT:]] = True
    return aside


def errors(rebuild: Rebuild, x: np.ndarray) -> np.ndarray:
    """The sum of the squared differences between each picture and what it is rebuilt as."""
    return ((rebuild(x) - x) ** 2).sum(axis=1)


def left(rebuild: Rebuild, x: np.ndarray, learned: np.ndarray) -> float:
    """The mean error, as a share of what the mean of the pictures that were learned from leaves."""
    return float(errors(rebuild, x).mean() / errors(lambda x: learned.mean(axis=0), x).mean())


def by_components(x: np.ndarray, size: int) -> Rebuild:
    """The first principal components, by NumPy."""
    mean = x.mean(axis=0)
    components = np.linalg.svd(x - mean, full_matrices=False)[2][:size]
    return lambda x: mean + (x - mean) @ components.T @ components


def by_scikit_learn(x: np.ndarray, size: int) -> Rebuild:
    """The same by scikit-learn."""
    from sklearn.decomposition import PCA

    fitted = PCA(size).fit(x)
    return lambda x: fitted.inverse_transform(fitted.transform(x))


def between(sizes: list[int], rng: np.random.Generator) -> Network:
    """Dense layers of these sizes in a row, with a ReLU between each two."""
    layers: list[Layer] = []
    for n_in, n_out in zip(sizes[:-1], sizes[1:], strict=True):
        layers += [*([ReLU()] if layers else []), Dense(n_in, n_out, rng)]
    return Network(*layers)


def taught(network: Network, x: np.ndarray, rng: np.random.Generator, rate: float, epochs: int = EPOCHS) -> Network:
    """The network, trained to give back these pictures; the rate falls to 0."""
    adam = Adam(network.parameters(), cosine(rate, epochs * -(-len(x) // BATCH_SIZE)))
    for _ in train_epochs(network, QuadraticCost(), adam, x, x, epochs=epochs, batch_size=BATCH_SIZE, rng=rng):
        pass
    return network


def autoencoder(x: np.ndarray, size: int, seed: int, hidden: tuple[int, ...], rate: float) -> Network:
    """An encoder and a decoder, trained on these pictures."""
    rng = np.random.default_rng(seed)
    sizes = [64, *hidden, size]
    return taught(Network(between(sizes, rng), between(sizes[::-1], rng)), x, rng, rate)


def by_torch(x: np.ndarray, size: int, seed: int, hidden: tuple[int, ...], rate: float) -> Rebuild:
    """The same autoencoder in PyTorch, from its own first weights and in its own order."""
    import torch

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    layers = []
    for sizes in ([64, *hidden, size], [size, *hidden[::-1], 64]):
        for n_in, n_out in zip(sizes[:-1], sizes[1:], strict=True):
            layers += [*([torch.nn.ReLU()] if n_in != sizes[0] else []), torch.nn.Linear(n_in, n_out)]
    model, data = torch.nn.Sequential(*layers).double(), torch.from_numpy(x)
    optimizer = torch.optim.Adam(model.parameters(), rate)
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS * -(-len(x) // BATCH_SIZE))
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(x)).split(BATCH_SIZE):
            optimizer.zero_grad()
            (((model(data[batch]) - data[batch]) ** 2).sum() / 2 / len(batch)).backward()
            optimizer.step()
            falling.step()
    return lambda x: model(torch.from_numpy(x)).detach().numpy()


def angle(a: np.ndarray, b: np.ndarray) -> float:
    """The largest angle, in degrees, between a direction that a's columns span and the nearest that b's span."""
    p, q = np.linalg.qr(a)[0], np.linalg.qr(b)[0]
    return float(np.degrees(np.arcsin(min(1.0, np.linalg.norm(p - q @ (q.T @ p), 2)))))


def without_bends(size: int, seed: int) -> dict:
    """An autoencoder without ReLUs: the angle from its plane to the components', before and after, and its error."""
    x, _, x_test, _ = pictures()
    rng = np.random.default_rng(seed)
    network = Network(Dense(64, size, rng), Dense(size, 64, rng))
    components = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)[2][:size].T
    before = angle(network.layers[1].W, components)
    taught(network, x, rng, **LINEAR)
    return {
        "before": before,
        "angle": angle(network.layers[1].W, components),
        "left": left(network.predict, x_test, x),
    }


def choose(size: int) -> tuple[dict, list]:
    """The hidden neurons and the rate that leave least on the validation part, and what all left."""
    x, aside = pictures()[0], is_validation()
    tried = []
    for hidden, rate in product(HIDDEN, RATES):
        runs = [autoencoder(x[~aside], size, seed, hidden, rate) for seed in CHOICE_SEEDS]
        tried.append(
            [
                {"hidden": hidden, "rate": rate},
                float(np.mean([left(run.predict, x[aside], x[~aside]) for run in runs])),
            ]
        )
    return min(tried, key=lambda pair: pair[1])[0], tried


def pairs(strange: np.ndarray, others: np.ndarray) -> float:
    """The share of pairs, a stranger and another, in which the stranger's number is larger; a tie counts half."""
    return float(np.mean(strange[:, None] > others) + np.mean(strange[:, None] == others) / 2)


def nearest(learned: np.ndarray, x: np.ndarray, count: int = 1) -> np.ndarray:
    """The squared distance of each picture from the nearest that was learned from, or in the mean from several."""
    away = [((learned - one) ** 2).sum(axis=1) for one in x]
    return np.array([np.sort(each)[:count].mean() for each in away])


def strangers(digit: int, best: dict) -> dict:
    """How well the left-out digit is told from the others, by each way."""
    x, y, x_test, y_test = pictures()
    known, strange, others = x[y != digit], x_test[y_test == digit], x_test[y_test != digit]

    def told(rebuild: Rebuild) -> dict:
        far, near = errors(rebuild, strange), errors(rebuild, others)
        return {"pairs": pairs(far, near), "strange": float(far.mean()), "others": float(near.mean())}

    found = {
        "mean picture": told(lambda x: known.mean(axis=0)),
        "nearest": {"pairs": pairs(nearest(known, strange), nearest(known, others))},
        "components": {str(size): told(by_components(known, size)) for size in (*SIZES, 64)},
        "autoencoder": {
            str(size): [told(autoencoder(known, size, seed, **best[size]).predict) for seed in SEEDS] for size in SIZES
        },
    }
    print(f"strangers: {digit}", flush=True)
    return found


def with_strangers(digit: int, share: float, seed: int) -> np.ndarray:
    """The training pictures without a digit, and so many of that digit that they are this share of all."""
    x, y, _, _ = pictures()
    known, own = x[y != digit], x[y == digit]
    among = np.random.default_rng(seed).permutation(own)[: round(len(known) * share / (1 - share))]
    return np.concatenate([known, among])


def mixed(share: float, best: dict) -> dict:
    """How well each digit is told from the others, for each seed, where a share of those learned from are strangers."""
    _, _, x_test, y_test = pictures()
    found: dict = {"autoencoder": [], "nearest": [], "five nearest": []}
    for digit in range(10):
        strange, others = x_test[y_test == digit], x_test[y_test != digit]
        learned = [with_strangers(digit, share, seed) for seed in SEEDS]
        rebuilds = [
            autoencoder(each, MIXED_SIZE, seed, **best).predict for seed, each in zip(SEEDS, learned, strict=True)
        ]
        found["autoencoder"].append([pairs(errors(each, strange), errors(each, others)) for each in rebuilds])
        for name, count in (("nearest", 1), ("five nearest", 5)):
            runs = [pairs(nearest(each, strange, count), nearest(each, others, count)) for each in learned]
            found[name].append(runs)
        print(f"strangers among the learned: {share:.0%}, {digit}", flush=True)
    return found


def keep_weights(best: dict) -> None:
    """Store the first seed's autoencoder with a code of two numbers, for the page."""
    from nnlib.alive.unlabelled import WEIGHTS

    found = autoencoder(pictures()[0], 2, SEEDS[0], **best)
    np.savez_compressed(WEIGHTS, **{name: array.astype("<f4") for name, array in found.state().items()})


def all_mixed(best: dict) -> dict:
    """For each share of strangers among the training pictures, how well they are told."""
    return {"size": MIXED_SIZE, "shares": {f"{share:.0%}": mixed(share, best) for share in MIXED}}


def stored_settings(size: int) -> dict:
    """The hidden neurons and the rate that were chosen for this size of the code."""
    stored = json.loads((MEASURED / "studies" / "unlabelled.json").read_text(encoding="utf-8"))
    return stored["rebuilt"][str(size)]["settings"]


def main() -> None:
    """Measure, store, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--torch", action="store_true", help="train one autoencoder in PyTorch alone")
    parser.add_argument("--mixed", action="store_true", help="measure strangers among the training pictures alone")
    wanted = parser.parse_args()
    x, _, x_test, _ = pictures()
    if wanted.torch:
        runs = [left(by_torch(x, TORCH, seed, **stored_settings(TORCH)), x_test, x) for seed in SEEDS]
        store("studies/unlabelled", {"torch": {"size": TORCH, "left": runs}}, ("numpy", "torch"))
        print(spread(runs))
        return
    if wanted.mixed:
        store("studies/unlabelled", {"mixed": all_mixed(stored_settings(MIXED_SIZE))})
        return
    rebuilt, best = {}, {}
    for size in SIZES:
        best[size], tried = choose(size)
        runs = [left(autoencoder(x, size, seed, **best[size]).predict, x_test, x) for seed in SEEDS]
        rebuilt[str(size)] = {
            "settings": best[size],
            "tried": tried,
            "autoencoder": runs,
            "components": left(by_components(x, size), x_test, x),
        }
        print(size, best[size], rebuilt[str(size)]["components"], spread(runs), flush=True)
    keep_weights(best[2])
    data = {
        "seeds": list(SEEDS),
        "parts": {"training": len(x), "validation": int(is_validation().sum()), "test": len(x_test)},
        "mean picture": float(errors(lambda each: x.mean(axis=0), x_test).mean()),
        "rebuilt": rebuilt,
        "without bends": {str(size): [without_bends(size, seed) for seed in SEEDS] for size in (2, 4, 8)},
        "peers": {
            "scikit-learn, PCA": {str(size): left(by_scikit_learn(x, size), x_test, x) for size in SIZES},
        },
        "strangers": [strangers(digit, best) for digit in range(10)],
        "mixed": all_mixed(best[MIXED_SIZE]),
    }
    store("studies/unlabelled", data, ("numpy", "scikit-learn"))
    print({size: [run["angle"] for run in runs] for size, runs in data["without bends"].items()})
    for size in SIZES:
        told = [np.mean([run["pairs"] for run in each["autoencoder"][str(size)]]) for each in data["strangers"]]
        print(size, np.mean(told), np.mean([each["components"][str(size)]["pairs"] for each in data["strangers"]]))
    print("nearest", np.mean([each["nearest"]["pairs"] for each in data["strangers"]]))


if __name__ == "__main__":
    main()
