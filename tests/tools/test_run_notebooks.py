"""tools/run_notebooks.py stores what a notebook gives, and the same bytes each time."""

import json
import os
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import chapters
import run_notebooks

CELLS = [
    "import os, sys\nimport ipywidgets\nfrom tqdm.auto import tqdm\nprint('one')\nprint('two')",
    "for _ in tqdm(range(3)):\n    pass",
    "slider, stack = ipywidgets.IntSlider(), ipywidgets.Stack([ipywidgets.HTML('a'), ipywidgets.HTML('b')])\n"
    "ipywidgets.jslink((slider, 'value'), (stack, 'selected_index'))\nipywidgets.VBox([slider, stack])",
    "print(sys.executable, os.environ['OMP_NUM_THREADS'], os.getcwd(), sep='\\n')",
]


@pytest.fixture(autouse=True)
def surroundings(monkeypatch):
    """Kernels as the tool starts them; and nothing of that is left behind."""
    for name, value in chapters.surroundings().items():
        monkeypatch.setenv(name, value)


def write(path, *cells, **metadata):
    nbformat.write(new_notebook(cells=[new_markdown_cell("# A title"), *cells], metadata=metadata), path)
    return path


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    """The same notebook after its first and its second run, with widgets."""
    path = write(tmp_path_factory.mktemp("book") / "chapter.ipynb", *map(new_code_cell, CELLS))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in chapters.surroundings().items():
            patch.setenv(name, value)
        run_notebooks.update(path)
        first = path.read_bytes()
        changed = run_notebooks.update(path)
    return first, path.read_bytes(), changed


def test_matplotlib_knows_its_fonts_before_a_first_cell_would_say_that_it_looks_for_them(tmp_path):
    folder = chapters.surroundings(tmp_path)["MPLCONFIGDIR"]
    assert list(Path(folder).glob("fontlist-*.json"))


def test_a_second_run_gives_the_same_bytes(twice):
    first, second, changed = twice
    assert first == second
    assert not changed


def test_widgets_are_stored_with_ids_by_order(twice):
    book = json.loads(twice[0])
    state = book["metadata"]["widgets"][run_notebooks.WIDGET_STATE]["state"]
    assert list(state) == [f"{number:032x}" for number in range(1, len(state) + 1)]
    view = book["cells"][3]["outputs"][0]["data"][run_notebooks.WIDGET_VIEW]["model_id"]
    box = state[view]
    assert box["model_name"] == "VBoxModel"
    slider, stack = (state[child.removeprefix("IPY_MODEL_")] for child in box["state"]["children"])
    assert (slider["model_name"], stack["model_name"]) == ("IntSliderModel", "StackModel")
    link = next(part["state"] for part in state.values() if part["model_name"] == "LinkModel")
    assert state[link["source"][0].removeprefix("IPY_MODEL_")] == slider


def test_a_widget_that_carries_a_script_or_that_nothing_shows_is_not_stored():
    box = {"model_name": "BoxModel", "state": {"children": ["IPY_MODEL_child"]}}
    link = {"model_name": "LinkModel", "state": {"source": ["IPY_MODEL_box", "a"], "target": ["IPY_MODEL_child", "b"]}}
    stray = {"model_name": "LinkModel", "state": {"source": ["IPY_MODEL_box", "a"], "target": ["IPY_MODEL_bar", "b"]}}
    plain = {"model_name": "HTMLModel", "state": {}}
    live = {"model_name": "AnyModel", "state": {"_esm": "function render() {}", "layout": "IPY_MODEL_layout"}}
    state = {"live": live, "layout": plain, "box": box, "child": plain, "link": link, "bar": plain, "stray": stray}
    shown = [{run_notebooks.WIDGET_VIEW: {"model_id": name}, "text/html": name} for name in ("live", "box")]
    cell = new_code_cell(outputs=[new_output("display_data", data) for data in shown])
    metadata = {"widgets": {run_notebooks.WIDGET_STATE: {"state": state}}}
    book = new_notebook(cells=[cell], metadata=nbformat.from_dict(metadata))
    run_notebooks.keep_what_is_shown(book)
    assert set(book.metadata.widgets[run_notebooks.WIDGET_STATE].state) == {"box", "child", "link"}
    assert [list(output.data) for output in cell.outputs] == [["text/html"], [run_notebooks.WIDGET_VIEW, "text/html"]]
    del book.cells[0].outputs[1]
    run_notebooks.keep_what_is_shown(book)
    assert "widgets" not in book.metadata


def test_what_is_volatile_is_left_out(twice):
    book = json.loads(twice[0])
    assert [cell["id"] for cell in book["cells"]] == [f"cell-{number:03}" for number in range(1, 6)]
    assert book["metadata"]["language_info"] == run_notebooks.LANGUAGE
    assert book["metadata"]["kernelspec"]["name"] == "python3"
    assert [cell["execution_count"] for cell in book["cells"][1:]] == [1, 2, 3, 4]
    assert all(cell["metadata"] == {} for cell in book["cells"])
    assert "it/s" not in twice[0].decode()
    assert twice[0].endswith(b"}\n")


def test_printed_lines_are_one_output(twice):
    outputs = json.loads(twice[0])["cells"][1]["outputs"]
    assert [output["text"] for output in outputs] == [["one\n", "two\n"]]


def test_the_kernel_is_this_python_in_the_notebooks_folder_with_one_thread(tmp_path):
    path = write(tmp_path / "chapter.ipynb", new_code_cell("import os, sys"), new_code_cell(CELLS[3]))
    printed = run_notebooks.run(path).cells[2].outputs[0].text.splitlines()
    assert os.path.samefile(printed[0], sys.executable)
    assert printed[1] == "1"
    assert os.path.samefile(printed[2], tmp_path)


def test_a_failing_cell_is_shown_and_the_notebook_left_as_it_was(tmp_path):
    path = write(tmp_path / "chapter.ipynb", new_code_cell("x = 0"), new_code_cell("1 / x"))
    before = path.read_bytes()
    problem = run_notebooks.main([str(path)])
    assert "chapter.ipynb, code cell 2 of 2" in problem
    assert "1 / x" in problem
    assert "ZeroDivisionError: division by zero" in problem.replace("\x1b[39m", "").replace("\x1b[31m", "")
    assert path.read_bytes() == before


def test_an_expected_error_is_stored_without_the_machines_paths(tmp_path):
    cell = new_code_cell(
        "import chapters\nchapters.pages(chapters.Path('nowhere'))", metadata={"tags": ["raises-exception"]}
    )
    here = new_code_cell(f"import sys\nsys.path.insert(0, {str(chapters.ROOT / 'tools')!r})")
    book = run_notebooks.run(write(tmp_path / "chapter.ipynb", here, cell))
    stored = json.loads(run_notebooks.normalise(book))["cells"][2]["outputs"][0]
    traceback = "\n".join(stored["traceback"])
    assert stored["ename"] == "FileNotFoundError"
    assert f"tools{os.sep}chapters.py" in traceback
    assert str(chapters.ROOT) not in traceback


def test_checking_writes_nothing_and_fails_where_something_would_change(tmp_path):
    path = write(tmp_path / "chapter.ipynb", new_code_cell("1 + 1"))
    before = path.read_bytes()
    assert "out of date" in run_notebooks.main(["--check", str(path)])
    assert path.read_bytes() == before
    assert run_notebooks.main([str(path)]) is None
    assert run_notebooks.main(["--check", str(path)]) is None


def test_a_chapter_without_its_data_is_run_and_not_stored(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(run_notebooks, "lacks_data", lambda metadata: metadata["nnlib"]["data"] == "mnist")
    path = write(tmp_path / "chapter.ipynb", new_code_cell("1 + 1"), nnlib={"data": "mnist"})
    before = path.read_bytes()
    assert run_notebooks.main([str(path)]) is None
    assert path.read_bytes() == before
    assert "MNIST, which is not here" in capsys.readouterr().out


def test_chapters_are_the_notebooks_of_the_contents_in_their_order(tmp_path):
    parts = "- caption: I\n  chapters:\n  - file: b\n    sections:\n    - file: c\n  - file: a.ipynb\n"
    contents = f"format: jb-book\nroot: index\nparts:\n{parts}"
    (tmp_path / "_toc.yml").write_text(contents)
    for name in ("index.md", "a.ipynb", "b.ipynb", "not-listed.ipynb"):
        (tmp_path / name).touch()
    assert chapters.pages(tmp_path) == ["index", "b", "c", "a.ipynb"]
    assert chapters.chapters(tmp_path) == [tmp_path / "b.ipynb", tmp_path / "a.ipynb"]
