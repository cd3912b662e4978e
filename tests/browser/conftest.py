"""A browser for the tests: the system's Chromium, which sees nothing but the files that a test gives it."""

import shutil
from pathlib import Path

import pytest
from windows import PATIENCE, SITE, Window

from chromium import MISSING, OPTIONS, path
from nnbook.scripts import needed, write
from nnlib.alive import live
from nnlib.exercises import predictions

# What is on the screen comes to life when the first frame is drawn: see near.js.
TWO_FRAMES = "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
BOOK = Path(__file__).parents[2] / "book"


@pytest.fixture(scope="session")
def chromium():
    """A running browser; no test of this folder runs where there is none."""
    if (found := path()) is None:
        pytest.skip(MISSING)
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        running = started.chromium.launch(executable_path=found, args=OPTIONS, timeout=PATIENCE)
        yield running
        running.close()


@pytest.fixture
def window(chromium):
    """Open a folder in a window of its own; nothing may have gone wrong in it by the end of the test."""
    opened = []

    def open_window(folder, **options):
        opened.append(Window(chromium, folder, **options))
        return opened[-1]

    yield open_window
    for one in opened:
        one.context.close()
    assert [trouble for one in opened for trouble in one.troubles] == []


@pytest.fixture(scope="module")
def desk(chromium):
    """One wide window for all pages, whose system asks for less motion."""
    opened = Window(chromium, SITE, viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    yield opened
    opened.context.close()


@pytest.fixture(scope="session")
def axe_script():
    """axe-core's own text."""
    return pytest.importorskip("axe_playwright_python.base", reason="axe is not installed").AXE_SCRIPT


@pytest.fixture
def shown(monkeypatch):
    """The HTML of all that is displayed, as the page holds it."""
    html = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: html.append(data["text/html"]))
    for module in (predictions, live):
        monkeypatch.setattr(module, "display", lambda data, raw: html.append(data["text/html"]))
    return html


@pytest.fixture
def alive(window, tmp_path, shown):
    """Open what was shown as a page of its own, in a window of the given kind."""
    for file in BOOK.joinpath("_static").glob("*.*"):
        shutil.copy(file, tmp_path)
    write(tmp_path)

    def open_page(before="", **options):
        body = "\n".join(shown)
        scripts = "".join(f'<script src="{name}" defer></script>' for name in ("near.js", "place.js", *needed(body)))
        head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width">{before}'
        head += "".join(f'<link rel="stylesheet" href="{name}">' for name in ("book.css", "alive.css"))
        head += '<link rel="icon" href="favicon.svg">'
        html = f'<!DOCTYPE html><html lang="en" data-theme="light"><head>{head}{scripts}</head>'
        tmp_path.joinpath("page.html").write_text(f'{html}<body class="bd-article">{body}</body></html>', "utf-8")
        page = window(tmp_path, **options).open("page.html")
        if options.get("java_script_enabled", True):
            page.evaluate(TWO_FRAMES)
        return page

    return open_page


@pytest.fixture
def axe_finds():
    """What axe finds wrong in the interactives of a page."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")

    def find(page):
        found = axe.Axe().run(page, context=".nnlib-live").response["violations"]
        return [(one["id"], node["html"]) for one in found for node in one["nodes"]]

    return find
