"""Markup: code has elements only where they change its look."""

import re

from pygments import highlight
from pygments.lexers import PythonLexer

from nnbook.markup import LeanFormatter


def test_names_and_punctuation_of_code_are_no_elements_and_the_rest_is():
    html = highlight("def area(x):  # of a square\n    return x * 2", PythonLexer(), LeanFormatter())
    assert set(re.findall(r'<span class="(\w+)">', html)) == {"k", "nf", "c1", "o", "mi"}
    assert re.sub(r"<[^>]+>", "", html).strip() == "def area(x):  # of a square\n    return x * 2"
