"""Kernel: runs the cells of a page in the reader's browser, and says what they give.

worker.js makes one, and hands it each request of the page as JSON. What it says goes back as dicts with a `kind`:

    running, done   a cell begins, has ended (`done` says whether it went well)
    stream          text that a cell printed
    show, update    what it displays: a dict from MIME types to texts; `update` replaces what has the same `id`
    clear           its outputs so far are to go, with `wait` when the next one comes
    error           what stopped it: `name`, `text`, `line` of the cell, and `where` else it was
    blocked         the cell that was asked for did not run, as one that it needs has stopped, named `by`
    progress        the reader's progress, as the file that nnlib.exercises.memory keeps
    stale           the cells whose results are older than what they depend on; with it a request has ended

It is written for one page: its cells share their names as those of a notebook do. Any Python runs it, as the tests do.
"""

import ast
import builtins
import io
import itertools
import json
import linecache
import pprint
import sys
import traceback
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import needs

CONTAINERS = (list, tuple, dict, set)
ALT = "A figure that this cell draws."  # where a reader's own code says no more


def no_input(question: object = "") -> str:
    """In place of `input`: a page has nobody to ask while a cell runs."""
    raise RuntimeError("input() cannot ask on this page: write the value into the cell instead")


class Stream(io.TextIOBase):
    """What is printed, sent a line at a time."""

    def __init__(self, name: str, send: Callable[[str], None]):
        self.name, self.send, self.waiting = name, send, ""

    def write(self, text: str) -> int:
        self.waiting += text
        if "\n" in text or "\r" in text:
            self.flush()
        return len(text)

    def flush(self) -> None:
        if self.waiting:
            text, self.waiting = self.waiting, ""
            self.send(text)


class Kernel:
    """Runs a page's cells.

    Attributes
    ----------
    main : the module in which they run.
    ran : for each cell that has run, the text that ran, and its place in the order of all runs.
    """

    current: "Kernel"  # whom `IPython.display` asks

    def __init__(self, say: Callable[[dict], None], progress: Path | None = None):
        self.say, self.progress = say, progress
        self.main = ModuleType("__main__")
        vars(self.main).update(__builtins__=builtins, input=no_input)
        self.ran: dict[str, tuple[str, int]] = {}
        self.cell = ""
        self.count = itertools.count()
        self.streams = {name: Stream(name, self._printer(name)) for name in ("stdout", "stderr")}
        Kernel.current = self

    def _printer(self, name: str) -> Callable[[str], None]:
        return lambda text: self.say({"kind": "stream", "cell": self.cell, "name": name, "text": text})

    def run(self, request: str) -> None:
        """Run a cell of a page, after what it needs; or all cells down to it.

        The request is JSON: `cells`, each with its id, its text as it is now and whether it stands `alone`, so that it
        runs only if asked for itself; `wanted`, the id of the one that is asked for; `all`, whether every cell above it
        runs too; `after`, whether those below that depend on it run too. The first that stops ends it.
        """
        asked = json.loads(request)
        ids = [cell["id"] for cell in asked["cells"]]
        place = ids.index(asked["wanted"])
        texts = ["" if c.get("alone") and c["id"] != asked["wanted"] else c["text"] for c in asked["cells"]]
        targets = [place, *(needs.depending(texts, place) if asked.get("after") else [])]
        plan = [step for step in range(place) if texts[step]] if asked.get("all") else []
        for target in targets:
            plan += [*self.missing(ids, texts, target, plan), target]
        for number, step in enumerate(plan):
            if not self.run_cell(ids[step], texts[step]):
                if place in plan[number + 1 :]:
                    self.say({"kind": "blocked", "cell": ids[place], "by": ids[step]})
                break
        self.say({"kind": "stale", "cells": [ids[i] for i in range(len(ids)) if self.is_stale(ids, texts, i)]})

    def missing(self, ids: list[str], texts: list[str], place: int, planned: list[int]) -> list[int]:
        """The cells above a place that must run first, besides those planned; see `needs.missing`."""
        ran = {step: self.ran[cell] for step, cell in enumerate(ids) if cell in self.ran}
        when = {step: (0, since) for step, (_, since) in ran.items()}
        when |= {step: (1, number) for number, step in enumerate(planned)}  # after all that has run
        changed = {step for step, (text, _) in ran.items() if text != texts[step]} - {*planned}
        return needs.missing(texts, place, when, changed)

    def is_stale(self, ids: list[str], texts: list[str], place: int) -> bool:
        """Whether a cell has run, and something that it needs has run since."""
        since = self._since(ids[place])
        return since >= 0 and any(self._since(ids[a]) > since for a in needs.needed(texts, place))

    def _since(self, cell: str) -> int:
        return self.ran[cell][1] if cell in self.ran else -1

    def run_cell(self, cell: str, text: str) -> bool:
        """Run one cell, and say what it gives; whether it went well."""
        self.cell = cell
        self.say({"kind": "running", "cell": cell})
        linecache.cache[cell] = (len(text), None, text.splitlines(keepends=True), cell)  # for errors, and inspect
        kept = self._progress()
        well = True
        with self._printing():
            try:
                self._execute(cell, text)
            except BaseException as error:  # noqa: BLE001  the reader's code may do anything; the page goes on
                self._flush()
                self.say({"kind": "error", "cell": cell, **told(error, cell)})
                well = False
            self._show_figures()
            self._flush()
        if well:
            self.ran[cell] = (text, next(self.count))
        else:
            self.ran.pop(cell, None)
        if (now := self._progress()) != kept:
            self.say({"kind": "progress", "text": now})
        self.say({"kind": "done", "cell": cell, "well": well})
        return well

    def _execute(self, cell: str, text: str) -> None:
        names = vars(self.main)
        body = ast.parse(text, cell).body
        last = body.pop() if body and isinstance(body[-1], ast.Expr) and not text.rstrip().endswith(";") else None
        exec(compile(ast.Module(body, []), cell, "exec"), names)  # noqa: S102  what a page's cells are for
        if last is not None:
            value = eval(compile(ast.Expression(last.value), cell, "eval"), names)  # noqa: S307
            if value is not None:
                names["_"] = value
                self.show(value)

    @contextmanager
    def _printing(self):
        """What is printed comes to this kernel, and the page's names are those of `__main__`."""
        before = sys.stdout, sys.stderr, sys.modules.get("__main__")
        sys.stdout, sys.stderr, sys.modules["__main__"] = *self.streams.values(), self.main
        try:
            yield
        finally:
            sys.stdout, sys.stderr, sys.modules["__main__"] = before

    def _flush(self) -> None:
        for stream in self.streams.values():
            stream.flush()

    def _progress(self) -> str:
        return self.progress.read_text("utf-8") if self.progress and self.progress.is_file() else ""

    def _show_figures(self) -> None:
        """Show the figures that a reader's own code has left open."""
        if "matplotlib.pyplot" in sys.modules:
            import matplotlib.pyplot as plt

            for number in plt.get_fignums():
                self.show(plt.figure(number))

    def show(self, value: object, *, raw: bool = False, name: str | None = None, update: bool = False) -> None:
        """Display a value; `name` is what a later update of it says, `raw` that it is a dict of MIME types itself."""
        self._flush()
        data = value if raw else forms(value)
        self.say({"kind": "update" if update else "show", "cell": self.cell, "data": data, "id": name})

    def clear(self, *, wait: bool) -> None:
        """Take away what the cell has given so far, or with `wait` once there is something new."""
        self._flush()
        self.say({"kind": "clear", "cell": self.cell, "wait": wait})


def forms(value: object) -> dict[str, str]:
    """A value as MIME types, in the forms that it has itself; its text if it has none."""
    if type(value).__name__ == "Figure" and type(value).__module__ == "matplotlib.figure":
        from nnlib import plotting

        return {"image/svg+xml": plotting.svg(value, ALT), "text/plain": ALT}
    found = {}
    if hasattr(value, "_repr_mimebundle_") and not isinstance(value, type):
        bundle = value._repr_mimebundle_()
        found |= bundle[0] if isinstance(bundle, tuple) else bundle or {}
    for mime, method in (("text/html", "_repr_html_"), ("image/svg+xml", "_repr_svg_")):
        if hasattr(value, method) and not isinstance(value, type) and (form := getattr(value, method)()):
            found[mime] = form
    text = pprint.pformat(value, width=79, sort_dicts=False) if type(value) in CONTAINERS else repr(value)
    return {"text/plain": text} | found


def told(error: BaseException, cell: str) -> dict:
    """An error as a beginner can read it: what, at which line of the cell, and through which other places it went."""
    if isinstance(error, SyntaxError) and error.filename == cell:
        return {"name": type(error).__name__, "text": error.msg, "line": error.lineno or 1, "where": []}
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename != __file__]
    own = [number for number, frame in enumerate(frames) if frame.filename == cell]
    where = [place(frame, cell) for frame in frames[own[0] + 1 if own else 0 :]]
    if len(where) > 6:
        where = [*where[:3], f"… {len(where) - 6} more …", *where[-3:]]
    return {
        "name": type(error).__name__,
        "text": str(error),
        "line": frames[own[0]].lineno if own else None,
        "where": where,
    }


def place(frame: traceback.FrameSummary, cell: str) -> str:
    """Where a frame is: of this cell or another its line, of a file its last folders too."""
    code = f": {frame.line}" if frame.line else ""
    if frame.filename == cell:
        return f"line {frame.lineno} of this cell, in {frame.name}{code}"
    if frame.filename in linecache.cache and "/" not in frame.filename and "\\" not in frame.filename:
        return f"line {frame.lineno} of another cell, in {frame.name}{code}"
    return f"{'/'.join(Path(frame.filename).parts[-2:])}, line {frame.lineno}, in {frame.name}{code}"
