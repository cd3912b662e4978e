"""Optimizers: what to do to the parameters, given their gradients."""

import math
from collections.abc import Callable, Iterable

import numpy as np

from .checks import check_positive
from .layers import Parameter


class Optimizer:
    """Holds the parameters it steps; `learning_rate` is a number or a function of the step 0, 1, 2, ..."""

    def __init__(self, parameters: Iterable[Parameter], learning_rate: float | Callable[[int], float]):
        self.parameters = list(parameters)
        self.learning_rate = learning_rate
        self.steps = 0
        self.rate()  # a rate that is not positive is refused here, before any training

    def rate(self) -> float:
        """The learning rate of the coming step; ValueError unless it is finite and above 0."""
        rate = self.learning_rate(self.steps) if callable(self.learning_rate) else self.learning_rate
        check_positive("learning_rate", rate)
        return float(rate)

    def state(self) -> list[np.ndarray]:
        """The arrays that it keeps from step to step; none by default."""
        return []

    def step(self) -> None:
        """Update every parameter's value in place from its gradient."""
        raise NotImplementedError


class SGD(Optimizer):
    """Stochastic gradient descent: v <- momentum v + dC/dw, then w <- w - rate v.

    Without momentum that is w <- w - rate dC/dw (Robbins & Monro, 1951); momentum is Polyak's (1964).
    """

    def __init__(
        self,
        parameters: Iterable[Parameter],
        learning_rate: float | Callable[[int], float],
        momentum: float = 0.0,
    ):
        super().__init__(parameters, learning_rate)
        if not 0 <= momentum < 1:
            raise ValueError(f"momentum: got {momentum}, expected a number from 0 up to, but not including, 1")
        self.momentum = momentum
        self.velocities = [np.zeros_like(p.value) for p in self.parameters] if momentum else []

    def state(self) -> list[np.ndarray]:
        return self.velocities

    def step(self) -> None:
        rate = self.rate()
        if self.momentum:
            for p, v in zip(self.parameters, self.velocities, strict=True):
                v *= self.momentum
                v += p.grad
                p.value[...] -= rate * v
        else:
            for p in self.parameters:
                p.value[...] -= rate * p.grad
        self.steps += 1


class Adam(Optimizer):
    """Adam: each parameter's step is its mean gradient m divided by the root of its mean square v.

    m <- beta1 m + (1 - beta1) g and v <- beta2 v + (1 - beta2) g^2, from zero; at step t = 1, 2, ... dividing
    by 1 - beta^t undoes that start: w <- w - rate m^ / (sqrt(v^) + epsilon) with m^ = m / (1 - beta1^t)
    and v^ = v / (1 - beta2^t). Source: Kingma & Ba (2015). As at the end of their section 2, factors that are
    the same for all parameters are put into the rate; so are the 1 - beta in front of g and g^2 here.
    """

    FLUSH_EVERY = 100  # steps

    def __init__(
        self,
        parameters: Iterable[Parameter],
        learning_rate: float | Callable[[int], float] = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
    ):
        super().__init__(parameters, learning_rate)
        check_positive("epsilon", epsilon)
        for name, beta in (("beta1", beta1), ("beta2", beta2)):
            if not 0 <= beta < 1:
                raise ValueError(f"{name}: got {beta}, expected a number from 0 up to, but not including, 1")
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon
        self.means, self.squares, self.scratch = ([np.zeros_like(p.value) for p in self.parameters] for _ in range(3))

    def state(self) -> list[np.ndarray]:
        return [*self.means, *self.squares]

    def step(self) -> None:
        rate, t = self.rate(), self.steps + 1
        root = math.sqrt((1 - self.beta2**t) / (1 - self.beta2))
        rate, epsilon = rate * root * (1 - self.beta1) / (1 - self.beta1**t), self.epsilon * root
        for p, m, v, s in zip(self.parameters, self.means, self.squares, self.scratch, strict=True):
            m *= self.beta1
            m += p.grad  # m / (1 - beta1)
            v *= self.beta2
            v += np.square(p.grad, out=s)  # v / (1 - beta2)
            np.sqrt(v, out=s)
            s += epsilon
            np.divide(m, s, out=s)
            s *= rate
            p.value[...] -= s
        self.steps = t
        if t % self.FLUSH_EVERY == 0:
            self._flush()

    def _flush(self) -> None:
        """Set to zero what has all but faded: processors work many times slower on numbers below `tiny`."""
        for array in self.state():
            array[np.abs(array) < 1e5 * np.finfo(array.dtype).tiny] = 0
