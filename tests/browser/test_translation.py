"""The translator in a browser: a sentence is typed or taken, and the attention shown, by keys, pointer and finger."""

import pytest
from windows import CALM, FAIL, MEND, PHONE, says, tab_to, weights_asked

from nnlib.alive import translation

FIRST = translation.SENTENCES["Tom"]
QUESTION = translation.SENTENCES["a question"]
FIELD = "Your English sentence"


@pytest.fixture
def translating(alive, shown):
    """The translator as a page of its own."""
    translation.show()
    return lambda **options: alive(**options)


def test_the_weights_come_at_the_first_touch_and_not_before(translating):
    page = translating(**CALM)
    assert page.get_by_text(translation.of(FIRST)).first.is_visible()  # what stands there needs none
    assert weights_asked(page, "translation") == 0
    page.get_by_label(FIELD).fill("I like Tom.")
    says(page, translation.of("I like Tom."))
    assert weights_asked(page, "translation") == 1


def test_it_is_asked_by_the_keyboard_alone_and_the_other_block_shown(translating):
    page = translating(**CALM)
    tab_to(page, FIELD)
    page.keyboard.press("Control+A")
    page.keyboard.type("Where is Tom?")
    says(page, translation.of("Where is Tom?"))
    other = 1 - translation.BLOCK
    tab_to(page, f"block {other + 1}")
    page.keyboard.press("Enter")
    says(page, translation.of("Where is Tom?", other))
    assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"


def test_on_a_phone_a_tap_takes_a_ready_sentence_and_nothing_sticks_out(translating):
    page = translating(**PHONE)
    page.get_by_role("button", name="a question").tap()
    says(page, translation.of(QUESTION))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_german_comes_piece_by_piece_and_stands_whole_in_the_end(translating):
    page = translating()
    page.get_by_role("button", name="a question").click()
    read = translation.read(*translation.load(), QUESTION)
    page.wait_for_function(
        "(rows) => document.querySelectorAll('.nnlib-translation-matrix tbody tr').length === rows",
        arg=len(read["rows"]),
    )
    german = translation.said(read).split("becomes “")[1].split("”")[0]
    assert page.locator(".nnlib-translation-answer").inner_text().strip() == german
    cells = page.locator(".nnlib-translation-cell")
    assert cells.count() == len(read["rows"]) * len(read["english"])
    wanted = [100 * weight for row in read["rows"] for weight in row["asked"][translation.BLOCK]]
    assert [float(text) for text in cells.all_inner_texts()] == pytest.approx(wanted, abs=0.51)
    assert all(cells.nth(place).is_visible() for place in range(cells.count()))


def test_what_cannot_be_read_is_said_in_one_line_and_has_no_table(translating):
    page = translating(**CALM)
    page.get_by_label(FIELD).fill("Žan is here.")
    says(page, translation.of("Žan is here."))
    assert page.locator(".nnlib-translation-matrix table").count() == 0


def test_what_is_typed_is_no_markup(translating):
    page = translating(**CALM)
    page.get_by_label(FIELD).fill("a<b>c</b>")
    says(page, translation.of("a<b>c</b>"))
    assert page.locator(".nnlib-translation b").count() == 0


def test_the_weights_come_from_disk_too(translating, small_site):
    page = translating(**CALM)
    page.goto((small_site / "page.html").as_uri())
    page.get_by_role("button", name="a question").click()
    says(page, translation.of(QUESTION))


def test_weights_that_do_not_come_are_said_and_asked_for_again(translating):
    page = translating(**CALM)
    page.evaluate(FAIL)
    page.get_by_label(FIELD).click()
    says(page, "The translator's weights could not be loaded. Type once more to try again.")
    page.evaluate(MEND)
    page.get_by_label(FIELD).fill(QUESTION)
    says(page, translation.of(QUESTION))


def test_axe_finds_nothing(translating, axe_finds_in_light_and_dark):
    page = translating(**CALM)
    page.get_by_role("button", name="a question").click()
    page.get_by_role("button", name="block 1").click()
    assert axe_finds_in_light_and_dark(page) == []
