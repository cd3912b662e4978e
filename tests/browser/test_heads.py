"""Heads in a browser: head and place are chosen by keys, by pointer and by finger, and the words follow."""

import numpy as np
import pytest
from windows import CALM, PHONE, says, tab_to

from measure import shakespeare
from nnlib.alive import heads

LINE, NUMBERS = "To be", [32, 53, 1, 40, 43]


@pytest.fixture
def spoken(shown):
    """What the page says of a head and a place."""
    network = shakespeare.build(shakespeare.PLANS["long"], np.random.default_rng(0), np.float64)
    heads.show(network, LINE, NUMBERS)
    weights, wishes, after = heads.measured(network, NUMBERS)

    def sentence(head, place):
        row = (head, place, slice(place + 1))
        both = ([round(1000 * float(number)) for number in each[row]] for each in (weights, wishes))
        probability = float(f"{after[place]:.2g}") if place < len(after) else 0
        return heads.said(f"block {head // 4 + 1}, head {head % 4 + 1}", LINE, place, *both, probability)

    return sentence


def test_it_is_steered_by_keyboard_alone(alive, spoken):
    page = alive(**CALM)
    says(page, spoken(0, 3))
    tab_to(page, "place 4, “b”")
    page.keyboard.press("ArrowLeft")
    says(page, spoken(0, 2))
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    says(page, spoken(0, 4))
    page.get_by_role("button", name="block 2, head 3").click()
    says(page, spoken(6, 4))
    assert page.locator('.nnlib-heads [aria-pressed="true"]').count() == 2


def test_nothing_stands_above_what_comes_later(alive, spoken):
    page = alive(**CALM)
    page.get_by_role("button", name="place 2, “o”").click()
    heights = page.eval_on_selector_all(".nnlib-heads-bar", "bars => bars.map((bar) => bar.offsetHeight)")
    assert sum(heights[:2]) > 0 and sum(heights[2:]) == 0


def test_on_a_phone_nothing_sticks_out_and_a_tap_chooses(alive, spoken):
    page = alive(**PHONE)
    page.get_by_role("button", name="place 1, “T”").tap()
    says(page, spoken(0, 0))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
