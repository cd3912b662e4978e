"""Sentiment in a browser: a sentence is typed, words are struck out, by keys, by pointer and by finger."""

import pytest
from windows import CALM, FAIL, MEND, PHONE, says, tab_to, weights_asked

from nnlib.alive import sentiment

FIRST = sentiment.SENTENCES["not dull"]


@pytest.fixture
def reading(alive, shown):
    """The two networks as a page of its own."""
    sentiment.show()
    return lambda **options: alive(**options)


def test_the_weights_come_at_the_first_touch_and_not_before(reading):
    page = reading(**CALM)
    assert page.get_by_text(sentiment.of(FIRST)).first.is_visible()  # what stands there needs none
    assert weights_asked(page, "sentiment") == 0
    assert page.locator(".nnlib-sentiment-word").count() == 6
    page.get_by_label("Your sentence").press_sequentially("!")
    says(page, sentiment.of(f"{FIRST}!"))
    assert weights_asked(page, "sentiment") == 1


def test_a_word_is_struck_out_by_the_very_first_touch(reading):
    page = reading(**CALM)
    page.locator(".nnlib-sentiment-word").nth(3).click()
    says(page, sentiment.of("The film is, not dull."))


def test_a_sentence_is_typed_and_words_are_struck_out_by_keyboard_alone(reading):
    page = reading(**CALM)
    tab_to(page, "Your sentence")
    page.keyboard.press("Control+A")
    page.keyboard.type("A great film, not dull")
    says(page, sentiment.of("A great film, not dull"))
    assert page.locator(".nnlib-sentiment-word").count() == 5
    tab_to(page, "great")
    page.keyboard.press("Enter")
    says(page, sentiment.of("A film, not dull"))
    assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"
    page.keyboard.press("Space")
    says(page, sentiment.of("A great film, not dull"))


def test_on_a_phone_a_tap_takes_a_ready_sentence_and_nothing_sticks_out(reading):
    page = reading(**PHONE)
    page.get_by_role("button", name="a telephone").tap()
    says(page, sentiment.of(sentiment.SENTENCES["a telephone"]))
    page.locator(".nnlib-sentiment-word").first.tap()
    says(page, sentiment.of(sentiment.SENTENCES["a telephone"].partition(" ")[2]))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_is_typed_is_no_markup(reading):
    page = reading(**CALM)
    page.get_by_label("Your sentence").fill("<b>good</b> <script>x</script>")
    says(page, sentiment.of("<b>good</b> <script>x</script>"))
    assert page.locator(".nnlib-sentiment b, .nnlib-sentiment script").count() == 0


def test_the_weights_come_from_disk_too(reading, small_site):
    page = reading(**CALM)
    page.goto((small_site / "page.html").as_uri())
    page.get_by_role("button", name="a film").click()
    says(page, sentiment.of(sentiment.SENTENCES["a film"]))


def test_weights_that_do_not_come_are_said_and_asked_for_again(reading):
    page = reading(**CALM)
    page.evaluate(FAIL)
    page.get_by_label("Your sentence").click()
    says(page, "The networks' weights could not be loaded. Type once more to try again.")
    page.evaluate(MEND)
    page.get_by_label("Your sentence").press_sequentially("!")
    says(page, sentiment.of(f"{FIRST}!"))


def test_axe_finds_nothing(reading, axe_finds_in_light_and_dark):
    page = reading(**CALM)
    page.get_by_role("button", name="a film").click()
    page.locator(".nnlib-sentiment-word").nth(6).wait_for()
    page.locator(".nnlib-sentiment-word").first.click()
    assert axe_finds_in_light_and_dark(page) == []
