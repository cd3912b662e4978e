"""What is common to all interactives: one script for notebook and page, its numbers, and the same in words."""

import ast
import json
import re
from importlib import import_module

import pytest

from chapters import ROOT
from nnbook import scripts
from nnlib.alive import digit, live


@pytest.fixture
def bundle(monkeypatch):
    """What an interactive displays, of a script that only writes its number."""
    shown = []
    monkeypatch.setattr(live, "display", lambda data, raw: shown.append(data))
    monkeypatch.setattr(live, "script", lambda name: f"function render() {{}}\n{scripts.EXPORT}")
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
        live.page("number", {"it": float("nan")}, "", [])


def test_the_interactives_are_the_folders():
    folders = [path.name for path in live.HERE.iterdir() if path.is_dir() and not path.name.startswith("__")]
    assert live.names() == sorted(folders) and {"digit", "line", "stepper"} <= {*folders}


def test_every_interactive_is_steered_in_other_browsers_too():
    steered = ast.parse((ROOT / "tests" / "other_browsers" / "test_interactives.py").read_text("utf-8")).body
    there = {node.name for node in steered if isinstance(node, ast.FunctionDef)}
    assert {f"test_{name}_by_{way}" for name in live.names() for way in ("pointer", "keyboard")} <= there


def test_the_parts_of_a_script_stand_in_the_order_that_its_module_names(monkeypatch):
    for parts in (("pen.js", "ink.js"), ("ink.js", "pen.js")):
        monkeypatch.setattr(digit, "PARTS", parts)
        first, second = (live.script("digit").index((live.HERE / "digit" / part).read_text("utf-8")) for part in parts)
        assert 0 < first < second


@pytest.mark.parametrize("name", live.names())
def test_every_script_in_a_folder_is_a_part(name):
    parts = import_module(f"nnlib.alive.{name}").PARTS
    own = [part for part in parts if not part.startswith("../")]  # the others are another interactive's
    assert sorted(own) == sorted(path.name for path in (live.HERE / name).glob("*.js"))
    assert [part for part in parts if not (live.HERE / name / part).is_file()] == []


@pytest.mark.parametrize("name", live.names())
def test_no_part_reads_what_stands_behind_it(node, name):
    assert node(name, "typeof render") == "function"


@pytest.mark.parametrize("name", live.names())
def test_every_script_runs_as_a_module_and_as_a_classic_script(name):
    module = live.script(name)
    assert module.rstrip().endswith(scripts.EXPORT) and "import " not in module
    assert "export" not in scripts.for_page(module, name)
