"""The table of conventions in the chapter on faster descent: its numbers are what the libraries do."""

import ast
import json

import pytest

from chapters import ROOT

CHAPTER = ROOT / "book" / "faster_descent.ipynb"


@pytest.fixture(scope="module")
def said():
    """The numbers that the chapter shows, by name, as it writes them."""
    found = {}
    for cell in json.loads(CHAPTER.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", []):
            if glued := output.get("metadata", {}).get("scrapbook"):
                found[glued["name"]] = ast.literal_eval(
                    "".join(output["data"]["application/papermill.record/text/plain"])
                )
    return found


def steps_of(torch, make, slopes, rates=None):
    """How far each step of an optimiser moves one weight downhill, for these slopes and at these rates."""
    weight = torch.zeros(1, requires_grad=True)
    optimizer, moved = make([weight]), []
    for step, slope in enumerate(slopes):
        if rates:
            optimizer.param_groups[0]["lr"] = rates[step]
        before, weight.grad = weight.item(), torch.tensor([float(slope)])
        optimizer.step()
        moved.append(before - weight.item())
    return moved


def test_damping_and_the_rate_outside_of_the_velocity(torch, said):
    long = [1.0] * 500
    plain = steps_of(torch, lambda p: torch.optim.SGD(p, 0.1, momentum=0.9), long)[-1]
    damped = steps_of(torch, lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, dampening=0.9), long)[-1]
    assert f"{plain / damped:.0f}" == said["damped"]
    falls = steps_of(torch, lambda p: torch.optim.SGD(p, 0.1, momentum=0.9), [*long, 1.0], [0.1] * 500 + [0.01])[-1]
    assert f"{falls:.2f}" == said["outside"]


def test_epsilon_stands_outside_of_the_root_and_rmsprop_corrects_nothing(torch, said):
    tiny = steps_of(torch, lambda p: torch.optim.RMSprop(p, 1.0, alpha=0.0, eps=1e-7), [1e-5])[0]
    assert f"{tiny:.2f}" == said["eps_outside"]
    for alpha, name, spec in ((0.9, "rms_09", ".2f"), (0.99, "rms_099", ".0f")):
        assert (
            f"{steps_of(torch, lambda p, a=alpha: torch.optim.RMSprop(p, 1.0, alpha=a), [1.0])[0]:{spec}}" == said[name]
        )


def test_decay_is_coupled_in_adam_and_beside_it_in_adamw_multiplied_by_the_rate(torch, said):
    def left(kind, slope, decay, rate, steps):
        weight = torch.ones(1, requires_grad=True)
        optimizer = kind([weight], lr=rate, weight_decay=decay)
        for step in range(1, steps + 1):
            weight.grad = torch.tensor([slope * (-1.0) ** step])
            optimizer.step()
        return weight.item()

    assert f"{left(torch.optim.Adam, 10, 0.1, 0.01, 1000):.2f}" == said["l2_large"]
    assert abs(left(torch.optim.Adam, 0.1, 0.1, 0.01, 1000)) < 0.05
    assert f"{left(torch.optim.AdamW, 10, 0.1, 0.01, 1000):.2f}" == said["decay_both"]
    assert f"{left(torch.optim.AdamW, 0, 0.01, 0.001, 1):.5f}" == said["decay_here"]


def test_keras_has_the_rate_inside_of_the_velocity_and_epsilon_inside_of_the_root(keras, said):
    def steps_of_keras(optimizer, slopes, rates):
        weight = keras.Variable([0.0])
        optimizer.build([weight])
        moved = []
        for slope, rate in zip(slopes, rates, strict=True):
            before = keras.ops.convert_to_numpy(weight.value)[0]
            optimizer.learning_rate = rate
            optimizer.apply([keras.ops.convert_to_tensor([slope])], [weight])
            moved.append(before - keras.ops.convert_to_numpy(weight.value)[0])
        return moved

    falls = steps_of_keras(keras.optimizers.SGD(0.1, momentum=0.9), [1.0] * 101, [0.1] * 100 + [0.01])[-1]
    assert f"{falls:.2f}" == said["inside"]
    tiny = steps_of_keras(keras.optimizers.RMSprop(1.0, rho=0.0, epsilon=1e-7), [1e-5], [1.0])[0]
    assert f"{tiny:.2f}" == said["eps_inside"]
