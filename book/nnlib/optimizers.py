"""Optimizers: what to do to the parameters, given their gradients."""

import math
from collections.abc import Callable, Iterable

import numpy as np

from .checks import check_parameters, check_positive, check_share
from .layers import Parameter

Rate = float | Callable[[int], float]  # a number, or a function of the step 0, 1, 2, ...


class Optimizer:
    """What every optimizer can do: it holds the parameters of one network, or some of them, and steps them.

    Parameters
    ----------
    parameters : what to step, such as `network.parameters()`; another network needs another optimizer.
    learning_rate : a number above 0, or a function that gives one for the step 0, 1, 2, ...
    """

    FLUSH_EVERY = 100  # steps

    def __init__(self, parameters: Iterable[Parameter], learning_rate: Rate):
        self.parameters = check_parameters(parameters)
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

    def flush(self) -> None:
        """Set to zero what has all but faded of the state: processors work many times slower on numbers below `tiny`.

        For a step to call every `FLUSH_EVERY` steps, where its state fades by itself.
        """
        for array in self.state():
            array[np.abs(array) < 1e5 * np.finfo(array.dtype).tiny] = 0


class SGD(Optimizer):
    """Stochastic gradient descent: v <- momentum v + dC/dw, then w <- w - rate v.

    Without momentum that is w <- w - rate dC/dw (Robbins & Monro, 1951); momentum is Polyak's (1964). With `nesterov`
    the step goes by what v would be one step later, were the slope the same: w <- w - rate (dC/dw + momentum v), with
    the v just made (Nesterov, 1983, in the form of Sutskever et al., 2013; w is the place that they look ahead to).

    Parameters
    ----------
    parameters, learning_rate : as for every Optimizer.
    momentum : how much of v each step keeps; ValueError unless 0 <= momentum < 1, and above 0 with `nesterov`.
    nesterov : whether to look ahead.

    Attributes
    ----------
    velocities : list of ndarray, v for each parameter; empty without momentum.
    """

    def __init__(
        self, parameters: Iterable[Parameter], learning_rate: Rate, momentum: float = 0.0, *, nesterov: bool = False
    ):
        super().__init__(parameters, learning_rate)
        check_share("momentum", momentum)
        if nesterov:
            check_positive("momentum", momentum)
        self.momentum, self.nesterov = momentum, nesterov
        self.velocities = [np.zeros_like(p.value) for p in self.parameters] if momentum else []

    def state(self) -> list[np.ndarray]:
        return self.velocities

    def step(self) -> None:
        rate = self.rate()
        if self.momentum:
            for p, v in zip(self.parameters, self.velocities, strict=True):
                v *= self.momentum
                v += p.grad
                p.value[...] -= rate * (p.grad + self.momentum * v if self.nesterov else v)
        else:
            for p in self.parameters:
                p.value[...] -= rate * p.grad
        self.steps += 1


class AdaGrad(Optimizer):
    """AdaGrad: each parameter's step is divided by the root of the sum v of its squared gradients so far.

    v <- v + g^2, then w <- w - rate g / (sqrt(v) + epsilon) with g = dC/dw, so that its steps only ever become
    shorter. Source: Duchi, Hazan & Singer (2011), with diagonal matrices.

    Parameters
    ----------
    parameters, learning_rate : as for every Optimizer.
    epsilon : keeps the step of a parameter whose gradient was always 0 finite.

    Attributes
    ----------
    v : list of ndarray, the sum for each parameter.
    """

    def __init__(self, parameters: Iterable[Parameter], learning_rate: Rate, epsilon: float = 1e-10):
        super().__init__(parameters, learning_rate)
        check_positive("epsilon", epsilon)
        self.epsilon = epsilon
        self.v = [np.zeros_like(p.value) for p in self.parameters]

    def state(self) -> list[np.ndarray]:
        return self.v

    def step(self) -> None:
        rate = self.rate()
        for p, v in zip(self.parameters, self.v, strict=True):
            v += p.grad**2
            p.value[...] -= rate * p.grad / (np.sqrt(v) + self.epsilon)
        self.steps += 1


class RMSProp(Optimizer):
    """RMSProp: AdaGrad with a running mean in place of the sum, so that it forgets gradients of long ago.

    v <- beta v + (1 - beta) g^2, from zero, then w <- w - rate g / (sqrt(v) + epsilon) with g = dC/dw. Nothing undoes
    the start from zero: the first step is 1 / sqrt(1 - beta) times the rate. Source: Tieleman & Hinton, lecture 6.5 of
    Neural Networks for Machine Learning (2012); epsilon outside the root as in PyTorch.

    Parameters
    ----------
    parameters, learning_rate : as for every Optimizer.
    beta : how much of v each step keeps; ValueError unless 0 <= beta < 1.
    epsilon : keeps the step of a parameter whose gradient is always 0 finite.

    Attributes
    ----------
    v : list of ndarray, the mean for each parameter.
    """

    def __init__(
        self, parameters: Iterable[Parameter], learning_rate: Rate = 0.001, beta: float = 0.9, epsilon: float = 1e-8
    ):
        super().__init__(parameters, learning_rate)
        check_share("beta", beta)
        check_positive("epsilon", epsilon)
        self.beta, self.epsilon = beta, epsilon
        self.v = [np.zeros_like(p.value) for p in self.parameters]

    def state(self) -> list[np.ndarray]:
        return self.v

    def step(self) -> None:
        rate = self.rate()
        for p, v in zip(self.parameters, self.v, strict=True):
            v *= self.beta
            v += (1 - self.beta) * p.grad**2
            p.value[...] -= rate * p.grad / (np.sqrt(v) + self.epsilon)
        self.steps += 1
        if self.steps % self.FLUSH_EVERY == 0:
            self.flush()


class Adam(Optimizer):
    """Adam: each parameter's step is its mean gradient m divided by the root of its mean square v.

    m <- beta1 m + (1 - beta1) g and v <- beta2 v + (1 - beta2) g^2, from zero; at step t = 1, 2, ... dividing
    by 1 - beta^t undoes that start: w <- w - rate m^ / (sqrt(v^) + epsilon) with m^ = m / (1 - beta1^t)
    and v^ = v / (1 - beta2^t). Source: Kingma & Ba (2015). As at the end of their section 2, the two divisions,
    which are the same for all parameters, are put into the rate and epsilon.

    Parameters
    ----------
    parameters, learning_rate : as for every Optimizer.
    beta1, beta2 : how much of m and of v each step keeps; ValueError unless 0 <= beta < 1.
    epsilon : keeps the step of a parameter whose gradient is always 0 finite.

    Attributes
    ----------
    m, v : lists of ndarray, the two means for each parameter.
    """

    def __init__(
        self,
        parameters: Iterable[Parameter],
        learning_rate: Rate = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
    ):
        super().__init__(parameters, learning_rate)
        check_share("beta1", beta1)
        check_share("beta2", beta2)
        check_positive("epsilon", epsilon)
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon
        self.m, self.v, self.scratch = ([np.zeros_like(p.value) for p in self.parameters] for _ in range(3))

    def state(self) -> list[np.ndarray]:
        return [*self.m, *self.v]

    def step(self) -> None:
        t = self.steps + 1
        root = math.sqrt(1 - self.beta2**t)
        rate, epsilon = self.rate() * root / (1 - self.beta1**t), self.epsilon * root
        for p, m, v, s in zip(self.parameters, self.m, self.v, self.scratch, strict=True):
            m *= self.beta1
            m += np.multiply(1 - self.beta1, p.grad, out=s)
            v *= self.beta2
            v += np.multiply(1 - self.beta2, np.square(p.grad, out=s), out=s)
            np.sqrt(v, out=s)
            s += epsilon
            np.divide(m, s, out=s)
            s *= rate
            p.value[...] -= s
        self.steps = t
        if t % self.FLUSH_EVERY == 0:
            self.flush()


class AdamW(Adam):
    """Adam with weight decay beside it: w <- w - rate weight_decay w, and then Adam's own step.

    The decay does not pass through m and v, as the slope of an `L2` does, so that every weight shrinks by the same
    share. That share is multiplied by the rate, schedule and all, as in PyTorch. Like `L2` it acts on weights
    (arrays of two or more axes), not on biases; PyTorch's acts on whatever it is given.
    Source: Loshchilov & Hutter (2019), whose decay is multiplied by the schedule, but not by the rate.

    Parameters
    ----------
    parameters, learning_rate, beta1, beta2, epsilon : as for Adam.
    weight_decay : how much; ValueError unless it is finite and above 0.
    """

    def __init__(
        self,
        parameters: Iterable[Parameter],
        learning_rate: Rate = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.01,
    ):
        super().__init__(parameters, learning_rate, beta1, beta2, epsilon)
        check_positive("weight_decay", weight_decay)
        self.weight_decay = weight_decay

    def step(self) -> None:
        kept = 1 - self.rate() * self.weight_decay
        for p in self.parameters:
            if p.value.ndim > 1:
                p.value[...] *= kept
        super().step()
