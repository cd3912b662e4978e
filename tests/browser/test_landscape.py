"""The cost's landscape in a browser: walked by mouse, finger and keys, with nnlib's costs and slopes beside it."""

import json
import re

import numpy as np
import pytest
from windows import CALM, PHONE, hold_the_clock, says, tab_to

from nnlib import Sigmoid
from nnlib.alive import landscape
from nnlib.alive.landscape import Landscape
from nnlib.prose import significant

X, Y = np.array([-2.0, -1.0, 0.5, 1.0, 2.0, 3.0]), np.array([0.0, 0.0, 1.0, 0.0, 1.0, 1.0])
RNG = np.random.default_rng(1)
POINTS = RNG.normal(size=100)
HEIGHTS = 2 * POINTS - 1 + 0.8 * RNG.normal(size=100)
LANDS = {"sigmoid": Landscape(X, Y, Sigmoid()), "line": Landscape(POINTS, HEIGHTS)}


@pytest.fixture
def show(alive, shown):
    """Open a page with the landscape of a chapter, and give its data too."""

    def open_page(kind, **options):
        if kind == "sigmoid":
            landscape.sigmoid_neuron(X, Y)
        else:
            landscape.straight_line(POINTS, HEIGHTS)
        data = json.loads(re.search(r'<script type="application/json">(.*?)</script>', shown[0])[1])
        return alive(**options), data

    return open_page


def numbers(page):
    """What stands beside the map, by name."""
    names, values = (page.locator(f".nnlib-land-numbers {kind}").all_inner_texts() for kind in ("span", "b"))
    return dict(zip(map(str.strip, names), values, strict=True))


def cost_at(kind, place):
    """The cost as the page writes it."""
    return significant(LANDS[kind].at(place)[0])


def test_a_walk_is_made_by_keyboard_alone(show):
    page, _ = show("sigmoid", **CALM)
    tab_to(page, "Start")
    for key in ("ArrowLeft", "Shift+ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
    start = (4.9, -2.3)
    assert page.get_by_role("slider", name="Start").get_attribute("aria-valuetext") == "w 4.9, b −2.3"
    tab_to(page, "Rate")
    page.keyboard.press("ArrowRight")  # from 2 to 5
    tab_to(page, "One step")
    page.keyboard.press("Enter")
    cost, slopes = LANDS["sigmoid"].at(LANDS["sigmoid"].walk(start, 5, 1)[-1])
    says(page, f"After 1 step at the rate 5: cost {significant(cost, 4)}")
    assert numbers(page)["gradient"] == f"({significant(slopes[0], 3)}, {significant(slopes[1], 3)})"
    tab_to(page, "Run 400 steps")
    page.keyboard.press("Space")
    end = LANDS["sigmoid"].walk(start, 5, 401)[-1]
    says(page, f"After 401 steps at the rate 5: cost {cost_at('sigmoid', end)}")
    assert numbers(page)["(w, b)"] == f"({significant(end[0], 4)}, {significant(end[1], 4)})"


def test_too_large_a_rate_is_said_to_diverge_where_it_does(show):
    page, _ = show("line", **CALM)
    page.get_by_role("slider", name="Batch size").press("End")
    page.get_by_role("slider", name="Rate").press("End")
    page.get_by_role("button", name="Run 5 epochs").click()
    path = LANDS["line"].walk((-0.5, 1.5), 2.5, 40)
    costs = [LANDS["line"].at(place)[0] for place in path]
    says(page, f"After 5 steps at the rate 2.5, batches of 100, seed 5: cost {significant(costs[5], 4)}")
    lost = next(i for i, cost in enumerate(costs) if cost >= 1e6)
    for _ in range(5, lost):
        page.get_by_role("button", name="One step").click()
    says(page, f"Diverged: after {lost} steps at the rate 2.5, batches of 100, seed 5 the cost is above a million.")
    assert page.get_by_role("button", name="One step").get_attribute("aria-disabled") == "true"


def test_another_seed_starts_at_the_same_place_and_ends_elsewhere(show):
    page, _ = show("line", **CALM)
    page.get_by_role("button", name="Run 5 epochs").click()
    for seed in (5, 0):
        end = LANDS["line"].walk((-0.5, 1.5), 0.1, 5, 1, seed)[-1]
        says(
            page,
            f"After 500 steps at the rate 0.1, batches of 1, seed {seed}: cost {cost_at('line', end)}",
        )
        page.get_by_role("button", name="Another seed").click()
    page.get_by_role("slider", name="Batch size").press("ArrowRight")
    assert (numbers(page)["step"], numbers(page)["epoch"]) == ("250", "5")


def test_walks_are_kept_and_cleared(show):
    page, _ = show("sigmoid", **CALM)
    kept = page.locator(".nnlib-land-map .nnlib-land-kept polyline")
    assert kept.count() == 3  # those of the chapter
    page.get_by_role("button", name="Clear").click()
    assert kept.count() == 0 and numbers(page)["step"] == "0"
    page.get_by_role("button", name="One step").click()
    page.get_by_role("button", name="Keep this walk").click()
    says(page, "This walk stays on the map as a thin line; of at most three, 1 are there.")
    assert kept.count() == 1


def place(page, data, w, b):
    """Where on the page the place (w, b) of the map lies."""
    box = page.locator(".nnlib-land-map").bounding_box()
    left, right, bottom, top = data["window"]
    return (
        box["x"] + (w - left) / (right - left) * box["width"],
        box["y"] + (top - b) / (top - bottom) * box["height"],
    )


def test_a_dragged_start_takes_its_walk_along(show):
    page, data = show("line", **CALM)
    page.get_by_role("button", name="One epoch").click()
    page.mouse.move(*place(page, data, -0.5, 1.5))
    page.mouse.down()
    page.mouse.move(*place(page, data, 1, 0), steps=4)
    page.mouse.move(*place(page, data, 3, 2), steps=4)
    page.mouse.up()
    end = LANDS["line"].walk((3, 2), 0.1, 1, 1)[-1]
    says(page, f"After 100 steps at the rate 0.1, batches of 1, seed 5: cost {cost_at('line', end)}")


def touch(page, *moves):
    """A finger that comes down at the first place, moves over the others, and is lifted."""
    session = page.context.new_cdp_session(page)
    for i, (x, y) in enumerate(moves):
        kind = "touchMove" if i else "touchStart"
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_finger_drags_the_start_and_scrolls_the_page_beside_it(show):
    page, data = show("line", **PHONE, **CALM)
    page.evaluate("document.body.style.paddingBottom = '100rem'")
    touch(page, place(page, data, -0.5, 1.5), place(page, data, -0.5, 1), place(page, data, 0, 0))
    page.locator("[aria-valuetext='w 0, b 0']").wait_for()
    assert page.evaluate("scrollY") == 0
    x, y = place(page, data, 2, -1)
    touch(page, (x, y), (x, y - 40), (x, y - 120))
    page.wait_for_function("scrollY > 40")


def test_a_run_moves_only_when_asked_and_can_be_cut_short(show):
    page, _ = show("line")
    hold_the_clock(page)
    page.clock.run_for(60_000)
    assert numbers(page)["step"] == "0"
    page.get_by_role("button", name="Run 5 epochs").click()
    while int(numbers(page)["step"]) < 6:
        page.clock.run_for(10)
    page.get_by_role("button", name="Clear").click()
    says(page, "At the start (−0.5, 1.5)")
    page.clock.run_for(60_000)
    assert numbers(page)["step"] == "0"


@pytest.mark.parametrize("kind", ["sigmoid", "line"])
@pytest.mark.parametrize("width", [1280, 375])
def test_it_fits_keeps_its_height_and_axe_finds_nothing(show, axe_finds_in_light_and_dark, kind, width):
    page, _ = show(kind, viewport={"width": width, "height": 800}, **CALM)
    height = "document.querySelector('.nnlib-live-stage').offsetHeight"
    least = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.nnlib-live-stage')).minHeight)")
    assert page.evaluate(height) <= least + 1  # reserved before the script ran
    for _ in range(4):
        page.get_by_role("button", name="Run").click()
    says(page, {"sigmoid": "After 1,600 steps", "line": "Here end the shuffled orders of this page."}[kind])
    assert page.evaluate(height) <= least + 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for box in page.locator(".nnlib-land button, .nnlib-land input, .nnlib-land-reach").all():
        assert box.bounding_box()["height"] >= 43.9
    assert axe_finds_in_light_and_dark(page) == []


def test_without_scripts_the_words_are_there(show):
    page, _ = show("line", java_script_enabled=False)
    page.get_by_text("The same in words").click()
    assert page.get_by_text("All 100 at once: 1 step in an epoch; after one epoch 3.23").is_visible()
