"""Markup: roles for the three colours that mean something, what folds without a script, sound tables, lean code.

In text, {forward}`0.73`, {backward}`-0.14` and {parameter}`w` mark values that flow forward, gradients that
flow back, and what is learned. An admonition with `:class: dropdown` becomes a `<details>` element, and so does
the code of a cell tagged `hide-input`; one that is tagged `check` too says so. In code, names and punctuation, which
have the colour of the text, are no elements of their own: they would be a fourth or more of all that a page has.
"""

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from pygments.formatters import HtmlFormatter
from pygments.token import Token
from sphinx.highlighting import PygmentsBridge
from sphinx.transforms.post_transforms import SphinxPostTransform

MEANINGS = ("forward", "backward", "parameter")
PLAIN = (Token.Name, Token.Punctuation, Token.Text.Whitespace)


def meaning(name, rawtext, text, lineno, inliner, options=None, content=()):
    """A span of class nnlib-forward, nnlib-backward or nnlib-parameter."""
    return [nodes.inline(rawtext, text, classes=[f"nnlib-{name}"])], []


class details(nodes.General, nodes.Element):  # noqa: N801, as docutils names its nodes
    """A block that opens and closes."""


class summary(nodes.General, nodes.TextElement):  # noqa: N801
    """The line of a `details` that is always seen."""


class corner(nodes.entry):  # noqa: N801
    """A cell of a table's head that heads nothing."""


class Fold(SphinxPostTransform):
    """Turn dropdown admonitions and hidden code into details elements, which need no script."""

    default_priority = 200  # right after MyST-NB has hidden the code
    formats = ("html",)

    def run(self, **kwargs) -> None:
        """Replace each, keeping its classes and ids."""
        for node in list(self.document.findall(HideCodeCellNode)):
            folded = details(classes=["hide", *node["classes"]])
            is_check = "tag_check" in node.parent["classes"]
            folded += [summary("", "Check" if is_check else "Code of this cell"), *node.children]
            node.replace_self(folded)
        for node in list(self.document.findall(nodes.admonition)):
            if "dropdown" in node["classes"]:
                title, *body = node.children
                folded = details(ids=node["ids"], classes=["admonition", *node["classes"]])
                folded += [summary("", "", *title.children, classes=["admonition-title"]), *body]
                node.replace_self(folded)


def is_content(node) -> bool:
    """Whether a node is something to read or to look at, not only what holds it."""
    return isinstance(node, (nodes.Text, nodes.image, nodes.raw))


class EmptyHeads(SphinxPostTransform):
    """Take the headings that head nothing out of tables: a row of them, and the one in the corner.

    Below an empty corner stand the headings of the rows.
    """

    default_priority = 200
    formats = ("html",)

    def run(self, **kwargs) -> None:
        """Markdown has no table without a row of headings, so a table that needs none has an empty one."""
        for head in list(self.document.findall(nodes.thead)):
            empty = [entry for entry in head.findall(nodes.entry) if not any(entry.findall(is_content))]
            if len(empty) == len(list(head.findall(nodes.entry))):
                head.parent.remove(head)
                continue
            if empty and empty[0] is empty[0].parent[0]:
                next(head.parent.findall(nodes.colspec))["stub"] = 1
            for entry in empty:
                entry.replace_self(corner(**entry.attributes))


def visit_corner(translator, node) -> None:
    """Open a cell that is no heading."""
    node.parent.column += 1  # where the next cell stands: as for any other cell
    translator.body.append(translator.starttag(node, "td", ""))


def depart_corner(translator, node) -> None:
    """Close it."""
    translator.body.append("</td>\n")


def visit(translator, node) -> None:
    """Open the HTML element of the node's name."""
    translator.body.append(translator.starttag(node, type(node).__name__, ""))


def depart(translator, node) -> None:
    """Close it."""
    translator.body.append(f"</{type(node).__name__}>\n")


class LeanFormatter(HtmlFormatter):
    """Pygments' formatter, without the elements that change nothing."""

    def _get_css_classes(self, ttype) -> str:
        return "" if ttype in PLAIN else super()._get_css_classes(ttype)


def list_citations(app, pagename, templatename, context, doctree) -> None:
    """Make the entries of a list of citations its items, where docutils gives them a role that no list may hold."""
    if "body" in context:
        context["body"] = context["body"].replace(' role="doc-biblioentry"', ' role="listitem"')


def setup(app) -> None:
    """Connect to Sphinx."""
    PygmentsBridge.html_formatter = LeanFormatter  # for code in pages and in cells alike
    for name in MEANINGS:
        app.add_role(name, meaning)
    app.add_node(details, html=(visit, depart))
    app.add_node(summary, html=(visit, depart))
    app.add_node(corner, html=(visit_corner, depart_corner))
    for transform in (Fold, EmptyHeads):
        app.add_post_transform(transform)
    app.connect("html-page-context", list_citations)
