"""Bad luck: however absurd the data or the rate, training ends with finite numbers or with the reason why not.

Never with a silent NaN, and never with a bare warning: pytest turns those into errors here.
"""

import itertools

import numpy as np
import pytest
from parts import LAYERS, LOSSES, OPTIMIZERS, rows

from nnlib import L2, SGD, ClipNorm, Dense, Network, ReLU, TrainingDiverged, fit, train_epochs

N, FEATURES, CLASSES, EPOCHS = 24, 3, 3, 3
MIDDLES = {kind.__name__: part.make for kind, part in LAYERS.items() if part.input is rows}
COSTS = {kind.__name__: kind for kind in LOSSES}
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
    part, rng = LOSSES[COSTS[loss]], np.random.default_rng(1)
    outputs = part.outputs(CLASSES)
    net = Network(Dense(FEATURES, 5, rng, dtype), MIDDLES[middle](5, rng, dtype), ReLU(), Dense(5, outputs, rng, dtype))
    return net, COSTS[loss](), x.astype(dtype), part.target(labels, CLASSES, dtype), labels, rate


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("luck", LUCK)
def test_training_ends_with_finite_numbers_or_with_the_reason(luck, dtype, times):
    tables = [enumerate(table) for table in (COSTS, MIDDLES, OPTIMIZERS)]
    for (i, loss), (j, middle), (k, name) in itertools.product(*tables):
        if (i + j + k) % times(3, 1):  # a third of them, in which each part meets each of the other tables
            continue
        net, cost, x, y, labels, rate = setting(luck, loss, middle, dtype)
        history = fit(
            net,
            cost,
            OPTIMIZERS[name].make(net.parameters(), rate),
            x,
            y,
            epochs=EPOCHS,
            batch_size=7,
            rng=np.random.default_rng(2),
            validation=(x, labels) if net.n_out == CLASSES else None,
            progress=False,
        )
        where = (loss, middle, name)
        assert np.isfinite(history.cost).all(), where
        assert len(history.cost) == EPOCHS or "no longer finite in epoch" in history.stopped, where
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
            epochs=EPOCHS,
            batch_size=7,
            rng=np.random.default_rng(2),
            transforms=[transform],
        )
        try:
            assert np.isfinite(list(costs)).all()
        except TrainingDiverged as diverged:
            assert "too large a learning rate" in str(diverged)
        assert all(np.isfinite(p.value).all() for p in net.parameters())
