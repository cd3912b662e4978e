"""Find and count blood cells: a network of kernels beside blobs, a line through pixels, and the mean count.

    python -m measure.studies.objects      or `make STUDY=objects study`: about 10 minutes

The photographs are those of `load_cells`, learned from, chosen by and tested as their makers set them aside, without
those that show a place of a later part. Each way gives cells with scores, of red and of white cells. How well it finds
is the average precision, at overlaps (IoU) of 0.5 and 0.3, with boxes of the typical size or, of blobs, their own. What
a way leaves open is chosen on the validation part, by the average precision at 0.5, the mean of both kinds; of the
network in the mean of two seeds of their own. How well it counts: the threshold of the score is put where as many cells
are found in the validation part as are labelled there; "bias" is how many more are then found than labelled in a test
photograph, in the mean, "miss" how far off the count is, either way. "line" does not take the count as it is, but for
what it tells of the labels: by a straight line from found to labelled, fitted to the validation part.

"drawn" is a control on photographs that the program draws, where every cell is known: the same network learns once from
all labels, once from labels of which each photograph has lost a share, and once from labels of which a photograph has
lost the more, the more cells it has. With "complete", its threshold was put by complete labels all the same.

"drawn anew" draws the test photographs anew, with repetitions, and says between what 95 in 100 of such draws lie: of
how much more each seed's counts of red cells miss by than the mean count, of its average precision on red cells, and of
how much higher that of dark blobs is on white ones. "least miss" puts the threshold where the miss in the validation
part is least. "first weights" trains the network from first weights such as PyTorch draws.

It writes `book/measured/studies/objects.json`, and the first seed's network and thresholds to
`book/nnlib/alive/objects/weights.npz`. "alike" lays every two photographs over each other, to find those that show one
place. With `--torch` it trains the same network in PyTorch, and nothing else; other options measure one part alone.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from functools import cache
from io import BytesIO
from itertools import combinations, product
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from measure import MEASURED, store
from nnlib import Adam, BinaryCrossEntropy, Conv2d, Network, ReLU, cosine, he_normal, train_epochs
from nnlib.alive import objects as glass
from nnlib.fetch import fetch_all
from nnlib.layers import sigmoid
from nnlib.studies.objects import (
    CELLS,
    HEIGHT,
    PIXEL,
    RED,
    WHITE,
    WIDTH,
    Box,
    Found,
    apart,
    average_precision,
    blobs,
    darkness,
    found_in,
    hits,
    load_cells,
    near_centres,
    of_kind,
    typical_size,
)

SEEDS, CHOICE_SEEDS = (0, 1, 2, 3, 4), (100, 101)
KERNELS, SIZE, EPOCHS, BATCH_SIZE = 8, 5, 24, 8
RADII, RATES = (1.1, 1.5), (0.01, 0.03)  # of what is 1 around a centre, in pixels
DARK = {RED: (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5), WHITE: (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)}
KINDS = {"red": RED, "white": WHITE}
SHADE = 0.3  # from which darkness on a pixel belongs to a cell, for what is told of the labels
WINDOW = 13  # what the network's last layer sees of the photograph, across and down
ALIKE = 0.6  # from which correlation on two photographs show one place
LEAST_KEPT = 0.35  # of a drawn photograph's labels
FEWEST, MOST = 4, 20  # cells on a drawn photograph

Ways = dict[str, list[Found]]  # the cells found, by their kind
Share = Callable[[int, np.random.Generator], float]  # of so many cells on a drawn photograph, those that are labelled
KEPT: dict[str, Share] = {
    "all labels": lambda cells, rng: 1.0,
    "labels missing": lambda cells, rng: rng.uniform(LEAST_KEPT, 1.0),
    "crowds skipped": lambda cells, rng: 1 - (1 - LEAST_KEPT) * (cells - FEWEST) / (MOST - FEWEST),
}


class World(NamedTuple):
    """Photographs with their labels: x (n, 1, 30, 40), the maps to be learned, boxes by kind, and the three parts."""

    x: np.ndarray
    boxes: np.ndarray
    labelled: dict[str, list[list[Box]]]
    parts: list[np.ndarray]

    def counts(self, kind: str) -> np.ndarray:
        """How many cells are labelled in each photograph."""
        return np.array([len(boxes) for boxes in self.labelled[kind]])

    def size(self, kind: str) -> tuple[float, float]:
        """The typical size of a cell to learn from."""
        return typical_size(self.labelled[kind], self.parts[0])


@cache
def blood() -> World:
    """The photographs of blood."""
    light, boxes, part = load_cells()
    x = darkness(light)[:, None].astype(np.float32)
    return World(x, boxes, {name: of_kind(boxes, kind) for name, kind in KINDS.items()}, apart(part))


def untrained(rng: np.random.Generator, kernels: int = KERNELS) -> Network:
    """Three layers of kernels, from a photograph to a map of red and a map of white cells, as logits."""
    height, width = HEIGHT // PIXEL, WIDTH // PIXEL
    keep = {"padding": SIZE // 2, "dtype": np.float32}
    return Network(
        Conv2d((1, height, width), kernels, SIZE, rng, init=he_normal, **keep),
        ReLU(),
        Conv2d((kernels, height, width), kernels, SIZE, rng, init=he_normal, **keep),
        ReLU(),
        Conv2d((kernels, height, width), 2, SIZE, rng, **keep),
    )


def as_in_torch(rng: np.random.Generator) -> Network:
    """The network with first kernels and biases such as PyTorch draws them: evenly, up to 1 / sqrt(n_in)."""
    network = untrained(rng)
    for layer in network.layers:
        for p in layer.parameters():
            p.value[...] = rng.uniform(-1, 1, p.value.shape) / np.sqrt(layer.K[0].size)
    return network


def trained(
    world: World,
    seed: int,
    radius: float,
    rate: float,
    first: Callable[[np.random.Generator], Network] = untrained,
    epochs: int = EPOCHS,
) -> Network:
    """The network, taught where the labelled centres are; the rate falls to 0."""
    rng, learn = np.random.default_rng(seed), world.parts[0]
    network, target = first(rng), near_centres(world.boxes, len(world.x), radius)
    adam = Adam(network.parameters(), cosine(rate, epochs * -(-len(learn) // BATCH_SIZE)))
    settings = {"epochs": epochs, "batch_size": BATCH_SIZE, "rng": rng}
    for _ in train_epochs(network, BinaryCrossEntropy(), adam, world.x[learn], target[learn], **settings):
        pass
    return network


def by_maps(world: World, maps: Callable[[np.ndarray], np.ndarray], photographs: Sequence[int]) -> Ways:
    """What a way finds that makes two maps of logits (n, 2, 30, 40) of photographs (n, 1, 30, 40)."""
    p = sigmoid(np.asarray(maps(world.x[photographs]), float))
    return {name: found_in(p[:, kind], photographs, world.size(name)) for name, kind in KINDS.items()}


def gathered(world: World, photographs: Sequence[int], dark: float) -> dict[int, list]:
    """The blobs of each of these photographs, of pixels that are so dark."""
    return {int(i): blobs(world.x[i, 0] >= dark) for i in photographs}


def cells_of(found: dict[int, list], size: tuple[float, float], more: int | None, large: bool) -> list[Found]:
    """What blobs find: the largest first, or those nearest to the typical area.

    Their box is their own, so many pixels larger on each side, or, with None, the typical one around its middle.
    """
    width, height = size
    cells = []
    for photograph, each in found.items():
        for blob in each:
            rows, columns = zip(*blob, strict=True)
            sides = (min(columns) * PIXEL, min(rows) * PIXEL, (max(columns) + 1) * PIXEL, (max(rows) + 1) * PIXEL)
            across = down = (more or 0) * PIXEL
            if more is None:
                x, y = (sides[0] + sides[2]) / 2, (sides[1] + sides[3]) / 2
                sides, across, down = (x, y, x, y), width / 2, height / 2
            left, top, right, bottom = sides
            box = (
                max(0, left - across),
                max(0, top - down),
                min(WIDTH, right + across),
                min(HEIGHT, bottom + down),
            )
            share = len(blob) * PIXEL**2 / (width * height)
            cells.append((float(share if large else -abs(np.log(share))), photograph, box))
    return cells


def by_blobs(world: World, photographs: Sequence[int], settings: dict[str, dict]) -> Ways:
    """What dark blobs find, by the settings of each kind."""
    return {
        name: cells_of(gathered(world, photographs, one["dark"]), world.size(name), one["more"], one["large"])
        for name, one in settings.items()
    }


def windows(x: np.ndarray) -> np.ndarray:
    """For each pixel of photographs (n, 1, 30, 40) the 13 x 13 around it, as a row."""
    padded = np.pad(x[:, 0], ((0, 0), (WINDOW // 2,) * 2, (WINDOW // 2,) * 2))
    return sliding_window_view(padded, (WINDOW, WINDOW), axis=(1, 2)).reshape(-1, WINDOW**2)


def by_scikit_learn(world: World, radius: float) -> Callable[[np.ndarray], np.ndarray]:
    """Two maps by scikit-learn: for each pixel a logistic regression on the 13 x 13 pixels around it."""
    from sklearn.linear_model import LogisticRegression

    learn = world.parts[0]
    target = near_centres(world.boxes, len(world.x), radius)[learn]
    rows = windows(world.x[learn])
    fitted = [LogisticRegression(max_iter=300).fit(rows, target[:, kind].ravel()) for kind in KINDS.values()]
    return lambda x: np.stack(
        [one.decision_function(windows(x)).reshape(len(x), *x.shape[2:]) for one in fitted], axis=1
    )


def by_torch(world: World, seed: int, radius: float, rate: float) -> Callable[[np.ndarray], np.ndarray]:
    """The same network in PyTorch, from its own first weights and in its own order."""
    import torch

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    layers = []
    for channels, kernels in ((1, KERNELS), (KERNELS, KERNELS), (KERNELS, 2)):
        layers += [*([torch.nn.ReLU()] if layers else []), torch.nn.Conv2d(channels, kernels, SIZE, padding="same")]
    model, learn = torch.nn.Sequential(*layers), world.parts[0]
    x, target = (torch.from_numpy(a[learn]) for a in (world.x, near_centres(world.boxes, len(world.x), radius)))
    optimizer = torch.optim.Adam(model.parameters(), rate)
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS * -(-len(learn) // BATCH_SIZE))
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(x)).split(BATCH_SIZE):
            optimizer.zero_grad()
            torch.nn.functional.binary_cross_entropy_with_logits(model(x[batch]), target[batch]).backward()
            optimizer.step()
            falling.step()
    return lambda x: model(torch.from_numpy(x)).detach().numpy()


def found_well(world: World, found: Ways, photographs: Sequence[int], least: float) -> dict[str, float]:
    """The average precision of each kind at this overlap."""
    return {
        name: average_precision(
            hits(cells, world.labelled[name], least), int(world.counts(name)[list(photographs)].sum())
        )
        for name, cells in found.items()
    }


def threshold(cells: list[Found], labels: int) -> float:
    """From which score on as many are found as there are labels, or all, if that is fewer."""
    scores = sorted((score for score, *_ in cells), reverse=True)
    return scores[min(labels, len(scores)) - 1]


def counted(cells: list[Found], least: float, photographs: Sequence[int]) -> np.ndarray:
    """How many cells are found in each of these photographs with this score or a higher one."""
    where = [photograph for score, photograph, _ in cells if score >= least]
    return np.array([where.count(photograph) for photograph in photographs])


def errors(found: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """By how many cells counts lie above the labels in the mean, and how far off they are, either way."""
    return {"bias": float(np.mean(found - labels)), "miss": float(np.mean(np.abs(found - labels)))}


def interpolated(hit: np.ndarray, labels: int) -> float:
    """Average precision as contests have it: each precision is the best there is from there on."""
    precision = np.cumsum(hit) / np.arange(1, len(hit) + 1)
    return float(np.maximum.accumulate(precision[::-1])[::-1][hit].sum() / labels)


def by_a_line(found: Sequence[np.ndarray], labels: Sequence[np.ndarray]) -> dict[str, float]:
    """Counts as a straight line makes them of what is found, fitted to the first photographs, judged by the second."""
    slope, start = np.polyfit(found[0], labels[0], 1)
    correlation = float(np.corrcoef(found[1], labels[1])[0, 1])
    return {"slope": float(slope), "correlation": correlation, **errors(start + slope * found[1], labels[1])}


def judged(world: World, choose: Ways, test: Ways) -> dict:
    """How well a way finds and counts in the test part."""
    validation, photographs = world.parts[1:]
    answer = {"0.5": found_well(world, test, photographs, 0.5), "0.3": found_well(world, test, photographs, 0.3)}
    answer["count"] = {}
    for name, cells in test.items():
        labels = world.counts(name)
        least = threshold(choose[name], int(labels[validation].sum()))
        sure = [one for one in cells if one[0] >= least]
        hit = hits(sure, world.labelled[name], 0.5)
        all_hits = hits(cells, world.labelled[name], 0.5)
        of_test = labels[photographs]
        counts = [counted(choose[name], least, validation), counted(cells, least, photographs)]
        answer["count"][name] = {
            "threshold": least,
            **errors(counts[1], of_test),
            "line": by_a_line(counts, [labels[validation], of_test]),
            "precision": float(hit.mean()),
            "recall": float(hit.sum() / of_test.sum()),
            "recall of all": float(all_hits.sum() / of_test.sum()),
            "interpolated": interpolated(all_hits, int(of_test.sum())),
        }
    return answer


@cache
def in_a_box() -> np.ndarray:
    """Which pixels of the photographs of blood lie in a box of any kind, at least in part."""
    inside = np.zeros((364, HEIGHT // PIXEL, WIDTH // PIXEL), bool)
    for photograph, _, left, top, right, bottom in blood().boxes.tolist():
        inside[photograph, top // PIXEL : -(-bottom // PIXEL), left // PIXEL : -(-right // PIXEL)] = True
    return inside


def without_box(world: World) -> np.ndarray:
    """Of each photograph, the share of the dark pixels that lie in no box."""
    dark = world.x[:, 0] >= SHADE
    return (dark & ~in_a_box()).sum(axis=(1, 2)) / dark.sum(axis=(1, 2))


def of_the_labels(world: World) -> dict:
    """What can be told of the labels themselves."""
    dark, labels = (world.x[:, 0] >= SHADE), world.counts("red")
    outside = without_box(world)
    return {
        "dark without a box": float((dark & ~in_a_box()).sum() / dark.sum()),
        "least and most": [float(outside.min()), float(outside.max())],
        "without a red box": int((labels == 0).sum()),
        "red": {"mean": float(labels.mean()), "most": int(labels.max())},
        "white": {str(n): int((world.counts("white") == n).sum()) for n in range(3)},
        "drawn twice": drawn_twice(world),
        "correlation of count and dark": float(np.corrcoef(labels, dark.sum(axis=(1, 2)))[0, 1]),
        "size": {name: world.size(name) for name in KINDS},
        "sides": {
            name: np.percentile(
                [box[2] - box[0] for i in world.parts[0] for box in world.labelled[name][i]], [5, 95]
            ).tolist()
            for name in KINDS
        },
    }


def drawn_twice(world: World, least: float = 0.7) -> int:
    """How many red cells have two boxes that are nearly the same."""
    from nnlib.studies.objects import iou

    return sum(
        iou(a, b) > least for boxes in world.labelled["red"] for i, a in enumerate(boxes) for b in boxes[i + 1 :]
    )


def originals() -> np.ndarray:
    """The photographs in grey, (364, 60, 80), as the book's data were reduced from; they do not come with it."""
    with np.load(BytesIO(fetch_all(CELLS)[0]), allow_pickle=False) as file:
        return file["images"].mean(axis=3)


def alike(grey: np.ndarray, overlap: float = 0.25) -> list[tuple[float, int, int]]:
    """How alike each two photographs (n, height, width) are, laid over each other as well as it goes, most alike first.

    Alike is the correlation of the part, at least so large a share, in which both lie over each other; each pixel less
    the mean of the 9 x 9 around it, so that edges count and not how bright a corner is.
    """
    n, *sides = grey.shape
    padded = np.pad(grey, ((0, 0), (4, 4), (4, 4)), mode="edge")
    detail = grey - sliding_window_view(padded, (9, 9), axis=(1, 2)).mean(axis=(3, 4))
    shape = tuple(2 * side for side in sides)
    one = np.fft.rfft2(np.ones(sides), shape)
    spectra, squares = (np.fft.rfft2(a, shape).astype(np.complex64) for a in (detail, detail**2))
    enough = np.rint(np.fft.irfft2(one * one.conj(), shape)) >= overlap * np.prod(sides)
    of_first = [np.fft.irfft2(one * each.conj(), shape) for each in squares]
    of_second = [np.fft.irfft2(each * one.conj(), shape) for each in squares]
    found = []
    for i, j in combinations(range(n), 2):
        shared = np.fft.irfft2(spectra[j] * spectra[i].conj(), shape)
        r = shared / np.sqrt(np.maximum(of_first[i] * of_second[j], 1))
        found.append((float(r[enough].max()), i, j))
    return sorted(found, reverse=True)


def groups(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, ...]]:
    """What hangs together by pairs."""
    found: list[set[int]] = []
    for pair in pairs:
        joined = set(pair).union(*(group for group in found if group & set(pair)))
        found = [group for group in found if not group & joined] + [joined]
    return sorted(tuple(sorted(group)) for group in found)


def plain_counts(world: World) -> dict:
    """Counting without finding: the mean count, and scikit-learn's line through how much is dark and very dark."""
    from sklearn.linear_model import LinearRegression

    learn, _, test = world.parts
    shades = np.stack([(world.x[:, 0] >= shade).sum(axis=(1, 2)) for shade in (SHADE, 0.8)], axis=1)
    answer = {}
    for name in KINDS:
        labels = world.counts(name)
        line = LinearRegression().fit(shades[learn], labels[learn])
        answer[name] = {
            "mean": float(labels[learn].mean()),
            "mean count": errors(np.full(len(test), labels[learn].mean()), labels[test]),
            "scikit-learn, LinearRegression": errors(line.predict(shades[test]), labels[test]),
        }
    return answer


def drawn_anew(differences: np.ndarray, rng: np.random.Generator, times: int = 10_000) -> list[float]:
    """Between what 95 in 100 means lie, of as many photographs, drawn from these with replacement."""
    drawn = rng.integers(0, len(differences), (times, len(differences)))
    return np.percentile(differences[drawn].mean(axis=1), [2.5, 97.5]).tolist()


class Listed(NamedTuple):
    """The cells found, the surest first: in which of the photographs, counted from 0, and which are hits."""

    photograph: np.ndarray
    hit: np.ndarray

    def precision(self, times: np.ndarray, labels: np.ndarray) -> float:
        """The average precision where each photograph is there so many times."""
        return average_precision(np.repeat(self.hit, times[self.photograph]), int((times * labels).sum()))


def listed(world: World, name: str, cells: list[Found], photographs: np.ndarray) -> Listed:
    """The cells of a kind that were found in these photographs."""
    where = {int(i): place for place, i in enumerate(photographs)}
    order = sorted(cells, key=lambda one: -one[0])
    return Listed(np.array([where[i] for _, i, _ in order]), hits(order, world.labelled[name], 0.5))


def precision_drawn_anew(
    world: World, name: str, cells: list[Found], less: list[Found] | None, rng: np.random.Generator, times: int = 2000
) -> list[float]:
    """Between what 95 in 100 average precisions lie, less those of other cells, in test photographs drawn anew."""
    photographs = world.parts[2]
    labels = world.counts(name)[photographs]
    ways = [listed(world, name, each, photographs) for each in (cells, less) if each is not None]
    found = []
    for _ in range(times):
        drawn = np.bincount(rng.integers(0, len(photographs), len(photographs)), minlength=len(photographs))
        precisions = [way.precision(drawn, labels) for way in ways]
        found.append(precisions[0] - sum(precisions[1:]))
    return np.percentile(found, [2.5, 97.5]).tolist()


def least_miss(cells: list[Found], labels: np.ndarray, photographs: Sequence[int]) -> float:
    """The threshold, in hundredths, from which on the counts are least far off the labels of these photographs."""
    tried = np.arange(2, 99) / 100
    return float(min(tried, key=lambda least: errors(counted(cells, least, photographs), labels)["miss"]))


def drawn(seed: int, kept: Share, n: int = 354) -> tuple[World, np.ndarray]:
    """Photographs that are drawn, of which each has kept a share of its labels; and how many cells each has."""
    rng = np.random.default_rng([seed, 1])
    height, width = HEIGHT // PIXEL, WIDTH // PIXEL
    rows, columns = np.indices((height, width)) + 0.5
    x, boxes, true = np.zeros((n, 1, height, width)), [], np.zeros(n, int)
    for i in range(n):
        places: list[np.ndarray] = []
        wanted = int(rng.integers(FEWEST, MOST + 1))
        while len(places) < wanted:
            place = rng.uniform((1, 1), (height - 1, width - 1))
            if all(np.hypot(*(place - other)) > 4.2 for other in places):
                places.append(place)
        share = kept(wanted, rng)
        for row, column in places:
            radius, away = rng.uniform(2.8, 3.6), np.hypot(rows - row, columns - column)
            cell = 0.45 * (1 - 0.6 * np.exp(-((away / 1.2) ** 2))) * (away < radius)
            x[i, 0] = np.maximum(x[i, 0], cell)
            if rng.random() < share:
                sides = (column - radius, row - radius, column + radius, row + radius)
                boxes.append([i, RED, *(round(PIXEL * side) for side in sides)])
        true[i] = wanted
    x += 0.05 * rng.standard_normal(x.shape)
    boxes = np.array(boxes)
    parts = np.split(np.arange(n), [199, 282])
    labelled = {"red": of_kind(boxes, RED, n), "white": of_kind(boxes, WHITE, n)}
    return World(x.astype(np.float32), boxes, labelled, parts), true


def control(seed: int, setting: dict) -> dict:
    """The same network on drawn photographs: how far off its counts are from the labels, and from the truth."""
    answer = {}
    for name, kept in KEPT.items():
        world, true = drawn(seed, kept)
        learn, choose, test = world.parts
        network, labels = trained(world, seed, **setting), world.counts("red")
        p = sigmoid(network.predict(world.x).astype(float))[:, RED]
        in_choose, in_test = (found_in(p[part], part, (96, 96)) for part in (choose, test))
        told = counted(in_test, threshold(in_choose, int(labels[choose].sum())), test)
        complete = counted(in_test, threshold(in_choose, int(true[choose].sum())), test)
        mean = np.full(len(test), labels[learn].mean())
        answer[name] = {
            "share of labels": float(labels.sum() / true.sum()),
            "by labels": errors(told, labels[test]),
            "mean count by labels": errors(mean, labels[test]),
            "by truth": errors(told, true[test]),
            "complete, by truth": errors(complete, true[test]),
            "mean count by truth": errors(mean, true[test]),
            "true mean count by truth": errors(np.full(len(test), true[learn].mean()), true[test]),
        }
    return answer


def best_of(world: World, found: list[tuple[dict, Callable[[Sequence[int]], Ways]]]) -> tuple[int, list]:
    """Which setting finds best in the validation part, and how well each does."""
    choose = world.parts[1]
    tried = [[setting, found_well(world, way(choose), choose, 0.5)] for setting, way in found]
    return int(np.argmax([np.mean(list(scores.values())) for _, scores in tried])), tried


def choose_network(world: World) -> tuple[dict, list]:
    """The radius and the rate that find best on the validation part, and how well all do."""
    choose, tried = world.parts[1], []
    for radius, rate in product(RADII, RATES):
        setting = {"radius": radius, "rate": rate}
        runs = [
            found_well(world, by_maps(world, trained(world, seed, **setting).predict, choose), choose, 0.5)
            for seed in CHOICE_SEEDS
        ]
        tried.append([setting, {name: float(np.mean([run[name] for run in runs])) for name in KINDS}])
        print(tried[-1], flush=True)
    return max(tried, key=lambda pair: np.mean(list(pair[1].values())))[0], tried


def choose_blobs(world: World) -> tuple[dict, list]:
    """From which darkness on a pixel belongs to a blob, whose box it has and which come first, for each kind."""
    choose, tried, best = world.parts[1], [], {}
    for name, kind in KINDS.items():
        of_kind_tried = []
        for dark in DARK[kind]:
            found = gathered(world, choose, dark)
            for more, large in product((None, 0, 1), (False, True)):
                ways = {name: cells_of(found, world.size(name), more, large)}
                setting = {"kind": name, "dark": dark, "more": more, "large": large}
                of_kind_tried.append([setting, found_well(world, ways, choose, 0.5)[name]])
        best[name] = max(of_kind_tried, key=lambda pair: pair[1])[0]
        tried += of_kind_tried
    return best, tried


def both(world: World, way: Callable[[Sequence[int]], Ways]) -> dict:
    """How well a way finds and counts, its threshold put by the validation part."""
    return judged(world, way(world.parts[1]), way(world.parts[2]))


def of_network(world: World, network: Network, blob: dict[str, dict]) -> dict:
    """The same of a network, and what its counts of red cells, and chance in the photographs, are like."""
    learn, choose, test = world.parts
    found = [by_maps(world, network.predict, part) for part in (choose, test)]
    answer, labels = judged(world, *found), world.counts("red")
    in_choose, in_test = (each["red"] for each in found)
    counts = counted(in_test, answer["count"]["red"]["threshold"], test)
    more = np.abs(counts - labels[test]) - np.abs(labels[learn].mean() - labels[test])
    least = least_miss(in_choose, labels[choose], choose)
    whites = by_blobs(world, test, blob)["white"]
    answer["least miss"] = {"threshold": least, **errors(counted(in_test, least, test), labels[test])}
    answer["drawn anew"] = {
        "misses more": drawn_anew(more, np.random.default_rng(0)),
        "red": precision_drawn_anew(world, "red", in_test, None, np.random.default_rng(0)),
        "white, blobs more": precision_drawn_anew(world, "white", whites, found[1]["white"], np.random.default_rng(0)),
    }
    return answer


def keep(network: Network, thresholds: Sequence[float]) -> None:
    """Store the weights that the interactive computes with, and the thresholds that it begins at."""
    weights = {name: value.astype("<f4") for name, value in network.state().items()}
    np.savez(glass.WEIGHTS, thresholds=np.array(thresholds, "<f8"), **weights)


def of_the_network(world: World, blob: dict[str, dict]) -> dict:
    """What the network reaches, with its setting chosen and five seeds; the first one is stored."""
    setting, tried = choose_network(world)
    networks = [trained(world, seed, **setting) for seed in SEEDS]
    runs = [of_network(world, network, blob) for network in networks]
    keep(networks[0], [runs[0]["count"][name]["threshold"] for name in KINDS])
    weights = sum(p.value.size for p in networks[0].parameters())
    found = {"settings": setting, "tried": tried, "epochs": EPOCHS, "weights": weights, "per_seed": runs}
    parts = dict(zip(("learn", "choose", "test"), map(len, world.parts), strict=True))
    return {"seeds": list(SEEDS), "parts": parts, "network": found}


def of_plain_ways(world: World) -> dict:
    """What the plain ways reach, and what can be told of the labels."""
    blob, tried_blobs = choose_blobs(world)
    lines = [({"radius": radius}, by_scikit_learn(world, radius)) for radius in RADII]
    ways = [(one, lambda photographs, maps=maps: by_maps(world, maps, photographs)) for one, maps in lines]
    line, tried_lines = best_of(world, ways)
    found = both(world, lambda photographs: by_blobs(world, photographs, blob))
    regression = {"settings": lines[line][0], "tried": tried_lines, **both(world, ways[line][1])}
    return {
        "labels": of_the_labels(world),
        "blobs": {"settings": blob, "tried": tried_blobs, **found},
        "counts": plain_counts(world),
        "peers": {"scikit-learn, LogisticRegression": regression},
    }


def of_alike() -> dict:
    """Which photographs show one place."""
    pairs = alike(originals())
    return {"alike": {"pairs": pairs[:50], "groups": groups([pair for r, *pair in pairs if r > ALIKE])}}


def main() -> None:
    """Measure, store, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--torch", action="store_true", help="train the network in PyTorch alone")
    for part in ("plain", "network", "first", "drawn", "alike"):
        parser.add_argument(f"--{part}", action="store_true", help="measure this part alone")
    asked, world = parser.parse_args(), blood()
    everything = not any(vars(asked).values())
    if asked.plain or everything:
        store("studies/objects", of_plain_ways(world), ("numpy", "scikit-learn"))
    if asked.network or everything:
        store("studies/objects", of_the_network(world, stored()["blobs"]["settings"]))
    if asked.alike or everything:
        store("studies/objects", of_alike())
    if asked.first or everything:
        setting = stored()["network"]["settings"]
        networks = [trained(world, seed, **setting, first=as_in_torch) for seed in SEEDS]
        runs = [both(world, lambda photographs, one=one: by_maps(world, one.predict, photographs)) for one in networks]
        store("studies/objects", {"first weights": runs})
    if asked.drawn or everything:
        setting = stored()["network"]["settings"]
        store("studies/objects", {"drawn": [control(seed, setting) for seed in SEEDS]})
    if asked.torch:
        setting = stored()["network"]["settings"]
        models = [by_torch(world, seed, **setting) for seed in SEEDS]
        runs = [both(world, lambda photographs, one=one: by_maps(world, one, photographs)) for one in models]
        store("studies/objects", {"torch": runs}, ("numpy", "torch"))


def stored() -> dict:
    """What is measured already."""
    return json.loads((MEASURED / "studies" / "objects.json").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
