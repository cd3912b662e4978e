"""Forecast Google's next day, forward in time: what of its change, and of the size of its change, can be foreseen?

    python -m measure.studies.stocks      or `make STUDY=stocks study`: about 3 minutes

From the ten days before and the VIX, answers are taught to forecast tomorrow's change in per cent, or its size. The
walk begins after 500 days and stops every 100 to teach anew, on all days before. The rate and the strength of L2 of
the network, the strength of scikit-learn's linear regression, and the weight of a running average are chosen once, by
the last 100 of those first 500 days. Five seeds; beside each the same network on shuffled wishes, and what following
its forecasts would have earned; and all this again with a weaker L2 that nothing has chosen. Skill is the share of the
plain forecast's squared error that goes: the plain forecast is no change, and for the size the mean size so far.

Then the plot that deceives: a network on ten *prices*, tested on the days after the 600th, and the errors of its curve
moved back by 0 to 5 days.

It writes `book/measured/studies/stocks.json`, which the study of stock prices shows.
"""

from collections.abc import Callable

import numpy as np

from measure import store
from nnlib import L2, Adam, Dense, Network, QuadraticCost, ReLU, he_normal, train_epochs
from nnlib.studies.stocks import load_google, load_vix
from nnlib.tables import Standardiser

SEEDS = range(5)
SHUFFLES = 10  # for each seed
DAYS, FIRST, STEP, HELD = 10, 500, 100, 100
EPOCHS, BATCH_SIZE, HIDDEN = 40, 32, 8
RATES, STRENGTHS = (0.001, 0.003, 0.01), (0.01, 0.03, 0.1, 0.3)
FREER, FREER_SHUFFLES = (0.003, 0.1), 4
ALPHAS = (1, 10, 100, 1000, 10000)
WEIGHTS = (0.8, 0.9, 0.94, 0.97, 0.99)
FEE = 0.001  # of what is bought or sold
PRICES_FIRST, SHIFTS, LITTLE = 600, 6, 0.001  # strength of L2 for prices
PEER = "linear regression of scikit-learn"

Judge = Callable[[np.ndarray], np.ndarray]  # from rows (n, columns) to n forecasts
Learn = Callable[[np.ndarray, np.ndarray], Judge]


def windows(series: np.ndarray) -> np.ndarray:
    """The DAYS values before each value of a series, a row for each value that has so many before it."""
    return np.array([series[end - DAYS : end] for end in range(DAYS, len(series))])


def tasks() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Inputs (n, 11) and wishes (n,) of both tasks: the last column is the VIX of the evening before."""
    price, vix = load_google(), load_vix()[1]
    change = 100 * (price[1:] / price[:-1] - 1)
    fear = np.log(vix[DAYS:-1])  # change i leads from day i to day i + 1
    size = np.abs(change)
    return {
        "change": (np.column_stack([windows(change), fear]), change[DAYS:]),
        "size": (np.column_stack([windows(size), fear]), size[DAYS:]),
    }


def by_network(rate: float, strength: float, seed: int) -> Learn:
    """How a network learns from rows."""

    def learn(x: np.ndarray, y: np.ndarray) -> Judge:
        rng, scale, wish = np.random.default_rng(seed), Standardiser(x), Standardiser(y[:, None])
        network = Network(Dense(x.shape[1], HIDDEN, rng, init=he_normal), ReLU(), Dense(HIDDEN, 1, rng))
        parts = network, QuadraticCost(), Adam(network.parameters(), rate), scale(x), wish(y[:, None])
        for _ in train_epochs(*parts, epochs=EPOCHS, batch_size=BATCH_SIZE, rng=rng, transforms=[L2(strength)]):
            pass
        return lambda rows: wish.undo(network.predict(scale(rows)))[:, 0]

    return learn


def by_scikit_learn(alpha: float) -> Learn:
    """How linear regression with L2 learns from rows."""

    def learn(x: np.ndarray, y: np.ndarray) -> Judge:
        from sklearn.linear_model import Ridge

        scale = Standardiser(x)
        model = Ridge(alpha=alpha).fit(scale(x), y)
        return lambda rows: model.predict(scale(rows))

    return learn


def by_shuffled(learn: Learn, rng: np.random.Generator) -> Learn:
    """The same learning, each time from wishes that belong to other days."""
    return lambda x, y: learn(x, rng.permutation(y))


def by_mean(x: np.ndarray, y: np.ndarray) -> Judge:
    """The mean so far, for every day."""
    return lambda rows: np.full(len(rows), y.mean())


def walk(learn: Learn, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The forecasts of the days from FIRST on, each by what the days before its hundred have taught."""
    said = [learn(x[:today], y[:today])(x[today : today + STEP]) for today in range(FIRST, len(y), STEP)]
    return np.concatenate(said)


def running(size: np.ndarray, weight: float) -> np.ndarray:
    """Before each day, the running average of the sizes before it; it begins with the mean of the first DAYS."""
    average, found = float(size[:DAYS].mean()), []
    for now in size:
        found.append(average)
        average = weight * average + (1 - weight) * float(now)
    return np.array(found)


def skill(said: np.ndarray, truth: np.ndarray, plain: np.ndarray) -> float:
    """The share of the plain forecast's squared error that this one takes away; below 0 it adds to it."""
    return float(1 - np.sum((truth - said) ** 2) / np.sum((truth - plain) ** 2))


def held_back(learn: Learn, x: np.ndarray, y: np.ndarray) -> float:
    """The squared error on the last HELD of the first FIRST days, of what the days before them have taught."""
    own = slice(0, FIRST - HELD)
    return float(np.mean((learn(x[own], y[own])(x[FIRST - HELD : FIRST]) - y[FIRST - HELD : FIRST]) ** 2))


def chosen(x: np.ndarray, y: np.ndarray) -> tuple[tuple[float, float], float]:
    """Rate and strength of the network, by the mean of its seeds, and the strength of the linear regression."""
    pairs = [(rate, strength) for rate in RATES for strength in STRENGTHS]
    pair = min(pairs, key=lambda pair: np.mean([held_back(by_network(*pair, seed), x, y) for seed in SEEDS]))
    return pair, min(ALPHAS, key=lambda alpha: held_back(by_scikit_learn(alpha), x, y))


def freer(name: str, x: np.ndarray, y: np.ndarray) -> dict:
    """The network with the rate and the weaker L2 of the page's own cell, which nothing has chosen, and its control."""
    truth = y[FIRST:]
    plain = walk(by_mean, x, y) if name == "size" else np.zeros(len(truth))
    said = [walk(by_network(*FREER, seed), x, y) for seed in SEEDS]
    control = [
        walk(by_shuffled(by_network(*FREER, seed), np.random.default_rng(1000 * seed + k)), x, y)
        for seed in SEEDS
        for k in range(FREER_SHUFFLES)
    ]
    return {
        "network": [skill(one, truth, plain) for one in said],
        "shuffled": [skill(one, truth, plain) for one in control],
        "forecast": [float(value) for value in said[0]],
        **({"money": money(said, control, truth)} if name == "change" else {}),
    }


def money(said: list[np.ndarray], control: list[np.ndarray], truth: np.ndarray) -> dict:
    """What following each forecast makes of 100 dollars, and how often it trades."""
    return {
        "held": earned(np.ones(len(truth)), truth, FEE),
        "network": [earned(one, truth) for one in said],
        "with fees": [earned(one, truth, FEE) for one in said],
        "shuffled with fees": [earned(one, truth, FEE) for one in control],
        "trades": [int(np.sum(np.diff((one > 0).astype(int), prepend=0, append=0) != 0)) for one in said],
    }


def earned(said: np.ndarray, truth: np.ndarray, fee: float = 0.0) -> float:
    """What becomes of 100 dollars that are in the share on days with a forecast above 0, and else in the drawer."""
    inside = (said > 0).astype(float)
    trades = np.abs(np.diff(inside, prepend=0.0, append=0.0))
    return float(100 * np.prod(1 + inside * truth / 100) * np.prod(1 - fee * trades))


def forward(name: str, x: np.ndarray, y: np.ndarray) -> dict:
    """One task, forward in time: the skill of each answer on the days from FIRST on."""
    truth = y[FIRST:]
    plain = walk(by_mean, x, y) if name == "size" else np.zeros(len(truth))
    pair, alpha = chosen(x, y)
    peer = walk(by_scikit_learn(alpha), x, y)
    said = [walk(by_network(*pair, seed), x, y) for seed in SEEDS]
    shuffled = [
        walk(by_shuffled(by_network(*pair, seed), np.random.default_rng(1000 * seed + k)), x, y)
        for seed in SEEDS
        for k in range(SHUFFLES)
    ]
    found = {
        "chosen": {"rate": pair[0], "strength": pair[1], "alpha": alpha},
        "network": [skill(one, truth, plain) for one in said],
        "shuffled": [skill(one, truth, plain) for one in shuffled],
        "peer": skill(peer, truth, plain),
        "freer": freer(name, x, y),
    }
    if name == "size":
        size = np.concatenate([x[0, :DAYS], y])
        early = slice(DAYS + FIRST - HELD, DAYS + FIRST)
        weight = min(WEIGHTS, key=lambda weight: np.sum((running(size, weight)[early] - size[early]) ** 2))
        average = running(size, weight)[DAYS + FIRST :]
        found |= {"weight": weight, "running": skill(average, truth, plain)}
        found["mean so far"] = [float(value) for value in plain]
        found["forecasts"] = {"network": [float(v) for v in said[0]], "running": [float(v) for v in average]}
        return found
    found["sign"] = [float(np.mean((one > 0) == (truth > 0))) for one in said]
    found["rises"] = float(np.mean(truth > 0))
    found["money"] = money(said, shuffled, truth)
    return found


def deceiving() -> dict:
    """The network on prices: its errors after the 600th day, its curve moved back by some days, and today's price."""
    price = load_google()
    x, y = windows(price), price[DAYS:]
    now, truth = x[PRICES_FIRST:, -1], y[PRICES_FIRST:]

    own, held = slice(0, PRICES_FIRST - HELD), slice(PRICES_FIRST - HELD, PRICES_FIRST)

    def miss(rate: float, seed: int) -> float:
        said = by_network(rate, LITTLE, seed)(x[own], y[own])(x[held])
        return float(np.mean((said - y[held]) ** 2))

    rate = min(RATES, key=lambda rate: np.mean([miss(rate, seed) for seed in SEEDS]))
    judges = [by_network(rate, LITTLE, seed)(x[:PRICES_FIRST], y[:PRICES_FIRST]) for seed in SEEDS]
    said = [judge(x[PRICES_FIRST:]) for judge in judges]
    n = len(truth)
    return {
        "rate": rate,
        "naive": float(np.mean(np.abs(now - truth))),
        "correlation": [float(np.corrcoef(one, truth)[0, 1]) for one in said],
        "naive correlation": float(np.corrcoef(now, truth)[0, 1]),
        "moved back": [
            [float(np.mean(np.abs(one[k:] - truth[: n - k]))) for k in range(SHIFTS)] for one in said
        ],
    }  # fmt: skip


def main() -> None:
    """Measure, store and print."""
    found = {"prices": deceiving()} | {name: forward(name, x, y) for name, (x, y) in tasks().items()}
    for name in ("change", "size"):
        one = found[name]
        seeds = " ".join(f"{value:+.1%}" for value in one["network"])
        print(f"{name}: network {seeds}, linear {one['peer']:+.1%}, chosen {one['chosen']}", flush=True)
    print(f"running average {found['size']['running']:+.1%} at {found['size']['weight']}", flush=True)
    peers = {PEER: {name: found[name].pop("peer") for name in ("change", "size")}}
    head = {"seeds": list(SEEDS), "shuffles": SHUFFLES, "epochs": EPOCHS, "hidden": HIDDEN, "fee": FEE, "peers": peers}
    store("studies/stocks", head | found | {"closes": load_google().tolist()}, ("numpy", "scikit-learn"))


if __name__ == "__main__":
    main()
