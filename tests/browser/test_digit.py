"""Draw a digit in a browser: mouse, finger and keys lead from a stroke to its gradient, which is nnlib's."""

import base64

import numpy as np
import pytest
from windows import PHONE

from measure import results
from nnlib.alive import digit

NETWORK = results.stored_network()
PACK = """() => {
  window.pack = (numbers) => {
    let text = "";
    for (const byte of new Uint8Array(Float64Array.from(numbers).buffer)) text += String.fromCharCode(byte);
    return btoa(text);
  };
}"""


def opened(alive, **options):
    """The interactive in a window; `pack` sends many numbers here."""
    digit.show(NETWORK, 0.9474)
    page = alive(**options)
    if options.get("java_script_enabled", True):
        page.evaluate(PACK)
    return page


@pytest.fixture
def page(alive):
    """The interactive as a desk shows it."""
    return opened(alive)


def numbers(packed):
    """What `pack` packed."""
    return np.frombuffer(base64.b64decode(packed))


def sentence(locator):
    """The text without its line breaks."""
    return " ".join(locator.inner_text().split())


def answer(page):
    """The sentences on the page: what it looks like, and what should change; once the screen has caught up."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return sentence(page.locator(".nnlib-digit-says")), sentence(page.locator(".nnlib-digit-wish"))


def expected(image, label, rate=1.0):
    """The same by nnlib."""
    seen = digit.look(NETWORK, np.asarray(image).ravel(), label, rate)
    return digit.impression(seen.activations[-1]), digit.wishes(seen, label, rate)


def on_the_field(page):
    """The image that nnlib makes of what can be seen on the field: in 256 levels of ink."""
    ink = page.evaluate(
        """() => { const field = document.querySelector(".nnlib-digit-pad canvas");
        return pack(field.getContext("2d").getImageData(0, 0, 280, 280).data.filter((_, i) => i % 4 === 3)); }"""
    )
    return digit.like_mnist(numbers(ink).reshape(280, 280) / 255)


def outputs(page):
    """The ten numbers beside the bars."""
    return [float(text) for text in page.locator(".nnlib-digit-network g text:last-child").all_text_contents()]


def close_to_nnlib(page):
    """Whether the bars' numbers are those of nnlib for what is on the field, as exactly as its levels allow."""
    answer(page)
    seen = digit.look(NETWORK, on_the_field(page).ravel(), 0, 1.0)
    return np.abs(np.array(outputs(page)) - seen.activations[-1]).max() < 0.03


def test_every_example_and_label_says_on_the_page_what_nnlib_says(page):
    for example, image in enumerate(digit.examples()):
        page.get_by_role("button", name=f"Example {example}").click()
        pixels = digit.like_mnist(digit.drawing_of(image))
        for label in (example, (example + 3) % 10):
            page.get_by_role("radio", name=str(label)).check()
            assert answer(page) == expected(pixels, label)
        assert outputs(page) == [round(a, 2) for a in digit.look(NETWORK, pixels.ravel(), 0, 1.0).activations[-1]]


def test_from_the_page_to_a_drawn_digit_and_its_wishes_by_keyboard_alone(page):
    press = page.keyboard.press
    press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "application"
    assert page.locator(".nnlib-digit-cursor").evaluate("cursor => getComputedStyle(cursor).visibility") == "visible"
    press("Tab")
    press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Clear"
    press("Enter")
    assert answer(page)[0].startswith("No ink yet")
    press("Shift+Tab")
    press("Shift+Tab")
    press("Space")  # a 7: along the top, and down to the left
    page.get_by_role("status").get_by_text("Row 6, column 14, pen down.").wait_for(state="attached")
    for _ in range(6):
        press("ArrowRight")
    for _ in range(7):
        press("ArrowDown")
        press("ArrowDown")
        press("ArrowLeft")
    press("Enter")
    for _ in range(3):  # with the pen up nothing is drawn
        press("ArrowUp")
    assert answer(page)[0].startswith("It looks like a 7")
    assert close_to_nnlib(page)
    for _ in range(3):  # Undo, Clear, the first example
        press("Tab")
    for _ in range(10):  # past the others, to the digit that is told
        press("Tab")
    press("ArrowLeft")
    press("ArrowLeft")
    assert page.evaluate("document.activeElement.parentElement.textContent") == "7"
    assert answer(page)[1].startswith("Told that it is a 7, the network has the cost")
    press("Tab")
    press("ArrowRight")
    assert "One step at the rate 1.1 takes the cost" in answer(page)[1]
    said = page.get_by_role("status").get_by_text("One step at the rate 1.1")
    said.wait_for(state="attached")  # once the reader pauses, all is said


def stroke(page, *points):
    """Draw by mouse, in hundredths of the field."""
    box = page.locator(".nnlib-digit-pad").bounding_box()
    places = [(box["x"] + x * box["width"] / 100, box["y"] + y * box["height"] / 100) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=8)
    page.mouse.up()


def test_a_digit_is_drawn_by_mouse_small_in_a_corner_and_taken_back(page):
    page.get_by_role("button", name="Clear").click()
    stroke(page, (10, 10), (25, 10), (15, 40))
    assert answer(page)[0].startswith("It looks like a 7")
    assert close_to_nnlib(page)
    drawn = answer(page)
    stroke(page, (5, 90), (95, 90))
    assert answer(page) != drawn
    page.get_by_role("button", name="Undo").click()
    assert answer(page) == drawn
    page.get_by_role("button", name="Undo").click()
    assert answer(page)[0].startswith("No ink yet")
    page.get_by_role("button", name="Undo").click()  # the example that was there at first
    assert answer(page) == expected(digit.like_mnist(digit.drawing_of(digit.examples()[9])), 9)
    assert page.get_by_role("button", name="Undo").get_attribute("aria-disabled") == "true"


def test_the_first_stroke_on_a_ready_digit_begins_a_new_drawing_and_the_next_goes_on_with_it(page):
    ready = answer(page)
    stroke(page, (10, 10), (25, 10), (15, 40))
    assert answer(page)[0].startswith("It looks like a 7")
    drawn = on_the_field(page)
    stroke(page, (5, 90), (95, 90))
    assert on_the_field(page).sum() != drawn.sum()
    for _ in range(2):
        page.get_by_role("button", name="Undo").click()
    assert answer(page) == ready


def touch(page, *points):
    finger = page.context.new_cdp_session(page)
    for kind, place in [("touchStart", points[0]), *(("touchMove", p) for p in points[1:]), ("touchEnd", None)]:
        touched = [] if place is None else [{"x": place[0], "y": place[1]}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touched})


def test_a_finger_draws_on_the_field_and_scrolls_the_page_beside_it(alive):
    page = opened(alive, **PHONE)
    page.get_by_role("button", name="Clear").tap()
    box = page.locator(".nnlib-digit-pad").bounding_box()
    x, y, side = box["x"], box["y"], box["width"]
    top = [(x + side * i / 10, y + 0.2 * side) for i in range(3, 8)]
    down = [(x + side * (0.7 - i / 20), y + side * (0.2 + i / 10)) for i in range(1, 7)]
    touch(page, *top, *down)
    assert answer(page)[0].startswith("It looks like a 7")
    assert page.evaluate("scrollY") == 0 and close_to_nnlib(page)
    drawn = answer(page)
    touch(page, *((x / 2, 500 - 20 * i) for i in range(12)))
    page.wait_for_function("scrollY > 50")
    assert answer(page) == drawn


def test_it_fits_a_phone_and_its_controls_a_finger(alive):
    page = opened(alive, **PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    for control in [*page.get_by_role("button").all(), *page.get_by_role("radio").all()]:
        box = control.bounding_box()
        assert min(box["width"], box["height"]) >= 44


@pytest.mark.parametrize("options", [{"viewport": {"width": 1280, "height": 900}}, PHONE], ids=["desk", "phone"])
def test_nothing_keeps_a_reader_out(alive, axe_finds_in_light_and_dark, options):
    page = opened(alive, **options)
    page.get_by_text("All numbers").click()
    page.get_by_text("The same in words").click()
    assert axe_finds_in_light_and_dark(page) == []


def test_the_ink_follows_the_theme(page):
    colour = """() => { const field = document.querySelector(".nnlib-digit-pad canvas");
        return [...field.getContext("2d").getImageData(140, 45, 1, 1).data]; }"""
    assert page.evaluate(colour) == [0x1F, 0x23, 0x28, 255]
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert page.evaluate(colour) == [0xE3, 0xE7, 0xEC, 255]


def test_what_falls_is_hatched_or_dashed_and_what_rises_is_not(page):
    answer(page)
    assert page.locator(".nnlib-digit-fall").first.evaluate("line => getComputedStyle(line).strokeDasharray") != "none"
    assert page.locator(".nnlib-digit-rise").first.evaluate("line => getComputedStyle(line).strokeDasharray") == "none"
    seen = digit.look(NETWORK, digit.like_mnist(digit.drawing_of(digit.examples()[9])).ravel(), 9, 1.0)
    wishes = -seen.gradients["0.b"]
    maps = page.locator(".nnlib-digit-maps > div")
    for j in (wishes.argmin(), wishes.argmax()):
        assert maps.nth(j).locator("small").inner_text()[0] == ("+" if wishes[j] > 0 else "−")
        levels = (
            maps.nth(j)
            .locator("canvas")
            .evaluate("map => [...map.getContext('2d').getImageData(0, 0, 84, 84).data.filter((_, i) => i % 4 === 3)]")
        )
        rows = np.array(levels).reshape(28, 3, 28, 3)
        striped = (rows.max(axis=(1, 3)) != rows.min(axis=(1, 3))).any()
        assert striped == (wishes[j] < 0)


def test_all_numbers_are_there_to_be_read(page):
    page.get_by_text("All numbers").click()
    answer(page)
    seen = digit.look(NETWORK, digit.like_mnist(digit.drawing_of(digit.examples()[9])).ravel(), 9, 1.0)
    cells = [row.split("\t") for row in page.locator("tbody tr").all_inner_texts()]
    assert len(cells) == 16
    for layer, place in enumerate((1, 3, 6)):
        shown = [float(row[place]) for row in cells if row[place]]
        assert np.allclose(shown, seen.activations[layer], atol=6e-4)


def test_without_scripts_the_words_can_be_read(alive):
    page = opened(alive, java_script_enabled=False)
    page.locator("summary").click()
    assert page.get_by_text("Told that it is a 9, the network has the cost").is_visible()
    assert page.locator(".nnlib-live-stage").is_hidden()


def test_nothing_jumps_when_it_appears(alive, shown):
    for options in ({"viewport": {"width": 1280, "height": 900}}, PHONE):
        page = opened(alive, **options)
        free, used = page.locator(".nnlib-live-stage").evaluate(
            """(stage) => {
              const used = stage.offsetHeight;
              stage.replaceChildren();
              return [stage.offsetHeight, used];
            }"""
        )
        assert abs(free - used) < 60
        shown.clear()
