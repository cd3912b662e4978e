"""The exercises' README: it shows each kind, and the records that it shows prove themselves."""

import importlib.util
import re
from pathlib import Path

from nnlib.exercises import kinds
from nnlib.exercises.kinds import CORRECT, NOT_YET, Exercise

README = Path(kinds.__file__).with_name("README.md").read_text(encoding="utf-8")
BEFORE = """
import numpy as np
from nnlib.exercises.kinds import *
from nnlib.layers import sigmoid

def _measure_plan(plan):
    few = plan()[0] < 1000
    return ("far" if few else "more steps, or longer ones, would get further"), few
"""


def test_each_kind_is_shown_by_a_record_that_proves_itself(tmp_path):
    file = tmp_path / "readme.py"
    file.write_text("\n\n".join([BEFORE, *re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)]))
    spec = importlib.util.spec_from_file_location("nnlib.exercises.readme", file)
    spec.loader.exec_module(module := importlib.util.module_from_spec(spec))
    shown = [value for value in vars(module).values() if isinstance(value, Exercise)]
    for exercise in shown:
        assert exercise.name == f"readme.{exercise.solved.__name__}" and exercise.solution_text()
        for answer in (exercise.right_answer(), *exercise.also_right):
            assert exercise.verdict(answer).kind is CORRECT, exercise.name
        for answer, says in exercise.wrong_answers():
            verdict = exercise.verdict(answer)
            assert verdict.kind is NOT_YET and says in verdict.why, str(verdict)
    defined = [kind for kind in vars(kinds).values() if isinstance(kind, type) and issubclass(kind, Exercise)]
    headings = set(re.findall(r"^## (.+ it)$", README, re.MULTILINE))
    assert headings == {kind.kind for kind in defined} - {""}
    assert {exercise.kind for exercise in shown} == headings - {"Fix it"}  # which is written as Write it is
