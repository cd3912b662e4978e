"""Solutions: after each cell that checks an exercise, closed blocks with its hints and its solution.

Where the answer is a number or a few, a field for it stands in front. All comes from the exercise itself
(`nnlib.exercises`), so a notebook holds none of it. The blocks open without a script. Their text is no part of the
document, only of its HTML: the site's search never sees it. What a check has said of the code as a reader finds it is
left out: where that code holds a fault to be found, it names the fault.
"""

import importlib
import json
import re
from collections.abc import Iterator
from html import escape

import numpy as np
from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from nnlib.exercises.compare import numbers
from nnlib.exercises.kinds import ExplainIt, OrderIt, PredictIt
from plain import CHECK

IMPORT = re.compile(r"^from nnlib\.exercises import (\w+) as (\w+)$", re.MULTILINE)
STARTER = re.compile(r"\w+ = \.\.\.")
ANSWERED = (PredictIt, OrderIt, ExplainIt)  # on the page itself, so that it spares a reader the cells for it
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
                place = cell.parent.index(cell)
                for part in [part for part in cell if part.get("nb_element") == "cell_code_output"]:
                    cell.remove(part)
                cell.parent.insert(place + 1, solution(exercise=exercise))
                if isinstance(exercise, ANSWERED) and len(found) == 1:
                    for node in cell.parent[max(place - 1, 0) : place + 1]:
                        if node is cell or STARTER.fullmatch(node.astext()):
                            node["classes"].append("nnlib-notebook")


def prose(text: str) -> str:
    """A line of text as HTML; `x` in it is code."""
    return re.sub(r"`([^`]+)`", r'<code class="literal">\1</code>', escape(text))


def folded(kind: str, summary: str, title: str, body: str) -> str:
    """A closed block, whose summary says to a screen reader which exercise it belongs to."""
    named = f'{summary}<span class="nnlib-unseen">: {escape(title)}</span>'
    return f'<details class="nnlib-{kind}"><summary>{named}</summary>\n{body}</details>\n'


def field(exercise) -> str:
    """What answer.js makes a field of: the numbers wanted, and each known mistake with the line that names it."""
    known = [(numbers(mistake), says) for mistake, says in exercise.mistakes]
    known = [(found, says) for found, says in known if found is not None and np.isfinite(found).all()]
    data = {
        "name": exercise.name,
        "title": exercise.title,
        "want": json.dumps(np.ravel(exercise.solved()).tolist()),
        "within": json.dumps(exercise.within),
        "mistakes": json.dumps([(np.ravel(found).tolist(), says) for found, says in known]),
    }
    attributes = " ".join(f'data-{key}="{escape(value)}"' for key, value in data.items())
    return f'<div class="nnlib-answer" {attributes}></div>\n'


def as_html(exercise, highlight) -> str:
    """The hints, each within the one before, and the solution; in front of them a field, if the answer is a number."""
    hints, count = "", len(exercise.hints)
    for number, hint in reversed(list(enumerate(exercise.hints, start=1))):
        name = "Hint" if number == 1 else "Next hint"
        hints = folded("hint", f"{name} ({number} of {count})", exercise.title, f"<p>{prose(hint)}</p>\n{hints}")
    text = exercise.solution_text()
    shown = highlight(text) if exercise.solution_is_code else f"<p>{prose(text)}</p>\n"
    answer = folded("solution", "Solution", exercise.title, f"{shown}<p>{prose(exercise.why)}</p>\n")
    asked = field(exercise) if isinstance(exercise, PredictIt) else ""
    return f'<div class="nnlib-help">\n{asked}{hints}{answer}</div>\n'


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
