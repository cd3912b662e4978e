"""Every page of the built site, in a browser: it loads whole, in peace, and fits a phone. Reads _build/html."""

import re
from pathlib import Path

import pytest
from conftest import PHONE

SITE = Path(__file__).parents[2] / "_build" / "html"
PAGES = sorted(p.relative_to(SITE).as_posix() for p in SITE.rglob("*.html") if not {"_static", "lite"} & set(p.parts))
WITH_SOLUTIONS = [name for name in PAGES if 'class="nnlib-solution"' in SITE.joinpath(name).read_text("utf-8")]

pytestmark = pytest.mark.skipif(not PAGES, reason="there is no site in _build/html: run `make book` first")


@pytest.fixture(scope="module")
def phone(chromium):
    """One window of a phone's width for all pages."""
    from conftest import Window

    opened = Window(chromium, SITE, **PHONE)
    yield opened
    opened.context.close()


# Boxes that scroll sideways and that no key reaches: neither they nor anything in them takes the focus.
UNREACHABLE = """() => [...document.querySelectorAll("main *")].filter((box) =>
    /auto|scroll/.test(getComputedStyle(box).overflowX) && box.clientWidth > 1
    && box.scrollWidth > box.clientWidth + 1 && box.tabIndex < 0
    && !box.querySelector("a[href], button, input, [tabindex='0']")).map((box) => box.outerHTML.slice(0, 200))"""

# Short formulas whose full stop or comma stands at the head of the next line.
TORN = """() => [...document.querySelectorAll(".nnlib-together")].filter((both) => {
    const mark = document.createRange();
    mark.selectNodeContents(both.lastChild);
    const end = [...both.querySelectorAll(".base")].at(-1).getBoundingClientRect();
    return end.height > 0 && mark.getBoundingClientRect().top > end.bottom - 2;  // none where it is folded away
}).map((both) => both.outerHTML.slice(0, 100))"""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_whole_fits_a_phone_and_hides_nothing_from_the_keyboard(phone, name):
    phone.troubles.clear()
    page = phone.open(name)
    if name == "index.html":  # leads into the book at once
        page.wait_for_url("**/book/index.html")
    page.wait_for_function("document.readyState === 'complete' && document.fonts.status === 'loaded'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    assert page.evaluate(UNREACHABLE) == []
    assert page.evaluate(TORN) == []
    assert phone.troubles == []


@pytest.mark.parametrize("name", WITH_SOLUTIONS)
def test_hints_and_solutions_open_one_after_the_other_without_scripts(window, name):
    page = window(SITE, java_script_enabled=False).open(name)
    help_with_one = page.locator(".nnlib-help").first
    assert not help_with_one.locator("p").first.is_visible()
    hints = help_with_one.locator("details.nnlib-hint")
    for i in range(hints.count()):
        hints.nth(i).locator("> summary").click()
        assert hints.nth(i).locator("> p").is_visible()
    solution = help_with_one.locator("details.nnlib-solution")
    assert not solution.locator("p").first.is_visible()
    solution.locator("summary").click()
    assert solution.locator("p").first.is_visible()


def test_there_are_pages_with_solutions():
    assert WITH_SOLUTIONS


def test_a_search_shows_no_solution(window):
    """A search for the words of a solution's reason may find the page, but shows nothing of the solution."""
    opened = window(SITE)
    page = opened.open(WITH_SOLUTIONS[0])
    why = page.locator("details.nnlib-solution > p").first.text_content()
    word = max(re.findall(r"[a-z]+", why), key=len)
    page = opened.open(f"search.html?q={word}")
    page.locator("#search-results p.search-summary").wait_for()
    page.wait_for_load_state("networkidle")  # until every summary is there
    assert page.locator("#search-results li p.context").count() > 0
    assert why not in page.locator("#search-results").inner_text()
    html = '<div role="main">seen<div class="nnlib-help">a secret</div></div>'
    assert page.evaluate("html => Search.htmlToText(html)", html) == "seen"
