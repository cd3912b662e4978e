"""What must hold of every page and notebook: the rules applied, and what a chapter shares with its exercises."""

import importlib
import json
import re
from functools import cache

import pytest
import rules

import contents
from chapters import ROOT, chapters, label, lacks_data, numbered, pages, parts, studies
from nnlib.exercises.kinds import Exercise
from nnlib.fetch import OfficialFile, Source
from nnlib.studies import names

CHAPTERS = pytest.mark.parametrize("path", numbered(), ids=lambda path: path.stem)
TEXTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "book" / "nnlib").rglob("*.py"))]


@cache
def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def test_every_page_of_the_contents_exists():
    assert rules.pages_missing(pages(), ROOT) == []


def test_the_contents_list_every_notebook():
    assert {*chapters(), contents.NOTEBOOK} == set((ROOT / "book").glob("*.ipynb"))


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", chapters(), ids=lambda path: path.stem)
def test_a_chapter_keeps_the_rule(path, rule):
    offences = rule(load(path))
    assert not offences, f"{rule.__doc__}\n" + "\n".join(offences)


@pytest.mark.parametrize("page", [page for page in pages() if (ROOT / f"{page}.md").exists()])
def test_a_page_begins_with_its_label_and_refers_by_label(page):
    text = (ROOT / f"{page}.md").read_text(encoding="utf-8")
    text = text.split("---\n", 2)[2].lstrip() if text.startswith("---\n") else text
    assert rules.page_offences(text) + rules.number_offences(text) == []
    assert page == "book/index" or rules.starts_as_a_page(text)


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_no_text_beside_the_chapters_calls_one_by_its_number(file):
    assert rules.number_offences(file.read_text(encoding="utf-8")) == []


@CHAPTERS
def test_an_exercise_is_headed_by_the_kind_the_title_and_the_minutes_of_its_record(path):
    module = importlib.import_module(f"nnlib.exercises.{label(path)}")
    notebook = load(path)
    headings = re.findall(r"^### (\w+ it: )(.)(.+)$", rules.prose(notebook), re.MULTILINE)
    checks = re.findall(r"^exercise\.(\w+)\.check\(", "\n".join(map(rules.source, notebook["cells"])), re.MULTILINE)
    asked = [f"{kind}{first.upper()}{rest}" for kind, first, rest in headings]  # some chapters go on in small letters
    assert asked == [heading(getattr(module, name)) for name in checks]
    assert set(checks) == {name for name, value in vars(module).items() if isinstance(value, Exercise)}


def test_the_studies_are_the_chapters_of_their_part():
    assert studies() == [path for caption, _, paths in parts() if caption.endswith(": At work") for path in paths]


def uncredited(text, sources):
    """The data sets whose licence a text does not name, or whose makers it does not lead to."""
    return [
        source.name
        for source in sources
        if source.licence not in text or re.search(r"https://[^\s,]+", source.credit)[0] not in text
    ]


@pytest.mark.parametrize("path", studies(), ids=lambda path: path.stem)
def test_a_study_names_the_licence_of_its_data_and_leads_to_who_made_them(path):
    module = importlib.import_module(f"nnlib.studies.{label(path)}") if label(path) in names() else None
    assert uncredited(rules.prose(load(path)), [one.source for one in module.SETS] if module else []) == []


def test_data_without_licence_or_makers_are_named():
    files = (OfficialFile("zebras.csv", 1, "0" * 64),)
    zebras = Source(
        "zebras", "zebras", (3,), "A. Keeper (2001), https://zoo.org/zebras, a list", "CC BY 4.0", files, ()
    )
    assert uncredited("From [the zoo](https://zoo.org/zebras), CC BY 4.0.", [zebras]) == []
    assert uncredited("From [the zoo](https://zoo.org/zebras).", [zebras]) == ["zebras"]
    assert uncredited("From A. Keeper, CC BY 4.0.", [zebras]) == ["zebras"]


def heading(exercise):
    """How an exercise is headed in its chapter."""
    minutes = "1 minute" if exercise.minutes == 1 else f"{exercise.minutes} minutes"
    return f"{exercise.kind}: {exercise.title} (about {minutes})"


def test_a_notebook_says_which_data_it_needs(monkeypatch, tmp_path):
    assert not lacks_data({})
    monkeypatch.setenv("NNLIB_DATA_DIR", str(tmp_path))
    assert not lacks_data({"nnlib": {"data": "mnist"}})  # the chapter itself says which file that folder lacks
    with pytest.raises(ValueError, match="got data 'imagenet', expected one of .*mnist"):
        lacks_data({"nnlib": {"data": "imagenet"}})
