"""Live pages: a chapter runs where it is read, in the reader's own browser, once he asks for it.

A page holds only buttons for that, and live-start.js, which loads the rest at the first click: `live/live.js`, this
folder's page.mjs with the editor; `live/worker.js`, which runs Python; the page's cells, `live/book/<page>.json`;
`live/book.zip`, nnlib and what pages read, with kernel.py and its neighbours; and Pyodide, from its public address, at
the version whose hashes stand in pyodide-lock.json. With BOOK_PYODIDE set to a folder that holds Pyodide's distribution
of that version, the site serves it itself, and no other address is asked. Arrays, the bulk of what pages read, come
from `lite/files/` when a cell opens them (python/beside.py).

Left out on a live page: checks, which hold for the book's own numbers, and cells for which the page has a field. A
chapter that needs an environment of its own has no live page.
"""

import base64
import functools
import hashlib
import importlib
import itertools
import json
import os
import re
import shutil
import zipfile
from io import BytesIO
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform

from chapters import data_of, environment_of, metadata
from nnbook import lite, npm
from nnbook.solutions import CHECK, IMPORT

HERE = Path(__file__).parent
BOOK = HERE.parents[2]
LOCK = HERE / "pyodide-lock.json"  # Pyodide's own, of the packages that are loaded
CORE = HERE / "pyodide-core.json"  # the sum of each file of Pyodide's own, and its bytes as they are sent, by gzip
PACKAGES = ("numpy", "matplotlib")
PUBLIC = "https://cdn.jsdelivr.net/pyodide/v{}/full/"
UNASKED = {"fonttools", "matplotlib-pyodide", "pytz"}  # Matplotlib draws a page's figures without them
START = '<button class="btn btn-sm nnlib-page-start" type="button" data-page="{}.json">{}</button>'
OFFER = '<p class="nnlib-page-offer">{} <small>{}</small></p>'
ASKS = "Run this page here"
OWN = 1  # megabytes of the book's own that a click brings, as tests/nnbook/test_live.py weighs them


class Mark(SphinxPostTransform):
    """Give each code cell that a reader can run its id, and exercises and experiments a button to begin with."""

    default_priority = 810  # after `solutions`, which marks the cells for which the page has a field
    formats = ("html",)

    def run(self, **kwargs) -> None:
        """Go through the page's cells."""
        path = Path(self.env.doc2path(self.env.docname))
        if not is_live(path):
            return
        cells = json.loads(path.read_text("utf-8"))["cells"]
        for node in list(self.document.findall(nodes.container)):
            if node.get("nb_element") != "cell_code" or "nnlib-notebook" in node["classes"]:
                continue
            cell = cells[node["cell_index"]]
            if kind(cell) is None:
                continue
            node["ids"].append(cell["id"])
            if kind(cell) in ("try", "exercise"):
                node += nodes.raw("", offer(self.env.docname), format="html")


def is_live(path: Path) -> bool:
    """Whether a page is a notebook that a browser can run."""
    return path.suffix == ".ipynb" and environment_of(metadata(path)) is None


def button(page: str) -> str:
    """What has a page run."""
    return START.format(escaped(page), ASKS)


def offer(page: str) -> str:
    """The same with what it costs, beside an exercise or an experiment."""
    cost = f"{megabytes()} MB of Python from {where()}, once, and {OWN} of the book; some ten seconds each time"
    return OFFER.format(button(page), cost)


def escaped(name: str) -> str:
    """A page's name as it stands in an attribute: the names of pages need no more."""
    if not re.fullmatch(r"[\w/-]+", name):
        raise ExtensionError(f"{name}: a page's name has letters, digits, - and _ alone")
    return name


def source(cell: dict) -> str:
    """A cell's text."""
    return "".join(cell["source"])


def kind(cell: dict) -> str | None:
    """What a code cell is to a live page: `try`, `exercise`, `error`, `code`; None if it is left out there."""
    tags = set(cell["metadata"].get("tags", []))
    if cell["cell_type"] != "code" or "check" in tags or re.match(r"predict\(", source(cell)):
        return None
    if CHECK.search(source(cell)):
        return "exercise"
    if "raises-exception" in tags:
        return "error"
    return "try" if cell["metadata"].get("nnlib", {}).get("try") else "code"


def cells_of(path: Path, shown: set[str]) -> list[dict]:
    """The cells of a page, in its order, those that it does not show aside."""
    cells = [cell for cell in json.loads(path.read_text("utf-8"))["cells"] if cell.get("id") in shown]
    modules = dict(pair[::-1] for cell in cells for pair in IMPORT.findall(source(cell)))
    seconds = slow(path.stem)
    found = [{"id": cell["id"], "text": source(cell), "kind": kind(cell)} for cell in cells]
    for cell, stored in zip(found, cells, strict=True):
        if cell["id"] in seconds:
            cell["seconds"] = seconds[cell["id"]]
        if shorter := stored["metadata"].get("nnlib", {}).get("shorter"):
            cell["shorter"] = shorter
    for starter, check in itertools.pairwise(found):  # a draft of an answer belongs to its exercise, wherever it stands
        if check["kind"] == "exercise":
            alias, name = CHECK.search(check["text"]).groups()
            exercise = getattr(importlib.import_module(f"nnlib.exercises.{modules[alias]}"), name)
            check["title"] = exercise.title
            if starter["kind"] == "code":
                starter |= {"name": exercise.name, "title": exercise.title}
    return found


def slow(stem: str) -> dict[str, int]:
    """The seconds that each slow cell of a page took in a browser, as `make live` measured it."""
    measured = json.loads((BOOK / "measured" / "live.json").read_text("utf-8"))["cells"]
    return measured.get(stem, {}).get("slow", {})


def write_page(app, pagename, templatename, context, doctree) -> None:
    """Write a page's cells, and what Python loads for them, for live.js."""
    path = Path(app.env.doc2path(pagename)) if pagename in app.env.found_docs else Path()
    if doctree is None or not is_live(path):
        return
    containers = doctree.findall(nodes.container)
    shown = {name for node in containers if node.get("nb_element") == "cell_code" for name in node["ids"]}
    if not (cells := cells_of(path, shown)):
        return
    page = {"name": path.stem, "cells": cells, "python": settings(path)}
    written = Path(app.outdir) / "live" / f"{pagename}.json"
    written.parent.mkdir(parents=True, exist_ok=True)
    written.write_text(json.dumps(page, ensure_ascii=False), "utf-8", newline="\n")
    context["live_button"] = button(pagename)
    context["live_from"], context["live_megabytes"], context["live_own"] = where(), megabytes(), OWN


def where() -> str:
    """Who is asked for Python, as the page says it."""
    return "this site" if os.environ.get("BOOK_PYODIDE") else PUBLIC.split("/")[2]


def megabytes() -> int:
    """What Python and its packages weigh."""
    return round(sum(sizes().values()) / 1e6)


@functools.cache
def lock() -> dict:
    """Pyodide's lock, of what is loaded here."""
    return json.loads(LOCK.read_text("utf-8"))


def sizes() -> dict[str, int]:
    """The bytes that are sent for each file of Pyodide that a page loads, by its name."""
    packages = {package["file_name"]: package["sent"] for package in lock()["packages"].values()}
    return {name: entry["sent"] for name, entry in core().items()} | packages


def sums() -> dict[str, str]:
    """The SHA-256 of each, in hexadecimal digits."""
    packages = {package["file_name"]: package["sha256"] for package in lock()["packages"].values()}
    return {name: entry["sha256"] for name, entry in core().items()} | packages


@functools.cache
def core() -> dict[str, dict]:
    """Pyodide's own files."""
    return json.loads(CORE.read_text("utf-8"))


def files() -> dict[str, tuple[str, int]]:
    """Each file with its hash as a browser compares it, and its bytes."""
    as_browser = {name: base64.b64encode(bytes.fromhex(digest)).decode() for name, digest in sums().items()}
    return {name: (f"sha256-{as_browser[name]}", size) for name, size in sizes().items()}


def settings(path: Path) -> dict:
    """What Python is told on a page: addresses as they are seen from live/."""
    environment = {
        "MPLBACKEND": "agg",
        "NNLIB_PROGRESS": "/progress.json",
        "PYTHONWARNINGS": "ignore:tqdm,ignore:JsProxy",  # one thread is all there is, and all that nnlib wants
    }
    data = []
    if (source := data_of(metadata(path))) and os.environ.get("BOOK_DATA") and source.served:
        environment["NNLIB_DATA_DIR"] = "/data"
        data = [
            (f"../lite/files/{source.name}/{file.name}", f"/data/{source.name}/{file.name}") for file in source.files
        ]
    return {
        "address": "pyodide/" if os.environ.get("BOOK_PYODIDE") else PUBLIC.format(lock()["info"]["version"]),
        "files": files(),
        "lock": "pyodide-lock.json",
        "packages": PACKAGES,
        "archive": "book.zip",
        "data": data,
        "environment": environment,
    }


def archive(wheels: list[Path]) -> bytes:
    """The files that Python has beside it: nnlib, what pages read, kernel.py, and packages that are Python alone.

    Of arrays it holds the list alone.
    """
    found = {
        path.relative_to(HERE / top).as_posix(): path.read_bytes()
        for top in ("python", "stand_in")
        for path in (HERE / top).rglob("*.py")
    }
    arrays = {}
    for path in lite.beside():
        name, data = path.relative_to(BOOK).as_posix(), path.read_bytes()
        if path.suffix == ".npz":
            arrays[name] = hashlib.sha256(data).hexdigest()
        else:
            found[name] = data
    found["beside.json"] = json.dumps(arrays, sort_keys=True).encode()
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as opened:
            found |= {name: opened.read(name) for name in opened.namelist() if name.endswith(".py")}
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as zipped:
        for name in sorted(found):
            entry = zipfile.ZipInfo(name)  # of 1980: a build gives the same bytes
            entry.compress_type = zipfile.ZIP_DEFLATED
            zipped.writestr(entry, found[name])
    return packed.getvalue()


def serve_pyodide(folder: Path, target: Path) -> None:
    """Copy what a page loads from a distribution of Pyodide; one wrong byte is an error."""
    target.mkdir(parents=True, exist_ok=True)
    for name, expected in sums().items():
        path = folder / name
        if not path.is_file():
            raise ExtensionError(
                f"BOOK_PYODIDE: {path} is missing; the folder must hold Pyodide {lock()['info']['version']}"
            )
        if hashlib.sha256(path.read_bytes()).hexdigest() != expected:
            raise ExtensionError(f"BOOK_PYODIDE: {path} is not the file of Pyodide {lock()['info']['version']}")
        lite.copy(path, target / name)


def write_version(folder: Path) -> None:
    """Say which version of all files in a folder this is: a browser that has kept older ones asks for these anew."""
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "version.json"):
        total.update(path.read_bytes())
    (folder / "version.json").write_text(json.dumps({"version": total.hexdigest()[:12]}), "utf-8")


def build(app, exception) -> None:
    """Write what all live pages share."""
    if exception or app.builder.format != "html":
        return
    out, work = Path(app.outdir) / "live", Path(app.outdir).parent
    out.mkdir(exist_ok=True)
    (out / "book.zip").write_bytes(archive(lite.fetch_wheels(work / "live-wheels", HERE / "wheels.txt")))
    job = {"entry": str(HERE / "page.mjs"), "sheet": (HERE / "live.css").read_text("utf-8")}
    made = npm.run("live.cjs", job, npm.packages(Path(app.srcdir), work))
    (out / "live.js").write_text(made["js"], "utf-8", newline="\n")
    (out / "live.css").write_text(made["css"], "utf-8", newline="\n")
    lite.copy(HERE / "worker.js", out / "worker.js")
    lite.copy(LOCK, out / "pyodide-lock.json")
    shutil.rmtree(out / "pyodide", ignore_errors=True)
    write_version(out)
    if folder := os.environ.get("BOOK_PYODIDE"):
        serve_pyodide(Path(folder).expanduser(), out / "pyodide")


def setup(app) -> None:
    """Connect to Sphinx."""
    app.add_post_transform(Mark)
    app.connect("html-page-context", write_page, priority=400)  # before `run`, whose menu offers it, and `scripts`
    app.connect("build-finished", build)
