"""Prose: a computed number on its way from a cell into a sentence of the page, and rows on their way into a table."""

from collections.abc import Sequence
from html import escape


def glue(name: str, value: object, spec: str = "") -> None:
    """Store `value`, formatted by `spec`, with the cell's outputs; the text shows it by {glue:text}`name`.

    The stored form is MyST-NB's, written here so that a reader needs no Sphinx.
    """
    from IPython.display import display

    prefix = "application/papermill.record/"
    display(
        {prefix + "text/plain": repr(format(value, spec))},
        metadata={"scrapbook": {"name": name, "mime_prefix": prefix}},
        raw=True,
    )


def table(rows: Sequence[Sequence[str]]) -> None:
    """Show rows of texts, of which the first holds the headings, as a table; as plain text where HTML is not shown."""
    from IPython.display import display

    plain = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    kinds = ["th", *["td"] * (len(rows) - 1)]
    cells = [[f"<{k}>{escape(c, quote=False)}</{k}>" for c in row] for k, row in zip(kinds, rows, strict=True)]
    head, *body = (f"<tr>{' '.join(row)}</tr>" for row in cells)  # the spaces keep words apart for a search
    html = f"<table><thead>{head}</thead> <tbody>{' '.join(body)}</tbody></table>"
    display({"text/html": html, "text/plain": plain}, raw=True)
