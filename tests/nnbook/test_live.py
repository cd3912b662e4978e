"""Live pages: the kernel that runs a page's cells, what it runs first, and what a page holds for it."""

import gzip
import hashlib
import json
import os
import subprocess
import sys
import zipfile

import pytest

from chapters import ROOT, anywhere
from nnbook import lite, live

LIVE = ROOT / "book" / "_ext" / "nnbook" / "live"

PROGRAM = """
import json, sys
from pathlib import Path
from kernel import Kernel
out = sys.stdout
kernel = Kernel(lambda message: print(json.dumps(message), file=out), Path(sys.argv[1]))
for request in json.load(sys.stdin):
    kernel.run(json.dumps(request))
"""


@pytest.fixture
def run(tmp_path):
    """Run requests in a kernel, in a process that finds its stand-in for IPython; give what it says."""

    def run_requests(*requests, progress="", modules=""):
        (tmp_path / "progress.json").write_text(progress, "utf-8")
        path = os.pathsep.join(map(str, (LIVE / "stand_in", LIVE / "python", ROOT / "book")))
        surroundings = os.environ | {"PYTHONPATH": path, "NNLIB_PROGRESS": str(tmp_path / "progress.json")}
        command = [sys.executable, "-c", modules + PROGRAM, str(tmp_path / "progress.json")]
        done = subprocess.run(
            command, input=json.dumps(requests), env=surroundings, cwd=ROOT / "book", capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    return run_requests


def request(texts, wanted, **more):
    """A request to run a cell of a page whose cells, a, b, c, ..., have these texts."""
    return {"cells": [{"id": chr(97 + i), "text": text} for i, text in enumerate(texts)], "wanted": wanted, **more}


def order(said):
    """Which cells ran."""
    return [message["cell"] for message in said if message["kind"] == "running"]


def printed(said):
    """What they printed."""
    return "".join(message["text"] for message in said if message["kind"] == "stream")


def error(said):
    """What stopped them."""
    return next(message for message in said if message["kind"] == "error")


CELLS = ["x = 2", "y = x + 1", "unneeded = 1 / 0", "print(y)"]


def test_a_cell_runs_after_what_it_needs_and_nothing_twice(run):
    said = run(request(CELLS, "d"), request(CELLS, "d"))
    assert order(said) == ["a", "b", "d", "d"]
    assert printed(said) == "3\n3\n"


def test_what_has_changed_runs_anew_and_so_does_what_depends_on_it(run):
    changed = ["x = 5", *CELLS[1:]]
    said = run(request(CELLS, "d"), request(changed, "d"))
    assert order(said) == ["a", "b", "d", "a", "b", "d"]
    assert printed(said) == "3\n6\n"


def test_what_a_name_stood_for_is_brought_back_where_another_cell_has_bound_it_anew(run):
    texts = ["for n in range(3): pass", "n = 7", "print(n)"]
    said = run(request(texts, "c"), request(texts, "a"), request(texts, "c"))
    assert order(said) == ["b", "c", "a", "b", "c"]
    assert printed(said) == "7\n7\n"


def test_it_is_brought_back_where_that_other_cell_is_needed_for_something_else(run):
    texts = ["n, more = 3, 1", "n = 7", "print(n + more)"]
    said = run(request(texts, "c"), request(texts, "a"), request(texts, "c"))
    assert order(said) == ["a", "b", "c", "a", "b", "c"]
    assert printed(said) == "8\n8\n"


def test_it_is_brought_back_among_what_follows_an_experiment_too(run):
    texts = ["size = 2", "for n in range(size): pass", "n = 7", "print(n + size)"]
    said = run(request(texts, "d"), request(["size = 3", *texts[1:]], "a", after=True))
    assert order(said) == ["a", "c", "d", "a", "b", "c", "d"]
    assert printed(said) == "9\n10\n"


def test_a_cell_that_changes_something_goes_on_from_where_it_is(run):
    texts = ["a = [1]", "a.append(2)\nprint(len(a))"]
    said = run(request(texts, "b"), request(texts, "b"))
    assert (order(said), printed(said)) == (["a", "b", "b"], "2\n3\n")


def test_what_ran_before_something_that_it_needs_is_named_as_stale(run):
    said = run(request(CELLS, "d"), request(CELLS, "a"))
    assert [message["cells"] for message in said if message["kind"] == "stale"] == [[], ["b", "d"]]


def test_an_experiment_runs_what_depends_on_it_too(run):
    assert order(run(request(["size = 2", "a = size", "b = 3", "print(a)"], "a", after=True))) == ["a", "b", "d"]


def test_what_follows_an_experiment_runs_after_what_it_needs_itself(run):
    texts = ["b = 3", "size = 2", "print(size + b)"]
    assert order(run(request(texts, "b", after=True))) == ["b", "a", "c"]


def test_all_above_runs_if_asked_for_but_what_stands_alone(run):
    cells = request(["a = 1", "1 / 0", "b = 2", "print(b)"], "d", all=True)
    cells["cells"][1]["alone"] = True
    assert order(run(cells)) == ["a", "c", "d"]


def test_an_error_is_told_with_its_line_and_ends_the_run(run):
    said = run(request(["x = 1\ny = x / 0\n", "print(y)"], "b"))
    assert order(said) == ["a"]
    told = error(said)
    assert (told["name"], told["text"], told["line"], told["where"]) == ("ZeroDivisionError", "division by zero", 2, [])


def test_an_error_names_the_places_that_it_went_through(run):
    said = run(request(["def f(x):\n    return 1 / x", "f(1)\nf(0)"], "b"))
    assert error(said)["line"] == 2
    assert error(said)["where"] == ["line 2 of another cell, in f: return 1 / x"]


def test_an_error_inside_nnlib_says_where(run):
    said = run(request(["import nnlib\nnnlib.one_hot([1.5], 3)"], "a"))
    assert error(said)["line"] == 2
    assert error(said)["where"][0].startswith("nnlib/") and ", line " in error(said)["where"][0]


@pytest.mark.parametrize("text", ["x = (1,\ny = 2", "for i in 3\n    pass", "\0", "print('a"])
def test_what_is_no_python_is_an_error_of_its_cell_alone(run, text):
    said = run(request([text, "print(1)"], "a"), request([text, "print(1)"], "b"))
    assert error(said)["name"] in ("SyntaxError", "ValueError") and printed(said) == "1\n"


def test_what_a_cell_may_do_ends_nothing_but_the_cell(run):
    texts = ["import sys; sys.exit(3)", "input('name')", "raise KeyboardInterrupt", "def f(): f()\nf()", "print('on')"]
    said = run(*(request(texts, cell) for cell in "abcde"))
    assert [m["name"] for m in said if m["kind"] == "error"] == [
        "SystemExit",
        "RuntimeError",
        "KeyboardInterrupt",
        "RecursionError",
    ]
    assert printed(said) == "on\n"


def shows(said):
    """What was displayed, in all its forms."""
    return [message["data"] for message in said if message["kind"] in ("show", "update")]


def test_the_last_value_is_shown_unless_a_semicolon_says_no(run):
    assert shows(run(request(["[1, 'a']", "2;", "None"], "c", all=True))) == [{"text/plain": "[1, 'a']"}]


def test_figures_that_a_cell_leaves_open_are_shown(run):
    said = run(request(["import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title('a');"], "a"))
    assert "<svg" in shows(said)[0]["image/svg+xml"]


def test_what_is_displayed_can_be_replaced_and_cleared(run):
    text = "from IPython.display import HTML, clear_output, display\nh = display(HTML('<b>1</b>'), display_id=True)\n"
    text += "h.update(HTML('<b>2</b>'))\nclear_output(wait=True)"
    said = [m for m in run(request([text], "a")) if m["kind"] in ("show", "update", "clear")]
    assert [m["kind"] for m in said] == ["show", "update", "clear"]
    assert said[0]["id"] == said[1]["id"] and said[1]["data"]["text/html"] == "<b>2</b>"


def test_an_interactive_and_frames_are_shown_without_widgets(run):
    hide = "import sys\nsys.modules.update(anywidget=None, ipywidgets=None)\n"
    text = "from nnlib.alive import stepper\nstepper.show()\nfrom nnlib import plotting, widgets\n"
    text += "widgets.frames([(plotting.subplots()[0], 'A picture of one thing.')], 'Step')"
    found = shows(run(request([text], "a"), modules=hide))
    assert "nnlib-live-stepper" in found[0]["text/html"] and "nnlib-frames" in found[1]["text/html"]


def test_an_exercise_is_judged_and_remembered(run):
    texts = [
        "from nnlib.exercises import backprop as exercise\nfrom nnlib import sigmoid",
        "def output_error(z, y):\n    return (sigmoid(z) - y) * sigmoid(z) * (1 - sigmoid(z)) / len(z)",
        "exercise.output_error.check(output_error)",
    ]
    before = {"exercises": {"sgd.other": {"tries": 2, "solved": True}}, "predictions": {}}
    said = run(request(texts, "c"), progress=json.dumps(before))
    assert printed(said).startswith("Correct")
    kept = json.loads(next(m["text"] for m in said if m["kind"] == "progress"))
    assert kept["exercises"] == before["exercises"] | {"backprop.output_error": {"tries": 1, "solved": True}}


BESIDE = """
import hashlib, json, sys
from pathlib import Path
import beside

bytes_of = {"arrays/a.npz": b"whole", "b.npz": b"whole"}
listed = {name: hashlib.sha256(data).hexdigest() for name, data in bytes_of.items()}
folder, asked = Path(sys.argv[1]), []
(folder / "beside.json").write_text(json.dumps(listed))

def get(address):
    asked.append(address)
    return answers.pop(0)()

def lost():
    raise OSError("no answer")
"""


@pytest.fixture
def beside(tmp_path):
    """Run a program on a folder beside which arrays lie, in a process of its own: what it lays stays laid."""

    def run_program(program):
        path = os.pathsep.join(map(str, (LIVE / "python", ROOT / "book")))
        command = [sys.executable, "-c", BESIDE + program, str(tmp_path)]
        done = subprocess.run(command, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    return run_program


def test_an_array_comes_when_it_is_first_opened_and_not_before(beside):
    program = """
answers = [lambda: b"whole", lambda: b"whole"]
beside.lay(folder, get)
print((folder / "arrays" / "a.npz").is_file(), asked)
print((folder / "arrays" / "a.npz").read_bytes(), open(folder / "arrays" / "a.npz", "rb").read(), len(asked))
import os; os.chdir(folder)
print(open("b.npz").read(), asked[1] == f"../lite/files/b.npz?v={listed['b.npz'][:12]}", len(asked))
"""
    assert beside(program) == ["True []", "b'whole' b'whole' 1", "whole True 2"]


def test_an_array_that_does_not_come_whole_is_asked_for_again(beside):
    program = """
answers = [lost, lambda: b"half", lambda: b"whole"]
beside.lay(folder, get)
for attempt in range(3):
    try:
        print((folder / "b.npz").read_bytes())
    except OSError as error:
        print(error)
"""
    assert beside(program) == [
        "no answer",
        "b.npz is not the file that this page was made with: load the page anew",
        "b'whole'",
    ]


SITE = ROOT / "_build" / "html"
built = pytest.mark.skipif(
    not (SITE / "live").is_dir(), reason="there is no site in _build/html: run `make book` first"
)


@built
@pytest.mark.parametrize("chapter", anywhere(), ids=lambda path: path.stem)
def test_each_page_has_its_cells_in_their_order_and_in_its_html(chapter):
    page = json.loads(SITE.joinpath("live", "book", f"{chapter.stem}.json").read_text("utf-8"))
    texts = {c.get("id"): "".join(c["source"]) for c in json.loads(chapter.read_text("utf-8"))["cells"]}
    assert [cell["text"] for cell in page["cells"]] == [texts[cell["id"]] for cell in page["cells"]]
    html = SITE.joinpath("book", f"{chapter.stem}.html").read_text("utf-8")
    assert [cell["id"] for cell in page["cells"] if html.count(f' id="{cell["id"]}"') != 1] == []
    # What takes long can be had shorter; an experiment takes as long as what follows from it.
    assert [c["id"] for c in page["cells"] if "seconds" in c and c["kind"] != "try" and "shorter" not in c] == []


@built
def test_a_click_brings_as_much_of_the_books_own_as_its_button_says():
    shared = [SITE / "live" / name for name in ("book.zip", "live.js", "live.css", "worker.js", "pyodide-lock.json")]
    sent = sum(len(gzip.compress(path.read_bytes())) for path in shared)
    pages = SITE.joinpath("live", "book").glob("*.json")
    assert round((sent + max(len(gzip.compress(path.read_bytes())) for path in pages)) / 1e6) == live.OWN


@built
def test_every_array_that_a_cell_may_open_lies_where_it_asks_for_it():
    with zipfile.ZipFile(SITE / "live" / "book.zip") as packed:
        listed = json.loads(packed.read("beside.json"))
        assert [name for name in packed.namelist() if name.endswith(".npz")] == []
    assert len(listed) == len([path for path in lite.beside() if path.suffix == ".npz"])
    for name, digest in listed.items():
        assert hashlib.sha256(SITE.joinpath("lite", "files", name).read_bytes()).hexdigest() == digest, name
