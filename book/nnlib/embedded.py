"""Embedded: the arrays that come with the book, whole or in part, where nothing is to be fetched; texts as arrays."""

import io
from collections.abc import Iterable

import numpy as np

from .fetch import Source, embedded


def embedded_arrays(source: Source) -> dict[str, np.ndarray]:
    """The arrays of the file that stands in for a data set, by their names in it; errors as in `fetch.embedded`."""
    with np.load(io.BytesIO(embedded(source)), allow_pickle=False) as file:
        return dict(file)


def as_bytes(texts: Iterable[str]) -> np.ndarray:
    """Texts without line ends as one array of bytes, a line for each."""
    return np.frombuffer("\n".join(texts).encode(), np.uint8)


def as_texts(array: np.ndarray) -> list[str]:
    """The texts that `as_bytes` made into an array."""
    return array.tobytes().decode().split("\n")
