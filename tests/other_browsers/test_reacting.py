"""The built site in Firefox and in WebKit: what a reader clicks reacts. Reads _build/html."""

import pytest
from windows import PAGES

PLACE = """(() => {
  const box = arguments[0];
  box.scrollIntoView({ block: "center", behavior: "instant" });
  const { x, y, width, height } = box.getBoundingClientRect();
  return [x + width / 2, y + height / 2];
})()"""

pytestmark = pytest.mark.skipif(not PAGES, reason="there is no site in _build/html: run `make test-browsers`")


def click(browser, box):
    browser.drag(browser.evaluate(PLACE, box))


def find(browser, selector, text=""):
    """Wait for the first box of this kind, in which a text stands."""
    found = "[...document.querySelectorAll(arguments[0])].find((box) => box.textContent.includes(arguments[1]))"
    return browser.wait(found, selector, text)


def test_the_theme_is_switched_and_kept(open_page):
    browser = open_page("book/notation.html")
    colour = "getComputedStyle(document.body).backgroundColor"
    light = browser.evaluate(colour)
    while browser.evaluate("document.documentElement.dataset.mode") != "dark":
        click(browser, find(browser, ".theme-switch-button"))
    browser.wait(f"{colour} !== arguments[0]", light)
    browser.command("refresh")
    assert browser.evaluate("document.documentElement.dataset.theme") == "dark"
    assert browser.evaluate(colour) != light
