"""The road in a browser: driven by keys, by mouse and by finger, and nothing moves that was not asked to."""

import numpy as np
import pytest
from windows import CALM, FAIL, MEND, PHONE, hold_the_clock, says, tab_to, weights_asked

from nnlib.alive import driving
from nnlib.studies import driving as world

NETWORKS = driving.load()
LEFT = driving.TURN


@pytest.fixture
def driven(alive, shown):
    """The road as a page of its own."""
    driving.show()
    return lambda **options: alive(**options)


def after(*moves, who=None, road=0):
    """What is said after these moves: degrees for a metre, "who" for one by the network, or ("push", metres)."""
    game, network = driving.begun(road), NETWORKS.get(who)
    for move in moves:
        car = np.array([game["car"]])
        if isinstance(move, tuple):
            heading = car[0, 2]
            car[0, :2] += move[1] * np.array([np.sin(heading), -np.cos(heading)])
        else:
            car = world.step(car, np.array([driving.steering(network, game) if move == "who" else move]))
            game["metres"] += 1
        game["car"] = car[0].tolist()
        game["over"] = "off" if abs(world.beside(driving.one(road), *car[:, :2].T)[0]) > world.EDGE else ""
        if game["over"]:
            break
    return driving.said(game, driving.steering(network, game) if network and not game["over"] else None)


def test_the_weights_come_at_the_first_touch_and_not_before(driven):
    page = driven(**CALM)
    says(page, after(who="none_moved"))
    assert weights_asked(page, "driving") == 0
    page.get_by_role("button", name="Half moved").click()
    says(page, after(who="half_moved"))  # of the first picture this is known without them, so they may be on the way
    page.get_by_role("button", name="5 m on").click()
    says(page, after(*5 * ["who"], who="half_moved"))
    assert weights_asked(page, "driving") == 1


def test_step_by_step_it_is_driven_by_keyboard_alone_and_nothing_moves_by_itself(driven):
    page = driven(**CALM)
    tab_to(page, "Half moved")
    page.keyboard.press("Enter")
    tab_to(page, "5 m on")
    page.keyboard.press("Enter")
    says(page, after(*5 * ["who"], who="half_moved"))
    page.keyboard.press("ArrowLeft")
    says(page, after(*5 * ["who"], ("push", -world.PUSH), who="half_moved"))
    page.keyboard.press("Enter")
    pushed = (*5 * ["who"], ("push", -world.PUSH), *5 * ["who"])
    says(page, after(*pushed, who="half_moved"))
    hold_the_clock(page)
    page.clock.run_for(60_000)
    says(page, after(*pushed, who="half_moved"))


def test_the_reader_steers_by_keyboard_alone(driven):
    page = driven(**CALM)
    tab_to(page, "You")
    page.keyboard.press("Enter")
    says(page, after())
    page.keyboard.press("ArrowLeft")
    says(page, after(*5 * [LEFT]))
    tab_to(page, "Steer ▶")
    page.keyboard.press("Enter")
    says(page, after(*5 * [LEFT], *5 * [-LEFT]))
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")  # straight on
    says(page, after(*5 * [LEFT], *5 * [-LEFT], *5 * [0.0]))


def test_a_held_key_steers_as_long_as_it_is_held(driven):
    page = driven()
    hold_the_clock(page)
    page.clock.run_for(60_000)  # it waits for the reader
    page.get_by_role("button", name="You").click()
    page.get_by_role("button", name="brisk").click()
    page.keyboard.down("ArrowLeft")
    page.clock.run_for(3 * 80)
    page.keyboard.up("ArrowLeft")
    page.clock.run_for(2 * 80)
    page.get_by_role("button", name="Pause").click()
    says(page, after(*3 * [LEFT], *2 * [0.0]))
    page.clock.run_for(60_000)
    says(page, after(*3 * [LEFT], *2 * [0.0]))


def test_a_held_mouse_steers_and_the_drive_ends_off_the_road(driven):
    page = driven()
    hold_the_clock(page)
    page.get_by_role("button", name="You").click()
    page.get_by_role("button", name="◀ Steer").hover()
    page.mouse.down()
    assert page.get_by_role("button", name="◀ Steer").get_attribute("aria-pressed") == "true"
    page.clock.run_for(40 * 200)
    page.mouse.up()
    says(page, after(*40 * [LEFT]))
    assert "has left the road" in after(*40 * [LEFT])
    assert page.get_by_role("button", name="Start").get_attribute("aria-disabled") == "true"
    page.get_by_role("button", name="Begin again").click()
    says(page, after())


def test_the_network_drives_and_another_road_is_laid(driven):
    page = driven()
    hold_the_clock(page)
    page.get_by_role("button", name="Half moved").click()
    says(page, after(who="half_moved"))
    page.get_by_role("button", name="Another road").click()
    says(page, after(who="half_moved", road=1))
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Pause").wait_for()
    page.clock.run_for(10 * 200)
    page.get_by_role("button", name="Pause").click()
    says(page, after(*10 * ["who"], who="half_moved", road=1))


def test_weights_that_do_not_come_are_said_and_asked_for_again(driven):
    page = driven(**CALM)
    page.evaluate(FAIL)
    page.get_by_role("button", name="5 m on").click()
    says(page, "The networks' weights could not be loaded. Press a button once more to try again.")
    page.evaluate(MEND)
    page.get_by_role("button", name="5 m on").click()
    says(page, after(*5 * ["who"], who="none_moved"))


def test_on_a_phone_a_tap_drives_and_nothing_sticks_out(driven):
    page = driven(**PHONE, **CALM)
    page.get_by_role("button", name="You").tap()
    page.get_by_role("button", name="◀ Steer").tap()
    says(page, after(*5 * [LEFT]))
    page.get_by_role("button", name="Push ▶").tap()
    says(page, after(*5 * [LEFT], ("push", world.PUSH)))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_camera_shows_what_nnlib_draws(driven):
    page = driven(**CALM)
    read = (
        "document.querySelector('canvas').getContext('2d').getImageData(0, 0, 32, 8).data.filter((_, i) => i % 4 === 0)"
    )
    seen = page.evaluate(f"[...{read}]")
    wanted = 255 * world.pictures(driving.one(0), np.array([driving.begun()["car"]]))[0]
    np.testing.assert_allclose(seen, wanted, atol=1)


@pytest.mark.parametrize("width", [1280, 375])
def test_it_keeps_its_height_and_axe_finds_nothing(driven, axe_finds_in_light_and_dark, width):
    page = driven(viewport={"width": width, "height": 800}, **CALM)
    height = "document.querySelector('.nnlib-live-stage').offsetHeight"
    least = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.nnlib-live-stage')).minHeight)")
    for name in ("slow", "step by step", "You", "None moved"):
        page.get_by_role("button", name=name).click()
        assert page.evaluate(height) <= least + 1
    for _ in range(2):
        page.get_by_role("button", name="Push ▶").click()
    says(page, "the car has left the road")
    assert page.evaluate(height) <= least + 1
    for box in page.locator(".nnlib-driving button:visible").all():
        assert box.bounding_box()["height"] >= 43.9
    assert axe_finds_in_light_and_dark(page) == []


def test_without_scripts_the_words_are_there(driven):
    page = driven(java_script_enabled=False)
    page.get_by_text("The same in words").click()
    assert page.get_by_text("A road from above, closed and 3.7 m wide").is_visible()
