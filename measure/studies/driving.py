"""Measure driving: laps without leaving the road over 20 seeds, by what a network learned from, and what is plainer.

    python -m measure.studies.driving      or `make STUDY=driving study`: about 10 minutes

A network of 16 hidden tanh neurons sees the picture of a small camera and says how to steer. It learns from 2,000
pictures with the teacher's answers, from laps of the teacher on 100 roads. The ways differ in the share of the pictures
that were taken beside the middle of the road; in one more, none is, but the teacher is pushed on its laps. Each has the
rate that leaves the least loss on 500 pictures of its own kind, in the mean of three seeds that are not among the 20.

Four ways more have a rate of these that was not chosen for them: four times as many pictures, none of them moved (the
rate of none moved); as many as the others, of which half are from where the network itself drove (DAgger), twice as
many, half of them moved, and half moved and their mirror images (the rate of half moved).

Each network then drives a lap on each of 20 roads that are the same for all, with eight pushes of 1.2 m on the way, and
once more without. It is asked how the teacher steers: on 500 pictures of the teacher's laps, on 500 that are all moved,
roads of their own both times, and where its own pushed laps on the 20 roads went. None moved and half moved also drive
with pushes of 1.5 m.

The pushes were made harder while the study was made: `pushes` says what an easier test, four pushes of 1.0 m, makes of
the shares on 20 other roads, with the seeds that choose. What both tests make of none moved, half moved, all
moved and the rule on 100 more roads, five seeds each, `--more` measures alone.

The plain peers: a rule without learning that steers to the mean column of what is bright, its rows and its factor
chosen on those other roads; with `--peers`, which needs scikit-learn and measures nothing else, its ridge regression,
the penalty chosen as the rates are, also on the 100 more roads; with `--torch` the same network in PyTorch.

It writes `book/measured/studies/driving.json`, and two networks of the first seed, none moved and half moved, to
`book/nnlib/alive/driving/weights.npz`.
"""

import argparse
import json
from collections.abc import Callable
from functools import partial
from itertools import product

import numpy as np

from measure import BOOK, MEASURED, store
from nnlib import Adam, Dense, Network, QuadraticCost, Tanh, cosine, train_epochs
from nnlib.studies.driving import (
    COLUMNS,
    PUSH,
    PUSHES,
    ROWS,
    Drive,
    Roads,
    Steer,
    beside,
    by_network,
    chosen,
    draw_roads,
    drive,
    evened,
    lessons,
    load_frames,
    mirrored,
    pictures,
    pushed,
    teacher,
)

SEEDS, CHOICE_SEEDS = tuple(range(20)), tuple(range(100, 103))
PICTURES, KEPT, HIDDEN, EPOCHS, BATCH = 2000, 500, 16, 30, 32
RATES, PENALTIES = (0.001, 0.003, 0.01), (1.0, 10.0, 100.0)
SHARES = (0.0, 0.05, 0.2, 0.5, 1.0)
LAPS = 20
EASIER, FARTHER = (4, 1.0), 1.5  # pushes and metres of a test that was too easy; metres of one that is harder
TEST, OTHERS = (draw_roads(LAPS, np.random.default_rng(seed)) for seed in (1000, 2000))
MORE = draw_roads(100, np.random.default_rng(7000))
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


def laps(steer: Steer, seed: int, pushes: int = PUSHES, metres: float = PUSH, roads: Roads = TEST) -> int:
    """How many of the 20 laps come round."""
    return int(drive(roads, steer, np.random.default_rng([seed, 1]), pushes, metres).done.sum())


def driven(steer: Steer, seed: int) -> dict:
    """What comes of the 20 laps, with pushes and without, and how the laps that were lost ended."""
    found = {}
    for name, rng in (("", np.random.default_rng([seed, 1])), (" without pushes", None)):
        lap = drive(TEST, steer, rng)
        found[f"laps{name}"] = int(lap.done.sum())
        found[f"lost{name}"] = np.flatnonzero(~lap.done).tolist()  # the roads
        if rng is not None:
            found |= by_pushes(lap)
            found["loss on its own laps"] = own_loss(lap, steer)
    return found


def by_pushes(lap: Drive) -> dict:
    """How many laps ended in the metre of a push, and how far off the middle the cars were before all but the first."""
    at = pushed(lap)
    ended = [bool(at[on.sum() - 1, i]) for i, on in enumerate(lap.on.T) if not lap.done[i]]
    times, which = np.nonzero(at & (np.cumsum(at, axis=0) > 1))
    off = np.abs(beside(chosen(TEST, which), *lap.cars[times, which, :2].T))
    return {"lost by a push": sum(ended), "off before a push": float(off.mean()) if len(off) else None}


def own_loss(lap: Drive, steer: Steer) -> float:
    """The mean squared difference from the teacher's steering where a car's own laps went."""
    times, which = np.nonzero(lap.on)
    roads, cars = chosen(TEST, which), lap.cars[times, which]
    return float(np.mean((steer(roads, cars) - teacher(roads, cars)) ** 2))


def tested(network: Network, seed: int) -> dict:
    """What a network comes to."""
    moved = kept(1.0, seed)
    return {
        "loss on the teacher's laps": loss(network.predict, kept(0.0, seed)),
        "loss on moved pictures": loss(network.predict, moved),
        "moved": opposed(network, moved[0]),
        **mirror(network, seed),
        **driven(by_network(network), seed),
    }


def choose_rate(learned: Callable, own: Callable) -> dict:
    """The rate that leaves the least loss on pictures of the same kind, and what each left."""
    tried = {}
    for rate in RATES:
        losses = []
        for seed in CHOICE_SEEDS:
            rng = np.random.default_rng(seed)
            losses.append(loss(train(*learned(rng), rate, rng).predict, own(seed)))
        tried[str(rate)] = losses
    return {"rate": min(RATES, key=lambda rate: np.mean(tried[str(rate)])), "tried": tried}


def trained(learned: Callable, rate: float, seed: int) -> Network:
    """The network of one seed, which picks the pictures too."""
    rng = np.random.default_rng(seed)
    return train(*learned(rng), rate, rng)


def per_seed(name: str, make: Callable[[int], Network]) -> list[dict]:
    """The test of each seed."""
    found = [tested(make(seed), seed) for seed in SEEDS]
    print(name, [run["laps"] for run in found], [run["laps without pushes"] for run in found], flush=True)
    return found


def one_share(share: float) -> dict:
    """A share of moved pictures: its rate, and the test of each seed; of two shares a network is kept."""
    learned = partial(lessons, PICTURES, share)
    found = {"share": share, **choose_rate(learned, partial(kept, share))}
    make = partial(trained, learned, found["rate"])
    found["per_seed"] = per_seed(str(share), make)
    if share in (0.0, 0.5):
        keep(make(SEEDS[0]), "half_moved" if share else "none_moved")
        found["farther"] = [laps(by_network(make(seed)), seed, metres=FARTHER) for seed in SEEDS]
    return found


def pushed_lessons(n: int, rng: np.random.Generator, roads: int = 100) -> tuple[np.ndarray, np.ndarray]:
    """Pictures from laps on which the teacher is pushed, and its steering."""
    return along(draw_roads(roads, rng), teacher, n, rng)


def pushed_teacher() -> dict:
    """The teacher is pushed as the networks are: its rate, and the test of each seed."""
    learned = partial(pushed_lessons, PICTURES)
    found = choose_rate(learned, lambda seed: pushed_lessons(KEPT, np.random.default_rng([seed, 2]), roads=50))
    return found | {"per_seed": per_seed("pushed teacher", partial(trained, learned, found["rate"]))}


def both_sides(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Half moved, and the mirror images."""
    x, y = lessons(PICTURES, 0.5, rng)
    return np.concatenate([x, mirrored(x)]), np.concatenate([y, -y])


def pushes_tried(rates: dict[float, float]) -> dict:
    """What two tests make of the shares, on the other roads and with the seeds that choose."""
    found = {}
    for name, (pushes, metres) in (("easier", EASIER), ("kept", (PUSHES, PUSH))):
        found[name] = {"pushes": pushes, "metres": metres, "laps": {}}
        for share, rate in rates.items():
            make = partial(trained, partial(lessons, PICTURES, share), rate)
            found[name]["laps"][str(share)] = [
                laps(by_network(make(seed)), seed, pushes, metres, OTHERS) for seed in CHOICE_SEEDS
            ]
        print("pushes", found[name], flush=True)
    return found


def on_more(steer: Steer, seed: int) -> dict:
    """How many of 100 more roads' laps come round, in both tests and without pushes."""
    return {
        "easier": laps(steer, seed, *EASIER, MORE),
        "kept": laps(steer, seed, roads=MORE),
        "without": int(drive(MORE, steer).done.sum()),
    }


def by_test(found: list[dict]) -> dict:
    """What several seeds came to on the 100 more roads, a list for each test."""
    return {test: [run[test] for run in found] for test in found[0]}


def more_roads(rates: dict[float, float]) -> dict:
    """What five seeds bring round of 100 more roads' laps, of three shares and of the rule that was chosen."""
    found = {"roads": len(MORE.way)}
    for share in (0.0, 0.5, 1.0):
        make = partial(trained, partial(lessons, PICTURES, share), rates[share])
        found[str(share)] = by_test([on_more(by_network(make(seed)), seed) for seed in SEEDS[:5]])
        print("more roads", share, found[str(share)], flush=True)
    best = rule_tried()[0]
    found["rule"] = by_test([on_more(to_the_bright(**best), seed) for seed in SEEDS[:5]])
    print("more roads, rule", found["rule"], flush=True)
    return found


def straight() -> dict:
    """Who never steers: the laps, the loss on both kinds of pictures, and how much the teacher steers there."""
    found = {"laps": [laps(lambda roads, cars: np.zeros(len(cars)), seed) for seed in SEEDS]}
    for name, share in (("teacher's laps", 0.0), ("moved pictures", 1.0)):
        wanted = [kept(share, seed)[1] for seed in SEEDS]
        found[name] = {
            "loss": float(np.mean(np.square(wanted))),
            "size": float(np.mean(np.abs(wanted))),
        }
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


def along(roads: Roads, steer: Steer, n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Pictures of n places by lot where someone drives, with pushes, and what the teacher would do there."""
    lap = drive(roads, steer, rng)
    times, which = np.nonzero(lap.on)
    picked = rng.permutation(len(times))[:n]
    cars, on = lap.cars[times[picked], which[picked]], chosen(roads, which[picked])
    return evened(pictures(on, cars)), teacher(on, cars)[:, None]


def own_laps(network: Network, n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Pictures of where a network drives, with pushes, and what the teacher would do there."""
    return along(draw_roads(LAPS, rng), by_network(network), n, rng)


def by_own_laps(rate: float, seed: int) -> Network:
    """The network of one seed that learned from its own laps too."""
    rng = np.random.default_rng(seed)
    x, y = lessons(ROUNDS[0], 0.0, rng)
    for n in ROUNDS[1:]:
        more = own_laps(train(x, y, rate, rng), n, rng)
        x, y = np.concatenate([x, more[0]]), np.concatenate([y, more[1]])
    return train(x, y, rate, rng)


def to_the_bright(first: int, last: int, factor: float) -> Steer:
    """The rule without learning: so many degrees for each column that what is bright lies to the left in these rows."""
    left = (COLUMNS - 1) / 2 - np.arange(COLUMNS)

    def steer(roads, cars):
        rows = pictures(roads, cars).reshape(-1, ROWS, COLUMNS)[:, first : last + 1]
        flat = evened(rows.reshape(len(rows), -1)).reshape(rows.shape)
        bright = np.maximum(flat - 1, 0)  # what is more than a standard deviation above the mean
        return factor * (bright * left).sum(axis=(1, 2)) / np.maximum(bright.sum(axis=(1, 2)), 1e-9)

    return steer


def rule_tried() -> tuple[dict, list[dict]]:
    """The rows and the factor that bring most laps round on other roads, and what each setting brings."""
    settings = [
        {"first": first, "last": last, "factor": factor}
        for (first, last), factor in product(((1, 2), (2, 3), (3, 4), (2, 5), (3, 5)), (0.3, 0.6, 1.0, 2.0))
    ]
    done = [int(drive(OTHERS, to_the_bright(**one), np.random.default_rng(0)).done.sum()) for one in settings]
    return settings[int(np.argmax(done))], [one | {"laps": n} for one, n in zip(settings, done, strict=True)]


def rule() -> dict:
    """What the rule comes to, its rows and factor chosen on other roads."""
    best, tried = rule_tried()
    found = {
        "settings": best,
        "tried": tried,
        "per_seed": [driven(to_the_bright(**best), seed) for seed in SEEDS],
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
    found, more = [], []
    for seed in SEEDS:
        predict = fitted(best, seed)

        def steer(roads, cars, predict=predict):
            return predict(evened(pictures(roads, cars)))[:, 0]

        losses = {
            "loss on the teacher's laps": loss(predict, kept(0.0, seed)),
            "loss on moved pictures": loss(predict, kept(1.0, seed)),
        }
        found.append(losses | driven(steer, seed))
        if seed in SEEDS[:5]:
            more.append(on_more(steer, seed))
    print("ridge", share, best, [run["laps"] for run in found], by_test(more), flush=True)
    return {
        "penalty": best,
        "tried": {str(p): losses for p, losses in tried.items()},
        "per_seed": found,
        "more roads": by_test(more),
    }


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
    """What needs scikit-learn."""
    linear = {str(share): ridge(share) for share in (0.0, 0.5)}
    store("studies/driving", {"peers": {"scikit-learn, ridge": linear}}, ("numpy", "scikit-learn"))


def stored_rates() -> dict[float, float]:
    """The rate that each share has."""
    stored = json.loads((MEASURED / "studies" / "driving.json").read_text(encoding="utf-8"))
    return {one["share"]: one["rate"] for one in stored["shares"]}


def in_torch() -> None:
    """What needs PyTorch."""
    rates = stored_rates()
    torch = {str(share): [torch_run(share, rates[share], seed) for seed in SEEDS[:5]] for share in (0.0, 0.5)}
    print("torch", {share: [run["laps"] for run in runs] for share, runs in torch.items()}, flush=True)
    store("studies/driving", {"torch": torch}, ("numpy", "torch"))


def main() -> None:
    """Measure, store, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", action="store_true", help="scikit-learn alone")
    parser.add_argument("--torch", action="store_true", help="PyTorch alone")
    parser.add_argument("--more", action="store_true", help="what comes of 100 more roads alone")
    asked = parser.parse_args()
    if asked.peers or asked.torch or asked.more:
        if asked.peers:
            peers()
        if asked.torch:
            in_torch()
        if asked.more:
            store("studies/driving", {"more roads": more_roads(stored_rates())})
        return
    shares = [one_share(share) for share in SHARES]
    rates = {one["share"]: one["rate"] for one in shares}
    of_half = rates[0.5]
    data = {
        "seeds": list(SEEDS),
        "pictures": PICTURES,
        "kept": KEPT,
        "laps": LAPS,
        "shares": shares,
        "pushes": pushes_tried(rates),
        "more roads": more_roads(rates),
        "pushed teacher": pushed_teacher(),
        "four times": per_seed("four times", partial(trained, partial(lessons, 4 * PICTURES, 0.0), rates[0.0])),
        "dagger": per_seed("dagger", partial(by_own_laps, of_half)),
        "twice half": per_seed("twice half", partial(trained, partial(lessons, 2 * PICTURES, 0.5), of_half)),
        "both sides": per_seed("both sides", partial(trained, both_sides, of_half)),
        "rule": rule(),
        "teacher": [driven(teacher, seed) for seed in SEEDS[:5]],
        "teacher, farther": [laps(teacher, seed, metres=FARTHER) for seed in SEEDS[:5]],
        "straight": straight(),
    }
    store("studies/driving", data)


if __name__ == "__main__":
    main()
