"""Transforms: edits of the gradients between the backward pass and the step."""

from collections.abc import Iterable

import numpy as np

from .checks import check_positive
from .layers import Parameter


class L2:
    """Add strength/2 times the sum of w^2 to the cost: large weights then pay for themselves.

    It acts on weights (arrays of two or more axes), not on biases.

    Parameters
    ----------
    strength : how much; ValueError unless it is finite and above 0.
    """

    def __init__(self, strength: float):
        check_positive("strength", strength)
        self.strength = strength

    def cost(self, parameters: Iterable[Parameter]) -> float:
        """What the penalty adds to the cost C."""
        return float(self.strength / 2 * sum(np.sum(p.value**2) for p in parameters if p.value.ndim > 1))

    def __call__(self, parameters: Iterable[Parameter]) -> None:
        for p in parameters:
            if p.value.ndim > 1:
                p.grad[...] += self.strength * p.value


class ClipNorm:
    """Shrink all gradients together so that their joint length is at most `max_norm`.

    Their direction stays (Pascanu et al., 2013).

    Parameters
    ----------
    max_norm : the greatest length; ValueError unless it is finite and above 0.
    """

    def __init__(self, max_norm: float):
        check_positive("max_norm", max_norm)
        self.max_norm = max_norm

    def __call__(self, parameters: Iterable[Parameter]) -> None:
        parameters = list(parameters)
        norm = np.sqrt(sum(float(np.sum(p.grad**2)) for p in parameters))
        if norm > self.max_norm:
            for p in parameters:
                p.grad[...] *= self.max_norm / norm
