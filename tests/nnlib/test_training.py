"""Training: every example once an epoch, costs that fall, and a clean stop when it goes wrong."""

import copy
import re
import signal
import time
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_info, threadpool_limits
from tqdm import notebook

from nnlib import (
    L2,
    SGD,
    Adam,
    BatchNorm,
    Dense,
    Network,
    QuadraticCost,
    Sigmoid,
    SoftmaxCrossEntropy,
    TrainingDiverged,
    accuracy,
    fit,
    minibatches,
    one_epoch,
    one_hot,
    train_epochs,
    training,
)


def rng():
    return np.random.default_rng(0)


def blobs(n=60):
    """Three well separated clouds of points in the plane, and which cloud each belongs to."""
    labels = np.arange(n) % 3
    centres = np.array([[0.0, 3], [3, -2], [-3, -2]])
    return centres[labels] + 0.5 * rng().standard_normal((n, 2)), labels


def network():
    random = rng()
    return Network(Dense(2, 8, random), Sigmoid(), Dense(8, 3, random))


def values(network):
    return [p.value.copy() for p in network.parameters()]


def same(a, b):
    return all(np.array_equal(p, q) for p, q in zip(values(a), values(b), strict=True))


def train(net, *, loss=None, optimizer=None, **changes):
    """`fit` on the blobs, softmax cross-entropy at rate 0.5 in six batches of ten, unless changed."""
    x, labels = blobs()
    usual = {"x": x, "y": labels, "epochs": 5, "batch_size": 10, "rng": rng(), "progress": False}
    return fit(net, loss or SoftmaxCrossEntropy(), optimizer or SGD(net.parameters(), 0.5), **(usual | changes))


@given(n=st.integers(1, 40), batch_size=st.integers(1, 50))
def test_an_epoch_meets_every_example_once_with_its_own_target(n, batch_size):
    x = np.arange(n)[:, None]
    batches = list(minibatches(x, -x, batch_size, rng()))
    assert [len(b) for b, _ in batches[:-1]] == [batch_size] * (len(batches) - 1)
    assert len(batches[-1][0]) == (n % batch_size or batch_size)
    assert sorted(np.concatenate([b[:, 0] for b, _ in batches])) == list(range(n))
    assert all(np.array_equal(bx, -by) for bx, by in batches)


def test_each_epoch_has_an_order_of_its_own():
    random, x = rng(), np.arange(50)
    first, second = (np.concatenate([b for b, _ in minibatches(x, x, 10, random)]) for _ in range(2))
    assert not np.array_equal(first, second) and not np.array_equal(first, x)


def test_fit_learns_and_its_history_is_complete():
    net, seen = network(), []
    start = time.perf_counter()
    history = train(net, epochs=20, validation=blobs(), on_epoch=lambda history: seen.append(len(history.cost)))
    elapsed = time.perf_counter() - start
    assert history.cost[0] > 0.6 and history.cost[-1] < 0.1
    assert history.validation_accuracy[-1] == 1 == accuracy(net, *blobs())
    assert seen == list(range(1, 21)) and history.stopped == ""
    assert len(history.cost) == len(history.validation_accuracy) == len(history.seconds) == 20
    assert 0 < history.seconds[0] and history.seconds == sorted(history.seconds) and history.seconds[-1] < elapsed


def test_an_epoch_is_its_steps_one_by_one():
    x, labels = blobs(10)
    y = one_hot(labels, 3)
    net, twin, loss = network(), network(), QuadraticCost()
    (cost,) = train_epochs(net, loss, SGD(net.parameters(), 0.3), x, y, epochs=1, batch_size=4, rng=rng())

    order, costs = rng().permutation(10), []
    for batch in (order[:4], order[4:8], order[8:]):
        costs += [loss.forward(twin.forward(x[batch]), y[batch])] * len(batch)
        twin.backward(loss.backward())
        for p in twin.parameters():
            p.value[...] -= 0.3 * p.grad
    assert cost == pytest.approx(np.mean(costs), rel=1e-12)
    assert all(np.allclose(a, b, rtol=1e-12) for a, b in zip(values(net), values(twin), strict=True))


def test_a_rate_may_fall_in_a_line_and_be_0_after_the_last_step():
    net = network()
    sgd = SGD(net.parameters(), lambda step: 1 - step / 12)  # two epochs of six batches
    history = train(net, optimizer=sgd, epochs=2)
    assert sgd.steps == 12 and len(history.cost) == 2 and not history.stopped


def test_transforms_edit_the_gradients_before_the_step():
    plain, decayed = network(), network()
    train(plain)
    train(decayed, transforms=[L2(0.1)])
    assert np.abs(decayed.layers[0].W).sum() < 0.8 * np.abs(plain.layers[0].W).sum()


def test_transforms_may_be_an_iterator():
    a, b = network(), network()
    train(a, transforms=[L2(0.1)])
    train(b, transforms=iter([L2(0.1)]))
    assert same(a, b)


def exploding(step):
    """A learning rate that is fine for two epochs of six steps, and absurd from then on."""
    return 0.5 if step < 12 else 1e200


def quadratic(net, **changes):
    return train(net, loss=QuadraticCost(), y=one_hot(blobs()[1], 3), **changes)


def test_divergence_stops_at_its_epoch_with_the_last_good_parameters(capsys):
    net, twin = network(), network()
    history = quadratic(net, optimizer=SGD(net.parameters(), exploding))
    assert history.cost == quadratic(twin, epochs=2).cost and same(net, twin)
    assert "no longer finite in epoch 3" in history.stopped and "as they were after epoch 2" in history.stopped
    assert "The usual cause is too large a learning rate: try a tenth of 1e+200." in history.stopped
    assert "Training stopped: " + history.stopped in capsys.readouterr().out


def test_after_divergence_the_optimizer_is_as_good_as_the_network():
    net, twin = network(), network()
    optimizer, other = SGD(net.parameters(), exploding, momentum=0.5), SGD(twin.parameters(), 0.5, momentum=0.5)
    quadratic(net, optimizer=optimizer)
    quadratic(twin, optimizer=other, epochs=2)
    assert all(np.array_equal(a, b) for a, b in zip(optimizer.velocities, other.velocities, strict=True))


def test_what_stops_an_epoch_leaves_nothing_of_it_behind():
    def parts():
        net = Network(Dense(2, 3, rng()), BatchNorm(3), Dense(3, 3, rng()))
        return net, Adam(net.parameters())

    (net, adam), (twin, twins_adam) = parts(), parts()

    def stop_in_the_second_epoch(_):
        if adam.steps == 8:
            raise KeyboardInterrupt

    train(net, optimizer=adam, epochs=3, transforms=[stop_in_the_second_epoch])
    train(twin, optimizer=twins_adam, epochs=1)
    assert adam.steps == twins_adam.steps == 6
    kept, expected = [*net.state().values(), *adam.state()], [*twin.state().values(), *twins_adam.state()]
    assert all(np.array_equal(a, b) for a, b in zip(kept, expected, strict=True))


def test_train_epochs_raises_on_divergence():
    x, labels = blobs()
    net = network()
    optimizer = SGD(net.parameters(), exploding)
    costs = train_epochs(net, QuadraticCost(), optimizer, x, one_hot(labels, 3), epochs=5, batch_size=10, rng=rng())
    with pytest.raises(TrainingDiverged, match="no longer finite in epoch 3"):
        list(costs)


def test_a_last_step_that_ruins_the_parameters_is_noticed():
    net, untrained = network(), network()
    optimizer = SGD(net.parameters(), lambda step: 0.5 if step < 5 else 1e308)
    history = train(net, loss=QuadraticCost(), optimizer=optimizer, y=1e6 * one_hot(blobs()[1], 3), epochs=1)
    assert history.stopped and history.cost == [] and same(net, untrained)


def test_ctrl_c_keeps_the_history_and_whole_epochs(capsys):
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores Ctrl-C

    def interrupt(history):
        if len(history.cost) == 3:
            signal.raise_signal(signal.SIGINT)  # what Ctrl-C does

    net, twin = network(), network()
    history = train(net, on_epoch=interrupt)
    train(twin, epochs=3)
    assert len(history.cost) == 3 and same(net, twin)
    assert "interrupted" in history.stopped and "after epoch 3" in capsys.readouterr().out


def test_ctrl_c_in_the_middle_of_a_step_undoes_the_unfinished_epoch():
    class Interrupted(SGD):
        def step(self):
            super().step()
            if self.steps == 9:  # 6 steps are an epoch
                raise KeyboardInterrupt

    net, twin = network(), network()
    train(net, optimizer=Interrupted(net.parameters(), 0.5))
    train(twin, epochs=1)
    assert same(net, twin)


def test_ctrl_c_while_the_validation_is_measured_keeps_the_lists_of_one_length(monkeypatch):
    def interrupted(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr("nnlib.training.accuracy", interrupted)
    history = train(network(), validation=blobs())
    assert history.cost == history.validation_accuracy == history.seconds == []
    assert "after epoch 1" in history.stopped


def test_training_takes_one_blas_thread_and_gives_the_others_back():
    def threads():
        return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}

    met = []
    with threadpool_limits(limits=2, user_api="blas"):
        before = threads()  # none where NumPy's BLAS does not say, as on macOS
        train(network(), epochs=1, transforms=[lambda _: met.append(threads())])
        assert threads() == before
    assert met == [{1} if before else set()] * 6


@pytest.mark.parametrize(("choice", "shown"), [({}, True), ({"progress": True}, True), ({"progress": False}, False)])
def test_progress_is_shown_unless_it_is_switched_off(choice, shown, capsys):
    net, (x, labels) = network(), blobs()
    fit(net, SoftmaxCrossEntropy(), SGD(net.parameters(), 0.5), x, labels, epochs=2, batch_size=10, rng=rng(), **choice)
    bar = capsys.readouterr().err
    assert bool(re.search(r"2/2 .*[\d?](epoch/s|s/epoch)", bar)) == bool(bar) == shown


@pytest.mark.parametrize(("shell", "stream"), [(None, "err"), (object(), "out")])
def test_a_bar_of_text_stands_in_a_notebook_where_no_errors_do(shell, stream, capsys, monkeypatch):
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    assert list(training._bar(iter((0.5, 0.4)), 2, True)) == [0.5, 0.4]
    said = capsys.readouterr()
    assert "2/2" in getattr(said, stream) and not (said.out and said.err)


def test_a_bar_that_is_a_widget_is_grey_to_its_end_and_where_the_training_stops(monkeypatch):
    bars = []

    class Widget(notebook.tqdm):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            bars.append(self)

    monkeypatch.setattr(notebook, "display", lambda bar: None)
    monkeypatch.setattr(training, "tqdm", Widget)
    assert list(training._bar(iter((0.5, 0.4)), 2, True)) == [0.5, 0.4]
    with pytest.raises(ZeroDivisionError):
        list(training._bar((1 / n for n in (2, 1, 0)), 3, True))
    assert [bar.container.children[1].style.bar_color for bar in bars] == ["grey", "grey"]
    assert list(training._bar(iter((0.5,)), 1, False)) == [0.5]


def test_accuracy_is_the_share_of_right_answers():
    net = Network(Dense(2, 2, rng(), init=lambda rng, shape: np.eye(2)))
    x = np.array([[1.0, 0], [0, 1], [1, 0], [0, 1]])
    assert accuracy(net, x, np.array([0, 1, 1, 1])) == 0.75
    as_lists = SimpleNamespace(predict=lambda x: net.predict(x).tolist())
    assert accuracy(as_lists, x, np.array([0, 1, 1, 1])) == 0.75


def test_an_answer_that_is_no_number_is_wrong_and_spoils_no_other():
    large, difference = 1e308 * np.eye(2), np.array([[1.0, -1], [0, 1]])
    net = Network(*(Dense(2, 2, rng(), init=lambda rng, shape, W=W: W) for W in (large, difference)))
    x = np.array([[10.0, 10], [0, 1]])  # inf - inf for the first
    assert accuracy(net, x, np.array([0, 1])) == 0.5


def replaced(net):
    sgd = SGD(net.parameters(), 0.5)
    net.layers[0].W = net.layers[0].W.copy()
    return sgd


@pytest.mark.parametrize(
    "stale",
    [
        lambda net: SGD(network().parameters(), 0.5),
        lambda net: SGD(copy.deepcopy(net).parameters(), 0.5),
        lambda net: Adam([*net.parameters(), *network().parameters()]),
        replaced,
    ],
    ids=["another network's", "a copy's", "two networks'", "replaced arrays'"],
)
def test_an_optimizer_of_other_arrays_is_refused_before_anything_is_computed(stale):
    net = network()
    optimizer = stale(net)
    net.forward = lambda x: pytest.fail("something was computed")
    with pytest.raises(
        ValueError, match="^optimizer: its parameter 0.W is none of this network's arrays.*make .* anew$"
    ):
        train(net, optimizer=optimizer)
    with pytest.raises(ValueError, match="^optimizer: its parameter 0.W is none of this network's arrays"):
        one_epoch(net, SoftmaxCrossEntropy(), optimizer, [blobs()])


def test_an_optimizer_of_some_of_the_parameters_trains_these_alone():
    net, start = network(), network()
    history = train(net, optimizer=SGD(net.layers[2].parameters(), 0.5))
    assert history.cost[-1] < history.cost[0]
    moved = [not np.array_equal(p.value, q.value) for p, q in zip(net.parameters(), start.parameters(), strict=True)]
    assert moved == [False, False, True, True]


def test_an_epoch_of_ones_own_batches_is_one_epoch_of_training():
    x, labels = blobs()
    net, twin = network(), network()
    parts = net, SoftmaxCrossEntropy(), SGD(net.parameters(), 0.5)
    cost = one_epoch(*parts, minibatches(x, labels, 10, rng()), [L2(0.1)])
    assert [cost] == train(twin, epochs=1, transforms=[L2(0.1)]).cost and same(net, twin)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"x": np.ones((60, 3))}, ValueError, r"x: got shape \(60, 3\), expected \(n, 2\)"),
        ({"x": np.ones((60, 2), np.float32)}, TypeError, "x: got dtype float32"),
        ({"x": np.ones((0, 2)), "y": np.ones(0, int)}, ValueError, "x: got an empty batch"),
        ({"x": np.ones((59, 2))}, ValueError, "x and y: got 59 and 60 rows"),
        ({"x": np.where(np.arange(120).reshape(60, 2) == 7, np.nan, 1.0)}, ValueError, r"x: got nan at index \(3, 1\)"),
        ({"y": np.full((60, 3), np.inf)}, ValueError, r"y: got inf at index \(0, 0\)"),
        ({"epochs": 0}, ValueError, "epochs: got 0"),
        ({"batch_size": 2.5}, ValueError, "batch_size: got 2.5"),
        ({"validation": (np.ones((2, 2)), np.array([0, 3]))}, ValueError, "labels: got values 0 to 3, expected 0 to 2"),
        ({"validation": (np.ones((2, 2)), np.array([0]))}, ValueError, r"labels: got shape \(1,\)"),
        ({"validation": (np.full((1, 2), np.nan), np.array([0]))}, ValueError, "validation x: got nan"),
        ({"validation": (np.ones((1, 3)), np.array([0]))}, ValueError, r"x: got shape \(1, 3\), expected \(n, 2\)"),
        ({"validation": (np.ones((1, 2), np.float32), np.array([0]))}, TypeError, "x: got dtype float32"),
    ],
)
def test_data_that_do_not_fit_are_refused_before_anything_is_computed(change, error, message):
    net = network()
    net.forward = net.predict = lambda x: pytest.fail("something was computed")
    with pytest.raises(error, match=message):
        train(net, **change)
