"""Self-study: every numbered chapter has its exercises, its predictions and its recall, and they belong together."""

import ast
import importlib
import json
import re
from collections import Counter

import pytest
import rules

from chapters import label, numbered
from nnlib.exercises.kinds import Exercise, StretchIt, WriteIt

each = pytest.mark.parametrize("path", numbered(), ids=lambda path: path.stem)


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


@each
def test_a_chapter_commits_three_predictions_and_reveals_each(path):
    asked, revealed = committed(code(load(path)))
    assert len(asked) >= 3 and set(asked.values()) == {1}
    assert asked.keys() == revealed.keys()
    assert all(name.startswith(f"{label(path)}.") for name in asked)


@each
def test_a_chapter_closes_with_its_recall(path):
    found = questions(rules.prose(load(path)))
    assert len(found) >= 5 and len(set(found)) == len(found)


@each
def test_a_chapter_asks_every_exercise_of_its_module_and_no_other(path):
    source = code(load(path))
    assert f"from nnlib.exercises import {label(path)} as exercise" in source
    assert Counter(re.findall(r"\bexercise\.(\w+)\.check\(", source)) == Counter(exercises(path).keys())


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


def test_predictions_and_recall_are_found_where_they_are_and_missed_where_they_are_not():
    asked, revealed = committed(
        'predict("sgd.a", ..., "How many?")\npredict(\n    "sgd.b", ..., "?")\nreveal("sgd.a", 3)'
    )
    assert list(asked) == ["sgd.a", "sgd.b"] and list(revealed) == ["sgd.a"]
    prose = "## Recall\n\n:::{dropdown} 1. Why?\nSo.\n:::\n\n## Summary\n\n:::{dropdown} Not this?\n:::"
    assert questions(prose) == ["1. Why?"] and questions("## Summary") == []
