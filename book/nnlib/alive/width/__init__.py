"""Width: how many images a layer of neurons that do not learn misreads, with a last layer that fits as well as it can.

The narrow fit badly, the widest fit everything; in between, where there are as many neurons as training images, errors
on new images rise to a peak and fall again: double descent.
"""

from functools import cache

import numpy as np

from ...datasets import load_digits
from ...losses import one_hot
from ...prose import significant
from .. import live

PARTS = ("../depth/chart.js", "width.js")  # its script, in the order in which it runs
IMAGES = 300  # to learn from, drawn anew for each seed
WIDTHS = (10, 20, 40, 70, 100, 150, 200, 250, 280, 300, 320, 350, 400, 500, 700, 1000, 1500)
WRONG = {"none": 0.0, "a fifth": 0.2}  # labels that are replaced by another digit
L2 = {"none": 0.0, "0.001": 0.001, "0.03": 0.03}  # the book's lambda, beside the quadratic cost, a mean
SEEDS = (0, 1, 2, 3, 4)
START = {"width": 40, "wrong": "none", "l2": "none"}


@cache
def images() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Images less the mean image, and labels: to draw from, and new ones."""
    digits = load_digits()
    x, x_new = digits.x_train.astype(float), digits.x_test.astype(float)
    return x - x.mean(axis=0), digits.y_train, x_new - x.mean(axis=0), digits.y_test


def scores(width: int, seed: int) -> dict[tuple[str, str], tuple[float, float, float]]:
    """The shares of training images and of new ones that are misread, and the size of the last layer's weights.

    One triple for each share of wrong labels and L2. The weights have the lowest quadratic cost with L2; where many
    have, as with more neurons than images and no L2, they are the smallest ones. With a = U S V^T that is
    V S / (S^2 + IMAGES lambda) U^T targets: the cost has 1/2 of the mean of the squared errors, not their sum.
    """
    x, y, x_new, y_new = images()
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(x))[:IMAGES]
    first = rng.standard_normal((64, width)) / 8
    lot, other = rng.random(IMAGES), rng.integers(1, 10, IMAGES)
    a, a_new = np.maximum(x[chosen] @ first, 0), np.maximum(x_new @ first, 0)
    u, s, vt = np.linalg.svd(a, full_matrices=False)
    found = {}
    for wrong, share in WRONG.items():
        labels = np.where(lot < share, (y[chosen] + other) % 10, y[chosen])
        for l2, strength in L2.items():
            last = (vt.T * (s / (s**2 + IMAGES * strength))) @ (u.T @ one_hot(labels, 10))
            own, new = np.mean((a @ last).argmax(1) != labels), np.mean((a_new @ last).argmax(1) != y_new)
            found[wrong, l2] = float(own), float(new), float(np.sqrt(np.mean(np.sum(last**2, axis=0))))
    return found


@cache
def measured() -> dict:
    """For each share of wrong labels, L2 and width, the means over the seeds: errors in per cent, and the size."""
    found = {wrong: {l2: [] for l2 in L2} for wrong in WRONG}
    for width in WIDTHS:
        each = [scores(width, seed) for seed in SEEDS]
        for wrong, l2 in each[0]:
            own, new, size = np.mean([seed[wrong, l2] for seed in each], axis=0).tolist()
            found[wrong][l2].append([round(100 * own, 1), round(100 * new, 1), float(f"{size:.2g}")])
    return found


def said(width: int, wrong: str, l2: str, own: float, new: float, size: float) -> str:
    """What the scores come to, in words."""
    return (
        f"{width} neurons, {IMAGES} training images, wrong labels: {wrong}, L2: {l2}. Of 100 training images "
        f"{own:.1f} are misread, of 100 new ones {new:.1f}. The last weights have the size {significant(size, 2)}."
    )


def show() -> None:
    """Show the errors, with the number of neurons, the wrong labels and L2 to be chosen."""
    found = measured()
    text = [
        said(width, wrong, l2, *found[wrong][l2][place])
        for wrong in WRONG
        for l2 in L2
        for place, width in enumerate(WIDTHS)
        if width in (100, 300, 1500)
    ]
    data = {"widths": list(WIDTHS), "images": IMAGES, "penalties": list(L2), "scores": found, "start": START}
    live.show("width", data, "Errors on training images and on new ones, by the number of neurons", text)
