"""Self-study: every numbered chapter has its exercises, its predictions and its recall, and they belong together.

A study has rules of its own: four exercises of three kinds, one of them a stretch, one prediction and no recall.
"""

import ast
import builtins
import importlib
import json
import re
import symtable
from collections import Counter

import needs
import pytest
import rules

from chapters import label, numbered, studies, taught
from nnlib.exercises.kinds import Exercise, ExplainIt, FixIt, PredictIt, StretchIt, WriteIt

each = pytest.mark.parametrize("path", numbered(), ids=lambda path: path.stem)
each_chapter = pytest.mark.parametrize("path", taught(), ids=lambda path: path.stem)
each_study = pytest.mark.parametrize("path", studies(), ids=lambda path: path.stem)


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def code(notebook):
    return "\n".join(rules.source(cell) for _, cell in rules.code_cells(notebook))


def exercises(path):
    """The exercises of a chapter's module, by name."""
    module = importlib.import_module(f"nnlib.exercises.{label(path)}")
    return {name: value for name, value in vars(module).items() if isinstance(value, Exercise)}


def body(function):
    """What a function does, its name and docstring aside."""
    parts = [
        part for part in function.body if not (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))
    ]
    return ast.dump(ast.Module(parts, []))


def committed(source):
    """The names of the predictions that a chapter's code commits, and of those it reveals."""
    return [Counter(re.findall(rf'\b{call}\(\s*"([\w.]+)"', source)) for call in ("predict", "reveal")]


def questions(prose):
    """The questions of a chapter's recall: closed blocks that open on demand."""
    recall = re.search(r"^## Recall$(.*?)^## ", prose, re.MULTILINE | re.DOTALL)
    return re.findall(r"^:::+\{dropdown\} (.+)$", recall[1], re.MULTILINE) if recall else []


def lacking(exercises):
    """What the exercises of a study lack."""
    stretches = [each for each in exercises if isinstance(each, StretchIt)]
    found = {"exercises": len(exercises), "kinds": len({type(each) for each in exercises}), "stretches": len(stretches)}
    wanted = {"exercises": (4,), "kinds": (3, 4), "stretches": (1,)}
    return [f"{what}: {number}" for what, number in found.items() if number not in wanted[what]]


@each_study
def test_a_study_has_four_exercises_of_three_kinds_and_one_of_them_is_a_stretch(path):
    assert lacking(exercises(path).values()) == []


@each
def test_a_chapter_commits_three_predictions_and_a_study_one_and_each_is_revealed(path):
    asked, revealed = committed(code(load(path)))
    assert len(asked) >= (1 if path in studies() else 3) and set(asked.values()) == {1}
    assert asked.keys() == revealed.keys()
    assert all(name.startswith(f"{label(path)}.") for name in asked)


@each_chapter
def test_a_chapter_closes_with_its_recall(path):
    found = questions(rules.prose(load(path)))
    assert len(found) >= 5 and len(set(found)) == len(found)


@each
def test_a_chapter_asks_every_exercise_of_its_module_and_no_other(path):
    source = code(load(path))
    assert f"from nnlib.exercises import {label(path)} as exercise" in source
    assert Counter(re.findall(r"\bexercise\.(\w+)\.check\(", source)) == Counter(exercises(path).keys())


def free(code):
    """The names that a function takes from around it, those of Python itself aside."""
    tables = [symtable.symtable(code, "solution", "exec")]
    for table in tables:
        tables += table.get_children()
    asked = {symbol.get_name() for table in tables for symbol in table.get_symbols() if symbol.is_global()}
    return asked - {symbol.get_name() for symbol in tables[0].get_symbols()} - set(dir(builtins))


@each
def test_a_solution_takes_no_name_that_its_page_does_not_have(path):
    bound = frozenset().union(*(needs.rebinds(rules.source(cell)) for _, cell in rules.code_cells(load(path))))
    solved = [e for e in exercises(path).values() if isinstance(e, (WriteIt, StretchIt, PredictIt))]
    assert {e.name: names for e in solved if (names := free(e.solution_text()) - bound)} == {}


def test_a_name_from_around_is_noticed():
    assert free("def f(x):\n    def g(y):\n        return np.abs(y) + x + L2(len(y))\n    return g") == {"np", "L2"}


@each
def test_a_notebook_holds_no_solution(path):
    notebook = load(path)
    assert ".solution()" not in code(notebook)
    solved = {
        body(ast.parse(exercise.solution_text()).body[0])
        for exercise in exercises(path).values()
        if isinstance(exercise, (WriteIt, StretchIt))
    }
    for name, cell in rules.code_cells(notebook):
        if "starter" in rules.tags(cell):
            functions = [node for node in rules.tree(cell).body if isinstance(node, ast.FunctionDef)]
            assert not any(body(function) in solved for function in functions), name


@pytest.mark.parametrize(
    ("kinds", "lacks"),
    [
        ([WriteIt, FixIt, PredictIt, StretchIt], []),
        ([PredictIt, PredictIt, ExplainIt, StretchIt], []),
        ([WriteIt, PredictIt, StretchIt], ["exercises: 3"]),
        ([PredictIt, PredictIt, PredictIt, StretchIt], ["kinds: 2"]),
        ([WriteIt, PredictIt, StretchIt, StretchIt], ["stretches: 2"]),
        ([WriteIt, FixIt, PredictIt, ExplainIt], ["stretches: 0"]),
        ([WriteIt] * 5, ["exercises: 5", "kinds: 1", "stretches: 0"]),
    ],
)
def test_what_a_study_lacks_is_named(kinds, lacks):
    assert lacking([kind.__new__(kind) for kind in kinds]) == lacks


def test_predictions_and_recall_are_found_where_they_are_and_missed_where_they_are_not():
    asked, revealed = committed(
        'predict("sgd.a", ..., "How many?")\npredict(\n    "sgd.b", ..., "?")\nreveal("sgd.a", 3)'
    )
    assert list(asked) == ["sgd.a", "sgd.b"] and list(revealed) == ["sgd.a"]
    prose = "## Recall\n\n:::{dropdown} 1. Why?\nSo.\n:::\n\n## Summary\n\n:::{dropdown} Not this?\n:::"
    assert questions(prose) == ["1. Why?"] and questions("## Summary") == []
