"""Training: mini-batches in, one step for each, and what to do when it goes wrong."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

from .checks import (
    TrainingDiverged,
    as_examples,
    check_batches,
    check_belongs,
    check_counting,
    check_labels,
    check_still_finite,
    check_training,
    check_validation,
)
from .layers import Parameter
from .losses import Loss
from .network import Network
from .optimizers import Optimizer

Batch = tuple[np.ndarray, ...]  # x and target, and perhaps a weight for each example
Transform = Callable[[Sequence[Parameter]], None]


def minibatches(
    x: np.ndarray, y: np.ndarray, batch_size: int, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """One epoch: every example once, in a new random order, `batch_size` at a time (the last batch may be shorter)."""
    x, y = check_batches(x, y, batch_size, rng)
    order = rng.permutation(len(x))
    for start in range(0, len(x), batch_size):
        batch = order[start : start + batch_size]
        yield x.take(batch, axis=0), y.take(batch, axis=0)


def train_epochs(
    network: Network,
    loss: Loss,
    optimizer: Optimizer,
    x: np.ndarray,
    y: np.ndarray,
    *,
    epochs: int,
    batch_size: int,
    rng: np.random.Generator,
    transforms: Iterable[Transform] = (),
) -> Iterator[float]:
    """Train epoch by epoch, yielding each epoch's mean cost: the body of the caller's loop is the callback.

    An epoch is trained when the loop asks for it: without a loop, `for cost in train_epochs(...)`, nothing is; and
    `break` ends the training, as where the accuracy on examples set aside no longer rises.

    Parameters
    ----------
    x : array of shape (n, n_in), or whatever becomes one: lists, a table of numbers.
    y : targets as the loss takes them, one row for each example.
    transforms : functions of the parameters that edit the gradients before each step, such as L2(1e-4).

    Raises
    ------
    ValueError, TypeError : before anything is computed, for data that do not fit; for targets that only
        the loss can judge when it meets them, and then the parameters are as after the last good epoch.
    TrainingDiverged : when the cost or a parameter turns NaN or infinite; the parameters are then
        as they were after the last good epoch, and so is what the optimizer keeps.
    """
    x, y = check_training(network, loss, optimizer, x, y, epochs, batch_size, rng)
    transforms = tuple(transforms)
    return guarded(
        network,
        optimizer,
        epochs,
        lambda: one_epoch(network, loss, optimizer, minibatches(x, y, batch_size, rng), transforms),
    )


def guarded(network: Network, optimizer: Optimizer, epochs: int, train_one: Callable[[], float]) -> Iterator[float]:
    """So many epochs of `train_one`, which trains one and gives its cost; one that goes wrong leaves nothing behind."""
    kept = [*network.state().values(), *optimizer.state()]
    good, good_steps = [array.copy() for array in kept], optimizer.steps
    for epoch in range(1, epochs + 1):
        rate = optimizer.rate()  # before its steps: one that falls to 0 is there after the last
        try:
            # Small matrix products are fastest on one BLAS thread.
            with threadpool_limits(limits=1, user_api="blas"), np.errstate(over="ignore", invalid="ignore"):
                cost = train_one()
            check_still_finite(cost, kept, epoch, rate)
        except BaseException:  # Ctrl-C too: never leave a half-made step behind
            _copy(good, kept)
            optimizer.steps = good_steps
            raise
        _copy(kept, good)
        good_steps = optimizer.steps
        yield cost


def _copy(arrays: list[np.ndarray], into: list[np.ndarray]) -> None:
    for array, place in zip(arrays, into, strict=True):
        place[...] = array


def one_epoch(
    network: Network, loss: Loss, optimizer: Optimizer, batches: Iterable[Batch], transforms: Sequence[Transform] = ()
) -> float:
    """A step for each mini-batch; the mean cost over the examples, each as it was met."""
    check_belongs(network, optimizer)
    total, examples = 0.0, 0
    for x, *target in batches:
        cost = loss.forward(network.forward(x), *target)
        network.collect(loss.backward())
        for transform in transforms:
            transform(network.parameters())
        optimizer.step()
        total += cost * len(x)
        examples += len(x)
    return total / examples


@dataclass
class History:
    """What `fit` saw, one entry for each measured epoch; `stopped` says why it ended early, if it did."""

    cost: list[float] = field(default_factory=list)
    validation_accuracy: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    stopped: str = ""


def fit(
    network: Network,
    loss: Loss,
    optimizer: Optimizer,
    x: np.ndarray,
    y: np.ndarray,
    *,
    epochs: int,
    batch_size: int,
    rng: np.random.Generator,
    transforms: Iterable[Transform] = (),
    validation: tuple[np.ndarray, np.ndarray] | None = None,
    on_epoch: Callable[[History], None] | None = None,
    progress: bool = True,
) -> History:
    """Run `train_epochs` to its end with a progress bar, and return the history.

    Called again, it goes on from where the network is. How large the numbers are matters: inputs and targets should
    be near 1 (of a table, each column less its mean, divided by its spread), or no learning rate suits all weights.
    `validation` is a pair (x, integer labels) whose accuracy is measured after each epoch; `on_epoch`
    is called with the history so far. Where training diverges, or is interrupted with Ctrl-C, `fit` says so,
    puts the parameters back as they were after the last good epoch and returns the history up to there.
    """
    if validation is not None:
        check_validation(network, *validation)
    history = History()
    costs = train_epochs(
        network, loss, optimizer, x, y, epochs=epochs, batch_size=batch_size, rng=rng, transforms=transforms
    )
    start, finished = time.perf_counter(), 0
    try:
        for cost in _bar(costs, epochs, progress):
            finished += 1
            measured = [] if validation is None else [accuracy(network, *validation)]
            history.cost.append(cost)
            history.validation_accuracy += measured
            history.seconds.append(time.perf_counter() - start)
            if on_epoch:
                on_epoch(history)
    except TrainingDiverged as diverged:
        history.stopped = str(diverged)
    except KeyboardInterrupt:
        history.stopped = f"interrupted; the parameters are as they were after epoch {finished}."
    if history.stopped:
        print("Training stopped: " + history.stopped)
    return history


def _bar(costs: Iterator[float], epochs: int, shown: bool) -> tqdm:
    """A progress bar that is no alarm: grey as a widget, and as text not where a notebook has the red of errors."""
    shell = "IPython" in sys.modules and sys.modules["IPython"].get_ipython()
    bar = tqdm(costs, total=epochs, unit="epoch", disable=not shown, file=sys.stdout if shell else sys.stderr)
    if hasattr(bar, "container"):
        bar.colour = "grey"
    return bar


def accuracy(network: Network, x: np.ndarray, labels: np.ndarray, ignored: int | None = None) -> float:
    """The share of examples, from 0 to 1, whose largest output stands at the label's place.

    `x` has shape (n, n_in), `labels` are integers of shape (n,), or (n, time) where outputs are (n, time, n_classes);
    labels that are `ignored` do not count. An example whose outputs are not all finite is not right.
    """
    x, labels = as_examples(x, labels)
    with np.errstate(over="ignore", invalid="ignore"):  # weights that are finite, but about to diverge
        output = np.asarray(network.predict(x))
    check_labels(labels, output.shape, ignored)
    counts = check_counting(labels != ignored)
    right = (output.argmax(axis=-1) == labels) & np.isfinite(output).all(axis=-1)
    return float(np.mean(right[counts]))
