"""Running: where the menu of a chapter's page leads, and what JupyterLite has beside the chapters."""

import hashlib
import json
import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup, SoupStrainer
from sphinx.errors import ExtensionError

import plain
from chapters import ENVIRONMENTS, ROOT, anywhere, chapters
from contents import NOTEBOOK
from nnbook import lite, run
from nnlib.datasets import MNIST, SOURCES

SITE = ROOT / "_build" / "html"
LITE = SITE / "lite"
built = pytest.mark.skipif(not LITE.is_dir(), reason="there is no JupyterLite in _build/html: run `make book` first")
GITHUB = "https://github.com/someone/a-book"


def menu(chapter: Path) -> BeautifulSoup:
    """What a chapter's page offers to run it: that is in the page before its text, which need not be read."""
    before = SITE.joinpath("book", f"{chapter.stem}.html").read_text("utf-8").partition("<article")[0]
    return BeautifulSoup(before, "html.parser", parse_only=SoupStrainer(id="nnlib-run"))


def test_a_repository_on_github_has_every_way():
    found = run.ways("07_x.ipynb", "book/07_x.ipynb", GITHUB, "main", "colab")
    assert found == {
        "lite": "lite/notebooks/index.html?path=07_x.ipynb",
        "binder": "https://mybinder.org/v2/gh/someone/a-book/main?urlpath=lab%2Ftree%2Fbook%2F07_x.ipynb",
        "colab": "https://colab.research.google.com/github/someone/a-book/blob/colab/07_x.ipynb",
        "local": "git clone https://github.com/someone/a-book && cd a-book && make lab",
    }


@pytest.mark.parametrize(
    ("repository", "colab", "expected"),
    [
        ("", "", ["lite", "local"]),
        ("", "colab", ["lite", "local"]),
        ("https://gitlab.com/someone/book", "colab", ["lite", "local"]),
        (GITHUB, "", ["lite", "binder", "local"]),
    ],
)
def test_a_way_that_is_not_known_is_not_offered(repository, colab, expected):
    assert list(run.ways("a.ipynb", "book/a.ipynb", repository, "main", colab)) == expected


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_a_chapter_that_needs_an_environment_runs_on_the_readers_own_machine_alone(name):
    found = run.ways("a.ipynb", "book/a.ipynb", GITHUB, "main", "colab", name)
    assert found == {"local": f"git clone {GITHUB} && cd a-book && make {name} lab", "needs": ENVIRONMENTS[name]}


@built
def test_its_page_says_so_and_has_no_other_way():
    for chapter in set(chapters()) - set(anywhere()):
        said = menu(chapter)
        assert re.search(r"On your machine alone: no browser has .* make \w+ lab", said.get_text(), re.DOTALL)
        assert said.find("a", href=re.compile("lite/|mybinder|colab")) is None and not said.select(".nnlib-page-start")
        assert "nnlib-page-start" not in SITE.joinpath("book", f"{chapter.stem}.html").read_text("utf-8")
        assert not SITE.joinpath("live", "book", f"{chapter.stem}.json").exists()


@built
@pytest.mark.parametrize("chapter", anywhere(), ids=lambda path: path.stem)
def test_each_chapter_opens_that_very_notebook_in_the_browser(chapter):
    link = menu(chapter).find("a", href=re.compile("lite/"))["href"]
    application, _, notebook = link.partition("?path=")
    assert (SITE / "book" / application).resolve() == LITE / "notebooks" / "index.html"
    assert (LITE / "notebooks" / "index.html").is_file()
    assert (LITE / "files" / notebook).read_text("utf-8") == plain.text_elsewhere(chapter)


@built
def test_what_comes_from_elsewhere_is_said_beside_the_link():
    said = menu(chapters()[0]).get_text()
    assert "cdn.jsdelivr.net" in said
    assert "make lab" in said


@built
def test_the_first_page_opens_the_list_of_the_chapters_and_no_other_page_offers_anything():
    offered = menu(Path("index.md"))
    assert offered.find("a")["href"] == "../lite/notebooks/index.html?path=contents.ipynb"
    assert offered.find("p").get_text() == "Run the book" and not offered.find("a", download=True)
    notebooks = {chapter.stem for chapter in chapters()}
    offering = {page.stem for page in SITE.glob("book/*.html") if 'id="nnlib-run"' in page.read_text("utf-8")}
    assert offering == notebooks | {"index"}


@built
def test_the_chapters_and_what_they_import_and_read_lie_in_jupyterlite_and_no_more():
    package = [p for p in (ROOT / "book/nnlib").rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    beside = [*package, *(ROOT / "book/measured").rglob("*.json"), *(ROOT / "book/weights").glob("*.npz")]
    expected = {path.relative_to(ROOT / "book").as_posix(): path.read_bytes() for path in beside}
    expected |= {path.name: plain.text_elsewhere(path).encode() for path in (*anywhere(), NOTEBOOK)}
    there = {p.relative_to(LITE / "files").as_posix(): p for p in (LITE / "files").rglob("*") if p.is_file()}
    assert {name for name in there if name.partition("/")[0] not in SOURCES} == expected.keys()
    assert [name for name, data in expected.items() if there[name].read_bytes() != data] == []
    for folder in {Path(name).parent for name in there}:
        listing = json.loads((LITE / "api/contents" / folder / "all.json").read_text("utf-8"))
        names = [entry["name"] for entry in listing["content"]]
        assert names == sorted(path.name for path in (LITE / "files" / folder).iterdir())


@built
def test_no_size_is_wasted():
    files = [path for path in LITE.rglob("*") if path.is_file() and not SOURCES.keys() & {*path.parts}]
    assert [path.name for path in files if path.suffix in (".map", ".ttf", ".eot")] == []
    of_the_book = [path for path in files if path.relative_to(LITE).parts[0] == "files"]
    copies = [path.stat().st_size for path in of_the_book if path.suffix == ".ipynb"]
    assert sum(path.stat().st_size for path in {*files} - {*of_the_book}) < 18e6  # JupyterLite itself
    assert max(copies) < 1e6 and sum(copies) < 300e3 * len(copies)  # a chapter's outputs, mostly pictures
    assert sum(path.stat().st_size for path in of_the_book) - sum(copies) < 150e3 * len(copies)  # what it reads
    assert {path.parent.name for path in LITE.glob("*/index.html")} == {"notebooks", "tree"}


@built
def test_the_browsers_python_gets_the_books_wheels_and_never_asks_pypi():
    config = json.loads((LITE / "jupyter-lite.json").read_text("utf-8"))["jupyter-config-data"]
    kernel = config["litePluginSettings"]["@jupyterlite/pyodide-kernel-extension:kernel"]
    worker = LITE / "extensions/@jupyterlite/pyodide-kernel-extension/static"
    wheels = [worker / name for name in kernel["loadPyodideOptions"]["packages"] if name.endswith(".whl")]
    assert kernel["disablePyPIFallback"] is True
    assert worker.is_dir() and len(wheels) == 5
    pinned = lite.WHEELS.read_text("utf-8")
    assert all(hashlib.sha256(wheel.resolve().read_bytes()).hexdigest() in pinned for wheel in wheels)
    assert [extension["name"] for extension in config["federated_extensions"]] == sorted(lite.EXTENSIONS)


def test_the_wheels_are_the_versions_that_the_checks_run_with():
    wheels, locked = (
        set(re.findall(r"^([\w.-]+==\S+)", path.read_text("utf-8"), re.MULTILINE))
        for path in (lite.WHEELS, ROOT / "requirements.lock")
    )
    assert wheels and wheels <= locked


def test_data_are_published_only_if_they_are_the_official_ones(tmp_path):
    assert lite.data_files("") == []
    with pytest.raises(ExtensionError, match=f"{MNIST.files[0].name} is not there"):
        lite.data_files(str(tmp_path))
    (tmp_path / "mnist").mkdir()
    (tmp_path / "mnist" / MNIST.files[0].name).write_bytes(b"something else")
    with pytest.raises(ExtensionError, match="not the official file"):
        lite.data_files(str(tmp_path))


def test_what_the_site_may_not_hold_is_not_published(tmp_path, monkeypatch):
    monkeypatch.setitem(SOURCES, "mnist", MNIST._replace(served=False))
    assert lite.data_files(str(tmp_path)) == []


def test_the_data_folder_is_named_to_nnlib_only_where_data_were_published():
    def environment(with_data):
        (kernel,) = lite.settings([], with_data)["jupyter-config-data"]["litePluginSettings"].values()
        return kernel["loadPyodideOptions"]["env"]

    assert environment(True)["NNLIB_DATA_DIR"] == "/drive"
    assert "NNLIB_DATA_DIR" not in environment(False)


@built
def test_jupyterlite_is_built_again_when_a_chapter_changes_and_only_then(tmp_path, monkeypatch):
    commands = []

    def pretend(command, folder):
        commands.append(command)
        shutil.copytree(folder / "files", tmp_path / "html/lite")

    monkeypatch.setattr(lite, "run", pretend)
    monkeypatch.setattr(lite, "fetch_wheels", lambda folder: [])
    monkeypatch.setattr(lite, "BOOK", tmp_path)
    chapter = tmp_path / "a.ipynb"
    shutil.copy(NOTEBOOK, tmp_path)
    for_one_machine = {"metadata": {"nnlib": {"environment": "bridge"}}}
    (tmp_path / "c.ipynb").write_text(json.dumps(for_one_machine))
    env = SimpleNamespace(found_docs=["a.ipynb", "b.md", "c.ipynb"], doc2path=lambda name: tmp_path / name)
    app = SimpleNamespace(builder=SimpleNamespace(format="html"), outdir=tmp_path / "html", env=env)
    for text, runs in [("1", 1), ("1", 1), ("2", 2)]:
        cells = [{"cell_type": "markdown", "metadata": {}, "source": f"{{term}}`{text}`"}]
        chapter.write_text(json.dumps({"metadata": {}, "cells": cells}))
        lite.build(app, None)
        assert len(commands) == runs
        (cell,) = json.loads((tmp_path / "html/lite/a.ipynb").read_text())["cells"]
        assert cell["source"] == text
        assert not (tmp_path / "html/lite/c.ipynb").exists()
