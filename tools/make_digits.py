"""Write book/nnlib/digits.npz, the embedded handwritten digits, from scikit-learn's copy of them.

Run `python tools/make_digits.py` in the test environment; tests/nnlib/test_datasets.py compares the result
with scikit-learn's. The digits are UCI's "Optical Recognition of Handwritten Digits" (E. Alpaydin and
C. Kaynak, 1998, https://doi.org/10.24432/C50P49), licensed CC BY 4.0.
"""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

TARGET = Path(__file__).resolve().parents[1] / "book" / "nnlib" / "digits.npz"


def main() -> None:
    """Store the images (1797, 64), values 0 to 16, and the labels (1797,), all as uint8."""
    digits = load_digits()
    np.savez_compressed(TARGET, images=digits.data.astype(np.uint8), labels=digits.target.astype(np.uint8))
    print(f"wrote {TARGET.name}: {len(digits.target)} digits, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
