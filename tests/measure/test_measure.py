"""What all measuring programs share: each file says what made it, and what was not measured anew keeps its own word."""

import json
import re

import pytest

import measure
import nnlib

FILES = sorted(measure.MEASURED.rglob("*.json"))
OF_STUDIES = [path for path in FILES if path.parent.name == "studies"]
LARGER = {"translation": 1_000_000}  # bytes of weights


@pytest.fixture
def stored(tmp_path):
    def stored(data, packages=("numpy",)):
        measure.store("museum", data, packages, tmp_path)
        return json.loads((tmp_path / "museum.json").read_text(encoding="utf-8"))

    return stored


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_stored_file_says_what_made_it_and_each_part_of_it(path):
    data = json.loads(path.read_text(encoding="utf-8"))
    assert list(data)[0] == "made"
    assert data.get("earlier", {}).keys() <= data.keys()
    for made in (data["made"], *data.get("earlier", {}).values()):
        assert list(made) == ["program", "nnlib", "commit", "date", "machine"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", made["date"])
        assert made["machine"]


def test_there_is_a_file_for_each_program_of_the_list():
    named = re.findall(r"^\| \w+ \| `(\w+\.json)`", measure.__doc__, re.MULTILINE)
    assert sorted(named) == [path.name for path in FILES if path not in OF_STUDIES]
    programs = (measure.ROOT / "measure" / "studies").glob("[a-z]*.py")
    assert sorted(path.stem for path in programs) == [path.stem for path in OF_STUDIES]


@pytest.mark.parametrize("path", OF_STUDIES, ids=lambda path: path.stem)
def test_a_study_is_measured_over_five_seeds_and_beside_its_peers(path):
    data = json.loads(path.read_text(encoding="utf-8"))
    assert len(set(data["seeds"])) >= 5 and data["peers"]
    for weights in (f"weights/{path.stem}.npz", f"nnlib/alive/{path.stem}/weights.npz"):
        assert not (measure.BOOK / weights).exists() or (measure.BOOK / weights).stat().st_size <= LARGER.get(
            path.stem, 300_000
        )


def test_what_is_stored_says_which_program_on_which_machine(stored):
    made = stored({"scores": [0.5]})["made"]
    assert made["program"] == "python -m measure.museum"
    assert made["nnlib"] == nnlib.__version__
    assert made["machine"] == measure.machine("numpy")
    assert made["machine"]["processors"] >= 1


def test_a_study_has_a_folder_of_its_own(tmp_path):
    measure.store("studies/zebras", {"seeds": [0]}, folder=tmp_path)
    data = json.loads((tmp_path / "studies" / "zebras.json").read_text(encoding="utf-8"))
    assert data["made"]["program"] == "python -m measure.studies.zebras" and data["seeds"] == [0]


def test_a_part_that_is_not_measured_anew_keeps_what_made_it(stored, monkeypatch):
    first = stored({"slow": [1], "quick": [2]})
    assert "earlier" not in first
    monkeypatch.setattr(measure, "machine", lambda *packages: {"processor": "another"})
    second = stored({"quick": [3]})
    assert (second["slow"], second["quick"]) == ([1], [3])
    assert second["made"]["machine"] == {"processor": "another"}
    assert second["earlier"] == {"slow": first["made"]}
    monkeypatch.setattr(measure, "machine", lambda *packages: {"processor": "a third"})
    third = stored({"new": 0})
    assert third["earlier"] == {"slow": first["made"], "quick": second["made"]}
    assert "earlier" not in stored({"slow": [4], "quick": [5], "new": 1})


def test_numbers_are_stored_to_six_digits_and_whole_ones_whole(stored):
    data = {"a": [0.123456789, 12_345_678], "b": {"c": (1e-9 / 3, True, None)}}
    assert (stored(data)["a"], stored(data)["b"]) == ([0.123457, 12_345_678], {"c": [3.33333e-10, True, None]})


def test_the_commit_is_marked_where_the_code_has_changed(monkeypatch):
    said = {"rev-parse": "abc1234\n", "status": ""}

    def git(command, **options):
        return type("Done", (), {"returncode": 0, "stdout": said[command[1]]})

    monkeypatch.setattr(measure.subprocess, "run", git)
    assert measure.commit() == "abc1234"
    said["status"] = " M book/nnlib/layers.py\n"
    assert measure.commit() == "abc1234+"


def test_without_git_there_is_no_commit(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert measure.commit() is None


def test_the_spread_is_mean_and_range():
    assert measure.spread([0.25, 0.5, 0.75]) == {"mean": 0.5, "min": 0.25, "max": 0.75}
