"""Time the tape of nnlib.autodiff beside nnlib's hand-written layers on 784-16-16-10, and weigh what each keeps.

    python -m measure.tape      or `make tape`: about a minute

Both compute the quadratic cost of a batch of random images and all its slopes, with the same weights. The tape does it
three times: with a sigmoid made of tanh, a product and a sum; with a sigmoid that is one gate; and, for one image, with
a value for each number. In each of `ROUNDS` rounds all take their turns; of each turn the shortest run counts, in
processor time. What is stored is how many times as long as the layers the tape took, round by round, and how many times
as much memory it held at most. It writes `book/measured/tape.json`, which the chapter on automatic differentiation
shows.
"""

import time
import tracemalloc
from collections.abc import Callable, Sequence

import numpy as np
from threadpoolctl import threadpool_limits

from measure import spread, store
from nnlib import Dense, Network, QuadraticCost, Sigmoid, sigmoid
from nnlib.autodiff import Value

SIZES = (784, 16, 16, 10)
BATCHES = (1, 32, 1000)
ROUNDS = 5
SECONDS = 1.0  # for each turn
TIMES = 3  # at least, in each turn


def built(rng: np.random.Generator) -> Network:
    """The network by hand-written layers."""
    layers = [layer for n, m in zip(SIZES, SIZES[1:], strict=False) for layer in (Dense(n, m, rng), Sigmoid())]
    return Network(*layers)


def squash(z: Value) -> Value:
    """The sigmoid, made of what a Value can do."""
    return ((z / 2).tanh() + 1) / 2


def gate(z: Value) -> Value:
    """The sigmoid as one gate, with its slope by hand."""
    a = sigmoid(z.data)
    return Value(a, (z, lambda g: g * a * (1 - a)))


def cost_of(
    parameters: Sequence[Value], x: np.ndarray, y: np.ndarray, squash: Callable[[Value], Value] = squash
) -> Value:
    """The quadratic cost of a batch, with all that it was made from."""
    a = x
    for W, b in zip(parameters[::2], parameters[1::2], strict=True):
        a = squash(a @ W.T + b)
    return ((a - y) ** 2 / 2).sum() / len(x)


def cost_by_numbers(parameters: Sequence[np.ndarray], x: np.ndarray, y: np.ndarray) -> Value:
    """The same of one image (784,), with a value for each number."""
    a = list(x)
    for W, b in zip(parameters[::2], parameters[1::2], strict=True):
        a = [squash(sum((w * s for w, s in zip(row, a, strict=True)), bias)) for row, bias in zip(W, b, strict=True)]
    return sum((output - wish) ** 2 / 2 for output, wish in zip(a, y, strict=True))


def turns(n: int) -> dict[str, Callable[[], object]]:
    """One cost and its slopes for n images, by each of the ways."""
    rng = np.random.default_rng(0)
    network, loss = built(rng), QuadraticCost()
    x, y = rng.random((n, SIZES[0])), rng.random((n, SIZES[-1]))
    values = [Value(p.value) for p in network.parameters()]

    def by_layers() -> None:
        loss.forward(network.forward(x), y)
        network.collect(loss.backward())

    def by_tape(squash: Callable[[Value], Value]) -> None:
        for value in values:
            value.grad = 0.0
        cost_of(values, x, y, squash).backward()

    ways = {"layers": by_layers, "tape": lambda: by_tape(squash), "gates": lambda: by_tape(gate)}
    if n > 1:
        return ways
    numbers = [np.vectorize(Value, otypes=[object])(p.value) for p in network.parameters()]

    def by_numbers() -> None:
        for value in (value for array in numbers for value in array.flat):
            value.grad = 0.0
        cost_by_numbers(numbers, x[0], y[0]).backward()

    return ways | {"numbers": by_numbers}


def seconds(turn: Callable[[], object]) -> float:
    """The processor time of the shortest of many runs."""
    best, until, times = float("inf"), time.process_time() + SECONDS, 0
    while times < TIMES or time.process_time() < until:
        start = time.process_time()
        turn()
        best = min(best, time.process_time() - start)
        times += 1
    return best


def peak(turn: Callable[[], object]) -> int:
    """The most bytes that a run holds at a time beyond what was there before it."""
    turn()  # what is made once only is there now
    tracemalloc.start()
    try:
        turn()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def beside_layers(n: int) -> dict[str, dict]:
    """How many times as long as the layers, and as much memory, each other way takes for n images."""
    ways = turns(n)
    rounds = [{name: seconds(turn) for name, turn in ways.items()} for _ in range(ROUNDS)]
    held = {name: peak(turn) for name, turn in ways.items()}
    times = {name: [each[name] / each["layers"] for each in rounds] for name in ways if name != "layers"}
    return {name: {"time": spread(found), "memory": held[name] / held["layers"]} for name, found in times.items()}


def main() -> None:
    """Measure, store and print."""
    with threadpool_limits(limits=1, user_api="blas"):
        found = {str(n): beside_layers(n) for n in BATCHES}
    store("tape", {"sizes": list(SIZES), "rounds": ROUNDS, "batches": found})
    for n, ways in found.items():
        for name, each in ways.items():
            said = "{mean:.2f} ({min:.2f} to {max:.2f})".format(**each["time"])
            print(f"batches of {n:>4}, {name:7}: {said} times as long, {each['memory']:.2f} times the memory")


if __name__ == "__main__":
    main()
