"""An exercise is solved where it stands: by touch alone on a phone, by keys alone at a desk; pictures of each step.

Reads _build/html, built with BOOK_PYODIDE: `make test-browser` sees to it. The pictures go to _build/seen.
"""

import json

import pytest
from windows import PHONE, SITE

from chapters import ROOT
from nnlib.exercises import perceptron

PYODIDE = SITE / "live" / "pyodide"
pytestmark = pytest.mark.skipif(
    not PYODIDE.is_dir(), reason=f"there is no Pyodide in {PYODIDE}: run `make test-browser`"
)

SEEN = ROOT / "_build" / "seen"
EXERCISE = perceptron.update
BODY = EXERCISE.solution_text().partition('"""\n')[2].strip().replace("\n    ", "\n")  # an editor indents by itself
HAS_FOCUS = "(box) => box.contains(document.activeElement)"


@pytest.fixture
def seen():
    """Keep what the window shows, numbered."""
    SEEN.mkdir(parents=True, exist_ok=True)
    kept = []

    def keep(page, way):
        kept.append(way)
        page.screenshot(path=SEEN / f"{way}-{len(kept)}.png")

    return keep


def parts(page):
    """The cell of the answer, and the one of its check."""
    cells = json.loads((SITE / "live" / "book" / "the_perceptron.json").read_text("utf-8"))["cells"]
    place = next(number for number, cell in enumerate(cells) if cell.get("name") == EXERCISE.name)
    return page.locator(f"#{cells[place]['id']}"), page.locator(f"#{cells[place + 1]['id']}")


def ready(page):
    page.locator(".nnlib-page-bar [role=status]", has_text="Python is ready.").wait_for()


def test_by_touch_alone_on_a_phone(window, seen):
    page = window(SITE, **PHONE).open("book/the_perceptron.html")
    answer, check = parts(page)
    offer = check.locator(".nnlib-page-start")
    offer.scroll_into_view_if_needed()
    seen(page, "touch")
    offer.tap()
    ready(page)
    last = answer.locator(".cm-line").last
    last.tap(position={"x": 200, "y": 8})  # to the right of the dots
    assert answer.evaluate(HAS_FOCUS)
    for _ in "...":
        page.keyboard.press("Backspace")  # as a phone's own keyboard sends it
    page.keyboard.type(BODY)
    seen(page, "touch")
    button = check.get_by_role("button", name="Check").first
    button.scroll_into_view_if_needed()
    button.tap()
    check.locator(".nnlib-verdict[data-verdict=correct]").wait_for()
    seen(page, "touch")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_by_keys_alone_at_a_desk(window, seen):
    page = window(SITE).open("book/the_perceptron.html")
    answer, check = parts(page)
    offer = check.locator(".nnlib-page-start")
    for _ in range(600):
        page.keyboard.press("Tab")
        if offer.evaluate(HAS_FOCUS):
            break
    seen(page, "keys")
    page.keyboard.press("Enter")
    ready(page)
    assert answer.evaluate(HAS_FOCUS), "who began by a key is where the answer is written"
    page.keyboard.press("Control+End")
    for _ in "...":
        page.keyboard.press("Backspace")
    page.keyboard.type(BODY)
    seen(page, "keys")
    button = check.get_by_role("button", name="Check").first
    for _ in range(12):
        page.keyboard.press("Escape")  # after which Tab leaves an editor
        page.keyboard.press("Tab")
        if button.evaluate(HAS_FOCUS):
            break
    page.keyboard.press("Enter")
    check.locator(".nnlib-verdict[data-verdict=correct]").wait_for()
    seen(page, "keys")
