"""What every test needs: pictures with no screen, one BLAS thread, absolute data paths, the same examples each time."""

import os

from one_thread import ONE_THREAD

for name, value in ONE_THREAD.items():
    os.environ.setdefault(name, value)  # before NumPy is imported
os.environ.setdefault("MPLBACKEND", "agg")
os.environ["NNLIB_PROGRESS"] = "off"  # the reader's own progress stays untouched
if data := os.environ.get("NNLIB_DATA_DIR"):
    os.environ["NNLIB_DATA_DIR"] = os.path.abspath(os.path.expanduser(data))

import pytest  # noqa: E402
from hypothesis import settings  # noqa: E402

settings.register_profile("book", deadline=None, derandomize=True)
settings.register_profile("long", deadline=None, max_examples=5000)
settings.load_profile("book")


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="read 100,000 changed files, kill each process 100 times")


def pytest_configure(config):
    if config.getoption("--long"):
        settings.load_profile("long")


@pytest.fixture
def times(request):
    """How often: `times(few, many)` is `many` with --long, else `few`."""
    return lambda few, many: many if request.config.getoption("--long") else few
