"""Plotting: the book's style, and pictures that are used more than once.

Colours mean things: FORWARD for values on their way forward, BACKWARD for gradients on their way
back, PARAMETER for weights and biases. None of them is ever the only sign: labels or shapes say it too.
"""

import hashlib
import io
import itertools
import re
from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import quoteattr

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

PALETTE = {  # each in light and in dark; the style sheets' copies are compared with these by a test
    "ink": ("#1f2328", "#e3e7ec"),
    "muted": ("#59636e", "#a0a9b4"),
    "grid": ("#d9dee3", "#3a414b"),
    "paper": ("#ffffff", "#14171c"),
    "box": ("#f6f7f9", "#1d2127"),
    "forward": ("#0b63a5", "#6cb4f5"),
    "backward": ("#b84300", "#ff9a61"),
    "parameter": ("#00775a", "#45cfa4"),
    "accent": ("#7a3e9d", "#d1a3f0"),
}
INK, MUTED, GRID, PAPER = (PALETTE[name][0] for name in ("ink", "muted", "grid", "paper"))
FORWARD, BACKWARD, PARAMETER, ACCENT = (PALETTE[name][0] for name in ("forward", "backward", "parameter", "accent"))


def _over_paper(name: str, *colours: str, shades: int = 256) -> mpl.colors.Colormap:
    """A colour map that lets the paper through, whatever its colour: more at 0, which is its middle if it has two."""
    if len(colours) == 1:
        stops = [(0.0, colours[0] + "00"), (1.0, colours[0])]
    else:
        below, above = colours
        stops = [(0.0, below), (0.5, below + "00"), (0.5, above + "00"), (1.0, above)]
    return mpl.colors.LinearSegmentedColormap.from_list(name, stops, N=shades)


BRIGHTNESS = "gray"  # colour map for activations and images, 0 black to 1 white
INKED = _over_paper("inked", INK)  # for images too, 0 paper to 1 ink
SIGNED = _over_paper("signed", "#d6604d", "#4393c3")  # for weights and gradients, symmetric about 0: red, 0, blue
# For few cells, in colours of the palette, which follow the theme where `cells` draws them.
WEIGHTS = _over_paper("weights", MUTED, PARAMETER, shades=41)  # below 0, 0, above 0
COUNTS = _over_paper("counts", ACCENT)  # none, many

# A phone shows a figure some 360 CSS pixels wide, whatever its size is here: no type is less than 8 of them high then,
# half of what the text around it has.
SMALLEST = 1 / 45  # of the figure's width

# On the page these colours follow the reader's light or dark theme; elsewhere the values above hold.
_THEMED = {light: name for name, (light, _) in PALETTE.items()}

mpl.rcParams.update(
    {
        "figure.figsize": (6.4, 3.6),
        "figure.facecolor": PAPER,
        "figure.constrained_layout.use": True,
        "axes.facecolor": "none",
        "axes.edgecolor": MUTED,
        "axes.labelcolor": INK,
        "axes.titlecolor": INK,
        "axes.titlesize": "medium",
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.prop_cycle": mpl.cycler(color=[FORWARD, BACKWARD, PARAMETER, ACCENT, MUTED]),
        "grid.color": GRID,
        "grid.linewidth": 0.8,
        "lines.linewidth": 2,
        "text.color": INK,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "legend.frameon": False,
        "font.size": 11,
        "image.cmap": BRIGHTNESS,
        "svg.fonttype": "path",
    }
)


def subplots(rows: int = 1, columns: int = 1, **options) -> tuple[Figure, Axes]:
    """A figure in the book's style and its axes, as matplotlib's `subplots` gives them."""
    return plt.subplots(rows, columns, **options)


def svg(figure: Figure, alt: str) -> str:
    """The figure as one <svg> element with `alt` as its accessible name; the figure is closed.

    Raises ValueError unless `alt` is a sentence that says what the picture shows.
    """
    if len(alt.split()) < 4 or not alt.endswith("."):
        raise ValueError(f"alt: got {alt!r}, expected a sentence that says what the figure shows, with its full stop")
    usual = _make_legible(figure)
    for ax in figure.findobj(Axes):
        if any(image.get_cmap() is INKED for image in ax.images):
            ax.set_gid(INKED.name)
    salt = hashlib.sha256(alt.encode()).hexdigest()[:8]  # the same figure gives the same bytes
    file = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": salt, "font.size": usual}):  # of numbers that drawing adds to an axis
        figure.savefig(file, format="svg", metadata=dict.fromkeys(["Date", "Creator", "Format", "Type"]))
    plt.close(figure)
    picture = file.getvalue()
    picture = picture[picture.index("<svg") :]
    picture = re.sub(r"\s*<(metadata|style)\b.*?</\1>", "", picture, flags=re.S)  # its style would leak into the page
    picture = picture.replace(f'<g id="{INKED.name}"', '<g class="nnlib-inked"')  # the page's style turns it about
    picture = re.sub(r'<g id="[^"]*"', "<g", picture)
    picture = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>f{salt}-", picture)  # several figures share a page
    picture = re.sub(r' d="[^"]*"', lambda path: re.sub(r"(\.\d\d)\d+", r"\1", path[0]), picture)
    picture = re.sub(r"#[0-9a-f]{6}\b", lambda hit: _themed(hit[0]), picture)
    opening = f'<svg role="img" aria-label={quoteattr(alt)} style="stroke-linejoin: round; stroke-linecap: butt"'
    return picture.replace("<svg", opening, 1).strip()


def _make_legible(figure: Figure) -> float:
    """Enlarge all type that a phone would show too small; gives the size in points that type has where none is said."""
    least = SMALLEST * 72 * figure.get_figwidth()
    for text in figure.findobj(mpl.text.Text):
        text.set_fontsize(max(text.get_fontsize(), least))
    return max(mpl.rcParams["font.size"], least)


def _themed(colour: str) -> str:
    return f"var(--nnlib-{_THEMED[colour]}, {colour})" if colour in _THEMED else colour


def show(figure: Figure, alt: str) -> None:
    """Display the figure, with `alt` saying in words what it shows, and close it."""
    from IPython.display import display

    display({"image/svg+xml": svg(figure, alt), "text/plain": alt}, raw=True)


def images(
    rows: np.ndarray, captions: Sequence[str] = (), columns: int = 10, cmap: str | mpl.colors.Colormap = BRIGHTNESS
) -> Figure:
    """Square images in a grid, one for each row of `rows` (n, side * side), each with its caption.

    One image alone, images that are square already, (n, side, side), and lists of them are understood too.
    With cmap=SIGNED each image is scaled symmetrically about 0; else black is 0 and white is 1,
    or with cmap=INKED paper is 0 and ink is 1.
    """
    rows = _as_rows(rows)
    columns = min(columns, len(rows))
    lines = -(-len(rows) // columns)
    side = round(rows.shape[1] ** 0.5)
    size = 6.4 / columns
    figure, axes = subplots(
        lines, columns, figsize=(6.4, lines * size * (1.28 if len(captions) else 1.05)), squeeze=False
    )
    for ax in axes.flat:
        ax.axis("off")
    for i, (ax, row) in enumerate(zip(axes.flat, rows, strict=False)):
        top = np.abs(row).max() or 1.0 if cmap is SIGNED else 1.0
        ax.imshow(row.reshape(side, side), cmap=cmap, vmin=-top if cmap is SIGNED else 0, vmax=top)
        if len(captions):
            ax.set_title(captions[i], loc="center", fontsize=9, fontweight="normal")
    return figure


def cells(ax: Axes, values: np.ndarray, cmap: mpl.colors.Colormap, top: float) -> QuadMesh:
    """An array as boxes in shades of WEIGHTS or COUNTS, which are full at `top`; row 0 is the upper one.

    Each box is a path of its own, whose colour follows the theme. The middle of one is at whole numbers.
    """
    rows, columns = values.shape
    ax.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5), aspect="equal")
    ax.grid(False)
    edges = np.arange(columns + 1) - 0.5, np.arange(rows + 1) - 0.5
    low = -top if cmap is WEIGHTS else 0
    return ax.pcolormesh(*edges, values, cmap=cmap, vmin=low, vmax=top, edgecolors=PAPER, linewidth=1)


def _as_rows(images: object) -> np.ndarray:
    """Images as rows (n, side * side); ValueError if they are no square images."""
    rows = np.asarray(images)
    if rows.ndim == 3 and rows.shape[1] == rows.shape[2]:
        return rows.reshape(len(rows), -1)
    alone = rows.ndim == 1 or (rows.ndim == 2 and rows.shape[0] == rows.shape[1] and not _is_square(rows.shape[1]))
    rows = rows.reshape(1, -1) if alone else rows
    if rows.ndim != 2 or not len(rows) or not _is_square(rows.shape[1]):
        raise ValueError(f"rows: got shape {np.shape(images)}, expected square images, one a row: (n, side * side)")
    return rows


def _is_square(number: int) -> bool:
    return number > 0 and round(number**0.5) ** 2 == number


def layers_diagram(sizes: Sequence[int], names: Sequence[str] = (), most: int = 16) -> Figure:
    """A network of fully connected layers: neurons as circles, weights as lines.

    A layer of more than `most` neurons shows its first and last ones with an ellipsis between.
    """
    figure, ax = subplots(figsize=(6.4, 4.2))
    ax.axis("off")
    columns = [_column(x, size, most) for x, size in enumerate(sizes)]
    for left, right in itertools.pairwise(columns):
        lines = [(a, b, (np.nan, np.nan)) for a in left for b in right]  # one path, broken between lines
        ax.plot(*np.reshape(lines, (-1, 2)).T, color=PARAMETER, linewidth=0.4, alpha=0.45, zorder=1)
    for x, (size, column) in enumerate(zip(sizes, columns, strict=True)):
        ax.scatter(*zip(*column, strict=True), s=90, color=PAPER, edgecolor=FORWARD, linewidth=1.6, zorder=2)
        if size > most:
            ax.text(x, 0, "⋮", ha="center", va="center", fontsize=18)
        name = f"{names[x]}\n" if len(names) else ""
        ax.text(x, -1.12, f"{name}{size}", ha="center", va="top")
    ax.set_ylim(-1.35, 1.1)
    return figure


def _column(x: int, size: int, most: int) -> list[tuple[float, float]]:
    """Where a layer's circles stand, from top to bottom, with a gap in the middle of a long layer."""
    if size <= most:
        half = min(1.0, size / most)
        return [(x, y) for y in (np.linspace(half, -half, size) if size > 1 else [0.0])]
    ys = np.linspace(1, -1, most + 1)
    return [(x, y) for y in ys if abs(y) > 0.15]


def arrays(
    *parts: str | tuple[str, np.ndarray] | tuple[str, np.ndarray, np.ndarray], standing: Sequence[str] = ()
) -> Figure:
    """Arrays as tables of boxes, side by side: each part is (caption, array), or a word or sign between two arrays.

    A third entry, a mask of the array's shape, tints the boxes where it is True. An array of one axis lies, as a
    row, or stands, as a column, if its caption is among `standing`. Below each array stands its shape.
    """
    tables = [part if isinstance(part, str) else _table(*part, stands=part[0] in standing) for part in parts]
    width = sum(0.6 + 0.22 * len(table) if isinstance(table, str) else table.width + 0.5 for table in tables)
    height = max(len(table.boxes) for table in tables if not isinstance(table, str))
    size = min(0.52, 7.4 / width)  # inches for a box
    figure, ax = subplots(figsize=(width * size, (height + 1.7) * size))
    ax.set(xlim=(0, width), ylim=(height + 0.9, -0.8), aspect="equal")
    ax.axis("off")
    left = 0.0
    for table in tables:
        if isinstance(table, str):
            ax.text(left + 0.3 + 0.11 * len(table), height / 2, table, ha="center", va="center", fontsize=13)
            left += 0.6 + 0.22 * len(table)
        else:
            _draw_table(ax, table, left + (table.width + 0.5) / 2, (height - len(table.boxes)) / 2)
            left += table.width + 0.5
    return figure


class _Table(NamedTuple):
    """An array as it is drawn: what is said above and below it, its boxes, which are tinted, and its room."""

    caption: str
    shape: str
    boxes: np.ndarray
    tinted: np.ndarray
    width: float


def _table(caption: str, array: np.ndarray, mask: np.ndarray | bool = False, *, stands: bool) -> _Table:
    boxes, tinted = np.atleast_2d(array), np.atleast_2d(np.broadcast_to(mask, array.shape))
    if stands:
        boxes, tinted = boxes.T, tinted.T
    return _Table(caption, str(array.shape), boxes, tinted, max(boxes.shape[1], 0.21 * len(caption)))


def _draw_table(ax: Axes, table: _Table, middle: float, top: float) -> None:
    rows, columns = table.boxes.shape
    for (i, j), value in np.ndenumerate(table.boxes):
        place = (middle - columns / 2 + j, top + i)
        if table.tinted[i, j]:
            ax.add_patch(Rectangle(place, 1, 1, facecolor=FORWARD, alpha=0.25))
        ax.add_patch(Rectangle(place, 1, 1, fill=False, edgecolor=MUTED, linewidth=1))
        said = f"{value:g}"
        ax.text(place[0] + 0.5, place[1] + 0.52, said, ha="center", va="center", fontsize=10 if len(said) < 4 else 8)
    ax.text(middle, top - 0.28, table.caption, ha="center", va="center", fontfamily="monospace", fontsize=10)
    ax.text(middle, top + rows + 0.34, table.shape, ha="center", va="center", color=MUTED, fontsize=9)
