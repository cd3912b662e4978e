"""Display: IPython's functions of this name, as far as a page can show what they are given."""

import itertools

from kernel import Kernel

_numbers = itertools.count(1)


class DisplayHandle:
    """Something displayed that can be replaced."""

    def __init__(self, display_id: str):
        self.display_id = display_id

    def display(self, value: object, raw: bool = False) -> None:
        Kernel.current.show(value, raw=raw, name=self.display_id)

    def update(self, value: object, raw: bool = False) -> None:
        Kernel.current.show(value, raw=raw, name=self.display_id, update=True)


def display(*values: object, raw: bool = False, display_id: str | bool | None = None, metadata: dict | None = None):
    """Show values; with a `display_id`, True for a new one, the handle that replaces the last of them."""
    name = f"display-{next(_numbers)}" if display_id is True else display_id or None
    for value in values:
        Kernel.current.show(value, raw=raw, name=name)
    return DisplayHandle(name) if name else None


def update_display(value: object, *, display_id: str, raw: bool = False) -> None:
    """Replace what was displayed under this name."""
    Kernel.current.show(value, raw=raw, name=display_id, update=True)


def clear_output(wait: bool = False) -> None:
    """Take away what the cell has given so far."""
    Kernel.current.clear(wait=wait)


class _Text:
    """A text of one MIME type."""

    mime = "text/plain"

    def __init__(self, data: str):
        self.data = data

    def _repr_mimebundle_(self) -> dict[str, str]:
        return {self.mime: self.data}


class HTML(_Text):
    """HTML."""

    mime = "text/html"


class SVG(_Text):
    """An SVG picture."""

    mime = "image/svg+xml"


class Markdown(_Text):
    """Markdown, which a page shows as it is written."""

    mime = "text/markdown"
