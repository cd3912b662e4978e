"""A live page: a page of a test's own that runs with npm's Pyodide, and every way in which that can fail.

NumPy is not needed here: test_live_chapters.py runs the book's own pages where it can be had.
"""

import hashlib
import io
import json
import shutil
import zipfile
from html import escape

import pytest
from axe import RULES_OF_COLOUR
from sphinx.errors import ExtensionError
from windows import MORE_DONE, PATIENCE

from chapters import ROOT
from nnbook import live, npm
from nnbook.scripts import needed

BUILD = ROOT / "_build"
CELLS = {
    "first": ("x = 2", "code"),
    "second": ("print('x is', x)", "code"),
    "experiment": ("size = 3", "try"),
    "after": ("print('size', size)", "code"),
    "long": ("total = sum(range(1000))\nprint(total)", "code"),
    "starter": ("def double(x):\n    ...", "code"),
    "check": ("check(double)", "exercise"),
}
MADE = b"an array"
JUDGE = """
import builtins, json, pathlib

def check(answer):
    right = answer(2) == 4
    print("Correct." if right else "Not yet: got " + repr(answer(2)))
    file = pathlib.Path("/progress.json")
    kept = json.loads(file.read_text())
    kept["exercises"]["made.double"] = {"tries": 1, "solved": right}
    file.write_text(json.dumps(kept))

builtins.check = check
"""


@pytest.fixture(scope="module")
def pyodide():
    """npm's Pyodide, of the version that live pages name."""
    try:
        return npm.packages(ROOT / "tests" / "browser" / "pyodide", BUILD / "browser-tests") / "pyodide-live"
    except ExtensionError as error:
        pytest.skip(f"Pyodide cannot be had here: {error}")


def packed():
    """What Python has beside it: the kernel, and in nnlib's place a judge of one exercise."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as zipped:
        for top in ("python", "stand_in"):
            for path in (live.HERE / top).rglob("*.py"):
                zipped.write(path, path.relative_to(live.HERE / top).as_posix())
        zipped.writestr("nnlib/__init__.py", JUDGE)
        zipped.writestr("beside.json", json.dumps({"made.npz": hashlib.sha256(MADE).hexdigest()}))
    return content.getvalue()


def cell_html(name, text, kind):
    button = live.offer("page") if kind in ("try", "exercise") else ""
    code = f'<div class="highlight"><pre>{escape(text)}</pre></div>'
    return f'<div class="cell docutils container" id="{name}"><div class="cell_input">{code}</div>{button}</div>'


@pytest.fixture(scope="module")
def folder(pyodide, small_site):
    """A site of one page, whose Python is npm's."""
    here = small_site / "live"
    shutil.rmtree(here, ignore_errors=True)
    shutil.copytree(pyodide, here / "pyodide")
    sheet = live.HERE.joinpath("live.css").read_text("utf-8")
    made = npm.run("live.cjs", {"entry": str(live.HERE / "page.mjs"), "sheet": sheet}, npm.packages(ROOT, BUILD))
    here.joinpath("live.js").write_text(made["js"], "utf-8")
    here.joinpath("live.css").write_text(made["css"], "utf-8")
    shutil.copy(live.HERE / "worker.js", here)
    here.joinpath("book.zip").write_bytes(packed())
    files = small_site / "lite" / "files"
    files.mkdir(parents=True, exist_ok=True)
    files.joinpath("made.npz").write_bytes(MADE)
    here.joinpath("pyodide-lock.json").write_text(json.dumps(live.lock() | {"packages": {}}), "utf-8")
    (small_site / "_static").mkdir(exist_ok=True)
    for script in small_site.glob("*.js"):
        shutil.copy(script, small_site / "_static")
    write_page(small_site)
    return small_site


def write_page(folder, **changed):
    """Write the page, and what live.js reads of it; `changed` are new texts of cells."""
    cells = {name: (changed.get(name, text), kind) for name, (text, kind) in CELLS.items()}
    core = {name: entry for name, entry in live.files().items() if name in live.core()}
    python = {
        "address": "pyodide/", "files": core, "lock": "pyodide-lock.json", "packages": [], "archive": "book.zip",
        "data": [], "environment": {},
    }  # fmt: skip
    listed = [{"id": name, "text": text, "kind": kind} for name, (text, kind) in cells.items()]
    listed[-2] |= {"name": "made.double", "title": "Twice"}
    listed[-3] |= {"seconds": 16, "shorter": ["range(1000)", "range(10)"]}
    page = {"name": "page", "cells": listed, "python": python}
    (folder / "live" / "page.json").write_text(json.dumps(page), "utf-8")
    live.write_version(folder / "live")
    body = "<h1>A page</h1>" + "".join(cell_html(name, *cell) for name, cell in cells.items())
    scripts = "".join(f'<script src="_static/{name}" defer></script>' for name in ("near.js", *needed(body)))
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>A page</title>'
    head += '<link rel="stylesheet" href="book.css"><link rel="icon" href="favicon.svg">'
    style = "<style>body { color: var(--nnlib-ink); background: var(--nnlib-paper); }</style>"
    html = f'<!DOCTYPE html><html lang="en" data-theme="light"><head>{head}{scripts}{style}</head>'
    (folder / "live-page.html").write_text(f'{html}<body class="bd-article"><main>{body}</main></body></html>', "utf-8")


@pytest.fixture
def visit(chromium, server, folder):
    """Open the page in a context of its own; `asked` are the addresses that it has asked for."""
    contexts = []

    def open_page(init="", **options):
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.asked, page.troubles = [], []
        context.on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda error: page.troubles.append(str(error)))
        if init:
            page.add_init_script(init)
        page.goto(f"{server.origin(folder)}/live-page.html")
        return page

    yield open_page
    for context in contexts:
        context.close()


def done(page):
    """How many requests Python has done."""
    return int(page.locator(".nnlib-page-bar").get_attribute("data-done"))


def click(page):
    """Click the first button; what needs no Python need not wait for it."""
    page.get_by_role("button", name=live.ASKS).first.click()
    return page


def begin(page):
    """Click it, and wait until Python is ready."""
    says(click(page), "Python is ready.")
    return page


def says(page, words):
    """Wait until the line at the foot says so."""
    page.locator(".nnlib-page-bar [role=status]", has_text=words).wait_for()


def cell(page, name):
    """A cell, with its editor."""
    box = page.locator(f"#{name}")
    box.scroll_into_view_if_needed()
    box.locator(".cm-content").wait_for()
    return box


def write(page, name, text):
    """Put a text into a cell's editor, as it stands."""
    editor = cell(page, name).locator(".cm-content")
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def run(page, name, button="Run"):
    """Click a cell's button; give its outputs when all has run."""
    box = cell(page, name)
    before = done(page)
    box.get_by_role("button", name=button).first.click()
    page.wait_for_function(MORE_DONE, arg=before)
    return box.locator(".cell_output").inner_text().strip()


@pytest.fixture(scope="module")
def ready(chromium, server, folder):
    """One page that runs, for tests that leave its cells as they were: to start Python takes seconds."""
    context = chromium.new_context()
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.asked, page.troubles = [], []
    context.on("request", lambda request: page.asked.append(request.url))
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    page.goto(f"{server.origin(folder)}/live-page.html")
    page.wait_for_load_state("networkidle")
    page.asked_before = list(page.asked)
    yield begin(page)
    context.close()


@pytest.fixture
def page(ready):
    """That page, with the book's texts."""
    yield ready
    for name, (text, _) in CELLS.items():
        write(ready, name, text)
    assert ready.troubles == []


def test_a_page_asks_for_nothing_before_the_click_and_only_of_its_site_after_it(page, server, folder):
    assert not [url for url in page.asked_before if "/live/" in url]
    assert [url for url in page.asked if not url.startswith((server.origin(folder), "blob:", "data:"))] == []
    assert page.locator(".nnlib-page-start").count() == 0


def test_a_cell_runs_after_what_it_needs_and_is_changed_and_comes_back(page):
    assert run(page, "second") == "x is 2"
    write(page, "first", "x = 5")
    assert run(page, "second") == "x is 5"
    cell(page, "first").get_by_role("button", name="Back to the book").click()
    assert run(page, "second") == "x is 2"


def test_an_experiment_shows_what_follows_from_it(page):
    write(page, "experiment", "size = 9")
    cell(page, "experiment").get_by_role("button", name="Run").first.click()
    page.locator("#after .cell_output", has_text="size 9").wait_for()
    says(page, "Python is ready.")


def test_what_takes_long_says_so_and_can_be_run_shorter(page):
    box = cell(page, "long")
    assert "takes about 16 seconds here" in box.inner_text()
    assert run(page, "long", "Run it shorter, with range(10)") == "45"
    assert "range(10)" in box.locator(".cm-content").inner_text()
    assert not box.get_by_role("button", name="shorter").is_visible()
    box.get_by_role("button", name="Back to the book").click()
    assert box.get_by_role("button", name="shorter").is_visible()
    assert run(page, "long") == "499500"


def test_an_error_is_said_where_it_is_and_where_it_was_in_the_way(page):
    write(page, "first", "x = 2\ny = z\n")
    assert run(page, "first").startswith("NameError: name 'z' is not defined")
    assert page.locator("#first .nnlib-page-wrong").inner_text() == "y = z"
    assert run(page, "second") == "A cell above, which this one needs, has stopped."


def test_an_exercise_is_answered_and_remembered(page):
    assert run(page, "check", "Check") == "Not yet: got None"
    write(page, "starter", "def double(x):\n    return 2 * x")
    assert run(page, "check", "Check") == "Correct."
    assert page.locator("#check .nnlib-verdict").get_attribute("data-verdict") == "correct"
    assert page.evaluate("nnlib.read().exercises")["made.double"] == {"tries": 1, "solved": True}


def test_a_key_of_the_page_is_a_letter_in_an_editor(page):
    cell(page, "first").locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("x = 6 / 3")
    assert run(page, "second") == "x is 2.0"


@pytest.mark.parametrize("width", [1280, 375])
def test_axe_finds_nothing(page, axe_finds, width):
    page.set_viewport_size({"width": width, "height": 720})
    write(page, "first", "x = 2\ny = z\n")
    run(page, "first")
    run(page, "check", "Check")
    for theme, rules in (("dark", RULES_OF_COLOUR), ("light", None)):
        page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        assert axe_finds(page, context="body", rules=rules) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_never_ends_is_stopped_and_python_starts_again(page):
    write(page, "first", "while True: pass")
    cell(page, "first").get_by_role("button", name="Run").first.click()
    says(page, "Python runs")
    page.get_by_role("button", name="Stop").click()
    says(page, "Stopped: what the cells had made is gone, your texts are kept. Python is ready.")
    write(page, "first", "x = 7")
    assert run(page, "second") == "x is 7"
    assert page.locator(".nnlib-page-bar [role=status]").inner_text() == "Python is ready."


def test_drafts_are_kept_and_both_texts_offered_when_the_page_has_changed(visit, folder):
    page = click(visit())
    write(page, "starter", "def double(x):\n    return x + x")
    page.reload()
    click(page)
    assert "return x + x" in cell(page, "starter").locator(".cm-content").inner_text()
    assert page.locator(".nnlib-page-notice").count() == 0
    write_page(folder, starter="def double(x):\n    # twice\n    ...")
    try:
        page.reload()
        click(page)
        assert "return x + x" in cell(page, "starter").locator(".cm-content").inner_text()
        page.locator("#starter .nnlib-page-notice").get_by_role("button", name="Take the book").click()
        assert "# twice" in cell(page, "starter").locator(".cm-content").inner_text()
        assert page.evaluate("nnlib.read().drafts") is None
    finally:
        write_page(folder)


def test_by_keyboard_alone(visit):
    page = visit()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")  # the button of the exercise
    page.keyboard.press("Enter")
    says(page, "Python is ready.")
    assert page.evaluate("document.activeElement.closest('.cell').id") == "starter"
    page.keyboard.press("Control+a")
    page.keyboard.type("def double(x):\nreturn x + x")
    pressed = []
    while not pressed or (len(pressed) < 9 and not pressed[-1].startswith("Check")):
        page.keyboard.press("Escape")  # after which Tab leaves an editor
        page.keyboard.press("Tab")
        pressed.append(page.evaluate("document.activeElement.textContent"))
    page.keyboard.press("Enter")
    page.locator("#check .cell_output", has_text="Correct.").wait_for()


DENIED = """for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(globalThis, name, { get() { throw new DOMException("denied", "SecurityError"); } });"""


def test_where_a_browser_keeps_nothing_all_works(visit):
    page = begin(visit(init=DENIED))
    write(page, "first", "x = 3")
    assert run(page, "second") == "x is 3"
    assert page.troubles == []


@pytest.mark.parametrize("name", ["pyodide.asm.wasm", "book.zip"])
def test_what_is_out_of_reach_is_said_and_can_be_tried_again(visit, name):
    page = visit()
    page.context.route(f"**/{name}*", lambda route: route.abort())
    page.get_by_role("button", name=live.ASKS).first.click()
    says(page, f"{name} from")
    assert "The page stays as it is." in page.locator(".nnlib-page-bar").inner_text()
    page.context.unroute(f"**/{name}*")
    page.get_by_role("button", name="Try again").click()
    if name == "book.zip":  # once is enough
        says(page, "Python is ready.")
        assert run(page, "second") == "x is 2"


def test_an_array_comes_when_a_cell_opens_it_and_again_where_it_did_not(visit):
    page = begin(visit())
    says(page, "Python is ready.")
    assert [address for address in page.asked if "made.npz" in address] == []
    write(page, "first", "x = open('made.npz', 'rb').read()")
    page.context.route("**/made.npz*", lambda route: route.abort())
    run(page, "second")
    stopped = page.locator("#first .cell_output")
    stopped.get_by_text("made.npz could not be had from this site").wait_for()
    page.context.unroute("**/made.npz*")
    page.context.route("**/made.npz*", lambda route: route.fulfill(status=404))
    run(page, "second")
    stopped.get_by_text("the answer was 404").wait_for()
    page.context.unroute("**/made.npz*")
    assert run(page, "second") == f"x is {MADE!r}"
    assert page.troubles == []


def test_a_file_that_is_not_the_one_that_was_tested_is_not_run(visit, folder):
    path = folder / "live" / "pyodide" / "pyodide.asm.js"
    whole = path.read_bytes()
    path.write_bytes(whole + b"\n")
    try:
        page = visit()
        page.get_by_role("button", name=live.ASKS).first.click()
        says(page, "pyodide.asm.js from")
        assert "not the file that this book was tested with" in page.locator(".nnlib-page-bar").inner_text()
    finally:
        path.write_bytes(whole)


def test_where_the_script_of_live_pages_is_missing_the_button_says_so(visit):
    page = visit()
    page.context.route("**/live.js*", lambda route: route.abort())
    page.get_by_role("button", name=live.ASKS).first.click()
    page.get_by_role("button", name="did not load").wait_for()
    page.context.unroute("**/live.js*")
    page.get_by_role("button", name="did not load").click()
    says(page, "Python is")  # loading, or by now ready


def test_the_sums_are_those_of_the_package_that_npm_gives(pyodide):
    found = {name: hashlib.sha256((pyodide / name).read_bytes()).hexdigest() for name in live.core()}
    official = json.loads((pyodide / "pyodide-lock.json").read_text("utf-8"))["packages"]
    found |= {p["file_name"]: official[name]["sha256"] for name, p in live.lock()["packages"].items()}
    assert found == live.sums()
