"""Exercises of Without labels."""

from functools import cache

import numpy as np

from nnlib import Adam, Dense, Network, QuadraticCost, ReLU, cosine, load_digits
from nnlib.exercises.kinds import Choice, explain_it, predict_it, stretch_it, write_it


@predict_it(
    "What is left?",
    minutes=3,
    hints=(
        "What error does the mean picture leave, if the code has no number at all?",
        "The mean picture leaves 9 + 4 + 2 + 1 = 16. A code of one number saves the 9.",
        "(4 + 2 + 1) / 16, and (2 + 1) / 16.",
    ),
    why="The components are at right angles, so their squares add up, and a code saves the squares of those it keeps.",
    within=5e-4,
    mistakes=(
        ((9 / 16, 13 / 16), "these are the shares that the codes save; asked for is what is left"),
        ((4 / 16, 2 / 16), "this is the next component alone; all that are left out count"),
        ((7 / 9, 3 / 13), "this compares what is left with what is saved; compare with the mean picture's 16"),
        ((7.0, 3.0), "these are the errors; asked for are their shares of the mean picture's"),
        ((43.75, 18.75), "as shares of 1, please"),
    ),
)
def what_is_left():
    """The shares of the mean picture's error that codes of one and of two numbers leave."""
    squares = 9, 4, 2, 1
    return sum(squares[1:]) / sum(squares), sum(squares[2:]) / sum(squares)


def _pictures(rng):
    """Pictures of five pixels to learn from, new ones whose mean is another, and the size of the code."""
    spread = rng.permutation([3.0, 2.0, 1.2, 0.7, 0.4])
    turn = np.linalg.qr(rng.standard_normal((5, 5)))[0]
    x = rng.uniform(2, 4, 5) + rng.standard_normal((12, 5)) * spread @ turn
    new = x.mean(axis=0) + 1 + rng.standard_normal((4, 5)) * spread @ turn
    return x, new, 2


def _rebuild(x, new, size, keep=slice(None), shift=None):
    """New pictures, rebuilt from some of the first components of x."""
    mean = x.mean(axis=0) if shift is None else shift
    components = np.linalg.svd(x - mean, full_matrices=False)[2][keep][:size]
    return mean + (new - mean) @ components.T @ components


@write_it(
    "Rebuilt from a code",
    minutes=5,
    hints=(
        "What comes off before the components are found, and what must come on again at the end?",
        "`np.linalg.svd(x - mean, full_matrices=False)[2][:size]` are the components, a row for each.",
        "The code is `(new - mean) @ components.T`; it becomes pictures by `mean + code @ components`.",
    ),
    why="Mean and components are what was learned, so new pictures are coded and rebuilt by those of x.",
    inputs=_pictures,
    mistakes=(
        (
            lambda x, new, size: _rebuild(x, new, size) - x.mean(axis=0),
            "nearly: the mean that was taken off must be added again",
        ),
        (
            lambda x, new, size: _rebuild(x, new, size) - x.mean(axis=0) + new.mean(axis=0),
            "this adds the mean of the new pictures; add the one that was taken off, that of x",
        ),
        (
            lambda x, new, size: _rebuild(new, new, size),
            "these components are those of the new pictures; learn from x alone",
        ),
        (
            lambda x, new, size: (
                new.mean(axis=0) + _rebuild(x, new - new.mean(axis=0) + x.mean(axis=0), size) - x.mean(axis=0)
            ),
            "this takes off the mean of the new pictures; what was learned is the mean of x",
        ),
        (
            lambda x, new, size: _rebuild(x, new, size, shift=0 * x[0]),
            "no mean is taken off: take that of x from both, and add it again",
        ),
        (
            lambda x, new, size: _rebuild(x, new, size, keep=slice(None, None, -1)),
            "these are the last components; the first carry most",
        ),
        (
            lambda x, new, size: _rebuild(x, new, 5),
            "this keeps all components, so nothing is left out: take the first `size`",
        ),
    ),
    also_right=(
        lambda x, new, size: (
            x.mean(axis=0) + (new - x.mean(axis=0)) @ (v := np.linalg.eigh(np.cov(x.T))[1][:, ::-1][:, :size]) @ v.T
        ),
    ),
)
def rebuilt(x, new, size):
    """New pictures (m, d), each from `size` numbers, by the principal components of the pictures x (n, d)."""
    mean = x.mean(axis=0)
    components = np.linalg.svd(x - mean, full_matrices=False)[2][:size]
    return mean + (new - mean) @ components.T @ components


@explain_it(
    "The better camera",
    minutes=2,
    question="A factory photographs its parts. An autoencoder with a code of 4, trained on good parts, sorts out what "
    "it rebuilds badly. A colleague makes the code 200 wide: now new good parts are rebuilt almost without error. And "
    "more scratched parts pass than before, though the threshold was lowered to stop as many good ones as before. Why?",
    hints=(
        "What error does a code as wide as the picture leave, on any picture at all?",
        "The error tells a scratch only as long as the code has no room for one. Which code has room?",
    ),
    why="The error shows what the code has no room for, and a wide code has room for scratches too.",
)
def better_camera():
    return (
        Choice(
            "The wide network has learned the good parts by heart.",
            "then it would rebuild new good parts badly, and these it rebuilds almost without error",
        ),
        Choice(
            "A wide code has room for what no good part shows: the scratches are rebuilt as well.",
            "yes: in the end it copies whatever it is shown, and the error says nothing any more",
            right=True,
        ),
        Choice(
            "The threshold should have been lowered with the error.",
            "it was, to stop as many good parts as before",
        ),
        Choice(
            "A network cannot see scratches, since it was never told what a scratch is.",
            "the narrow one was not told either, and stopped more of them",
        ),
    )


NOISE = 0.25


@cache
def _digits():
    digits = load_digits()
    return digits.x_train.astype(float), digits.x_test.astype(float)


def _measure_cleaner(cleaner):
    """The share of the noise's squares that a cleaner leaves on pictures that it has not learned from."""
    x, x_test = _digits()
    left = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        clean = cleaner(x.copy(), rng)
        noisy = x_test + NOISE * rng.standard_normal(x_test.shape)
        left.append(float(((clean(noisy) - x_test) ** 2).sum() / ((noisy - x_test) ** 2).sum()))
    said = ", ".join(f"{share:.0%}" for share in left)
    if np.mean(left) <= 0.35:
        return said, True
    worse = "more than the noise itself" if np.mean(left) > 1 else "not yet 35 % in the mean"
    return f"{said}: {worse}", False


def _by_components(x, rng):
    mean = x.mean(axis=0)
    components = np.linalg.svd(x - mean, full_matrices=False)[2][:16]
    return lambda noisy: mean + (noisy - mean) @ components.T @ components


def _shrunk(x, rng):
    """Each component times the share of its variance that is no noise."""
    mean = x.mean(axis=0)
    _, s, components = np.linalg.svd(x - mean, full_matrices=False)
    share = s**2 / (s**2 + len(x) * NOISE**2)
    return lambda noisy: mean + (noisy - mean) @ components.T * share @ components


@stretch_it(
    "Clean them",
    minutes=20,
    hints=(
        "Components first: how much do 16 of them leave? What does a component carry that is mostly noise?",
        "An autoencoder gives back what it is shown, noise and all. What if input and target are not the same picture?",
        "Show it noisy pictures and ask for the clean ones, with new noise for each batch: "
        "`network.forward(clean + 0.25 * rng.standard_normal(clean.shape))`. Hold some pictures back to choose by.",
    ),
    why="Noise that is new each time cannot be learned, but the picture below it can. No narrow place is needed, for "
    "input and target are not the same. Components reach the goal, too, if the code along "
    "each is multiplied by the share of its variance that is no noise.",
    measure=_measure_cleaner,
    mistakes=(
        (_by_components, "not yet 35 %"),
        (lambda x, rng: lambda noisy: 0 * noisy, "more than the noise itself"),
    ),
    also_right=(_shrunk,),
)
def cleaner(x, rng):
    """A function that makes noisy pictures (n, 64) clean, learned from clean ones; rng is for whatever needs chance."""
    from nnlib import minibatches

    network = Network(Dense(64, 128, rng), ReLU(), Dense(128, 64, rng))
    epochs, loss = 40, QuadraticCost()
    adam = Adam(network.parameters(), cosine(0.01, epochs * -(-len(x) // 32)))
    for _ in range(epochs):
        for clean, target in minibatches(x, x, 32, rng):
            loss.forward(network.forward(clean + 0.25 * rng.standard_normal(clean.shape)), target)
            network.collect(loss.backward())
            adam.step()
    return network.predict
