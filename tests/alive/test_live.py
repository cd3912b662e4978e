"""What is common to all interactives: one script for notebook and page, its numbers, and the same in words."""

import json
import re

import pytest

from nnbook import alive
from nnlib.alive import live


@pytest.fixture
def bundle(monkeypatch):
    """What an interactive displays, of a script that only writes its number."""
    shown = []
    monkeypatch.setattr(live, "display", lambda data, raw: shown.append(data))
    monkeypatch.setattr(live, "script", lambda name: f"function render() {{}}\n{alive.EXPORT}")
    live.show("number", {"it": [0.1, "</script>"]}, "A <number>", ["It is 0.1.", "1 < 2"])
    return shown[0]


def test_a_notebook_gets_a_widget_a_page_html_and_a_terminal_words(bundle):
    assert set(bundle) == {"application/vnd.jupyter.widget-view+json", "text/html", "text/plain"}
    assert bundle["text/plain"] == "A <number>\nIt is 0.1.\n1 < 2"


def test_the_page_holds_the_numbers_exactly_and_no_text_breaks_out(bundle):
    html = bundle["text/html"]
    numbers = re.findall(r'<script type="application/json">(.*?)</script>', html)
    assert [json.loads(text) for text in numbers] == [{"it": [0.1, "</script>"]}]
    assert 'aria-label="A &lt;number&gt;"' in html and "<p>1 &lt; 2</p>" in html


def test_a_number_that_json_cannot_hold_is_refused():
    with pytest.raises(ValueError, match="JSON"):
        live._page("number", {"it": float("nan")}, "", [])


@pytest.mark.parametrize("name", alive.names())
def test_every_script_runs_as_a_module_and_as_a_classic_script(name):
    module = live.script(name)
    assert module.rstrip().endswith(alive.EXPORT) and "import " not in module
    assert "export" not in alive.for_page(module, name)


def test_a_script_that_exports_something_else_is_refused():
    with pytest.raises(ValueError, match="number.js: expected one line"):
        alive.for_page("export default render;", "number")
