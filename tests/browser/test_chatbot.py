"""The chatbot in a browser: it is asked, told twice, and given other bags, by keys, by pointer and by finger."""

import pytest
from windows import CALM, FAIL, MEND, PHONE, says, tab_to, weights_asked

from nnlib.alive import chatbot

FIRST = chatbot.QUESTIONS["my account"]
MATCH = chatbot.QUESTIONS["a match"]


@pytest.fixture
def asking(alive, shown):
    """The chatbot as a page of its own."""
    chatbot.show()
    return lambda **options: alive(**options)


def test_the_weights_come_at_the_first_touch_and_not_before(asking):
    page = asking(**CALM)
    assert page.get_by_text(chatbot.of(FIRST)).first.is_visible()  # what stands there needs none
    assert weights_asked(page, "chatbot") == 0
    page.get_by_label("Your question").press_sequentially("?")
    says(page, chatbot.of(f"{FIRST}?"))
    assert weights_asked(page, "chatbot") == 1


def test_it_is_asked_again_and_by_the_other_bag_with_the_keyboard_alone(asking):
    page = asking(**CALM)
    tab_to(page, "Your question")
    page.keyboard.press("Control+A")
    page.keyboard.type(MATCH)
    says(page, chatbot.of(MATCH))
    tab_to(page, "Say it once more")
    page.keyboard.press("Enter")
    says(page, chatbot.of(f"{MATCH} {MATCH}"))
    page.keyboard.press("Space")
    says(page, chatbot.of(f"{MATCH} {MATCH} {MATCH}"))
    tab_to(page, "of length 1")
    page.keyboard.press("Enter")
    says(page, chatbot.of(f"{MATCH} {MATCH} {MATCH}", 1))
    assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"


def test_on_a_phone_a_tap_takes_a_ready_question_and_nothing_sticks_out(asking):
    page = asking(**PHONE)
    page.get_by_role("button", name="a library").tap()
    says(page, chatbot.of(chatbot.QUESTIONS["a library"]))
    page.get_by_role("button", name="of length 1").tap()
    says(page, chatbot.of(chatbot.QUESTIONS["a library"], 1))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_bar_is_as_long_as_its_probability_and_the_line_stands_at_the_threshold(asking):
    page = asking(**CALM)
    bot = chatbot.load()[0]
    lengths = page.evaluate(
        """[...document.querySelectorAll(".nnlib-chatbot-track")].map((track) => ["::before", "::after"].map((end) => {
          const { width, left } = getComputedStyle(track, end);
          return parseFloat(end === "::before" ? width : left) / track.clientWidth;
        }))"""
    )
    for (length, line), each in zip(lengths, bot.best(FIRST), strict=True):
        assert (length, line) == pytest.approx((each["p"], bot.threshold), abs=0.01)


def test_what_is_typed_is_no_markup(asking):
    page = asking(**CALM)
    page.get_by_label("Your question").fill("<b>play</b> <script>x</script>")
    says(page, chatbot.of("<b>play</b> <script>x</script>"))
    assert page.locator(".nnlib-chatbot b, .nnlib-chatbot script").count() == 0


def test_the_weights_come_from_disk_too(asking, small_site):
    page = asking(**CALM)
    page.goto((small_site / "page.html").as_uri())
    page.get_by_role("button", name="a joke").click()
    says(page, chatbot.of(chatbot.QUESTIONS["a joke"]))


def test_weights_that_do_not_come_are_said_and_asked_for_again(asking):
    page = asking(**CALM)
    page.evaluate(FAIL)
    page.get_by_label("Your question").click()
    says(page, "The chatbot's weights could not be loaded. Type once more to try again.")
    page.evaluate(MEND)
    page.get_by_label("Your question").press_sequentially("?")
    says(page, chatbot.of(f"{FIRST}?"))


def test_axe_finds_nothing(asking, axe_finds_in_light_and_dark):
    page = asking(**CALM)
    page.get_by_role("button", name="a joke").click()
    page.get_by_role("button", name="of length 1").click()
    assert axe_finds_in_light_and_dark(page) == []
