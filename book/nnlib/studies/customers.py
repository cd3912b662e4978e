"""Customers: a year of visits to a shop's pages, and which of them ended in a purchase."""

from collections.abc import Collection, Sequence

import numpy as np

from ..embedded import as_bytes, as_texts, embedded_arrays
from ..fetch import OfficialFile, Source
from ..tables import Standardiser, categories, one_hot
from . import Set

MIRROR = "Shaunofthedead19/OnlineShoppersIntention"
COMMIT = "af48466dbf0c361b02749ff440aaabcebcf03593"
SHOPPERS = Source(
    name="online-shoppers",
    title="visits to a shop",
    shape=(12330, 17),
    credit="C. O. Sakar and Y. Kastro (2018), Online Shoppers Purchasing Intention Dataset, "
    "UCI Machine Learning Repository, https://doi.org/10.24432/C5F88Q",
    licence="CC BY 4.0",
    files=(
        OfficialFile(
            "online_shoppers_intention.csv",
            1059495,
            "f478bab98d0a47125518aab1a3c3cf1e3527b31bb06aa27bd0cc0b93e0a11185",
            (12330, 18),
        ),
    ),
    mirrors=(
        f"https://raw.githubusercontent.com/{MIRROR}/{COMMIT}/",
        f"https://cdn.jsdelivr.net/gh/{MIRROR}@{COMMIT}/",
    ),
    embedded=OfficialFile(
        "studies/shoppers.npz", 146895, "19905a3d17737170b48e9a5115d4c5738ff69c8a18719ba8acee9e1cc2660073"
    ),
    whole=True,
)
NAMES = (  # in the file's order; the last is what happened
    *("Administrative", "Administrative_Duration", "Informational", "Informational_Duration", "ProductRelated"),
    *("ProductRelated_Duration", "BounceRates", "ExitRates", "PageValues", "SpecialDay", "Month", "OperatingSystems"),
    *("Browser", "Region", "TrafficType", "VisitorType", "Weekend", "Revenue"),
)
PARTS = {  # of a unit that are kept: a tenth of a second, a thousandth of a page's value
    "Administrative_Duration": 10,
    "Informational_Duration": 10,
    "ProductRelated_Duration": 10,
    "BounceRates": 100_000,
    "ExitRates": 100_000,
    "PageValues": 1000,
    "SpecialDay": 10,
}
WORDS = ("Month", "VisitorType")
CODES = ("OperatingSystems", "Browser", "Region", "TrafficType")  # numbers that only name something
LONG = (*NAMES[:6], "PageValues")  # from 0 to thousands: the network gets their logarithm
UNSEEN = "unseen"


def load_shoppers() -> tuple[dict[str, np.ndarray], np.ndarray]:
    """12,330 visits to a shop's pages, each by another visitor, and which ended in a purchase; comes with the book.

    The Online Shoppers Purchasing Intention Dataset (C. O. Sakar and Y. Kastro, 2018,
    https://doi.org/10.24432/C5F88Q, CC BY 4.0), whole and in the file's order; seconds are rounded to tenths, rates to
    five decimals, page values to three.

    Returns
    -------
    columns : from a column's name to its values (12330,): words for month, kind of visitor and what is only numbered,
        as a browser; else float64. "Weekend" is 0 or 1.
    bought : integer array (12330,): 1 for the 1,908 visits that ended in a purchase.

    Raises
    ------
    ValueError
        If the file that came with the book is cut or changed.
    """
    file = embedded_arrays(SHOPPERS)
    columns = {}
    for name in NAMES[:-1]:
        if name in WORDS:
            columns[name] = np.array(as_texts(file[f"{name} names"]))[file[name]]
        elif name in CODES:
            columns[name] = file[name].astype(str)
        else:
            columns[name] = file[name] / PARTS.get(name, 1)
    return columns, file["Revenue"].astype(np.intp)


def inputs(columns: dict[str, np.ndarray], learned: np.ndarray, without: Collection[str] = ()) -> np.ndarray:
    """All rows as numbers for a network, prepared by what the learned rows say and by nothing else.

    Parameters
    ----------
    columns : from a column's name to its values (n,), as `load_shoppers` gives them.
    learned : the places of the rows that teach, integers.
    without : names of columns to leave out.

    Returns
    -------
    float64 array (n, inputs). Counts, seconds and page values, which reach from 0 to thousands, become log(1 + value);
    numbers are standardised; each word becomes a column of its own, and what no learned row has shares one.
    """
    kept = {name: values for name, values in columns.items() if name not in without}
    numbers = [
        np.log1p(values) if name in LONG else values
        for name, values in kept.items()
        if name not in WORDS and name not in CODES
    ]
    rows = np.column_stack(numbers)
    parts = [Standardiser(rows[learned])(rows)]
    for name in (*WORDS, *CODES):
        if name in kept:
            known = categories(kept[name][learned])
            words = np.where(np.isin(kept[name], known), kept[name], UNSEEN)
            parts.append(one_hot(words, [*known, UNSEEN]))
    return np.concatenate(parts, axis=1)


def best_tenth(score: np.ndarray) -> np.ndarray:
    """The places of the tenth of the rows with the highest scores (n,), the best first; ties stay in their order."""
    return np.argsort(-score, kind="stable")[: len(score) // 10]


def _small(originals: Sequence[bytes]) -> dict[str, np.ndarray]:
    """Each column as whole numbers: so many parts of a unit, or the place of a word in the list of its words."""
    cells = [line.split(",") for line in originals[0].decode("ascii").split()]
    arrays = {}
    for name, column in zip(NAMES, zip(*cells, strict=True), strict=True):
        if name in WORDS:
            words = sorted(set(column))
            arrays[f"{name} names"] = as_bytes(words)
            whole = [words.index(word) for word in column]
        elif name in ("Weekend", "Revenue"):
            whole = [("FALSE", "TRUE").index(word) for word in column]
        else:
            whole = [round(float(number) * PARTS.get(name, 1)) for number in column]
        arrays[name] = np.array(whole, np.min_scalar_type(max(whole)))
    return arrays


SETS = (Set(SHOPPERS, load_shoppers, _small),)
