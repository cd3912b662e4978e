"""Optimizers: what to do to the parameters, given their gradients."""

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
