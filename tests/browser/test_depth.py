"""Sizes layer by layer in a browser: depth, squash and start are chosen by keys and by finger, and the words follow."""

from windows import CALM, PHONE, says, tab_to

from nnlib.alive import depth

FOUND = depth.measured()


def sentence(layers, squash, start):
    """What the page says of a choice."""
    return depth.said(layers, squash, start, *FOUND[squash][start][str(layers)])


def test_it_begins_with_the_network_of_the_chapter_and_is_steered_by_keyboard_alone(alive, shown):
    depth.show()
    page = alive(**CALM)
    says(page, sentence(20, "sigmoid", "1/n"))
    for key, now in [("ReLU", (20, "ReLU", "1/n")), ("2/n", (20, "ReLU", "2/n")), ("30", (30, "ReLU", "2/n"))]:
        tab_to(page, key)
        page.keyboard.press("Enter")
        says(page, sentence(*now))
    pressed = page.locator('.nnlib-depth [aria-pressed="true"]').all_inner_texts()
    assert pressed == ["30", "ReLU", "2/n"]


def test_a_point_stands_for_each_hidden_layer_both_ways(alive, shown):
    depth.show()
    page = alive(**CALM)
    for layers in depth.DEPTHS:
        page.get_by_role("group", name="Layers").get_by_role("button", name=str(layers), exact=True).click()
        for kind in ("there", "back"):
            assert page.locator(f".nnlib-depth-picture .nnlib-depth-{kind}-dot").count() == layers - 1


def test_on_a_phone_nothing_sticks_out_and_a_tap_chooses(alive, shown):
    depth.show()
    page = alive(**PHONE)
    page.get_by_role("group", name="Squash").get_by_role("button", name="tanh", exact=True).tap()
    says(page, sentence(20, "tanh", "1/n"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
