"""Objects: cells found on test photographs, with a threshold to be moved and stains to be put on the glass."""

import base64
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from ...convolution import Conv2d
from ...layers import Layer, ReLU, sigmoid
from ...network import Network
from ...prose import decimals
from ...studies import objects as study
from .. import live

PARTS = ("network.js", "objects.js")
WEIGHTS = Path(__file__).with_name("weights.npz")
LABEL = "Find the cells: move the threshold, put stains on the glass"
SIDES = (study.HEIGHT // study.PIXEL, study.WIDTH // study.PIXEL)
KINDS = ("red", "white")
PHOTOGRAPHS = 6
LEAST, OVERLAP = 0.02, 0.5
SHADE = 3 * study.STEP / 255  # the darkness of one shade of grey; a photograph has whole shades alone
LOWEST = 2  # so many shades below the background are sent as 0
TOOLS = {"Dark stain": (3, 11), "Pale stain": (3, 4), "Wipe": (4, 0)}  # radius in pixels, darkness in shades

Place = tuple[int, int]  # row and column of a pixel


def load() -> Network:
    """The study's network, trained by measure/studies/objects.py with its first seed, in float64."""
    with np.load(WEIGHTS, allow_pickle=False) as file:
        layers: list[Layer] = []
        for name in sorted(name for name in file.files if name.endswith("K")):
            kernels, channels, size, _ = file[name].shape
            rng = np.random.default_rng(0)
            conv = Conv2d((channels, *SIDES), kernels, size, rng, padding=size // 2)
            conv.K[...], conv.b[...] = file[name], file[f"{name[:-1]}b"]
            layers += [*([ReLU()] if layers else []), conv]
    return Network(*layers)


@cache
def thresholds() -> dict[str, float]:
    """Where the study put the threshold of each kind, for this network; to begin with."""
    with np.load(WEIGHTS, allow_pickle=False) as file:
        return dict(zip(KINDS, file["thresholds"].tolist(), strict=True))


@cache
def chosen() -> list[int]:
    """The photographs shown: test ones, evenly spread in order of how many red cells are labelled on them."""
    _, boxes, part = study.load_cells()
    test = study.apart(part)[2]
    labels = [len(each) for each in study.of_kind(boxes, study.RED)]
    order = sorted(test, key=lambda i: (-labels[i], i))
    return [int(order[round(k * (len(order) - 1) / (PHOTOGRAPHS - 1))]) for k in (2, 1, 3, 4, 0, 5)]


@cache
def pictures() -> np.ndarray:
    """Their darkness, in shades, (6, 30, 40): whole numbers, for their background is a shade, too."""
    light = study.load_cells()[0]
    return np.rint(study.darkness(light)[chosen()] / SHADE).astype(int)


def changed(picture: np.ndarray, changes: Sequence[tuple[str, Place]]) -> np.ndarray:
    """The picture with these stains and wipes on it, one after the other."""
    picture = picture.copy()
    rows, columns = np.indices(SIDES)
    for tool, (row, column) in changes:
        radius, dark = TOOLS[tool]
        picture[(rows - row) ** 2 + (columns - column) ** 2 <= radius**2] = dark
    return picture


def maps(picture: np.ndarray) -> np.ndarray:
    """The two maps, (2, 30, 40), of a picture in shades."""
    return sigmoid(load().predict(picture[None, None] * SHADE))[0]


@cache
def sizes() -> list[tuple[float, float]]:
    """The typical width and height of each kind."""
    _, boxes, part = study.load_cells()
    return [study.typical_size(study.of_kind(boxes, kind), study.apart(part)[0]) for kind in range(2)]


@cache
def labels() -> list[list[list[study.Box]]]:
    """The labelled boxes of each photograph shown, by kind."""
    boxes = study.load_cells()[1]
    kinds = [study.of_kind(boxes, kind) for kind in range(2)]
    return [[of[i] for of in kinds] for i in chosen()]


def found(map_: np.ndarray, kind: int) -> list[study.Found]:
    """The cells that a map shows, surest first."""
    return sorted(study.found_in([map_], [0], sizes()[kind]), key=lambda one: -one[0])


def said(cells: Sequence[study.Found], labelled: Sequence[study.Box], least: float, kind: str, changes: int) -> str:
    """What is found from a threshold on, and how it agrees with the labels, in words."""
    sure = [one for one in cells if one[0] >= least]
    left = cells[len(sure) :]
    hit = study.hits([(p, 0, box) for p, _, box in sure], [labelled], OVERLAP)
    text = f"From {decimals(least, 3)} on, {_cells(len(sure), kind)} found; {len(labelled)} labelled. "
    text += f"Hits: {hit.sum()}; precision {_share(hit.sum(), len(sure))}, recall {_share(hit.sum(), len(labelled))}."
    if sure:
        text += f" The least sure has {decimals(sure[-1][0], 3)}"
        text += f", the surest left out {decimals(left[0][0], 3)}." if left else ", and none is left out."
    elif left:
        text += f" The surest left out has {decimals(left[0][0], 3)}."
    if changes:
        times = "once" if changes == 1 else f"{changes} times"
        text += f" The glass was changed {times}; the labels are those from before."
    return text


def _cells(number: int, kind: str) -> str:
    return f"{number} {kind} {'cell' if number == 1 else 'cells'}"


def _share(part: int, whole: int) -> str:
    return decimals((200 * int(part) + whole) // (2 * whole) / 100, 2) if whole else "of nothing"  # half goes up


def of(which: int, kind: str = "red", least: float | None = None, changes: Sequence[tuple[str, Place]] = ()) -> str:
    """The same of one of the photographs shown, by the stored network."""
    number = KINDS.index(kind)
    cells = found(maps(changed(pictures()[which], changes))[number], number)
    least = thresholds()[kind] if least is None else least
    return said(cells, labels()[which][number], least, kind, len(changes))


def weights() -> dict:
    """What the page's script computes with: the shapes of the kernels, and kernels and biases in float32."""
    convs = [layer for layer in load().layers if isinstance(layer, Conv2d)]
    numbers = np.concatenate([p.value.ravel() for layer in convs for p in layer.parameters()]).astype("<f4")
    return {
        "shapes": [list(layer.K.shape) for layer in convs],
        "weights": base64.b64encode(numbers.tobytes()).decode(),
    }


def show() -> None:
    """Show the first photograph with the cells found on it, and what can be changed."""
    first = maps(pictures()[0])
    data = {
        "pictures": [base64.b64encode((each + LOWEST).astype(np.uint8).tobytes()).decode() for each in pictures()],
        "lowest": LOWEST,
        "shade": SHADE,
        "labels": labels(),
        "sizes": sizes(),
        "tools": {name: {"radius": radius, "dark": dark} for name, (radius, dark) in TOOLS.items()},
        "threshold": [thresholds()[kind] for kind in KINDS],
        "least": LEAST,
        "overlap": OVERLAP,
        "first": [
            [[round(p, 6), row, column] for p, row, column in sorted(study.peaks(map_), key=lambda one: -one[0])]
            for map_ in first
        ],
    }
    text = [
        f"{PHOTOGRAPHS} test photographs of 40 × 30 pixels. The cells that the network finds have a box, "
        "those labelled a dashed one. The threshold says from which height on a peak of the map counts as a cell. "
        "Stains can be put on the glass: dark as a nucleus, or pale as a red cell; and cells can be wiped away."
    ]
    text += [
        f"Photograph {which + 1}, {kind} cells. {of(which, kind)}" for which in range(PHOTOGRAPHS) for kind in KINDS
    ]
    live.show("objects", data, LABEL, text, weights=weights())
