"""The stepper in a browser: by keyboard, pointer and finger, and every number on the page is nnlib's."""

import pytest
from windows import PHONE, hold_the_clock

from nnlib.alive import stepper
from nnlib.examples import net_2_2_1, net_2_2_2
from nnlib.prose import decimals

EXAMPLES = (net_2_2_1(), net_2_2_2())
LAST = 15


@pytest.fixture
def opened(alive, shown):
    """Open a page with the stepper alone."""
    stepper.show()
    return lambda before="", **options: alive(before, **options)


def place(page):
    return page.locator(".nnlib-step-place").inner_text()


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def picture(page):
    """What the visible picture shows: all numbers by their ids, and which are lit as made and as used."""
    return page.evaluate("""() => {
      const pictures = [...document.querySelectorAll(".nnlib-step-picture")];
      const one = pictures.find((picture) => picture.getBoundingClientRect().width);
      const ids = (query) => [...one.querySelectorAll(query)].map((slot) => slot.dataset.slot);
      const texts = [...one.querySelectorAll("[data-slot]")].map((slot) => [slot.dataset.slot, slot.textContent]);
      const numbers = Object.fromEntries(texts.filter(([, text]) => text));
      return [numbers, ids("[data-slot].is-made"), ids("[data-slot].is-used")];
    }""")


def lit(page):
    """The ids that are lit as made, and those as used."""
    return tuple(set(ids) for ids in picture(page)[1:])


def nudged(page):
    """The table of what a move does: its costs as they stand there, and its differences as numbers."""
    rows = [row.locator("td").all_inner_texts() for row in page.locator(".nnlib-step-table tbody tr").all()]
    plain = str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789")
    return rows[:2], [float(text.translate(plain).replace(" × 10", "e")) for text in rows[2]]


def test_every_number_of_every_step_is_nnlibs(opened):
    page = opened()
    for example in EXAMPLES:
        press(page, example.name)
        known = {}
        for at, step in enumerate(stepper.trace(example)):
            page.get_by_role("slider").fill(str(at))
            known = {q: v for q, v in (known | step.makes).items() if at < LAST or not q.startswith("d")}
            said, made, used = picture(page)
            assert said.keys() == known.keys() - {"η"}
            for quantity, text in said.items():
                assert float(text.replace("−", "-")) == pytest.approx(known[quantity], abs=5e-5, rel=0)
            assert set(made) == (set(step.makes) if at else set())
            terms = {term for row in step.rows for term in row.terms if term in known}
            assert set(used) == terms - set(step.makes) - {"η"}


def test_every_formula_line_and_shape_of_every_step_is_nnlibs(opened):
    page = opened()
    texts = """(rows) => rows.map((row) =>
      [row.ariaLabel, ...[...row.querySelectorAll(".nnlib-step-number")].map((number) => number.innerText)])"""
    for example in EXAMPLES:
        press(page, example.name)
        for at, step in enumerate(stepper.trace(example)):
            page.get_by_role("slider").fill(str(at))
            rows = page.locator("button.nnlib-step-row").evaluate_all(texts)
            assert [row[0] for row in rows] == [row.says for row in step.rows]
            for row, (says, *numbers) in zip(step.rows, rows if len(rows) <= 4 else [], strict=False):
                numbers = [number.strip("()") for number in numbers]
                assert says.endswith(f" = {numbers[0]}") and numbers[0] == decimals(step.makes[row.makes])
                ids = [term for term in row.terms if "." in term]
                assert len(numbers) == 1 + len(ids) and all(number in says for number in numbers)
            code = stepper.code(getattr(stepper, step.code))["lines"]
            assert page.locator(".nnlib-step-lines mark").all_text_contents() == [code[i].strip() for i in step.lines]
            shapes = page.locator(".nnlib-step-shape").all_inner_texts()
            assert shapes == [f"{name} {shape}" for name, shape in step.shapes]


def test_each_parameters_step_is_shown_with_all_its_numbers(opened):
    page = opened()
    page.get_by_role("slider").fill("14")
    for row in stepper.trace(EXAMPLES[0])[14].rows:
        page.locator(f'button[aria-label="{row.says}"]').click()
        numbers = page.locator(".nnlib-step-row").first.locator(".nnlib-step-number").all_inner_texts()
        assert row.says.endswith("{1} − {2} × {3} = {0}".format(*numbers))
        assert lit(page) == ({row.makes}, {f"d{row.makes}"})


def test_what_a_move_does_to_the_cost_is_nnlibs(opened):
    page = opened()
    for example in EXAMPLES:
        press(page, example.name)
        for nudge in stepper.nudges(example):
            page.get_by_role("combobox").select_option(nudge["quantity"])
            costs, off = nudged(page)
            assert costs == [[decimals(move[kind], 8) for move in nudge["moves"]] for kind in ("predicted", "found")]
            assert off == pytest.approx([move["off"] for move in nudge["moves"]], rel=0.06)


def test_the_whole_pass_by_keyboard_alone(opened):
    page = opened()
    hold_the_clock(page)
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "range":
            break
    at, live = page.get_by_role("slider"), page.locator("p[aria-live=polite]")
    assert live.text_content() == ""
    page.keyboard.press("ArrowRight")
    assert live.text_content() == f"Step 1 of 15. {stepper.trace(EXAMPLES[0])[1].says}"
    page.keyboard.press("End")
    assert (place(page), at.get_attribute("aria-valuetext")) == ("15 of 15", "15 of 15: Forward again")
    page.keyboard.press("ArrowRight")
    assert place(page) == "15 of 15"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Home")
    assert place(page) == "0 of 15"
    page.keyboard.press("Space")  # plays, and Space again stops
    assert place(page) == "1 of 15" and page.get_by_role("button", name="Pause").count() == 1
    page.keyboard.press("Space")
    assert page.get_by_role("button", name="Play").count() == 1
    page.keyboard.press("Shift+Tab")  # the button Forward
    page.keyboard.press("Enter")
    assert place(page) == "2 of 15"
    while page.evaluate("document.activeElement.tagName") != "SELECT":
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    assert nudged(page)[0][1] == [decimals(move["found"], 8) for move in stepper.nudges(EXAMPLES[0])[0]["moves"]]


def test_a_row_is_lit_alone_and_keeps_the_focus(opened):
    page = opened()
    page.get_by_role("slider").fill("1")
    row = page.get_by_role("button", name="z of hidden neuron 2")
    row.focus()
    page.keyboard.press("Enter")
    assert lit(page) == ({"z1.2"}, {"W1.2.1", "W1.2.2", "x.1", "x.2", "b1.2"})
    assert page.evaluate("document.activeElement.ariaPressed") == "true"
    page.keyboard.press("Enter")
    assert lit(page)[0] == {"z1.1", "z1.2"}
    page.keyboard.press("ArrowRight")
    assert place(page) == "2 of 15"


def test_buttons_step_and_say_where_the_ends_are(opened):
    page = opened()
    press(page, "Forward")
    press(page, "Forward")
    press(page, "Back")
    assert place(page) == "1 of 15"
    press(page, "2-2-2")
    assert place(page) == "1 of 15" and picture(page)[0]["x.1"] == "0.05"
    press(page, "Restart")
    assert place(page) == "0 of 15"
    assert page.get_by_role("button", name="Back").get_attribute("aria-disabled") == "true"
    assert page.get_by_role("button", name="Forward").get_attribute("aria-disabled") == "false"


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_it_plays_at_a_calm_pace_and_only_when_asked(opened, motion):
    page = opened(reduced_motion=motion)
    hold_the_clock(page)
    page.clock.run_for(60_000)
    assert place(page) == "0 of 15"
    press(page, "Play")
    assert place(page) == "1 of 15"
    page.clock.run_for(3000)
    assert place(page) == "1 of 15"
    page.clock.run_for(1000)
    assert place(page) == "2 of 15"
    press(page, "Pause")
    page.clock.run_for(60_000)
    assert place(page) == "2 of 15"
    press(page, "Play")
    press(page, "Back")  # a step by hand stops it
    page.clock.run_for(60_000)
    assert place(page) == "2 of 15"
    press(page, "Play")
    page.clock.run_for(60_000)
    assert place(page) == "15 of 15" and page.get_by_role("button", name="Play").count() == 1
    press(page, "Play")  # from the end it starts anew
    assert place(page) == "0 of 15"
    assert page.evaluate("document.getAnimations().length") == 0


def test_a_weight_is_pressed_in_the_picture_by_pointer_and_finger(opened):
    for options in ({}, PHONE):
        page = opened(**options)
        kind = "tall" if options else "wide"
        for quantity in ("W2.1.2", "b1.2"):
            part = page.locator(f".is-{kind} [data-quantity='{quantity}']")
            box = part.bounding_box()
            assert min(box["width"], box["height"]) >= 24
            (part.tap if options else part.click)()
            assert page.get_by_role("combobox").input_value() == quantity
            assert page.locator(f".is-{kind} .is-asked").get_attribute("data-quantity") == quantity
            found = [nudge for nudge in stepper.nudges(EXAMPLES[0]) if nudge["quantity"] == quantity][0]
            assert nudged(page)[0][0] == [decimals(move["predicted"], 8) for move in found["moves"]]


def test_a_finger_steps_and_everything_is_large_enough_for_it(opened):
    page = opened(**PHONE)
    for _ in range(3):
        page.get_by_role("button", name="Forward").tap()
    assert place(page) == "3 of 15"
    for control in page.locator("button:visible, select, input").all():
        box = control.bounding_box()
        assert min(box["width"], box["height"]) >= 24


@pytest.mark.parametrize("width", [320, 375, 640, 1280])
def test_nothing_moves_from_step_to_step_nor_runs_over(opened, width):
    page = opened(viewport={"width": width, "height": 900})
    places = page.evaluate("""() => {
      const one = (query) => document.querySelector(query), places = [];
      const note = () => places.push([one(".nnlib-live-stage").offsetHeight, one(".nnlib-step-forward").offsetTop,
        one(".nnlib-step-if").offsetTop, document.documentElement.scrollWidth].join());
      const set = (part, value, event) => { part.value = value; part.dispatchEvent(new Event(event)); note(); };
      for (const choice of document.querySelectorAll(".nnlib-step-choice")) {
        choice.click();
        for (let at = 0; at <= 15; at++) set(one("input[type=range]"), at, "input");
        for (const option of one("select").options) set(one("select"), option.value, "change");
      }
      return [...new Set(places)];
    }""")
    assert len(places) == 1
    height, *_, across = map(int, places[0].split(","))
    assert across <= width
    reserved = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.nnlib-live-stage')).minHeight)")
    assert height == pytest.approx(reserved, abs=8)  # what the style sheet keeps free until the script comes


@pytest.mark.parametrize("width", [375, 1280])
def test_axe_finds_nothing(opened, axe_finds_in_light_and_dark, width):
    page = opened("<title>Stepper</title>", viewport={"width": width, "height": 900})
    for at in (9, 14):
        page.get_by_role("slider").fill(str(at))
        page.get_by_role("combobox").select_option(index=9)
        assert axe_finds_in_light_and_dark(page) == []


def test_without_scripts_the_words_are_there(opened):
    page = opened(java_script_enabled=False)
    assert page.locator(".nnlib-live-stage").is_hidden()
    page.get_by_text("The same in words").click()
    assert page.get_by_text("2-2-1, step 10: Pass back", exact=False).is_visible()
