"""Progress and predictions: kept on this machine, never in the way."""

import json
import os

import pytest

from nnlib.exercises import clear_progress, export_progress, import_progress, predict, progress, reveal
from nnlib.exercises.memory import read, record


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    path = tmp_path / "folder ä" / "progress.json"
    monkeypatch.setenv("NNLIB_PROGRESS", str(path))
    return path


@pytest.fixture
def shown(monkeypatch):
    bundles = []
    monkeypatch.setattr("nnlib.exercises.predictions.display", lambda data, raw: bundles.append(data))
    return bundles


def test_tries_are_counted_and_solved_stays_solved(file, capsys):
    for solved in (False, True, False):
        record("backprop.output_error", solved)
    for name in ("perceptron.line", "zebra.line", "ape.line"):  # of two chapters that this version does not have
        record(name, solved=False)
    assert read()["exercises"]["backprop.output_error"] == {"tries": 3, "solved": True}
    progress()
    assert capsys.readouterr().out.splitlines() == [
        "The perceptron: 1 exercises tried, 0 solved; 0 predictions",  # in the book's order, and by their titles
        "Backpropagation: 1 exercises tried, 1 solved; 0 predictions",
        "ape: 1 exercises tried, 0 solved; 0 predictions",
        "zebra: 1 exercises tried, 0 solved; 0 predictions",
    ]


def test_progress_can_be_exported_and_cleared(file, tmp_path, capsys):
    record("backprop.output_error", solved=True)
    export_progress(tmp_path / "mine.json")
    assert json.loads((tmp_path / "mine.json").read_text())["exercises"]
    clear_progress()
    clear_progress()
    assert not file.exists()
    progress()
    assert "Nothing yet" in capsys.readouterr().out


def test_progress_is_read_back_in_and_nothing_is_lost(file, tmp_path, capsys):
    record("backprop.output_error", solved=True)
    export_progress(tmp_path / "mine.json")
    clear_progress()
    for solved in (False, False):
        record("backprop.output_error", solved)
    record("cost.rise", solved=True)
    capsys.readouterr()
    import_progress(tmp_path / "mine.json")
    assert capsys.readouterr().out == "Read in: 1 exercises and 0 predictions.\n"
    kept = read()
    assert kept["exercises"] == {
        "backprop.output_error": {"tries": 2, "solved": True}, "cost.rise": {"tries": 1, "solved": True},
    }  # fmt: skip
    for name, text in (("gone.json", None), ("other.json", "[]"), ("deep.json", "[" * 100_000)):
        if text:
            (tmp_path / name).write_text(text)
        import_progress(tmp_path / name)
        assert "and nothing was changed" in capsys.readouterr().out
    assert read() == kept


@pytest.mark.parametrize(
    "text",
    ["{", "[]", "null", '{"exercises": 3, "predictions": {}}', '{"exercises": {"a": {}}}', "\x00", "[" * 100_000]
    + ['{"exercises": {"a": {"tries": Infinity, "solved": true}}, "predictions": {}}', '{"a":[' * 50_000]
    + ['"' + '\\"' * 100_000, '"\\"' * 100_000],
    ids=range(11),
)
def test_a_damaged_file_is_set_aside_and_nothing_is_lost(file, capsys, text):
    file.parent.mkdir()
    file.write_text(text)
    record("backprop.output_error", solved=True)
    assert read()["exercises"].keys() == {"backprop.output_error"}
    (aside,) = file.parent.glob("*damaged*")
    assert aside.read_text() == text and str(aside) in capsys.readouterr().out


@pytest.mark.parametrize("text", ["[" * 100_000, '{"exercises": ' * 50_000, '{"[[": [1], "a": ' * 11], ids=range(3))
def test_what_is_nested_too_deeply_for_a_browser_is_never_parsed(file, monkeypatch, text):
    monkeypatch.setattr("json.loads", lambda stored: pytest.fail("it was parsed"))
    file.parent.mkdir()
    file.write_text(text)
    assert read() == {"exercises": {}, "predictions": {}} and list(file.parent.glob("*damaged*"))


def test_what_another_version_has_written_is_read_and_brackets_in_a_name_are_no_depth(file, capsys):
    name = 'zebra.{{{{{{{{{{{{[[["\\'
    stored = {
        "exercises": {name: {"tries": 2, "solved": True, "when": [1]}, "nodot": {"tries": 1, "solved": False}},
        "predictions": {name: {"guess": "many", "result": None, "sure": {"how": 0.5}}},
        "version": 7,
    }
    file.parent.mkdir()
    file.write_text(json.dumps(stored))
    record("backprop.output_error", solved=True)
    progress()
    assert [line.split(":")[0] for line in capsys.readouterr().out.splitlines()] == [
        "Backpropagation",
        "nodot",
        "zebra",
    ]
    assert read()["exercises"][name] == {"tries": 2, "solved": True}


def test_bytes_that_are_no_text_are_set_aside_too(file):
    file.parent.mkdir()
    file.write_bytes(b"\xff\xfe\x00")
    record("backprop.output_error", solved=True)
    assert read()["exercises"] and list(file.parent.glob("*damaged*"))


def test_a_folder_that_cannot_be_written_does_not_stop_an_exercise(file, monkeypatch):
    def read_only(*args, **kwargs):
        raise PermissionError("read-only")

    monkeypatch.setattr("tempfile.mkstemp", read_only)
    record("backprop.output_error", solved=True)
    assert read()["exercises"] == {}


@pytest.mark.parametrize("says", ["an error", "~"])
def test_without_a_home_folder_nothing_is_kept_and_nothing_breaks(says, tmp_path, monkeypatch):
    def no_home(*args, **kwargs):
        if says == "an error":
            raise RuntimeError("could not determine the home directory")
        return "~/.local/share/nnlib"

    monkeypatch.delenv("NNLIB_PROGRESS")
    monkeypatch.setattr("platformdirs.user_data_dir", no_home)
    monkeypatch.chdir(tmp_path)
    record("backprop.output_error", solved=True)
    assert read()["exercises"] == {} and os.listdir() == []


def test_off_keeps_nothing(monkeypatch, file):
    monkeypatch.setenv("NNLIB_PROGRESS", "off")
    record("backprop.output_error", solved=True)
    clear_progress()
    assert read()["exercises"] == {} and not file.exists()


def test_no_half_file_is_left_behind(file):
    record("backprop.output_error", solved=True)
    assert os.listdir(file.parent) == ["progress.json"]


def test_a_guess_is_compared_with_what_came_out(shown):
    predict("sgd.accuracy", 0.8, "What share is right?")
    reveal("sgd.accuracy", 0.9534, ".3f")
    assert shown[0]["text/plain"] == "What share is right?\nYour guess, 0.8, is committed."
    assert shown[1]["text/plain"] == "You guessed 0.8; it is 0.953: 0.153 apart."
    assert read()["predictions"]["sgd.accuracy"] == {"guess": 0.8, "result": 0.9534}


def test_without_a_guess_the_result_is_said_and_nothing_is_kept(shown):
    predict("sgd.other", ..., "How many?")
    reveal("sgd.other", 3, ".0%")
    assert shown[0]["text/plain"].startswith("How many?\nNo guess yet")
    assert shown[1]["text/plain"] == "It is 300%. (No guess was committed.)"
    assert read()["predictions"] == {}


def test_a_guess_that_was_replaced_by_words_is_withdrawn(shown):
    predict("sgd.fourth", 3, "How many?")
    predict("sgd.fourth", "many", "How many?")
    reveal("sgd.fourth", 4)
    assert shown[2]["text/plain"] == "It is 4. (No guess was committed.)"


@pytest.mark.parametrize("guess", ["many", None, float("nan"), float("inf"), [1, 2], 10**400])
def test_a_guess_that_is_no_number_is_said_so(shown, guess):
    predict("sgd.third", guess, "How many?")
    assert "expected a number" in shown[0]["text/plain"]


def test_the_page_form_carries_name_and_result(shown):
    predict("sgd.a<b", ..., "1 < 2?")
    reveal("sgd.a<b", 1 / 3)
    assert shown[0]["text/html"].startswith('<div class="nnlib-predict" data-name="sgd.a&lt;b"><p>1 &lt; 2?</p>')
    assert 'data-result="0.333333" data-spec=".4g"' in shown[1]["text/html"]
