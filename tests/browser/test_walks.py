"""Two walks in the ravine in a browser: chosen by keys and by finger, with nnlib's numbers beside them."""

from windows import CALM, PHONE, says, tab_to

from nnlib.alive import walks
from nnlib.prose import significant


def choice(one, other, steps, noise=0, seed=5):
    return {"walks": [list(one), list(other)], "noise": noise, "seed": seed, "steps": steps}


def cells(page, row):
    """What stands in a row of the numbers, for A and for B."""
    return page.get_by_role("row", name=row).get_by_role("cell").all_inner_texts()


def ends(page):
    """Where the last marks of A and B stand on the map."""
    return [page.locator(f".nnlib-walks-here.nnlib-walks-{which}").get_attribute("d") for which in "ab"]


def test_two_walks_are_chosen_and_walked_by_keyboard_alone(alive, shown):
    walks.show()
    page = alive(**CALM)
    says(page, walks.said(choice(("plain descent", 0.018), ("momentum 0.9", 0.018), 40)))
    tab_to(page, "Optimiser of B")
    page.keyboard.press("ArrowDown")
    tab_to(page, "Rate of B")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    says(page, walks.said(choice(("plain descent", 0.018), ("Nesterov 0.9", 0.014), 40)))
    tab_to(page, "One step")
    page.keyboard.press("Enter")
    tab_to(page, "Run 100 steps")
    page.keyboard.press("Space")
    says(page, walks.said(choice(("plain descent", 0.018), ("Nesterov 0.9", 0.014), 141)))
    assert "diverged at step 54" in page.get_by_role("status").inner_text()
    end = walks.walk("plain descent", 0.018, 141)[-1]
    assert cells(page, "cost") == [significant(walks.cost(end), 3), "diverged"]
    assert cells(page, "w₁")[0] == significant(end[0], 3)
    assert page.get_by_role("button", name="Run").get_attribute("aria-disabled") == "false"  # A goes on
    tab_to(page, "Start again")
    page.keyboard.press("Enter")
    assert cells(page, "cost") == ["100", "100"]


def test_on_a_phone_noise_is_the_same_for_both_and_nothing_sticks_out(alive, shown, axe_finds_in_light_and_dark):
    walks.show()
    page = alive(**PHONE, **CALM)
    stage = "document.querySelector('.nnlib-live-stage')"
    height = page.evaluate(f"{stage}.offsetHeight")
    assert height <= page.evaluate(f"parseFloat(getComputedStyle({stage}).minHeight)") + 1  # before the script ran
    for letter in "AB":
        page.get_by_label(f"Optimiser of {letter}").select_option("Adam")
        page.get_by_role("slider", name=f"Rate of {letter}").press("End")
    page.get_by_role("slider", name="Noise").press("End")
    page.get_by_role("button", name="Run").tap()
    alike = ("Adam", 3), ("Adam", 3)
    says(page, walks.said(choice(*alike, 140, noise=30)))
    here = ends(page)
    assert here[0] == here[1]
    page.get_by_role("button", name="Another seed").tap()
    says(page, walks.said(choice(*alike, 140, noise=30, seed=0)))
    there = ends(page)
    assert there[0] == there[1] != here[0]
    page.get_by_label("Optimiser of B").select_option("RMSProp")
    assert ends(page)[0] == there[0] != ends(page)[1]
    for _ in range(4):
        page.get_by_role("button", name="Run").tap()
    says(page, walks.said(choice(("Adam", 3), ("RMSProp", 3), 500, noise=30, seed=0)))
    assert page.get_by_role("button", name="One step").get_attribute("aria-disabled") == "true"
    assert page.evaluate(f"{stage}.offsetHeight") == height
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for control in page.locator(".nnlib-land :is(button, input, select)").all():
        assert control.bounding_box()["height"] >= 43.9
    assert axe_finds_in_light_and_dark(page) == []
