"""Every kind of exercise that a page judges by itself, in Firefox and in WebKit: by pointer alone, by keyboard alone.

Reads _build/html, of which one page has every kind. Code is judged on a live page: see test_running.py.
"""

import pytest
from browsers import DOWN, ENTER, TAB, UP
from windows import PAGES

from nnlib.exercises import forward

pytestmark = pytest.mark.skipif(not PAGES, reason="there is no site in _build/html: run `make test-browsers`")

LETTERS = "[...document.querySelectorAll('.nnlib-grip')].map((grip) => grip.textContent).join('')"
# The way up from a line to the middle of each line above it, as far as a place, and a little more.
UP_TO = """(({ parentElement: line }, place) => {
  const middles = [...line.parentElement.children].map((one) => one.offsetTop + one.offsetHeight / 2);
  const passed = middles.slice(place, [...line.parentElement.children].indexOf(line) + 1).reverse();
  return [...passed.slice(1).map((middle, i) => middle - passed[i]), -8];
})(...arguments)"""
# What the page keeps of an exercise. Firefox's driver sees no constant of the page's scripts, and so no `nnlib.read()`.
KEPT = "JSON.parse(localStorage.getItem('nnlib.progress') ?? '{}').exercises?.[arguments[0]]"
ORDER, GUESS = ".nnlib-order", ".nnlib-predict"
CHOICE = f".nnlib-choice[data-name='{forward.collapse.name}']"
FIELD = f".nnlib-answer[data-name='{forward.parameter_count.name}']"
NUMBER = str(forward.parameter_count.right_answer())


@pytest.fixture
def page(open_page):
    """Open the page, and go to a part of it."""

    def opened(part):
        browser = open_page("book/the_forward_pass.html")
        browser.begin_at(browser.find(part))
        return browser

    return opened


def solved(browser, exercise):
    """Wait until a try is kept: it was the first, and right."""
    assert browser.wait(KEPT, exercise.name) == {"tries": 1, "solved": True}


def test_lines_are_ordered_by_pointer(page):
    browser = page(ORDER)
    for place, letter in enumerate(forward.batch_and_one.right_answer()):
        grip = browser.find(".nnlib-grip", letter)
        start = browser.place(grip)[:2]
        browser.drag(start, *((0, up) for up in browser.evaluate(UP_TO, grip, place)))
    browser.click(browser.find(f"{ORDER} ~ button", "Check"))
    solved(browser, forward.batch_and_one)


def test_lines_are_ordered_by_keyboard(page):
    browser = page(ORDER)
    for place, letter in enumerate(forward.batch_and_one.right_answer()):
        browser.begin_at(browser.find(ORDER))
        browser.tab_to(f"Line {letter},")
        browser.press(" " + (browser.evaluate(LETTERS).index(letter) - place) * UP + " ")
    browser.tab_to("Check")
    browser.press(ENTER)
    solved(browser, forward.batch_and_one)


def test_an_answer_is_chosen_by_pointer(page):
    browser = page(CHOICE)
    right = next(choice.text for choice in forward.collapse.choices if choice.right)
    browser.click(browser.find(f"{CHOICE} label", right))
    browser.click(browser.find(f"{CHOICE} button", "Check"))
    solved(browser, forward.collapse)


def test_an_answer_is_chosen_by_keyboard(page):
    browser = page(CHOICE)
    browser.press(TAB + " " + forward.collapse.letters.index(forward.collapse.right_answer()) * DOWN)
    browser.tab_to("Check")
    browser.press(ENTER)
    solved(browser, forward.collapse)


def test_a_number_is_answered_by_pointer(page):
    browser = page(FIELD)
    browser.click(browser.find(f"{FIELD} input"))
    browser.press(NUMBER)
    browser.click(browser.find(f"{FIELD} button", "Check"))
    solved(browser, forward.parameter_count)


def test_a_number_is_answered_by_keyboard(page):
    browser = page(FIELD)
    browser.press(TAB + NUMBER + ENTER)
    solved(browser, forward.parameter_count)


def test_a_guess_is_committed_by_pointer_and_kept(page):
    browser = page(GUESS)
    browser.click(browser.find(f"{GUESS} input"))
    browser.press("0.5")
    browser.click(browser.find(f"{GUESS} button", "Commit"))
    browser.find(f"{GUESS} [role=status]", "Your guess, 0.5, is committed.")
    browser.command("refresh")
    browser.begin_at(browser.find(GUESS))
    browser.find(f"{GUESS} [role=status]", "Your guess, 0.5, is committed.")


def test_a_guess_is_committed_by_keyboard_and_changed(page):
    browser = page(GUESS)
    browser.press(TAB + "0.5" + ENTER)
    browser.find(f"{GUESS} [role=status]", "Your guess, 0.5, is committed.")
    browser.press(ENTER + "1" + ENTER)  # on the button that changes it, and behind the number
    browser.find(f"{GUESS} [role=status]", "Your guess, 0.51, is committed.")
