"""Markup: roles for the three colours that mean something, and admonitions that fold without a script.

In text, {forward}`0.73`, {backward}`-0.14` and {parameter}`w` mark values that flow forward, gradients that
flow back, and what is learned. An admonition with `:class: dropdown` becomes a `<details>` element.
"""

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

MEANINGS = ("forward", "backward", "parameter")


def meaning(name, rawtext, text, lineno, inliner, options=None, content=()):
    """A span of class nnlib-forward, nnlib-backward or nnlib-parameter."""
    return [nodes.inline(rawtext, text, classes=[f"nnlib-{name}"])], []


class details(nodes.General, nodes.Element):  # noqa: N801, as docutils names its nodes
    """A block that opens and closes."""


class summary(nodes.General, nodes.TextElement):  # noqa: N801
    """The line of a `details` that is always seen."""


class FoldDropdowns(SphinxPostTransform):
    """Turn admonitions of class dropdown into details elements, which need no script."""

    default_priority = 200
    formats = ("html",)

    def run(self, **kwargs) -> None:
        """Replace each, keeping its classes and ids."""
        for node in list(self.document.findall(nodes.admonition)):
            if "dropdown" in node["classes"]:
                title, *body = node.children
                folded = details(ids=node["ids"], classes=["admonition", *node["classes"]])
                folded += [summary("", "", *title.children, classes=["admonition-title"]), *body]
                node.replace_self(folded)


def visit(translator, node) -> None:
    """Open the HTML element of the node's name."""
    translator.body.append(translator.starttag(node, type(node).__name__, ""))


def depart(translator, node) -> None:
    """Close it."""
    translator.body.append(f"</{type(node).__name__}>\n")


def setup(app) -> None:
    """Connect to Sphinx."""
    for name in MEANINGS:
        app.add_role(name, meaning)
    app.add_node(details, html=(visit, depart))
    app.add_node(summary, html=(visit, depart))
    app.add_post_transform(FoldDropdowns)
