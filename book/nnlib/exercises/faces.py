"""Exercises of Faces."""

from collections.abc import Callable
from functools import cache

import numpy as np

from nnlib import Adam, Dense, Network
from nnlib.exercises.kinds import Choice, explain_it, predict_it, stretch_it, write_it
from nnlib.studies.faces import Contrastive, all_pairs, apart, area, drawn_faces, shrink


@predict_it(
    "Pulled and pushed",
    minutes=4,
    hints=(
        "How far is each pair apart? What does the same pair cost, and what does the different one fall short of?",
        "The gaps are (0.3, 0.4) and (0.4, 0.3), both of length 0.5. The different pair falls short of 2 by 1.5.",
        "For the same pair the slope is the gap; for the different one the gap over its length, times 1.5, turned "
        "about. Then the mean over two pairs.",
    ),
    why="A same pair's slope is its gap. A different pair's points the other way, as long as it falls short.",
    within=5e-4,
    mistakes=(
        ((0.3, -1.2), "these are the slopes of each pair's own cost; in the mean over two pairs each is halved"),
        ((-0.15, 0.6), "the signs are turned: a step subtracts, so a positive slope draws the code back"),
        ((0.15, 0.6), "the second pair is of two people: it is pushed apart, not drawn together"),
        ((0.15, -0.2), "this is the pull with the other sign; the push grows with what the pair falls short"),
        ((0.15, -0.3), "the direction is the gap over its length, (0.8, 0.6); the push is 1.5 times that"),
        ((0.15, -0.4), "this is the direction alone; the push is as long as the pair falls short, 2 - 0.5"),
        ((0.15, -0.9), "what the pair falls short is squared in the cost, but not in its slope"),
        ((0.3, -0.6), "the first slope is not halved yet; the cost is the mean over two pairs"),
    ),
)
def pulled_and_pushed():
    """The slopes for the first number of the first code of each pair, of a cost that is a mean over two pairs."""
    codes = np.array([[0.5, 0.9], [0.8, 0.8], [0.2, 0.5], [0.4, 0.5]])
    cost = Contrastive(margin=2.0)
    cost.forward(codes, np.array([True, False]))
    slope = cost.backward()
    return slope[0, 0], slope[1, 0]


def _pairs(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, float]:
    """Distances of some same pairs and more different ones, and a share of the same ones to be accepted."""
    same = np.arange(60) < 20
    d = np.where(same, rng.uniform(0, 1, 60), rng.uniform(0.3, 1.5, 60))
    order = rng.permutation(60)
    return d[order], same[order], float(rng.choice([0.6, 0.75, 0.9]))


def _threshold(d, same, share):
    return np.sort(d[same])[int(np.ceil(share * same.sum())) - 1]


@write_it(
    "The price of nine in ten",
    minutes=5,
    hints=(
        "Which distances of same pairs are accepted first, as the threshold rises?",
        "`np.sort(d[same])` has them in order. Where in it stands the last one that must be accepted? "
        "(`np.quantile` takes values between, so it may miss the lowest.)",
        "Try them in order, until `np.mean(d[same] <= threshold) >= share`: of 20 same pairs and a share of 0.9 at "
        "place 17, counted from 0. (The place can be reckoned, too; but 0.07 * 100 is a little more than 7 to Python, "
        "and rounded up 8.) Then count the different pairs that are no farther apart: "
        "`np.mean(d[~same] <= threshold)`.",
    ),
    why="The threshold is set by the same pairs alone; what it lets in of the others is its price.",
    inputs=_pairs,
    mistakes=(
        (
            lambda d, same, share: np.mean(d <= _threshold(d, same, share)),
            "this counts same pairs too; of the different ones, how many are accepted?",
        ),
        (
            lambda d, same, share: np.mean(d[~same] > _threshold(d, same, share)),
            "this is the share rejected; asked for are those accepted",
        ),
        (
            lambda d, same, share: np.mean(d[~same] <= np.quantile(d[~same], share)),
            "the threshold is to accept this share of the same pairs, not of the different ones",
        ),
        (
            lambda d, same, share: np.mean(d[~same] <= np.quantile(d, share)),
            "the threshold is to accept this share of the same pairs, not of all",
        ),
        (
            lambda d, same, share: np.mean(same[d <= _threshold(d, same, share)] == 0),
            "this is the share of different pairs among all accepted; asked for is their share of the different ones",
        ),
        (
            lambda d, same, share: np.mean(d[~same] <= _threshold(d, same, 1 - share)),
            "this accepts the rest of the same pairs: take the nearest ones first",
        ),
    ),
    also_right=(
        lambda d, same, share: min(np.mean(d[~same] <= t) for t in d[same] if np.mean(d[same] <= t) >= share),
        lambda d, same, share: np.mean(d[~same] <= np.sort(d[same])[int(np.ceil(share * same.sum())) - 1]),
    ),
)
def price(d, same, share):
    """The share of different pairs accepted, at the lowest threshold that accepts at least this share of the same ones.

    Distances d (n,), and same (n,), which is True where a pair shows one person.
    """
    for threshold in np.sort(d[same]):
        if np.mean(d[same] <= threshold) >= share:
            return np.mean(d[~same] <= threshold)


@explain_it(
    "A good report",
    minutes=2,
    question="A firm sells a door that knows faces. From 20 pictures each of 500 employees, a tenth of the pictures "
    "was set aside at random, and on pairs of these the area is 0.99. It is to tell visitors from one another. What "
    "does the number say of that?",
    hints=(
        "Of an employee in the part set aside, what had the network learned from?",
        "From some 18 other pictures of the same person. How many has it learned from of a visitor?",
    ),
    why="A split of pictures leaves the same people on both sides; visitors are a split of people. How rare same pairs "
    "are does not change an area, and an area is no share of mistakes.",
)
def good_report():
    return (
        Choice(
            "It holds for visitors too, since no tested picture was learned from.",
            "no picture was, but the people were, from their other pictures",
        ),
        Choice(
            "Little: all whom it tested were known from other pictures.",
            "yes: set whole people aside, and test on pairs of these",
            right=True,
        ),
        Choice(
            "Nothing, because an area grows by itself where pairs of one person are rare.",
            "how rare they are does not change an area: it compares each with each",
        ),
        Choice(
            "That one pair in a hundred will be mistaken at the door.",
            "an area is no share of mistakes: that depends on the threshold, and on who comes",
        ),
    )


DRAWS, TESTED, REACH = (0, 1, 2), 10, 0.95


@cache
def _drawn() -> tuple[np.ndarray, np.ndarray]:
    faces = drawn_faces()
    return shrink(faces.pictures), faces.person


def _measure_encoder(encoder: Callable) -> tuple[str, bool]:
    """The area on pairs of ten people who were not learned from, three times."""
    x, person = _drawn()
    areas = []
    for seed in DRAWS:
        rng = np.random.default_rng(seed)
        tested = np.isin(person, rng.permutation(person.max() + 1)[:TESTED])
        encode = encoder(x[~tested].copy(), person[~tested].copy(), rng)
        one, other, same = all_pairs(person[tested])
        areas.append(area(apart(np.asarray(encode(x[tested].copy())), one, other), same))
    said = f"areas {', '.join(f'{each:.2f}' for each in areas)}"
    if np.mean(areas) >= REACH:
        return said, True
    worse = "no better than the pixels" if np.mean(areas) < 0.785 else f"not yet {REACH} in the mean"
    return f"{said}: {worse}", False


def _by_eigenfaces(x, person, rng):
    mean = x.mean(axis=0)
    _, sizes, components = np.linalg.svd(x - mean, full_matrices=False)
    return lambda new: (new - mean) @ components[:10].T / sizes[:10]


def _with_hidden_layer(x, person, rng):
    from nnlib import ReLU

    return _trained(Network(Dense(256, 64, rng), ReLU(), Dense(64, 16, rng)), x, person, rng, 3)


def _trained(network, x, person, rng, epochs):
    loss, adam = Contrastive(), Adam(network.parameters(), 0.001)
    (one, other, same), mean = all_pairs(person), x.mean(axis=0)
    for _ in range(epochs):
        far = rng.choice(np.flatnonzero(~same), same.sum(), replace=False)
        for batch in np.array_split(rng.permutation(np.concatenate([np.flatnonzero(same), far])), 40):
            loss.forward(network.forward(np.concatenate([x[one[batch]], x[other[batch]]]) - mean), same[batch])
            network.collect(loss.backward())
            adam.step()
    return lambda new: network.predict(new - mean)


@stretch_it(
    "An encoder of your own",
    minutes=20,
    hints=(
        "What makes two pictures of one of these people differ? Which directions in pixel space carry that?",
        "A single dense layer can learn to take these directions out. Train one with `Contrastive`, on all same pairs "
        "and as many different ones.",
        "Five epochs of `Adam(network.parameters(), 0.001)`, each of some 40 batches, are enough. Return "
        "`lambda new: network.predict(new - mean)`.",
    ),
    why="The pairs say what differs within one person, such as light and place, and a single layer can take it out.",
    measure=_measure_encoder,
    mistakes=(
        (lambda x, person, rng: lambda new: new, "no better than the pixels"),
        (_by_eigenfaces, "not yet 0.95"),
    ),
    also_right=(_with_hidden_layer,),
)
def encoder(x, person, rng):
    """A function from pictures (n, 256) to codes (n, k), learned from pictures of known people; rng is for chance."""
    network, mean = Network(Dense(256, 16, rng)), x.mean(axis=0)
    loss, adam = Contrastive(), Adam(network.parameters(), 0.001)
    one, other, same = all_pairs(person)
    for _ in range(5):
        far = rng.choice(np.flatnonzero(~same), same.sum(), replace=False)
        chosen = rng.permutation(np.concatenate([np.flatnonzero(same), far]))
        for batch in np.array_split(chosen, 40):
            pictures = np.concatenate([x[one[batch]], x[other[batch]]])
            loss.forward(network.forward(pictures - mean), same[batch])
            network.collect(loss.backward())
            adam.step()
    return lambda new: network.predict(new - mean)
