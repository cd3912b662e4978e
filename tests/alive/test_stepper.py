"""The stepper: its numbers are those of nnlib, its lines of code are nnlib's, and its sentences hold its numbers."""

import inspect
import re
from dataclasses import asdict

import numpy as np
import pytest

from nnlib import SGD, QuadraticCost, layers
from nnlib.alive import live, stepper
from nnlib.alive.stepper.quantities import entries, equation, words
from nnlib.examples import net_2_2_1, net_2_2_2
from nnlib.prose import decimals

EXAMPLES = pytest.mark.parametrize("example", [net_2_2_1(), net_2_2_2()], ids=lambda example: example.name)
PHASES = ["start", *["forward"] * 5, *["backward"] * 8, *["step"] * 2]


def known(steps):
    """All numbers after the last of these steps."""
    return {quantity: value for step in steps for quantity, value in step.makes.items()}


def parameters(network):
    """Parameters and slopes of a network by the stepper's ids."""
    pairs = list(zip(("W1", "b1", "W2", "b2"), network.parameters(), strict=True))
    values = {key: value for name, p in pairs for key, value in entries(name, p.value).items()}
    return values, {key: value for name, p in pairs for key, value in entries(f"d{name}", p.grad).items()}


def value(terms, numbers):
    """A formula's value, by Python's own arithmetic."""
    python = {"·": "*", "−": "-", "½": "0.5", ")²": ")**2", "σ(": "layers.sigmoid("}
    text = " ".join(f"numbers[{term!r}]" if term in numbers else python.get(term, term) for term in terms)
    return float(eval(text, {"numbers": numbers, "layers": layers}))


@EXAMPLES
def test_all_slopes_and_both_costs_are_nnlibs(example):
    steps = stepper.trace(example)
    assert [step.phase for step in steps] == PHASES
    network, loss = example.network(), QuadraticCost()
    assert known(steps[:14])["C"] == pytest.approx(loss.forward(network.forward(example.x), example.y), rel=1e-12)
    network.backward(loss.backward())
    slopes = parameters(network)[1]
    assert {key: known(steps)[key] for key in slopes} == pytest.approx(slopes, rel=1e-12)
    SGD(network.parameters(), example.learning_rate).step()
    moved = parameters(network)[0]
    assert {key: known(steps)[key] for key in moved} == pytest.approx(moved, rel=1e-12)
    output = network.forward(example.x)
    assert known(steps)["C"] == pytest.approx(loss.forward(output, example.y), rel=1e-12)
    assert known(steps) == pytest.approx(known(steps) | entries("a2", output[0]), rel=1e-12)


@EXAMPLES
def test_every_number_that_a_step_makes_has_a_formula_that_gives_it(example):
    steps = stepper.trace(example)
    for i, step in enumerate(steps):
        after = known(steps[: i + 1])
        for row in step.rows:
            old = {row.makes: known(steps[:i])[row.makes]} if row.makes in row.terms else {}
            assert value(row.terms, after | old) == pytest.approx(after[row.makes], rel=1e-12), row
        made = {row.makes for row in step.rows}
        assert made == set(step.makes) or step.title in ("The network", "Forward again")


@EXAMPLES
def test_the_cost_after_a_nudge_is_that_of_a_network_with_this_weight_moved(example):
    nudges = {nudge["quantity"]: nudge for nudge in stepper.nudges(example)}
    assert set(nudges) == set(parameters(example.network())[0])
    for array, name in enumerate(("W1", "b1", "W2", "b2")):
        for place in np.ndindex(example.weights[array].shape):
            nudge = nudges[".".join([name, *(str(i + 1) for i in place)])]
            for by, move in zip((-0.01, 0.01), nudge["moves"], strict=True):
                weights = [w.copy() for w in example.weights]
                weights[array][place] += by
                W1, b1, W2, b2 = weights
                output = layers.sigmoid(layers.sigmoid(example.x @ W1.T + b1) @ W2.T + b2)
                cost = np.sum((output - example.y) ** 2) / 2
                assert (move["by"], move["found"]) == (by, pytest.approx(cost, rel=1e-12))
                assert move["predicted"] == pytest.approx(nudge["cost"] + by * nudge["slope"], rel=1e-12)
                assert move["off"] == pytest.approx(cost - move["predicted"], abs=1e-15)
            measured = (nudge["moves"][1]["found"] - nudge["moves"][0]["found"]) / 0.02
            assert nudge["slope"] == pytest.approx(measured, abs=1e-4)


@pytest.mark.parametrize("kind", stepper.METHODS)
def test_every_line_of_code_stands_in_nnlib(kind):
    code = stepper.code(kind)
    assert code["file"] in ("layers.py", "losses.py", "network.py", "optimizers.py")
    source = inspect.getsource(inspect.getmodule(kind))
    assert all(line in source for line in code["lines"]) and '"""' not in "".join(code["lines"])


def test_the_lit_lines_are_those_of_the_operation():
    steps = {step.title: [stepper.code(getattr(stepper, step.code))["lines"][i].strip() for i in step.lines]
             for step in stepper.trace(net_2_2_1())}  # fmt: skip
    assert steps["Weigh and add, layer 1"] == ["self.a = a", "return a @ self.W.T + self.b"]
    assert steps["Seed"] == ["return self.error"]
    assert all(title.partition(": ")[2] in " ".join(lines) for title, lines in steps.items())  # BP1 to BP4
    assert [len(lines) for lines in steps.values()] == [0, 2, 1, 2, 1, 2, *[1] * 10]


def test_a_line_that_nnlib_no_longer_has_is_missed():
    with pytest.raises(ValueError, match="Sigmoid: got 0 lines with 'tanh', expected one"):
        stepper.find(layers.Sigmoid, "tanh")


@EXAMPLES
def test_the_shape_of_a_result_is_that_of_what_it_holds(example):
    for step in stepper.trace(example):
        size = int(np.prod(step.shapes[-1][1]))
        assert size == len(step.rows) or step.phase in ("start", "step"), step.title


@EXAMPLES
def test_every_number_is_said_to_six_decimals(example):
    for step in stepper.trace(example):
        for row in step.rows:
            assert row.says in step.says and row.says.endswith(f" = {decimals(step.makes[row.makes])}")


def test_numbers_and_names_are_said_as_the_text_writes_them():
    assert [decimals(0.19999999999999996), decimals(-0.02274012), decimals(1.0), decimals(-0.01)] == [
        "0.2", "\N{MINUS SIGN}0.022740", "1", "\N{MINUS SIGN}0.01"]  # fmt: skip
    assert words("W2.1.2") == "the weight from hidden neuron 2 to output neuron 1"
    assert words("db1.2") == "the slope for the bias of hidden neuron 2"
    assert words("dz2.1") == "delta of output neuron 1"
    numbers = {"a": -0.5, "b": -2.0}
    said = equation("C", ["a", "·", "(", "1", "−", "b", ")"], numbers, 1.5)
    assert said == "the cost = −0.5 × (1 − (−2)) = 1.5"


def test_the_words_say_every_step_and_every_nudge(monkeypatch):
    shown = []
    monkeypatch.setattr(live, "display", lambda data, raw: shown.append(data))
    stepper.show()
    text = shown[0]["text/plain"]
    assert len(re.findall("2-2-1, step", text)) == len(re.findall("2-2-2, step", text)) == 16
    assert "2-2-1, step 7: Gate, layer 2: BP1." in text and "= −0.091663." in text
    assert text.count("by a forward pass; moved by 0.01") == 9 + 12


@EXAMPLES
def test_the_script_knows_after_each_step_what_nnlib_knows(node, example):
    steps = [asdict(step) for step in stepper.trace(example)]
    for at in range(len(steps)):
        after = known(stepper.trace(example)[: at + 1])
        if at == len(steps) - 1:  # a slope belongs to the old weights
            after = {quantity: value for quantity, value in after.items() if not quantity.startswith("d")}
        assert node("stepper", "numbers({ steps }, at).known", steps=steps, at=at) == after


@pytest.mark.parametrize(
    ("quantity", "number", "written"),
    [
        ("z1.1", 0.123456, "0.1235"),
        ("dW1.1.2", 0.5, "+0.5"),
        ("dW1.1.2", -0.0000123, "−0.000012"),
        ("a1.1", 0, "0"),
    ],
)
def test_a_number_in_the_picture_is_short_and_a_slope_shows_its_sign(node, quantity, number, written):
    assert node("stepper", "brief(quantity, number)", quantity=quantity, number=number) == written
