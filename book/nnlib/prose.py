"""Prose: a computed number on its way from a cell into a sentence of the page."""


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
