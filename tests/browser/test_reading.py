"""Reading a digit in a browser: ready digits, the reader's own strokes, and a still picture where no script runs."""

import numpy as np
import pytest
from windows import PHONE

from measure import results
from nnlib import plotting
from nnlib.alive import digit, reading

NETWORK = results.stored_network()


def opened(alive, **options):
    """The interactive in a window."""
    reading.show(NETWORK)
    return alive(**options)


@pytest.fixture
def page(alive):
    """The interactive as a desk shows it."""
    return opened(alive)


def outputs(page):
    """The ten numbers beside the bars, once the screen has caught up."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return [float(text) for text in page.locator(".nnlib-reading-output text:last-child").all_text_contents()]


def test_every_ready_digit_gets_the_answer_of_nnlib(page):
    for shown, image in enumerate(reading.ready()):
        page.get_by_role("button", name=f"Ready digit {shown}").click()
        answer = reading.activations(NETWORK, image)[-1]
        assert np.allclose(outputs(page), answer, atol=0.0051)
        page.get_by_role("status").get_by_text(digit.impression(answer)).wait_for()


def test_a_digit_is_drawn_by_keys_and_taken_back(page):
    press = page.keyboard.press
    page.get_by_role("application").focus()
    press("Space")  # a 7: along the top, and down to the left
    for _ in range(6):
        press("ArrowRight")
    for _ in range(7):
        press("ArrowDown")
        press("ArrowDown")
        press("ArrowLeft")
    press("Space")
    assert int(np.argmax(outputs(page))) == 7
    press("Backspace")
    press("Backspace")
    assert int(np.argmax(outputs(page))) == reading.FIRST


def test_a_cleared_field_says_so(page):
    page.get_by_role("button", name="Clear").click()
    page.get_by_role("status").get_by_text("No ink yet").wait_for()
    assert page.locator(".nnlib-reading-pixels rect").count() == 0


# The colours of the ink and of the paper under it: on the pad, on the ready digits, and in the picture.
INKED = """() => [...document.querySelectorAll(".nnlib-digit-pad canvas, .nnlib-digit-five canvas")].map((canvas) => {
  const dots = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const full = dots.findIndex((level, at) => at % 4 === 3 && level === 255);
  const { backgroundColor } = getComputedStyle(canvas);
  return [`rgb(${[...dots.slice(full - 3, full)].join(", ")})`, backgroundColor];
}).concat([[".nnlib-reading-pixels", ".nnlib-reading-paper"].map(
    (one) => getComputedStyle(document.querySelector(one)).fill)])"""


def test_ink_lies_on_paper_in_the_colours_of_either_theme(page):
    for place, theme in enumerate(("light", "dark")):
        page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        outputs(page)  # the screen has caught up
        ink, paper = (f"rgb{tuple(bytes.fromhex(plotting.PALETTE[name][place][1:]))}" for name in ("ink", "paper"))
        assert page.evaluate(INKED) == [[ink, paper]] * 12


def test_without_scripts_the_still_picture_is_seen(alive):
    page = opened(alive, java_script_enabled=False)
    assert page.locator(".nnlib-live-stage svg").is_visible()
    assert [float(text) for text in page.locator(".nnlib-reading-output text:last-child").all_text_contents()][3] > 0.99


@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark"}, PHONE], ids=["desk", "dark", "phone"])
def test_axe_finds_nothing_and_a_phone_holds_it(alive, axe_finds, options):
    page = opened(alive, **options)
    assert axe_finds(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
