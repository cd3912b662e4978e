"""The plane of the code in a browser: walked in by keys, by mouse, by finger and by buttons."""

import numpy as np
import pytest
from windows import CALM, FAIL, MEND, PHONE, hold_the_clock, says, tab_to, weights_asked

from nnlib.alive import unlabelled

FIRST = unlabelled.middle(unlabelled.FIRST)
LEFT, RIGHT, BOTTOM, TOP = unlabelled.window()
STEP = (RIGHT - LEFT) / 100


@pytest.fixture
def walking(alive, shown):
    """The plane as a page of its own."""
    unlabelled.show()
    return lambda **options: alive(**options)


def shows(page, place):
    """Wait until the picture is what the decoder draws of a place, by its name, and compare its pixels."""
    levels = unlabelled.decode(place)
    page.get_by_role("img", name=unlabelled.drawn(levels)).wait_for()
    drawn = page.eval_on_selector_all(
        ".nnlib-unlabelled-picture rect", "all => all.map(each => Number(each.getAttribute('fill-opacity')))"
    )
    np.testing.assert_allclose(drawn, np.clip(levels, 0, 1), rtol=0, atol=6e-4)


def at(page, place):
    """Where on the page a place of the plane lies."""
    box = page.locator(".nnlib-live-unlabelled .nnlib-land-map").bounding_box()
    x = box["x"] + (place[0] - LEFT) / (RIGHT - LEFT) * box["width"]
    return x, box["y"] + (TOP - place[1]) / (TOP - BOTTOM) * box["height"]


def where(page):
    """The place that the point says it is at."""
    text = page.get_by_role("slider", name="Code").get_attribute("aria-valuetext")
    return [float(number) for number in text.strip("()").replace("−", "-").split(", ")]


def test_the_weights_come_at_the_first_touch_and_not_before(walking):
    page = walking(**CALM)
    says(page, unlabelled.said(FIRST))
    shows(page, FIRST)
    assert weights_asked(page, "unlabelled") == 0
    assert page.locator(".nnlib-unlabelled-code").count() == 360
    page.get_by_role("button", name="Walk to a 7").click()
    says(page, unlabelled.said(unlabelled.middle(7)))
    assert weights_asked(page, "unlabelled") == 1


def test_a_walk_is_made_by_keyboard_alone(walking):
    page = walking(**CALM)
    tab_to(page, "Code")
    for key in ("ArrowRight", "ArrowUp", "ArrowUp", "Shift+ArrowRight"):
        page.keyboard.press(key)
    place = [round(FIRST[0] + 9 * STEP, 2), round(FIRST[1] + 2 * STEP, 2)]
    says(page, unlabelled.said(place))
    shows(page, place)
    tab_to(page, "Walk to an 8")
    page.keyboard.press("Enter")
    says(page, unlabelled.said(unlabelled.middle(8)))
    shows(page, unlabelled.middle(8))
    own = page.locator(".nnlib-unlabelled-own").all_text_contents()
    assert own == ["8"] * 36
    assert page.get_by_role("button", name="Walk to an 8").get_attribute("aria-pressed") == "true"


def test_the_mouse_drags_the_point_and_it_stays_on_the_plane(walking):
    page = walking(**CALM)
    goal = [(LEFT + RIGHT) / 2, (BOTTOM + TOP) / 2]
    page.mouse.move(*at(page, FIRST))
    page.mouse.down()
    page.mouse.move(*at(page, goal), steps=5)
    page.mouse.up()
    place = where(page)
    assert np.abs(np.subtract(place, goal)).max() < 3 * STEP
    says(page, unlabelled.said(place))
    shows(page, place)
    page.mouse.move(*at(page, place))
    page.mouse.down()
    page.mouse.move(*at(page, [LEFT - 9, TOP + 9]), steps=5)
    page.mouse.up()
    assert where(page) == [LEFT, TOP]


def test_a_finger_drags_the_point_and_nothing_sticks_out(walking):
    page = walking(**PHONE, **CALM)
    session, goal = page.context.new_cdp_session(page), [FIRST[0] / 2, FIRST[1] / 2]
    for kind, place in (("touchStart", FIRST), ("touchMove", FIRST), ("touchMove", goal), ("touchEnd", None)):
        points = [dict(zip("xy", at(page, place), strict=True))] if place else []
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    page.wait_for_function("before => document.querySelector('[role=slider]').ariaValueText !== before",
                           arg=f"({FIRST[0]}, {FIRST[1]})".replace("-", "−"))  # fmt: skip
    says(page, unlabelled.said(where(page)))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_walk_takes_its_time_and_another_ends_it(walking):
    page = walking()
    hold_the_clock(page)
    page.get_by_role("button", name="Walk to a 0").click()
    page.wait_for_function("document.querySelectorAll('.nnlib-unlabelled-own').length === 36")
    while where(page) == FIRST:
        page.clock.run_for(60)
    assert where(page) != unlabelled.middle(0)
    page.get_by_role("button", name="Walk to a 4").click()
    while where(page) != unlabelled.middle(4):
        page.clock.run_for(60)
    says(page, unlabelled.said(unlabelled.middle(4)))
    page.clock.run_for(60_000)
    assert where(page) == unlabelled.middle(4)


def test_weights_that_do_not_come_are_said_and_asked_for_again(walking):
    page = walking(**CALM)
    page.evaluate(FAIL)
    page.get_by_role("slider", name="Code").focus()
    says(page, "The decoder's weights could not be loaded. Move the point once more to try again.")
    page.evaluate(MEND)
    page.keyboard.press("ArrowLeft")
    place = [round(FIRST[0] - STEP, 2), FIRST[1]]
    says(page, unlabelled.said(place))
    shows(page, place)


@pytest.mark.parametrize("width", [1280, 375])
def test_it_fits_keeps_its_height_and_axe_finds_nothing(walking, axe_finds_in_light_and_dark, width):
    page = walking(viewport={"width": width, "height": 800}, **CALM)
    height = "document.querySelector('.nnlib-live-stage').offsetHeight"
    least = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.nnlib-live-stage')).minHeight)")
    assert page.evaluate(height) <= least + 1  # reserved before the script ran
    for digit in range(10):
        page.get_by_role("button", name=f"Walk to a{'n' if digit == 8 else ''} {digit}").click()
        says(page, unlabelled.said(unlabelled.middle(digit)))
        assert page.evaluate(height) <= least + 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for box in page.locator(".nnlib-live-stage button, .nnlib-land-reach").all():
        assert box.bounding_box()["height"] >= 43.9
    assert axe_finds_in_light_and_dark(page) == []


def test_without_scripts_the_words_are_there(walking):
    page = walking(java_script_enabled=False)
    page.get_by_text("The same in words").click()
    place = unlabelled.said(unlabelled.middle(4))
    assert page.get_by_text(f"The 4 nearest to the middle of all 4s. {place}").is_visible()
