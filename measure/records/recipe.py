"""The recipe: what is trained, and on what, until its CPU time is over."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from measure.records.augmentation import Distortion, augment, grid, look, upright
from nnlib import SGD, BatchNorm, Dense, Network, ReLU, SoftmaxCrossEntropy

CLASSES = 10


@dataclass(frozen=True)
class Recipe:
    """All that was chosen on the validation images."""

    seconds: float  # of CPU time, for everything between the images as they are and the trained network
    hidden: tuple[int, ...] = (512, 512)
    batch_norm: bool = True
    upright: bool = True
    side: int = 22  # of the square in the middle that the network sees
    distortion: Distortion | None = Distortion()
    group: int = 64  # neighbours in a mini-batch that are bent alike
    doubtful: float = 0.5  # share of an epoch's images that are the ones in most doubt
    epoch: float = 0.3  # of the images, once doubts count
    doubts_from: float = 0.1  # of the time
    batch_size: int = 192
    rate: float = 0.4
    falling: bool = True  # the rate, to zero
    warm_up: float = 0.1  # of the time
    momentum: float = 0.9


MINUTE = Recipe(seconds=60)
FIVE_MINUTES = Recipe(
    seconds=300, hidden=(768, 768), distortion=Distortion(bend=0.9, turn=9.0, stretch=0.1, lean=0.12, shift=1.0)
)


class Clock:
    """How much of `seconds` of this process's CPU time has gone, from 0 to 1 and beyond."""

    def __init__(self, seconds: float, now: Callable[[], float] = time.process_time):
        self.now, self.start, self.seconds = now, now(), seconds

    def share(self) -> float:
        """The share that has gone."""
        return (self.now() - self.start) / self.seconds


class Reader:
    """A network, and what is done to an image before it sees it."""

    def __init__(self, recipe: Recipe, images: np.ndarray, rng: np.random.Generator):
        self.recipe, self.network = recipe, build(recipe, rng)
        self.mean, self.spread = images.mean(), images.std()

    def prepare(self, images: np.ndarray) -> np.ndarray:
        """Images (n, 784), set upright where the recipe says so, the training images' mean and spread made 0 and 1."""
        images = upright(images) if self.recipe.upright else images
        return (images - self.mean) / self.spread

    def predict(self, images: np.ndarray) -> np.ndarray:
        """The digits that the network reads in images (n, 784)."""
        return self.network.predict(look(self.prepare(images), grid(self.recipe.side))).argmax(axis=1)


def build(recipe: Recipe, rng: np.random.Generator) -> Network:
    """Dense layers with batch norm and ReLU between them, in float32."""
    layers, n_in = [], recipe.side**2
    for n_out in recipe.hidden:
        layers += [Dense(n_in, n_out, rng, np.float32, he_normal)]
        layers += [BatchNorm(n_out, np.float32)] if recipe.batch_norm else []
        layers += [ReLU()]
        n_in = n_out
    return Network(*layers, Dense(n_in, CLASSES, rng, np.float32))


def he_normal(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Weights of standard deviation sqrt(2 / n_in), since ReLU silences half of what comes in (He et al., 2015)."""
    return rng.standard_normal(shape) * np.sqrt(2 / shape[1])


def rate(recipe: Recipe, share: float) -> float:
    """The learning rate when this share of the time has gone: up in a straight line, then down in another."""
    if share < recipe.warm_up:
        return recipe.rate * (0.05 + 0.95 * share / recipe.warm_up)
    falling = (1 - share) / (1 - recipe.warm_up) if recipe.falling else 1
    return recipe.rate * max(falling, 0.001)


def epoch(recipe: Recipe, share: float, doubt: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Which images the next epoch shows, in which order: at first all, later those in doubt and some of the others."""
    n = len(doubt)
    if share < recipe.doubts_from or not recipe.doubtful:
        return rng.permutation(n)
    shown = round(recipe.epoch * n)
    most = round(recipe.doubtful * shown)
    by_doubt = rng.permutation(n)
    by_doubt = by_doubt[np.argsort(-doubt[by_doubt], kind="stable")]
    others = rng.permutation(by_doubt[most:])[: shown - most]
    return rng.permutation(np.concatenate([by_doubt[:most], others]))


def train(recipe: Recipe, images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> tuple[Reader, dict]:
    """Train on images (n, 784) with integer labels (n,) until the time is over; what was used comes back beside it."""
    clock = Clock(recipe.seconds)
    reader, loss, seen = Reader(recipe, images, rng), SoftmaxCrossEntropy(), 0
    x, doubt = reader.prepare(images), np.ones(len(images))  # 1 - p[label], when the network last saw the image
    sgd = SGD(reader.network.parameters(), lambda step: rate(recipe, clock.share()), recipe.momentum)
    while clock.share() < 1:
        order = epoch(recipe, clock.share(), doubt, rng)
        for start in range(0, len(order), recipe.batch_size):
            batch = order[start : start + recipe.batch_size]
            loss.forward(reader.network.forward(show(recipe, x[batch], rng)), labels[batch])
            reader.network.collect(loss.backward())
            sgd.step()
            doubt[batch] = 1 - loss.p[np.arange(len(batch)), labels[batch]]
            seen += len(batch)
            if clock.share() >= 1:
                break
    return reader, {"cpu_seconds": round(clock.share() * recipe.seconds, 2), "epochs": round(seen / len(x), 1)}


def show(recipe: Recipe, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Images (n, 784) as the network sees them in training."""
    if recipe.distortion is None:
        return look(images, grid(recipe.side))
    return augment(images, recipe.group, recipe.side, recipe.distortion, rng)
