"""The core: the modules that the package's first lines name, small enough to read in one sitting."""

import ast
import re
from pathlib import Path

import nnlib

HERE = Path(nnlib.__file__).parent
CORE = ["layers", "network", "losses", "gradient_check", "optimizers", "transforms", "training"]
PART_V = {  # what no earlier part uses
    *("BatchNorm", "GELU", "LayerNorm", "LeakyReLU", "Residual", "_rows", "_shaped", "glorot_normal", "he_normal"),
    *("AdaGrad", "Adam", "AdamW", "ClipNorm", "RMSProp"),
}
LATER = ["schedules", "convolution", "sequences"]  # Part V's own files, read after the core


def lines_of_code(text, without=()):
    """How many lines hold code: neither blank nor comment nor part of a docstring, nor in a class or function named."""
    documented = set()
    for node in ast.walk(ast.parse(text)):
        if getattr(node, "name", "") in without:
            documented |= set(range(node.lineno, node.end_lineno + 1))
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            documented |= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return sum(
        number not in documented and bool(line.strip()) and not line.strip().startswith("#")
        for number, line in enumerate(text.splitlines(), start=1)
    )


def test_code_is_counted_without_docstrings_comments_and_blank_lines():
    assert lines_of_code('"""One.\n\nTwo."""\n\n# three\ndef f():\n    """Four."""\n    return """a\n    b"""\n') == 3


def test_what_is_named_is_left_out():
    assert lines_of_code("def f():\n    return 1\n\n\nclass A:\n    b = 2\n", {"A"}) == 2


def test_the_core_reads_in_one_sitting_and_part_v_adds_half_as_much_at_most():
    texts = [(HERE / f"{name}.py").read_text(encoding="utf-8") for name in CORE]
    early, whole = (sum(lines_of_code(text, without) for text in texts) for without in (PART_V, ()))
    assert early < 500 and whole - early <= 250


def test_the_first_lines_give_the_reading_order():
    assert re.findall(r"^(\w+)  +\w", nnlib.__doc__, flags=re.MULTILINE) == CORE + LATER
    assert "under 500 lines" in nnlib.__doc__


def test_a_module_of_the_core_is_read_after_those_that_it_uses():
    order = CORE + LATER
    for place, name in enumerate(order):
        uses = re.findall(
            r"^from \.(\w+) import", (HERE / f"{name}.py").read_text(encoding="utf-8"), flags=re.MULTILINE
        )
        assert set(uses) & set(order) <= set(order[:place])
