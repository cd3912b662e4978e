"""Parts: for each layer, loss and optimizer of nnlib how to make one, what it takes, and its twin in PyTorch.

Gradient checks, what a layer stores, dtypes, bad luck, oracles and mutation read these tables; a new part is one line.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from nnlib import (
    GELU,
    LSTM,
    SGD,
    AdaGrad,
    Adam,
    AdamW,
    Attention,
    BatchNorm,
    BinaryCrossEntropy,
    Conv2d,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    Layer,
    LayerNorm,
    LeakyReLU,
    Loss,
    MaxPool2d,
    Network,
    Optimizer,
    Positions,
    QuadraticCost,
    Recurrent,
    ReLU,
    Residual,
    RMSProp,
    Sigmoid,
    SoftmaxCrossEntropy,
    Tanh,
    one_hot,
)
from nnlib.studies.recommendation import Match
from nnlib.studies.sentiment import Mean
from nnlib.studies.translation import Placed


class SameDraws:
    """In place of a generator: every draw gives the same numbers, so that every forward pass has the same mask."""

    def random(self, shape):
        return np.random.default_rng(0).random(shape)


def rows(rng, n, width):
    """Inputs (n, width)."""
    return rng.standard_normal((n, width))


def images(rng, n, width):
    """Inputs (n, 2, width + 3, width + 2)."""
    return rng.standard_normal((n, *image(width)))


def image(width):
    """The shape of one of them."""
    return 2, width + 3, width + 2


@dataclass(frozen=True)
class LayerPart:
    """`make(width, rng, dtype)` gives a layer for what `input(rng, n, width)` gives; `twin(torch, layer)` PyTorch's."""

    make: Callable
    twin: Callable
    input: Callable = rows
    same: bool = True  # predict gives what forward gives, and a row does not depend on its neighbours


@dataclass(frozen=True)
class LossPart:
    """For `outputs(classes)` outputs and targets made of labels; `twin(torch, output, target)` is PyTorch's cost."""

    outputs: Callable
    target: Callable
    twin: Callable


@dataclass(frozen=True)
class OptimizerPart:
    """`make(parameters, rate)` and `twin(torch)(parameters, lr=rate)`, compared at `rate`."""

    kind: type
    make: Callable
    twin: Callable
    rate: float = 0.01


def _dense(torch, layer):
    module = torch.nn.Linear(layer.n_in, layer.n_out)
    for theirs, ours in ((module.weight, layer.W), (module.bias, layer.b)):
        theirs.data = torch.tensor(ours)
    return module


def _dropout(torch, layer):
    class SameMask(torch.nn.Module):
        """PyTorch's rule with the draws that nnlib made in the same forward pass."""

        def forward(self, a):
            return a * torch.from_numpy(layer.mask > 0) / (1 - layer.rate) if self.training else a

    return SameMask()


def _batch_norm(torch, layer):
    class OfOneToo(torch.nn.BatchNorm1d):
        """PyTorch's, without its refusal of a batch of one."""

        def forward(self, x):
            if not self.training or len(x) > 1:
                return super().forward(x)
            self.running_mean += self.momentum * (x[0].detach() - self.running_mean)
            self.running_var *= 1 - self.momentum
            return torch.batch_norm(x, self.weight, self.bias, None, None, True, self.momentum, self.eps, False)

    return OfOneToo(layer.n_in, eps=layer.epsilon, momentum=1 - layer.decay)


def _network(torch, network):
    return torch.nn.Sequential(*(LAYERS[type(part)].twin(torch, part) for part in network.layers))


def _residual(torch, layer):
    class Around(torch.nn.Sequential):
        def forward(self, x):
            return x + super().forward(x)

    return Around(*_network(torch, layer))


def _conv(torch, layer):
    return torch.nn.Conv2d(layer.n_in[0], layer.n_out[0], layer.size, layer.stride, layer.padding)


def words(rng, n, width):
    """Whole numbers (n, 5) below width + 2."""
    return rng.integers(0, width + 2, (n, 5))


def sequences(rng, n, width):
    """Inputs (n, 5, 2 width)."""
    return rng.standard_normal((n, 5, 2 * width))


def pairs(rng, n, width):
    """Inputs (n, 2, width)."""
    return rng.standard_normal((n, 2, width))


def _positions(torch, layer):
    class Learned(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.P = torch.nn.Parameter(torch.tensor(layer.P))

        def forward(self, x):
            return x + torch.nn.functional.embedding(torch.arange(x.shape[1]), self.P)

    return Learned()


def _mean(torch, layer):
    class OverTime(torch.nn.Module):
        def forward(self, x):
            return x.mean(dim=1)

    return OverTime()


def _placed(torch, layer):
    class AnewBehindTheMark(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.E, self.P = (torch.nn.Parameter(torch.tensor(table)) for table in (layer.E, layer.P))

        def forward(self, x):
            behind = torch.cummax((x == layer.mark).long(), dim=1).values
            place = torch.cumsum(torch.ones_like(x), dim=1) - 1
            before = (behind == 0).sum(dim=1, keepdim=True)
            place = torch.where(behind == 1, layer.half + place - before, place)
            functional = torch.nn.functional
            return functional.embedding(x, self.E) + functional.embedding(place, self.P)

    return AnewBehindTheMark()


def _match(torch, layer):
    class BiasesAndTastes(torch.nn.Module):
        def forward(self, x):
            return (x[:, :, :1].sum(dim=1)) + (x[:, 0, 1:] * x[:, 1, 1:]).sum(dim=1, keepdim=True)

    return BiasesAndTastes()


def _recurrent(torch, layer):
    class StatesAlone({1: torch.nn.RNN, 4: torch.nn.LSTM}[layer.GATES]):
        """PyTorch's, with one bias instead of two that are added, and without the last state beside all of them."""

        def forward(self, x):
            return super().forward(x)[0]

    twin = StatesAlone(layer.W.shape[1], layer.U.shape[1], batch_first=True)
    twin.bias_hh_l0.data[...] = 0
    del twin.bias_hh_l0  # from the list of its parameters; its zeros stay in use
    return twin


def _attention(torch, layer):
    class OfItself(torch.nn.MultiheadAttention):
        def forward(self, x):
            time = x.shape[1]
            mask = torch.triu(torch.ones(time, time, dtype=bool), 1) if layer.causal else None
            return super().forward(x, x, x, need_weights=False, attn_mask=mask)[0]

    return OfItself(layer.out.n_in, layer.heads, batch_first=True)


def _adamw(torch):
    def make(parameters, lr):
        """PyTorch's, told to leave biases as they are."""
        groups = [{"params": [p], "weight_decay": 0.01 if p.ndim > 1 else 0} for p in parameters]
        return torch.optim.AdamW(groups, lr=lr)

    return make


LAYERS = {
    Dense: LayerPart(lambda width, rng, dtype: Dense(width, width, rng, dtype), _dense),
    Sigmoid: LayerPart(lambda width, rng, dtype: Sigmoid(), lambda torch, layer: torch.nn.Sigmoid()),
    Tanh: LayerPart(lambda width, rng, dtype: Tanh(), lambda torch, layer: torch.nn.Tanh()),
    ReLU: LayerPart(lambda width, rng, dtype: ReLU(), lambda torch, layer: torch.nn.ReLU()),
    LeakyReLU: LayerPart(
        lambda width, rng, dtype: LeakyReLU(0.1), lambda torch, layer: torch.nn.LeakyReLU(layer.slope)
    ),
    GELU: LayerPart(lambda width, rng, dtype: GELU(), lambda torch, layer: torch.nn.GELU(approximate="tanh")),
    Dropout: LayerPart(lambda width, rng, dtype: Dropout(0.4, rng), _dropout, same=False),
    BatchNorm: LayerPart(lambda width, rng, dtype: BatchNorm(width, dtype), _batch_norm, same=False),
    LayerNorm: LayerPart(
        lambda width, rng, dtype: LayerNorm(width, dtype),
        lambda torch, layer: torch.nn.LayerNorm(layer.n_in, eps=layer.epsilon),
    ),
    Network: LayerPart(
        lambda width, rng, dtype: Network(Dense(width, 5, rng, dtype), Tanh(), Dense(5, width, rng, dtype)), _network
    ),
    Residual: LayerPart(
        lambda width, rng, dtype: Residual(Dense(width, 5, rng, dtype), Tanh(), Dense(5, width, rng, dtype)), _residual
    ),
    Conv2d: LayerPart(
        lambda width, rng, dtype: Conv2d(image(width), 3, 3, rng, dtype, stride=2, padding=1), _conv, images
    ),
    MaxPool2d: LayerPart(
        lambda width, rng, dtype: MaxPool2d(image(width), 2),
        lambda torch, layer: torch.nn.MaxPool2d(layer.size),
        images,
    ),
    Flatten: LayerPart(
        lambda width, rng, dtype: Flatten(image(width)), lambda torch, layer: torch.nn.Flatten(), images
    ),
    Embedding: LayerPart(
        lambda width, rng, dtype: Embedding(width + 2, width, rng, dtype),
        lambda torch, layer: torch.nn.Embedding(*layer.E.shape),
        words,
    ),
    Positions: LayerPart(lambda width, rng, dtype: Positions(6, 2 * width, rng, dtype), _positions, sequences),
    Recurrent: LayerPart(lambda width, rng, dtype: Recurrent(2 * width, 3, rng, dtype), _recurrent, sequences),
    LSTM: LayerPart(lambda width, rng, dtype: LSTM(2 * width, 3, rng, dtype), _recurrent, sequences),
    Attention: LayerPart(
        lambda width, rng, dtype: Attention(2 * width, 2, rng, dtype, causal=True), _attention, sequences
    ),
    Mean: LayerPart(lambda width, rng, dtype: Mean(2 * width), _mean, sequences),
    Placed: LayerPart(lambda width, rng, dtype: Placed(width + 2, width, 5, 1, rng, dtype), _placed, words),
    Match: LayerPart(lambda width, rng, dtype: Match(), _match, pairs),
}
LOSSES = {
    QuadraticCost: LossPart(
        lambda classes: classes,
        lambda labels, classes, dtype: one_hot(labels, classes, dtype),
        lambda torch, output, y: torch.nn.functional.mse_loss(output, y, reduction="sum") / (2 * len(y)),
    ),
    BinaryCrossEntropy: LossPart(
        lambda classes: 1,
        lambda labels, classes, dtype: (labels[:, None] == 0).astype(dtype),
        lambda torch, output, y: torch.nn.functional.binary_cross_entropy_with_logits(output, y),
    ),
    SoftmaxCrossEntropy: LossPart(
        lambda classes: classes,
        lambda labels, classes, dtype: labels,
        lambda torch, output, y: torch.nn.functional.cross_entropy(output, y),
    ),
}
OPTIMIZERS = {
    "SGD": OptimizerPart(SGD, SGD, lambda torch: torch.optim.SGD),
    "momentum": OptimizerPart(
        SGD,
        lambda parameters, rate: SGD(parameters, rate, momentum=0.9),
        lambda torch: lambda parameters, lr: torch.optim.SGD(parameters, lr, momentum=0.9),
    ),
    "Nesterov": OptimizerPart(
        SGD,
        lambda parameters, rate: SGD(parameters, rate, momentum=0.9, nesterov=True),
        lambda torch: lambda parameters, lr: torch.optim.SGD(parameters, lr, momentum=0.9, nesterov=True),
    ),
    "AdaGrad": OptimizerPart(AdaGrad, AdaGrad, lambda torch: torch.optim.Adagrad),
    "RMSProp": OptimizerPart(  # at a rate of 0.01 it overshoots a minimum near by: rounding grows fivefold in each step
        RMSProp, RMSProp, lambda torch: partial(torch.optim.RMSprop, alpha=0.9), rate=0.001
    ),
    "Adam": OptimizerPart(Adam, Adam, lambda torch: torch.optim.Adam),
    "AdamW": OptimizerPart(AdamW, AdamW, _adamw),
}


def missing() -> list[str]:
    """The names of nnlib's layers, losses and optimizers that no table here holds."""
    kinds, found = [Layer, Loss, Optimizer], set()
    while kinds:
        kinds += (subclasses := kinds.pop().__subclasses__())
        found |= {kind for kind in subclasses if re.match(r"nnlib\.(?!exercises\.)", kind.__module__)}
    held = {*LAYERS, *LOSSES, *(part.kind for part in OPTIMIZERS.values())}
    return sorted(f"{kind.__module__}.{kind.__name__}" for kind in found - held)
