"""Bad luck: however absurd the data or the rate, training ends with finite numbers or with the reason why not.

Never with a silent NaN, and never with a bare warning: pytest turns those into errors here.
"""

import itertools

import numpy as np
import pytest

from nnlib import (
    L2,
    SGD,
    Adam,
    BatchNorm,
    BinaryCrossEntropy,
    ClipNorm,
    Dense,
    Dropout,
    Layer,
    Loss,
    Network,
    Optimizer,
    QuadraticCost,
    ReLU,
    Sigmoid,
    SoftmaxCrossEntropy,
    Tanh,
    TrainingDiverged,
    fit,
    one_hot,
    train_epochs,
)

N, FEATURES, CLASSES = 24, 3, 3
OPTIMIZERS = {
    "SGD": SGD,
    "momentum": lambda parameters, rate: SGD(parameters, rate, momentum=0.9),
    "Adam": Adam,
}
MIDDLES = {
    "Sigmoid": lambda rng, dtype: [Sigmoid()],
    "Tanh": lambda rng, dtype: [Tanh()],
    "ReLU": lambda rng, dtype: [ReLU()],
    "Dropout": lambda rng, dtype: [ReLU(), Dropout(0.5, rng)],
    "BatchNorm": lambda rng, dtype: [BatchNorm(5, dtype), ReLU()],
}
LOSSES = {
    "QuadraticCost": (QuadraticCost, CLASSES, lambda labels, dtype: one_hot(labels, CLASSES, dtype)),
    "BinaryCrossEntropy": (BinaryCrossEntropy, 1, lambda labels, dtype: (labels[:, None] == 0).astype(dtype)),
    "SoftmaxCrossEntropy": (SoftmaxCrossEntropy, CLASSES, lambda labels, dtype: labels),
}
USUAL = np.random.default_rng(0).standard_normal((N, FEATURES))
LABELS = np.arange(N) % CLASSES
LUCK = {  # inputs, labels, learning rate
    "none": (USUAL, LABELS, 0.1),
    "a rate far too high": (USUAL, LABELS, 1e6),
    "a rate beyond all measure": (USUAL, LABELS, 1e30),
    "inputs all the same": (np.ones((N, FEATURES)), LABELS, 0.1),
    "inputs all zero": (np.zeros((N, FEATURES)), LABELS, 0.1),
    "one example": (USUAL[:1], LABELS[:1], 0.1),
    "one class": (USUAL, np.zeros(N, int), 0.1),
    "one example many times, with every label": (np.repeat(USUAL[:1], N, axis=0), LABELS, 0.1),
    "each example twice": (np.repeat(USUAL[::2], 2, axis=0), np.repeat(LABELS[::2], 2), 0.1),
    "inputs of 1e-30": (1e-30 * USUAL, LABELS, 0.1),
    "inputs of 1e30": (1e30 * USUAL, LABELS, 0.1),
    "inputs from 1e-30 to 1e30": (USUAL * [1e-30, 1, 1e30], LABELS, 0.1),
    "a rate of 1e-30": (USUAL, LABELS, 1e-30),
}


def setting(luck, loss, middle, dtype):
    x, labels, rate = LUCK[luck]
    kind, outputs, targets = LOSSES[loss]
    rng = np.random.default_rng(1)
    net = Network(Dense(FEATURES, 5, rng, dtype), *MIDDLES[middle](rng, dtype), Dense(5, outputs, rng, dtype))
    return net, kind(), x.astype(dtype), targets(labels, dtype), labels, rate


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("luck", LUCK)
def test_training_ends_with_finite_numbers_or_with_the_reason(luck, dtype, times):
    cases = list(itertools.product(LOSSES, MIDDLES, OPTIMIZERS.items()))
    for loss, middle, (name, optimizer) in cases[:: times(4, 1)]:  # every fourth: each part meets each other
        net, cost, x, y, labels, rate = setting(luck, loss, middle, dtype)
        history = fit(
            net,
            cost,
            optimizer(net.parameters(), rate),
            x,
            y,
            epochs=5,
            batch_size=7,
            rng=np.random.default_rng(2),
            validation=(x, np.minimum(labels, net.n_out - 1)),
            progress=False,
        )
        where = (loss, middle, name)
        assert np.isfinite(history.cost).all(), where
        assert len(history.cost) == 5 or "no longer finite in epoch" in history.stopped, where
        assert all(np.isfinite(p.value).all() for p in net.parameters()), where
        if luck == "none":
            assert history.cost[-1] < history.cost[0], where


TRANSFORMS = {"L2": L2(0.1), "huge L2": L2(1e30), "ClipNorm": ClipNorm(1.0), "tiny ClipNorm": ClipNorm(1e-30)}


@pytest.mark.parametrize("transform", TRANSFORMS.values(), ids=TRANSFORMS)
@pytest.mark.parametrize("luck", ["a rate far too high", "inputs of 1e30", "inputs of 1e-30"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_transforms_keep_to_it_too(transform, luck, dtype):
    for middle in ("Tanh", "BatchNorm"):
        net, cost, x, y, _, rate = setting(luck, "QuadraticCost", middle, dtype)
        costs = train_epochs(
            net,
            cost,
            SGD(net.parameters(), rate),
            x,
            y,
            epochs=5,
            batch_size=7,
            rng=np.random.default_rng(2),
            transforms=[transform],
        )
        try:
            assert np.isfinite(list(costs)).all()
        except TrainingDiverged as diverged:
            assert "too large a learning rate" in str(diverged)
        assert all(np.isfinite(p.value).all() for p in net.parameters())


def test_no_layer_loss_or_optimizer_is_missing():
    def names(kind, module):
        return {part.__name__ for part in kind.__subclasses__() if part.__module__ == f"nnlib.{module}"}

    assert names(Layer, "layers") == {*MIDDLES, "Dense"}
    assert names(Loss, "losses") == {*LOSSES}
    assert names(Optimizer, "optimizers") == {*OPTIMIZERS} - {"momentum"}
