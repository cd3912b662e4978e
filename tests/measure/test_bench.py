"""What `make bench` stored: whole, consistent, and of the code as it is; the peers in NumPy learn what nnlib learns."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from measure import MEASURED
from measure.bench import __main__ as bench
from measure.bench import agreement, peers
from measure.bench.ablations import CHANGES, LEFT_OUT
from measure.bench.networks import NETS, InOrder, Net
from measure.bench.peers import floor, nielsen, ours, parts, scikit, tuned
from measure.bench.timing import share
from nnlib import layers, load_digits, losses, network, optimizers, training

BENCH = json.loads((MEASURED / "bench.json").read_text(encoding="utf-8"))


def test_every_cell_and_every_peer_is_stored():
    assert list(BENCH["cells"]) == bench.CELLS
    assert BENCH["titles"] == {name: peer.TITLE for name, peer in bench.PEERS.items()}
    for cell, measured in BENCH["cells"].items():
        kind = NETS[cell[0]].kind
        assert list(measured["times"]) == ["ours", *(name for name, peer in bench.PEERS.items() if kind in peer.KINDS)]
        assert all(len(time["all"]) >= 5 for time in measured["times"].values())


@pytest.mark.parametrize("cell", BENCH["cells"])
def test_a_ratio_is_that_of_the_median_seconds(cell):
    times, ratios = BENCH["cells"][cell]["times"], BENCH["cells"][cell]["ratios"]
    assert ratios.keys() == times.keys() - {"ours"}
    for peer, ratio in ratios.items():
        assert times[peer]["seconds"] == pytest.approx(np.median(times[peer]["all"]), abs=1e-4)
        assert ratio == pytest.approx(times["ours"]["seconds"] / times[peer]["seconds"], rel=0.01)


def test_every_bar_stands_beside_its_ratio_on_all_images():
    assert [(bar["cell"], bar["peer"], bar["bar"]) for bar in BENCH["bars"]] == bench.BARS
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
    for compared in BENCH["agreement"].values():
        assert all(found["same"] or "unknown" not in found["why"] for found in compared.values())


def test_a_slow_peer_says_on_what_share_it_is_timed():
    for cell, measured in BENCH["cells"].items():
        for name, time in measured["times"].items():
            timed = peers.peer(name)
            assert time["share"] == (1 if cell in timed.BARS else share(timed, int(cell[1:]))), f"{cell} {name}"


def test_a_peer_that_differs_and_does_not_say_why_stands_out(monkeypatch):
    moves = {"ours": np.ones(4), "scikit": np.zeros(4), "other": np.zeros(4), "same": np.ones(4), "floor": np.zeros(4)}
    silent = SimpleNamespace(LEARNS=True, KNOWN={})
    asked = {"ours": ours, "scikit": scikit, "other": silent, "same": silent, "floor": peers.peer("floor")}
    workers = [SimpleNamespace(name=name, peer=peer) for name, peer in asked.items()]
    monkeypatch.setattr(agreement, "moved", lambda worker, name: moves[worker.name])
    found = agreement.agreement(workers, "C")
    assert found["scikit"] == {"same": False, "distance": 1.0, "why": scikit.KNOWN["C"]}
    assert found["other"]["why"] == "unknown: look into it"
    assert found["same"] == {"same": True, "distance": 0.0}
    assert "floor" not in found and "ours" not in found


def learned(peer, kind):
    """The weights after an epoch on 250 digits, in one row."""
    digits, net = load_digits(), Net((64, 12, 8, 10), kind, 3.0 if kind == "sigmoid" else 0.01)
    epoch, parameters = peer.start(net, net.weights(), digits.x_train[:250], digits.y_train[:250], 32, InOrder())
    epoch()
    return np.concatenate([np.ravel(array) for pair in parameters() for array in pair])


@pytest.mark.parametrize("name", ["L", "T"])
def test_a_network_of_part_v_starts_where_its_peer_starts_and_learns(name):
    net, rng = NETS[name], np.random.default_rng(0)
    images = rng.random((32, 784), dtype=np.float32), rng.integers(10, size=32)
    texts = rng.integers(65, size=(2, 32, 64))
    epoch, parameters = ours.start(net, net.weights(), *net.examples(images, texts, 32), 16, InOrder())
    for pair, start in zip(parameters(), net.weights(), strict=True):
        assert all(np.array_equal(np.ravel(now), np.ravel(then)) for now, then in zip(pair, start, strict=True))
    first = epoch()
    assert [epoch() for _ in range(4)][-1] < first


@pytest.fixture
def unchanged():
    """Whatever a change puts into nnlib is taken out again."""
    modules = [ours, layers, losses, network, optimizers, training]
    classes = [part for module in modules for part in vars(module).values() if isinstance(part, type)]
    places = modules + [part for part in classes if part.__module__.startswith("nnlib")]
    kept = [(place, dict(vars(place))) for place in places]
    yield
    for place, names in kept:
        for name in set(vars(place)) - set(names):
            delattr(place, name)  # what a change puts in front of an inherited method
        for name, value in names.items():
            if vars(place).get(name) is not value:
                setattr(place, name, value)


EVERY_CHANGE = CHANGES | LEFT_OUT


@pytest.mark.parametrize("change", EVERY_CHANGE.values(), ids=EVERY_CHANGE)
def test_nnlib_learns_the_same_with_each_change(change, unchanged):
    usual = {kind: learned(ours, kind) for kind in {NETS[net].kind for net, _ in change.where}}
    change.apply()
    for kind, values in usual.items():
        moved = np.linalg.norm(values - learned(floor, kind))
        assert np.linalg.norm(learned(ours, kind) - values) < 1e-4 * moved


@pytest.mark.parametrize("kind", ["sigmoid", "relu"])
def test_the_peers_in_numpy_learn_what_nnlib_learns(kind):
    usual = learned(ours, kind)
    moved = np.linalg.norm(usual - learned(floor, kind))
    for peer in [tuned, parts] + [nielsen] * (kind == "sigmoid"):
        assert np.linalg.norm(learned(peer, kind) - usual) < 1e-4 * moved, peer.__name__
