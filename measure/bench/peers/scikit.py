"""scikit-learn's MLPClassifier. It has no quadratic cost: its A and B end in softmax cross-entropy instead."""

import numpy as np

from measure.bench.networks import ADAM, InOrder

TITLE = "scikit-learn"
PACKAGES = ("scikit-learn",)
BARS = {"B128": 0.45}
SLOW_AT_SMALL_BATCHES = 0.25
SOFTMAX = "no quadratic cost: its output layer is softmax, its cost the cross-entropy"
KNOWN = {"A": SOFTMAX, "B": SOFTMAX, "C": "its Adam adds epsilon before the bias correction and not after it"}


def start(net, weights, x, labels, batch_size, rng):
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier(
        net.sizes[1:-1],
        activation="logistic" if net.kind == "sigmoid" else "relu",
        solver="sgd" if net.kind == "sigmoid" else "adam",
        momentum=0.0,
        alpha=0.0,
        batch_size=batch_size,
        learning_rate_init=0.3 if net.kind == "sigmoid" else net.rate,
        shuffle=not isinstance(rng, InOrder),
        random_state=0,
        beta_1=ADAM["beta1"],
        beta_2=ADAM["beta2"],
        epsilon=ADAM["epsilon"],
    )
    model.partial_fit(x[:batch_size], labels[:batch_size], classes=np.arange(10))  # makes its arrays
    del model._optimizer  # and forgets that first step
    model.t_ = 0
    model.coefs_[:] = [np.ascontiguousarray(W.T) for W, _ in weights]
    model.intercepts_[:] = [b.copy() for _, b in weights]

    def epoch():
        model.partial_fit(x, labels)
        return model.loss_

    return epoch, lambda: [(W.T, b) for W, b in zip(model.coefs_, model.intercepts_, strict=True)]
