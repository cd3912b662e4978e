"""Solutions on the page: from the exercises themselves, closed, and unknown to the search."""

import importlib.util
import os
import re
import sys
import time

import nbformat
import pytest
from bs4 import BeautifulSoup
from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish
from sphinx.util.docutils import docutils_namespace, patch_docutils

import nnlib.exercises

MODULE = '''
"""Exercises of a small book."""
from nnlib.exercises.kinds import Choice, explain_it, write_it

@write_it("A < B", minutes=1, hints=("Use `bilby`.", "Then possum."), why="Since wombat < 2.", inputs=lambda rng: (1,))
def first(numbat):
    quokka = numbat < 2
    return quokka

@explain_it("Why", minutes=1, question="Why?", hints=("a", "b"), why="So.")
def second():
    return Choice("since dingo", "no"), Choice("since kookaburra", "yes", right=True)
'''
CONF = """
extensions = ["myst_nb", "solutions_alone"]
nb_execution_mode = "off"
exclude_patterns = ["out*", "doctrees*"]
"""
EXTENSION = "from nnbook import solutions\n\ndef setup(app):\n    solutions.setup(app)\n"


@pytest.fixture
def book(tmp_path, monkeypatch):
    """A book of one page, whose two exercises lie in a module of their own."""
    exercises = tmp_path / "chdemo.py"
    exercises.write_text(MODULE)
    load(exercises, monkeypatch)
    (tmp_path / "solutions_alone.py").write_text(EXTENSION)
    (tmp_path / "conf.py").write_text(CONF)
    monkeypatch.syspath_prepend(tmp_path)
    cells = [
        nbformat.v4.new_markdown_cell("# Platypus\n\nSome echidna."),
        nbformat.v4.new_code_cell("from nnlib.exercises import chdemo as exercise"),
        nbformat.v4.new_code_cell("exercise.first.check(mine)\nexercise.second.check(...)"),
        nbformat.v4.new_code_cell("other.first.check(mine)  # not an exercise"),
    ]
    metadata = {"language_info": {"name": "python", "pygments_lexer": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), tmp_path / "index.ipynb")
    return tmp_path


def load(file, monkeypatch):
    """Import the module of exercises anew, as a new build does."""
    spec = importlib.util.spec_from_file_location("nnlib.exercises.chdemo", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setitem(sys.modules, "nnlib.exercises.chdemo", module)
    monkeypatch.setattr(nnlib.exercises, "chdemo", module, raising=False)


def build(book, builder="html"):
    """Build the book, and give its page's text and the warnings."""
    out, warnings = book / f"out-{builder}", book / "warnings"
    with patch_docutils(), docutils_namespace(), warnings.open("w") as log:
        Sphinx(book, book, out, book / f"doctrees-{builder}", builder, status=None, warning=log).build()
    page = next(out.glob("index.*"))
    return page.read_text("utf-8"), warnings.read_text()


def test_a_check_is_followed_by_closed_hints_and_a_closed_solution(book):
    text, warnings = build(book)
    assert warnings == ""
    html = BeautifulSoup(text, "html.parser")
    blocks = html.select(".cell + .nnlib-help, .nnlib-help + .nnlib-help")
    assert len(blocks) == len(html.select(".nnlib-help")) == 2
    first, second = blocks
    assert not html.select("details[open]")
    assert [s.get_text() for s in first.select("summary")] == [
        "Hint (1 of 2): A < B", "Next hint (2 of 2): A < B", "Solution: A < B",
    ]  # fmt: skip
    assert first.select_one("details > details").get_text().strip().endswith("Then possum.")
    assert first.select_one(".nnlib-hint code").get_text() == "bilby"
    solution = first.select_one("details.nnlib-solution")
    assert "quokka = numbat < 2" in solution.select_one(".highlight pre").get_text()
    assert solution.select_one(".highlight pre .k")  # coloured
    assert solution.select_one(".highlight-python ~ p").get_text() == "Since wombat < 2."
    assert [p.get_text() for p in second.select(".nnlib-solution p")] == ["B  since kookaburra", "So."]


def test_what_the_page_answers_itself_spares_a_reader_the_cells_for_it(book):
    page = book / "index.ipynb"
    notebook = nbformat.read(page, 4)
    cells = ("letter = ...", "exercise.second.check(letter)", "def first(numbat): ...", "exercise.first.check(first)")
    notebook.cells += [nbformat.v4.new_code_cell(text) for text in cells]
    nbformat.write(notebook, page)
    html = BeautifulSoup(build(book)[0], "html.parser")
    assert [cell.pre.get_text().strip() for cell in html.select(".nnlib-notebook")] == [*cells[:2]]


def test_the_search_never_sees_hints_or_solutions(book):
    text, _ = build(book)
    index = (book / "out-html" / "searchindex.js").read_text("utf-8")
    known, stem = set(re.findall(r"\w+", index)), SearchEnglish({}).stem
    assert {stem("echidna"), stem("platypus"), stem("exercise")} <= known
    hidden = ("quokka", "numbat", "wombat", "bilby", "possum", "kookaburra")
    assert all(word in text for word in hidden)
    assert [word for word in hidden if stem(word) in known] == []


def test_a_page_follows_its_exercises(book, monkeypatch):
    assert "koala" not in build(book)[0]
    exercises = book / "chdemo.py"
    exercises.write_text(MODULE.replace("wombat", "koala"))
    later = time.time() + 10
    os.utime(exercises, (later, later))
    load(exercises, monkeypatch)
    assert "koala" in build(book)[0]


def test_an_exercise_that_does_not_exist_is_a_warning(book):
    page = book / "index.ipynb"
    page.write_text(page.read_text().replace("exercise.second.check", "exercise.third.check"))
    text, warnings = build(book)
    assert "there is no exercise exercise.third" in warnings
    assert text.count("nnlib-help") == 1


def test_a_book_that_is_no_site_has_no_solutions(book):
    text, warnings = build(book, "text")
    assert "echidna" in text and "wombat" not in text
    assert warnings == ""
