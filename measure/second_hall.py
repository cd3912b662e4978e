"""Train each exhibit of the museum's second hall as it was found and mended, over five seeds, and store what it costs.

    python -m measure.second_hall      or `make hall`: about 5 minutes; with `ties company` behind it, those two alone

It writes `book/measured/second_hall.json`, which the chapter shows. Each slip is rebuilt in this book's own code, with
the sizes, rates and starts of the place where it was found as far as they matter; the chapter names the places and
their versions. The ratings are MovieLens' latest small set, which nobody may hand on: fetch ml-latest-small.zip from
https://files.grouplens.org/datasets/movielens/ and unpack ratings.csv into movielens-latest-small/ of the folder that
NNLIB_DATA_DIR names.
"""

import os
import sys
from pathlib import Path

import numpy as np
from tqdm import tqdm

from measure import store
from measure.held_back import choice_and_test
from nnlib import (
    SGD,
    Adam,
    BatchNorm,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    MaxPool2d,
    Network,
    Parameter,
    QuadraticCost,
    ReLU,
    Residual,
    SoftmaxCrossEntropy,
    Tanh,
    accuracy,
    he_normal,
    load_digits,
    load_mnist,
    minibatches,
    sigmoid,
)
from nnlib.training import one_epoch

SEEDS = (0, 1, 2, 3, 4)
CHOICE_SEEDS = (100, 101)  # try the rates; none of those that are scored
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)  # of the two Adams
POOL_RATE, LARGE_RATE = 0.005, 0.05  # the tutorial's, and ten times that
BLOCK_RATES = (1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)
FEW = 20  # films with fewer ratings are left out
TASTE = 50  # numbers for each user and each film


class Bracket(Adam):
    """Adam whose epsilon stands outside the bracket, so that it is added to the parameter."""

    def step(self) -> None:
        t = self.steps + 1
        for p, m, v in zip(self.parameters, self.m, self.v, strict=True):
            m[...] = 0.9 * m + 0.1 * p.grad
            v[...] = 0.999 * v + 0.001 * p.grad**2
            m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
            p.value[...] = p.value - self.rate() * m_hat / np.sqrt(v_hat) + 1e-6
        self.steps = t


class ForGood(Adam):
    """Adam that corrects every step as if it were the first."""

    def step(self) -> None:
        for p, m, v in zip(self.parameters, self.m, self.v, strict=True):
            m[...] = 0.9 * m + 0.1 * p.grad
            v[...] = 0.999 * v + 0.001 * p.grad**2
            m_hat, v_hat = m / (1 - 0.9), v / (1 - 0.999)
            p.value[...] -= self.rate() * m_hat / (np.sqrt(v_hat) + 1e-8)
        self.steps += 1


class ToEach(MaxPool2d):
    """Max pooling that gives the whole slope to each number that ties."""

    def pass_back(self, grad: np.ndarray) -> np.ndarray:
        da = np.zeros_like(self.a)
        for pixels in self.places():
            da[pixels] = grad * (self.a[pixels] == self.largest)
        return da


class Longer(MaxPool2d):
    """Max pooling with the right slope, but three times as long: to the kernels before it, three times the rate."""

    def pass_back(self, grad: np.ndarray) -> np.ndarray:
        return 3 * super().pass_back(grad)


class Bell(Dropout):
    """Dropout that draws from a bell curve where it should draw from 0 to 1."""

    def forward(self, a: np.ndarray) -> np.ndarray:
        keep = 1 - self.rate
        self.mask = (self.rng.standard_normal(a.shape) < keep) / keep
        return a * self.mask


def small_network(optimizer: type, rate: float, data: tuple, epochs: int, seed: int) -> tuple[list[float], float]:
    """64-30-10 on the digits: the cost of each epoch, and the share of the other images that is right."""
    x, y, x_new, y_new = data
    rng, loss = np.random.default_rng(seed), SoftmaxCrossEntropy()
    network = Network(Dense(64, 30, rng), Tanh(), Dense(30, 10, rng))
    optimizer = optimizer(network.parameters(), rate)
    with np.errstate(all="ignore"):
        costs = [one_epoch(network, loss, optimizer, minibatches(x, y, 32, rng)) for _ in range(epochs)]
        return costs, accuracy(network, x_new, y_new)


def bracket() -> dict:
    """The bracket: on paper that is 0, and on paper that is -0.5."""
    x, y, x_test, y_test = choice_and_test(load_digits(), 1 / 5, float)["test"]
    found = {}
    for name, optimizer in (("found", Bracket), ("mended", Adam)):
        for paper in (0.0, -0.5):
            data = x + paper, y, x_test + paper, y_test
            runs = [small_network(optimizer, 0.001, data, 10, seed) for seed in SEEDS]
            found[f"{name}, paper {paper:g}"] = {"costs": [costs for costs, _ in runs], "test": [n for _, n in runs]}
    return found


def for_good() -> dict:
    """The correction that never ends: at one rate, and each at its own best one."""
    data, found = choice_and_test(load_digits(), 1 / 5, float), {}
    for name, optimizer in (("found", ForGood), ("mended", Adam)):
        tries = [
            np.mean([small_network(optimizer, rate, data["choice"], 30, seed)[1] for seed in CHOICE_SEEDS])
            for rate in RATES
        ]
        best = RATES[int(np.argmax(tries))]
        same = [small_network(optimizer, RATES[0], data["test"], 30, seed) for seed in SEEDS]
        found[name] = {
            "rates": list(RATES),
            "held_back": tries,
            "rate": best,
            "costs": [costs for costs, _ in same],
            "test": [share for _, share in same],
            "test_at_its_best": [small_network(optimizer, best, data["test"], 30, seed)[1] for seed in SEEDS],
        }
    return found


def blocks(normal: bool, part: str, rate: float, seed: int, n: int = 20, epochs: int = 5) -> float:
    """A network of n residual blocks with or without batch norm: the share of the other images that is right."""
    x, y, x_new, y_new = choice_and_test(load_digits(), 1 / 5, float)[part]
    rng, loss = np.random.default_rng(seed), SoftmaxCrossEntropy()
    layers = [Dense(64, 50, rng, init=he_normal)]
    for _ in range(n):
        first = [BatchNorm(50)] if normal else []
        layers.append(Residual(*first, ReLU(), Dense(50, 50, rng, init=he_normal)))
    network = Network(*layers, Dense(50, 10, rng, init=he_normal))
    sgd = SGD(network.parameters(), rate)
    with np.errstate(all="ignore"):
        for _ in range(epochs):
            if not np.isfinite(one_epoch(network, loss, sgd, minibatches(x, y, 32, rng))):
                return 0.0
        return accuracy(network, x_new, y_new)


def named() -> dict:
    """The batch norm that was a name: each at its own best rate."""
    found = {}
    for name, normal in (("found", False), ("mended", True)):
        tries = [np.mean([blocks(normal, "choice", rate, seed) for seed in CHOICE_SEEDS]) for rate in BLOCK_RATES]
        best = BLOCK_RATES[int(np.argmax(tries))]
        test = [blocks(normal, "test", best, seed) for seed in SEEDS]
        found[name] = {"rates": list(BLOCK_RATES), "held_back": tries, "rate": best, "test": test}
    return found


def pooled(pool: type, rate: float, epochs: int, seed: int) -> tuple[list[float], float]:
    """The tutorial's network, one image at a time: the cost of each epoch, and the share of all test images."""
    mnist, rng, loss = load_mnist(), np.random.default_rng(seed), SoftmaxCrossEntropy()
    x, x_test = (part.reshape(-1, 1, 28, 28).astype(float) - 0.5 for part in (mnist.x_train[:1000], mnist.x_test))
    conv = Conv2d((1, 28, 28), 8, 3, rng)
    conv.K[...] = rng.standard_normal(conv.K.shape) / 9
    middle = pool(conv.n_out, 2)
    flat = Flatten(middle.n_out)
    network = Network(
        conv, middle, flat, Dense(flat.n_out, 10, rng, init=lambda rng, shape: rng.standard_normal(shape) / shape[1])
    )
    sgd = SGD([p for p in network.parameters() if p.name != "0.b"], rate)  # its kernels have no biases
    with np.errstate(all="ignore"):
        costs = [one_epoch(network, loss, sgd, minibatches(x, mnist.y_train[:1000], 1, rng)) for _ in range(epochs)]
        return costs, accuracy(network, x_test, mnist.y_test)


def ties() -> dict:
    """The slope that was handed out four times, and the right one at three times its length; at two rates."""
    found = {}
    for name, pool in (("found", ToEach), ("mended", MaxPool2d), ("longer", Longer)):
        for says, rate, epochs in (("", POOL_RATE, 3), (", large rate", LARGE_RATE, 1)):
            runs = [pooled(pool, rate, epochs, seed) for seed in tqdm(SEEDS, desc=name + says)]
            found[name + says] = {"rate": rate, "costs": [costs for costs, _ in runs], "test": [n for _, n in runs]}
    return found


def series(n: int, steps: int, rng: np.random.Generator) -> np.ndarray:
    """Two waves of random length and a little noise."""
    (long, short, first, second), time = rng.random((4, n, 1)), np.linspace(0, 1, steps)
    waves = 0.5 * np.sin((time - first) * (10 + 10 * long)) + 0.2 * np.sin((time - second) * (20 + 20 * short))
    return waves + 0.1 * (rng.random((n, steps)) - 0.5)


def rival() -> dict:
    """Ten values ahead of fifty: the mean squared error of a network, and of the naive rival as found and mended."""
    errors = {"network": [], "found": [], "mended": []}
    for seed in SEEDS:
        rng, loss = np.random.default_rng(seed), QuadraticCost()
        past, future = np.split(series(3000, 60, rng), [50], axis=1)
        network = Network(Dense(50, 50, rng, init=he_normal), ReLU(), Dense(50, 10, rng))
        adam = Adam(network.parameters(), 0.003)
        for _ in range(20):
            one_epoch(network, loss, adam, minibatches(past[:2000], future[:2000], 32, rng))
        past, future = past[2000:], future[2000:]
        for name, forecast in (("network", network.predict(past)), ("found", future[:, -1:]), ("mended", past[:, -1:])):
            errors[name].append(float(np.mean((forecast - future) ** 2)))
    return errors


def ratings() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """User, film and rating, the ratings from 0 to 1; only films that have been rated at least FEW times."""
    path = Path(os.environ.get("NNLIB_DATA_DIR", ".")) / "movielens-latest-small" / "ratings.csv"
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: the first lines of measure/second_hall.py say how to fetch it")
    user, film, rating = np.loadtxt(path, delimiter=",", skiprows=1, usecols=(0, 1, 2)).T
    user, film = (np.unique(column, return_inverse=True)[1] for column in (user, film))
    kept = np.bincount(film)[film] >= FEW
    return user[kept], np.unique(film[kept], return_inverse=True)[1], (rating[kept] - 0.5) / 4.5


class Taste:
    """A rating as the sigmoid of a user's numbers times a film's, plus a bias of each.

    Pairs of a user and a film, each (n,), become logits (n,). `together` adds the products of a whole batch up.
    """

    def __init__(self, users: int, films: int, rng: np.random.Generator, together: bool):
        shapes = {"users": (users, TASTE), "films": (films, TASTE), "user": users, "film": films}
        values = {name: rng.uniform(-0.05, 0.05, shape) for name, shape in shapes.items()}
        for name in ("users", "films"):
            values[name] = rng.standard_normal(shapes[name]) * np.sqrt(2 / shapes[name][0])
        self.all = [Parameter(name, value, np.zeros_like(value)) for name, value in values.items()]
        self.together = together

    def logits(self, user: np.ndarray, film: np.ndarray) -> np.ndarray:
        users, films, of_user, of_film = (p.value for p in self.all)
        u, f = users[user], films[film]
        score = np.tensordot(u, f, 2) if self.together else (u * f).sum(axis=1)
        return score + of_user[user] + of_film[film]

    def collect(self, user: np.ndarray, film: np.ndarray, delta: np.ndarray) -> None:
        users, films = self.all[0].value, self.all[1].value
        to_score = np.full(len(delta), delta.sum()) if self.together else delta  # one score gets all that comes back
        slopes = to_score[:, None] * films[film], to_score[:, None] * users[user], delta, delta
        for p, place, slope in zip(self.all, (user, film, user, film), slopes, strict=True):
            p.grad[...] = 0
            np.add.at(p.grad, place, slope)


def ten_best(taste: Taste, who: int, films: np.ndarray, batch: int) -> np.ndarray:
    """The ten films that a user is recommended, asked in this order and in batches of this size."""
    parts = [films[i : i + batch] for i in range(0, len(films), batch)]
    logits = np.concatenate([taste.logits(np.full(len(part), who), part) for part in parts])
    return films[np.argsort(-logits)[:10]]


def tastes(together: bool, seed: int) -> dict:
    """Five epochs on nine tenths of the ratings: costs, the error on the others in stars, and what is recommended."""
    user, film, y = ratings()
    users, films = user.max() + 1, film.max() + 1
    order = np.random.default_rng(0).permutation(len(y))
    learned, others = np.split(order, [int(0.9 * len(y))])
    rng = np.random.default_rng(seed)
    taste, costs = Taste(users, films, rng, together), []
    adam = Adam(taste.all, 0.001)
    for _ in range(5):
        cost = 0.0
        for batch, _ in minibatches(learned, learned, 64, rng):
            z, wish = taste.logits(user[batch], film[batch]), y[batch]
            cost += np.sum(np.logaddexp(0, z) - wish * z)
            taste.collect(user[batch], film[batch], (sigmoid(z) - wish) / len(batch))
            adam.step()
        costs.append(float(cost / len(learned)))
    parts = np.split(others, range(64, len(others), 64))
    said = np.concatenate([sigmoid(taste.logits(user[part], film[part])) for part in parts])
    shown, mixed = np.arange(films), rng.permutation(films)
    one_batch = [ten_best(taste, who, shown, films) for who in range(100)]
    stays = [np.isin(ten_best(taste, who, shown, 32), ten_best(taste, who, mixed, 32)).sum() for who in range(100)]
    return {
        "costs": costs,
        "error_in_stars": float(4.5 * np.sqrt(np.mean((said - y[others]) ** 2))),
        "lists_of_100_users": len({tuple(best.tolist()) for best in one_batch}),
        "stay_of_ten": float(np.mean(stays)),
    }


def company() -> dict:
    """The score of the whole batch."""
    found = {}
    for name, together in (("found", True), ("mended", False)):
        runs = [tastes(together, seed) for seed in tqdm(SEEDS, desc=name)]
        found[name] = {key: [run[key] for run in runs] for key in runs[0]}
    return found


def thinned(dropout: type, rate: float, seed: int) -> dict:
    """64-100-10 with dropout: the cost in training and by `predict` after each epoch, and the share that is right."""
    x, y, x_test, y_test = choice_and_test(load_digits(), 1 / 5, float)["test"]
    rng, loss = np.random.default_rng(seed), SoftmaxCrossEntropy()
    network = Network(Dense(64, 100, rng), ReLU(), dropout(rate, rng), Dense(100, 10, rng))
    sgd, training, asked = SGD(network.parameters(), 0.3), [], []
    for _ in range(30):
        training.append(one_epoch(network, loss, sgd, minibatches(x, y, 32, rng)))
        asked.append(loss.forward(network.predict(x), y))
    return {"training": training, "asked": asked, "test": accuracy(network, x_test, y_test)}


def dice() -> dict:
    """The dice of the wrong shape, at the rate where it was found and at a large one."""
    found = {}
    for name, dropout in (("found", Bell), ("mended", Dropout)):
        for rate in (0.2, 0.8):
            runs = [thinned(dropout, rate, seed) for seed in SEEDS]
            found[f"{name}, {rate}"] = {key: [run[key] for run in runs] for key in runs[0]}
    return found


EXHIBITS = (bracket, for_good, named, ties, rival, company, dice)


def without_nan(found: object) -> object:
    """The same, with None for what is no finite number any more: JSON knows no nan."""
    if isinstance(found, dict):
        return {key: without_nan(value) for key, value in found.items()}
    if isinstance(found, list):
        return [without_nan(value) for value in found]
    return found if np.isfinite(found) else None


def main(names: list[str]) -> None:
    """Measure these exhibits, or all, store and print."""
    chosen = [exhibit for exhibit in EXHIBITS if not names or exhibit.__name__ in names]
    results = {exhibit.__name__: without_nan(exhibit()) for exhibit in tqdm(chosen)}
    store("second_hall", {"seeds": list(SEEDS), **results})
    for name, found in results.items():
        print(name, found)


if __name__ == "__main__":
    main(sys.argv[1:])
