"""The built site in a browser: every page loads whole and fits a phone, what it offers works. Reads _build/html."""

import re
from pathlib import Path

import pytest
from axe import all_violations, bring
from windows import PAGES, PHONE, SETTLED, SITE

WITH_SOLUTIONS = [name for name in PAGES if 'class="nnlib-solution"' in SITE.joinpath(name).read_text("utf-8")]

pytestmark = pytest.mark.skipif(not PAGES, reason="there is no site in _build/html: run `make book` first")


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


# Figures' text that is less than 8 pixels high, half of what the page's own text is; an index counts with its letter.
# Matplotlib draws letters as paths upside down, 100 units high; what it draws upright are marks.
TOO_SMALL = """() => [...document.querySelectorAll("article svg")].flatMap((picture) => {
    if (!picture.checkVisibility()) return [];
    const sizes = new Map();
    for (const one of picture.querySelectorAll("text, use")) {
      const { a, b, c, d } = one.getScreenCTM();
      const height = one.matches("text") ? parseFloat(getComputedStyle(one).fontSize) : a * d < b * c ? 100 : Infinity;
      const said = one.matches("text") ? one : one.parentElement;
      sizes.set(said, Math.max(sizes.get(said) ?? 0, height * Math.sqrt(Math.abs(a * d - b * c))));
    }
    const least = Math.min(...sizes.values());
    return least < 7.99 ? [`${least.toFixed(1)} in ${picture.getAttribute("aria-label")}`] : [];
})"""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_from_disk_lacks_nothing_fits_a_phone_and_hides_nothing_from_the_keyboard(window, name):
    opened = window(SITE, **PHONE)
    page = opened.open(name) if name == "404.html" else opened.open_from_disk(name)  # a server alone shows that one
    page.wait_for_function("document.readyState === 'complete' && document.fonts.status === 'loaded'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.keyboard.press("Tab")  # a first key, which has scrolls.js measure
    page.wait_for_function("document.fonts.status === 'loaded'")
    assert page.evaluate(UNREACHABLE) == []
    assert page.evaluate(TORN) == []
    assert page.evaluate(TOO_SMALL) == []


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


# What takes the focus next: whether it shows where it is, and what it is.
FOCUSED = """() => {
  const box = document.activeElement, rect = box.getBoundingClientRect();
  const seen = rect.width > 0 && rect.height > 0 && box.checkVisibility({ visibilityProperty: true });
  const places = [box, box.closest("label"), ...box.querySelectorAll("[class$='-focus']")];  // a ring in a drawing
  const marked = places.filter(Boolean).some((one) => {
    const { outlineStyle, outlineWidth, stroke, strokeWidth } = getComputedStyle(one);
    return outlineStyle !== "none" && parseFloat(outlineWidth) > 2 || stroke !== "none" && parseFloat(strokeWidth) > 2;
  });
  box.dataset.visited = (Number(box.dataset.visited) || 0) + 1;
  const round = box === document.body || box.dataset.visited > 1;
  return { round, seen, marked, html: box.outerHTML.slice(0, 160) };
}"""
# What ought to be reached by the Tab key: of radio buttons with one name, one.
UNVISITED = """() => [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")].filter(
    (box) => box.checkVisibility({ visibilityProperty: true }) && !box.disabled && box.tabIndex >= 0
    && box.type !== "radio" && !box.dataset.visited).map((box) => box.outerHTML.slice(0, 160))"""


@pytest.mark.parametrize("name", ["book/the_perceptron.html", "book/notation.html", "search.html"])
@pytest.mark.parametrize("width", [1280, 375])
def test_every_control_is_reached_by_tab_and_shows_its_focus(window, name, width):
    page = window(SITE, viewport={"width": width, "height": 900}, reduced_motion="reduce").open(name)
    page.evaluate("document.activeElement.blur()")
    hidden, unmarked = [], []
    for _ in range(1500):
        page.keyboard.press("Tab")
        now = page.evaluate(FOCUSED)
        if now["round"]:
            break
        hidden += [now["html"]] if not now["seen"] else []
        unmarked += [now["html"]] if not now["marked"] else []
    assert (hidden, unmarked) == ([], [])
    assert page.evaluate(UNVISITED) == []


def test_the_first_key_offers_to_skip_to_the_text(window):
    page = window(SITE).open("book/the_cost.html")
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Skip to main content")
    assert link.evaluate("(link) => link === document.activeElement")
    box = link.bounding_box()
    assert box["y"] >= 0 and box["height"] > 10
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


# All that slides in has arrived.
STILL = "Promise.all(document.getAnimations().map((one) => one.finished))"


@pytest.mark.parametrize(("toggle", "drawer", "inside"), [
    (".primary-toggle", "#pst-primary-sidebar-modal", "Notation"),
    (".secondary-toggle", "#pst-secondary-sidebar-modal", "The cost stays"),
])  # fmt: skip
def test_on_a_phone_the_drawers_open_and_close_by_keyboard(window, axe_script, toggle, drawer, inside):
    page = window(SITE, **PHONE).open("book/when_a_network_does_not_learn.html")  # a short one
    page.locator(toggle).focus()
    page.keyboard.press("Enter")
    link = page.locator(f"{drawer} a", has_text=inside).first
    link.wait_for(state="visible")
    page.evaluate(STILL)
    bring(page, axe_script)
    assert all_violations(page) == []
    for _ in range(60):
        page.keyboard.press("Tab")
        if link.evaluate("(link) => link === document.activeElement"):
            break
    else:
        pytest.fail("the Tab key never reaches the link")
    page.keyboard.press("Escape")
    link.wait_for(state="hidden")
    page.wait_for_function("(toggle) => document.activeElement.matches(toggle)", arg=toggle)


def test_a_code_cell_that_is_unfolded_and_scrolls_is_reached_by_keyboard(window):
    page = window(SITE, **PHONE).open("book/the_perceptron.html")
    folded = page.locator("details.hide", has=page.locator("pre")).first
    box = folded.locator("pre").first
    assert not box.is_visible()
    folded.locator("summary").press("Enter")
    assert box.evaluate("(box) => box.scrollWidth > box.clientWidth")
    page.wait_for_function(SETTLED)


# What a reader types, and the chapter or appendix that ought to stand among the first three.
QUESTIONS = {
    "BP1": "backpropagation", "cross-entropy": "cross_entropy_and_softmax", "chain rule": "the_chain_rule",
    "softmax": "cross_entropy_and_softmax", "delta": "backpropagation", "perceptron": "the_perceptron",
    "learning rate": "glossary", "mini-batch": "stochastic_gradient_descent", "MNIST": "handwritten_digits",
}  # fmt: skip


@pytest.mark.parametrize("words", QUESTIONS)
def test_the_search_finds_a_formulas_name_also_from_disk(window, words):
    page = window(SITE).open_from_disk("search.html")
    field = page.locator("main input[name=q]")
    field.fill(words)
    field.press("Enter")
    page.locator("#search-results li a").first.wait_for()
    page.wait_for_function("document.querySelector('.search-summary')?.textContent.includes('found')")
    first = [Path(link.get_attribute("href").split("?")[0].split("#")[0]).stem
             for link in page.locator("#search-results li > a").all()[:3]]  # fmt: skip
    assert QUESTIONS[words] in first


def test_the_book_opened_from_disk_is_read_from_page_to_page(window):
    page = window(SITE).open_from_disk("index.html")
    page.get_by_role("link", name="1. Learning from examples").first.click()
    page.wait_for_url("**/book/learning_from_examples.html")
    page.locator("a.right-next").click()
    page.wait_for_url("**/book/the_perceptron.html")


def test_the_page_for_a_wrong_address_works_at_any_depth(window):
    opened = window(SITE)
    page = opened.open("book/old/name.html")
    page.get_by_role("heading", name="There is no such page").wait_for()
    page.locator("main").get_by_role("link", name="7. Backpropagation").click()
    page.wait_for_url("**/book/backpropagation.html")
    own = ["Failed to load resource: the server responded with a status of 404 (Not Found)"]
    assert sorted(opened.troubles) == [f"404: {opened.origin}/book/old/name.html", *(f"console: {one}" for one in own)]
    opened.troubles.clear()
