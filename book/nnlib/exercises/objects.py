"""Exercises of Objects."""

from functools import cache

import numpy as np

from nnlib.exercises.kinds import Choice, explain_it, fix_it, predict_it, stretch_it
from nnlib.studies import objects
from nnlib.studies.objects import blobs


@predict_it(
    "Five found, one missed",
    minutes=4,
    hints=(
        "Go down the list, the surest first. At which places stand hits, and how many hits are there up to each?",
        "The hits stand at places 1, 2 and 5: there the precision is 1 of 1, 2 of 2, and 3 of 5.",
        "One labelled cell was never found: (1 + 1 + 3/5 + 0) / 4.",
    ),
    why="The precisions at the hits are 1, 1 and 3/5, the cell that was missed gives 0, and four cells are labelled: "
    "2.6 / 4 = 0.65.",
    within=6e-4,
    mistakes=(
        (2.6 / 3, "this is the mean over the cells that were found; the one that was missed counts too, as 0"),
        (2.6 / 5, "this is the mean over the cells found, hits or not; asked for is that over the labelled ones"),
        ((1 + 1 + 2 / 3 + 2 / 4 + 3 / 5) / 5, "this is the precision at every place; it counts at hits alone"),
        (3 / 5, "this is the precision at the end of the list; the order counts as well"),
        (3 / 4, "this is the recall at the end of the list; the order counts as well"),
        (65, "as a number from 0 to 1, please"),
    ),
)
def five_found():
    """The average precision of five cells found, hits at places 1, 2 and 5, where four cells are labelled."""
    hit = [True, True, False, False, True]
    precisions = [sum(hit[: place + 1]) / (place + 1) for place in range(5) if hit[place]]
    return sum(precisions) / 4


def _two_boxes(rng):
    """Two boxes: in a third of the cases each they meet, are apart across or down, are apart both ways."""
    left, top, across, down, width, height = (int(n) for n in rng.integers(10, 30, 6))
    a = (left, top, left + across, top + down)
    ways = ((0, 0), (1, 1), (0, 1) if rng.random() < 0.5 else (1, 0))[rng.integers(3)]
    shift = [int(side + rng.integers(1, 6)) if way else 3 for way, side in zip(ways, (across, down), strict=True)]
    return a, (left + shift[0], top + shift[1], left + shift[0] + width, top + shift[1] + height)


def _shared(a, b):
    across = min(a[2], b[2]) - max(a[0], b[0])
    down = min(a[3], b[3]) - max(a[1], b[1])
    return across, down


def _as_given(a, b):
    across, down = _shared(a, b)
    both = across * down
    return both / (objects.area(a) + objects.area(b) - both)


def _one_side(a, b):
    across, down = _shared(a, b)
    both = max(0, across * down)
    return both / (objects.area(a) + objects.area(b) - both)


def _sizes(a, b):
    across, down = _shared(a, b)
    both = abs(across) * abs(down)
    return both / (objects.area(a) + objects.area(b) - both)


def _twice(a, b):
    across, down = _shared(a, b)
    return max(0, across) * max(0, down) / (objects.area(a) + objects.area(b))


@fix_it(
    "Boxes that share nothing",
    minutes=5,
    hints=(
        "Draw two boxes, one at the upper left and one at the lower right. What are `across` and `down`?",
        "Boxes that are apart across have a negative `across`. If they are apart down too, what is the product?",
        "Neither side of what they share is below 0: `max(0, across)`, and the same of `down`.",
    ),
    why="Where boxes lie apart across and down, both lengths are negative, and their product is positive: an overlap "
    "out of nothing. So each length has to be made 0 by itself, before they are multiplied.",
    inputs=_two_boxes,
    tries=60,
    mistakes=(
        (_as_given, "two boxes that are apart across and down still overlap"),
        (_one_side, "nearly: the product of two negative lengths is positive, so look at each length by itself"),
        (_sizes, "a negative length is a gap; without its sign it counts as an overlap"),
        (_twice, "the lengths are right; but what both share is counted twice in the sum of the areas"),
    ),
    also_right=(objects.iou,),
)
def overlap(a, b):
    """The overlap (IoU) of two boxes, each left, top, right, bottom; 0 if they share nothing."""
    across = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    down = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    both = across * down
    area_a = (a[2] - a[0]) * (a[3] - a[1])
    area_b = (b[2] - b[0]) * (b[3] - b[1])
    return both / (area_a + area_b - both)


@explain_it(
    "Right in the sum",
    minutes=2,
    question="A detector counts cars on 1,000 photographs of car parks. In all it finds 20,010 cars, and 20,000 are "
    "labelled. Its maker says: it miscounts by 10 cars in 20,000. What do these two sums say of a single car park?",
    hints=(
        "Two car parks, each with 20 cars. It counts 5 in the first one and 35 in the second. What is the sum?",
        "Which errors can a sum not see?",
    ),
    why="Sums compare too many here with too few there. How far off a single count is, only the counts one by one say.",
)
def right_sum():
    return (
        Choice(
            "The count of one car park is off by about 0.05 %, too.",
            "in the sum, too many here and too few there cancel; in one car park nothing does",
        ),
        Choice(
            "Nearly nothing: what is too much in some may make up for what is too little in others.",
            "yes: the excess can be 0 while every count is wrong",
            right=True,
        ),
        Choice(
            "Each count is off by 10 cars at most, since the sum is.",
            "1,000 counts that are off by 30 cars, half of them up and half down, have the same sum",
        ),
        Choice(
            "That it found nearly all cars, each in its place.",
            "a car that was missed and a lorry that was taken for one have the sum right as well",
        ),
    )


REACH = 0.8


@cache
def _photographs(which):
    """The darkness of the photographs to choose by (1) or to be tested (2), and the boxes of their white cells."""
    light, boxes, part = objects.load_cells()
    photographs = objects.apart(part)[which]
    labelled = objects.of_kind(boxes, objects.WHITE)
    return objects.darkness(light)[photographs], [labelled[i] for i in photographs]


def _hits_of(finder, which):
    """Which of the white cells that a rule finds in a part are hits, best score first, and how many are labelled."""
    pictures, labelled = _photographs(which)
    found = []
    for number, picture in enumerate(pictures):
        for score, box in finder(picture.copy()):
            if len(box) != 4:
                raise ValueError(f"got a box of {len(box)} numbers, expected left, top, right, bottom")
            found.append((float(score), number, tuple(float(side) for side in box)))
    return objects.hits(found, labelled, 0.5), sum(map(len, labelled))


def _measure_finder(finder):
    """The average precision of a rule that finds white cells in photographs."""
    hit, labels = _hits_of(finder, 1)
    if not len(hit):
        return "it finds nothing at all", False
    reached = objects.average_precision(hit, labels)
    said = f"average precision {reached:.2f}, {hit.sum()} of {labels} white cells found"
    if reached >= REACH:
        tested = objects.average_precision(*_hits_of(finder, 2))
        return f"{said}; on the test photographs {tested:.2f}", True
    other = np.mean(hit[:labels]) < 0.4
    why = (
        "most of the surest are no white cells"
        if other
        else "some boxes lie, or are as large, otherwise than the cells"
    )
    return f"{said}: not yet {REACH:.2f}, {why}", False


def _all_blobs(picture, least=0.3, more=0):
    for blob in blobs(picture >= least):
        rows, columns = zip(*blob, strict=True)
        left, top = max(0, 16 * min(columns) - more), max(0, 16 * min(rows) - more)
        right, bottom = min(640, 16 * max(columns) + 16 + more), min(480, 16 * max(rows) + 16 + more)
        yield len(blob), (left, top, right, bottom)


def _blurred(picture):
    row = np.pad(picture, 1, mode="edge")
    row = (row[:, :-2] + row[:, 1:-1] + row[:, 2:]) / 3
    return (row[:-2] + row[1:-1] + row[2:]) / 3


@stretch_it(
    "White cells by a rule",
    minutes=20,
    hints=(
        "Take the blobs of all pixels from 0.7 on, and as their score the number of their pixels. A blob is a list of "
        "(row, column): its box runs from the least column and row to the largest ones, each times 16; add 16 to the "
        "right and the bottom, for a pixel is 16 wide.",
        "That box is around the dark nucleus. How much larger is the cell? Let the box reach further on each side, but "
        "not out of the photograph of 640 × 480.",
        "From 0.8 on, and 16 further on each side, is the rule of the page.",
    ),
    why="Nearly every white cell has a nucleus of 0.8 or darker, and other dark spots are mostly smaller: so the "
    "largest blobs come first; the pale rim is added. Rules that do as well on the validation photographs may differ "
    "on the test ones: 81 photographs choose between close rules by chance, too.",
    measure=_measure_finder,
    mistakes=(
        (lambda picture: list(_all_blobs(picture)), "most of the surest are no white cells"),
        (lambda picture: list(_all_blobs(picture, 0.7)), "some boxes lie, or are as large, otherwise"),
        (lambda picture: [], "it finds nothing at all"),
    ),
    also_right=(
        lambda picture: list(_all_blobs(picture, 0.8, 24)),
        lambda picture: list(_all_blobs(_blurred(picture), 0.7, 24)),
    ),
)
def white_cells(picture):
    """picture: darkness (30, 40); returns a list of (score, box), boxes in the photograph's 640 x 480 pixels."""
    found = []
    for blob in blobs(picture >= 0.8):
        rows, columns = [row for row, _ in blob], [column for _, column in blob]
        left, top = 16 * min(columns) - 16, 16 * min(rows) - 16
        right, bottom = 16 * max(columns) + 32, 16 * max(rows) + 32
        found.append((len(blob), (max(0, left), max(0, top), min(640, right), min(480, bottom))))
    return found
