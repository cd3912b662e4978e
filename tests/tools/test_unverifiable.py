"""The notebooks' check fails where a cell is interrupted, whatever its code makes of that."""

import subprocess
import sys

import nbformat

from chapters import surroundings

PATIENT = """
try:
    while True:
        pass
except KeyboardInterrupt:
    pass
"""


def test_a_cell_that_does_not_end_in_time_fails_and_so_does_what_is_wrong_after_it(tmp_path):
    cells = [nbformat.v4.new_code_cell(code, execution_count=1) for code in (PATIENT, "1 / 0", "a = 1")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "patient.ipynb")
    options = ["--nbval", "--nbval-cell-timeout=1", "-punverifiable", "--runxfail", "-pno:cacheprovider"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, tmp_path / "patient.ipynb"],
        cwd=tmp_path, env=surroundings(), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1 and "3 failed" in done.stdout, done.stdout
    assert "a cell did not end within 1.0 s" in done.stdout
