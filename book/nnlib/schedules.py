"""Schedules: learning rates that change with the step 0, 1, 2, ..., for an optimizer's `learning_rate`."""

import math
from collections.abc import Callable

from .checks import check_count, check_positive, check_share
from .optimizers import Rate

Schedule = Callable[[int], float]  # from the step 0, 1, 2, ... to its rate


def step_decay(rate: float, every: int, factor: float = 0.1) -> Schedule:
    """`rate` for the first `every` steps, `factor` times that for the next as many, and so on."""
    check_positive("rate", rate)
    check_count("every", every)
    check_positive("factor", factor)
    return lambda step: rate * factor ** (step // every)


def cosine(rate: float, steps: int, left: float = 0.0) -> Schedule:
    """From `rate` at step 0 down half a wave of the cosine, to the share `left` of it at step `steps`, and so on.

    If nothing is left, the optimizer refuses any step after these. Source: Loshchilov & Hutter (2017), no restarts.
    """
    check_positive("rate", rate)
    check_count("steps", steps)
    check_share("left", left)

    def schedule(step: int) -> float:
        wave = (1 + math.cos(math.pi * min(step / steps, 1))) / 2  # from 1 down to 0
        return rate * (left + (1 - left) * wave)

    return schedule


def warm_up(rate: Rate, steps: int) -> Schedule:
    """Up in a straight line, 1/steps of the rate at step 0 and all of it at step `steps` - 1; `rate` from then on.

    `rate` is a number, or a schedule, which begins with its own step 0 when the warm-up is over.
    """
    check_count("steps", steps)
    after = rate if callable(rate) else lambda step: rate
    check_positive("rate", after(0))
    return lambda step: after(0) * (step + 1) / steps if step < steps else after(step - steps)
