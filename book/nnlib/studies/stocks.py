"""Stocks: daily closes of one share, how large the market's moves were expected to be, and an index by months."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np

from ..embedded import embedded_arrays
from ..fetch import OfficialFile, Source, read
from . import Set

GOOGLE = OfficialFile(  # in Matplotlib's own sample data; nnlib holds no copy of it
    "goog.npz", 22845, "400917cf30e6b664f7b0da93d7c745860d3aa9008da8b7f160d2dd12e6a318b1", (1047,)
)
STORED = Path(__file__).parents[2] / "measured" / "studies" / "stocks.json"
FIRST, LAST = "2004-08-19", "2008-10-14"  # Google's days in that file

VIX_COMMIT, INDEX_COMMIT = "6f56e2760520824b787cf6b85945c62186d38bc6", "f23898667d8764ea9e8a641b0b41487437e33b39"
VIX = Source(
    name="vix-daily",
    title="volatility index",
    shape=(1047,),
    credit="Cboe's volatility index, by the repository https://github.com/datasets/finance-vix",
    licence="PDDL",
    files=(
        OfficialFile(
            "vix-daily.csv", 479964, "fa8f8119bb2fa785bb408bcae541a1e630fef97f3acb160b94ed3115c1318db5", (9235,)
        ),
    ),
    mirrors=(
        f"https://raw.githubusercontent.com/datasets/finance-vix/{VIX_COMMIT}/data/",
        f"https://cdn.jsdelivr.net/gh/datasets/finance-vix@{VIX_COMMIT}/data/",
    ),
    embedded=OfficialFile("studies/vix.npz", 3874, "d9bceeff780e620273887f890eca50e6857422980a456de2623d8ab74973bbe2"),
    whole=True,
)
INDEX = Source(
    name="s-and-p-500-monthly",
    title="monthly index",
    shape=(1866,),
    credit="R. J. Shiller's S&P composite, by the repository https://github.com/datasets/s-and-p-500",
    licence="PDDL",
    files=(
        OfficialFile("data.csv", 123698, "28d16941c581bda9bdcae4e0f9e3cc4b61204f8484e8c2249abdde2efe2cc3c4", (1866,)),
    ),
    mirrors=(
        f"https://raw.githubusercontent.com/datasets/s-and-p-500/{INDEX_COMMIT}/data/",
        f"https://cdn.jsdelivr.net/gh/datasets/s-and-p-500@{INDEX_COMMIT}/data/",
    ),
    embedded=OfficialFile(
        "studies/index.npz", 4228, "b4959f8474d25dd352b1713df9184579cef83d74a25142684afd5f5c34217c0c"
    ),
    whole=True,
)


def load_google() -> np.ndarray:
    """The 1,047 daily closes of Google's share in US dollars, 2004-08-19 to 2008-10-14, that come with Matplotlib.

    Matplotlib keeps them in `goog.npz` among its sample data, from Yahoo! Finance. Where it comes without these, as in
    a browser or from conda-forge, the closes are those that `measure.studies.stocks` has kept beside its results.

    Returns
    -------
    float64 array (1047,), the first day first.

    Raises
    ------
    ValueError
        If Matplotlib's file is cut or changed.
    """
    path = Path(matplotlib.get_data_path()) / "sample_data" / GOOGLE.name
    try:
        data = read(path, GOOGLE)
    except FileNotFoundError:
        return np.array(json.loads(STORED.read_text(encoding="utf-8"))["closes"])
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        return file["price_data"]["close"].astype(np.float64)


def load_vix() -> tuple[np.ndarray, np.ndarray]:
    """The volatility index VIX at the close of 1,047 days, those of `load_google`; needs no network.

    Cboe computes it from the prices of options on the S&P 500: roughly, the spread in per cent that the market expects
    of a year's move, judged by the next 30 days. By the repository https://github.com/datasets/finance-vix, PDDL by its
    maintainer; Cboe itself states no licence there. The embedded part holds these days alone, of 9,235 since 1990.

    Returns
    -------
    days : datetime64[D] array (1047,).
    vix : float64 array (1047,), in per cent.

    Raises
    ------
    ValueError
        If the file that came with the book is cut or changed.
    """
    file = embedded_arrays(VIX)
    return file["days"].astype("datetime64[D]"), file["hundredths"] / 100


def load_index() -> np.ndarray:
    """The S&P composite of 1,866 months, 1871-01 to 2026-06, each the *average* of the month; needs no network.

    R. J. Shiller's series, whose prices are, as he says, monthly averages of daily closes; two decimals are kept. By
    the repository https://github.com/datasets/s-and-p-500, PDDL by its maintainer; the source states no licence.

    Returns
    -------
    float64 array (1866,), the first month first.

    Raises
    ------
    ValueError
        If the file that came with the book is cut or changed.
    """
    return embedded_arrays(INDEX)["hundredths"] / 100


def _vix_arrays(originals: Sequence[bytes]) -> dict[str, np.ndarray]:
    """Google's days as days since 1970, and the closes of these days in hundredths."""
    rows = [row for row in csv.DictReader(originals[0].decode().splitlines()) if FIRST <= row["DATE"] <= LAST]
    days = np.array([row["DATE"] for row in rows], "datetime64[D]")
    return {"days": days.astype(np.int32), "hundredths": _hundredths([row["CLOSE"] for row in rows])}


def _index_arrays(originals: Sequence[bytes]) -> dict[str, np.ndarray]:
    """Each month's price in hundredths."""
    return {"hundredths": _hundredths([row["SP500"] for row in csv.DictReader(originals[0].decode().splitlines())])}


def _hundredths(cells: Sequence[str]) -> np.ndarray:
    """Numbers of two decimals as whole numbers."""
    return np.array([round(100 * float(cell)) for cell in cells], np.int32)


SETS = (Set(VIX, load_vix, _vix_arrays), Set(INDEX, load_index, _index_arrays))
