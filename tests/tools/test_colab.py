"""Colab: its copies are the chapters with one cell before them, and nnlib installs whole from the repository."""

import ast
import json
import re
import subprocess
import sys

import nbformat
import pytest

import colab
from chapters import ROOT, anywhere
from plain import elsewhere, plain

GITHUB = "https://github.com/someone/a-book"


def git(*arguments):
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False).stdout


def test_a_copy_is_the_chapter_behind_a_cell_that_installs_nnlib(tmp_path):
    assert colab.main(tmp_path, GITHUB) is None
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in anywhere()} | {"contents.ipynb"}
    for path in anywhere():
        copy, chapter = (json.loads(file.read_text("utf-8")) for file in (tmp_path / path.name, path))
        there = "https://colab.research.google.com/github/someone/a-book/blob/colab/"
        nbformat.validate(copy)
        assert f"git clone -q --depth 1 {GITHUB} " in copy["cells"][0]["source"]
        assert copy["cells"][1]["source"].replace(there, "") == elsewhere(plain(chapter))["cells"][0]["source"]
        codes = [[c["source"] for c in one["cells"] if c["cell_type"] == "code"] for one in (copy, plain(chapter))]
        assert codes[0][1:] == ["".join(code) for code in codes[1]]


def test_the_copy_of_the_contents_leads_to_the_copies_in_colab(tmp_path, monkeypatch):
    monkeypatch.setenv("BOOK_COLAB", "copies")
    assert colab.main(tmp_path, GITHUB) is None
    copy = json.loads((tmp_path / "contents.ipynb").read_text("utf-8"))
    nbformat.validate(copy)
    links = re.findall(r"\]\((.*?)\)", "".join(cell["source"] for cell in copy["cells"]))
    there = "https://colab.research.google.com/github/someone/a-book/blob/copies/"
    assert set(links) == {there + path.name for path in anywhere()}


def test_without_a_repository_no_copy_is_written(tmp_path):
    assert "BOOK_REPOSITORY" in colab.main(tmp_path / "copies", "")
    assert not (tmp_path / "copies").exists()


def test_the_first_cell_is_python_for_ipython():
    from IPython.core.inputtransformer2 import TransformerManager

    ast.parse(TransformerManager().transform_cell(colab.FIRST.format(repository=GITHUB)))


@pytest.mark.skipif(not git("rev-parse", "HEAD"), reason="this is no git repository")
def test_nnlib_installs_from_the_repository_with_every_file_of_its_own(tmp_path):
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", f"--target={tmp_path}"]
    subprocess.run([*pip, f"git+{ROOT.as_uri()}"], check=True, capture_output=True)
    own = git("ls-tree", "-r", "--name-only", "HEAD", "book/nnlib").split()
    assert own
    assert [name for name in own if not (tmp_path / name.removeprefix("book/")).is_file()] == []
    code = "import nnlib, nnlib.alive, nnlib.widgets; print(nnlib.__file__, len(nnlib.load_digits().x_train))"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {code}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [str(tmp_path / "nnlib" / "__init__.py"), "1437"]
