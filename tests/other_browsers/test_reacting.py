"""The built site in Firefox and in WebKit: what a reader clicks reacts. Reads _build/html."""

import pytest
from browsers import ENTER
from windows import PAGES

pytestmark = pytest.mark.skipif(not PAGES, reason="there is no site in _build/html: run `make test-browsers`")


def test_the_theme_is_switched_and_kept(open_page):
    browser = open_page("book/notation.html")
    colour = "getComputedStyle(document.body).backgroundColor"
    light = browser.evaluate(colour)
    while browser.evaluate("document.documentElement.dataset.mode") != "dark":
        browser.click(browser.find(".theme-switch-button"))
    browser.wait(f"{colour} !== arguments[0]", light)
    browser.command("refresh")
    assert browser.evaluate("document.documentElement.dataset.theme") == "dark"
    assert browser.evaluate(colour) != light


@pytest.fixture
def frames(open_page):
    """A page with pictures one behind the other."""
    browser = open_page("book/the_chain_rule.html")
    browser.begin_at(browser.find(".nnlib-frames"))
    browser.find(".nnlib-frames-place", "1 / ")
    return browser


def test_the_next_picture_is_shown_by_pointer(frames):
    frames.click(frames.find(".nnlib-frames [aria-label='Next picture']"))
    frames.find(".nnlib-frames-place", "2 / ")
    assert frames.evaluate("document.querySelector('.nnlib-frame').hidden")


def test_the_next_picture_is_shown_by_keyboard(frames):
    frames.tab_to("Next picture")
    frames.press(ENTER)
    frames.find(".nnlib-frames-place", "2 / ")
    assert frames.evaluate("document.querySelector('.nnlib-frame').hidden")
