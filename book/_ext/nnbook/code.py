"""Code: names and punctuation, which have the colour of the text, are no elements of their own.

They are a fifth of all elements of a chapter, and a browser pays for each.
"""

from pygments.formatters import HtmlFormatter
from pygments.token import Token
from sphinx.highlighting import PygmentsBridge

PLAIN = (Token.Name, Token.Punctuation, Token.Text.Whitespace)


class LeanFormatter(HtmlFormatter):
    """Pygments' formatter, without the elements that change nothing."""

    def _get_css_classes(self, ttype) -> str:
        return "" if ttype in PLAIN else super()._get_css_classes(ttype)


def setup(app) -> None:
    """Have Sphinx use it, for code in pages and in cells alike."""
    PygmentsBridge.html_formatter = LeanFormatter
