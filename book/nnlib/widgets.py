"""Widgets: pictures computed beforehand that a slider steps through, with a kernel and without."""

from collections.abc import Sequence
from html import escape

from IPython.display import display
from matplotlib.figure import Figure

from .plotting import svg


def frames(pictures: Sequence[tuple[Figure, str]], label: str) -> None:
    """Show figures one at a time behind a slider called `label`; the alt text of each is its caption too.

    In a notebook the slider is joined to the pictures in the browser, so it works without a kernel too;
    on the published page a small script of the book does the same with the HTML.
    """
    captions = [alt for _, alt in pictures]
    drawn = [svg(figure, alt) for figure, alt in pictures]
    try:
        bundle = _widget(drawn, captions, label)._repr_mimebundle_()
    except ModuleNotFoundError:  # a live page has no widgets: its own script finds the HTML
        bundle = {}
    bundle["text/html"] = _page(drawn, captions, label)
    bundle["text/plain"] = "\n".join(f"{i}: {caption}" for i, caption in enumerate(captions))
    display(bundle, raw=True)


def _widget(drawn: Sequence[str], captions: Sequence[str], label: str):
    """The frames as a widget; the import is here because only a notebook has it."""
    import ipywidgets

    slider = ipywidgets.IntSlider(max=len(drawn) - 1, description=label, style={"description_width": "initial"})
    stack = ipywidgets.Stack(
        [
            ipywidgets.HTML(f"{picture}<p>{escape(caption)}</p>")
            for picture, caption in zip(drawn, captions, strict=True)
        ],
        selected_index=0,
    )
    ipywidgets.jslink((slider, "value"), (stack, "selected_index"))
    return ipywidgets.VBox([slider, stack])


def _page(drawn: Sequence[str], captions: Sequence[str], label: str) -> str:
    """The frames as HTML: without a script the first one shows."""
    frame = '<div class="nnlib-frame" data-caption="{}"{}>{}</div>'
    inner = "\n".join(
        frame.format(escape(caption), " hidden" if i else "", picture)
        for i, (picture, caption) in enumerate(zip(drawn, captions, strict=True))
    )
    return f'<div class="nnlib-frames" role="group" aria-label="{escape(label)}">\n{inner}\n</div>'
