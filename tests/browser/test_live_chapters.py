"""Live chapters: each page runs in the browser and gives what it has stored, and each exercise is judged there.

Reads _build/html, built with BOOK_PYODIDE: `make test-browser` sees to both. To run them all takes half an hour, so the
tests of two chapters, and of all exercises of these, run unless --long is given.
"""

import json

import pytest
from windows import MORE_DONE, PATIENCE, SITE

from chapters import anywhere, data_of, metadata

PYODIDE = SITE / "live" / "pyodide"
WITHOUT = f"there is no Pyodide in {PYODIDE}: run `make test-browser`"
pytestmark = pytest.mark.skipif(not PYODIDE.is_dir(), reason=WITHOUT)

FEW = ("the_perceptron", "backpropagation")
READY = "Python is ready."
# What a cell shows now: what it has printed, the words for each picture, and the error that stopped it.
SHOWN = """(id) => {
  const cell = document.getElementById(id), all = (found) => [...cell.querySelectorAll(`.cell_output ${found}`)];
  return {
    printed: all(".output.stream:not(.nnlib-page-stderr) pre").map((one) => one.textContent).join(""),
    pictures: all("figure.nnlib-figure > svg").map((one) => one.getAttribute("aria-label")),
    error: cell.querySelector(".nnlib-page-error")?.innerText ?? "",
  };
}"""
EXERCISES = """
from nnlib.exercises.kinds import Exercise
for _each in [each for each in vars(exercise).values() if isinstance(each, Exercise)]:
    _verdicts = [_each.verdict(answer) for answer in (_each.right_answer(), *_each.also_right)]
    _wrong = [(str(_each.verdict(answer)), says) for answer, says in _each.wrong_answers()]
    assert all(str(verdict).startswith("Correct") for verdict in _verdicts), (_each.name, list(map(str, _verdicts)))
    assert all(said.startswith("Not yet") and says in said for said, says in _wrong), (_each.name, _wrong)
    print(_each.name)
"""


@pytest.fixture(params=[path.stem for path in anywhere()])
def stem(request):
    if request.param not in FEW and not request.config.getoption("--long"):
        pytest.skip("only with --long")
    return request.param


@pytest.fixture
def page(window, stem):
    """A chapter's page that runs."""
    opened = window(SITE).open(f"book/{stem}.html")
    opened.evaluate("document.querySelector('.nnlib-page-start').click()")
    opened.locator(".nnlib-page-bar [role=status]", has_text=READY).wait_for()
    opened.keyboard.press("Shift")  # a key, at which all cells come to life, wherever they lie
    return opened


def done(page, before):
    """Wait until Python has done more requests than before; museums train for minutes."""
    page.wait_for_function(MORE_DONE, arg=before, timeout=6 * PATIENCE)


def settings(stem):
    """A page as live.js has it: its cells, and what Python is told."""
    return json.loads((SITE / "live" / "book" / f"{stem}.json").read_text("utf-8"))


def asked_for(stem):
    """The cells of a page."""
    return settings(stem)["cells"]


def open_cell(page, name):
    box = page.locator(f"#{name}")
    box.evaluate("box => { const folded = box.querySelector('details'); if (folded) folded.open = true; }")
    box.scroll_into_view_if_needed()
    box.locator(".cm-content").wait_for()
    return box


def test_a_page_gives_what_it_has_stored(page, stem):
    """Of a page that reads data which the site does not serve nothing is compared: all runs to its end."""
    cells = asked_for(stem)
    lesson = cells[: next((i for i, cell in enumerate(cells) if " as exercise" in cell["text"]), len(cells))]
    box = open_cell(page, lesson[-1]["id"])
    box.get_by_role("button", name="Run all to here").click()
    done(page, 0)
    path = next(path for path in anywhere() if path.stem == stem)
    stored = {cell["id"]: cell for cell in json.loads(path.read_text("utf-8"))["cells"]}
    comparable = data_of(metadata(path)) is None or settings(stem)["python"]["data"]
    for cell in lesson:
        kept, now = stored[cell["id"]], page.evaluate(SHOWN, cell["id"])
        if cell["kind"] == "error":
            continue
        assert now["error"] == "", cell["id"]
        if comparable and "nbval-ignore-output" not in kept["metadata"].get("tags", ()):
            assert now["printed"] == printed(kept), cell["id"]
            assert now["pictures"] == pictures(kept), cell["id"]


def printed(cell):
    """What a stored cell printed."""
    streams = [output for output in cell["outputs"] if output.get("name") == "stdout"]
    return "".join("".join(output["text"]) for output in streams)


def pictures(cell):
    """The words for each picture that it stored."""
    bundles = [output.get("data", {}) for output in cell["outputs"]]
    return ["".join(data["text/plain"]) for data in bundles if "image/svg+xml" in data]


def test_every_exercise_is_judged_as_in_a_notebook(page, stem):
    imports = [cell for cell in asked_for(stem) if " as exercise" in cell["text"]]
    if not imports:
        pytest.skip("this page has no exercises")
    name = imports[0]["id"]
    open_cell(page, name).locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("\n" + EXERCISES)
    page.keyboard.press("Shift+Enter")
    done(page, 0)
    shown = page.evaluate(SHOWN, name)
    asked = sum(cell["kind"] == "exercise" for cell in asked_for(stem))
    assert shown["error"] == "" and shown["printed"].count("\n") >= asked > 0
