"""The same task for kernels: a convolutional network in the shape of LeNet-5, with batch norm."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from measure.records.augmentation import SIDE, Distortion, augment
from measure.records.recipe import CLASSES, Clock
from nnlib import (
    Adam,
    BatchNorm,
    Conv2d,
    Dense,
    Flatten,
    MaxPool2d,
    Network,
    ReLU,
    SoftmaxCrossEntropy,
    cosine,
    he_normal,
    minibatches,
    one_epoch,
)


@dataclass(frozen=True)
class KernelRecipe:
    """The rate was chosen on the validation images, in runs of a fifth of the time; the rest was written down once."""

    seconds: float = 300  # of CPU time, for everything between the images as they are and the trained network
    kernels: tuple[int, ...] = (16, 32)  # one layer of them for each number
    size: int = 5
    hidden: int = 128
    distortion: Distortion = Distortion()
    group: int = 32  # neighbours in a mini-batch that are bent alike
    batch_size: int = 64
    rate: float = 0.003  # at the start; from there it falls along a cosine


def build_kernels(recipe: KernelRecipe, rng: np.random.Generator) -> Network:
    """Convolution, pooling, batch norm and ReLU for each layer of kernels, then two dense layers, in float32.

    Pooling comes before batch norm and ReLU because they then have a quarter of the work.
    """
    layers, shape = [], (1, SIDE, SIDE)
    for kernels in recipe.kernels:
        convolution = Conv2d(shape, kernels, recipe.size, rng, np.float32, init=he_normal)
        pooling = MaxPool2d(convolution.n_out, 2)
        layers += [convolution, pooling, BatchNorm(kernels, np.float32), ReLU()]
        shape = pooling.n_out
    flatten = Flatten(shape)
    layers += [flatten, Dense(flatten.n_out, recipe.hidden, rng, np.float32, he_normal)]
    layers += [BatchNorm(recipe.hidden, np.float32), ReLU(), Dense(recipe.hidden, CLASSES, rng, np.float32)]
    return Network(*layers)


class KernelReader:
    """A convolutional network, and what is done to an image before it sees it."""

    def __init__(self, recipe: KernelRecipe, images: np.ndarray, rng: np.random.Generator):
        self.network = build_kernels(recipe, rng)
        self.mean, self.spread = images.mean(), images.std()

    def prepare(self, images: np.ndarray) -> np.ndarray:
        """Images (n, 784) as (n, 1, 28, 28), the training images' mean and spread made 0 and 1."""
        return ((images - self.mean) / self.spread).reshape(-1, 1, SIDE, SIDE)

    def predict(self, images: np.ndarray) -> np.ndarray:
        """The digits that the network reads in images (n, 784)."""
        parts = np.array_split(images, -(-len(images) // 500))
        return np.concatenate([self.network.predict(self.prepare(part)).argmax(axis=1) for part in parts])


def train_kernels(
    recipe: KernelRecipe, images: np.ndarray, labels: np.ndarray, rng: np.random.Generator
) -> tuple[KernelReader, dict]:
    """Train on images (n, 784) with integer labels (n,) until the time is over; what was used comes back beside it."""
    clock, seen = Clock(recipe.seconds), 0
    reader, falling = KernelReader(recipe, images, rng), cosine(recipe.rate, 1, left=0.001)
    adam = Adam(reader.network.parameters(), lambda step: falling(clock.share()))

    def batches() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        nonlocal seen
        while True:
            for x, y in minibatches(images, labels, recipe.batch_size, rng):
                if clock.share() >= 1:
                    return
                seen += len(x)
                yield reader.prepare(augment(x, recipe.group, SIDE, recipe.distortion, rng)), y

    one_epoch(reader.network, SoftmaxCrossEntropy(), adam, batches())
    return reader, {"cpu_seconds": round(clock.share() * recipe.seconds, 2), "epochs": round(seen / len(images), 1)}
