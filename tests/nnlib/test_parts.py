"""Parts: what holds of every layer, loss and optimizer, by the one table in which each of them has its line."""

import numpy as np
import parts
import pytest

from nnlib import Layer, gradient_errors, loss_gradient_error

N, WIDTH, CLASSES = 6, 4, 3
LABELS = np.array([0, 2, 1, 1, 2, 0])
LAYERS = pytest.mark.parametrize("kind", parts.LAYERS, ids=lambda kind: kind.__name__)
LOSSES = pytest.mark.parametrize("kind", parts.LOSSES, ids=lambda kind: kind.__name__)
OPTIMIZERS = pytest.mark.parametrize("name", parts.OPTIMIZERS)
DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def rng():
    return np.random.default_rng(0)


def layer_of(kind, dtype=np.float64):
    """A layer that has the same draws in every pass, and no parameter at the 0 or 1 that would hide mistakes."""
    layer = parts.LAYERS[kind].make(WIDTH, rng(), dtype)
    if hasattr(layer, "rng"):
        layer.rng = parts.SameDraws()
    for p in layer.parameters():
        p.value[...] += np.linspace(-0.5, 0.5, p.value.size).reshape(p.value.shape)
    return layer


def input_of(kind, dtype=np.float64):
    """Six examples for it; whole numbers stay what they are."""
    x = parts.LAYERS[kind].input(rng(), N, WIDTH)
    return x if x.dtype.kind in "iu" else x.astype(dtype)


def loss_of(kind, dtype=np.float64):
    """A loss, an output and a target."""
    part = parts.LOSSES[kind]
    output = 3 * rng().standard_normal((N, part.outputs(CLASSES))).astype(dtype)
    return kind(), output, part.target(LABELS, CLASSES, dtype)


def test_no_layer_loss_or_optimizer_is_missing():
    assert parts.missing() == []


def test_a_part_that_is_missing_is_named():
    class Forgotten(Layer):
        __module__ = "nnlib.forgotten"

    assert parts.missing() == ["nnlib.forgotten.Forgotten"]
    Forgotten.__module__ = __name__


@LAYERS
def test_a_layers_way_back_agrees_with_central_differences(kind):
    layer = layer_of(kind)
    errors = gradient_errors(layer, input_of(kind), np.random.default_rng(1))
    assert set(errors) == (set() if layer.integers else {"x"}) | {p.name for p in layer.parameters()}
    assert max(errors.values()) < 1e-8


@LAYERS
def test_a_layer_names_what_it_stores_and_the_way_back_asks_for_it(kind):
    layer, x = layer_of(kind), input_of(kind)
    with pytest.raises(RuntimeError, match=r"\w+.backward came before forward: call \w+.forward\(...\) first"):
        layer.backward(x)
    before = set(vars(layer))
    layer.forward(x)
    assert set(vars(layer)) - before == set(layer.stores)


NAMES = {
    "Dense": "W b", "Conv2d": "K b", "BatchNorm": "gamma beta", "LayerNorm": "gamma beta", "Embedding": "E",
    "Positions": "P", "Placed": "E P", "Recurrent": "W U b", "LSTM": "W U b", "Attention": "qkv.W qkv.b out.W out.b",
    "Network": "0.W 0.b 2.W 2.b", "Residual": "0.W 0.b 2.W 2.b",
}  # fmt: skip


@LAYERS
def test_a_layers_parameters_have_the_letters_of_its_formulas(kind):
    assert [p.name for p in layer_of(kind).parameters()] == NAMES.get(kind.__name__, "").split()


@LAYERS
def test_predict_keeps_nothing_and_gives_what_forward_gives_unless_training_is_another_rule(kind):
    layer, x = layer_of(kind), input_of(kind)
    stored = set(vars(layer))
    predicted = layer.predict(x)
    assert set(vars(layer)) == stored
    assert np.array_equal(predicted, layer.forward(x)) == parts.LAYERS[kind].same


@LAYERS
def test_what_a_layer_stores_is_missing_as_an_attribute_until_forward_and_none_is_left_over(kind):
    layer = layer_of(kind)
    assert [getattr(layer, name, None) for name in layer.stores] == [None] * len(layer.stores)


@LAYERS
def test_collect_then_pass_back_is_backward(kind):
    layer = layer_of(kind)
    grad = np.ones_like(layer.forward(input_of(kind)))
    back = layer.backward(grad)
    grads = [p.grad.copy() for p in layer.parameters()]
    for p in layer.parameters():
        p.grad[...] = np.nan
    layer.collect(grad)
    assert np.array_equal(layer.pass_back(grad), back)
    assert all(np.array_equal(p.grad, g) for p, g in zip(layer.parameters(), grads, strict=True))


@LAYERS
@DTYPES
def test_a_layer_keeps_the_dtype(kind, dtype):
    layer, x = layer_of(kind, dtype), input_of(kind, dtype)
    y = layer.forward(x)
    arrays = [y, layer.backward(np.ones_like(y)), layer.predict(x), *layer.state().values()]
    assert {array.dtype for array in [*arrays, *(p.grad for p in layer.parameters())]} == {np.dtype(dtype)}


@LOSSES
def test_a_losss_way_back_agrees_with_central_differences(kind):
    assert loss_gradient_error(*loss_of(kind)) < 1e-8


@LOSSES
@DTYPES
def test_a_loss_gives_a_number_and_a_gradient_of_the_outputs_dtype(kind, dtype):
    loss, output, target = loss_of(kind, dtype)
    with pytest.raises(RuntimeError, match="backward came before forward"):
        loss.backward()
    before = set(vars(loss))
    assert type(loss.forward(output, target)) is float
    assert set(vars(loss)) - before == set(loss.stores)
    assert loss.backward().dtype == dtype and loss.backward().shape == output.shape


@LOSSES
def test_the_cost_of_a_batch_is_the_mean_over_its_examples(kind):
    loss, output, target = loss_of(kind)
    each = [loss.forward(output[i : i + 1], target[i : i + 1]) for i in range(N)]
    assert loss.forward(output, target) == pytest.approx(np.mean(each), rel=1e-12)


@LOSSES
@DTYPES
def test_a_weight_says_how_many_times_an_examples_cost_counts(kind, dtype):
    loss, output, target = loss_of(kind, dtype)
    weight = np.array([0, 1, 2.5, 1, 0, 3])
    each, rows = [], []
    for i in range(N):
        each.append(loss.forward(output[i : i + 1], target[i : i + 1]))
        rows.append(loss.backward()[0])
    assert loss.forward(output, target, weight) == pytest.approx(np.dot(weight, each) / N, rel=1e-5)
    assert loss.backward().dtype == dtype
    assert np.allclose(loss.backward(), weight[:, None] * np.array(rows) / N, rtol=1e-5, atol=1e-7)


@OPTIMIZERS
@DTYPES
def test_an_optimizer_steps_in_place_and_keeps_the_dtype(name, dtype):
    layer = layer_of(next(iter(parts.LAYERS)), dtype)
    optimizer = parts.OPTIMIZERS[name].make(layer.parameters(), 0.1)
    arrays, before = [p.value for p in layer.parameters()], [p.value.copy() for p in layer.parameters()]
    for p in layer.parameters():
        p.grad[...] = 1
    optimizer.step()
    assert optimizer.steps == 1
    for p, array, start in zip(layer.parameters(), arrays, before, strict=True):
        assert p.value is array and np.all(array < start)
    assert {array.dtype for array in [*arrays, *optimizer.state()]} == {np.dtype(dtype)}
