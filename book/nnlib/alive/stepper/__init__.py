"""Stepper: a whole pass of the book's two small networks, forward and backward, one operation a step.

Every number is nnlib's own: `Pass` calls its layers one after the other and writes down what they return, and
`nudges` moves each parameter for real.
"""

import inspect
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from textwrap import dedent

import numpy as np

from ...examples import Example, net_2_2_1, net_2_2_2
from ...layers import Dense, Sigmoid
from ...losses import QuadraticCost
from ...network import Network
from ...optimizers import SGD
from ...prose import decimals
from .. import live
from .quantities import ARRAYS, entries, equation, words

PARTS = ("quantities.js", "picture.js", "words.js", "stepper.js")  # its script, in the order in which it runs
LABEL = "The backward-pass stepper: forward and backward, one operation a step"
NUDGES = (-0.01, 0.01)
METHODS = {
    Network: ("forward",),
    Dense: ("forward", "collect", "pass_back"),
    Sigmoid: ("forward", "pass_back"),
    QuadraticCost: ("costs", "slopes"),
    SGD: ("step",),
}


@dataclass
class Row:
    """The formula of one number: its id, and a list of ids and signs."""

    makes: str
    terms: list[str]
    says: str = ""


@dataclass
class Step:
    """One operation: what it computes and from what, the lines of nnlib that do it, the shapes (the result's last)."""

    phase: str
    title: str
    idea: str
    code: str
    lines: list[int]
    shapes: list[tuple[str, tuple[int, ...]]]
    makes: dict[str, float]
    rows: list[Row]
    says: str = ""


def show() -> None:
    """Show the stepper, for the book's own 2-2-1 network and for Mazur's 2-2-2."""
    nets, text = [], []
    for example in (net_2_2_1(), net_2_2_2()):
        steps, nudged = trace(example), nudges(example)
        nets.append({"name": example.name, "steps": [asdict(step) for step in steps], "nudges": nudged})
        text += [f"{example.name}, step {number}: {step.says}" for number, step in enumerate(steps)]
        text += [f"{example.name}: {nudge['says']}" for nudge in nudged]
    live.show("stepper", {"nets": nets, "code": {kind.__name__: code(kind) for kind in METHODS}}, LABEL, text)


def code(kind: type) -> dict:
    """The file of a class of nnlib, and the lines of its passes as they stand there, docstrings aside."""
    source = "".join(dedent(inspect.getsource(method)) for name, method in vars(kind).items() if name in METHODS[kind])
    lines = [line for line in source.splitlines() if not line.lstrip().startswith('"""')]
    return {"file": Path(inspect.getsourcefile(kind)).name, "lines": lines}


def find(kind: type, *parts: str) -> list[int]:
    """Where these parts of lines stand in `code(kind)`; ValueError unless each is in exactly one line."""
    lines = code(kind)["lines"]
    found = [[i for i, line in enumerate(lines) if part in f"{line}\n"] for part in parts]
    for part, places in zip(parts, found, strict=True):
        if len(places) != 1:
            raise ValueError(f"{kind.__name__}: got {len(places)} lines with {part!r}, expected one")
    return [places[0] for places in found]


def trace(example: Example) -> list[Step]:
    """The steps of a forward pass, a backward pass and one step of gradient descent, each with its sentences."""
    steps, known = list(Pass(example).steps()), {}
    for step in steps:
        after = known | step.makes
        for row in step.rows:
            old = {row.makes: known[row.makes]} if row.makes in row.terms else {}  # w = w - ...
            row.says = equation(row.makes, row.terms, after | old, after[row.makes])
        formulas = "; ".join(row.says for row in step.rows)
        step.says = f"{step.title}. {step.idea}" + (f" Here {formulas}." if formulas else "")
        known = after
    return steps


def nudges(example: Example) -> list[dict]:
    """For each parameter, the cost when it alone moves: as its slope predicts it, and as a forward pass finds it."""
    network, loss = example.network(), QuadraticCost()
    cost = loss.forward(network.forward(example.x), example.y)
    network.backward(loss.backward())
    return [
        _nudge(example, cost, array, place, float(p.grad[place]))
        for array, p in enumerate(network.parameters())
        for place in np.ndindex(p.grad.shape)
    ]


def _nudge(example: Example, cost: float, array: int, place: tuple[int, ...], slope: float) -> dict:
    """The same for one parameter: its array's place in the network, and its own place in the array."""
    moves = []
    for by in NUDGES:
        network = example.network()
        network.parameters()[array].value[place] += by
        found = QuadraticCost().forward(network.forward(example.x), example.y)
        moves.append({"by": by, "predicted": cost + slope * by, "found": found, "off": found - (cost + slope * by)})
    quantity = ".".join([ARRAYS[array], *(str(i + 1) for i in place)])
    ends = [
        f"moved by {decimals(m['by'])}, the cost would be {decimals(m['predicted'], 8)} by its slope "
        f"and is {decimals(m['found'], 8)} by a forward pass"
        for m in moves
    ]
    says = f"{words(quantity).capitalize()} has the slope {decimals(slope)}; {'; '.join(ends)}."
    return {"quantity": quantity, "name": words(quantity), "slope": slope, "cost": cost, "moves": moves, "says": says}


class Pass:
    """One pass of an example's network, done with nnlib while the steps are asked for."""

    def __init__(self, example: Example):
        self.x, self.y, self.rate = example.x, example.y, example.learning_rate
        self.network, self.loss = example.network(), QuadraticCost()
        self.layers = {1: self.network.layers[:2], 2: self.network.layers[2:]}  # a Dense and its Sigmoid
        self.outputs = range(1, example.y.shape[1] + 1)
        self.neurons = {1: (1, 2), 2: self.outputs}
        self.comes_in = {1: "x", 2: "a1"}  # what the weights of a layer multiply

    def steps(self) -> Iterator[Step]:
        """Every step in turn; later ones go on with what earlier ones left in the network."""
        yield self.start()
        a = self.x
        for layer in (1, 2):
            z = self.layers[layer][0].forward(a)
            yield self.weigh(layer, a, z)
            a = self.layers[layer][1].forward(z)
            yield self.squash(layer, z, a)
        yield self.cost(a)
        grad = self.loss.backward()
        yield self.seed(grad)
        for layer in (2, 1):
            delta = self.layers[layer][1].backward(grad)
            yield self.gate(layer, grad, delta)
            grad = self.layers[layer][0].backward(delta)
            yield self.collect_biases(layer, delta)
            yield self.collect_weights(layer, delta)
            if layer == 2:
                yield self.pass_back(delta, grad)
        SGD(self.network.parameters(), self.rate).step()
        yield self.descend()
        yield self.again()

    def parameters(self) -> dict[str, float]:
        """Every weight and bias by its id."""
        arrays = zip(ARRAYS, self.network.parameters(), strict=True)
        return {quantity: value for name, p in arrays for quantity, value in entries(name, p.value).items()}

    def start(self) -> Step:
        given = entries("x", self.x[0]) | entries("y", self.y[0]) | self.parameters() | {"η": self.rate}
        return Step(
            "start", "The network", "Inputs, target, weights and biases are given. Nothing is computed yet.",
            "Network", [], [("x", self.x.shape), ("y", self.y.shape)], given, [],
        )  # fmt: skip

    def weigh(self, layer: int, a: np.ndarray, z: np.ndarray) -> Step:
        dense, comes_in = self.layers[layer][0], self.comes_in[layer]
        sums = {j: _sum([f"W{layer}.{j}.{k}", "·", f"{comes_in}.{k}"] for k in (1, 2)) for j in self.neurons[layer]}
        return Step(
            "forward", f"Weigh and add, layer {layer}",
            "Each neuron weighs what comes in and adds its bias. Store: what came in is kept for the way back.",
            "Dense", find(Dense, "self.a = a", "return a @"),
            [("a", a.shape), ("W.T", dense.W.T.shape), ("b", dense.b.shape), ("z", z.shape)],
            entries(f"z{layer}", z[0]), [Row(f"z{layer}.{j}", [*sums[j], "+", f"b{layer}.{j}"]) for j in sums],
        )  # fmt: skip

    def squash(self, layer: int, z: np.ndarray, a: np.ndarray) -> Step:
        return Step(
            "forward", f"Squash, layer {layer}",
            "Sigma takes each weighted input to a number between 0 and 1. Store: it is kept for the way back.",
            "Sigmoid", find(Sigmoid, "sigmoid(z)"), [("z", z.shape), ("a", a.shape)], entries(f"a{layer}", a[0]),
            [Row(f"a{layer}.{j}", ["σ(", f"z{layer}.{j}", ")"]) for j in self.neurons[layer]],
        )  # fmt: skip

    def cost(self, a: np.ndarray) -> Step:
        cost = self.loss.forward(a, self.y)
        return Step(
            "forward", "Cost", "Half the square of the distance between output and target, over all outputs.",
            "QuadraticCost", find(QuadraticCost, "output - target", "self.error**2"),
            [("output", a.shape), ("target", self.y.shape), ("C", ())], {"C": cost}, [self._cost()],
        )  # fmt: skip

    def seed(self, grad: np.ndarray) -> Step:
        return Step(
            "backward", "Seed", "The way back begins: the cost's slope for an output is output minus target (n = 1).",
            "QuadraticCost", find(QuadraticCost, "return self.error\n"),
            [("error", self.loss.error.shape), ("∂C/∂a", grad.shape)], entries("da2", grad[0]),
            [Row(f"da2.{j}", [f"a2.{j}", "−", f"y.{j}"]) for j in self.outputs],
        )  # fmt: skip

    def gate(self, layer: int, grad: np.ndarray, delta: np.ndarray) -> Step:
        a = f"a{layer}"
        return Step(
            "backward", f"Gate, layer {layer}: {'BP1' if layer == 2 else 'second half of BP2'}",
            "Back through sigma: times its slope a (1 − a), at most 1/4. That is the neuron's delta.",
            "Sigmoid", find(Sigmoid, "BP1"),
            [("grad", grad.shape), ("a", self.layers[layer][1].a.shape), ("δ", delta.shape)],
            entries(f"dz{layer}", delta[0]),
            [
                Row(f"dz{layer}.{j}", [f"d{a}.{j}", "·", f"{a}.{j}", "·", "(", "1", "−", f"{a}.{j}", ")"])
                for j in self.neurons[layer]
            ],
        )  # fmt: skip

    def collect_biases(self, layer: int, delta: np.ndarray) -> Step:
        db = self.layers[layer][0].db
        return Step(
            "backward", f"Collect the biases' slopes, layer {layer}: BP3",
            "A bias multiplies 1, so its slope is its neuron's delta, added up over the batch (one row here).",
            "Dense", find(Dense, "# BP3"), [("delta", delta.shape), ("db", db.shape)], entries(f"db{layer}", db),
            [Row(f"db{layer}.{j}", [f"dz{layer}.{j}"]) for j in self.neurons[layer]],
        )  # fmt: skip

    def collect_weights(self, layer: int, delta: np.ndarray) -> Step:
        dense, comes_in = self.layers[layer][0], self.comes_in[layer]
        return Step(
            "backward", f"Collect the weights' slopes, layer {layer}: BP4",
            "A weight multiplies the number that comes in: its slope is its neuron's delta times that stored number.",
            "Dense", find(Dense, "# BP4"),
            [("delta.T", delta.T.shape), ("a", dense.a.shape), ("dW", dense.dW.shape)],
            entries(f"dW{layer}", dense.dW),
            [
                Row(f"dW{layer}.{j}.{k}", [f"dz{layer}.{j}", "·", f"{comes_in}.{k}"])
                for j, k in product(self.neurons[layer], (1, 2))
            ],
        )  # fmt: skip

    def pass_back(self, delta: np.ndarray, grad: np.ndarray) -> Step:
        return Step(
            "backward", "Pass back: first half of BP2",
            "An activation adds up, over all neurons that it feeds, their delta times the weight that leads there.",
            "Dense", find(Dense, "first half of BP2"),
            [("delta", delta.shape), ("W", self.layers[2][0].W.shape), ("∂C/∂a", grad.shape)],
            entries("da1", grad[0]),
            [Row(f"da1.{k}", _sum([f"dz2.{j}", "·", f"W2.{j}.{k}"] for j in self.outputs)) for k in (1, 2)],
        )  # fmt: skip

    def descend(self) -> Step:
        return Step(
            "step", "The gradient step",
            f"Only now, with all slopes collected, each parameter moves against its own: η = {self.rate:g}.",
            "SGD", find(SGD, "rate * p.grad"), [(p.name, p.value.shape) for p in self.network.parameters()],
            self.parameters(), [Row(name, [name, "−", "η", "·", f"d{name}"]) for name in self.parameters()],
        )  # fmt: skip

    def again(self) -> Step:
        output = self.network.forward(self.x)
        made = {"C": self.loss.forward(output, self.y)}
        for layer, (dense, gate) in self.layers.items():
            made |= entries(f"z{layer}", dense.predict(dense.a)[0]) | entries(f"a{layer}", gate.a[0])
        return Step(
            "step", "Forward again", "With the new parameters the whole forward pass gives a smaller cost.",
            "Network", find(Network, "layer.forward"), [("x", self.x.shape), ("output", output.shape)], made,
            [self._cost()],
        )  # fmt: skip

    def _cost(self) -> Row:
        return Row("C", _sum(["½", "·", "(", f"a2.{j}", "−", f"y.{j}", ")²"] for j in self.outputs))


def _sum(parts) -> list[str]:
    """The terms of each part, with a plus sign in between."""
    first, *others = parts
    return first + [term for part in others for term in ("+", *part)]
