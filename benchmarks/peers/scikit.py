"""scikit-learn's MLPClassifier. It has no quadratic cost: its A and B end in softmax cross-entropy instead."""

import numpy as np
from sklearn.neural_network import MLPClassifier

from networks import ADAM, InOrder


def start(net, weights, x, labels, batch_size, rng):
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
