"""Sequences: by hand, what may be seen when, against differences in every mode, and what is refused."""

import re
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlib import (
    GELU,
    LSTM,
    SGD,
    Adam,
    Attention,
    Dense,
    Embedding,
    LayerNorm,
    Network,
    Positions,
    Recurrent,
    Residual,
    SoftmaxCrossEntropy,
    fit,
    gradient_errors,
    sigmoid,
)


def rng():
    return np.random.default_rng(0)


def test_an_embedding_is_a_dense_layer_over_one_hot_rows():
    layer, x = Embedding(5, 3, rng()), np.array([[1, 4, 1], [0, 1, 4]])
    rows = np.eye(5)[x]
    assert np.array_equal(layer.forward(x), rows @ layer.E) and layer.forward(x).shape == (2, 3, 3)
    grad = rng().standard_normal((2, 3, 3))
    assert not layer.backward(grad).any()
    assert np.allclose(layer.dE, rows.reshape(-1, 5).T @ grad.reshape(-1, 3))


@pytest.mark.parametrize(("x", "message"), [([[0, -1]], "got values -1 to 0"), ([[5, 2]], "got values 2 to 5")])
def test_an_embedding_refuses_a_word_that_it_does_not_have(x, message):
    with pytest.raises(ValueError, match=f"x: {message}, expected 0 to 4"):
        Embedding(5, 3, rng()).forward(np.array(x))
    with pytest.raises(TypeError, match="x: got dtype float64, expected whole numbers"):
        Embedding(5, 3, rng()).predict(np.array(x, float))


def test_positions_add_a_row_for_each_time_and_longer_sequences_are_refused():
    layer, x = Positions(4, 2, rng()), rng().standard_normal((3, 2, 2))
    assert np.allclose(layer.forward(x) - x, layer.P[:2])
    layer.dP[...] = 7
    assert np.array_equal(layer.backward(x), x) and np.allclose(layer.dP[:2], x.sum(axis=0)) and not layer.dP[2:].any()
    with pytest.raises(ValueError, match="x: got sequences of 5 times, expected at most 4"):
        layer.predict(np.zeros((1, 5, 2)))


def test_positions_take_features_of_their_own_width():
    with pytest.raises(ValueError, match=re.escape("layer 1 takes 3 inputs, but the layers before it give (None, 2)")):
        Network(Positions(4, 2, rng()), Dense(3, 1, rng()))


def test_attention_draws_all_its_weights_as_it_is_told():
    layer = Attention(4, 2, rng(), init=lambda rng, shape: np.full(shape, 0.5))
    assert (layer.qkv.W == 0.5).all() and (layer.out.W == 0.5).all()


def test_a_recurrent_layer_by_hand():
    layer = Recurrent(1, 1, rng())
    layer.W[...], layer.U[...], layer.b[...] = 2, 0.5, -1
    h1 = np.tanh(2 * 0.7 - 1)
    h2 = np.tanh(2 * 0.1 + 0.5 * h1 - 1)
    assert np.allclose(layer.forward(np.array([[[0.7], [0.1]]])), [[[h1], [h2]]])
    dx = layer.backward(np.array([[[0.0], [1]]]))  # a wish of the last time alone
    delta2 = 1 - h2**2
    delta1 = 0.5 * delta2 * (1 - h1**2)
    assert np.allclose(dx, [[[2 * delta1], [2 * delta2]]])
    assert np.allclose(
        [layer.dW[0, 0], layer.dU[0, 0], layer.db[0]], [0.7 * delta1 + 0.1 * delta2, h1 * delta2, delta1 + delta2]
    )


def test_an_lstm_by_hand():
    layer = LSTM(1, 1, rng())
    layer.W[...], layer.U[...], layer.b[...] = [[1], [2], [3], [4]], [[0.5], [0.6], [0.7], [0.8]], [0.1, 0.2, 0.3, 0.4]
    h = c = 0
    for x, y in zip((0.5, -1.0), layer.forward(np.array([[[0.5], [-1.0]]]))[0], strict=True):
        i, f = sigmoid(x + 0.5 * h + 0.1), sigmoid(2 * x + 0.6 * h + 0.2)
        g, o = np.tanh(3 * x + 0.7 * h + 0.3), sigmoid(4 * x + 0.8 * h + 0.4)
        c = f * c + i * g
        h = o * np.tanh(c)
        assert y == pytest.approx([h])


def test_an_lstm_with_open_gates_keeps_a_slope_over_any_time():
    layer = LSTM(1, 1, rng())
    layer.W[...] = layer.U[...] = 0
    layer.W[2] = 1e-3  # g
    layer.b[...] = [30, 30, 0, 30]  # let in, keep, -, let out
    x, grad = np.zeros((1, 100, 1)), np.zeros((1, 100, 1))
    layer.forward(x)
    grad[0, -1] = 1
    assert layer.backward(grad)[0, 0] == pytest.approx([1e-3])


@pytest.mark.parametrize("kind", [Recurrent, LSTM])
@pytest.mark.parametrize("time", [1, 2, 6])
def test_time_by_time_is_checked_against_differences_with_weights_of_order_one(kind, time):
    layer = kind(2, 3, rng())
    for p in layer.parameters():
        p.value[...] = rng().standard_normal(p.value.shape)
    assert max(gradient_errors(layer, rng().standard_normal((2, time, 2)), rng()).values()) < 1e-8


@pytest.mark.parametrize("kind", [Recurrent, LSTM, partial(Attention, causal=True)])
@given(t=st.integers(0, 4))
def test_no_time_sees_what_comes_later_and_each_sees_what_came_before(kind, t):
    layer, x = kind(4, 4, rng()), rng().standard_normal((2, 6, 4))
    before, changed = layer.forward(x), x.copy()
    changed[:, t] += 1
    after = layer.forward(changed)
    assert np.array_equal(before[:, :t], after[:, :t]) and (before[:, t:] != after[:, t:]).any(axis=(0, 2)).all()
    grad = np.zeros_like(x)
    grad[:, t] = 1
    back = layer.backward(grad)
    assert back[:, : t + 1].any(axis=(0, 2)).all() and not back[:, t + 1 :].any()


def test_attention_by_hand():
    layer = Attention(1, 1, rng())
    layer.qkv.W[...], layer.out.W[...], layer.out.b[...] = [[1], [np.log(2)], [3]], 10, 1
    y = layer.forward(np.array([[[1.0], [2]]]))  # scores q k = ln 2 times 1, 2; and 2, 4: weights 1 to 2; and 1 to 4
    assert np.allclose(layer.P, [[[[1 / 3, 2 / 3], [1 / 5, 4 / 5]]]])
    assert np.allclose(y, [[[10 * 5 + 1], [10 * 5.4 + 1]]])


def test_scores_are_divided_by_the_root_of_a_heads_width():
    layer, x = Attention(8, 2, rng()), rng().standard_normal((1, 3, 8))
    layer.forward(x)
    q, k, _ = np.split(layer.qkv.predict(x)[0], 3, axis=1)
    for head in (0, 1):
        e = np.exp(q[:, 4 * head : 4 * head + 4] @ k[:, 4 * head : 4 * head + 4].T / 2)
        assert np.allclose(layer.P[0, head], e / e.sum(axis=1, keepdims=True))


def test_attention_that_sees_all_does_not_see_the_order():
    layer, x, order = Attention(4, 2, rng()), rng().standard_normal((2, 5, 4)), [3, 0, 4, 1, 2]
    assert np.allclose(layer.forward(x)[:, order], layer.forward(x[:, order]))
    placed = Network(Positions(5, 4, rng()), layer)
    assert not np.allclose(placed.forward(x)[:, order], placed.forward(x[:, order]))


def test_no_score_is_too_large_for_softmax():
    layer, x = Attention(4, 2, rng(), causal=True), 1e4 * rng().standard_normal((2, 5, 4))
    assert np.isfinite(layer.forward(x)).all() and np.isfinite(layer.backward(np.ones_like(x))).all()
    assert np.allclose(layer.P.sum(axis=-1), 1) and not np.triu(layer.P, 1).any()


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize(("n", "time", "heads"), [(1, 1, 1), (1, 4, 2), (3, 5, 4)])
def test_attention_is_checked_against_differences_in_every_mode(n, time, heads, causal):
    layer = Attention(4, heads, rng(), causal=causal)
    layer.qkv.b[...] = rng().standard_normal(12)
    errors = gradient_errors(layer, rng().standard_normal((n, time, 4)), rng())
    assert set(errors) == {"x", "qkv.W", "qkv.b", "out.W", "out.b"} and max(errors.values()) < 1e-7


def test_a_bias_of_the_keys_has_no_effect():
    layer, x = Attention(4, 2, rng()), rng().standard_normal((2, 5, 4))
    before = layer.forward(x)
    layer.qkv.b[4:8] = 3
    assert np.allclose(layer.forward(x), before)


def transformer(words, length, n, heads, random):
    return Network(
        Embedding(words, n, random),
        Positions(length, n, random),
        Residual(LayerNorm(n), Attention(n, heads, random, causal=True)),
        Residual(LayerNorm(n), Dense(n, 4 * n, random), GELU(), Dense(4 * n, n, random)),
        LayerNorm(n),
        Dense(n, words, random),
    )


def test_a_transformer_of_them_knows_its_shapes_and_is_gradient_checked():
    network = transformer(5, 7, 4, 2, rng())
    assert (network.n_in, network.n_out, network.layers[2].n_in) == ((None,), (None, 5), (None, 4))
    errors = gradient_errors(network, rng().integers(0, 5, (2, 6)), rng())
    assert max(errors.values()) < 1e-7


def test_a_transformer_learns_to_copy_what_stood_two_times_before():
    network, random = transformer(4, 10, 16, 2, rng()), rng()
    x = random.integers(0, 4, (200, 10))
    labels = np.roll(x, 2, axis=1)
    labels[:, :2] = -1
    history = fit(
        network, SoftmaxCrossEntropy(ignored=-1), Adam(network.parameters(), 0.01), x, labels,
        epochs=15, batch_size=20, rng=random, progress=False,
    )  # fmt: skip
    assert history.cost[-1] < 0.2 < 1 < history.cost[0]


@pytest.mark.parametrize("kind", [Recurrent, LSTM])
def test_a_recurrent_network_learns_to_say_what_it_heard_last(kind):
    random = rng()
    network = Network(Embedding(3, 8, random), kind(8, 16, random), Dense(16, 3, random))
    x = random.integers(0, 3, (100, 6))
    labels = np.roll(x, 1, axis=1)
    labels[:, 0] = -1
    sgd = SGD(network.parameters(), 0.5, 0.9)
    history = fit(
        network, SoftmaxCrossEntropy(ignored=-1), sgd, x, labels, epochs=20, batch_size=10, rng=random, progress=False
    )
    assert history.cost[-1] < 0.05 < 0.2 < history.cost[0]


def test_names_tell_the_place_and_a_file_brings_all_back(tmp_path):
    trained, fresh = transformer(5, 7, 4, 2, rng()), transformer(5, 7, 4, 2, np.random.default_rng(1))
    assert [p.name for p in trained.parameters()][:6] == [
        "0.E",
        "1.P",
        "2.0.gamma",
        "2.0.beta",
        "2.1.qkv.W",
        "2.1.qkv.b",
    ]
    trained.save(tmp_path / "a.npz")
    fresh.load(tmp_path / "a.npz")
    x = rng().integers(0, 5, (2, 6))
    assert np.array_equal(trained.predict(x), fresh.predict(x))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Embedding(0, 3, rng()), "words: got 0"),
        (lambda: Embedding(3, 0, rng()), "n_out: got 0"),
        (lambda: Positions(0, 3, rng()), "length: got 0"),
        (lambda: Positions(3, 0, rng()), "n: got 0"),
        (lambda: Recurrent(0, 3, rng()), "n_in: got 0"),
        (lambda: LSTM(3, 0, rng()), "n_out: got 0"),
        (lambda: Attention(0, 1, rng()), "n: got 0"),
        (lambda: Attention(4, 0, rng()), "heads: got 0"),
        (lambda: Attention(4, 3, rng()), "heads: got 3, expected a divisor of the 4 features"),
        (lambda: Network(Embedding(5, 3, rng()), Attention(4, 2, rng())), r"layer 1 takes \(None, 4\) inputs"),
        (lambda: Network(LayerNorm(3), Attention(4, 2, rng())), r"layer 1 takes \(None, 4\) inputs, .* give 3"),
    ],
)
def test_what_makes_no_sense_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("kind", [Embedding, Positions, Recurrent, LSTM, Attention])
def test_a_generator_and_a_dtype_are_asked_for(kind):
    for arguments, name in (((7, np.float64), "rng"), ((rng(), int), "dtype")):
        with pytest.raises(TypeError, match=f"{name}: got"):
            kind(4, 2, *arguments)
