"""What `make bench` stored: whole, consistent, and of the code as it is; the peers in NumPy learn what nnlib learns."""

import json
import sys

import numpy as np
import pytest

from chapters import ROOT
from nnlib import load_digits

sys.path.insert(0, str(ROOT / "benchmarks"))

import run  # noqa: E402
from ablations import CHANGES, LEFT_OUT  # noqa: E402
from networks import InOrder, Net  # noqa: E402
from peers import floor, nielsen, ours, parts, tuned  # noqa: E402

BENCH = json.loads(run.RESULTS.read_text(encoding="utf-8"))


def test_every_cell_and_every_peer_is_stored():
    assert list(BENCH["cells"]) == run.CELLS
    for cell, measured in BENCH["cells"].items():
        assert list(measured["times"]) == [peer for peer in run.PEERS if run.fits(peer, cell[0])]
        assert all(len(time["all"]) >= 5 for time in measured["times"].values())


@pytest.mark.parametrize("cell", BENCH["cells"])
def test_a_ratio_is_that_of_the_median_seconds(cell):
    times, ratios = BENCH["cells"][cell]["times"], BENCH["cells"][cell]["ratios"]
    assert ratios.keys() == times.keys() - {"ours"}
    for peer, ratio in ratios.items():
        assert times[peer]["seconds"] == pytest.approx(np.median(times[peer]["all"]), abs=1e-4)
        assert ratio == pytest.approx(times["ours"]["seconds"] / times[peer]["seconds"], rel=0.01)


def test_every_bar_stands_beside_its_ratio_on_all_images():
    assert [(bar["cell"][0], int(bar["cell"][1:]), bar["peer"], bar["bar"]) for bar in BENCH["bars"]] == run.BARS
    for bar in BENCH["bars"]:
        assert BENCH["cells"][bar["cell"]]["times"][bar["peer"]]["share"] == 1
        assert bar["ratio"] == BENCH["cells"][bar["cell"]]["ratios"][bar["peer"]]
        assert bar["met"] == (bar["ratio"] <= bar["bar"])


@pytest.mark.parametrize(("part", "changes"), [("ablations", CHANGES), ("left_out", LEFT_OUT)])
def test_every_change_was_measured_where_it_says(part, changes):
    assert BENCH[part].keys() == changes.keys()
    for name, change in changes.items():
        assert BENCH[part][name]["what"] == change.what
        assert list(BENCH[part][name]["factors"]) == [f"{net}{batch}" for net, batch in change.where]


def test_the_peers_that_differ_say_why():
    for peers in BENCH["agreement"].values():
        assert all(found["same"] or "unknown" not in found["why"] for found in peers.values())


@pytest.mark.parametrize("kind", ["sigmoid", "relu"])
def test_the_peers_in_numpy_learn_what_nnlib_learns(kind):
    digits = load_digits()
    net = Net((64, 12, 8, 10), kind, 3.0 if kind == "sigmoid" else 0.01)
    learned = {}
    for peer in (ours, tuned, nielsen, floor, parts):
        if peer is nielsen and kind == "relu":
            continue
        epoch, parameters = peer.start(net, net.weights(), digits.x_train[:250], digits.y_train[:250], 32, InOrder())
        epoch()
        learned[peer] = np.concatenate([np.ravel(array) for pair in parameters() for array in pair])
    start = learned.pop(floor)
    for peer, values in learned.items():
        distance = np.linalg.norm(values - learned[ours]) / np.linalg.norm(learned[ours] - start)
        assert distance < 1e-4, peer.__name__
