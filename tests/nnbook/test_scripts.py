"""Scripts on the page: each page gets those that it needs, and the panel of progress what the chapters ask."""

import json
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup

from chapters import label, numbered, title
from nnbook import scripts
from nnbook.scripts import needed


def test_a_page_gets_the_scripts_that_it_needs_in_order_and_once():
    assert needed("<p>nnlib-order</p>") == []
    assert needed('<div class="nnlib-frames">') == ["elements.js", "frames.js"]
    assert needed('<ol class="nnlib-order" type="A"><div class="cell nnlib-predict"><div class="nnlib-reveal">') == [
        "elements.js", "memory.js", "order.js", "predict.js",
    ]  # fmt: skip
    assert needed('<div class="nnlib-live nnlib-live-line">') == ["line.js"]


def test_the_panel_of_progress_links_to_the_chapters_in_the_order_of_the_book_and_knows_their_exercises():
    app = SimpleNamespace(builder=SimpleNamespace(get_relative_uri=lambda page, to: f"from {page} to {to}"))
    context = {"body": '<div class="nnlib-progress"><p>...</p></div>'}
    scripts.list_chapters(app, "book/index", "", context, None)
    links = BeautifulSoup(context["body"], "html.parser").div.div("a")
    assert [(link["data-chapter"], link.text) for link in links] == [(label(path), title(path)) for path in numbered()]
    first, exercises = numbered()[0].stem, json.loads(links[0]["data-exercises"])
    assert links[0]["href"] == f"from book/index to book/{first}"
    assert exercises and all(name.startswith(f"{label(numbered()[0])}.") for name in exercises)


def test_a_script_that_exports_something_else_is_refused():
    with pytest.raises(ValueError, match="number.js: expected one line"):
        scripts.for_page("export default render;", "number")
