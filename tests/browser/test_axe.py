"""Every page of the built site by axe-core, in light and dark, wide and narrow. Reads _build/html."""

import pytest
from axe import ALL_LAID_OUT, ONLY, RULES, RULES_OF_COLOUR, in_theme, violations
from windows import PAGES, SETTLED

pytestmark = pytest.mark.skipif(not PAGES, reason="there is no site in _build/html: run `make book` first")


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_in_light_and_dark_wide_and_narrow(desk, axe_script, name):
    desk.troubles.clear()
    page = desk.open(name)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.add_style_tag(content=ALL_LAID_OUT)
    page.keyboard.press("Shift")  # a first key, which has scrolls.js measure
    page.evaluate(axe_script)
    page.evaluate(ONLY)
    every_rule = page.evaluate(RULES)
    for width in (1280, 375):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(SETTLED)
        for theme, rules in {"light": every_rule, "dark": RULES_OF_COLOUR}.items():
            in_theme(page, theme)
            assert violations(page, rules) == [], f"{width} px wide, {theme}"
    page.set_viewport_size({"width": 1280, "height": 900})
    assert desk.troubles == []
