"""Draw a digit, without a browser: drawings become images as MNIST's did, and the words say what nnlib computes."""

import base64
import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chapters import lacks_data
from measure import results
from nnlib import (
    Dense,
    Dropout,
    Network,
    QuadraticCost,
    ReLU,
    Sigmoid,
    Tanh,
    load_digits,
    load_mnist,
    numerical_gradient,
)
from nnlib.alive import digit, live

NETWORK = results.stored_network()
needs_mnist = pytest.mark.skipif(lacks_data({"nnlib": {"data": "mnist"}}), reason="MNIST is not here")


def test_the_pictures_numbers_are_large_enough_for_a_phone():
    """There the page has 305 pixels for its 400 units; no figure's type is to be less than 8 pixels high."""
    sheet = (live.HERE / "digit" / "digit.css").read_text("utf-8")
    assert min(float(size) for size in re.findall(r"\bfont(?:-size)?: ([\d.]+)px", sheet)) * 305 / 400 >= 8


def bar(top, bottom, left, right):
    """A drawing of one full rectangle."""
    drawing = np.zeros((digit.DOTS, digit.DOTS))
    drawing[top:bottom, left:right] = 1
    return drawing


def centre(image):
    """The centre of mass, (row, column)."""
    return [float(image.sum(axis) @ np.arange(28) / image.sum()) for axis in (1, 0)]


@given(*(st.integers(0, 279) for _ in range(4)))
def test_the_longer_side_becomes_20_pixels_and_the_ink_stands_in_the_middle(a, b, c, d):
    drawing = bar(min(a, b), max(a, b) + 1, min(c, d), max(c, d) + 1)
    image = digit.like_mnist(drawing)
    rows, columns = image.any(axis=1).sum(), image.any(axis=0).sum()
    longer, shorter = max(abs(a - b), abs(c - d)) + 1, min(abs(a - b), abs(c - d)) + 1
    assert max(rows, columns) == 20
    assert min(rows, columns) <= np.ceil(20 * shorter / longer)  # a last pixel that is hardly covered rounds to 0
    assert image.sum() == pytest.approx(20 * 20 * shorter / longer, abs=0.1)  # the aspect is kept
    assert all(13.4 < place < 14.6 for place in centre(image))


@pytest.mark.parametrize("shift", [(1, 0), (-17, 40), (60, -60)])
def test_where_and_how_large_one_draws_makes_no_difference(shift):
    small = np.kron(np.random.default_rng(0).integers(0, 2, (20, 20)), np.ones((5, 5)))
    drawing = np.zeros((digit.DOTS, digit.DOTS))
    drawing[90:190, 90:190] = small
    image = digit.like_mnist(drawing)
    assert np.array_equal(digit.like_mnist(np.roll(drawing, shift, (0, 1))), image)
    drawing[40:240, 40:240] = np.kron(small, np.ones((2, 2)))
    assert np.array_equal(digit.like_mnist(drawing), image)


def test_a_pixel_that_is_half_covered_is_grey():
    image = digit.like_mnist(bar(0, 280, 100, 121))  # 14 dots a pixel: one and a half pixels wide
    assert sorted(set(image.ravel())) == [0, 128 / 255, 1]


def test_no_ink_gives_an_empty_field():
    assert not digit.like_mnist(np.zeros((280, 280))).any()


@needs_mnist
def test_an_image_of_mnist_stays_as_it_is():
    for image in load_mnist().x_test[:2000].reshape(-1, 28, 28).astype(np.float64):
        assert max(np.ptp(np.flatnonzero(image.any(axis))) for axis in (0, 1)) == 20 - 1  # so in all but 3 of 10,000
        assert np.allclose(digit.like_mnist(image), image, atol=1e-6)


def test_a_ready_example_keeps_its_shape_and_a_margin():
    for image in digit.examples():
        drawing = digit.drawing_of(image)
        assert 0 <= drawing.min() and drawing.max() == 1
        inner = drawing[28:-28, 28:-28]
        assert np.count_nonzero(inner) == np.count_nonzero(drawing)
        pixels = inner.reshape(8, 28, 8, 28).mean(axis=(1, 3)).ravel()
        assert np.corrcoef(pixels, image)[0, 1] > 0.85


def test_there_is_one_example_of_each_digit_none_of_them_trained_on():
    digits = load_digits()
    labels = [int(digits.y_test[(digits.x_test == image).all(axis=1)][0]) for image in digit.examples()]
    assert labels == list(range(10))


def test_a_look_computes_in_float64_and_leaves_the_network_alone():
    image = digit.like_mnist(digit.drawing_of(digit.examples()[3])).ravel()
    before = [p.value.copy() for p in NETWORK.parameters()]
    seen = digit.look(NETWORK, image, 5, 1.0)
    assert all(np.array_equal(p.value, value) for p, value in zip(NETWORK.parameters(), before, strict=True))
    assert {a.dtype for a in [*seen.activations, *seen.gradients.values()]} == {np.dtype(np.float64)}
    output = NETWORK.predict(image.astype(np.float32)[None])[0]
    assert np.allclose(seen.activations[-1], output, atol=1e-5)
    assert [len(a) for a in seen.activations] == [16, 16, 10]


def test_the_gradient_is_the_slope_and_one_step_goes_down_it():
    rng = np.random.default_rng(0)
    network = Network(Dense(4, 3, rng), Sigmoid(), Dense(3, 10, rng), Sigmoid())
    x, target = rng.random(4), np.eye(10)[[7]]
    seen = digit.look(network, x, 7, 0.1)

    def cost(_=None):
        return QuadraticCost().forward(network.predict(x[None]), target)

    assert seen.cost == pytest.approx(cost())
    for p in network.parameters():
        assert np.allclose(seen.gradients[p.name], numerical_gradient(cost, p.value), atol=1e-8)
    for p in network.parameters():
        p.value[...] -= 0.1 * seen.gradients[p.name]
    assert seen.cost_after == pytest.approx(cost()) and cost() < seen.cost


OUTPUTS = np.array([0.1, 0, 0, 0.2, 0, 0, 0, 0, 0.95, 0])
LAST, MIDDLE, FIRST = np.zeros((10, 16)), np.zeros((16, 16)), np.zeros((16, 784))
SLOPES = {"0.W": FIRST, "0.b": np.full(16, 9.0), "2.W": MIDDLE, "4.W": LAST}


def test_the_impression_names_the_two_largest_outputs():
    assert digit.impression(OUTPUTS) == "It looks like an 8 (0.95); next 3 (0.20)."


@pytest.mark.parametrize(
    ("layer", "place", "slope", "way", "change"),
    [
        ("4.W", (3, 5), -0.12, "neuron 6 of hidden layer 2 to output 3", "rise by 0.12"),
        ("2.W", (1, 0), 0.25, "neuron 1 of hidden layer 1 to neuron 2 of hidden layer 2", "fall by 0.25"),
        ("0.W", (15, 30), -2e-5, "pixel 3 of row 2 to neuron 16 of hidden layer 1", "rise by 2.00 × 10⁻⁵"),
    ],
)
def test_the_wishes_name_the_outputs_the_weight_and_the_step(layer, place, slope, way, change):
    gradients = {name: gradient.copy() for name, gradient in SLOPES.items()}
    gradients[layer][place] = slope
    words = digit.wishes(digit.Look([OUTPUTS], 0.81, gradients, 0.5), 3, 2.0)
    assert words == (
        "Told that it is a 3, the network has the cost 0.81 on this image: "
        "output 8 should fall by 0.95, output 3 should rise by 0.8. "
        f"Of all weights the one from {way} should change most: {change} times the rate. "
        "One step at the rate 2.0 takes the cost from 0.81 to 0.5."
    )


@pytest.fixture
def bundle(monkeypatch):
    """What `show` displays."""
    shown = []
    monkeypatch.setattr(digit.live, "display", lambda data, raw: shown.append(data))
    digit.show(NETWORK, 0.9474)
    return shown[0]


def test_the_page_holds_the_very_weights_and_the_accuracy(bundle):
    data = json.loads(re.search(r'application/json">(.*?)</script>', bundle["text/html"])[1])
    weights = np.frombuffer(base64.b64decode(data["weights"]), "<f4")
    assert np.array_equal(weights, np.concatenate([p.value.ravel() for p in NETWORK.parameters()]))
    assert data["sizes"] == [784, 16, 16, 10] and data["accuracy"] == "94.7%"
    assert np.allclose(np.array(data["examples"]) / 16, digit.examples())


def test_the_words_go_through_all_examples(bundle):
    _, about, *lines = bundle["text/plain"].splitlines()
    assert "784-16-16-10 read 94.7%" in about
    assert [line[: line.index(".")] for line in lines] == [f"A{'n' * (d == 8)} {d}" for d in range(10)]
    for label, (image, line) in enumerate(zip(digit.examples(), lines, strict=True)):
        pixels = digit.like_mnist(digit.drawing_of(image)).ravel()
        output = NETWORK.predict(pixels.astype(np.float32)[None])[0]
        assert f"({output.max():.2f}); next" in line
        assert f"Told that it is {'an' if label == 8 else 'a'} {label}," in line


def network(*layers):
    """A network of these layers; a pair of sizes is a Dense."""
    rng = np.random.default_rng(0)
    return Network(*(Dense(*layer, rng) if isinstance(layer, tuple) else layer for layer in layers))


@pytest.mark.parametrize(
    "other",
    [
        network((784, 100), Sigmoid(), (100, 10)),  # its outputs are logits
        network((784, 16), Tanh(), (16, 16), Tanh(), (16, 10), Tanh()),
        network((784, 16), ReLU(), (16, 16), ReLU(), (16, 10), Sigmoid()),
        network((784, 16), Sigmoid(), Dropout(0.5, np.random.default_rng(0)), (16, 16), Sigmoid(), (16, 10), Sigmoid()),
        network(network((784, 16), Sigmoid(), (16, 16), Sigmoid(), (16, 10), Sigmoid())),
        network((784, 16), Sigmoid(), (16, 16), Sigmoid(), (16, 26), Sigmoid()),
        network((64, 16), Sigmoid(), (16, 16), Sigmoid(), (16, 10), Sigmoid()),
        network((784, 30), Sigmoid(), (30, 10), Sigmoid()),
        network((784, 17), Sigmoid(), (17, 16), Sigmoid(), (16, 10), Sigmoid()),
        "784-16-16-10",
    ],
    ids="logits tanh relu dropout nested letters small one-hidden wide text".split(),
)
def test_a_network_of_another_kind_is_refused(other, monkeypatch):
    monkeypatch.setattr(digit.live, "display", lambda data, raw: pytest.fail("it was shown"))
    with pytest.raises(ValueError, match="network: got .*; what can be drawn here is 784 inputs, two hidden layers"):
        digit.show(other, accuracy=0.9)


SEVEN = bar(50, 70, 60, 200) + bar(70, 240, 180, 200)


@pytest.mark.parametrize(
    ("drawing", "says"),
    [
        (255 * SEVEN, "got values from 0 to 255, expected 0 .paper. to 1 .ink.: of grey levels 0 to 255 take x / 255"),
        (np.full((28, 28), 255, np.uint8), "take x / 255, and of dark ink on white paper 1 - x / 255"),
        (-SEVEN, "got values from -1 to"),
        (np.full((28, 28), np.nan), "got values from nan to nan"),
        (1 - SEVEN, "its corners are ink; on white paper take 1 - x"),
        (SEVEN.ravel(), r"got shape \(78400,\)"),
        (np.zeros(784), r"one image: x.reshape\(28, 28\)"),
        (np.zeros((1, 784, 1)), "expected one image"),
        (np.zeros((28, 28, 4)), r"colours become grey: x\[..., :3\].mean\(axis=2\)"),
        (np.zeros((10, 28, 28)), "expected one image"),
        (np.zeros((0, 28)), "expected one image"),
        (np.full((28, 28), "x"), "dtype <U1"),
    ],
)
def test_what_is_no_drawing_in_ink_on_paper_is_refused(drawing, says):
    with pytest.raises(ValueError, match=says):
        digit.like_mnist(drawing)


def test_a_drawing_of_ones_and_zeros_of_any_kind_is_taken():
    expected = digit.like_mnist(SEVEN)
    for drawing in (SEVEN.astype(bool), SEVEN.astype(np.uint8), SEVEN.astype(np.float32), SEVEN.tolist()):
        assert np.array_equal(digit.like_mnist(drawing), expected)


def hundred():
    """100 images with their labels: MNIST's where it is at hand, else embedded digits made alike."""
    if lacks_data({"nnlib": {"data": "mnist"}}):
        digits = load_digits()
        images = [digit.like_mnist(digit.drawing_of(image)).ravel() for image in digits.x_test[:100]]
        return np.array(images), digits.y_test[:100]
    mnist = load_mnist()
    return mnist.x_test[:100].astype(np.float64), mnist.y_test[:100]


def test_script_and_nnlib_agree_on_100_images(node, bundle):
    """Every activation, every slope, the cost before and after a step; half of the labels are wrong ones."""
    data = json.loads(re.search(r'application/json">(.*?)</script>', bundle["text/html"])[1])
    look = """(() => {
      const layers = layersOf(sizes, floats(weights));
      const seen = look(layers, Float64Array.from(image), label, 1.5);
      const slopes = seen.gradients.flatMap(({ dW, db }) => [...dW, ...db]);
      const values = seen.activations.slice(1).flatMap((a) => [...a]);
      return Float64Array.from([...values, seen.cost, seen.costAfter, ...slopes]);
    })()"""
    for i, (image, label) in enumerate(zip(*hundred(), strict=True)):
        label = int(label + i % 2) % 10
        theirs = node("digit", look, sizes=data["sizes"], weights=data["weights"], image=image.tolist(), label=label)
        seen = digit.look(NETWORK, image, label, 1.5)
        slopes = [gradient.ravel() for gradient in seen.gradients.values()]
        ours = np.concatenate([*seen.activations, [seen.cost, seen.cost_after], *slopes])
        assert len(ours) == 16 + 16 + 10 + 2 + 13_002
        assert np.abs(theirs - ours).max() < 1e-6


def test_script_and_nnlib_make_the_same_image_of_a_drawing(node):
    rng = np.random.default_rng(0)
    drawings = [[rng.uniform(-5, 285, 2).tolist() for _ in range(rng.integers(2, 9))] for _ in range(20)]
    drawings += [[[140, 20], [140, 260]], [[3, 3], [3, 3]], [[20, 140], [260, 140]], [[10, 10], [270, 270]]]
    drawn = """(() => {
      const ink = paper();
      points.slice(1).forEach((to, i) => draw(ink, points[i], to));
      return [ink, likeMnist(ink)];
    })()"""
    for points in drawings:
        ink, image = node("digit", drawn, points=points)
        ours = digit.like_mnist(ink.reshape(digit.DOTS, digit.DOTS)).ravel()
        assert ours.max() > 0.9 and np.abs(image - ours).max() < 1e-6
    assert not any(node("digit", "likeMnist(paper())"))


def test_script_and_nnlib_blow_up_the_examples_alike(node):
    for image in digit.examples():
        levels = np.rint(16 * image).astype(int).tolist()
        assert np.array_equal(node("digit", "drawingOf(levels)", levels=levels), digit.drawing_of(image).ravel())
