"""What every test needs: pictures with no screen, one BLAS thread, absolute data paths, the same examples each time."""

import os

from chapters import ONE_THREAD

for name, value in ONE_THREAD.items():
    os.environ.setdefault(name, value)  # before NumPy is imported
os.environ.setdefault("MPLBACKEND", "agg")
os.environ["NNLIB_PROGRESS"] = "off"  # the reader's own progress stays untouched
if data := os.environ.get("NNLIB_DATA_DIR"):
    os.environ["NNLIB_DATA_DIR"] = os.path.abspath(os.path.expanduser(data))

from hypothesis import settings  # noqa: E402

settings.register_profile("book", deadline=None, derandomize=True)
settings.load_profile("book")
