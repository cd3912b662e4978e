"""The spam filter in a browser: a message is typed, words are struck out, by keys, by pointer and by finger."""

import pytest
from windows import CALM, FAIL, MEND, PHONE, says, tab_to, weights_asked

from nnlib.alive import spam

FIRST = spam.MESSAGES["a prize"]


@pytest.fixture
def filtering(alive, shown):
    """The filter as a page of its own."""
    spam.show()
    return lambda **options: alive(**options)


def test_the_weights_come_at_the_first_touch_and_not_before(filtering):
    page = filtering(**CALM)
    assert page.get_by_text(spam.of(FIRST)).first.is_visible()  # what stands there needs none
    assert weights_asked(page, "spam") == 0
    assert page.locator(".nnlib-spam-word").count() == 16
    page.get_by_label("Your message").press_sequentially("!")
    says(page, spam.of(f"{FIRST}!"))
    assert weights_asked(page, "spam") == 1


def test_a_message_is_typed_and_words_are_struck_out_by_keyboard_alone(filtering):
    page = filtering(**CALM)
    tab_to(page, "Your message")
    page.keyboard.press("Control+A")
    page.keyboard.type("Call me, free prize")
    says(page, spam.of("Call me, free prize"))
    assert page.locator(".nnlib-spam-word").count() == 4
    tab_to(page, "free")
    page.keyboard.press("Enter")
    says(page, spam.of("Call me, prize"))
    assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"
    page.keyboard.press("Space")
    says(page, spam.of("Call me, free prize"))


def test_on_a_phone_a_tap_takes_a_ready_message_and_nothing_sticks_out(filtering):
    page = filtering(**PHONE)
    page.get_by_role("button", name="a trick").tap()
    says(page, spam.of(spam.MESSAGES["a trick"]))
    page.locator(".nnlib-spam-word").first.tap()
    says(page, spam.of(spam.MESSAGES["a trick"].partition(" ")[2]))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_is_typed_is_no_markup(filtering):
    page = filtering(**CALM)
    page.get_by_label("Your message").fill("<b>free</b> <script>x</script>")
    says(page, spam.of("<b>free</b> <script>x</script>"))
    assert page.locator(".nnlib-spam b, .nnlib-spam script").count() == 0


def test_the_weights_come_from_disk_too(filtering, small_site):
    page = filtering(**CALM)
    page.goto((small_site / "page.html").as_uri())
    page.get_by_role("button", name="a friend").click()
    says(page, spam.of(spam.MESSAGES["a friend"]))


def test_weights_that_do_not_come_are_said_and_asked_for_again(filtering):
    page = filtering(**CALM)
    page.evaluate(FAIL)
    page.get_by_label("Your message").click()
    says(page, "The filter's weights could not be loaded. Type once more to try again.")
    page.evaluate(MEND)
    page.get_by_label("Your message").press_sequentially("!")
    says(page, spam.of(f"{FIRST}!"))


def test_axe_finds_nothing(filtering, axe_finds_in_light_and_dark):
    page = filtering(**CALM)
    page.get_by_role("button", name="a friend").click()
    page.locator(".nnlib-spam-word").first.wait_for()
    page.locator(".nnlib-spam-word").first.click()
    assert axe_finds_in_light_and_dark(page) == []
