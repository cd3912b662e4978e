"""Parallel: shards make the steps of the whole batch, whoever computes them; Dask itself is tried in tests/machines."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nnlib
from nnlib import (
    L2,
    SGD,
    Adam,
    BatchNorm,
    Dense,
    Dropout,
    Network,
    QuadraticCost,
    Residual,
    Sigmoid,
    SoftmaxCrossEntropy,
    TrainingDiverged,
    one_hot,
    parallel,
)


class Here:
    """A client whose tasks are done at once, in this process."""

    def __init__(self, fails_at=None):
        self.asked, self.fails_at = [], fails_at

    def submit(self, function, *arguments, pure):
        assert not pure
        if len(self.asked) == self.fails_at:
            raise OSError("the cluster has gone")
        self.asked.append(len(arguments[-1]))
        return function(*arguments)

    def gather(self, tasks):
        return tasks


def rng():
    return np.random.default_rng(0)


LABELS = np.arange(50) % 3
X = rng().standard_normal((50, 4)) + LABELS[:, None]
Y = one_hot(LABELS, 3)


def network(*middle):
    random = rng()
    return Network(Dense(4, 5, random), *middle, Sigmoid(), Dense(5, 3, random))


def values(net):
    return np.concatenate([p.value.ravel() for p in net.parameters()])


def train(shards, loss=QuadraticCost, y=Y, client=None, net=None, make=lambda p: SGD(p, 0.5), **changes):
    net = net or network()
    settings = {"epochs": 3, "batch_size": 16, "rng": rng()} | changes
    if shards is None:
        costs = list(nnlib.train_epochs(net, loss(), make(net.parameters()), X, y, **settings))
    else:
        parts = client or Here(), net, loss(), make(net.parameters()), X, y
        costs = list(parallel.train_epochs(*parts, shards=shards, **settings))
    return values(net), costs


def test_one_shard_is_the_training_of_one_machine_to_the_last_bit():
    (ours, our_costs), (alone, costs) = train(1), train(None)
    assert np.array_equal(ours, alone) and our_costs == costs


@pytest.mark.parametrize("shards", [2, 3, 7, 16])
@pytest.mark.parametrize(("loss", "y"), [(QuadraticCost, Y), (SoftmaxCrossEntropy, LABELS)])
def test_any_number_of_shards_makes_the_same_steps_up_to_rounding(shards, loss, y):
    (ours, our_costs), (alone, costs) = train(shards, loss, y), train(None, loss, y)
    assert 0 <= np.abs(ours - alone).max() < 1e-13
    assert np.allclose(our_costs, costs, rtol=1e-13)


def test_adam_a_penalty_and_a_falling_rate_work_as_on_one_machine():
    options = {"make": lambda p: Adam(p, lambda step: 0.01 / (1 + step)), "transforms": [L2(0.1)]}
    assert np.abs(train(3, **options)[0] - train(None, **options)[0]).max() < 1e-12
    assert np.abs(train(3, **options)[0] - train(3)[0]).max() > 1e-3


def test_a_batch_is_dealt_out_evenly_and_the_short_last_one_to_fewer():
    client = Here()
    train(4, client=client, batch_size=24, epochs=1)
    assert client.asked == [6] * 8 + [1, 1]


@given(sizes=st.lists(st.integers(1, 12), min_size=1, max_size=5))
def test_the_mean_over_shards_of_any_sizes_is_that_over_all_examples(sizes):
    net, n = network(), sum(sizes)
    ends = np.cumsum([0, *sizes])
    places = [np.arange(start, end) % 50 for start, end in zip(ends, ends[1:], strict=False)]
    found = [parallel.slopes(net, QuadraticCost(), X[each], Y[each]) for each in places]
    cost, gradients = parallel.mean_slopes(found, sizes)
    whole_cost, whole = parallel.slopes(net, QuadraticCost(), X[np.arange(n) % 50], Y[np.arange(n) % 50])
    assert cost == pytest.approx(whole_cost, rel=1e-13)
    assert all(np.allclose(a, b, rtol=1e-10, atol=1e-15) for a, b in zip(gradients, whole, strict=True))


def test_a_worker_leaves_the_network_and_the_loss_that_it_was_given_alone():
    net, loss = network(), QuadraticCost()
    before = values(net)
    cost, gradients = parallel.slopes(net, loss, X[:5], Y[:5])
    assert np.array_equal(values(net), before) and not any(p.grad.any() for p in net.parameters())
    assert not hasattr(loss, "error") and cost > 0 and any(each.any() for each in gradients)


@pytest.mark.parametrize(
    ("net", "loss", "shards", "says"),
    [
        (network(BatchNorm(5)), QuadraticCost(), 2, "network: BatchNorm .* use LayerNorm"),
        (network(Residual(Dropout(0.5, rng()))), QuadraticCost(), 2, "network: Dropout .* leave it out"),
        (network(), SoftmaxCrossEntropy(ignored=0), 2, "loss: labels that are ignored"),
        (network(), QuadraticCost(), 0, "shards: got 0, expected a whole number of at least 1"),
    ],
)
def test_what_no_mean_over_shards_can_do_is_refused_before_anything_is_sent(net, loss, shards, says):
    client = Here()
    with pytest.raises(ValueError, match=says):
        train(shards, lambda: loss, LABELS if isinstance(loss, SoftmaxCrossEntropy) else Y, client, net)
    assert not client.asked


def test_what_train_epochs_refuses_is_refused():
    with pytest.raises(ValueError, match="batch_size: got 0"):
        train(2, batch_size=0)


def test_a_cluster_that_goes_leaves_the_parameters_as_after_the_last_good_epoch():
    net = network()
    with pytest.raises(OSError, match="gone"):
        train(2, client=Here(fails_at=2 * 4 + 3), net=net)  # in the second step of the second epoch
    assert np.array_equal(values(net), train(2, epochs=1)[0])


def test_a_rate_that_is_far_too_high_is_named():
    net = network()
    with pytest.raises(TrainingDiverged, match="try a tenth"):
        train(2, net=net, make=lambda p: SGD(p, 1e200))
    assert np.array_equal(values(net), values(network()))


# Dask, from outside


class Stand:
    """Stands in for LocalCluster and Client, and keeps how it was called and whether it was closed."""

    def __init__(self, log, name):
        self.log, self.name = log, name

    def __call__(self, *arguments, **options):
        self.log.append((self.name, arguments, options))
        return self

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.log.append(f"{self.name} closed")


@pytest.fixture
def log(monkeypatch):
    log = []
    dask = SimpleNamespace(Client=Stand(log, "client"), LocalCluster=Stand(log, "cluster"))
    monkeypatch.setitem(sys.modules, "distributed", dask)
    return log


def test_without_dask_one_line_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ImportError, match="needs Dask.*`make machines`, or `pip install distributed`") as raised:
        with parallel.workers():
            pass
    assert raised.value.__suppress_context__ and "\n" not in str(raised.value)


def test_workers_of_this_machine_listen_to_it_alone_and_end_also_where_the_block_fails(log):
    with pytest.raises(ZeroDivisionError):
        with parallel.workers(processes=3) as client:
            assert client.name == "client" and log[-1][0] == "client"
            raise ZeroDivisionError
    name, _, options = log[0]
    assert name == "cluster" and options["n_workers"] == 3
    assert options["host"] == "127.0.0.1"
    assert options["scheduler_kwargs"] == {"dashboard": False, "dashboard_address": "127.0.0.1:0"}
    assert log[-2:] == ["client closed", "cluster closed"]


def test_with_an_address_nothing_is_started_here(log):
    with parallel.workers("tcp://10.0.0.5:8786"):
        assert log == [("client", ("tcp://10.0.0.5:8786",), {"timeout": 30})]
    assert log[-1] == "client closed"


def test_workers_are_counted(log):
    with pytest.raises(ValueError, match="processes: got 0"):
        with parallel.workers(processes=0):
            pass
    assert not log
