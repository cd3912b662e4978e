"""What every test needs: pictures with no screen, one BLAS thread, absolute data paths, the same examples each time."""

import json
import os
import time
from collections import Counter
from contextlib import contextmanager

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


# What takes longest begins first, so that no worker ends long after the other; in what order the rest run is all one.
FIRST = tuple(
    f"tests/{name}.py"
    for name in (
        "exercises/test_exercises",
        "book/test_invitations",
        "browser/test_axe",
        "book/test_site",
        "browser/test_pages",
        "browser/test_live_page",
        "alive/test_sentiment",
        "browser/test_pdf",
        "tools/test_epub",
        "tools/test_environment",
        "book/test_chapters",
        "alive/test_translation",
        "nnlib/test_bad_luck",
        "browser/test_exercises",
        "browser/test_lite",
        "browser/test_landscape",
    )
)


# What runs no line of nnlib that other tests do not run: to count lines makes it take half as long again.
UNCOUNTED = (
    *(f"tests/book/test_{name}.py" for name in ("chapters", "contents", "invitations", "reading", "rules", "site")),
    *(f"tests/browser/test_{name}.py" for name in ("axe", "lite", "pages", "pdf")),
    "tests/nnlib/test_bad_luck.py",
)


def pytest_collection_modifyitems(config, items):
    """Put the files that take longest first, and count no lines where none is new."""
    files = [item.nodeid.partition("::")[0] for item in items]
    rank = {file: FIRST.index(file) if file in FIRST else len(FIRST) for file in files}
    items.sort(key=lambda item: rank[item.nodeid.partition("::")[0]])
    for item in items if config.pluginmanager.hasplugin("_cov") else ():
        if item.nodeid.startswith(UNCOUNTED):
            item.add_marker("no_cover")


_began, _seconds = time.monotonic(), Counter()


def pytest_runtest_logreport(report):
    """Count what each file takes."""
    _seconds[report.nodeid.partition("::")[0]] += report.duration


def pytest_terminal_summary(terminalreporter):
    """Where the time went, if all checks are run: each check, and the ten files of tests that took longest."""
    if "CHECKED" not in os.environ:
        return
    before, took = json.loads(os.environ["CHECKED"]), time.monotonic() - _began
    terminalreporter.section("where the time went")
    terminalreporter.write_line(f"{'all':<40}{before.pop('all') + took:6.0f} s")
    for name, seconds in (before | {"tests": took}).items():
        terminalreporter.write_line(f"  {name:<38}{seconds:6.0f} s")
    for name, seconds in _seconds.most_common(10):
        terminalreporter.write_line(f"    {name.removeprefix('tests/'):<36}{seconds:6.0f} s of one worker")


@pytest.fixture
def uncounted(request):
    """A context in which no lines are counted, for what does once more what was done: counting takes as long again."""
    counter = getattr(request.config.pluginmanager.getplugin("_cov"), "cov_controller", None)

    @contextmanager
    def pause():
        if counter:
            counter.pause()
        try:
            yield
        finally:
            if counter:
                counter.resume()

    return pause


@pytest.fixture
def times(request):
    """How often: `times(few, many)` is `many` with --long, else `few`."""
    return lambda few, many: many if request.config.getoption("--long") else few
