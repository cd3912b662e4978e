"""Objects: photographs of blood under the microscope, with a box around each cell; found, judged and counted."""

from collections.abc import Collection, Sequence
from io import BytesIO

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ..embedded import embedded_arrays
from ..fetch import OfficialFile, Source
from . import Set

CELLS = Source(
    name="bccd-blood-cells",
    title="photographs of blood",
    shape=(364, 30, 40),
    credit="Shenggan and others (2017-2019), BCCD Dataset, https://github.com/Shenggan/BCCD_Dataset",
    licence="MIT",
    files=(
        OfficialFile(
            "bccd_80x60.npz",
            3847957,
            "2ee195d88422dc4b08620f1189f8864ed61c13a2c48abc470728244312e9b9c3",
            (364, 60, 80, 3),
        ),
        OfficialFile("train.txt", 3485, "89bda91b6f96f9678f29b0bfe42565e0bea073d0055e0210548f7bcb17183ede", (205,)),
        OfficialFile("val.txt", 1479, "34b01f4b5e492e9f49d8173379a8f6fe72efb8c3a7cc51048daddb06758154fa", (87,)),
        OfficialFile("test.txt", 1224, "9cadeca2bb1d186b22b27c56b14c95e46c4c44d0fbc7a918bf96af9fb5064742", (72,)),
    ),
    mirrors=(),  # the photographs of 640 x 480 pixels were reduced for the book
    embedded=OfficialFile(
        "studies/cells.npz", 198979, "3bf6e7ea4c2f024f477566cdf062d51adbf13e7e3cc0cacfada78bfafd9b8366"
    ),
    whole=True,
)
RED, WHITE = 0, 1  # the kinds of cells that are looked for; 2 are platelets
PIXEL, WIDTH, HEIGHT = 16, 640, 480  # of a photograph's own pixels: those that are one here, across and down; and all
STEP = 8  # of 256 shades of grey are one level
SAME_PLACE = (  # groups of photographs that show one place, in part; measure/studies/objects.py found them
    *((19, 20), (35, 36), (38, 39), (96, 97), (142, 164), (174, 175, 244, 245), (176, 246), (192, 193, 231, 232)),
    *((194, 230), (195, 229), (196, 228), (197, 227), (198, 226), (199, 225), (200, 224), (201, 223), (202, 222)),
    *((205, 221), (206, 220), (207, 208), (210, 216, 217), (211, 218), (212, 215), (335, 355), (338, 353), (339, 351)),
    *((341, 350), (343, 348)),
)


def load_cells() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """364 photographs of blood with a box around each cell that was labelled, reduced to 40 x 30 pixels; with the book.

    The BCCD Dataset (Shenggan and others, 2017-2019, https://github.com/Shenggan/BCCD_Dataset, MIT), whole, but of
    each photograph of 640 x 480 pixels the green light alone, the mean of each 16 x 16 pixels, in 32 shades at most;
    and without two boxes of one pixel (https://github.com/Shenggan/BCCD_Dataset/issues/11).

    Returns
    -------
    light : array (364, 30, 40): the green light, from 0 to 1.
    boxes : integer array (4886, 6), one row for each labelled cell: its photograph, its kind (0 red cell, 1 white cell,
        2 platelet), and its box in the photograph's own pixels: left, top, right, bottom.
    part : integer array (364,), as its makers set the photographs aside: 0 to learn from (205), 1 to choose by (87), 2
        to be tested (72).

    Raises
    ------
    ValueError
        If the file that came with the book is cut or changed.
    """
    file = embedded_arrays(CELLS)
    return file["levels"] * (STEP / 255), file["boxes"].T.astype(np.intp), file["part"].astype(np.intp)


Box = tuple[float, float, float, float]  # left, top, right, bottom, in a photograph's own pixels
Found = tuple[float, int, Box]  # a score, the photograph's number, and a box


def apart(part: np.ndarray) -> list[np.ndarray]:
    """The photographs to learn from, to choose by and to be tested.

    Of those that show one place, only the ones of the latest part among them stay.
    """
    left_out = {i for group in SAME_PLACE for i in group if part[i] < max(part[j] for j in group)}
    return [np.array([i for i in np.flatnonzero(part == which) if i not in left_out]) for which in range(3)]


def of_kind(boxes: np.ndarray, kind: int, photographs: int = 364) -> list[list[Box]]:
    """For each photograph the boxes of the cells of this kind, as the labels say."""
    labelled = [[] for _ in range(photographs)]
    for photograph, of, *box in boxes.tolist():
        if of == kind:
            labelled[photograph].append(tuple(box))
    return labelled


def typical_size(labelled: Sequence[Sequence[Box]], photographs: Collection[int]) -> tuple[float, float]:
    """The median width and the median height of the boxes in these photographs."""
    sides = [(box[2] - box[0], box[3] - box[1]) for i in photographs for box in labelled[i]]
    width, height = np.median(sides, axis=0)
    return float(width), float(height)


def darkness(light: np.ndarray) -> np.ndarray:
    """How much darker each pixel is than its photograph's background, its brightest twentieth; about 1 in nuclei."""
    background = np.percentile(light, 95, axis=(1, 2), keepdims=True)
    return 3 * (background - light)


def area(box: Box) -> float:
    """Width times height."""
    return (box[2] - box[0]) * (box[3] - box[1])


def iou(a: Box, b: Box) -> float:
    """Intersection over union: the area that two boxes share, of the area that they cover together."""
    across = min(a[2], b[2]) - max(a[0], b[0])
    down = min(a[3], b[3]) - max(a[1], b[1])
    if across <= 0 or down <= 0:  # they do not meet
        return 0.0
    both = across * down
    return both / (area(a) + area(b) - both)


def hits(found: Sequence[Found], labelled: Sequence[Sequence[Box]], least: float) -> np.ndarray:
    """For each cell found, best score first, whether it meets a labelled box, each of which counts once."""
    free = [list(boxes) for boxes in labelled]
    hit = []
    for _, photograph, box in sorted(found, key=lambda one: -one[0]):
        best = max(free[photograph], key=lambda label: iou(box, label), default=None)
        hit.append(best is not None and iou(box, best) >= least)
        if hit[-1]:
            free[photograph].remove(best)
    return np.array(hit, bool)


def average_precision(hit: np.ndarray, labels: int) -> float:
    """The mean, over so many labelled cells, of the precision when each was found; 0 for one never found."""
    precision = np.cumsum(hit) / np.arange(1, len(hit) + 1)
    return float(precision[hit].sum() / labels)


def blobs(dark: np.ndarray) -> list[list[tuple[int, int]]]:
    """The groups of True pixels that touch side by side: of each the (row, column) of its pixels."""
    remaining = {(int(row), int(column)) for row, column in zip(*np.nonzero(dark), strict=True)}
    found = []
    while remaining:
        blob = [min(remaining)]
        remaining.remove(blob[0])
        for row, column in blob:  # it grows while it is walked along
            beside = {(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)} & remaining
            remaining -= beside
            blob += sorted(beside)
        found.append(blob)
    return found


def near_centres(boxes: np.ndarray, photographs: int = 364, radius: float = 1.1) -> np.ndarray:
    """The maps to be learned, (photographs, 2, 30, 40): 1 within so many pixels of a labelled cell's centre, else 0."""
    target = np.zeros((photographs, 2, HEIGHT // PIXEL, WIDTH // PIXEL), np.float32)
    rows, columns = np.indices(target.shape[2:]) + 0.5
    for photograph, kind, left, top, right, bottom in boxes.tolist():
        if kind in (RED, WHITE):
            x, y = (left + right) / 2 / PIXEL, (top + bottom) / 2 / PIXEL
            target[photograph, kind][(columns - x) ** 2 + (rows - y) ** 2 <= radius**2] = 1
    return target


def peaks(map_: np.ndarray, least: float = 0.02) -> list[tuple[float, int, int]]:
    """The pixels of a map that are the largest of the 5 x 5 around them, and not below `least`: (p, row, column)."""
    around = sliding_window_view(np.pad(map_, 2, constant_values=-1.0), (5, 5)).max(axis=(2, 3))
    places = zip(*np.nonzero((map_ == around) & (map_ >= least)), strict=True)
    return [(float(map_[row, column]), int(row), int(column)) for row, column in places]


def box_around(row: int, column: int, size: tuple[float, float]) -> Box:
    """The box of this size around a pixel's middle, as far as the photograph reaches."""
    x, y = (column + 0.5) * PIXEL, (row + 0.5) * PIXEL
    width, height = size
    return (
        max(0.0, x - width / 2),
        max(0.0, y - height / 2),
        min(float(WIDTH), x + width / 2),
        min(float(HEIGHT), y + height / 2),
    )


def found_in(maps: np.ndarray, photographs: Sequence[int], size: tuple[float, float]) -> list[Found]:
    """The cells that the maps (n, 30, 40) of these photographs show: each peak, with the typical box around it."""
    return [
        (p, int(photograph), box_around(row, column, size))
        for map_, photograph in zip(maps, photographs, strict=True)
        for p, row, column in peaks(map_)
    ]


def _arrays(originals: Sequence[bytes]) -> dict[str, np.ndarray]:
    """The green light in levels (364, 30, 40), the boxes (6, 4886), and each photograph's part (364,)."""
    with np.load(BytesIO(originals[0]), allow_pickle=False) as file:
        green, boxes = file["images"][..., 1], file["boxes"]
    n, height, width = green.shape
    means = green.reshape(n, height // 2, 2, width // 2, 2).mean(axis=(2, 4))
    listed = {name: part for part, names in enumerate(originals[1:]) for name in names.decode().split()}
    part = [listed[name] for name in sorted(listed)]
    return {"levels": (means // STEP).astype(np.uint8), "boxes": boxes.T.copy(), "part": np.array(part, np.uint8)}


SETS = (Set(CELLS, load_cells, _arrays),)
