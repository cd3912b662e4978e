"""The order of the chapters stands in _toc.yml alone: what else names them follows from it, and no address vanishes."""

import difflib
import json

import nbformat
import pytest

import contents
from chapters import ROOT, numbered, pages, title


@pytest.mark.parametrize("path", contents.WRITTEN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_follows_from_the_contents_is_written(path):
    text = path.read_text(encoding="utf-8")
    lines = difflib.ndiff(text.splitlines(), contents.WRITTEN[path](text).splitlines())
    differs = [line for line in lines if line[0] in "+-"]
    said = f"{path.name} is not as _toc.yml and the chapters say (- has, + should have): `make contents` writes it"
    assert not differs, "\n".join([said, *differs])


@pytest.fixture
def one_more(monkeypatch):
    """The contents as they are with a chapter put between the first two."""
    before = numbered()
    more = ROOT / "book" / "of_zebras.ipynb"
    lines = {"title": "Of zebras", "label": "zebras", "about": "stripes"}
    for name, line in lines.items():
        real = getattr(contents, name)
        monkeypatch.setattr(contents, name, lambda path, real=real, line=line: line if path == more else real(path))
    monkeypatch.setattr(contents, "numbered", lambda: [before[0], more, *before[1:]])
    monkeypatch.setattr(contents, "parts", lambda: [("Part I", True, [before[0], more]), ("Part II", True, before[1:])])
    monkeypatch.setattr(contents, "pages", lambda: [*pages(), "book/of_zebras"])
    monkeypatch.setattr(contents, "address", lambda page: f"{page}#ch" if "zebras" in page else page)


def test_a_chapter_put_between_two_others_is_missed_in_every_file(one_more):
    for path, made in contents.WRITTEN.items():
        text = path.read_text(encoding="utf-8")
        assert made(text) != text, path.name
        assert "zebras" in made(text) and made(made(text)) == made(text)
    readme = contents.readme((ROOT / "README.md").read_text(encoding="utf-8"))
    row = "| 2 | [Of zebras](book/of_zebras.ipynb) | stripes |"
    assert f"{row}\n| | **Part II** | |\n| 3 | [{title(numbered()[1])}]" in readme


def test_a_file_without_its_marks_is_refused():
    with pytest.raises(ValueError, match="make contents"):
        contents.readme("# A README without a table")


def test_the_contents_are_a_notebook_whose_links_lead_to_every_other():
    notebook = json.loads(contents.NOTEBOOK.read_text(encoding="utf-8"))
    nbformat.validate(notebook)
    text = "".join("".join(cell["source"]) for cell in notebook["cells"])
    files = {path.name for path in contents.NOTEBOOK.parent.glob("*.ipynb")} - {contents.NOTEBOOK.name}
    assert {name for name in files if f"]({name})" not in text} == set()
    assert [text.index(f"[{title(path)}]") for path in numbered()] == sorted(
        text.index(f"[{title(path)}]") for path in numbered()
    )


def test_no_address_vanishes_without_a_redirect():
    assert contents.gone(contents.ADDRESSES.read_text("utf-8").split(), pages(), contents.redirects()) == []


@pytest.mark.parametrize(
    ("known", "moved", "expected"),
    [
        (["book/a", "book/b#b"], {}, []),
        (["book/old#x"], {}, ["book/old has gone: say where it is now, under redirects: in _config.yml"]),
        (["book/old#x"], {"book/old": "book/b#b"}, []),
        (["book/old"], {"book/old": "book/older"}, ["book/old leads to book/older, which is no page"]),
        (["book/a"], {"book/a": "book/b"}, ["book/a has moved to book/b, and is still a page of _toc.yml"]),
    ],
)
def test_an_address_that_has_gone_is_named(known, moved, expected):
    assert contents.gone(known, ["book/a", "book/b"], moved) == expected


def test_what_once_was_an_address_stays_in_the_list():
    assert "book/gone#place\n" in contents.addresses("book/gone#place\n")
