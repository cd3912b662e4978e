"""Embed: write the data sets that come with the book, as compressed arrays in book/nnlib, from their originals.

python tools/embed.py            every set of which nnlib embeds something, whole or a piece
python tools/embed.py digits     those named

Run it in the test environment, whose scikit-learn holds most of the originals; the others are fetched as a reader's
would be, from NNLIB_DATA_DIR, the cache or a mirror. A file counts only if its size and SHA-256 are those of the
declaration. tests/nnlib/test_datasets.py compares what is embedded with scikit-learn's own reading. How the arrays of a
case study are made, its module in nnlib.studies says.
"""

import gzip
import hashlib
import sys
from pathlib import Path

import numpy as np
import sklearn.datasets

from nnlib.datasets import SOURCES
from nnlib.fetch import Source, fetch_all, read
from nnlib.studies import sets

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "book" / "nnlib"
ORIGINALS = Path(sklearn.datasets.__file__).parent / "data"


def digits(original: bytes) -> dict[str, np.ndarray]:
    """The images (1797, 64), grey levels 0 to 16, and the labels (1797,), as bytes."""
    rows = np.loadtxt(gzip.decompress(original).decode().splitlines(), delimiter=",", dtype=np.uint8)
    return {"images": rows[:, :-1], "labels": rows[:, -1]}


def breast_cancer(original: bytes) -> dict[str, np.ndarray]:
    """The measurements (569, 30), as published, and whether each tumour was malignant (569,), 1 or 0."""
    head, *lines = original.decode().splitlines()
    if head != "569,30,malignant,benign":
        raise ValueError(f"got the first line {head!r}: the last column would mean something else")
    rows = np.loadtxt(lines, delimiter=",")
    return {"features": rows[:, :-1].copy(), "malignant": (rows[:, -1] == 0).astype(np.uint8)}


def names(original: bytes) -> dict[str, np.ndarray]:
    """The text, a name in each line, as bytes."""
    return {"text": np.frombuffer(original, np.uint8)}


def shakespeare(original: bytes) -> dict[str, np.ndarray]:
    """The codes of the last 300,000 characters, and the codes that occur in the whole text, as bytes."""
    codes = np.frombuffer(original, np.uint8)
    return {"codes": codes[-300_000:], "kinds": np.unique(codes)}


ARRAYS = {
    "digits": digits,
    "breast-cancer-wdbc": breast_cancer,
    "names": names,
    "tiny-shakespeare": shakespeare,
}  # from a set's name to what its arrays are, given the bytes of its original


def original_of(source: Source) -> bytes:
    """The bytes of the one file that a set consists of."""
    path = ORIGINALS / source.files[0].name
    return read(path, source.files[0]) if path.exists() else fetch_all(source)[0]


def made(name: str) -> tuple[Source, dict[str, np.ndarray]]:
    """A set's declaration, and the arrays to embed."""
    if name in ARRAYS:
        return SOURCES[name], ARRAYS[name](original_of(SOURCES[name]))
    of_study = sets()[name]
    return of_study.source, of_study.arrays(fetch_all(of_study.source))


def main(names: list[str]) -> None:
    """Write the sets named, or all."""
    for name in names or [*ARRAYS, *(name for name, one in sets().items() if one.arrays)]:
        source, arrays = made(name)
        target = TARGET / source.embedded.name
        target.parent.mkdir(exist_ok=True)
        np.savez_compressed(target, **arrays)
        data = target.read_bytes()
        said = f'"{source.embedded.name}", {len(data)}, "{hashlib.sha256(data).hexdigest()}"'
        print(f"declare it as OfficialFile({said})")


if __name__ == "__main__":
    main(sys.argv[1:])
