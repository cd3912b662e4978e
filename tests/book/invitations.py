"""Invitations: what a chapter invites its reader to change, tried as the reader would.

A cell that the text invites to change lists values to try in its metadata, `"nnlib": {"try": [...]}`, each a new text
for the whole cell. Run as a program with a notebook's name, this runs each of its texts, and after each what depends on
the cell, up to the exercises; without the variable that makes the book's checks raise. Of the other cells it runs those
that these need. Without a name it is a server: it runs each notebook that a line of its standard input names.
"""

import itertools
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import rules
from needs import binds, depending, missing, reads


def texts(cell: dict) -> list[str]:
    """What to try in a cell; where a live page offers a shorter run, that too."""
    told = cell["metadata"].get("nnlib", {})
    shorter = [rules.source(cell).replace(*told["shorter"])] if "shorter" in told else []
    return [*told.get("try", []), *shorter]


def lesson(notebook: dict) -> tuple[list[str], dict[int, list[str]]]:
    """The code cells up to the exercises, and what to try in them, by place.

    Those that show an error are left out, and the checks: each ends in silence for a reader and nothing reads what it
    binds, by rules of their own.
    """
    cells, tries = [], {}
    for _, cell in rules.code_cells(notebook):
        if " as exercise" in rules.source(cell):
            break
        if {"raises-exception", "check"} & rules.tags(cell):
            continue
        if texts(cell):
            tries[len(cells)] = texts(cell)
        cells.append(rules.source(cell))
    return cells, tries


def walk(cells: list[str], tries: dict[int, list[str]]) -> Iterator[tuple[str, str]]:
    """The code to run, in order, each with what is being tried.

    First come the cells that a changed cell and what depends on it need; the changed cell as it is only where a text
    is the same once more, or goes on from it. What has met a change is run anew where a later one needs it.
    """
    ran: dict[int, int] = {}  # when each cell ran, as it is, last
    turn = itertools.count()

    def noted(step: int) -> str:
        ran[step] = next(turn)
        return cells[step]

    for place, others in tries.items():
        after = depending(cells, place)
        changed = {place, *after}
        before = {step for target in changed for step in missing(cells, target, ran)} - changed
        if any(text == cells[place] or reads(text) & binds(cells[place]) for text in others):
            before.add(place)
        for step in sorted(before):
            yield "", noted(step)
        for text in others:
            yield text, text
            for target in after:
                for step in (*(step for step in missing(cells, target, ran) if step not in changed), target):
                    yield text, noted(step)
        for step in changed & ran.keys():
            del ran[step]


def no_download(data: object) -> None:
    """No machine and no network has the files."""
    raise ConnectionError("left out in this test")


def main(name: str) -> str | None:
    """Run it; return the first failure."""
    from IPython.core.interactiveshell import InteractiveShell

    from nnlib import datasets

    datasets.fetch_all = no_download  # the small digits stand in for MNIST, and a chapter trains in seconds
    shell = InteractiveShell.instance()
    for text, code in walk(*lesson(json.loads(Path(name).read_text(encoding="utf-8")))):
        result = shell.run_cell(code)
        if not result.success:
            return f"after the invitation\n{text}\nthis cell stops:\n{code}"


def apart(name: str, said: str) -> int:
    """Run a notebook in a process of its own, and write what it says into the file `said`; return its exit code.

    Where a process can be copied, it is a copy of this one, which has imported what takes longest.
    """
    if not hasattr(os, "fork"):
        with open(said, "wb") as file:
            return subprocess.run([sys.executable, __file__, name], stdout=file, stderr=subprocess.STDOUT).returncode
    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    try:
        with open(said, "wb") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        if problem := main(name):
            print(problem, file=sys.stderr)
        else:
            code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def serve() -> None:
    """Run each notebook that a line names, beside the file for what it says, and answer with its exit code."""
    import IPython.core.interactiveshell  # noqa: F401

    import nnlib.plotting  # noqa: F401

    for line in sys.stdin:
        print(apart(*json.loads(line)), flush=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if sys.argv[1:] else serve())
