"""Reading a digit: a trained network's answer, in ten bars, to ready digits and to what the reader draws."""

import numpy as np

from ...datasets import load_digits
from ...network import Network
from .. import digit, live

# Its script, in the order in which it runs: the pen and the network are those of "Draw a digit".
PARTS = ("../digit/ink.js", "../digit/forward.js", "../digit/pen.js", "../digit/canvas.js", "reading.js")
READY = (50, 148, 314, 41, 294, 98, 66, 64, 101, 9)  # test images of `load_digits`, one of each digit; the 9 is misread
FIRST = 3  # the ready digit to begin with
LABEL = "A digit, and what a trained network answers"
SIDE, LEFT, TOP = 4, 0, 114  # the image in the picture: the side of a pixel, and where it begins
COLUMNS, PITCH = (146, 196), 19  # the two columns of circles
BARS, ROW, LENGTH = 276, 30.5, 84  # the ten bars


def ready() -> np.ndarray:
    """The ready digits, from 0 to 9: (10, 64)."""
    return load_digits().x_test[list(READY)]


def show(network: Network) -> None:
    """Ready digits, a field to draw on, and what the network answers.

    Raises ValueError unless it is a network that "Draw a digit" can show too.
    """
    live.show("reading", data(network), LABEL, text(network), still(network))


def page(network: Network) -> str:
    """The same as HTML, for a page that is no notebook."""
    return live.page("reading", data(network), LABEL, text(network), still(network))


def data(network: Network) -> dict:
    """What the script needs: the network, the ready digits and the picture."""
    return {
        **digit.packed(network),
        "ready": np.rint(16 * ready()).astype(int).tolist(),
        "first": FIRST,
        "picture": still(network),
    }


def activations(network: Network, image: np.ndarray) -> list[np.ndarray]:
    """What the network makes of a small image, (64,): its pixels, (784,), and the numbers of every layer."""
    pixels = digit.like_mnist(digit.drawing_of(image)).ravel()
    return [pixels, *digit.look(network, pixels, 0, 0.0).activations]


def text(network: Network) -> list[str]:
    """The answers to the ready digits, in words."""
    seen = [activations(network, image)[-1] for image in ready()]
    lines = [f"The ready {shown}: {digit.impression(outputs)}" for shown, outputs in enumerate(seen)]
    return ["What the network answers to the ten ready digits, each output a number from 0 to 1.", " ".join(lines)]


def still(network: Network) -> str:
    """The picture of the first ready digit: its pixels, two columns of circles, and ten bars."""
    pixels, *hidden, outputs = activations(network, ready()[FIRST])
    parts = [f'<rect class="nnlib-reading-paper" x="{LEFT}" y="{TOP}" width="{28 * SIDE}" height="{28 * SIDE}"/>']
    places = (at for at in range(pixels.size) if pixels[at] > 0)
    dots = [_rect("", LEFT + SIDE * (at % 28), TOP + SIDE * (at // 28), SIDE, SIDE, pixels[at]) for at in places]
    parts.append(f'<g class="nnlib-reading-pixels">{"".join(dots)}</g>')
    heights = [34 + PITCH * j for j in range(16)]
    ends = [39 + ROW * j for j in range(10)]
    parts += [_fan(LEFT + 28 * SIDE, [TOP + 28 * SIDE * (j + 0.5) / 16 for j in range(16)], COLUMNS[0], heights)]
    parts += [_lines(COLUMNS[0], heights, COLUMNS[1], heights), _lines(COLUMNS[1], heights, BARS - 22, ends)]
    for x, layer in zip(COLUMNS, hidden, strict=True):
        parts.append(f'<g class="nnlib-reading-layer">{"".join(map(_circle, [x] * 16, heights, layer))}</g>')
    for name, (y, output) in enumerate(zip(ends, outputs, strict=True)):
        winner = " nnlib-reading-winner" if name == outputs.argmax() else ""
        parts.append(
            f'<g class="nnlib-reading-output{winner}"><text x="{BARS - 12}" y="{y + 5}" text-anchor="middle">{name}'
            f"</text>{_rect('nnlib-reading-track', BARS, y - 8, LENGTH, 16)}"
            f"{_rect('nnlib-reading-bar', BARS, y - 8, round(LENGTH * output, 1), 16)}"
            f'<text x="400" y="{y + 5}" text-anchor="end">{output:.2f}</text></g>'
        )
    titles = ((LEFT + 14 * SIDE, TOP - 8, "28 × 28 pixels"), (171, 14, "16 and 16 numbers"), (338, 14, "ten outputs"))
    parts += [
        f'<text class="nnlib-reading-title" x="{x}" y="{y}" text-anchor="middle">{words}</text>'
        for x, y, words in titles
    ]
    opening = f'<svg class="nnlib-reading-picture" viewBox="0 0 400 334" role="img" aria-label="{describe(outputs)}">'
    return f"{opening}{''.join(parts)}</svg>"


def describe(outputs: np.ndarray) -> str:
    """The picture in words; the script says the same."""
    return f"A digit, two columns of 16 circles and ten bars. {digit.impression(outputs)}"


def _rect(name: str, x: float, y: float, width: float, height: float, opacity: float = 1.0) -> str:
    named = f' class="{name}"' if name else ""
    faint = f' fill-opacity="{opacity:.2f}"' if opacity < 1 else ""
    return f'<rect{named} x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"{faint}/>'


def _circle(x: float, y: float, level: float) -> str:
    return f'<circle cx="{x}" cy="{y}" r="8" fill-opacity="{level:.2f}"/>'


def _lines(left: float, starts: list[float], right: float, ends: list[float]) -> str:
    """Every start joined with every end, as one faint path."""
    steps = (f"M{left + 8:g} {start:g}L{right - 8:g} {end:g}" for start in starts for end in ends)
    return f'<path class="nnlib-reading-line" d="{"".join(steps)}"/>'


def _fan(left: float, starts: list[float], right: float, ends: list[float]) -> str:
    """Each start joined with the end beside it."""
    steps = (f"M{left:g} {start:g}L{right - 8:g} {end:g}" for start, end in zip(starts, ends, strict=True))
    return f'<path class="nnlib-reading-line" d="{"".join(steps)}"/>'
