"""Chapters that need an environment of their own: run there, skipped by name without it, and kept where they belong."""

import json
import os
import re
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbval.plugin import IPyNbCell

import chapters
import check
import environment
import lock
import plain
import run_notebooks
import unverifiable
from chapters import ENVIRONMENTS, ROOT

NEEDS = {"nnlib": {"environment": "bridge"}}


def write(path, *codes, **metadata):
    cells = [new_markdown_cell("# A title"), *map(new_code_cell, codes)]
    notebook = new_notebook(cells=cells, metadata={"kernelspec": run_notebooks.KERNELSPEC, **metadata})
    nbformat.write(notebook, path)
    return path


@pytest.fixture
def book(tmp_path, monkeypatch):
    """A chapter that runs anywhere, whose text leads to one that does not."""
    (tmp_path / "book").mkdir()
    first = write(tmp_path / "book" / "first.ipynb", "1 + 1")
    second = write(tmp_path / "book" / "second.ipynb", "import sys; sys.executable", **NEEDS)
    link = "See [the second](second.ipynb#A-title), and [the first](first.ipynb)."
    links = new_notebook(cells=[new_markdown_cell(link)], metadata={"kernelspec": run_notebooks.KERNELSPEC})
    nbformat.write(links, tmp_path / "book" / "contents.ipynb")
    for module in (chapters, plain, run_notebooks, check):
        monkeypatch.setattr(module, "chapters", lambda *_: [first, second])
    monkeypatch.setattr(plain, "BOOK", tmp_path / "book")
    plain.gone.cache_clear()
    yield tmp_path / "book"
    plain.gone.cache_clear()


@pytest.fixture
def there(tmp_path, monkeypatch):
    """An environment that is there: this Python under another name, whose kernels are put into a folder of ours."""
    for name, value in chapters.surroundings().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(chapters, "is_here", lambda name: True)
    monkeypatch.setattr(chapters, "python_in", lambda name: sys.executable)
    monkeypatch.setattr(chapters.sys, "prefix", str(tmp_path))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share" / "jupyter"))


@pytest.fixture
def not_there(monkeypatch):
    for name, value in chapters.surroundings().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(chapters, "is_here", lambda name: False)


def test_a_name_that_nobody_declared_is_an_error_that_lists_what_there_is():
    with pytest.raises(ValueError, match="got environment 'bridges', expected one of bridge, machines, or none"):
        chapters.environment_of({"nnlib": {"environment": "bridges"}})
    assert chapters.environment_of({}) is None and chapters.environment_of(NEEDS) == "bridge"


def test_a_chapter_runs_with_the_python_of_its_environment(book, there):
    notebook = run_notebooks.run(book / "second.ipynb")
    assert Path(notebook.cells[1].outputs[0].data["text/plain"].strip("'\"")).samefile(sys.executable)
    spec = json.loads(Path(sys.prefix, "share", "jupyter", "kernels", "bridge", "kernel.json").read_text())
    assert spec["argv"][0] == sys.executable and "PyTorch" in spec["display_name"]
    stored = json.loads(run_notebooks.normalise(notebook))
    assert stored["metadata"]["kernelspec"] == run_notebooks.KERNELSPEC


def test_what_nbval_compares_runs_with_it_too(book, there):
    cell = object.__new__(IPyNbCell)
    cell.options, cell.parent = {}, SimpleNamespace(nb=nbformat.read(book / "second.ipynb", as_version=4))
    unverifiable.pytest_collection_modifyitems([cell])
    assert cell.parent.nb.metadata.kernelspec.name == "bridge"


def test_without_its_environment_a_chapter_is_skipped_by_name_and_left_as_it_was(book, not_there, capsys):
    before = (book / "second.ipynb").read_bytes()
    assert run_notebooks.main([]) is None
    said = capsys.readouterr().out
    assert "second.ipynb: SKIPPED, it needs Keras, PyTorch and JAX, which `make bridge` brings\n" in said
    assert "1 run" in said and (book / "second.ipynb").read_bytes() == before
    command = check.notebooks()
    assert [Path(part).name for part in command if part.endswith(".ipynb")] == ["first.ipynb"]
    assert "second.ipynb: SKIPPED" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        check.optional()


def test_optional_runs_these_chapters_alone(book, there):
    assert [Path(part).name for part in check.optional() if part.endswith(".ipynb")] == ["second.ipynb"]


def test_jupyterlab_opens_a_copy_with_that_kernel_where_it_is_there(book, there, monkeypatch):
    copy = json.loads(plain.text_of(book / "second.ipynb"))
    assert copy["metadata"]["kernelspec"]["name"] == "bridge"
    assert json.loads(plain.text_of(book / "first.ipynb"))["metadata"]["kernelspec"]["name"] == "python3"
    monkeypatch.setattr(chapters, "is_here", lambda name: False)
    assert json.loads(plain.text_of(book / "second.ipynb"))["metadata"]["kernelspec"]["name"] == "python3"


def test_binder_and_the_browser_get_neither_these_chapters_nor_links_to_them(book, not_there):
    assert [path.name for path in chapters.anywhere()] == ["first.ipynb"]
    plain.main(str(book))
    assert sorted(path.name for path in book.iterdir()) == ["contents.ipynb", "first.ipynb"]
    text = json.loads((book / "contents.ipynb").read_text("utf-8"))["cells"][0]["source"]
    assert "".join(text) == "See the second, and [the first](first.ipynb)."


def test_nothing_of_them_is_asked_for_where_the_book_runs_elsewhere():
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    names = {re.match(r"[\w-]+", one)[0] for name in ENVIRONMENTS for one in groups[name] if isinstance(one, str)}
    needed = names - {"ipykernel", "scikit-learn"}
    lists = [".binder/requirements.txt", "book/nnlib/requirements.txt", "requirements.txt"]
    for file in (*lists, "requirements.lock", "book/_ext/nnbook/lite-wheels.txt", "book/_ext/nnbook/live/wheels.txt"):
        asked = re.findall(r"^([\w-]+)", (ROOT / file).read_text("utf-8"), re.MULTILINE)
        assert needed & {*asked} == set(), file


def test_every_environment_has_its_group_its_lock_and_its_command():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    for name in ENVIRONMENTS:
        locks = chapters.LOCKS.format(name)
        assert f"tools/environment.py _build/{name} {locks}\n" in makefile
        assert f"locks/{name}.lock" in lock.SOURCES and name in groups
        assert all((ROOT / file).is_file() for file in locks.split())
        assert name in (ROOT / ".ci" / "run").read_text("utf-8")


def test_an_environment_is_here_once_its_locks_are_installed_whole(tmp_path):
    (tmp_path / "a.lock").write_text("# nothing\n")
    (tmp_path / "b.lock").write_text("# nothing either\n")
    there = tmp_path / "env"
    assert not environment.is_ready(str(tmp_path), "env", "a.lock", "b.lock")
    python = Path(environment.python_of(str(there)))
    python.parent.mkdir(parents=True)
    os.symlink(sys.executable, python)
    paths = [str(tmp_path / name) for name in ("env", "a.lock", "b.lock")]
    (there / "installed").write_text(environment.stamp_of(*paths))
    assert environment.is_ready(str(tmp_path), "env", "a.lock", "b.lock")
    (tmp_path / "b.lock").write_text("# something else\n")
    assert not environment.is_ready(str(tmp_path), "env", "a.lock", "b.lock")
    (there / "installed").write_text(environment.stamp_of(*paths))
    python.unlink()
    assert not environment.is_ready(str(tmp_path), "env", "a.lock", "b.lock")
