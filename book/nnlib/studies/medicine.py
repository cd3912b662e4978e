"""Medicine: patients whose heart vessels were looked at, as published, and as a well-known copy has them."""

from collections.abc import Sequence

import numpy as np

from ..datasets import Dataset
from ..embedded import embedded_arrays
from ..fetch import OfficialFile, Source
from . import Set

MIRROR = "ShubhamYadav27/HeartDiseasePrediction"
COMMIT = "ad700a31e10166fde4a8f41c6565ff34302b603b"
HEART = Source(
    name="heart-disease-cleveland",
    title="heart disease",
    shape=(303, 13),
    credit="A. Janosi, W. Steinbrunn, M. Pfisterer and R. Detrano (1989), Heart Disease, "
    "UCI Machine Learning Repository, https://doi.org/10.24432/C52P4X",
    licence="CC BY 4.0",
    files=(
        OfficialFile(
            "processed.cleveland.data",
            18461,
            "a74b7efa387bc9d108d7d0115d831fe9b414b29ae7124f331b622b4efa0427c8",
            (303, 14),
        ),
    ),
    mirrors=(
        "https://archive.ics.uci.edu/ml/machine-learning-databases/heart-disease/",
        f"https://raw.githubusercontent.com/{MIRROR}/{COMMIT}/",
        f"https://cdn.jsdelivr.net/gh/{MIRROR}@{COMMIT}/",
    ),
    embedded=OfficialFile(
        "studies/heart_disease.npz", 3926, "e5586c23235dcb3ca79e6b63daa0664c7cec4ab1fa4c82cf4b08227cd9fb56ab"
    ),
    whole=True,
)
NAMES = (
    *("age", "sex", "chest pain", "resting pressure", "cholesterol", "blood sugar > 120", "resting ECG"),
    *("highest heart rate", "pain on exercise", "ST depression", "ST slope", "vessels", "thallium scan"),
)
RENUMBERED = {  # in the copy: what became of each code
    "chest pain": {1: 3, 2: 1, 3: 2, 4: 0},
    "resting ECG": {0: 1, 1: 2, 2: 0},
    "ST slope": {1: 2, 2: 1, 3: 0},
    "thallium scan": {3: 2, 6: 1, 7: 3},
}
FILLED = {"vessels": 4, "thallium scan": 0}  # in the copy: what stands where a value is missing
LEFT_OUT, TWICE = 184, 302  # in the copy: the patient, counted from 0, who is not in it, and the one who is there twice


def load_heart_disease() -> Dataset:
    """303 patients whose heart vessels were looked at in Cleveland, 13 measurements of each; needs no network.

    The Cleveland part of UCI's "Heart Disease" (A. Janosi, W. Steinbrunn, M. Pfisterer and R. Detrano, 1989,
    https://doi.org/10.24432/C52P4X, CC BY 4.0), whole and as published. Six values are missing there, each in a row of
    its own: four of "vessels", two of "thallium scan". They are NaN here, and `nnlib.tables.Filler` fills them.

    Returns
    -------
    Dataset
        244 rows to train on and 59 to test on, x of shape (n, 13) in float64, as published. A label is 1 where an X-ray
        film showed a vessel narrowed by more than half (139 of 303; the file's grades 1 to 4), and 0 elsewhere. The
        test part is every fifth row of each class, in the file's order. The arrays are fresh in each call: yours to
        change. Some columns hold codes: sex 1 is male; chest pain 1 is typical of a narrowed vessel, 2 less typical, 3
        another pain, 4 none; resting ECG 0 is normal, 1 and 2 are not; ST slope 1 is up, 2 flat, 3 down; thallium scan
        3 is normal, 6 a lasting defect, 7 one that passes. "vessels" counts those, 0 to 3, that fluoroscopy coloured;
        "blood sugar > 120" and "pain on exercise" are 0 or 1. Pressure is in mm Hg, cholesterol in mg/dl, the heart
        rate in beats a minute; the source names no unit of "ST depression".

    Raises
    ------
    ValueError
        If the file that came with the book is cut or changed.
    """
    x, y = _rows()
    is_test = np.zeros(len(y), dtype=bool)
    for label in (0, 1):
        is_test[np.flatnonzero(y == label)[4::5]] = True
    return Dataset(
        *(x[~is_test], y[~is_test], x[is_test], y[is_test]),
        source=HEART.citation,
        image_shape=None,
        name=HEART.title,
        feature_names=NAMES,
        class_names=("healthy", "ill"),
    )


def circulating_copy() -> tuple[np.ndarray, np.ndarray]:
    """The same table as `heart.csv`, a much used copy, has it: for the trap of the study, and for no diagnosis.

    Made anew from the published rows, it holds the copy's rows, in another order. Gaps have become numbers, codes are
    renumbered, one patient is left out, another is there twice, and the label is turned round.

    Returns
    -------
    x : float64 array (303, 13), in the columns of `load_heart_disease`.
    target : integer array (303,), 1 for those whom the published file calls healthy.
    """
    x, y = _rows()
    for column, name in enumerate(NAMES):
        values = x[:, column].copy()
        for code, now in RENUMBERED.get(name, {}).items():
            x[values == code, column] = now
        x[np.isnan(values), column] = FILLED.get(name, np.nan)
    rows = [row for row in range(len(y)) if row != LEFT_OUT] + [TWICE]
    return x[rows], 1 - y[rows]


def _rows() -> tuple[np.ndarray, np.ndarray]:
    """All patients in the file's order: what was measured (303, 13), and 1 for ill."""
    lines = embedded_arrays(HEART)["text"].tobytes().decode("ascii").replace("?", "nan").splitlines()
    rows = np.loadtxt(lines, delimiter=",")
    return rows[:, :-1].copy(), (rows[:, -1] > 0).astype(np.intp)


def _whole(originals: Sequence[bytes]) -> dict[str, np.ndarray]:
    """The file as it is, as bytes."""
    return {"text": np.frombuffer(originals[0], np.uint8)}


SETS = (Set(HEART, load_heart_disease, _whole),)
