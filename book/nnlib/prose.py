"""Prose: numbers on their way into a sentence, how they are written there, tables, and the checks of a page."""

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
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


def decimals(number: float, places: int = 6) -> str:
    """A number with so many decimals, or fewer where it has no more, and a real minus sign."""
    text = f"{number:.{places}f}"
    if "." in text and abs(number - float(text)) < 1e-12:
        text = text.rstrip("0").rstrip(".")
    return ("0" if text == "-0" else text).replace("-", "\N{MINUS SIGN}")


def percent(p: float) -> str:
    """A probability in per cent; never 0 or 100, which it is not."""
    return decimals(min(max(100 * p, 0.01), 99.99), 2)


def signed(share: float) -> str:
    """A share with its sign."""
    return ("+" if share > 0 else "") + decimals(share, 2)


def significant(number: float, digits: int = 4) -> str:
    """A number in so many significant digits; what is tiny or huge has a power of ten."""
    if 1e-4 <= abs(number) < 1e6 or number == 0:
        return f"{float(f'{number:.{digits}g}') + 0.0:.15g}".replace("-", "\N{MINUS SIGN}")
    figures, power = f"{number:.{digits - 1}e}".split("e")
    raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{figures} × 10{raised}".replace("-", "\N{MINUS SIGN}")


def book_checks() -> AbstractContextManager:
    """Where a page states its numbers and asserts them: these hold for the page as it is printed.

    An error in it counts only when the book tests itself, with the variable NNLIB_CHECKS set to "on". For a reader,
    who may change whatever stands above, the block ends in silence.
    """
    return nullcontext() if os.environ.get("NNLIB_CHECKS") == "on" else suppress(Exception)
