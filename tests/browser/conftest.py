"""A browser for the tests: the system's Chromium, which sees nothing but the files that a test gives it."""

import shutil
import threading
from pathlib import Path

import pytest
from axe import RULES_OF_COLOUR
from windows import PATIENCE, Server, Window

from chromium import MISSING, OPTIONS, path
from nnbook.scripts import needed, write
from nnlib.alive import live
from nnlib.exercises import predictions

# What is on the screen comes to life when the first frame is drawn: see near.js.
TWO_FRAMES = "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
BOOK = Path(__file__).parents[2] / "book"


@pytest.fixture(scope="session")
def server():
    """What gives the files of folders to a browser."""
    with Server() as started:
        threading.Thread(target=started.serve_forever, kwargs={"poll_interval": 0.05}).start()
        yield started
        started.shutdown()


@pytest.fixture(scope="session")
def chromium(server):
    """A running browser; no test of this folder runs where there is none."""
    if (found := path()) is None:
        pytest.skip(MISSING)
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        options = [*OPTIONS, server.option]
        running = started.chromium.launch(executable_path=found, args=options, timeout=PATIENCE)
        yield running
        running.close()


@pytest.fixture(scope="session")
def empty_windows():
    """Windows that no test looks through now, by whether they have a touch screen and run scripts."""
    return {}


@pytest.fixture
def window(chromium, server, empty_windows):
    """Open a folder in a window as good as new; nothing may have gone wrong in it by the end of the test.

    To make a window takes a second, to clear one a tenth, so that those of earlier tests serve again.
    """
    opened, troubles = [], []

    def open_window(folder, *, has_touch=False, java_script_enabled=True, **options):
        kind = {"has_touch": has_touch, "java_script_enabled": java_script_enabled}
        one = empty_windows.pop((*kind.values(),), None) or Window(chromium, **kind)
        opened.append((kind, one))
        one.turn_to(server, folder, **options)
        return one

    yield open_window
    for kind, one in opened:
        troubles += one.clear()
        if hasattr(one.page, "clock_held") or (*kind.values(),) in empty_windows:
            one.context.close()
        else:
            empty_windows[(*kind.values(),)] = one
    assert troubles == []


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


@pytest.fixture(scope="session")
def small_site(tmp_path_factory):
    """A folder with the book's scripts and style sheets, for a page of a test's own."""
    folder = tmp_path_factory.mktemp("small-site")
    for file in BOOK.joinpath("_static").glob("*.*"):
        shutil.copy(file, folder)
    write(folder)
    return folder


@pytest.fixture
def alive(window, small_site, shown):
    """Open what was shown as a page of its own, in a window of the given kind."""

    def open_page(before="", **options):
        body = "\n".join(shown)
        scripts = "".join(f'<script src="{name}" defer></script>' for name in ("near.js", "place.js", *needed(body)))
        head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width">{before}'
        head += "".join(f'<link rel="stylesheet" href="{name}">' for name in ("book.css", "alive.css"))
        head += '<link rel="icon" href="favicon.svg">'
        html = f'<!DOCTYPE html><html lang="en" data-theme="light"><head>{head}{scripts}</head>'
        small_site.joinpath("page.html").write_text(f'{html}<body class="bd-article">{body}</body></html>', "utf-8")
        page = window(small_site, **options).open("page.html")
        if options.get("java_script_enabled", True):
            page.evaluate(TWO_FRAMES)
        return page

    return open_page


@pytest.fixture
def axe_finds(axe_script):
    """What axe finds wrong in the interactives of a page, or in what a selector says, as the page is now."""

    def find(page, context=".nnlib-live", rules=None):
        if not page.evaluate("'axe' in globalThis"):
            page.evaluate(axe_script)
        options = {"resultTypes": ["violations"], "preload": False}
        options |= {"runOnly": {"type": "rule", "values": rules}} if rules else {}
        found = page.evaluate("([context, options]) => axe.run(context, options)", [context, options])["violations"]
        return [(one["id"], node["html"]) for one in found for node in one["nodes"]]

    return find


@pytest.fixture
def axe_finds_in_light_and_dark(axe_finds):
    """The same in both themes on their paper: all in the light, and in the dark what axe says of colours."""

    def find(page):
        page.add_style_tag(content="body { color: var(--nnlib-ink); background: var(--nnlib-paper); }")
        found = []
        for theme, rules in (("light", None), ("dark", RULES_OF_COLOUR)):
            page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
            found += [(theme, *one) for one in axe_finds(page, rules=rules)]
        return found

    return find
