"""Fraud: pictures of banknotes, four numbers of each; a note is taken for genuine, 0, or forged, 1."""

from collections.abc import Sequence

import numpy as np

from ..embedded import embedded_arrays
from ..fetch import OfficialFile, Source
from . import Set

COMMIT = "d20fcb6402ae34e653d4513b00f39257bb37ed7f"
NOTES = Source(
    name="banknote",
    title="banknotes",
    shape=(1372, 4),
    credit="V. Lohweg (2012), Banknote Authentication, UCI Machine Learning Repository, "
    "https://doi.org/10.24432/C55P57",
    licence="CC BY 4.0",
    files=(
        OfficialFile(
            "banknote_authentication.csv",
            46400,
            "d0539aaed2139ba7a587b3e34fb345ce503ff7d5d33dbf9912d8e195ce425cb9",
            (1372, 5),
        ),
    ),
    mirrors=(
        f"https://raw.githubusercontent.com/jbrownlee/Datasets/{COMMIT}/",
        f"https://cdn.jsdelivr.net/gh/jbrownlee/Datasets@{COMMIT}/",
    ),
    embedded=OfficialFile(
        "studies/banknotes.npz", 19446, "503a2ff2aa6038251b3dada695025c755b7715ec7425ece0f7f523756ed99bf6"
    ),
    whole=True,
)
NAMES = ("variance", "skewness", "kurtosis", "entropy")


def load_banknotes() -> tuple[np.ndarray, np.ndarray]:
    """1,372 pictures of banknote-like specimens, four numbers of each; come with the book.

    UCI's "Banknote Authentication" (V. Lohweg, 2012, https://doi.org/10.24432/C55P57, CC BY 4.0), whole and as
    published: 24 rows repeat an earlier one. An industrial camera took grey pictures of 400 x 400 pixels; variance,
    skewness and kurtosis are of their wavelet transform, the entropy is of the picture.

    Returns
    -------
    x : float64 array (1372, 4), as published, in the order of `NAMES`; yours to change.
    y : integer array (1372,), the file's class: 762 of 0, then 610 of 1. Its makers do not say which of them is the
        forged one; here, as nearly everywhere, it is 1.

    Raises
    ------
    ValueError
        If the file that came with the book is cut or changed.
    """
    lines = embedded_arrays(NOTES)["text"].tobytes().decode("ascii").splitlines()
    rows = np.loadtxt(lines, delimiter=",")
    return rows[:, :-1].copy(), rows[:, -1].astype(np.intp)


def _whole(originals: Sequence[bytes]) -> dict[str, np.ndarray]:
    """The file as it is, as bytes."""
    return {"text": np.frombuffer(originals[0], np.uint8)}


SETS = (Set(NOTES, load_banknotes, _whole),)
