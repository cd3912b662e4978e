"""Studies: the data of the case studies, or the world that one acts in, a module for each, named by the study's label.

A module declares each of its data sets as `nnlib.datasets` does, and lists it in SETS, with its loader and with how the
arrays that come with the book are made of the original files. A world makes its data itself: its SETS is empty.
"""

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..fetch import Source


class Set(NamedTuple):
    """A data set of a study.

    Attributes
    ----------
    source : its declaration.
    load : its loader, which can be called without arguments.
    arrays : what is embedded, by name, given the bytes of each original file; None where nothing is.
    """

    source: Source
    load: Callable[[], object]
    arrays: Callable[[Sequence[bytes]], dict[str, np.ndarray]] | None = None


def names() -> list[str]:
    """The studies that bring data, or a world of their own, by their labels."""
    return sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))


def sets() -> dict[str, Set]:
    """Every data set of a study, by its name."""
    modules = [import_module(f"{__name__}.{name}") for name in names()]
    return {one.source.name: one for module in modules for one in module.SETS}
