"""What is alive on a page works by mouse, touch and keyboard, and says so: small pages with the book's own scripts."""

import json
import re
from html import escape

import pytest
from windows import PHONE

from nnbook.solutions import field
from nnlib.exercises import memory, predictions
from nnlib.exercises.kinds import CORRECT, Choice, explain_it, order_it, predict_it


@order_it(
    "Lines", minutes=1, hints=("a", "b"), why="So.",
    after={1: (0,), 2: (1,), 3: (2,)}, shuffle=(1, 0, 3, 2),  # B A D C are the letters of the right order
    mistakes=(((0, 1, 3, 2), "an error must be there before it is printed"),),
)  # fmt: skip
def ORDER():
    return "z = W @ a + b", "a = sigmoid(z)", "error = a < y", "print(error)"


@explain_it("Why", minutes=1, question="Is 1 < 2?", hints=("a", "b"), why="So.")
def CHOICE():
    return Choice("No", "count <again>"), Choice("Yes", "it is & stays so", right=True)


@predict_it(
    "Two halves", minutes=1, hints=("a", "b"), why="So.",
    mistakes=(((1, 0.5), "the wrong way round"), ("half", "no number at all"), (float("nan"), "nor this")),
)  # fmt: skip
def HALVES():
    return 0.5, 1


@predict_it("A third", minutes=1, hints=("a", "b"), why="So.", within=0.001, mistakes=((3, "upside down"),))
def THIRD():
    return 1 / 3


for exercise in (ORDER, CHOICE, HALVES, THIRD):
    exercise.solved.__module__ = "nnlib.exercises.backprop"  # as if they stood there


# Two frames and a task later an IntersectionObserver has told of what has come into view.
SEEN = "new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(seen, 100))))"


def letters(page):
    """The letters of the lines, from top to bottom."""
    return "".join(page.locator(".nnlib-grip").all_inner_texts())


def announced(page, text):
    """Wait until a live region says `text`."""
    page.locator("[aria-live=polite]", has_text=text).first.wait_for(state="attached")


def kind_of_verdict(page):
    """What style sheet and scripts go by; the words are for the reader."""
    return page.locator(".nnlib-verdict").get_attribute("data-verdict")


def kept(page):
    """What the browser remembers."""
    return json.loads(page.evaluate("localStorage.getItem('nnlib.progress')"))


def grip(page, letter):
    return page.locator(".nnlib-grip", has_text=re.compile(f"^{letter}$"))


def centre(page, letter):
    box = grip(page, letter).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def open_below(alive, shown):
    """A page with a choice far below the screen."""
    shown.append('<a href="#end">Go</a><div style="height: 50000px"></div>')
    CHOICE.show()
    shown.append('<div id="end"></div>')
    page = alive()
    assert page.get_by_role("radio").count() == 0
    return page


def test_what_is_far_below_waits_until_a_reader_comes_near(alive, shown):
    page = open_below(alive, shown)
    page.evaluate("document.getElementById('end').scrollIntoView()")
    page.get_by_role("radio").first.wait_for()


def test_what_is_far_below_is_reached_by_the_tab_key(alive, shown):
    page = open_below(alive, shown)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.type") == "radio"


def test_what_is_far_below_is_printed_as_it_looks_when_it_is_reached(alive, shown):
    page = open_below(alive, shown)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.get_by_role("radio").count() == len(CHOICE.choices)


def test_lines_are_ordered_by_mouse(alive, shown):
    ORDER.show()
    page = alive()
    assert letters(page) == "ABCD"
    for letter, to in [("B", "A"), ("D", "C")]:
        (x, y), (_, above) = centre(page, letter), centre(page, to)
        page.mouse.move(x, y)
        page.mouse.down()
        announced(page, f"Line {letter} is grabbed")
        page.mouse.move(x, above - 8, steps=5)
        page.mouse.up()
        announced(page, f"Line {letter} is dropped at place")
    assert letters(page) == "BADC"
    page.get_by_role("button", name="Check").click()
    announced(page, 'Correct: in the notebook, this order is "BADC".')
    assert ORDER.verdict(letters(page)).kind is CORRECT
    assert kept(page)["exercises"] == {ORDER.name: {"tries": 1, "solved": True}}


def test_lines_are_ordered_by_touch(alive, shown):
    ORDER.show()
    page = alive(**PHONE)
    finger = page.context.new_cdp_session(page)
    for letter, to in [("B", "A"), ("D", "C")]:
        (x, y), (_, above) = centre(page, letter), centre(page, to)
        for kind, place in [("touchStart", y), ("touchMove", y - 10), ("touchMove", above - 8), ("touchEnd", None)]:
            points = [] if place is None else [{"x": x, "y": place}]
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        announced(page, f"Line {letter} is dropped at place")
    assert letters(page) == "BADC"
    for _ in range(100):  # Chromium takes a tap soon after a drag for a part of it
        page.get_by_role("button", name="Check").tap()
        page.wait_for_timeout(300)
        if page.locator(".nnlib-verdict").text_content():
            break
    announced(page, "Correct")


def test_a_finger_on_a_line_scrolls_the_page_and_moves_nothing(alive, shown):
    ORDER.show()
    shown.append('<div style="height: 2000px"></div>')
    page = alive(**PHONE)
    box = page.locator("li code").nth(2).bounding_box()
    finger = page.context.new_cdp_session(page)
    for kind, up in [("touchStart", 0), *(("touchMove", 15 * i) for i in range(1, 9)), ("touchEnd", None)]:
        points = [] if up is None else [{"x": box["x"] + 20, "y": box["y"] + 5 - up}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    page.wait_for_function("scrollY > 50")
    assert page.locator(".nnlib-unseen").text_content() == ""  # nor was any line grabbed
    assert letters(page) == "ABCD"


def test_lines_are_ordered_by_keyboard_alone(alive, shown):
    ORDER.show()
    page = alive()
    press = page.keyboard.press
    press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "A"
    press("ArrowDown")  # to the next line
    press("Space")
    announced(page, "Line B is grabbed, place 2 of 4.")
    press("ArrowUp")
    announced(page, "Line B moved to place 1 of 4.")
    press("ArrowUp")
    announced(page, "Line B is the first already.")
    press("Space")
    announced(page, "Line B is dropped at place 1 of 4.")
    assert letters(page) == "BACD"
    press("ArrowDown")
    press("Space")
    press("ArrowDown")
    press("ArrowDown")
    press("Escape")
    announced(page, "Line A is put back at place 2 of 4.")
    press("ArrowDown")
    press("Tab")
    press("Tab")  # past the button that moves line C up
    assert page.evaluate("document.activeElement.ariaLabel") == "Move line C down"
    press("Enter")
    announced(page, "Line C moved to place 4 of 4.")
    press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Check"
    press("Enter")
    announced(page, "Correct")


def test_a_wrong_order_is_told_what_is_missing_and_a_known_one_by_its_name(alive, shown):
    ORDER.show()
    page = alive()
    check = page.get_by_role("button", name="Check")
    check.click()
    announced(page, "Not yet: line A needs something that a later line brings.")
    page.get_by_role("button", name="Move line B up").click()
    assert page.locator(".nnlib-verdict").inner_text() == ""
    check.click()
    announced(page, "Not yet: an error must be there before it is printed")
    assert kept(page)["exercises"][ORDER.name] == {"tries": 2, "solved": False}


def test_what_moves_is_large_enough_for_a_finger_and_names_itself(alive, shown):
    ORDER.show()
    page = alive(**PHONE)
    for button in page.get_by_role("button").all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 24
    assert grip(page, "C").get_attribute("aria-label") == "Line C, place 3 of 4: print(error)"
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_each_choice_says_why_it_is_right_or_wrong(alive, shown):
    CHOICE.show()
    page = alive()
    assert page.get_by_role("group", name="Is 1 < 2?").count() == 1
    check = page.get_by_role("button", name="Check")
    check.click()
    announced(page, "Not attempted yet: choose an answer first.")
    assert kind_of_verdict(page) == "not-attempted"
    page.get_by_role("radio", name="No").check()
    check.click()
    announced(page, "Not yet: count <again>")
    assert kind_of_verdict(page) == "not-yet"
    page.get_by_role("radio", name="No").press("ArrowDown")
    assert page.locator(".nnlib-verdict").inner_text() == ""
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    announced(page, "Correct: it is & stays so")
    assert kind_of_verdict(page) == "correct"
    assert kept(page)["exercises"] == {CHOICE.name: {"tries": 2, "solved": True}}


ANSWERS = [
    ("", "Not attempted yet: write 2 numbers, such as 0, 0, into the field first."),
    ("(0.5, 1)", "Correct."), (" [.5 ; 1.0] ", "Correct."), ("1/2, 1e0", "Correct."), ("0.500001 1", "Correct."),
    ("1, 0.5", "Not yet: the wrong way round"), ("0.5, 2", "Not yet: that is not it; a hint may help"),
    ("half, 1", "Not yet: expected 2 numbers, such as 0, 0"), ("-", "Not yet: expected 2 numbers, such as 0, 0"),
    ("0,5", "Not yet: that is not it; a hint may help"),
    ("0,5, 1", "Not yet: got 3 numbers, expected 2 numbers, such as 0, 0; decimals have a point, not a comma"),
]  # fmt: skip


def test_numbers_are_answered_on_the_page_as_in_a_notebook(alive, shown):
    shown += [field(HALVES) for _ in ANSWERS]
    page = alive()
    for number, (answer, says) in enumerate(ANSWERS):
        page.get_by_label("Your answer to Two halves: 2 numbers, such as 0, 0").nth(number).fill(answer)
        page.keyboard.press("Enter")
        page.locator("[aria-live=polite]").nth(number).filter(has_text=says).wait_for(state="attached")
        assert page.locator(".nnlib-verdict").nth(number).inner_text() == says
        tried = {} if not answer else {HALVES.name: {"tries": 1, "solved": says == "Correct."}}
        stored = page.evaluate("localStorage.getItem('nnlib.progress')") or '{"exercises": {}}'
        assert json.loads(stored)["exercises"] == tried
        page.evaluate("localStorage.clear()")


def test_the_page_and_the_notebook_say_the_same_of_a_number(alive, shown):
    answers = ["0.333", "1/3", "0.33", "3", "\u22120.333", "1", "0.3343", "0.3345"]
    shown += [field(THIRD) for _ in answers]
    page = alive()
    for number, answer in enumerate(answers):
        page.get_by_label("Your answer to A third").nth(number).fill(answer)
        page.get_by_role("button", name="Check").nth(number).click()
        says = str(THIRD.verdict(eval(answer.replace("\u2212", "-"))))  # noqa: S307
        page.locator("[aria-live=polite]").nth(number).filter(has_text=says).wait_for(state="attached")


def test_a_guess_is_committed_kept_and_compared(alive, shown):
    predictions.predict("sgd.accuracy", ..., "What share is right?")
    predictions.reveal("sgd.accuracy", 0.95312, ".3f")
    page = alive()
    result = page.locator(".nnlib-reveal")
    assert result.inner_text() == "It is 0.953. (No guess was committed.)"
    page.get_by_role("button", name="Commit").click()  # nothing to commit: the browser asks for a number
    assert page.evaluate("localStorage.getItem('nnlib.progress')") is None
    page.get_by_label("What share is right?").fill("0.8")
    page.keyboard.press("Enter")
    announced(page, "Your guess, 0.8, is committed.")
    says = "You guessed 0.8; it is 0.953: 0.153 apart."
    assert result.inner_text() == says
    page.reload()
    assert page.locator(".nnlib-predict [role=status]").inner_text() == "Your guess, 0.8, is committed."
    assert result.inner_text() == says
    assert kept(page)["predictions"] == {"sgd.accuracy": {"guess": 0.8, "result": 0.95312}}
    page.get_by_role("button", name="Change it").click()
    assert result.inner_text() == "It is 0.953. (No guess was committed.)"
    page.get_by_label("What share is right?").fill("0.9")
    page.get_by_role("button", name="Commit").click()
    assert result.inner_text() == "You guessed 0.9; it is 0.953: 0.053 apart."


RESULTS = [
    (0.9531, ".1%", 0.8), (13002, ".0f", 12000), (1.5, ".4g", 1.25), (-0.129612, ".6g", 0.5), (2.0, ".2f", 3.0),
    (1.23456e-05, ".3g", 0.0), (1.23456e-05, ".2e", 1.0), (99999.9, ".5g", 1e-20), (784, "d", 800),
    (12345.678, ".3g", 1.0),
]  # fmt: skip


def test_the_page_says_the_gap_as_the_notebook_does(alive, shown, monkeypatch):
    on_page, notebook = [], []
    for number, (result, spec, guess) in enumerate(RESULTS):
        name = f"sgd.gap_{number}"
        shown.clear()
        predictions.predict(name, ..., "How many?")
        predictions.reveal(name, result, spec)
        on_page += shown
        monkeypatch.setattr(predictions, "_guesses", {name: guess})
        shown.clear()
        predictions.reveal(name, result, spec)
        notebook.append(re.search("<p>(.*)</p>", shown[0])[1])
    shown[:] = on_page
    page = alive()
    for number, (_, _, guess) in enumerate(RESULTS):
        page.get_by_label("How many?").nth(number).fill(str(guess))
        page.keyboard.press("Enter")
        assert page.locator(".nnlib-reveal").nth(number).inner_text() == notebook[number]


def link(chapter, title, **exercises):
    named = f'data-chapter="{chapter}" data-exercises="{escape(json.dumps(exercises))}"'
    return f'<a href="{chapter}.html" {named}>{title}</a>'


LINKS = link(
    "perceptron", "The perceptron", **{"perceptron.b": "Bees", "perceptron.d": "Doves", "perceptron.e": "Elks"}
)
LINKS += link("backprop", "Backpropagation", **{CHOICE.name: "Why"}) + link("sgd", "Stochastic gradient descent")
PANEL = f'<div class="nnlib-progress"><div hidden>{LINKS}</div><p>without scripts</p></div>'
STORED = {
    "exercises": {"museum.a": {"tries": 2, "solved": False}, "perceptron.b": {"tries": 1, "solved": True}},
    "predictions": {"perceptron.c": {"guess": 1.5, "result": None}},
}


def storing(text):
    """A script that puts `text` into the storage before anything else, once."""
    put = f"localStorage.setItem('nnlib.progress', {json.dumps(text)})"
    return f"<script>if (!localStorage.getItem('was')) {{ localStorage.setItem('was', 1); {put}; }}</script>"


def test_progress_is_shown_downloaded_and_cleared(alive, shown, monkeypatch, tmp_path):
    shown.append(PANEL)
    page = alive(storing(json.dumps(STORED)))
    rows = page.locator("tbody tr")
    assert [row.split() for row in rows.all_inner_texts()] == [
        ["The", "perceptron", "1", "1", "1", "2", "of", "3"], ["museum", "1", "0", "0"],
    ]  # fmt: skip
    page.get_by_text("2 of 3").click()
    assert page.locator("details li").all_inner_texts() == ["Doves", "Elks"]
    assert page.get_by_role("link", name="The perceptron").get_attribute("href") == "perceptron.html"
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as a file").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert file.name == "progress.json"
    monkeypatch.setenv("NNLIB_PROGRESS", str(file))
    assert memory.read() == STORED  # the notebooks' own reader finds it sound
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Clear").click()
    assert page.locator("tbody tr").count() == 2
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Clear").click()
    announced(page, "Cleared.")
    page.get_by_text("Nothing yet").wait_for()
    assert page.evaluate("localStorage.getItem('nnlib.progress')") is None


DAMAGED = [
    "", "{", "null", "[]", "7", '{"exercises": {}}', '{"exercises": [], "predictions": {}}',
    '{"exercises": {"a": null}, "predictions": {}}', '{"exercises": {}, "predictions": {"a": {"guess": "<b>"}}}',
]  # fmt: skip


def open_anew(page, key, text):
    """Load the page again in a browser that keeps nothing but this text."""
    page.evaluate("([key, text]) => { localStorage.clear(); localStorage.setItem(key, text); }", [key, text])
    page.reload()


def test_damaged_progress_is_set_aside_and_all_goes_on(alive, shown):
    shown.append(PANEL)
    CHOICE.show()
    page = alive()
    for damaged in DAMAGED:
        open_anew(page, "nnlib.progress", damaged)
        announced(page, "It has been set aside")
        assert page.evaluate("localStorage.getItem('nnlib.progress.damaged')") == damaged
        page.get_by_role("radio", name="Yes").check()
        page.get_by_role("button", name="Check").click()
        announced(page, "Correct")
        assert page.locator("tbody tr").all_inner_texts() == ["Backpropagation\t1\t1\t0\tnone"]


def test_where_the_browser_keeps_nothing_all_works_until_the_page_is_closed(alive, shown):
    shown.append(PANEL)
    predictions.predict("sgd.accuracy", ..., "What share is right?")
    predictions.reveal("sgd.accuracy", 0.95312, ".3f")
    refuse = 'get() { throw new DOMException("no", "SecurityError"); }'
    page = alive(f'<script>Object.defineProperty(window, "localStorage", {{ {refuse} }});</script>')
    announced(page, "This browser keeps nothing for this site")
    page.get_by_label("What share is right?").fill("1")
    page.keyboard.press("Enter")
    assert page.locator(".nnlib-reveal").inner_text() == "You guessed 1; it is 0.953: 0.047 apart."
    assert page.locator("tbody tr").all_inner_texts() == ["Stochastic gradient descent\t0\t0\t1\t"]


def test_a_file_of_progress_is_read_back_in_and_nothing_is_lost(alive, shown, tmp_path):
    shown.append(PANEL)
    page = alive(storing(json.dumps(STORED)))
    exercises = {"museum.a": {"tries": 1, "solved": True}, "perceptron.b": {"tries": 3, "solved": False}}
    predictions = {"perceptron.c": {"guess": 7, "result": None}, "sgd.z": {"guess": 2, "result": 3}}
    file = tmp_path / "mine.json"
    file.write_text(json.dumps({"exercises": exercises, "predictions": predictions}))
    page.locator("input[type=file]").set_input_files(file)
    announced(page, "Read in: 2 exercises and 2 predictions.")
    assert kept(page) == {
        "exercises": {"museum.a": {"tries": 2, "solved": True}, "perceptron.b": {"tries": 3, "solved": True}},
        "predictions": STORED["predictions"] | {"sgd.z": {"guess": 2, "result": 3}},
    }
    assert page.locator("tbody tr").count() == 3
    for text in ("no JSON", "[]", '{"exercises": {"a": 1}, "predictions": {}}'):
        file.write_text(text)
        page.locator("input[type=file]").set_input_files(file)
        announced(page, "mine.json is no progress of this book, and nothing was changed")
    assert len(kept(page)["exercises"]) == 2


def test_a_full_storage_is_no_error(alive, shown):
    CHOICE.show()
    full = 'throw new DOMException("full", "QuotaExceededError");'
    page = alive(f"<script>Storage.prototype.setItem = () => {{ {full} }};</script>")
    page.get_by_role("radio", name="Yes").check()
    page.get_by_role("button", name="Check").click()
    announced(page, "Correct")


def test_without_scripts_everything_can_still_be_read(alive, shown):
    ORDER.show()
    CHOICE.show()
    predictions.predict("sgd.accuracy", ..., "What share is right?")
    predictions.reveal("sgd.accuracy", 0.95312, ".3f")
    shown.append(PANEL)
    page = alive(java_script_enabled=False)
    for text in ("print(error)", "Is 1 < 2?", "Yes", "What share is right?", "It is 0.953.", "without scripts"):
        assert page.get_by_text(text).is_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_grabbed_line_and_the_focus_can_be_seen(alive, shown, theme):
    ORDER.show()
    page = alive()
    page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
    page.keyboard.press("Tab")
    style = "getComputedStyle(document.activeElement)"
    assert page.evaluate(f"{style}.outlineStyle") == "solid" and page.evaluate(f"{style}.outlineWidth") == "3px"
    page.keyboard.press("Space")
    assert page.evaluate("getComputedStyle(document.querySelector('.nnlib-held')).outlineStyle") == "dashed"


def test_frames_are_stepped_by_keyboard(alive, shown):
    svg = '<svg role="img" width="9" height="9" aria-label="Picture {0}"></svg>'
    frame = f'<div class="nnlib-frame" data-caption="Picture {{0}}"{{1}}>{svg}</div>'
    frames = "".join(frame.format(i, " hidden" * (i > 0)) for i in range(3))
    shown.append(f'<div class="nnlib-frames" role="group" aria-label="Steps">{frames}</div>')
    page = alive()
    assert page.evaluate("[typeof element, typeof bringToLife]") == ["undefined", "undefined"]  # no names for all
    page.get_by_role("slider", name="Steps").focus()
    page.keyboard.press("ArrowRight")
    announced(page, "Picture 1")
    page.keyboard.press("End")
    announced(page, "Picture 2")
    assert page.get_by_role("slider").get_attribute("aria-valuetext") == "3 of 3"
    assert page.get_by_role("button", name="Next picture").is_disabled()
    assert [frame.is_hidden() for frame in page.locator(".nnlib-frame").all()] == [True, True, False]


FOLDED = '<div class="cell{}"><details class="hide above-input"><summary>Code</summary>x = 1</details></div>'
SWITCH = '<button class="nnlib-code-button" type="button" aria-pressed="false">Code</button>'


def test_a_switch_opens_all_folded_code_here_and_on_the_next_page_but_no_check(alive, shown):
    shown += [SWITCH, FOLDED.format(""), FOLDED.format(""), FOLDED.format(" tag_check")]
    page = alive()
    opened = "[...document.querySelectorAll('details')].map((each) => each.open)"
    assert page.evaluate(opened) == [False, False, False]
    page.get_by_role("button", name="Code").click()
    assert page.evaluate(opened) == [True, True, False]
    page.reload()
    assert page.evaluate(opened) == [True, True, False]
    assert page.get_by_role("button", name="Code").get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="Code").press("Enter")
    page.reload()
    assert page.evaluate(opened) == [False, False, False]


def chapter(title):
    sections = "".join(
        f'<section id="part-{n}" style="min-height: 3000px"><h2>Part {n}<a href="#part-{n}">#</a></h2></section>'
        for n in range(1, 5)
    )
    return f"<section><h1>{title}</h1>{sections}</section>"


def test_the_place_where_a_reader_was_is_kept_and_offered(alive, shown):
    shown.append(chapter("The cost") + '<a href="page.html?again">Again</a>')
    page = alive()
    assert page.locator(".nnlib-place").count() == 0
    page.locator("#part-3").evaluate("part => scrollTo(0, part.offsetTop + 500)")
    page.evaluate(SEEN)
    page.goto(page.url)
    offer = page.get_by_role("link", name="Go on at “Part 3”")
    offer.click()
    assert page.url.endswith("#part-3") and page.locator(".nnlib-place").count() == 0
    page.reload()
    assert page.locator(".nnlib-place").count() == 0  # the browser puts a page that is loaded anew back itself


def test_the_first_page_says_where_a_reader_was_last(alive, shown):
    place = {"id": "part-2", "words": "Part 2", "href": "/book/cost.html", "title": "The cost"}
    shown.append('<p class="nnlib-last" hidden></p>')
    text = json.dumps(json.dumps({"pages": {}, "last": place}))
    page = alive(f"<script>localStorage.setItem('nnlib.place', {text})</script>")
    assert page.locator(".nnlib-last").inner_text() == "You were last at The cost: Part 2."
    assert page.get_by_role("link").get_attribute("href") == "/book/cost.html#part-2"


def test_a_damaged_place_is_no_error(alive, shown):
    shown.append(chapter("The cost") + '<p class="nnlib-last" hidden></p>')
    page = alive()
    for damaged in ("{", "null", "7", '{"pages": null}'):
        open_anew(page, "nnlib.place", damaged)
        assert page.locator(".nnlib-last").is_hidden()
