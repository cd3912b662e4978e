"""Keras 3 and its `fit`, on the JAX backend, whose compiled step is the fastest of its backends on a CPU."""

import os

import numpy as np

from measure.bench.networks import ADAM, InOrder

TITLE = "Keras"
PACKAGES = ("keras", "jax", "jaxlib")
SLOW = 0.2
KNOWN = {"C": "its Adam adds epsilon before the bias correction and not after it"}


def start(net, weights, x, labels, batch_size, rng):
    os.environ["KERAS_BACKEND"] = "jax"
    import keras
    from keras import layers

    def quadratic(target, output):
        return keras.ops.sum((output - target) ** 2, axis=-1) / 2

    hidden = "sigmoid" if net.kind == "sigmoid" else "relu"
    parts = [keras.Input((net.sizes[0],)), *(layers.Dense(size, hidden) for size in net.sizes[1:-1])]
    model = keras.Sequential([*parts, layers.Dense(net.sizes[-1], "sigmoid" if net.kind == "sigmoid" else None)])
    model.set_weights([array for W, b in weights for array in (W.T, b)])
    if net.kind == "sigmoid":
        model.compile(keras.optimizers.SGD(net.rate), quadratic, jit_compile=True)
        y = np.eye(10, dtype=np.float32)[labels]
    else:
        adam = keras.optimizers.Adam(net.rate, ADAM["beta1"], ADAM["beta2"], ADAM["epsilon"])
        model.compile(adam, keras.losses.SparseCategoricalCrossentropy(from_logits=True), jit_compile=True)
        y = labels

    def epoch():
        history = model.fit(x, y, batch_size=batch_size, shuffle=not isinstance(rng, InOrder), verbose=0)
        return history.history["loss"][-1]

    def parameters():
        arrays = model.get_weights()
        return [(W.T, b) for W, b in zip(arrays[::2], arrays[1::2], strict=True)]

    return epoch, parameters
