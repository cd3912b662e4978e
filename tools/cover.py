"""Cover: draw the picture of the first page, one digit on its way through the trained 784-16-16-10 network.

    python tools/cover.py

Reads MNIST and book/weights; writes book/_static/cover.html, which the first page includes. Brightness is activation;
the lines are each neuron's three weightiest connections, weight times the activation behind it.
"""

import numpy as np

from measure import BOOK
from measure.results import stored_network
from nnlib import Network, load_mnist, plotting

COVER = BOOK / "_static" / "cover.html"
WHICH = 90  # a test image that the network reads right and surely


def draw(image: np.ndarray, label: int, network: Network):
    """The picture and its words."""
    output = network.forward(image[None])[0]
    columns = [network.layers[i].a[0] for i in (1, 3, 5)]  # what each sigmoid gave
    figure, ax = plotting.subplots(figsize=(7.2, 3.4))
    ax.axis("off")
    ax.set(xlim=(-0.2, 6.75), ylim=(-1.12, 1.12))
    picture = ax.inset_axes([0.0, 0.14, 0.3, 0.72])
    picture.imshow(image.reshape(28, 28), vmin=0, vmax=1)
    picture.axis("off")
    places = [[(x, y) for y in np.linspace(1, -1, len(a))] for x, a in zip((3.0, 4.4, 5.8), columns, strict=True)]
    for i, layer in enumerate((network.layers[2], network.layers[4])):
        pull = layer.W * columns[i]
        for j, row in enumerate(pull):
            for k in np.argsort(-np.abs(row))[:3]:
                colour = plotting.PARAMETER if row[k] > 0 else plotting.BACKWARD
                style = "-" if row[k] > 0 else ":"
                ends = zip(places[i][k], places[i + 1][j], strict=True)
                ax.plot(*ends, style, color=colour, linewidth=min(2.5, 0.25 * abs(row[k])), alpha=0.7, zorder=1)
    for y in np.linspace(0.7, -0.7, 16):
        for _, end in places[0][::3]:
            ax.plot([1.95, 3.0], [y, end], color=plotting.GRID, linewidth=0.5, zorder=0)
    for column, activations in zip(places, columns, strict=True):
        ax.scatter(*zip(*column, strict=True), c=activations, cmap="gray", vmin=0, vmax=1, s=75, zorder=2,
                   edgecolor=plotting.FORWARD, linewidth=1.4)  # fmt: skip
    for digit, (x, y) in enumerate(places[2]):
        bold = digit == output.argmax()
        ax.text(x + 0.25, y, f"{digit}   {output[digit]:.2f}", va="center", fontsize=10,
                color=plotting.FORWARD if bold else plotting.MUTED, weight="bold" if bold else "normal")  # fmt: skip
    return figure, (
        f"A handwritten {label} on its way through a trained network: 784 pixels, two columns of 16 neurons, "
        f"ten outputs. Brightness is activation. Output {output.argmax()} stands at {output.max():.2f}, "
        f"the next highest at {np.sort(output)[-2]:.2f}."
    )


if __name__ == "__main__":
    data = load_mnist()
    picture = plotting.svg(*draw(data.x_test[WHICH], data.y_test[WHICH], stored_network()))
    COVER.write_text(f'<figure class="nnlib-figure">{picture}</figure>\n', encoding="utf-8")
    print(f"{COVER.name}: written")
