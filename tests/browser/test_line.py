"""The perceptron's line in a browser: mouse, finger and keys all move its points, and the rule follows."""

import numpy as np
import pytest
from windows import CALM, PHONE, hold_the_clock, says, tab_to

from nnlib.alive import line


def numbers(page):
    """What stands beside the picture, by name."""
    names, values = (page.locator(f".nnlib-line-numbers {kind}").all_inner_texts() for kind in ("span", "b"))
    return dict(zip(map(str.strip, names), values, strict=True))


def test_and_is_learned_by_keyboard_alone(alive, shown):
    line.show()
    page = alive(**CALM)
    tab_to(page, "One update")
    for _ in range(4):
        page.keyboard.press("Enter")
    says(page, "Update 4, epoch 2: point 4, (1, 1), at z = 0, should have fired and did not. It is added.")
    assert numbers(page) == {
        "updates": "4", "epoch": "2", "right": "2 of 4", "w": "(1, 0) + (1, 1) = (2, 1)", "b": "−1 + 1 = 0",
    }  # fmt: skip
    tab_to(page, "Run to the end")
    page.keyboard.press("Space")
    says(page, "Done after 10 updates: epoch 6 passes without a mistake.")
    now = numbers(page)
    assert (now["updates"], now["right"]) == ("10", "4 of 4")
    assert now["w"].endswith("= (2, 1)") and now["b"].endswith("= −2")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")  # back
    says(page, "Update 9, epoch 4")


def test_a_point_is_moved_by_keyboard_and_what_was_learned_is_learned_anew(alive, shown):
    line.show()
    page = alive(**CALM)
    page.get_by_role("button", name="Run to the end").click()
    tab_to(page, "Point 4 of 4, circle, should fire")
    for key in ("ArrowLeft", "Shift+ArrowDown", "ArrowUp"):
        page.keyboard.press(key)
    point = page.get_by_role("slider", name="Point 4 of 4")
    assert point.get_attribute("aria-valuetext") == "(0.9375, 0.5625)"
    inputs, targets = line.CORNERS.copy(), np.array([0, 0, 0, 1])
    inputs[3] = 0.9375, 0.5625
    w, b, updates, clean = line.train(inputs, targets)
    says(page, f"Done after {len(updates)} updates: epoch {clean} passes")
    assert numbers(page)["w"].endswith(f"= {line.pair(w)}") and numbers(page)["b"].endswith(f"= {line.exact(b)}")
    assert page.locator(".nnlib-line-row [aria-pressed=true]").count() == 0  # it is the reader's own task now


def test_a_point_stays_in_the_picture(alive, shown):
    line.show()
    page = alive(**CALM)
    page.get_by_role("slider", name="Point 1 of 4").focus()
    for _ in range(9):
        page.keyboard.press("Shift+ArrowLeft")
    assert page.get_by_role("slider", name="Point 1 of 4").get_attribute("aria-valuetext") == "(−1, 0)"


def place(page, number, x1, x2):
    """Where on the page the numbers (x1, x2) lie, from where a point of AND lies."""
    box = page.locator(".nnlib-line-picture").bounding_box()
    scale = box["width"] / 3.5
    return box["x"] + (x1 + 1.25) * scale, box["y"] + (2.25 - x2) * scale


def test_xor_never_ends_and_a_point_dragged_by_mouse_makes_it_end(alive, shown):
    line.show("XOR")
    page = alive(**CALM)
    page.get_by_role("button", name="Run to the end").click()
    says(page, "Stopped after 1,000 updates. No line separates these points, so the mistakes never end: after update 5")
    page.mouse.move(*place(page, 4, 1, 1))
    page.mouse.down()
    page.mouse.move(*place(page, 4, 0.4, 0.3), steps=4)
    page.mouse.move(*place(page, 4, -0.5, -0.5), steps=4)
    page.mouse.up()
    assert page.get_by_role("slider", name="Point 4").get_attribute("aria-valuetext") == "(−0.5, −0.5)"
    inputs = line.CORNERS.copy()
    inputs[3] = -0.5, -0.5
    w, b, updates, clean = line.train(inputs, np.array([0, 1, 1, 0]))
    says(page, f"Done after {len(updates)} updates: epoch {clean} passes")
    assert numbers(page)["w"].endswith(f"= {line.pair(w)}")


def test_little_room_takes_longer_and_is_not_called_impossible(alive, shown):
    line.show("OR")
    page = alive(**CALM)
    page.get_by_role("button", name="Run to the end").click()
    for name, keys in {"Point 1": ["Shift+ArrowRight"], "Point 2": ["Shift+ArrowDown", *7 * ["ArrowDown"]]}.items():
        page.get_by_role("slider", name=name).focus()
        for key in keys:
            page.keyboard.press(key)
    inputs = line.CORNERS.copy()
    inputs[0], inputs[1] = (0.5, 0), (0, 0.0625)
    *_, updates, clean = line.train(inputs, np.array([0, 1, 1, 1]), max_epochs=line.LIMIT)
    assert clean and len(updates) > line.LIMIT
    says(page, "Stopped after 1,000 updates. A line does separate the points, but with so little room it takes longer.")


def touch(page, *moves):
    """A finger that comes down at the first place, moves over the others, and is lifted."""
    session = page.context.new_cdp_session(page)
    for i, (x, y) in enumerate(moves):
        kind = "touchMove" if i else "touchStart"
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_finger_drags_a_point_and_scrolls_the_page_beside_it(alive, shown):
    line.show()
    page = alive(**PHONE, **CALM)
    page.evaluate("document.body.style.paddingBottom = '100rem'")
    start, end = place(page, 4, 1, 1), place(page, 4, 1, 2)
    touch(page, start, (start[0], start[1] - 20), end)
    page.locator("[aria-label^='Point 4'][aria-valuetext='(1, 2)']").wait_for()
    assert page.evaluate("scrollY") == 0
    beside = place(page, 0, 1.7, -0.5)
    touch(page, beside, (beside[0], beside[1] - 40), (beside[0], beside[1] - 120))
    page.wait_for_function("scrollY > 40")
    assert page.get_by_role("slider", name="Point 4").get_attribute("aria-valuetext") == "(1, 2)"


def test_a_run_moves_only_when_asked_and_can_be_cut_short(alive, shown):
    line.show("Cloud")
    page = alive()
    hold_the_clock(page)
    page.clock.run_for(60_000)
    assert numbers(page)["updates"] == "0"
    page.get_by_role("button", name="Run to the end").click()
    while int(numbers(page)["updates"]) < 3:
        page.clock.run_for(10)
    page.get_by_role("button", name="Back").click()
    at = numbers(page)["updates"]
    page.clock.run_for(60_000)
    assert numbers(page)["updates"] == at and 1 < int(at) < 27
    page.get_by_role("button", name="Run to the end").click()
    page.clock.resume()
    says(page, "Done after 27 updates")


@pytest.mark.parametrize("width", [1280, 375])
def test_it_fits_keeps_its_height_and_axe_finds_nothing(alive, shown, axe_finds_in_light_and_dark, width):
    line.show("XOR")
    page = alive(viewport={"width": width, "height": 800}, **CALM)
    height = "document.querySelector('.nnlib-live-stage').offsetHeight"
    least = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.nnlib-live-stage')).minHeight)")
    assert page.evaluate(height) <= least + 1  # reserved before the script ran
    page.get_by_role("button", name="Run to the end").click()
    says(page, "Stopped")
    assert page.evaluate(height) <= least + 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for box in page.locator(".nnlib-line button, .nnlib-line-reach").all():
        assert min(box.bounding_box()["width"], box.bounding_box()["height"]) >= 43.9
    assert axe_finds_in_light_and_dark(page) == []


def test_without_scripts_the_words_are_there(alive, shown):
    line.show()
    page = alive(java_script_enabled=False)
    page.get_by_text("The same in words").click()
    assert page.get_by_text("AND: 10 updates, then w = (2, 1), b = −2, and epoch 6 has no mistake.").is_visible()
