"""What every test needs: pictures with no screen, one BLAS thread, absolute data paths, the same examples each time."""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(name, "1")  # before NumPy is imported
os.environ.setdefault("MPLBACKEND", "agg")
os.environ["NNLIB_PROGRESS"] = "off"  # the reader's own progress stays untouched
if data := os.environ.get("NNLIB_DATA_DIR"):
    os.environ["NNLIB_DATA_DIR"] = os.path.abspath(os.path.expanduser(data))

from hypothesis import settings  # noqa: E402

settings.register_profile("book", deadline=None, derandomize=True)
settings.load_profile("book")
