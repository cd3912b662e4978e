"""Foretell ratings of films: how far each answer misses, by how the tested ratings were set aside.

    python -m measure.studies.recommendation      or `make STUDY=recommendation study`: about 3 minutes

A fifth of the ratings is the test part, set aside in four ways: at random; the latest; all ratings of some persons,
drawn until they are a fifth; and of each person the latest fifth. The first and the third are drawn anew for each of
five seeds. Of the rest a fifth is set aside in the same way to choose by: how strongly biases are shrunk, and of the
network how many numbers a taste has, how strong L2 is and how many epochs it learns. Then all of the rest is learned
from, and the test part met once. The network has five seeds everywhere; the other answers, which have none, differ
where the parts do. An error is the root of the mean squared one, in stars.

Of the latest fifth also: the errors for persons who were learned from and for the others, and for films that had no
rating before; and what comes of it if each person's bias is set anew after each rating of hers, or only once a day, all
else staying as it was, by how many she had given before. Of each person's own latest fifth: the errors for ratings of a
later day than any of hers that was learned from.

Of the parts at random and by time: how many of the ten tested films that an answer puts first were given 4 stars or
more, for persons with 20 tested ratings or more. At random also: to each person the ten films that she has not rated
in the part learned from, best ones first, and how these lists spread.

It writes `book/measured/studies/recommendation.json`, which the study shows. With the settings that were best there,
`--torch` trains the same network in PyTorch, and nothing else; `--closer` measures only what is said of the latest
fifth by persons and by films, and of the own latest by days.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from functools import cache
from itertools import product

import numpy as np

from measure import MEASURED, spread, store
from nnlib import L2, Adam, Network, QuadraticCost, train_epochs
from nnlib.sequences import Embedding
from nnlib.studies.recommendation import Match, Ratings, biases, load_ratings, shrunk

SEEDS, CHOICE_SEED = (0, 1, 2, 3, 4), 100
TESTED = 0.2
RATE, BATCH_SIZE, EPOCHS, START = 0.01, 1000, 15, 0.03
TASTES, STRENGTHS = (2, 8, 16), (3e-5, 6e-5, 1e-4, 1.5e-4)
EXTRAS = (1.0, 3.0, 10.0, 30.0)
LIKED, FIRST, FEWEST = 4.0, 10, 20
MOST_RATED = 0.01  # of the films
EARLIER = (0, 1, 5, 20, 100)  # ratings of the same person, each up to the next

Foretell = Callable[[np.ndarray, np.ndarray], np.ndarray]  # from persons and films (n,) to stars (n,)
Split = tuple[np.ndarray, np.ndarray]  # places of ratings: to learn from, and set aside


@cache
def ratings() -> Ratings:
    """The ratings, in the order of time."""
    return load_ratings()


def shape() -> tuple[int, int]:
    """How many persons and films there are."""
    return int(ratings().person.max()) + 1, int(ratings().film.max()) + 1


def at_random(places: np.ndarray, rng: np.random.Generator) -> Split:
    """A fifth by lot."""
    order, aside = rng.permutation(places), round(TESTED * len(places))
    return np.sort(order[aside:]), np.sort(order[:aside])


def by_time(places: np.ndarray, rng: np.random.Generator) -> Split:
    """The latest fifth; places are in the order of time."""
    cut = len(places) - round(TESTED * len(places))
    return places[:cut], places[cut:]


def new_persons(places: np.ndarray, rng: np.random.Generator) -> Split:
    """All ratings of persons drawn by lot, until they are a fifth or a little less."""
    person = ratings().person[places]
    names, counts = np.unique(person, return_counts=True)
    order = rng.permutation(len(names))
    aside = np.isin(person, names[order][np.cumsum(counts[order]) <= TESTED * len(places)])
    return places[~aside], places[aside]


def own_latest(places: np.ndarray, rng: np.random.Generator) -> Split:
    """Of each person the latest fifth."""
    person = ratings().person[places]
    aside = np.zeros(len(places), bool)
    for one in np.unique(person):
        own = np.flatnonzero(person == one)
        aside[own[len(own) - round(TESTED * len(own)) :]] = True
    return places[~aside], places[aside]


SPLITS = {"at random": at_random, "by time": by_time, "new persons": new_persons, "own latest": own_latest}
DRAWN = ("at random", "new persons")  # by lot, anew for each seed


def miss(foretell: Foretell, places: np.ndarray) -> float:
    """The root of the mean squared error, in stars."""
    r = ratings()
    return float(np.sqrt(np.mean((foretell(r.person[places], r.film[places]) - r.stars[places]) ** 2)))


def by_mean(places: np.ndarray) -> Foretell:
    """The mean of what was learned from, for all."""
    mean = ratings().stars[places].mean()
    return lambda person, film: np.full(len(film), mean)


def by_film(places: np.ndarray, extra: float) -> Foretell:
    """The film's mean, shrunk to that of all."""
    r = ratings()
    mean = r.stars[places].mean()
    of_film = shrunk(r.film[places], r.stars[places] - mean, shape()[1], extra)
    return lambda person, film: mean + of_film[film]


def by_biases(places: np.ndarray, persons: float, films: float) -> Foretell:
    """The mean, the person's bias and the film's."""
    r = ratings()
    mean, of_person, of_film = biases(
        r.person[places], r.film[places], r.stars[places], shape(), extra=(persons, films)
    )
    return lambda person, film: mean + of_person[person] + of_film[film]


def by_ridge(places: np.ndarray, alpha: float) -> Foretell:
    """Scikit-learn's linear regression with L2, on one-hot rows of persons and films."""
    from scipy.sparse import csr_array
    from sklearn.linear_model import Ridge

    r, (persons, films) = ratings(), shape()

    def rows(person: np.ndarray, film: np.ndarray) -> csr_array:
        column = np.column_stack([person, persons + film]).ravel()
        start = np.arange(0, len(column) + 1, 2)
        return csr_array((np.ones(len(column)), column, start), shape=(len(person), persons + films))

    model = Ridge(alpha=alpha, tol=1e-6).fit(rows(r.person[places], r.film[places]), r.stars[places])
    return lambda person, film: model.predict(rows(person, film))


def pairs(person: np.ndarray, film: np.ndarray) -> np.ndarray:
    """Persons and films as rows of one table, (n, 2): the films behind the persons."""
    return np.column_stack([person, shape()[0] + film])


def learning(places: np.ndarray, seed: int, taste: int, strength: float, epochs: int) -> Iterator[Foretell]:
    """The network after each epoch, as what it foretells then."""
    r, rng = ratings(), np.random.default_rng(seed)
    embedding = Embedding(sum(shape()), 1 + taste, rng)
    embedding.E *= START
    network, mean = Network(embedding, Match()), r.stars[places].mean()
    x, y = pairs(r.person[places], r.film[places]), (r.stars[places] - mean)[:, None]
    parts = network, QuadraticCost(), Adam(network.parameters(), RATE), x, y
    for _ in train_epochs(*parts, epochs=epochs, batch_size=BATCH_SIZE, rng=rng, transforms=[L2(strength)]):
        yield lambda person, film: mean + network.predict(pairs(person, film))[:, 0]


def by_network(places: np.ndarray, seed: int, **setting: float) -> Foretell:
    """The network at its end."""
    *_, foretell = learning(places, seed, **setting)
    return foretell


def by_torch(places: np.ndarray, seed: int, taste: int, strength: float, epochs: int) -> Foretell:
    """The same network in PyTorch, from its own first numbers and in its own order."""
    import torch

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    r, mean = ratings(), ratings().stars[places].mean()
    table = torch.nn.Embedding(sum(shape()), 1 + taste).double()
    table.weight.data *= START
    optimizer = torch.optim.Adam(table.parameters(), RATE, weight_decay=strength)
    x = torch.from_numpy(pairs(r.person[places], r.film[places]))
    y = torch.from_numpy(r.stars[places] - mean)

    def added(x: torch.Tensor) -> torch.Tensor:
        a = table(x)
        return a[:, :, 0].sum(1) + (a[:, 0, 1:] * a[:, 1, 1:]).sum(1)

    for _ in range(epochs):
        for batch in torch.randperm(len(x)).split(BATCH_SIZE):
            optimizer.zero_grad()
            (((added(x[batch]) - y[batch]) ** 2).mean() / 2).backward()
            optimizer.step()
    return lambda person, film: mean + added(torch.from_numpy(pairs(person, film))).detach().numpy()


PLAIN = {  # each with the settings that are tried
    "mean": (by_mean, [{}]),
    "film": (by_film, [{"extra": extra} for extra in EXTRAS]),
    "biases": (by_biases, [{"persons": a, "films": b} for a, b in product(EXTRAS, EXTRAS)]),
}
PEER = "scikit-learn, Ridge on one-hot rows"


def best_network(learn: np.ndarray, other: np.ndarray) -> dict:
    """The settings with which the network misses least on a validation part."""
    tried = [
        (miss(foretell, other), {"taste": taste, "strength": strength, "epochs": epoch})
        for taste, strength in product(TASTES, STRENGTHS)
        for epoch, foretell in enumerate(learning(learn, CHOICE_SEED, taste, strength, EPOCHS), start=1)
    ]
    return min(tried, key=lambda pair: pair[0])[1]


def best_plain(way: Callable, settings: list[dict], learn: np.ndarray, other: np.ndarray) -> dict:
    """The same of an answer that has no seed."""
    return min(settings, key=lambda setting: miss(way(learn, **setting), other))


def parts(name: str, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Places: the rest and the test part, and of the rest those to learn from and to choose by."""
    rng = np.random.default_rng(1000 + (seed if name in DRAWN else 0))
    rest, test = SPLITS[name](np.arange(len(ratings().stars)), rng)
    return rest, test, *SPLITS[name](rest, rng)


def split(name: str) -> dict:
    """All answers on one way to set ratings aside: a run for each seed, and what was chosen."""
    runs, chosen = [], {}
    for seed in SEEDS:
        rest, test, learn, other = parts(name, seed)
        if not chosen or name in DRAWN:
            chosen = {way: best_plain(*answer, learn, other) for way, answer in PLAIN.items()}
            chosen["network"] = best_network(learn, other)
            chosen[PEER] = best_plain(by_ridge, [{"alpha": alpha} for alpha in EXTRAS], learn, other)
        answers = {way: answer(rest, **chosen[way]) for way, (answer, _) in PLAIN.items()}
        answers["network"] = by_network(rest, seed, **chosen["network"])
        peer = miss(by_ridge(rest, **chosen[PEER]), test)
        r = ratings()
        run = {
            "settings": dict(chosen),
            "tested": len(test),
            "never seen": float(np.mean(~np.isin(r.person[test], r.person[rest]))),
            "films never seen": float(np.mean(~np.isin(r.film[test], r.film[rest]))),
            "missed": {way: miss(foretell, test) for way, foretell in answers.items()} | {PEER: peer},
        }
        if name in ("at random", "by time"):
            run["liked"] = liked(answers, rest, test, seed)
        if name == "by time":
            known = np.isin(r.person[test], r.person[rest])
            for kind, places in (("known", test[known]), ("strangers", test[~known])):
                run[kind] = {way: miss(foretell, places) for way, foretell in answers.items()} | {"n": len(places)}
        if name == "at random":
            run["lists"] = {way: spreads(answers[way], rest) for way in ("film", "biases", "network")}
        runs.append(run)
    return {"runs": runs}


def liked(answers: dict[str, Foretell], rest: np.ndarray, test: np.ndarray, seed: int) -> dict:
    """Of the ten tested films that an answer puts first, the share that was liked, in the mean of persons."""
    r, rng = ratings(), np.random.default_rng(seed)
    often = np.bincount(r.film[rest], minlength=shape()[1])
    ways = answers | {
        "by lot": lambda person, film: rng.random(len(film)),
        "most rated": lambda person, film: often[film].astype(float),
    }
    ways.pop("mean")  # puts none before another
    found = [liked_by(own, ways, rng) for own in pools(test)]
    return {way: float(np.mean([shares[way] for shares in found])) for way in ways} | {"persons": len(found)}


def pools(test: np.ndarray) -> list[np.ndarray]:
    """Of each person with enough tested ratings, their places."""
    person = ratings().person[test]
    return [own for one in np.unique(person) if len(own := test[person == one]) >= FEWEST]


def liked_by(own: np.ndarray, ways: dict[str, Foretell], rng: np.random.Generator) -> dict[str, float]:
    """The share that one person liked of the first ten, by each answer; where two are equal, by lot."""
    r, own = ratings(), own[rng.permutation(len(own))]
    order = {way: np.argsort(-foretell(r.person[own], r.film[own]), kind="stable") for way, foretell in ways.items()}
    return {way: float(np.mean(r.stars[own][places[:FIRST]] >= LIKED)) for way, places in order.items()}


def spreads(foretell: Foretell, rest: np.ndarray) -> dict:
    """How lists of ten films for each person spread over the films."""
    r, (persons, films) = ratings(), shape()
    often, all_films = np.bincount(r.film[rest], minlength=films), np.arange(films)
    lists = []
    for person in range(persons):
        score = foretell(np.full(films, person), all_films)
        score[r.film[rest][r.person[rest] == person]] = -np.inf
        lists.append(np.argsort(-score, kind="stable")[:FIRST])
    most = np.argsort(-often, kind="stable")[: round(MOST_RATED * films)]
    return {
        "different films": len(np.unique(lists)),
        "to the most rated": float(np.isin(lists, most).mean()),
        "ratings of the most rated": float(often[most].sum() / often.sum()),
        "ratings of a recommended film": float(np.median(often[np.array(lists)])),
    }


def left_by_films(rest: np.ndarray, persons: float, films: float) -> np.ndarray:
    """What the mean and the films' biases, learned from the rest, leave of every rating."""
    r = ratings()
    mean, _, of_film = biases(r.person[rest], r.film[rest], r.stars[rest], shape(), extra=(persons, films))
    return r.stars - mean - of_film[r.film]


def set_anew(rest: np.ndarray, test: np.ndarray, persons: float, films: float) -> dict:
    """By time, with the biases as learned, but that of a person set anew after each of her ratings."""
    r, n_persons, left = ratings(), shape()[0], left_by_films(rest, persons, films)
    total, count = np.bincount(r.person[rest], left[rest], n_persons), np.bincount(r.person[rest], minlength=n_persons)
    error, before = np.empty(len(test)), np.empty(len(test), np.intp)
    for i, place in enumerate(test):
        person = r.person[place]
        error[i], before[i] = left[place] - total[person] / (count[person] + persons), count[person]
        total[person] += left[place]
        count[person] += 1
    bins = np.searchsorted(EARLIER, before, side="right") - 1

    def root(errors: np.ndarray) -> float:
        return float(np.sqrt(np.mean(errors**2)))

    return {
        "missed": root(error),
        "missed without": root(left[test]),
        "earlier": list(EARLIER),
        "n": np.bincount(bins, minlength=len(EARLIER)).tolist(),
        "by earlier": [root(error[bins == k]) for k in range(len(EARLIER))],
        "by earlier, without": [root(left[test][bins == k]) for k in range(len(EARLIER))],
    }


def set_anew_daily(rest: np.ndarray, test: np.ndarray, persons: float, films: float) -> dict:
    """The same with what each person gave on earlier days alone: how far it misses, and for how many there is any."""
    r, left = ratings(), left_by_films(rest, persons, films)
    day, error, earlier = np.floor(r.day), np.empty(len(test)), np.empty(len(test), np.intp)
    for i, place in enumerate(test):
        own = np.flatnonzero((r.person[:place] == r.person[place]) & (day[:place] < day[place]))
        error[i], earlier[i] = left[place] - left[own].sum() / (len(own) + persons), len(own)
    return {"missed": float(np.sqrt(np.mean(error**2))), "with any": float(np.mean(earlier > 0))}


def latest(settings: dict) -> dict:
    """Who and what the latest fifth holds, how far each answer misses on new films, and how sure the lists are.

    The lists' gain is over the film's mean, in the mean of persons, with its standard error over these; the network's
    is its mean over the seeds.
    """
    rest, test, *_ = parts("by time", 0)
    r = ratings()
    known, seen = np.isin(r.person[test], r.person[rest]), np.isin(r.film[test], r.film[rest])
    ways = {way: answer(rest, **settings[way]) for way, (answer, _) in PLAIN.items() if way != "mean"}
    ways |= {f"network {seed}": by_network(rest, seed, **settings["network"]) for seed in SEEDS}
    networks = [way for way in ways if way.startswith("network")]
    rng, shares = np.random.default_rng(0), []
    for own in pools(test):
        found = liked_by(own, ways, rng)
        shares.append([np.mean([found[way] for way in networks]) - found["film"], found["biases"] - found["film"]])
    error = np.std(shares, axis=0, ddof=1) / np.sqrt(len(shares))
    return {
        "years": float((r.day[test[-1]] - r.day[test[0]]) / 365.25),
        "known persons": len(np.unique(r.person[test][known])),
        "newcomers": len(np.unique(r.person[test][~known])),
        "ratings of a newcomer": float(np.median(np.unique(r.person[test][~known], return_counts=True)[1])),
        "new films": {"n": int(np.sum(~seen)), "films": len(np.unique(r.film[test][~seen]))}
        | {way: miss(ways[way], test[~seen]) for way in ("film", "biases")}
        | {"network": [miss(ways[way], test[~seen]) for way in networks]},
        "pool": float(np.median([len(own) for own in pools(test)])),
        "pool at random": float(np.median([len(own) for own in pools(parts("at random", 0)[1])])),
        "liked more": {
            way: {"gain": float(np.mean(shares, axis=0)[k]), "error": float(error[k])}
            for k, way in enumerate(("network", "biases"))
        },
        "anew daily": set_anew_daily(rest, test, **settings["biases"]),
    }


def another_day(settings: dict) -> dict:
    """Of the own latest, those of a later day than any of hers learned from: how far each answer misses."""
    rest, test, *_ = parts("own latest", 0)
    r = ratings()
    last = np.full(shape()[0], -1.0)
    np.maximum.at(last, r.person[rest], np.floor(r.day[rest]))
    later = test[np.floor(r.day[test]) > last[r.person[test]]]
    plain = {way: miss(answer(rest, **settings[way]), later) for way, (answer, _) in PLAIN.items()}
    network = [miss(by_network(rest, seed, **settings["network"]), later) for seed in SEEDS]
    return {"n": len(later), "persons": len(np.unique(r.person[later])), **plain, "network": network}


def sittings() -> dict:
    """How ratings come: of each person the share on her busiest day."""
    r = ratings()
    shares = []
    for person in range(shape()[0]):
        days = np.floor(r.day[r.person == person])
        shares.append(np.unique(days, return_counts=True)[1].max() / len(days))
    return {"all on one day": float(np.mean(np.equal(shares, 1)))}


def closer(splits: dict) -> dict:
    """The latest fifth and the own latest, with the settings that were chosen for them."""
    chosen = {name: splits[name]["runs"][0]["settings"] for name in ("by time", "own latest")}
    return {"latest": latest(chosen["by time"]), "another day": another_day(chosen["own latest"])}


def main() -> None:
    """Measure, store, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--torch", action="store_true", help="train the network in PyTorch alone")
    parser.add_argument("--closer", action="store_true", help="measure the latest fifth and the own latest closer")
    asked = parser.parse_args()
    if asked.torch or asked.closer:
        kept = json.loads((MEASURED / "studies" / "recommendation.json").read_text(encoding="utf-8"))["splits"]
    if asked.closer:
        found = closer(kept)
        store("studies/recommendation", found)
        print(found)
        return
    if asked.torch:
        found = {}
        for name in ("at random", "by time"):
            settings = [run["settings"]["network"] for run in kept[name]["runs"]]
            rests = [parts(name, seed)[:2] for seed in SEEDS]
            found[name] = [
                miss(by_torch(rest, seed, **setting), test)
                for seed, setting, (rest, test) in zip(SEEDS, settings, rests, strict=True)
            ]
        store("studies/recommendation", {"torch": found}, ("numpy", "torch"))
        print(found)
        return
    splits = {name: split(name) for name in SPLITS}
    for name, found in splits.items():
        for way in found["runs"][0]["missed"]:
            print(f"{name:12} {way:36}", spread([run["missed"][way] for run in found["runs"]]))
    rest, test, *_ = parts("by time", 0)
    data = {
        "seeds": list(SEEDS),
        "splits": splits,
        "peers": {
            PEER: {name: [run["missed"][PEER] for run in found["runs"]] for name, found in splits.items()},
        },
        "set anew": set_anew(rest, test, **splits["by time"]["runs"][0]["settings"]["biases"]),
        "sittings": sittings(),
        **closer(splits),
    }
    store("studies/recommendation", data, ("numpy", "scikit-learn"))


if __name__ == "__main__":
    main()
