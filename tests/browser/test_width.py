"""Errors by width in a browser: width, wrong labels and L2 are chosen by keys and by finger, and the words follow."""

from functools import cache

from windows import CALM, PHONE, says, tab_to

from nnlib.alive import width

found = cache(width.measured)


def sentence(neurons, wrong="none", l2="none"):
    """What the page says of a choice."""
    return width.said(neurons, wrong, l2, *found()[wrong][l2][width.WIDTHS.index(neurons)])


def test_it_is_steered_by_keyboard_alone(alive, shown):
    width.show()
    page = alive(**CALM)
    says(page, sentence(width.START["width"]))
    tab_to(page, "Neurons")
    page.keyboard.press("ArrowRight")
    says(page, sentence(width.WIDTHS[width.WIDTHS.index(width.START["width"]) + 1]))
    page.keyboard.press("End")
    says(page, sentence(width.WIDTHS[-1]))
    for key, now in [("a fifth", ("a fifth", "none")), ("0.001", ("a fifth", "0.001")), ("0.03", ("a fifth", "0.03"))]:
        tab_to(page, key)
        page.keyboard.press("Enter")
        says(page, sentence(width.WIDTHS[-1], *now))


def test_a_point_stands_for_each_width_twice(alive, shown):
    width.show()
    page = alive(**CALM)
    for kind in ("own", "fresh"):
        assert page.locator(f".nnlib-width-picture .nnlib-width-{kind}-dot").count() == len(width.WIDTHS)


def test_on_a_phone_nothing_sticks_out_and_a_tap_chooses(alive, shown):
    width.show()
    page = alive(**PHONE)
    page.get_by_role("group", name="L2").get_by_role("button", name="0.001", exact=True).tap()
    says(page, sentence(width.START["width"], l2="0.001"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
