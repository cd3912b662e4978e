"""Run chapters and store their outputs, in a form in which a run without a change gives the same bytes.

python tools/run_notebooks.py                              every chapter of _toc.yml
python tools/run_notebooks.py book/backpropagation.ipynb   the chapters named
python tools/run_notebooks.py --check                      write nothing; fail where something would change

A cell that fails stops the run and leaves its notebook as it was. A notebook that needs an environment which is not
here is skipped by name. Ids are numbered by position, and times,
machine paths and version numbers are left out, so that a difference in a notebook is a difference in what it says.
"""

import argparse
import json
import os
import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from tqdm.auto import tqdm

from chapters import CELL_TIMEOUT, ROOT, chapters, data_of, kernel_of, lacks_data, runnable, surroundings

WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE = {"file_extension": ".py", "mimetype": "text/x-python", "name": "python", "pygments_lexer": "ipython3"}
PROGRESS_TIME = re.compile(r"\[\d\d:\d\d(<|&lt;)[^\]\"]*\]")
VOLATILE = ("ExecuteTime", "collapsed", "execution", "scrolled", "trusted")  # cell metadata that editors leave behind


class NotebookFailed(Exception):
    """A cell raised an error, or never came to its end."""


def run(path: Path, timeout: int = CELL_TIMEOUT) -> nbformat.NotebookNode:
    """The notebook as it is after a run in its own folder, by the kernel that it needs; the file is not touched."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
    codes = [i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code" and cell.source.strip()]
    started = []
    with tqdm(total=len(codes), desc=path.stem, unit="cell") as bar:
        client = NotebookClient(
            notebook,
            timeout=timeout,
            kernel_name=kernel_of(notebook.metadata),
            resources={"metadata": {"path": str(path.parent)}},
            record_timing=False,
            store_widget_state=True,
            coalesce_streams=True,
            on_cell_start=lambda cell, cell_index: started.append(cell_index),
            on_cell_executed=lambda **_: bar.update(),
        )
        try:
            client.execute()
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            number = codes.index(started[-1]) + 1
            raise NotebookFailed(f"{path.name}, code cell {number} of {len(codes)}: {error}") from None
    return notebook


def normalise(notebook: nbformat.NotebookNode, root: Path = ROOT) -> str:
    """The notebook as text, without what differs from run to run or from machine to machine."""
    notebook = nbformat.from_dict(json.loads(json.dumps(notebook)))
    keep_what_is_shown(notebook)
    text = json.dumps(notebook)
    for number, name in enumerate(widget_ids(notebook), start=1):
        text = text.replace(name, f"{number:032x}")
    for folder in (str(root), re.sub(f"^{re.escape(str(Path.home()))}", "~", str(root))):
        text = text.replace(json.dumps(folder + os.sep)[1:-1], "")  # in a traceback
    text = PROGRESS_TIME.sub("[time]", text)
    notebook = nbformat.from_dict(json.loads(text))
    notebook.update(nbformat=4, nbformat_minor=5)
    notebook.metadata.update(kernelspec=KERNELSPEC, language_info=LANGUAGE)
    for number, cell in enumerate(notebook.cells, start=1):
        cell.id = f"cell-{number:03}"
        for name in VOLATILE:
            cell.metadata.pop(name, None)
    nbformat.validate(notebook)
    return nbformat.writes(notebook, version=4) + "\n"


def keep_what_is_shown(notebook: nbformat.NotebookNode) -> None:
    """Store only those widgets that an output shows, and none that carries a script of its own.

    A stored script would stay as it is when its source changes. Such an interactive shows its words, and comes to
    life when its cell is run. A progress bar that has gone leaves nothing.
    """
    widgets = notebook.metadata.get("widgets", {}).get(WIDGET_STATE, {})
    state = widgets.get("state", {})
    parts = {name: set(re.findall(r"IPY_MODEL_(\w+)", json.dumps(model))) for name, model in state.items()}
    shown = set()
    for data in [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])]:
        model = data.get(WIDGET_VIEW, {}).get("model_id")
        if "_esm" in state.get(model, {}).get("state", {}):
            del data[WIDGET_VIEW]
        elif model:
            shown.add(model)
    before = None
    while shown != before:
        before = set(shown)
        shown |= {part for name in before for part in parts.get(name, ())}
        shown |= {name for name in state if state[name]["model_name"] == "LinkModel" and parts[name] <= shown}
    if shown & set(state):
        widgets["state"] = {name: model for name, model in state.items() if name in shown}
    else:
        notebook.metadata.pop("widgets", None)


def widget_ids(notebook: nbformat.NotebookNode) -> list[str]:
    """The random id of every widget model: in the order in which the models were made, then as they are mentioned."""
    state = notebook.metadata.get("widgets", {}).get(WIDGET_STATE, {}).get("state", {})
    views = [
        output.data[WIDGET_VIEW]["model_id"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if WIDGET_VIEW in output.get("data", {})
    ]
    mentioned = re.findall(r"IPY_MODEL_(\w+)", json.dumps(state))
    return list(dict.fromkeys([*state, *views, *mentioned]))


def update(path: Path, check: bool = False) -> bool:
    """Run one chapter and store what it gives, if that differs from what it has; return whether it differs."""
    notebook = run(path)
    if lacks_data(notebook.metadata):
        data = data_of(notebook.metadata).title
        print(f"{path.name}: ran to its end; not stored, because its outputs belong to {data}, which is not here")
        return False
    text = normalise(notebook).encode("utf-8")
    if text == path.read_bytes():
        return False
    if not check:
        path.write_bytes(text)
    print(f"{path.name}: {'would change' if check else 'stored'}")
    return True


def main(arguments: list[str]) -> str | None:
    """Run the chapters named, or all; return what went wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: every chapter of _toc.yml")
    parser.add_argument("--check", action="store_true", help="write nothing; fail where something would change")
    options = parser.parse_args(arguments)
    os.environ.update(surroundings())
    paths = runnable([path.resolve() for path in options.notebooks] or chapters())
    try:
        changed = [path.name for path in paths if update(path, options.check)]
    except NotebookFailed as failure:
        return f"\n{failure}\nIt is left as it was."
    print(f"{len(paths)} run, {len(changed)} changed")
    return "Stored outputs are out of date: run `make notebooks`" if options.check and changed else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
