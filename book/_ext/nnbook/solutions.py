"""Solutions: after each cell that checks an exercise, closed blocks with its hints and its solution.

They come from the exercise itself (`nnlib.exercises`), so a notebook holds none. The blocks open
without a script. Their text is no part of the document, only of its HTML: the site's search never sees it.
"""

import importlib
import re
from collections.abc import Iterator
from html import escape

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

IMPORT = re.compile(r"^from nnlib\.exercises import (\w+) as (\w+)$", re.MULTILINE)
CHECK = re.compile(r"^(\w+)\.(\w+)\.check\(", re.MULTILINE)
log = logging.getLogger(__name__)


class solution(nodes.General, nodes.Element):  # noqa: N801, as docutils names its nodes
    """The help with one exercise, which is its attribute `exercise`."""


def code_cells(doctree: nodes.document) -> Iterator[tuple[nodes.Element, str]]:
    """Each code cell of a page, with its source."""
    for node in doctree.findall(nodes.container):
        if node.get("nb_element") == "cell_code" and node.children[0].get("nb_element") == "cell_code_source":
            yield node, node.children[0].astext()


def modules(doctree: nodes.document) -> dict:
    """The modules of exercises that a page imports, under the names that it gives them."""
    return {
        alias: importlib.import_module(f"nnlib.exercises.{name}")
        for _, source in list(code_cells(doctree))
        for name, alias in IMPORT.findall(source)
    }


def depend_on_modules(app, doctree) -> None:
    """Have a page built again when its exercises change."""
    for module in modules(doctree).values():
        app.env.note_dependency(module.__file__)
        app.env.note_dependency(importlib.import_module("nnlib.exercises.kinds").__file__)


class AddSolutions(SphinxPostTransform):
    """Put the help after the cells that check."""

    default_priority = 800
    formats = ("html",)

    def run(self, **kwargs) -> None:
        """Go through the page's cells."""
        imported = modules(self.document)
        for cell, source in list(code_cells(self.document)):
            found = [(alias, name) for alias, name in CHECK.findall(source) if alias in imported]
            for alias, name in reversed(found):
                exercise = getattr(imported[alias], name, None)
                if exercise is None:
                    log.warning("there is no exercise %s.%s", alias, name, location=cell, type="nnbook")
                    continue
                cell.parent.insert(cell.parent.index(cell) + 1, solution(exercise=exercise))


def prose(text: str) -> str:
    """A line of text as HTML; `x` in it is code."""
    return re.sub(r"`([^`]+)`", r'<code class="literal">\1</code>', escape(text))


def folded(kind: str, summary: str, title: str, body: str) -> str:
    """A closed block, whose summary says to a screen reader which exercise it belongs to."""
    named = f'{summary}<span class="nnlib-unseen">: {escape(title)}</span>'
    return f'<details class="nnlib-{kind}"><summary>{named}</summary>\n{body}</details>\n'


def as_html(exercise, highlight) -> str:
    """The hints, each within the one before, and the solution."""
    hints, count = "", len(exercise.hints)
    for number, hint in reversed(list(enumerate(exercise.hints, start=1))):
        name = "Hint" if number == 1 else "Next hint"
        hints = folded("hint", f"{name} ({number} of {count})", exercise.title, f"<p>{prose(hint)}</p>\n{hints}")
    text = exercise.solution_text()
    shown = highlight(text) if exercise.solution_is_code else f"<p>{prose(text)}</p>\n"
    answer = folded("solution", "Solution", exercise.title, f"{shown}<p>{prose(exercise.why)}</p>\n")
    return f'<div class="nnlib-help">\n{hints}{answer}</div>\n'


def visit(translator, node) -> None:
    """Write the help."""

    def highlight(code: str) -> str:
        html = translator.highlighter.highlight_block(code, "python", location=node)
        return f'<div class="highlight-python notranslate">{html}</div>\n'

    translator.body.append(as_html(node["exercise"], highlight))
    raise nodes.SkipNode


def setup(app) -> None:
    """Connect to Sphinx."""
    app.add_node(solution, html=(visit, None))
    app.add_post_transform(AddSolutions)
    app.connect("doctree-read", depend_on_modules)
