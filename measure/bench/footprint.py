"""Footprint: the memory of training on MNIST, and the time of `import nnlib`; each in a process of its own."""

import statistics
import subprocess
import sys

from measure import BOOK

IMPORT = "import time; start = time.process_time(); import {}; print(time.process_time() - start)"
TRAIN = """
import resource, sys
import numpy as np
from nnlib import Adam, Dense, Network, ReLU, SoftmaxCrossEntropy, fit, load_mnist

rng, data = np.random.default_rng(0), load_mnist()
hidden = Dense(784, 128, rng, np.float32), ReLU(), Dense(128, 64, rng, np.float32), ReLU()
network = Network(*hidden, Dense(64, 10, rng, np.float32))
fit(network, SoftmaxCrossEntropy(), Adam(network.parameters()), data.x_train, data.y_train, epochs=1, batch_size=32,
    rng=rng, validation=(data.x_test, data.y_test), progress=False)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10))
"""


def run(code: str) -> float:
    """The number that a fresh Python prints."""
    done = subprocess.run([sys.executable, "-c", code], cwd=BOOK, capture_output=True, text=True, check=True)
    return float(done.stdout)


def footprint() -> dict[str, float]:
    """Seconds of CPU time and megabytes (2^20 bytes)."""
    run(IMPORT.format("nnlib"))  # once, so that the byte code is there
    result = {
        f"import_{part}seconds": round(statistics.median(run(IMPORT.format(package)) for _ in range(5)), 3)
        for part, package in (("", "nnlib"), ("numpy_", "numpy"))
    }
    if sys.platform != "win32":  # which has no such count
        result["training_megabytes"] = round(run(TRAIN), 1)
    return result
