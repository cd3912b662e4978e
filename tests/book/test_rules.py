"""The rules themselves: a good notebook keeps them all, and each is seen to fail on a notebook that breaks it."""

import inspect
import re

import pytest
import rules

from measure.workers import workers
from nnlib import one_hot
from run_notebooks import KERNELSPEC, LANGUAGE

FORWARD = """class Sigmoid(Layer):
    def forward(self, z: np.ndarray) -> np.ndarray:
        self.a = sigmoid(z)
        return self.a
"""
METHOD = """# nnlib/layers.py, class Sigmoid
def forward(self, z: np.ndarray) -> np.ndarray:
    self.a = sigmoid(z)
    return self.a
"""
ONE_HOT = "# nnlib/losses.py\n" + inspect.getsource(one_hot)
SOLUTION = """# nnlib/exercises/entropy.py
def softmax(logits):
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)
"""
QUOTED = "```python\n# measure/workers.py\n" + inspect.getsource(workers) + "```"
ADDED = "def forward(x):\n    return x + 1"
PICTURE = {"output_type": "display_data", "metadata": {}, "data": {"image/svg+xml": "<svg></svg>"}}


def test_a_missing_page_is_reported(tmp_path):
    (tmp_path / "there.md").touch()
    assert rules.pages_missing(["there", "gone"], tmp_path) == ["gone"]


def markdown(text):
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def code(text, *outputs, tags=(), count=1):
    return {
        "cell_type": "code",
        "metadata": {"tags": list(tags)},
        "source": text,
        "outputs": list(outputs),
        "execution_count": count,
    }


def printed(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


def shown(**data):
    return {"output_type": "display_data", "metadata": {}, "data": data}


def glued(name):
    return {"output_type": "display_data", "metadata": {"scrapbook": {"name": name}}, "data": {}}


def error():
    return {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": []}


def picture(alt):
    return shown(**{"image/svg+xml": "<svg></svg>", "text/plain": alt})


def notebook(*cells, title="(ch-test)=\n# A title\n\nA sentence."):
    cells = [markdown(title), *cells]
    for number, cell in enumerate(cells, start=1):
        cell["id"] = f"cell-{number:03}"
    return {"cells": cells, "metadata": {"kernelspec": KERNELSPEC, "language_info": LANGUAGE}}


def study(*cells, first="*Goal: stripes.*\n\n**What came of it.** {glue:text}`few` stripes.", headings=rules.STUDY):
    """A study of zebras."""
    book = notebook(
        code("predict('zebras.stripes', ..., 'How many?')\nnetwork.predict(x)"),
        check("glue('few', 3)\nreveal('zebras.stripes', 3)", glued("few")),
        *(markdown(f"## {heading}\n\nSo.") for heading in headings),
        *cells,
        title=f"(ch-zebras)=\n# Of zebras\n\n{first}",
    )
    book["metadata"]["nnlib"] = {"kind": "study"}
    return book


def offended(book):
    return [rule.__name__ for rule in rules.RULES if rule(book)]


def check(text, *outputs, **metadata):
    cell = code("with book_checks():\n" + "".join(f"    {line}\n" for line in text.splitlines()), *outputs, count=2)
    cell["metadata"] = {"tags": ["check", "hide-input"], "jupyter": {"source_hidden": True}} | metadata
    return cell


GOOD = {
    "plain": [code("x = 1\nprint(x)", printed("1\n")), check("assert x == 1")],
    "check that binds a name for itself": [code("x = 1"), check("y = x\nassert y == 1")],
    "name that a check binds too": [code("x = 1"), check("x = 2"), code("print(x)", printed("1\n"), count=3)],
    "glue in a drawing": [code("plot()\nglue('a', 1)", glued("a"), tags=["hide-input"])],
    "empty code cell": [code("", count=None)],
    "ignored output with an assertion": [
        code("train()", tags=["nbval-ignore-output"]), check("assert 0.9 < accuracy")
    ],
    "expected error": [code("1 / 0", error(), tags=["raises-exception"])],
    "slow, and shorter": [code("train(epochs=100)") | {"metadata": {"nnlib": {"shorter": ["=100", "=5"]}}}],
    "long but folded": [code("x = 1\n" * 16, tags=["hide-input"])],
    "15 lines": [code("x = 1\n" * 15)],
    "library, a method": [code(METHOD, tags=["library"])],
    "library, a method with a docstring of its own": [
        code(METHOD.replace("    self.a", '    """Squash."""\n    self.a', 1), tags=["library"])
    ],
    "library, a class attribute": [code('# nnlib/layers.py, class Sigmoid\nstores = ("a",)', tags=["library"])],
    "library, a function": [code(ONE_HOT, tags=["library"])],
    "quoted, a function": [markdown(QUOTED)],
    "quoted, a function without its docstring": [markdown(re.sub(r'    """.*?"""\n', "", QUOTED))],
    "a number of chapters": [markdown("The next 3 chapters, and {ref}`the 2-2-1 network <ch-forward>`.")],
    "picture with its sentence": [code("plot()", picture("The cost falls from 2 to 1."))],
    "glued": [
        code("x = 1"), check("glue()", glued("rate")), markdown("It is {glue:text}`rate` or {glue:text}`rate:.2f`.")
    ],
    "headings, one above the other": [markdown("## Two\n\n### Three\n\ntext"), markdown("```python\n# none\n```")],
}  # fmt: skip

BROKEN = {
    "shorter by nothing": (
        "a_shorter_run_is_one_change", [code("train()") | {"metadata": {"nnlib": {"shorter": ["=100", "=5"]}}}]
    ),
    "shorter twice": (
        "a_shorter_run_is_one_change", [code("f(1)\nf(1)") | {"metadata": {"nnlib": {"shorter": ["(1)", "(0)"]}}}]
    ),
    "not run": ("counts_run_from_one", [code("x = 1", count=None)]),
    "run twice": ("counts_run_from_one", [code("x = 1", count=2)]),
    "ignored": ("ignored_outputs_are_asserted", [code("train()", tags=["nbval-ignore-output"])]),
    "ignored by a comment": ("ignored_outputs_are_asserted", [code("# NBVAL_IGNORE_OUTPUT\ntrain()")]),
    "asserts nothing that can fail": (
        "ignored_outputs_are_asserted", [code("train()", tags=["nbval-ignore-output"]), check("assert True")]
    ),
    "asserted too far away": (
        "ignored_outputs_are_asserted",
        [code("train()", tags=["nbval-ignore-output"]), code("x = 1", count=2),
         check("assert x") | {"execution_count": 3}],
    ),
    "assert in the lesson": ("what_a_reader_sees_is_the_lesson", [code("x = 1\nassert x")]),
    "assert inside a function": ("what_a_reader_sees_is_the_lesson", [code("def f(x):\n    assert x")]),
    "assert in a drawing": ("what_a_reader_sees_is_the_lesson", [code("plot()\nassert x", tags=["hide-input"])]),
    "glue in the lesson": ("what_a_reader_sees_is_the_lesson", [code("nnlib.glue('a', 1)", glued("a"))]),
    "reveal in the lesson": ("what_a_reader_sees_is_the_lesson", [code("for x in y:\n    reveal('a', x)")]),
    "check unfolded": (
        "checks_are_folded_and_silent", [code("x = 1"), check("assert x", tags=["check"])]
    ),
    "check open in JupyterLab": ("checks_are_folded_and_silent", [code("x = 1"), check("assert x", jupyter={})]),
    "check that would stop a reader": (
        "checks_are_folded_and_silent", [code("x = 1"), check("assert x") | {"source": "assert x"}]
    ),
    "check with more beside it": (
        "checks_are_folded_and_silent",
        [code("x = 1"), check("assert x") | {"source": "with book_checks():\n    assert x\ny = 2"}],
    ),
    "name from a check": (
        "checks_can_be_left_out", [code("x = 1"), check("y = x"), code("print(y)", printed("1\n"), count=3)]
    ),
    "asserts in a text": ("ignored_outputs_are_asserted", [code("'assert x'", tags=["nbval-ignore-output"])]),
    "skipped": ("no_cell_is_skipped", [code("x = 1", tags=["nbval-skip"])]),
    "skipped by a comment": ("no_cell_is_skipped", [code("# NBVAL_SKIP\nx = 1")]),
    "unexpected error": ("errors_are_expected", [code("1 / 0", error())]),
    "expected error that does not come": ("errors_are_expected", [code("1 / 1", tags=["raises-exception"])]),
    "16 lines": ("visible_cells_are_short", [code("x = 1\n" * 16)]),
    **{
        f"library, {what}": ("library_cells_equal_nnlib", [code(text, tags=["library"])])
        for what, text in {
            "another sign": METHOD.replace("sigmoid(z)", "sigmoid(-z)"),
            "method renamed": METHOD.replace("forward", "forwards"),
            "method of another class": METHOD.replace("Sigmoid", "Tanh"),
            "unknown class": METHOD.replace("Sigmoid", "Logistic"),
            "one decorator more": METHOD.replace("def", "@staticmethod\ndef"),
            "the class around it": "# nnlib/layers.py\n" + FORWARD,
            "class attribute changed": '# nnlib/layers.py, class Sigmoid\nstores = ("z",)',
            "function of another module": ONE_HOT.replace("losses", "training"),
            "function of another place in nnlib": "# nnlib/prose.py\ndef glue(): ...",
            "the solution of an exercise": SOLUTION,
            "a caption that is none": ONE_HOT.replace("losses.py", "losses.py, one_hot"),
            "something besides": ONE_HOT + "one_hot(labels, 10)",
            "nothing defined": "# nnlib/losses.py",
            "unknown function": "# nnlib/losses.py\n" + ADDED,
            "no caption": ONE_HOT.partition("\n")[2],
        }.items()
    },
    **{
        f"quoted, {what}": ("quoted_code_equals_its_file", [markdown(text)])
        for what, text in {
            "another sign": QUOTED.replace("zip(*jobs", "zip(jobs"),
            "a function of another program": QUOTED.replace("workers.py", "batches.py"),
            "nothing defined": "```python\n# measure/workers.py\nworkers()\n```",
        }.items()
    },
    "a chapter by its number": ("chapters_are_called_by_name", [markdown("As chapter 7 shows.")]),
    "chapters by their numbers": ("chapters_are_called_by_name", [markdown("Chapters\n3 to 5.")]),
    "a reference by its number": ("chapters_are_called_by_name", [markdown("See {ref}`7 <ch-backprop>`.")]),
    "a number in a comment": ("chapters_are_called_by_name", [code("x = 1  # as in chapter 3")]),
    "sys.path": ("no_cell_changes_the_import_path", [code("import sys\nsys.path.insert(0, '..')")]),
    "path from sys": ("no_cell_changes_the_import_path", [code("from sys import path")]),
    "pip": ("no_cell_changes_the_import_path", [code("%pip install nnlib")]),
    "picture without a text": ("figures_have_alt_texts", [code("plot()", PICTURE)]),
    "picture with matplotlib's text": (
        "figures_have_alt_texts", [code("plot()", picture("<Figure size 640x480 with 1 Axes>"))]
    ),
    "picture called a figure": ("figures_have_alt_texts", [code("plot()", picture("figure"))]),
    "PNG without a text": ("figures_have_alt_texts", [code("plot()", shown(**{"image/png": "aGFsbG8="}))]),
    "picture in HTML": ("figures_have_alt_texts", [code("x", shown(**{"text/html": ["<p>", "<svg/>"]}))]),
    "number from nowhere": ("glued_numbers_are_made_here", [markdown("It is {glue:text}`rate`.")]),
    "number from nowhere, formatted": ("glued_numbers_are_made_here", [markdown("It is {glue:text}`rate:.2f`.")]),
    "two numbers of one name": (
        "glued_numbers_are_made_here",
        [code("x = 1"), check("glue('few', 3)\nglue('few', 4)", glued("few"), glued("few"))],
    ),
    "link to a file": ("prose_uses_labels", [markdown("See [there](the_perceptron.ipynb).")]),
    "meta": ("prose_uses_labels", [markdown("```{meta}\n:description: x\n```")]),
    "empty heading": ("headings_have_content", [markdown("## One\n\n## Two\n\ntext")]),
    "empty heading at the end": ("headings_have_content", [markdown("## One\n\n(label)=\n")]),
    "warning": ("outputs_name_no_machine", [code("warn()", printed("UserWarning: no\n", "stderr"))]),
    "home": ("outputs_name_no_machine", [code("path", printed("/home/ada/book/nnlib\n"))]),
    "home on Windows": ("outputs_name_no_machine", [code("path", printed("C:\\Users\\ada\\book\n"))]),
    "address": ("outputs_name_no_machine", [code("f", shown(**{"text/plain": "<function f at 0x7f0a12345678>"}))]),
    "bare float": ("numbers_are_rounded", [code("x", shown(**{"text/plain": "0.30000000000000004"}))]),
}  # fmt: skip


@pytest.mark.parametrize("cells", GOOD.values(), ids=GOOD)
def test_a_good_notebook_keeps_every_rule(cells):
    assert offended(notebook(*cells)) == []


@pytest.mark.parametrize(("broken", "cells"), BROKEN.values(), ids=BROKEN)
def test_a_broken_notebook_breaks_its_rule(broken, cells):
    assert offended(notebook(*cells)) == [broken]


def test_a_good_study_keeps_every_rule():
    assert offended(study()) == []


BROKEN_STUDIES = [
    ("a_study_keeps_to_the_skeleton", study(headings=rules.STUDY[::-1])),
    ("a_study_keeps_to_the_skeleton", study(headings=rules.STUDY[1:])),
    ("a_study_keeps_to_the_skeleton", study(markdown("## Recall\n\nWhy?"))),
    ("a_study_asks_one_prediction", study(check("reveal('zebras.legs', 4)") | {"execution_count": 3})),
    ("a_study_asks_one_prediction", study(code("predict('zebras.legs', ..., 'And legs?')", count=3))),
    ("a_study_says_first_what_came_of_it", study(first="*Goal: stripes.*\n\nIt has {glue:text}`few`.")),
    ("a_study_says_first_what_came_of_it", study(first="*Goal: stripes.*\n\n**What came of it.** Three stripes.")),
    ("a_study_says_first_what_came_of_it", study(first="a\n\nb\n\nc\n\n**What came of it.** {glue:text}`few`.")),
]


@pytest.mark.parametrize(("broken", "book"), BROKEN_STUDIES)
def test_a_study_that_breaks_a_rule_of_studies_is_named(broken, book):
    assert offended(book) == [broken]


@pytest.mark.parametrize("title", ["# No label", "(ch-test)=\n\n# A gap", "(ch-test)=\n## Not the title"])
def test_a_notebook_without_label_and_title_is_refused(title):
    assert "begins_with_label_and_title" in offended(notebook(title=f"{title}\n\nA sentence."))


@pytest.mark.parametrize(
    "change",
    [
        lambda book: book["metadata"].update(kernelspec={"name": "conda-env"}),
        lambda book: book["metadata"].update(language_info={"name": "python", "version": "3.12.1"}),
        lambda book: book["cells"][0].update(id="7c1f"),
        lambda book: book["cells"][0]["metadata"].update(scrolled=True),
    ],
)
def test_a_notebook_edited_after_its_run_is_refused(change):
    book = notebook()
    change(book)
    assert offended(book) == ["metadata_is_normalised"]


def test_every_rule_has_been_seen_to_fail():
    seen = {broken for broken, _ in (*BROKEN.values(), *BROKEN_STUDIES)} | {
        "begins_with_label_and_title",
        "metadata_is_normalised",
    }
    assert seen == {rule.__name__ for rule in rules.RULES}
