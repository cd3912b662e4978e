"""The tape: its slopes agree with nudging for every operation, broadcasting is undone, and the order is a right one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlib import BatchNorm, Dense, Network, SoftmaxCrossEntropy, Tanh, numerical_gradient, relative_error
from nnlib.autodiff import Value, plain, unbroadcast

OPERATIONS = {
    "add": lambda u, v: u + v,
    "subtract": lambda u, v: u - v,
    "multiply": lambda u, v: u * v,
    "divide": lambda u, v: u / v,
    "power": lambda u, v: u**3 * v**-1.5,
    "minus": lambda u, v: -u * v,
    "exp": lambda u, v: (u * v).exp(),
    "log": lambda u, v: (u * v).log() * v,
    "tanh": lambda u, v: (u - v).tanh(),
    "relu": lambda u, v: (u - v).relu(),
    "sum of all": lambda u, v: u.sum() * v,
    "sum of columns": lambda u, v: u.sum(axis=0) * v,
    "sum of rows": lambda u, v: u.sum(axis=1) * v,
    "matmul": lambda u, v: u @ (v + np.zeros((2, 3))).T,
    "transpose": lambda u, v: (u.T @ u) * v.sum(),
    "numbers at the left": lambda u, v: 2 - u + 3 * v + 1 / u,
    "arrays at the left": lambda u, v: np.ones((2, 3)) - u + np.ones((2, 3)) * v,
    "an array times a value": lambda u, v: np.ones((4, 2)) @ u * v.sum(),
    "twice": lambda u, v: (u * u + u) * (v * v + v) * u,
}
SHAPES = [((2, 3), (2, 3)), ((2, 3), (3,)), ((2, 3), (2, 1)), ((2, 3), (1, 3)), ((2, 3), ()), ((2, 3), (1, 1))]


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
@pytest.mark.parametrize(("first", "second"), SHAPES, ids=lambda shape: "x".join(map(str, shape)) or "number")
def test_an_operations_slopes_agree_with_central_differences(operation, first, second):
    rng = np.random.default_rng(0)
    u, v = Value(rng.uniform(0.5, 2, first)), Value(rng.uniform(0.5, 2, second))
    weights = rng.standard_normal(operation(u, v).data.shape)

    def cost(_=None):
        return (operation(u, v) * weights).sum()

    cost().backward()
    for value in (u, v):
        nudged = numerical_gradient(lambda _: float(cost().data), value.data)
        assert value.grad.shape == value.data.shape
        assert relative_error(value.grad, nudged) < 1e-8


@st.composite
def stretched(draw):
    """A shape, and another that NumPy makes it into."""
    wide = draw(st.lists(st.integers(1, 4), max_size=4))
    narrow = [draw(st.sampled_from([1, size])) for size in wide][draw(st.integers(0, len(wide))) :]
    return tuple(narrow), tuple(wide)


@given(stretched())
def test_unbroadcast_adds_up_where_broadcasting_has_stretched(shapes):
    narrow, wide = shapes
    slope = np.random.default_rng(0).standard_normal(wide)
    array = np.zeros(narrow)
    nudged = numerical_gradient(lambda x: float(np.sum(slope * np.broadcast_to(x, wide))), array)
    found = unbroadcast(slope, narrow)
    assert found.shape == narrow and np.allclose(found, nudged, atol=1e-8)


@given(st.data())
def test_in_order_lists_all_that_a_value_was_made_from_once_and_each_after_its_sources(data):
    values = [Value(1.0), Value(2.0)]
    for _ in range(data.draw(st.integers(1, 20))):
        first, second = (values[data.draw(st.integers(0, len(values) - 1))] for _ in range(2))
        values.append(first + second)
    order = values[-1].in_order()
    place = {value: i for i, value in enumerate(order)}
    assert len(place) == len(order) and order[-1] is values[-1]
    assert all(place[source] < place[value] for value in order for source, _ in value.sources)


def test_a_value_hands_on_once_when_all_has_come_back_to_it():
    a = Value(1.0)
    b = a + a
    c = b + b
    c.backward()
    assert (c.grad, b.grad, a.grad) == (1, 2, 4)


def test_many_doublings_take_one_walk_and_a_long_chain_no_recursion():
    a = Value(1.0)
    double, deep = a, a
    for _ in range(60):
        double = double + double
    for _ in range(50_000):
        deep = deep * 1.0
    assert len(double.in_order()) == 61
    double.backward()
    assert a.grad == 2.0**60
    a.grad = 0.0
    deep.backward()
    assert a.grad == 1


def test_what_was_made_from_nothing_adds_up_from_walk_to_walk_and_what_lies_between_begins_anew():
    a = Value(3.0)
    b = a * a
    c = b * 2.0
    for times in (1, 2, 3):
        c.backward()
        assert (a.grad, b.grad, c.grad) == (12 * times, 2, 1)
    a.grad = 0.0
    c.backward()
    assert a.grad == 12


def test_two_sources_that_get_one_array_do_not_share_what_they_collect():
    u, v = Value(np.ones(3)), Value(np.ones(3))
    total = u + v
    (total.sum() + (u * 5.0).sum()).backward()
    assert u.grad.tolist() == [6, 6, 6] and v.grad.tolist() == [1, 1, 1] == total.grad.tolist()


def test_constants_are_no_sources():
    x, W = np.ones((4, 3)), Value(np.ones((2, 3)))
    product = x @ W.T
    assert [source.data.shape for source, _ in product.sources] == [(3, 2)]
    assert len((2.0 * product + x[:, :2]).in_order()) == 5  # W, its transpose, the product, twice it, the sum


def test_only_a_number_has_slopes_and_only_tables_have_a_product():
    with pytest.raises(ValueError, match=r"got a value of shape \(2,\), expected one number"):
        Value([1.0, 2.0]).backward()
    for u, v in ((np.ones(2), Value(np.ones((2, 2)))), (Value(np.ones((2, 2))), np.ones(2))):
        with pytest.raises(ValueError, match="expected two tables of rows and columns"):
            u @ v


def test_a_table_of_one_number_is_one_number():
    a = Value([[3.0]])
    (a * a).backward()
    assert a.grad.tolist() == [[6]]


def test_an_array_of_float64_is_shared_and_whole_numbers_become_float64():
    array = np.zeros(2)
    assert Value(array).data is array and plain(Value(array)) is array
    assert Value([1, 2]).data.dtype == plain(3).dtype == np.float64


def test_hand_written_layers_agree_with_the_tape():
    rng = np.random.default_rng(0)
    network, loss = Network(Dense(5, 4, rng), BatchNorm(4), Tanh(), Dense(4, 3, rng)), SoftmaxCrossEntropy()
    x, labels = rng.standard_normal((7, 5)), rng.integers(0, 3, 7)
    W1, b1, gamma, beta, W2, b2 = values = [Value(p.value.copy()) for p in network.parameters()]
    z = x @ W1.T + b1
    centred = z - z.sum(axis=0) / 7
    normal = centred / ((centred**2).sum(axis=0) / 7 + 1e-5) ** 0.5
    logits = (gamma * normal + beta).tanh() @ W2.T + b2
    log_p = logits - logits.exp().sum(axis=1).log()
    cost = -(log_p * (np.arange(3) == labels[:, None])).sum() / 7
    cost.backward()
    assert loss.forward(network.forward(x), labels) == pytest.approx(float(cost.data), rel=1e-12)
    network.collect(loss.backward())
    for p, value in zip(network.parameters(), values, strict=True):
        assert np.allclose(value.grad, p.grad, rtol=1e-10, atol=1e-12)
