"""A live page in Firefox and in WebKit: Python comes at a click, and cells and exercises run where they are read.

Reads _build/html, built with BOOK_PYODIDE: `make test-browsers` sees to both.
"""

import json

import pytest
from browsers import CONTROL, ENTER, ESCAPE, TAB
from windows import MORE_DONE, SITE

from nnbook import live

PYODIDE = SITE / "live" / "pyodide"
pytestmark = pytest.mark.skipif(not PYODIDE.is_dir(), reason=f"there is no {PYODIDE}: run `make test-browsers`")

PAGE = "the_forward_pass"
ANSWERS = {  # to write, to fix, and to stretch; each is one line, as the editor would indent the next
    "layer": "def layer(W, b, a): return sigmoid(W @ a + b)",
    "nothing_complains": "def nothing_complains(A, W, b): return A @ W.T + b",
    "bump": "def bump(): return [[100], [100]], [-35, -65], [[10, -10]], [-5]",
}


def cell(words):
    """The first cell in which these words stand, as a selector."""
    cells = json.loads((SITE / "live" / "book" / f"{PAGE}.json").read_text("utf-8"))["cells"]
    return next(f"#{cell['id']}" for cell in cells if words in cell["text"])


@pytest.fixture(scope="module")
def page(running, site):
    """The page as it runs: to start Python takes a while, so that all tests share it."""
    running.open(f"{site.origin}/phone")
    running.evaluate("localStorage.clear()")
    running.open(f"{site.origin}/book/{PAGE}.html")
    running.click(running.find(".nnlib-run-button"))
    running.click(running.find("#nnlib-run button", live.ASKS))
    ready(running)
    yield running
    running.open("about:blank")
    assert site.troubles == []


def ready(page):
    page.find(".nnlib-page-bar [role=status]", "Python is ready.")


def write(page, name, code):
    """Type this in place of a cell's own text."""
    page.begin_at(page.find(name))
    page.click(page.find(f"{name} .cm-content"))
    page.press("a", holding=CONTROL)
    page.press(code)


def click(page, name, words):
    page.begin_at(page.find(name))
    page.click(page.find(f"{name} button", words))


def run(page, name, words="Run this cell"):
    """Click on a cell's button; gives what it shows when all that was asked for has run."""
    before = page.evaluate("document.querySelector('.nnlib-page-bar').dataset.done")
    click(page, name, words)
    page.wait(f"({MORE_DONE})(arguments[0])", before)
    return text(page, f"{name} .cell_output")


def text(page, selector):
    return page.evaluate("document.querySelector(arguments[0]).textContent", selector).strip()


def test_a_cell_gives_what_the_page_has_stored(page):
    name = cell("sigmoid(2 * x - 14)\n")
    stored = text(page, f"{name} .cell_output pre")
    page.evaluate("document.querySelector(arguments[0]).replaceChildren()", f"{name} .cell_output")
    assert run(page, name) == stored != ""


def test_an_error_is_said_and_its_line_marked(page):
    name = cell("sigmoid(2 * x - 14)\n")
    write(page, name, "print(nothing)")
    assert run(page, name).startswith("NameError: name 'nothing' is not defined")
    page.find(f"{name} .nnlib-page-wrong", "print(nothing)")
    click(page, name, "Back to the book")


def test_what_never_ends_is_stopped_and_python_starts_again(page):
    name = cell("sigmoid(2 * x - 14)\n")
    write(page, name, "while True: pass")
    click(page, name, "Run this cell")
    page.wait("!document.querySelector('.nnlib-page-bar button').hidden")
    page.click(page.find(".nnlib-page-bar button", "Stop"))
    ready(page)
    write(page, name, "print(6 * 7)")
    assert run(page, name) == "42"
    click(page, name, "Back to the book")


@pytest.mark.parametrize("name", ANSWERS)
def test_an_exercise_is_answered(page, name):
    check = cell(f"exercise.{name}.check")
    assert run(page, check, "Check").startswith("Not ")
    write(page, cell(f"def {name}("), ANSWERS[name])
    assert run(page, check, "Check").startswith("Correct")


def test_exercises_are_answered_by_keyboard_alone_from_the_start(page):
    page.evaluate("localStorage.clear()")
    page.command("refresh")
    page.begin_at(page.find(cell("exercise.layer.check")))
    page.tab_to(live.ASKS)
    page.press(ENTER)
    ready(page)
    for name, answer in ANSWERS.items():
        page.begin_at(page.find(cell(f"def {name}(")))
        page.press(TAB)
        page.press("a", holding=CONTROL)
        page.press(answer)
        page.tab_to("Check", ESCAPE + TAB)  # Tab alone indents
        page.press(ENTER)
        page.find(f"{cell(f'exercise.{name}.check')} .cell_output", "Correct")
