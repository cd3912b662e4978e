"""Every chapter asks no more than the book's style allows, says how long it takes, and keeps its promises."""

import ast
import importlib
import json
import re

import pytest
import reading
import rules

from chapters import ROOT, label, metadata, numbered, studies, taught
from nnlib.exercises.kinds import ExplainIt, OrderIt, PredictIt

each = pytest.mark.parametrize("path", numbered(), ids=lambda path: path.stem)
STUDIES = pytest.mark.parametrize("path", studies(), ids=lambda path: path.stem)
CHAPTERS = pytest.mark.parametrize("path", taught(), ids=lambda path: path.stem)
PENCIL = (PredictIt, OrderIt, ExplainIt)  # the kinds that ask for no code


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


@each
def test_the_main_line_is_short(path):
    most = reading.WORDS[metadata(path)["nnlib"].get("kind", "chapter")]
    assert reading.words(load(path)) <= most


@each
def test_a_chapter_asks_few_questions_by_the_way_and_each_in_a_cell_of_its_own(path):
    notebook = load(path)
    asked = [
        cell for _, cell in rules.code_cells(notebook) if re.search(r"^predict\(", rules.source(cell), re.MULTILINE)
    ]
    assert 1 <= len(asked) <= reading.boxes(notebook, "Predict") <= reading.PREDICTIONS
    assert all(len(rules.tree(cell).body) == 1 for cell in asked)


@each
def test_the_field_asks_what_the_box_above_it_asks(path):
    cells = load(path)["cells"]
    asked = [
        (ast.literal_eval(rules.tree(cell).body[0].value.args[2]), rules.source(above))
        for above, cell in zip(cells, cells[1:], strict=False)
        if cell["cell_type"] == "code" and rules.source(cell).startswith("predict(")
    ]
    assert asked and [question for question, above in asked if bare(question) not in bare(above)] == []


def bare(text):
    """A text's words and numbers, without what only Markdown and TeX need."""
    text = re.sub(r"\{[\w:-]+\}`([^`<]*)(?:<[^`]*>)?`", r"\1", text)
    return " ".join(re.sub(r"[*`$\\{},:;?]", " ", text).lower().split())


@each
def test_the_minutes_that_a_chapter_states_are_within_a_fifth_of_what_it_takes(path):
    notebook = load(path)
    assert reading.said(notebook) == pytest.approx(reading.minutes(notebook), rel=0.2)


@each
def test_every_promise_of_a_chapter_is_trained_by_exercises_that_exist(path):
    notebook, trained = load(path), metadata(path)["nnlib"]["promises"]
    module = importlib.import_module(f"nnlib.exercises.{label(path)}")
    assert len(reading.promises(notebook)) == len(trained) >= 2 and all(trained)
    assert [name for names in trained for name in names if not hasattr(module, name)] == []


@STUDIES
def test_a_study_is_read_in_a_quarter_of_an_hour(path):
    assert reading.said(load(path)) <= reading.MINUTES


@CHAPTERS
def test_two_exercises_of_a_chapter_need_a_pencil_alone(path):
    module = importlib.import_module(f"nnlib.exercises.{label(path)}")
    pencil = metadata(path)["nnlib"]["pencil"]
    assert len(set(pencil)) >= 2
    assert [name for name in pencil if not isinstance(getattr(module, name), PENCIL)] == []


@each
def test_a_chapter_needs_only_chapters_before_it(path):
    before = {f"ch-{label(other)}" for other in numbered()[: numbered().index(path)]}
    needed = set(re.findall(r"\{ref\}`(?:[^`<]*<)?([\w-]+)>?`", reading.head(load(path), "You need")))
    assert {name for name in needed if name.startswith("ch-")} <= before


def test_a_terms_first_use_is_a_link_to_its_definition():
    wanted = reading.terms((ROOT / "book" / "glossary.md").read_text(encoding="utf-8"))
    uses = reading.first_uses([reading.text(load(path)) for path in numbered()], wanted)
    assert {term: words for term, words in uses.items() if words != "linked"} == {}


def notebook(*texts, **code):
    cells = [{"cell_type": "markdown", "metadata": {}, "source": text} for text in texts]
    cells += [
        {"cell_type": "code", "metadata": {"tags": [tag]}, "source": text, "outputs": []} for tag, text in code.items()
    ]
    return {"cells": cells}


LONG = """(ch-zebras)=
# Of zebras

Two words, and a {term}`stripe`: $a + b$ of `code`, [a link](https://here.org).

:::{dropdown} Not needed later: the herd
Not counted at all.
:::

:::{admonition} Predict
:class: predict
Which one?
:::

::::{admonition} Not needed later: the hoof
:class: note dropdown
Nor is this, not even :::{this}:::
::::

$$
words = 0
$$ (eq-zebra)
"""
HEAD = """:::{admonition} Before you start
:class: tip
**You need** {ref}`ch-horse` and {ref}`a line <math-line>`.

**Reading time** about 35 minutes, plus an hour.

**Afterwards you can**

- count stripes;
- tell a zebra from a horse.
:::
"""


def test_words_in_closed_boxes_formulas_code_and_links_do_not_count():
    assert reading.words(notebook(LONG)) == len("Of zebras Two words and a term of a link Which one".split())


def test_what_follows_the_exercises_is_no_main_line():
    assert reading.words(notebook(LONG, "One more.\n\n## Exercises\n\nNot these.", "Nor these.")) == 14


def test_lines_that_are_folded_or_wait_for_an_answer_are_not_read():
    kinds = {"lesson": "x = 1\n\ny = 2", "hide-input": "z = 3", "starter": "predict(...)"}
    assert reading.lines(notebook(**kinds)) == 2


def test_a_chapter_takes_the_minutes_of_its_words_lines_questions_and_calculations():
    hand = ":::{admonition} By hand\n:class: worked\n1\n:::"
    lines = "x = 1\n" * 10
    assert reading.minutes(notebook("word " * 400, hand, LONG.split("\n\n")[3], lesson=lines)) == pytest.approx(
        2 + 1 + 3 + 1 + 2 / 200
    )


def test_what_a_chapter_says_at_its_beginning_is_understood():
    assert reading.said(notebook(HEAD)) == 35
    assert reading.promises(notebook(HEAD)) == ["count stripes;", "tell a zebra from a horse."]
    assert "ch-horse" in reading.head(notebook(HEAD), "You need")


def test_the_glossarys_terms_are_found():
    found = reading.terms((ROOT / "book" / "glossary.md").read_text(encoding="utf-8"))
    assert {"activation", "weight"} <= set(found) and not any(term.startswith(" ") for term in found)


@pytest.mark.parametrize(
    ("text", "linked"),
    [("A {term}`layer` of layers.", True), ("Two {term}`layers <layer>`.", True), ("A layer, a {term}`layer`.", False),
     ("# Layers\n\n`layer` and $layer$ in a {term}`hidden layer` come before a {term}`layer`.", True),
     ("**You need** layers.\n:::\nA {term}`layer`.", True), ("Many Layers.", False)],
)  # fmt: skip
def test_the_first_use_of_a_term_is_found(text, linked):
    assert (reading.first_uses([text], ["layer", "hidden layer"])["layer"] == "linked") == linked
