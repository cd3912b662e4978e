"""Live: how an interactive gets from nnlib to the reader, with a kernel and without.

Each interactive is a folder: a module that computes its numbers and names its PARTS, the files whose text in that order
is its script, and its style sheet. The script is the one source of what moves. It is an anywidget module:
`render({ model, el })` draws `model.get("data")` into `el`. A notebook runs it as it is; the book's Sphinx extension
wraps the same text for the page.
"""

import json
from collections.abc import Sequence
from html import escape
from importlib import import_module
from pathlib import Path

from IPython.display import display

HERE = Path(__file__).parent
SHARED = ("elements.js", "numbers.js", "shared.js")  # before the parts of each


def names() -> list[str]:
    """The interactives that there are."""
    return sorted(module.parent.name for module in HERE.glob("*/__init__.py"))


def script(name: str) -> str:
    """The JavaScript module of an interactive: what all of them share, then its own parts, each after what it reads."""
    parts = import_module(f"{__package__}.{name}").PARTS
    files = (*(HERE / part for part in SHARED), *(HERE / name / part for part in parts))
    return "\n".join(file.read_text("utf-8") for file in files)


def style() -> str:
    """The style sheet of all interactives: what they share, then each one's own."""
    return "\n".join(path.read_text("utf-8") for path in (HERE / "shared.css", *sorted(HERE.glob("*/*.css"))))


def weights(name: str) -> dict | None:
    """What an interactive computes with and the page does not hold: what its module's `weights()` gives, if it has one.

    The site has it as a file of its own, which the page's script loads at a reader's first touch; a notebook sends it
    along. The script asks for it by `await model.get("weights")`.
    """
    found = getattr(import_module(f"{__package__}.{name}"), "weights", None)
    return found() if found else None


def show(name: str, data: dict, label: str, text: Sequence[str], still: str = "", weights: dict | None = None) -> None:
    """Show the interactive `name`.

    Parameters
    ----------
    name : of its folder.
    data : what the script draws: numbers, strings, lists and dicts, as JSON can hold them.
    label : what the interactive is called, for those who hear the page.
    text : paragraphs that say what it shows, for those who do not see it, and where no script runs.
    still : a drawing, as SVG, that stands on the page until its script runs.
    weights : what the module's own `weights()` gives, where it has one.
    """
    try:
        bundle = _widget(name, data, weights or {})._repr_mimebundle_()
    except ModuleNotFoundError:  # a live page has no widgets: its own scripts find the HTML
        bundle = {}
    bundle = bundle[0] if isinstance(bundle, tuple) else bundle  # anywidget gives its metadata too
    display(
        {**bundle, "text/html": page(name, data, label, text, still), "text/plain": "\n".join([label, *text])}, raw=True
    )


def _widget(name: str, data: dict, weights: dict):
    """The interactive as an anywidget; the import is here because only a notebook pays for it."""
    import anywidget
    import traitlets

    parts = {"_esm": script(name), "_css": style()}
    parts |= {each: traitlets.Dict().tag(sync=True) for each in ("data", "weights")}
    return type(name.title(), (anywidget.AnyWidget,), parts)(data=data, weights=weights)


def page(name: str, data: dict, label: str, text: Sequence[str], still: str = "") -> str:
    """The interactive as HTML: its numbers, a stage for the script with the still picture on it, and the words.

    The line on how to run it is for a notebook that has not been run; the page's style sheet hides it.
    """
    numbers = json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    words = "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in text)
    return (
        f'<div class="nnlib-live nnlib-live-{name}" role="group" aria-label="{escape(label)}">\n'
        f'<script type="application/json">{numbers}</script>\n'
        f'<div class="nnlib-live-stage">{still}</div>\n'
        f'<p class="nnlib-live-how">Run this cell, and it comes to life.</p>\n'
        f"<details><summary>The same in words</summary>\n{words}\n</details>\n</div>"
    )
