"""Npm: a script of the build answers, or says why it does not."""

import pytest
from sphinx.errors import ExtensionError

from nnbook import npm


def test_a_script_that_fails_says_why(tmp_path, monkeypatch):
    monkeypatch.setattr(npm, "__file__", str(tmp_path / "npm.py"))
    (tmp_path / "broken.cjs").write_text("throw new Error('out of paper')", "utf-8")
    with pytest.raises(ExtensionError, match="out of paper"):
        npm.run("broken.cjs", {}, tmp_path)
