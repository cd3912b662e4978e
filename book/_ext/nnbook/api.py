"""The API page: autodoc finds nnlib beside the chapters, and its docstrings' types need not be links.

A numpydoc type is prose ("ndarray of shape (n, n_out)") or another library's name, which an offline book
cannot link. A name of nnlib's own that does not resolve stays a warning, and so does any name in a chapter.
"""

import re

PAGE = "book/api"


def leave_as_text(app, env, node, contnode):
    """Show a type that is not nnlib's as it stands."""
    if node.get("refdomain") == "py" and node.get("refdoc") == PAGE and not node["reftarget"].startswith("nnlib."):
        return contnode
    return None


def read_as_plain_text(app, what, name, obj, options, lines) -> None:
    """Make nnlib's docstrings reStructuredText: |w| is a length there, and `x` is code."""
    for i, line in enumerate(lines):
        lines[i] = re.sub(r"(?<!`)`([^`]+)`(?!`)", r"``\1``", line.replace("|", r"\|"))


def skip_field_aliases(app, what, name, obj, skip, options):
    """Leave out what Python writes about a named tuple's fields: the class describes them."""
    return True if (getattr(obj, "__doc__", None) or "").startswith("Alias for field number") else None


def setup(app) -> None:
    """Connect to Sphinx."""
    app.connect("autodoc-process-docstring", read_as_plain_text)
    app.connect("autodoc-skip-member", skip_field_aliases)
    app.connect("missing-reference", leave_as_text)
