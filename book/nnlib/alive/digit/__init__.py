"""Draw a digit: what a trained network makes of it, and what should change where it is wrong."""

import base64
from copy import deepcopy
from typing import NamedTuple

import numpy as np

from ...datasets import load_digits
from ...layers import Dense, Sigmoid
from ...losses import QuadraticCost, one_hot
from ...network import Network
from ...prose import significant
from .. import live

PARTS = ("ink.js", "forward.js", "network.js", "pen.js", "canvas.js", "picture.js", "digit.js")  # its script, in order
DOTS = 280  # the field to draw on has DOTS x DOTS dots
FIELD, BOX = 28, 20  # MNIST's field, and the box in it that the ink fills
PER_PIXEL, MARGIN = 28, 28  # dots for one pixel of a ready example, and around it
MOST = 16  # neurons of a hidden layer that the picture has room for
TIE = 1e-9  # more than any rounding error: page and Python break a tie alike


class Look(NamedTuple):
    """What a network makes of one image: activations by layer, and for a label the cost and its gradient."""

    activations: list[np.ndarray]
    cost: float
    gradients: dict[str, np.ndarray]
    cost_after: float


def like_mnist(drawing: np.ndarray) -> np.ndarray:
    """A drawing as MNIST would hold it.

    MNIST's makers scaled the box around the ink to fit 20 x 20 pixels, its shape kept, with grey levels where an
    edge crosses a pixel, and moved the centre of mass to the centre of a field of 28 x 28 (source: Y. LeCun,
    L. Bottou, Y. Bengio and P. Haffner (1998), section III.A, https://doi.org/10.1109/5.726791).

    In MNIST's files the images were moved by whole pixels, and the centre of mass lies less than half a pixel
    from pixel (14, 14), counted from 0. So an image of MNIST stays as it is.

    Parameters
    ----------
    drawing : ndarray of shape (m, m), 0 is paper and 1 is ink.

    Returns
    -------
    ndarray of shape (28, 28)

    Raises
    ------
    ValueError if it is not one drawing in grey levels from 0 to 1, or if its paper is 1.
    """
    drawing = _checked_drawing(drawing)
    field = np.zeros((FIELD, FIELD))
    rows, columns = (np.flatnonzero(drawing.any(axis)) for axis in (1, 0))
    if len(rows) == 0:
        return field
    ink = drawing[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    step = max(ink.shape) / BOX  # how many dots become one pixel
    small = _shares(ink.shape[0], step) @ ink @ _shares(ink.shape[1], step).T
    top, left = (_place(small.sum(axis)) for axis in (1, 0))
    field[top : top + len(small), left : left + small.shape[1]] = small
    return np.floor(255 * field + 0.5 + TIE) / 255  # MNIST has 256 grey levels


def _checked_drawing(drawing: object) -> np.ndarray:
    """The drawing as float64; ValueError unless it is one, in grey levels from 0, paper, to 1, ink."""
    levels = np.asarray(drawing)
    if levels.ndim != 2 or levels.size == 0 or levels.dtype.kind not in "buif":
        hint = "; a row of pixels is one image: x.reshape(28, 28)" if levels.shape in ((784,), (1, 784)) else ""
        hint = hint or ("; colours become grey: x[..., :3].mean(axis=2)" if levels.shape[2:] in ((3,), (4,)) else "")
        what = f"shape {levels.shape} and dtype {levels.dtype}"
        raise ValueError(f"drawing: got {what}, expected one image of numbers such as (28, 28){hint}")
    levels = levels.astype(np.float64)
    if not (levels.min() >= 0 and levels.max() <= 1):
        raise ValueError(
            f"drawing: got values from {levels.min():g} to {levels.max():g}, expected 0 (paper) to 1 (ink): "
            "of grey levels 0 to 255 take x / 255, and of dark ink on white paper 1 - x / 255"
        )
    if levels[[0, 0, -1, -1], [0, -1, 0, -1]].min() > 0.5 and levels.mean() > 0.5 > levels.min():
        raise ValueError("drawing: its corners are ink; on white paper take 1 - x, so that paper is 0 and ink is 1")
    return levels


def _shares(dots: int, step: float) -> np.ndarray:
    """How much of each pixel each dot covers: (pixels, dots), for pixels as wide as `step` dots."""
    pixel, dot = np.arange(np.ceil(dots / step))[:, None] * step, np.arange(dots)
    return np.maximum(0, np.minimum(pixel + step, dot + 1) - np.maximum(pixel, dot)) / step


def _place(profile: np.ndarray) -> int:
    """Where a box with this much ink in each line begins, so that its centre of mass lies at pixel 14."""
    centre = profile @ np.arange(len(profile)) / profile.sum()
    first = np.ceil(FIELD / 2 - 0.5 - centre - TIE)
    return int(np.clip(first, 0, FIELD - len(profile)))


def drawing_of(image: np.ndarray) -> np.ndarray:
    """A small digit of `load_digits`, (64,), as a drawing: blown up smoothly, then its edges sharpened."""
    at = np.clip(2 * np.arange(8 * PER_PIXEL) + 1 - PER_PIXEL, 0, 14 * PER_PIXEL)  # in 1 / (2 PER_PIXEL) of a pixel
    nearness = np.maximum(0, 2 * PER_PIXEL - np.abs(at[:, None] - 2 * PER_PIXEL * np.arange(8)))
    grey = nearness @ _sixteenths(image).reshape(8, 8) @ nearness.T  # whole numbers, the same everywhere
    full = 16 * (2 * PER_PIXEL) ** 2
    drawing = np.zeros((DOTS, DOTS))
    drawing[MARGIN:-MARGIN, MARGIN:-MARGIN] = np.clip((20 * grey - 7 * full) / (6 * full), 0, 1)
    return drawing


def examples() -> np.ndarray:
    """The first digit of each kind in the test part of `load_digits`, (10, 64)."""
    digits = load_digits()
    return np.array([digits.x_test[np.flatnonzero(digits.y_test == digit)[0]] for digit in range(10)])


def look(network: Network, image: np.ndarray, label: int, rate: float) -> Look:
    """What the network makes of one image (784,), what it costs under the label, and after one step at the rate."""
    network, cost = _in_double(network), QuadraticCost()
    x, y = image.reshape(1, -1).astype(np.float64), one_hot(np.array([label]), network.n_out)
    before = cost.forward(network.forward(x), y)
    network.backward(cost.backward())
    activations = [layer.a[0] for layer in network.layers if not isinstance(layer, Dense)]
    gradients = {p.name: p.grad.copy() for p in network.parameters()}
    for p in network.parameters():
        p.value[...] -= rate * p.grad
    return Look(activations, before, gradients, cost.forward(network.predict(x), y))


def impression(outputs: np.ndarray) -> str:
    """What the network seems to see, in words."""
    first, second = np.argsort(-outputs, kind="stable")[:2]
    return f"It looks like {_a(first)} ({outputs[first]:.2f}); next {second} ({outputs[second]:.2f})."


def wishes(seen: Look, label: int, rate: float) -> str:
    """What should change so that the network would rather say `label`, in words."""
    outputs = seen.activations[-1]
    change = one_hot(np.array([label]), len(outputs))[0] - outputs
    first, second = (f"output {j} should {_move(change[j])}" for j in np.argsort(-np.abs(change), kind="stable")[:2])
    weights = [gradient for gradient in seen.gradients.values() if gradient.ndim > 1]
    layer = int(np.argmax([np.abs(gradient).max() for gradient in weights]))
    j, k = np.unravel_index(np.abs(weights[layer]).argmax(), weights[layer].shape)
    source = (
        f"pixel {k % FIELD + 1} of row {k // FIELD + 1}" if layer == 0 else f"neuron {k + 1} of hidden layer {layer}"
    )
    target = f"output {j}" if layer == len(weights) - 1 else f"neuron {j + 1} of hidden layer {layer + 1}"
    before, after = significant(seen.cost, 3), significant(seen.cost_after, 3)
    return (
        f"Told that it is {_a(label)}, the network has the cost {before} on this image: {first}, {second}. "
        f"Of all weights the one from {source} to {target} should change most: "
        f"{_move(-weights[layer][j, k])} times the rate. "
        f"One step at the rate {rate:.1f} takes the cost from {before} to {after}."
    )


def show(network: Network, accuracy: float, rate: float = 1.0) -> None:
    """A field to draw a digit on, and what the network makes of it.

    Parameters
    ----------
    network : 784 inputs, two hidden layers of at most 16, 10 outputs; `Dense` and `Sigmoid` in turn.
    accuracy : its share of right answers on MNIST's test images.
    rate : of the one step that is tried.

    Raises
    ------
    ValueError if the network is of another kind: the page computes and draws this one alone.
    """
    data = {
        **packed(network),
        "accuracy": f"{accuracy:.1%}",
        "rate": rate,
        "examples": _sixteenths(examples()).tolist(),
    }
    live.show("digit", data, "Draw a digit, and see what the network makes of it", _text(network, data))


def packed(network: Network) -> dict:
    """A network as the scripts read it; ValueError unless it is one that they can compute and draw."""
    check_network(network)
    weights = np.concatenate([p.value.ravel() for p in network.parameters()]).astype("<f4")
    sizes = [network.n_in, *(layer.n_out for layer in network.layers if isinstance(layer, Dense))]
    return {"sizes": sizes, "weights": base64.b64encode(weights.tobytes()).decode()}


def check_network(network: Network) -> None:
    """Raise ValueError unless the page can compute and draw this network."""
    layers = getattr(network, "layers", [])
    sizes = [layer.n_out for layer in layers if isinstance(layer, Dense)]
    in_turn = [type(layer) for layer in layers] == [Dense, Sigmoid] * 3
    if in_turn and network.n_in == FIELD * FIELD and sizes[-1] == 10 and max(sizes) <= MOST:
        return
    names = ", ".join(f"{type(layer).__name__}({layer.n_in}, {layer.n_out})" if isinstance(layer, Dense)
                      else type(layer).__name__ for layer in layers)  # fmt: skip
    raise ValueError(
        f"network: got {names or repr(network)}; what can be drawn here is 784 inputs, two hidden layers of "
        f"at most {MOST} neurons and 10 outputs, Dense and Sigmoid in turn"
    )


def _text(network: Network, data: dict) -> list[str]:
    """The same in words: what the network makes of the ready examples."""
    lines = [
        f"The network {'-'.join(map(str, data['sizes']))} read {data['accuracy']} of MNIST's test images. "
        "Here it looks at ten digits of another collection, blown up from 8 x 8 pixels and centred as MNIST's are. "
        "Hidden neurons, pixels and rows are counted from 1; an output goes by its digit."
    ]
    for digit, image in enumerate(examples()):
        seen = look(network, like_mnist(drawing_of(image)), digit, data["rate"])
        says, wants = impression(seen.activations[-1]), wishes(seen, digit, data["rate"])
        lines.append(f"{_a(digit).capitalize()}. {says} {wants}")
    return lines


def _in_double(network: Network) -> Network:
    """A copy that computes in float64, as the page does, from the same weights."""
    layers = deepcopy(network.layers)
    for layer in layers:
        if isinstance(layer, Dense):
            for name in ("W", "b", "dW", "db"):
                setattr(layer, name, getattr(layer, name).astype(np.float64))
    return Network(*layers)


def _sixteenths(images: np.ndarray) -> np.ndarray:
    """The grey levels of `load_digits` as the whole numbers that they are."""
    return np.rint(16 * images).astype(int)


def _a(digit: int) -> str:
    return f"an {digit}" if digit == 8 else f"a {digit}"


def _move(change: float) -> str:
    return f"{'rise' if change > 0 else 'fall'} by {significant(abs(change), 3)}"
