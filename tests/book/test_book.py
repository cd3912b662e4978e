"""What must hold of every page and notebook; and each rule, seen to fail on a notebook that breaks it."""

import json

import pytest
import rules

from chapters import ROOT, chapters, lacks_data, pages
from run_notebooks import KERNELSPEC, LANGUAGE

FORWARD = """class Sigmoid(Layer):
    def forward(self, z: np.ndarray) -> np.ndarray:
        self.a = sigmoid(z)
        return self.a
"""
ADDED = "def forward(x):\n    return x + 1"
PICTURE = {"output_type": "display_data", "metadata": {}, "data": {"image/svg+xml": "<svg></svg>"}}


def test_every_page_of_the_contents_exists():
    assert rules.pages_missing(pages(), ROOT) == []


def test_the_contents_list_every_notebook():
    assert set(chapters()) == set((ROOT / "book").glob("*.ipynb"))


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", chapters(), ids=lambda path: path.stem)
def test_a_chapter_keeps_the_rule(path, rule):
    offences = rule(json.loads(path.read_text(encoding="utf-8")))
    assert not offences, f"{rule.__doc__}\n" + "\n".join(offences)


@pytest.mark.parametrize("page", [page for page in pages() if (ROOT / f"{page}.md").exists()])
def test_a_page_begins_with_its_label_and_refers_by_label(page):
    text = (ROOT / f"{page}.md").read_text(encoding="utf-8")
    text = text.split("---\n", 2)[2].lstrip() if text.startswith("---\n") else text
    assert rules.page_offences(text) == []
    assert page == "book/index" or rules.starts_as_a_page(text)


def test_a_missing_page_is_reported(tmp_path):
    (tmp_path / "there.md").touch()
    assert rules.pages_missing(["there", "gone"], tmp_path) == ["gone"]


# The rules themselves: a good notebook passes them all, and each of these changes breaks exactly one.


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


def offended(book):
    return [rule.__name__ for rule in rules.RULES if rule(book)]


GOOD = {
    "plain": [code("x = 1\nprint(x)", printed("1\n")), code("assert x == 1", count=2)],
    "empty code cell": [code("", count=None)],
    "ignored output with an assertion": [code("assert 0.9 < accuracy", tags=["nbval-ignore-output"])],
    "expected error": [code("1 / 0", error(), tags=["raises-exception"])],
    "long but folded": [code("x = 1\n" * 16, tags=["hide-input"])],
    "15 lines": [code("x = 1\n" * 15)],
    "library": [code(FORWARD, tags=["library"])],
    "library, with a docstring of its own": [
        code(FORWARD.replace("        self.a", '        """Squash."""\n        self.a', 1), tags=["library"])
    ],
    "library, a function": [
        code("def one_hot(labels: np.ndarray, n_classes: int, dtype: type = np.float64) -> np.ndarray:\n"
             "    check_labels(labels, len(labels), n_classes)\n"
             "    return np.eye(n_classes, dtype=dtype)[labels]", tags=["library"])
    ],
    "picture with its sentence": [code("plot()", picture("The cost falls from 2 to 1."))],
    "glued": [code("glue()", glued("rate")), markdown("It is {glue:text}`rate` or {glue:text}`rate:.2f`.")],
    "headings, one above the other": [markdown("## Two\n\n### Three\n\ntext"), markdown("```python\n# none\n```")],
}  # fmt: skip

BROKEN = {
    "not run": ("counts_run_from_one", [code("x = 1", count=None)]),
    "run twice": ("counts_run_from_one", [code("x = 1", count=2)]),
    "ignored": ("ignored_outputs_are_asserted", [code("train()", tags=["nbval-ignore-output"])]),
    "ignored by a comment": ("ignored_outputs_are_asserted", [code("# NBVAL_IGNORE_OUTPUT\ntrain()")]),
    "asserts nothing that can fail": (
        "ignored_outputs_are_asserted", [code("assert True", tags=["nbval-ignore-output"])]
    ),
    "asserts in a text": ("ignored_outputs_are_asserted", [code("'assert x'", tags=["nbval-ignore-output"])]),
    "skipped": ("no_cell_is_skipped", [code("x = 1", tags=["nbval-skip"])]),
    "skipped by a comment": ("no_cell_is_skipped", [code("# NBVAL_SKIP\nx = 1")]),
    "unexpected error": ("errors_are_expected", [code("1 / 0", error())]),
    "expected error that does not come": ("errors_are_expected", [code("1 / 1", tags=["raises-exception"])]),
    "16 lines": ("visible_cells_are_short", [code("x = 1\n" * 16)]),
    "library with another sign": (
        "library_cells_equal_nnlib", [code(FORWARD.replace("sigmoid(z)", "sigmoid(-z)"), tags=["library"])]
    ),
    "library, method renamed": (
        "library_cells_equal_nnlib", [code(FORWARD.replace("forward", "forwards"), tags=["library"])]
    ),
    "library, class renamed": (
        "library_cells_equal_nnlib", [code(FORWARD.replace("Sigmoid", "Logistic"), tags=["library"])]
    ),
    "library, one decorator more": (
        "library_cells_equal_nnlib", [code(FORWARD.replace("    def", "    @staticmethod\n    def"), tags=["library"])]
    ),
    "library, class attribute changed": (
        "library_cells_equal_nnlib", [code('class Sigmoid(Layer):\n    stores = ("z",)', tags=["library"])]
    ),
    "library, unknown function": ("library_cells_equal_nnlib", [code(ADDED, tags=["library"])]),
    "library, nothing defined": ("library_cells_equal_nnlib", [code("x = 1", tags=["library"])]),
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
    seen = {broken for broken, _ in BROKEN.values()} | {"begins_with_label_and_title", "metadata_is_normalised"}
    assert seen == {rule.__name__ for rule in rules.RULES}


def test_a_notebook_says_which_data_it_needs(monkeypatch, tmp_path):
    assert not lacks_data({})
    monkeypatch.setenv("NNLIB_DATA_DIR", str(tmp_path))
    assert not lacks_data({"nnlib": {"data": "mnist"}})  # the chapter itself says which file that folder lacks
    with pytest.raises(ValueError, match="got data 'imagenet', expected one of .*mnist"):
        lacks_data({"nnlib": {"data": "imagenet"}})
