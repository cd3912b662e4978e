"""The threshold over faces in a browser: moved by keys, by mouse and by finger, with nothing but numbers loaded."""

import pytest
from windows import CALM, PHONE, says, tab_to

from nnlib.alive import faces

START = faces.START | {"threshold": faces.nine_in_ten("network", "1")}


def sentence(**other):
    """What the page says of a choice."""
    return faces.said(**(START | other))


@pytest.fixture
def threshold(alive, shown):
    """The threshold as a page of its own."""
    faces.show()
    return lambda **options: alive(**options)


def test_it_is_steered_by_keyboard_alone(threshold):
    page = threshold(**CALM)
    says(page, sentence())
    tab_to(page, "Threshold")
    page.keyboard.press("ArrowRight")
    says(page, sentence(threshold=START["threshold"] + 1))
    page.keyboard.press("Home")
    says(page, sentence(threshold=0))
    for name, other in [("pixels", {"way": "pixels"}), ("3", {"way": "pixels", "draw": "3"})]:
        tab_to(page, name)
        page.keyboard.press("Enter")
        says(page, sentence(threshold=0, **other))
    tab_to(page, "Accept nine in ten")
    page.keyboard.press("Enter")
    now = {"way": "pixels", "draw": "3", "threshold": faces.nine_in_ten("pixels", "3")}
    says(page, sentence(**now))
    assert page.get_by_role("slider").input_value() == str(now["threshold"])
    tab_to(page, "People who pass")
    page.keyboard.press("ArrowDown")
    says(page, sentence(**now, crowd=1_000_000))


def test_the_mouse_moves_the_threshold(threshold):
    page = threshold(**CALM)
    box = page.get_by_role("slider").bounding_box()
    page.mouse.click(box["x"] + 0.25 * box["width"], box["y"] + box["height"] / 2)
    moved = int(page.get_by_role("slider").input_value())
    assert 20 <= moved <= 30
    says(page, sentence(threshold=moved))
    dot = page.locator(".nnlib-faces-dot")
    before = dot.get_attribute("cy")
    page.get_by_role("button", name="Accept nine in ten").click()
    assert dot.get_attribute("cy") != before


def test_on_a_phone_nothing_sticks_out_and_a_tap_chooses(threshold):
    page = threshold(**PHONE)
    page.get_by_role("button", name="Fisherfaces").tap()
    says(page, sentence(way="Fisherfaces"))
    page.get_by_role("combobox", name="People who pass").select_option("100")
    says(page, sentence(way="Fisherfaces", crowd=100))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", [1280, 375])
def test_it_fits_keeps_its_height_and_axe_finds_nothing(threshold, axe_finds_in_light_and_dark, width):
    page = threshold(viewport={"width": width, "height": 800}, **CALM)
    height = "document.querySelector('.nnlib-live-stage').offsetHeight"
    least = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.nnlib-live-stage')).minHeight)")
    assert page.evaluate(height) <= least + 1  # reserved before the script ran
    page.get_by_role("combobox", name="People who pass").select_option("1000000")
    for way in faces.counts():
        page.get_by_role("button", name=way, exact=True).click()
        says(page, sentence(way=way, crowd=1_000_000))
        assert page.evaluate(height) <= least + 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for box in page.locator(".nnlib-live-stage :is(button, input, select)").all():
        assert box.bounding_box()["height"] >= 43.9
    assert axe_finds_in_light_and_dark(page) == []


def test_without_scripts_the_words_are_there(threshold):
    page = threshold(java_script_enabled=False)
    page.get_by_text("The same in words").click()
    assert page.get_by_text(sentence()).is_visible()
