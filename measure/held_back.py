"""Images held back: a rate is chosen on some that it is not trained on, and none of the test images."""

import numpy as np

from nnlib import split
from nnlib.datasets import Dataset

SPLIT_SEED = 0

Data = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def choice_and_test(found: Dataset, share: float, dtype: type) -> dict[str, Data]:
    """Images and labels to train on and those that score: for a choice, with this share held back, and for the test."""
    x, x_test = (part.astype(dtype) for part in (found.x_train, found.x_test))
    return {
        "choice": split(x, found.y_train, share, np.random.default_rng(SPLIT_SEED)),
        "test": (x, found.y_train, x_test, found.y_test),
    }
