"""What `make results` stored: whole, consistent, shown by the README, and reached again by the stored weights."""

import ast
import inspect
import json
import re

import numpy as np
import pytest
from rules import code_cells, functions, tree

from chapters import ROOT, chapters, lacks_data
from measure import MEASURED
from measure import results as tool
from nnlib import accuracy, load_mnist

RESULTS = json.loads((MEASURED / "results.json").read_text(encoding="utf-8"))
NETWORKS = RESULTS["networks"]
LABELS = RESULTS["labels"]["test_accuracy"]


def spreads(value, path=""):
    """Every record with a mean in it, by its path."""
    if isinstance(value, dict):
        if "mean" in value:
            yield path, value
        for key, item in value.items():
            yield from spreads(item, f"{path}/{key}")


SPREADS = dict(spreads(RESULTS))


def test_every_network_of_the_tool_is_stored():
    assert list(NETWORKS) == [plan.name for plan in tool.PLANS]
    assert len(set(RESULTS["seeds"])) >= 5
    assert RESULTS["seeds"] == list(tool.SEEDS)


@pytest.mark.parametrize("plan", tool.PLANS, ids=lambda plan: plan.name)
def test_the_stored_recipe_is_the_one_that_the_tool_trains(plan):
    stored = NETWORKS[plan.name]["recipe"]
    assert stored["learning_rate"] in plan.learning_rates
    for name in ("cost", "batch_size", "epochs", "l2", "falling"):
        assert stored[name] == getattr(plan, name)
    assert tuple(stored["sizes"]) == plan.sizes
    weights = sum(n_out * (n_in + 1) for n_in, n_out in zip(plan.sizes, plan.sizes[1:], strict=False))
    assert NETWORKS[plan.name]["parameters"] == weights


@pytest.mark.parametrize("name", NETWORKS)
def test_the_learning_rate_was_chosen_on_the_validation_images(name):
    choice = NETWORKS[name]["choice"]
    assert len(choice) > 1
    best = max(choice, key=lambda tried: tried["validation_accuracy"])
    assert NETWORKS[name]["recipe"]["learning_rate"] == best["learning_rate"]
    tried = [entry["learning_rate"] for entry in choice]
    assert min(tried) < best["learning_rate"] < max(tried), "a better one may lie beyond what was tried"
    assert tool.CHOICE_SEED not in RESULTS["seeds"]


@pytest.mark.parametrize("path", SPREADS)
def test_mean_and_range_are_those_of_the_seeds(path):
    spread = SPREADS[path]
    assert len(spread["per_seed"]) == len(RESULTS["seeds"])
    assert all(0 <= value <= 1 for value in spread["per_seed"])
    assert (spread["min"], spread["max"]) == (min(spread["per_seed"]), max(spread["per_seed"]))
    assert spread["mean"] == pytest.approx(np.mean(spread["per_seed"]), abs=1e-5)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_validation_curves_end_at_the_validation_accuracy(name):
    network = NETWORKS[name]
    assert [len(curve) for curve in network["validation_curves"]] == [network["recipe"]["epochs"]] * len(
        RESULTS["seeds"]
    )
    assert [curve[-1] for curve in network["validation_curves"]] == network["validation_accuracy"]["per_seed"]
    assert set(network["broken"]) == {"shift_2", "shift_4", "inverted", "noise_to_one_class"}


def test_the_labels_curve_ends_at_the_whole_training_part():
    assert [int(count) for count in LABELS] == [*tool.LABELS, RESULTS["data"]["training"]]
    whole = LABELS[str(RESULTS["data"]["training"])]
    assert whole["per_seed"] == NETWORKS[RESULTS["labels"]["network"]]["test_accuracy"]["per_seed"]
    means = [point["mean"] for point in LABELS.values()]
    assert means == sorted(means)


def test_the_three_parts_are_all_of_mnist():
    data = RESULTS["data"]
    assert data["name"] == "MNIST"
    assert data["training"] + data["validation"] == 60_000
    assert data["test"] == 10_000


def test_the_time_it_took_is_noted():
    assert 0 < RESULTS["seconds"] < 24 * 3600


def shown(accuracy):
    """The ways in which a text may write an accuracy: 94.21 %, 94.2 %, 94.2%."""
    return {f"{100 * accuracy:.{digits}f}{space}%" for digits in (1, 2) for space in ("", " ", "\N{NO-BREAK SPACE}")}


def table_rows(text):
    """For each network of the results, the lines of a Markdown table that begin with its name."""
    return {name: re.findall(rf"^\|[ `*]*{re.escape(name)}[ `*]*\|.*$", text, flags=re.MULTILINE) for name in NETWORKS}


@pytest.mark.parametrize("name", NETWORKS)
def test_the_readme_shows_mean_and_range_as_they_are_stored(name):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = table_rows(readme)[name]
    assert rows, f"README.md has no table row that begins with {name}"
    for kind in ("mean", "min", "max"):
        value = NETWORKS[name]["test_accuracy"][kind]
        numbers = {text.replace("%", "").strip() for text in shown(value)}
        found = any(set(re.findall(r"\d+\.\d+", row)) & numbers for row in rows)
        assert found, f"README.md lacks {name}, {kind}: {value:.2%}"


@pytest.mark.parametrize("name", NETWORKS)
def test_the_chapter_that_reads_mnist_shows_mean_and_range_as_they_are_stored(name):
    pages = [path for path in chapters() if "results.json" in path.read_text(encoding="utf-8")]
    assert pages, "no chapter reads results.json"
    for path in pages:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        outputs = [output for cell in cells for output in cell.get("outputs", [])]
        text = "\n".join("".join(output.get("data", {}).get("text/plain", "")) for output in outputs)
        rows = "\n".join(table_rows(text)[name])
        for kind in ("mean", "min", "max"):
            value = NETWORKS[name]["test_accuracy"][kind]
            assert shown(value) & set(re.findall(r"\d+\.\d+%", rows)), f"{path.name} lacks {name}'s {kind}, {value:.2%}"


def test_the_stored_weights_are_whole_and_small():
    assert sum(p.value.size for p in tool.stored_network().parameters()) == 13_002
    assert tool.WEIGHTS.stat().st_size < 60_000


@pytest.mark.skipif(lacks_data({"nnlib": {"data": "mnist"}}), reason="MNIST is not here")
def test_the_stored_weights_reach_the_stored_accuracy():
    data = load_mnist()
    stored = NETWORKS[tool.WITH_WEIGHTS.name]["test_accuracy"]["per_seed"][RESULTS["seeds"].index(tool.SEEDS[0])]
    assert accuracy(tool.stored_network(), data.x_test, data.y_test) == pytest.approx(stored, abs=0.001)


def test_the_chapter_shows_the_shift_that_is_measured():
    page = json.loads((ROOT / "book" / "handwritten_digits.ipynb").read_text(encoding="utf-8"))
    shown = dict(part for _, cell in code_cells(page) for part in functions(tree(cell)).items())
    assert shown["shift"] == functions(ast.parse(inspect.getsource(tool)))["shift"]


def test_shifting_moves_ink_and_brings_in_paper():
    images = np.zeros((1, 784), np.float32)
    images.reshape(28, 28)[10, 20] = 1
    assert np.argwhere(tool.shift(images, 2, -4).reshape(28, 28)).tolist() == [[12, 16]]
    assert not tool.shift(images, 0, 4).reshape(28, 28)[:, :4].any()


def test_the_tool_names_its_options(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["measure.results", "--help"])
    with pytest.raises(SystemExit, match="0"):
        tool.main()
    assert "--processes" in capsys.readouterr().out
