"""The pole in a browser: played by keys, by mouse and by finger, and nothing moves that was not asked to."""

import numpy as np
import pytest
from windows import CALM, PHONE, hold_the_clock, says, tab_to

from nnlib.alive import reward
from nnlib.studies import reward as world

DATA = reward.data()


@pytest.fixture
def playing(alive, shown):
    """The game as a page of its own."""
    reward.show()
    return lambda **options: alive(**options)


def after(pushes, shove=0.0):
    """What is said after these pushes of the upper cart, 1, 0 or -1, from the first start."""
    you, it = (np.array([DATA["starts"][0]]) for _ in range(2))
    it[0, 1] += shove
    choose, carts = world.likelier(reward.load()), []
    stood = {"you": 0, "it": 0}
    for push in pushes:
        left, right = (world.step(you, np.array([move])) for move in (world.LEFT, world.RIGHT))
        if not world.fallen(you)[0]:
            you = {-1: left, 0: (left + right) / 2, 1: right}[push]
            stood["you"] += 1
        if not world.fallen(it)[0]:
            it, stood["it"] = world.step(it, choose(it)), stood["it"] + 1
    for name, state in (("you", you), ("it", it)):
        carts.append({"state": state[0].tolist(), "stood": stood[name], "over": bool(world.fallen(state)[0])})
    return reward.said(len(pushes), *carts)


def test_step_by_step_it_is_played_by_keyboard_alone_and_nothing_moves_by_itself(playing):
    page = playing(**CALM)
    says(page, after([]))
    tab_to(page, "Right")
    page.keyboard.press("Enter")
    says(page, after([1] * 5))
    page.keyboard.press("ArrowLeft")
    says(page, after([1] * 5 + [-1] * 5))
    tab_to(page, "Right")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")  # no push
    says(page, after([1] * 5 + [-1] * 5 + [0] * 5))
    hold_the_clock(page)
    page.clock.run_for(60_000)
    says(page, after([1] * 5 + [-1] * 5 + [0] * 5))


def test_a_held_key_pushes_as_long_as_it_is_held(playing):
    page = playing()
    hold_the_clock(page)
    page.clock.run_for(60_000)  # it waits for the reader
    says(page, after([]))
    page.get_by_role("button", name="real time").click()
    page.keyboard.down("ArrowRight")
    page.clock.run_for(5 * 20)
    page.keyboard.up("ArrowRight")
    page.clock.run_for(3 * 20)
    page.get_by_role("button", name="Pause").click()
    says(page, after([1] * 5 + [0] * 3))
    page.clock.run_for(60_000)
    says(page, after([1] * 5 + [0] * 3))


def test_a_held_mouse_pushes_and_the_record_is_kept(playing):
    page = playing()
    hold_the_clock(page)
    page.get_by_role("button", name="real time").click()
    page.get_by_role("button", name="Left").hover()
    page.mouse.down()
    assert page.get_by_role("button", name="Left").get_attribute("aria-pressed") == "true"
    page.clock.run_for(30 * 20)
    page.mouse.up()
    fell = after([-1] * 30)
    stood = fell.split("your pole fell after ")[1].split(" s")[0]
    says(page, "your pole fell after")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="New carts").click()
    says(page, f"Your best so far: {stood} s.")


def test_the_networks_cart_is_shoved_and_goes_on(playing):
    page = playing(**CALM)
    page.get_by_role("button", name="Shove the network ▶").click()
    page.get_by_role("button", name="No push").click()
    says(page, after([0] * 5, shove=reward.SHOVE))


def test_on_a_phone_a_tap_pushes_and_nothing_sticks_out(playing):
    page = playing(**PHONE, **CALM)
    page.get_by_role("button", name="Left").tap()
    says(page, after([-1] * 5))
    page.get_by_role("button", name="quarter speed").tap()
    page.get_by_role("button", name="Start").tap()
    page.get_by_role("button", name="Pause").tap()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", [1280, 375])
def test_it_keeps_its_height_and_axe_finds_nothing(playing, axe_finds_in_light_and_dark, width):
    page = playing(viewport={"width": width, "height": 800}, **CALM)
    height = "document.querySelector('.nnlib-live-stage').offsetHeight"
    least = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.nnlib-live-stage')).minHeight)")
    for name in ("quarter speed", "step by step"):
        page.get_by_role("button", name=name).click()
        assert page.evaluate(height) <= least + 1
    for _ in range(8):
        page.get_by_role("button", name="Right").click()
    says(page, "your pole fell after")
    assert page.evaluate(height) <= least + 1
    for box in page.locator(".nnlib-reward button:visible").all():
        assert box.bounding_box()["height"] >= 43.9
    assert axe_finds_in_light_and_dark(page) == []


def test_without_scripts_the_words_are_there(playing):
    page = playing(java_script_enabled=False)
    page.get_by_text("The same in words").click()
    assert page.get_by_text("Two carts on a track of 4.8 m").is_visible()
