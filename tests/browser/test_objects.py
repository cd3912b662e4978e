"""The cells on the glass in a browser: by keys, by mouse and by finger, with a threshold moved and stains put on."""

import pytest
from windows import CALM, FAIL, MEND, PHONE, says, tab_to, weights_asked

from nnlib.alive import objects

MIDDLE = (15, 20)  # where the ring stands at first, as row and column


@pytest.fixture
def finding(alive, shown):
    """The glass as a page of its own."""
    objects.show()
    return lambda **options: alive(**options)


def at(page, place):
    """Where on the page a pixel of the glass lies."""
    box = page.locator(".nnlib-objects-glass").bounding_box()
    row, column = place
    return box["x"] + (column + 0.5) / 40 * box["width"], box["y"] + (row + 0.5) / 30 * box["height"]


def ring(page, place):
    """Wait until the ring is there."""
    said = f"row {place[0] + 1}, column {place[1] + 1}"
    page.locator(f'.nnlib-objects-glass [role=slider][aria-valuetext="{said}"]').wait_for()


def drawn(page, kind):
    return page.locator(f".nnlib-objects-glass .nnlib-objects-{kind}").count()


def test_the_weights_come_at_the_first_touch_and_not_before(finding):
    page = finding(**CALM)
    says(page, objects.of(0))
    assert weights_asked(page, "objects") == 0
    assert drawn(page, "label") == len(objects.labels()[0][0])
    page.get_by_role("button", name="Photograph 3").click()
    says(page, objects.of(2))
    assert weights_asked(page, "objects") == 1


def test_boxes_are_drawn_as_is_said_and_the_map_can_be_seen(finding):
    page = finding(**CALM)
    page.get_by_role("button", name="white cells").click()
    says(page, objects.of(0, "white"))
    found = [
        one
        for one in objects.found(objects.maps(objects.pictures()[0])[1], 1)
        if one[0] >= objects.thresholds()["white"]
    ]
    assert drawn(page, "hit") + drawn(page, "alarm") == len(found)
    page.get_by_role("button", name="Show the map").click()
    page.get_by_role("img", name="The map of white cells").wait_for()
    page.get_by_role("button", name="Show the map").click()
    page.get_by_role("img", name="Photograph 1").wait_for()


def test_by_keyboard_alone(finding):
    page = finding(**CALM)
    less = round(objects.thresholds()["red"], 2) - 0.01  # a key goes to the next hundredth
    tab_to(page, "Photograph 2")
    page.keyboard.press("Enter")
    says(page, objects.of(1))
    tab_to(page, "Place on the glass")
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("ArrowUp")
    ring(page, (14, 12))
    tab_to(page, "Threshold")
    page.keyboard.press("ArrowLeft")
    says(page, objects.of(1, "red", less))
    tab_to(page, "Dark stain")
    page.keyboard.press("Enter")
    stain = ("Dark stain", (14, 12))
    says(page, objects.of(1, "red", less, [stain]))
    tab_to(page, "As it was")
    page.keyboard.press("Enter")
    says(page, objects.of(1, "red", less))


def test_the_mouse_drags_the_ring_and_a_click_brings_it(finding):
    page = finding(**CALM)
    page.mouse.move(*at(page, MIDDLE))
    page.mouse.down()
    page.mouse.move(*at(page, (5, 30)), steps=5)
    page.mouse.up()
    ring(page, (5, 30))
    page.mouse.click(*at(page, (25, 4)))
    ring(page, (25, 4))
    page.get_by_role("button", name="Pale stain").click()
    page.get_by_role("button", name="Wipe").click()
    says(page, objects.of(0, "red", None, [("Pale stain", (25, 4)), ("Wipe", (25, 4))]))
    page.mouse.move(*at(page, (25, 4)))
    page.mouse.down()
    page.mouse.move(*at(page, (40, -9)), steps=5)
    page.mouse.up()
    ring(page, (29, 0))


def test_a_finger_taps_and_nothing_sticks_out(finding):
    page = finding(**PHONE, **CALM)
    page.locator(".nnlib-objects-glass").scroll_into_view_if_needed()
    page.touchscreen.tap(*at(page, (4, 33)))
    ring(page, (4, 33))
    page.get_by_role("button", name="Dark stain").tap()
    says(page, objects.of(0, "red", None, [("Dark stain", (4, 33))]))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_another_photograph_is_as_it_was(finding):
    page = finding(**CALM)
    page.get_by_role("button", name="Wipe").click()
    says(page, objects.of(0, "red", None, [("Wipe", MIDDLE)]))
    page.get_by_role("button", name="Photograph 6").click()
    says(page, objects.of(5))


def test_weights_that_do_not_come_are_said_and_asked_for_again(finding):
    page = finding(**CALM)
    page.evaluate(FAIL)
    page.get_by_role("slider", name="Place on the glass").focus()
    says(page, "The network's weights could not be loaded. Press a button to try again.")
    page.evaluate(MEND)
    page.get_by_role("button", name="Photograph 4").click()
    says(page, objects.of(3))


@pytest.mark.parametrize("width", [1280, 375])
def test_it_fits_keeps_its_height_and_axe_finds_nothing(finding, axe_finds_in_light_and_dark, width):
    page = finding(viewport={"width": width, "height": 800}, **CALM)
    height = "document.querySelector('.nnlib-live-stage').offsetHeight"
    least = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.nnlib-live-stage')).minHeight)")
    assert page.evaluate(height) <= least + 1  # reserved before the script ran
    for which in range(objects.PHOTOGRAPHS):
        page.get_by_role("button", name=f"Photograph {which + 1}").click()
        page.get_by_role("button", name="Dark stain").click()
        says(page, objects.of(which, "red", None, [("Dark stain", MIDDLE)]))
        assert page.evaluate(height) <= least + 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for box in page.locator(".nnlib-live-stage button, .nnlib-live-stage input").all():
        assert box.bounding_box()["height"] >= 43.9
    assert axe_finds_in_light_and_dark(page) == []


def test_without_scripts_the_words_are_there(finding):
    page = finding(java_script_enabled=False)
    page.get_by_text("The same in words").click()
    assert page.get_by_text(f"Photograph 2, white cells. {objects.of(1, 'white')}").is_visible()
