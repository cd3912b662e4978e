"""Measure driving: laps without leaving the road over 20 seeds, by what a network learned from, and what is plainer.

    python -m measure.studies.driving      or `make STUDY=driving study`: about 8 minutes

A network of 16 hidden tanh neurons sees the picture of a small camera and says how to steer. It learns from 2,000
pictures with the teacher's answers, from laps of the teacher on 100 roads. The ways differ in the share of the pictures
that were taken beside the middle of the road. Each has the rate that leaves the least loss on 500 pictures of its own
kind, in the mean of three seeds that are not among the 20. Two more ways: four times as many pictures, none of them
moved; and as many as the others, of which half are from where the network itself drove (DAgger), with the rate of half
moved.

Each network then drives a lap on each of 20 roads that are the same for all, with eight pushes on the way. Its loss is
taken twice: on 500 pictures of its own kind, and on 500 of the teacher's laps; roads of their own both times. Five
seeds of each way are then trained once more, and asked about 500 pictures that are all moved (`--moved`: that
alone).

The plain peers: a rule without learning that steers to the mean column of what is bright, its rows and its factor
chosen on 20 other roads; and with `--peers`, which needs scikit-learn and PyTorch and measures nothing else,
scikit-learn's ridge regression, its penalty chosen as the rates are, and the same network in PyTorch.

It writes `book/measured/studies/driving.json`, and two networks of the first seed, none moved and half moved, to
`book/nnlib/alive/driving/weights.npz`.
"""

import argparse
import json
from collections.abc import Callable
from itertools import product

import numpy as np

from measure import BOOK, MEASURED, store
from nnlib import Adam, Dense, Network, QuadraticCost, Tanh, cosine, train_epochs
from nnlib.studies.driving import (
    COLUMNS,
    ROWS,
    Steer,
    by_network,
    chosen,
    draw_roads,
    drive,
    evened,
    lessons,
    load_frames,
    mirrored,
    pictures,
    teacher,
)

SEEDS, CHOICE_SEEDS = tuple(range(20)), tuple(range(100, 103))
PICTURES, KEPT, HIDDEN, EPOCHS, BATCH = 2000, 500, 16, 30, 32
RATES, PENALTIES = (0.001, 0.003, 0.01), (1.0, 10.0, 100.0)
SHARES = (0.0, 0.05, 0.2, 0.5, 1.0)
LAPS = 20
TEST, OTHERS = (draw_roads(LAPS, np.random.default_rng(seed)) for seed in (1000, 2000))
ROUNDS = (1000, 500, 500)  # pictures: of the teacher's laps, then twice of the network's own
WEIGHTS = BOOK / "nnlib" / "alive" / "driving" / "weights.npz"


def train(x: np.ndarray, y: np.ndarray, rate: float, rng: np.random.Generator) -> Network:
    """From pictures to steering."""
    network = Network(Dense(x.shape[1], HIDDEN, rng), Tanh(), Dense(HIDDEN, 1, rng))
    adam = Adam(network.parameters(), cosine(rate, EPOCHS * -(-len(x) // BATCH)))
    for _ in train_epochs(network, QuadraticCost(), adam, x, y, epochs=EPOCHS, batch_size=BATCH, rng=rng):
        pass
    return network


def kept(share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures that play no part in training, of roads of their own."""
    return lessons(KEPT, share, np.random.default_rng([seed, 2]), roads=50)


def loss(predict: Callable[[np.ndarray], np.ndarray], examples: tuple[np.ndarray, np.ndarray]) -> float:
    """The mean squared difference from the teacher's steering, in degrees a metre, squared."""
    x, y = examples
    return float(np.mean((predict(x) - y) ** 2))


def laps(steer: Steer, seed: int, pushed: bool = True) -> int:
    """How many of the 20 laps come round."""
    return int(drive(TEST, steer, np.random.default_rng([seed, 1]) if pushed else None).done.sum())


def tested(network: Network, share: float, seed: int) -> dict:
    """What a network comes to."""
    return {
        "loss of its own kind": loss(network.predict, kept(share, seed)),
        "loss on the teacher's laps": loss(network.predict, kept(0.0, seed)),
        "laps": laps(by_network(network), seed),
    }


def choose_rate(share: float) -> dict:
    """The rate that leaves the least loss on pictures of the same kind, and what each left."""
    tried = {}
    for rate in RATES:
        losses = []
        for seed in CHOICE_SEEDS:
            rng = np.random.default_rng(seed)
            losses.append(loss(train(*lessons(PICTURES, share, rng), rate, rng).predict, kept(share, seed)))
        tried[str(rate)] = losses
    return {"rate": min(RATES, key=lambda rate: np.mean(tried[str(rate)])), "tried": tried}


def one_share(share: float) -> dict:
    """A share of moved pictures: its rate, and the test of each seed; for two of the shares more than that."""
    found = {"share": share, **choose_rate(share), "per_seed": []}
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        network = train(*lessons(PICTURES, share, rng), found["rate"], rng)
        run = tested(network, share, seed)
        if share in (0.0, 0.5):
            run |= {"laps without pushes": laps(by_network(network), seed, pushed=False), **mirror(network, seed)}
            if seed == SEEDS[0]:
                keep(network, "half_moved" if share else "none_moved")
        found["per_seed"].append(run)
    print(share, found["rate"], [run["laps"] for run in found["per_seed"]], flush=True)
    return found


def keep(network: Network, name: str) -> None:
    """Add a network to the interactive's weights, in float32."""
    WEIGHTS.parent.mkdir(exist_ok=True)
    arrays = {}
    if WEIGHTS.exists():
        with np.load(WEIGHTS, allow_pickle=False) as file:
            arrays = dict(file)
    arrays |= {f"{name}.{key}": value.astype("<f4") for key, value in network.state().items()}
    np.savez(WEIGHTS, **dict(sorted(arrays.items())))


def mirror(network: Network, seed: int) -> dict:
    """How it steers on real frames and on drawn pictures, and on the same mirrored."""
    return {"frames": opposed(network, evened(load_frames())), "drawn": opposed(network, kept(0.0, seed)[0])}


def opposed(network: Network, x: np.ndarray) -> dict:
    """How it steers on pictures, and on the same mirrored, where it should be the opposite."""
    answer, other = network.predict(x)[:, 0], network.predict(mirrored(x))[:, 0]
    return {
        "mean": float(answer.mean()),
        "least": float(answer.min()),
        "most": float(answer.max()),
        "size": float(np.abs(answer).mean()),
        "missed": float(np.abs(answer + other).mean()),
        "opposite": float(np.mean(answer * other < 0)),
    }


def moved(stored: dict) -> dict[str, list[dict]]:
    """What the networks of five seeds, trained again, make of moved pictures: the loss, and the mirror."""
    rates = {one["share"]: one["rate"] for one in stored["shares"]}

    def of_share(share, pictures=PICTURES):
        def trained(seed):
            rng = np.random.default_rng(seed)
            return train(*lessons(pictures, share, rng), rates[share], rng)

        return trained

    ways = [(str(one["share"]), of_share(one["share"]), one["per_seed"]) for one in stored["shares"]]
    ways.append(("four times", of_share(0.0, 4 * PICTURES), stored["four times"]))
    ways.append(("dagger", lambda seed: by_own_laps(rates[0.5], seed)[0], stored["dagger"]))
    found = {}
    for name, trained, runs in ways:
        found[name] = []
        for seed in SEEDS[:5]:
            network, examples = trained(seed), kept(1.0, seed)
            again, before = loss(network.predict, kept(0.0, seed)), runs[seed]["loss on the teacher's laps"]
            if not np.isclose(again, before, rtol=1e-3):
                raise ValueError(
                    f"{name}, seed {seed}: a loss of {again} on the teacher's laps, and {before} is stored"
                )
            found[name].append({"loss": loss(network.predict, examples), **opposed(network, examples[0])})
        print("moved", name, [run["loss"] for run in found[name]], flush=True)
    return found


def four_times(rate: float) -> list[dict]:
    """Four times as many pictures of the teacher's laps."""
    found = []
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        found.append(tested(train(*lessons(4 * PICTURES, 0.0, rng), rate, rng), 0.0, seed))
    print("four times", [run["laps"] for run in found], flush=True)
    return found


def own_laps(network: Network, n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Pictures of where a network drives, with pushes, and what the teacher would do there."""
    roads = draw_roads(LAPS, rng)
    driven = drive(roads, by_network(network), rng)
    times, which = np.nonzero(driven.on)
    picked = rng.permutation(len(times))[:n]
    cars, on = driven.cars[times[picked], which[picked]], chosen(roads, which[picked])
    return evened(pictures(on, cars)), teacher(on, cars)[:, None]


def by_own_laps(rate: float, seed: int) -> tuple[Network, int]:
    """The network of one seed that learned from its own laps too, and the number of its pictures."""
    rng = np.random.default_rng(seed)
    x, y = lessons(ROUNDS[0], 0.0, rng)
    for n in ROUNDS[1:]:
        more = own_laps(train(x, y, rate, rng), n, rng)
        x, y = np.concatenate([x, more[0]]), np.concatenate([y, more[1]])
    return train(x, y, rate, rng), len(x)


def dagger(rate: float) -> list[dict]:
    """Half of the pictures are from where the network that learned from the others has driven."""
    found = []
    for seed in SEEDS:
        network, n = by_own_laps(rate, seed)
        found.append({"loss on the teacher's laps": loss(network.predict, kept(0.0, seed)),
                      "laps": laps(by_network(network), seed), "pictures": n})  # fmt: skip
    print("dagger", [run["laps"] for run in found], flush=True)
    return found


def to_the_bright(first: int, last: int, factor: float) -> Steer:
    """The rule without learning: so many degrees for each column that what is bright lies to the left in these rows."""
    left = (COLUMNS - 1) / 2 - np.arange(COLUMNS)

    def steer(roads, cars):
        rows = pictures(roads, cars).reshape(-1, ROWS, COLUMNS)[:, first : last + 1]
        flat = evened(rows.reshape(len(rows), -1)).reshape(rows.shape)
        bright = np.maximum(flat - 1, 0)  # what is more than a standard deviation above the mean
        return factor * (bright * left).sum(axis=(1, 2)) / np.maximum(bright.sum(axis=(1, 2)), 1e-9)

    return steer


def rule() -> dict:
    """What the rule comes to, its rows and factor chosen on other roads."""
    settings = [
        {"first": first, "last": last, "factor": factor}
        for (first, last), factor in product(((1, 2), (2, 3), (3, 4), (2, 5), (3, 5)), (0.3, 0.6, 1.0, 2.0))
    ]
    done = [int(drive(OTHERS, to_the_bright(**one), np.random.default_rng(0)).done.sum()) for one in settings]
    best = settings[int(np.argmax(done))]
    found = {
        "settings": best,
        "tried": [one | {"laps": n} for one, n in zip(settings, done, strict=True)],
        "per_seed": [{"laps": laps(to_the_bright(**best), seed)} for seed in SEEDS],
        "without pushes": laps(to_the_bright(**best), 0, pushed=False),
    }
    print("rule", best, [run["laps"] for run in found["per_seed"]], flush=True)
    return found


def ridge(share: float) -> dict:
    """scikit-learn's ridge regression on the same pictures: a weighted sum of the pixels."""
    from sklearn.linear_model import Ridge

    def fitted(penalty, seed):
        x, y = lessons(PICTURES, share, np.random.default_rng(seed))
        model = Ridge(penalty).fit(x, y[:, 0])
        return lambda new: model.predict(new)[:, None]

    tried = {p: [loss(fitted(p, seed), kept(share, seed)) for seed in CHOICE_SEEDS] for p in PENALTIES}
    best = min(PENALTIES, key=lambda p: np.mean(tried[p]))
    found = []
    for seed in SEEDS:
        predict = fitted(best, seed)

        def steer(roads, cars, predict=predict):
            return predict(evened(pictures(roads, cars)))[:, 0]

        found.append({"loss on the teacher's laps": loss(predict, kept(0.0, seed)), "laps": laps(steer, seed)})
    print("ridge", share, best, [run["laps"] for run in found], flush=True)
    return {"penalty": best, "tried": {str(p): losses for p, losses in tried.items()}, "per_seed": found}


def torch_run(share: float, rate: float, seed: int) -> dict:
    """The same network in PyTorch, on the same pictures, from first weights and in an order of its own."""
    import torch

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    x, y = (torch.from_numpy(part) for part in lessons(PICTURES, share, np.random.default_rng(seed)))
    first, last = torch.nn.Linear(x.shape[1], HIDDEN), torch.nn.Linear(HIDDEN, 1)
    model = torch.nn.Sequential(first, torch.nn.Tanh(), last).double()
    adam = torch.optim.Adam(model.parameters(), rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, EPOCHS * -(-len(x) // BATCH))
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(x)).split(BATCH):
            adam.zero_grad()
            (0.5 * ((model(x[batch]) - y[batch]) ** 2).sum(dim=1).mean()).backward()
            adam.step()
            schedule.step()

    @torch.no_grad()
    def predict(new):
        return model(torch.from_numpy(np.ascontiguousarray(new))).numpy()

    steer = lambda roads, cars: predict(evened(pictures(roads, cars)))[:, 0]  # noqa: E731
    return {"loss on the teacher's laps": loss(predict, kept(0.0, seed)), "laps": laps(steer, seed)}


def peers() -> None:
    """What needs scikit-learn and PyTorch."""
    stored = json.loads((MEASURED / "studies" / "driving.json").read_text(encoding="utf-8"))
    rates = {one["share"]: one["rate"] for one in stored["shares"]}
    linear = {str(share): ridge(share) for share in (0.0, 0.5)}
    torch = {str(share): [torch_run(share, rates[share], seed) for seed in SEEDS[:5]] for share in (0.0, 0.5)}
    print("torch", {share: [run["laps"] for run in runs] for share, runs in torch.items()}, flush=True)
    store(
        "studies/driving",
        {"peers": {"scikit-learn, ridge": linear}, "torch": torch},
        ("numpy", "scikit-learn", "torch"),
    )


def main() -> None:
    """Measure, store, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", action="store_true", help="scikit-learn and PyTorch alone")
    parser.add_argument("--moved", action="store_true", help="what the networks make of moved pictures alone")
    asked = parser.parse_args()
    if asked.peers:
        peers()
        return
    if asked.moved:
        stored = json.loads((MEASURED / "studies" / "driving.json").read_text(encoding="utf-8"))
        store("studies/driving", {"moved": moved(stored)})
        return
    shares = [one_share(share) for share in SHARES]
    rates = {one["share"]: one["rate"] for one in shares}
    data = {
        "seeds": list(SEEDS),
        "pictures": PICTURES,
        "kept": KEPT,
        "laps": LAPS,
        "shares": shares,
        "four times": four_times(rates[0.0]),
        "dagger": dagger(rates[0.5]),
        "rule": rule(),
        "teacher": [laps(teacher, seed) for seed in SEEDS[:5]],
        "straight": [laps(lambda roads, cars: np.zeros(len(cars)), seed) for seed in SEEDS],
    }
    store("studies/driving", data | {"moved": moved(data)})


if __name__ == "__main__":
    main()
