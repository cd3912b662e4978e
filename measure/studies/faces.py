"""Tell whether two pictures show one person, of people never seen before: areas under the ROC curve, and false accepts.

    python -m measure.studies.faces      or `make STUDY=faces study`: about 6 minutes

Five draws of people by lot, each with a seed of its own for the network: ten of the forty are the test part. Of the
other thirty five at a time are set aside to choose by, each once, and every answer is chosen by its mean area there: of
the eigenfaces how many, and whether each is scaled to the same spread; of the networks the margin, the rate and the
epochs; of scikit-learn's Fisherfaces how many, and the shrinkage. Then it learns from all thirty, and meets the pairs
of the ten once. All answers get the same pictures, of 16 x 16 pixels.

What a threshold accepts is told twice: where it is laid by the tested pairs' own labels, to accept nine in ten of the
same pairs or one in twenty of the different ones, and where it is set before, to accept as many of people set aside.

The networks' numbers are told with five seeds on each draw, and the Fisherfaces' area where the labels of the known
pictures are dealt out by lot. Beside that: how far the codes of known people and of new ones are apart where no
different pair is pushed, beside the untrained network and over as many steps; how many rejects fall on each person; and
what is measured, with five seeds, if the ten people tested are known from other pictures: five of each are learned
from, or five of each of ten others, beside twenty whole people, and the pairs of their other five pictures are tested.
Both networks learn from 250 pictures of thirty people.

It writes `book/measured/studies/faces.json`, and how many pairs of each draw are how far apart to
`book/nnlib/alive/faces/counts.npz`; the study shows both. With `--torch` it trains the same network, with the settings
that were best here, in PyTorch, and nothing else; with `--chosen` it takes the settings stored and measures the rest
anew, in a few minutes.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import product

import numpy as np

from measure import MEASURED, spread, store
from nnlib import Adam, Dense, Layer, Network, ReLU
from nnlib.studies.faces import Contrastive, Faces, all_pairs, apart, area, false_accepts, load_faces, shrink

SEEDS, CHOICE_SEED = (0, 1, 2, 3, 4), 100
TESTED, ASIDE, ROUNDS = 10, 5, 6  # people; and how often some are set aside to choose by
EIGEN = {"count": (5, 10, 20, 40, 80), "even": (False, True)}
MARGINS, RATES, EPOCHS, BATCH_SIZE = (0.5, 1.0, 2.0), (0.0003, 0.001), (2, 5, 10, 20), 64
HIDDEN, CODE = 64, 16
FISHER = {"count": (8, 16, 24), "shrinkage": (0.1, 0.3, 0.5, 0.7)}
COLLAPSED = {"margin": 1.0, "rate": 0.001}  # as in the notebook
COLLAPSED_EPOCHS = {"same alone": 20, "both": 10}  # about as many steps: both have twice the pairs
ACCEPTED, STRICT = 0.9, 0.05  # of the same pairs, and of the different ones
LEVELS = 100  # of the distances that the page shows

Encode = Callable[[np.ndarray], np.ndarray]  # codes (n, k) from pictures (n, 256)


@cache
def faces() -> Faces:
    """The pictures."""
    return load_faces()


@cache
def rows() -> np.ndarray:
    """The pictures as rows of 16 x 16 pixels."""
    return shrink(faces().pictures)


def parts(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The people of a draw: thirty, and the ten that are tested."""
    order = np.random.default_rng(1000 + seed).permutation(int(faces().person.max()) + 1)
    return order[TESTED:], order[:TESTED]


def of(people: np.ndarray) -> np.ndarray:
    """The places of these people's pictures."""
    return np.flatnonzero(np.isin(faces().person, people))


def distances(encode: Encode, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How far each pair of these pictures is apart, and which show one person."""
    one, other, same = all_pairs(faces().person[places])
    return apart(encode(rows()[places]), one, other), same


def told(encode: Encode, places: np.ndarray) -> dict[str, float]:
    """The area, the false accepts where nine in ten same pairs are accepted, and the true ones where few others are."""
    d, same = distances(encode, places)
    return {
        "area": area(d, same),
        "false accepts": false_accepts(d, same, ACCEPTED),
        "true accepts": true_accepts(d, same),
    }


def true_accepts(d: np.ndarray, same: np.ndarray, share: float = STRICT) -> float:
    """The share of same pairs that are nearer than all but this share of the different ones."""
    different = np.sort(d[~same])
    return float(np.mean(d[same] < different[int(share * len(different))]))


def by_pixels(learn: np.ndarray) -> Encode:
    """The picture as it is."""
    return lambda x: x


def by_eigenfaces(learn: np.ndarray, count: int, even: bool) -> Encode:
    """The first principal components; `even` scales each to the same spread."""
    x = rows()[learn]
    mean = x.mean(axis=0)
    _, sizes, components = np.linalg.svd(x - mean, full_matrices=False)
    scale = sizes[:count] / np.sqrt(len(x)) if even else 1.0
    return lambda x: (x - mean) @ components[:count].T / scale


def by_scikit_learn(learn: np.ndarray, count: int, even: bool) -> Encode:
    """The same by scikit-learn."""
    from sklearn.decomposition import PCA

    return PCA(count, whiten=even, svd_solver="full").fit(rows()[learn]).transform


def by_fisherfaces(learn: np.ndarray, count: int, shrinkage: float, dealt: int | None = None) -> Encode:
    """Scikit-learn's linear discriminant analysis: the directions that tell the known people apart best.

    With `dealt`, a seed, the labels are dealt out among the known pictures by lot.
    """
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    model = LinearDiscriminantAnalysis(solver="eigen", shrinkage=shrinkage, n_components=count)
    labels = faces().person[learn]
    if dealt is not None:
        labels = np.random.default_rng(dealt).permutation(labels)
    return model.fit(rows()[learn], labels).transform


def batches(same: np.ndarray, rng: np.random.Generator, push: bool) -> Iterator[np.ndarray]:
    """Places of pairs, an epoch: every same pair once, and if they are pushed as many different ones by lot."""
    chosen = np.flatnonzero(same)
    if push:
        chosen = np.concatenate([chosen, rng.choice(np.flatnonzero(~same), len(chosen), replace=False)])
    chosen = rng.permutation(chosen)
    for start in range(0, len(chosen), BATCH_SIZE):
        yield chosen[start : start + BATCH_SIZE]


def learning(
    learn: np.ndarray, seed: int, hidden: int, margin: float, rate: float, epochs: int, push: bool = True
) -> Iterator[Encode]:
    """The network before the first epoch and after each, as what makes codes then."""
    rng, x, person = np.random.default_rng(seed), rows()[learn], faces().person[learn]
    mean, (one, other, same) = x.mean(axis=0), all_pairs(person)
    sizes = [x.shape[1], *([hidden] if hidden else []), CODE]
    layers: list[Layer] = []
    for n_in, n_out in zip(sizes[:-1], sizes[1:], strict=True):
        layers += [*([ReLU()] if layers else []), Dense(n_in, n_out, rng)]
    network, loss, x = Network(*layers), Contrastive(margin), x - mean
    adam = Adam(network.parameters(), rate)
    yield lambda x: network.predict(x - mean)
    for _ in range(epochs):
        for batch in batches(same, rng, push):
            loss.forward(network.forward(np.concatenate([x[one[batch]], x[other[batch]]])), same[batch])
            network.collect(loss.backward())
            adam.step()
        yield lambda x: network.predict(x - mean)


def by_network(learn: np.ndarray, seed: int, **setting: float) -> Encode:
    """The network at its end."""
    *_, encode = learning(learn, seed, **setting)
    return encode


def by_torch(learn: np.ndarray, seed: int, hidden: int, margin: float, rate: float, epochs: int) -> Encode:
    """The same network in PyTorch, from its own first weights."""
    import torch

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    rng, x = np.random.default_rng(seed), rows()[learn]
    mean, (one, other, same) = x.mean(axis=0), all_pairs(faces().person[learn])
    model = torch.nn.Sequential(
        torch.nn.Linear(x.shape[1], hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, CODE)
    ).double()
    adam, data = torch.optim.Adam(model.parameters(), rate), torch.from_numpy(x - mean)
    for _ in range(epochs):
        for batch in batches(same, rng, push=True):
            d = torch.nn.functional.pairwise_distance(model(data[one[batch]]), model(data[other[batch]]), eps=1e-12)
            alike = torch.from_numpy(same[batch])
            adam.zero_grad()
            (torch.where(alike, d**2, torch.relu(margin - d) ** 2).mean() / 2).backward()
            adam.step()
    return lambda x: model(torch.from_numpy(x - mean)).detach().numpy()


def tried(options: dict[str, tuple]) -> list[dict]:
    """Every combination."""
    return [dict(zip(options, values, strict=True)) for values in product(*options.values())]


def rounds(people: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Places to learn from and to choose by: some of the people at a time are set aside."""
    asides = [people[k * ASIDE : (k + 1) * ASIDE] for k in range(ROUNDS)]
    return [(of(np.setdiff1d(people, aside)), of(aside)) for aside in asides]


def best(way: Callable, options: dict[str, tuple], people: np.ndarray) -> dict:
    """The settings with the largest mean area on people set aside."""

    def mean(setting: dict) -> float:
        return float(np.mean([told(way(learn, **setting), aside)["area"] for learn, aside in rounds(people)]))

    return max(tried(options), key=mean)


def best_network(people: np.ndarray, hidden: int) -> dict:
    """The same of a network, whose epochs are counted as it learns."""
    found = {}
    for margin, rate in product(MARGINS, RATES):
        areas = []
        for learn, aside in rounds(people):
            epochs = enumerate(learning(learn, CHOICE_SEED, hidden, margin, rate, max(EPOCHS)))
            areas.append([told(encode, aside)["area"] for epoch, encode in epochs if epoch in EPOCHS])
        for epochs, each in zip(EPOCHS, np.mean(areas, axis=0), strict=True):
            found[margin, rate, epochs] = float(each)
    margin, rate, epochs = max(found, key=found.get)
    return {"hidden": hidden, "margin": margin, "rate": rate, "epochs": epochs}


FISHERFACES = "scikit-learn, Fisherfaces"
PEER = "scikit-learn, PCA"
NETWORKS = ("network", "without hidden layer")
SHOWN = {
    "pixels": "pixels",
    "eigenfaces": "eigenfaces",
    "network": "network",
    "without hidden layer": "network, no hidden layer",
    FISHERFACES: "Fisherfaces",
}  # on the page


def choose(seed: int) -> dict[str, dict]:
    """The settings of each answer on one draw of people."""
    people, _ = parts(seed)
    return {
        "pixels": {},
        "eigenfaces": best(by_eigenfaces, EIGEN, people),
        "network": best_network(people, HIDDEN),
        "without hidden layer": best_network(people, 0),
        FISHERFACES: best(by_fisherfaces, FISHER, people),
    }


def set_before(way: Callable[[np.ndarray], Encode], people: np.ndarray, encode: Encode, test: np.ndarray) -> dict:
    """What is accepted at thresholds laid by the labels of people set aside, each once, with all their pairs together.

    The one accepts nine in ten of their same pairs, the other (strict) one in twenty of their different ones.
    """
    aside = [distances(way(learn), places) for learn, places in rounds(people)]
    near, far = (np.sort(np.concatenate([d[same == alike] for d, same in aside])) for alike in (True, False))
    thresholds = {
        "": near[int(np.ceil(ACCEPTED * len(near))) - 1],
        "strict ": far[int(STRICT * len(far)) - 1],
    }
    d, same = distances(encode, test)
    return {
        f"{kind}{accepts}": float(np.mean(d[same == alike] <= threshold))
        for kind, threshold in thresholds.items()
        for accepts, alike in (("true accepts", True), ("false accepts", False))
    }


def draw(seed: int, settings: dict[str, dict]) -> tuple[dict, dict[str, Encode]]:
    """All answers on one draw of people: what was chosen, what they tell, and the answers."""
    people, tested = parts(seed)
    settings[PEER] = settings["eigenfaces"]
    learn, test = of(people), of(tested)
    ways = {
        "pixels": by_pixels,
        "eigenfaces": partial(by_eigenfaces, **settings["eigenfaces"]),
        "network": partial(by_network, seed=seed, **settings["network"]),
        "without hidden layer": partial(by_network, seed=seed, **settings["without hidden layer"]),
        FISHERFACES: partial(by_fisherfaces, **settings[FISHERFACES]),
        PEER: partial(by_scikit_learn, **settings[PEER]),
    }
    answers = {name: way(learn) for name, way in ways.items()}
    run = {
        "people": np.sort(tested).tolist(),
        "settings": settings,
        "told": {name: told(encode, test) for name, encode in answers.items()},
        "set before": {name: set_before(way, people, answers[name], test) for name, way in ways.items()},
        "rejected": {name: rejected(encode, tested) for name, encode in answers.items()},
        "labels dealt by lot": [
            told(by_fisherfaces(learn, **settings[FISHERFACES], dealt=other), test)["area"] for other in SEEDS
        ],
        "known": [known(seed, settings["network"], other) for other in SEEDS],
        "collapse": {name: collapse(seed, name) for name in COLLAPSED_EPOCHS},
    }
    return run, answers


def rejected(encode: Encode, people: np.ndarray) -> list[int]:
    """How many same pairs of each person are rejected where nine in ten of all same pairs are accepted."""
    places = of(people)
    one, other, same = all_pairs(faces().person[places])
    d = apart(encode(rows()[places]), one, other)
    threshold = np.sort(d[same])[int(np.ceil(ACCEPTED * same.sum())) - 1]
    whose = faces().person[places][one]
    return [int(np.sum(d[same & (whose == each)] > threshold)) for each in people]


def known(seed: int, setting: dict, other: int) -> dict:
    """The same pairs by a network that knows the tested people from other pictures, and by one that does not.

    Both learn from all pictures of twenty people and from five each of ten, who are the tested ones or ten more.
    """
    people, tested = parts(seed)
    tenth = np.arange(len(faces().person)) % 10

    def five(whose: np.ndarray) -> np.ndarray:
        return np.array([place for place in of(whose) if tenth[place] < 5])

    test, whole = np.setdiff1d(of(tested), five(tested)), of(people[TESTED:])
    never, knows = (np.concatenate([whole, five(whose)]) for whose in (people[:TESTED], tested))
    return {
        "pictures": [len(never), len(knows)],
        "never seen": told(by_network(never, other, **setting), test),
        "known": told(by_network(knows, other, **setting), test),
    }


def collapse(seed: int, pairs: str) -> dict:
    """Over the epochs, the cost of the same pairs learned from, and of known people and new ones what `apart_by` tells.

    As lists, with the untrained network first.
    """
    people, tested = parts(seed)
    epochs, push, found = COLLAPSED_EPOCHS[pairs], pairs == "both", []
    for encode in learning(of(people), seed, hidden=HIDDEN, epochs=epochs, push=push, **COLLAPSED):
        d, same = distances(encode, of(people))
        each = {"cost": float(np.mean(d[same] ** 2) / 2)}
        for who, places in (("known", people), ("new", tested)):
            each |= {f"{who} {key}": value for key, value in apart_by(encode, of(places)).items()}
        found.append(each)
    return {key: [each[key] for each in found] for key in found[0]}


def apart_by(encode: Encode, places: np.ndarray) -> dict[str, float]:
    """How far same pairs and different pairs are apart in the mean, and the area."""
    d, same = distances(encode, places)
    return {"same": float(d[same].mean()), "different": float(d[~same].mean()), "area": area(d, same)}


def counts(runs: list[tuple[dict, dict[str, Encode]]]) -> dict[str, np.ndarray]:
    """How many pairs lie at each level of distance, for the page: a row for each draw, different pairs and same ones.

    The highest level is the farthest pair of a draw.
    """
    found = {}
    for way in SHOWN:
        tables = []
        for run, answers in runs:
            d, same = distances(answers[way], of(np.array(run["people"])))
            level = np.ceil(d / d.max() * LEVELS).astype(int)
            tables.append([np.bincount(level[same == alike], minlength=LEVELS + 1) for alike in (False, True)])
        found[SHOWN[way]] = np.array(tables, np.uint16)
    return found


def by_seed(setting: dict, seed: int) -> list[dict[str, dict[str, float]]]:
    """What a network tells on one draw, and at thresholds set before, with each seed."""
    people, tested = parts(seed)
    test, found = of(tested), []
    for other in SEEDS:
        way = partial(by_network, seed=other, **setting)
        encode = way(of(people))
        found.append({"told": told(encode, test), "set before": set_before(way, people, encode, test)})
    return found


def main() -> None:
    """Measure, store, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--torch", action="store_true", help="train the network in PyTorch alone")
    parser.add_argument("--chosen", action="store_true", help="take the settings that are stored")
    asked, kept = parser.parse_args(), []
    if asked.torch or asked.chosen:
        kept = json.loads((MEASURED / "studies" / "faces.json").read_text(encoding="utf-8"))["runs"]
    if asked.torch:
        found = []
        for seed, run in zip(SEEDS, kept, strict=True):
            people, tested = parts(seed)
            found.append(told(by_torch(of(people), seed, **run["settings"]["network"]), of(tested)))
        store("studies/faces", {"torch": found}, ("numpy", "torch"))
        print(spread([each["area"] for each in found]))
        return
    both = []
    for seed in SEEDS:
        both.append(draw(seed, kept[seed]["settings"] if asked.chosen else choose(seed)))
        print(
            seed, both[-1][0]["settings"]["network"], {way: each["area"] for way, each in both[-1][0]["told"].items()}
        )
    runs = [run for run, _ in both]
    data = {
        "seeds": list(SEEDS),
        "runs": runs,
        "by seed": {way: [by_seed(run["settings"][way], seed) for seed, run in enumerate(runs)] for way in NETWORKS},
        "peers": {way: [run["told"][way]["area"] for run in runs] for way in (FISHERFACES, PEER)},
    }
    from nnlib.alive.faces import COUNTS

    np.savez_compressed(COUNTS, **counts(both))
    store("studies/faces", data, ("numpy", "scikit-learn"))
    for way in runs[0]["told"]:
        for part in ("told", "set before"):
            for key in runs[0][part][way]:
                print(f"{way:28} {part:12} {key:14}", spread([run[part][way][key] for run in runs]))


if __name__ == "__main__":
    main()
