"""A convolution in a browser: a number is chosen by keys and by finger, and what it reaches is marked and said."""

from windows import CALM, PHONE, says, tab_to

from nnlib.alive import kernel


def test_it_begins_with_a_delta_and_is_steered_by_keyboard_alone(alive, shown):
    kernel.show()
    page = alive(**CALM)
    says(page, kernel.said("back", "output", 1, 1))
    for key, now in [
        ("On the way there", ("there", "output", 1, 1)),
        ("Input (0, 1)", ("there", "input", 0, 1)),
        ("Weight (2, 0)", ("there", "kernel", 2, 0)),
    ]:
        tab_to(page, key)
        page.keyboard.press("Enter")
        says(page, kernel.said(*now))


def test_what_a_number_reaches_is_marked(alive, shown):
    kernel.show()
    page = alive(**CALM)
    for part, place, reached in (("output", (1, 1), 9 + 9), ("input", (0, 1), 2 + 2), ("kernel", (0, 0), 9 + 9)):
        row, column = place
        grid = page.get_by_role("group", name=part, exact=True)
        grid.get_by_role("button").nth(row * (5 if part == "input" else 3) + column).click()
        says(page, kernel.said("back", part, row, column))
        assert page.locator(".nnlib-kernel-reached").count() == reached


def test_on_a_phone_nothing_sticks_out_and_a_tap_chooses(alive, shown):
    kernel.show()
    page = alive(**PHONE)
    page.get_by_role("group", name="kernel", exact=True).get_by_role("button").first.tap()
    says(page, kernel.said("back", "kernel", 0, 0))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
