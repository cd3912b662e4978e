"""The core: the modules that the package's first lines name, small enough to read in one sitting."""

import ast
import re
from pathlib import Path

import nnlib

HERE = Path(nnlib.__file__).parent
CORE = ["layers", "network", "losses", "gradient_check", "optimizers", "transforms", "training"]


def lines_of_code(text):
    """How many lines hold code: neither blank nor comment nor part of a docstring."""
    documented = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            documented |= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return sum(
        number not in documented and bool(line.strip()) and not line.strip().startswith("#")
        for number, line in enumerate(text.splitlines(), start=1)
    )


def test_code_is_counted_without_docstrings_comments_and_blank_lines():
    assert lines_of_code('"""One.\n\nTwo."""\n\n# three\ndef f():\n    """Four."""\n    return """a\n    b"""\n') == 3


def test_the_core_reads_in_one_sitting():
    assert sum(lines_of_code((HERE / f"{name}.py").read_text(encoding="utf-8")) for name in CORE) < 500


def test_the_first_lines_give_the_reading_order():
    assert re.findall(r"^(\w+)  +\w", nnlib.__doc__, flags=re.MULTILINE) == CORE
    assert "under 500 lines" in nnlib.__doc__


def test_a_module_of_the_core_is_read_after_those_that_it_uses():
    for place, name in enumerate(CORE):
        uses = re.findall(
            r"^from \.(\w+) import", (HERE / f"{name}.py").read_text(encoding="utf-8"), flags=re.MULTILINE
        )
        assert set(uses) & set(CORE) <= set(CORE[:place])
