"""Scripts on the page: each page gets those that it needs, and the panel of progress the chapters' titles."""

import json

import pytest
from bs4 import BeautifulSoup

from nnbook import scripts
from nnbook.scripts import needed


def test_a_page_gets_the_scripts_that_it_needs_in_order_and_once():
    assert needed("<p>nnlib-order</p>") == []
    assert needed('<div class="nnlib-frames">') == ["elements.js", "frames.js"]
    assert needed('<ol class="nnlib-order" type="A"><div class="cell nnlib-predict"><div class="nnlib-reveal">') == [
        "elements.js", "memory.js", "order.js", "predict.js",
    ]  # fmt: skip
    assert needed('<div class="nnlib-live nnlib-live-line">') == ["line.js"]


def test_the_panel_of_progress_knows_the_chapters_in_the_order_of_the_book(monkeypatch):
    monkeypatch.setattr(scripts, "TITLES", {"second": "The second", "first": "The first & last"})
    context = {"body": '<div class="nnlib-progress"><p>...</p></div>'}
    scripts.name_chapters(None, "book/index", "", context, None)
    titles = json.loads(BeautifulSoup(context["body"], "html.parser").div["data-chapters"])
    assert list(titles.items()) == [("second", "The second"), ("first", "The first & last")]


def test_a_script_that_exports_something_else_is_refused():
    with pytest.raises(ValueError, match="number.js: expected one line"):
        scripts.for_page("export default render;", "number")
