"""Chapters: which notebooks the book has and in which order, the data they need, and where they run."""

import functools
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import yaml

from one_thread import ONE_THREAD

ROOT = Path(__file__).resolve().parents[1]
CELL_TIMEOUT = 900  # seconds; the longest cell trains a network for about a minute on a quiet machine


def pages(root: Path = ROOT) -> list[str]:
    """Every page that _toc.yml lists, in the book's order, as it is written there."""
    return list(_files(yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))))


def chapters(root: Path = ROOT) -> list[Path]:
    """Every notebook among the pages that _toc.yml lists, in the book's order."""
    paths = [root / f"{page.removesuffix('.ipynb')}.ipynb" for page in pages(root)]
    return [path for path in paths if path.exists()]


def parts(root: Path = ROOT) -> list[tuple[str, bool, list[Path]]]:
    """Each part of _toc.yml: its caption, whether its chapters are numbered, and its notebooks in the book's order."""
    table = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))["parts"]
    files = [[root / f"{page.removesuffix('.ipynb')}.ipynb" for page in _files(part)] for part in table]
    return [
        (part["caption"], bool(part.get("numbered")), [path for path in paths if path.exists() or part.get("numbered")])
        for part, paths in zip(table, files, strict=True)
    ]


def numbered(root: Path = ROOT) -> list[Path]:
    """The chapters proper: every notebook in a part of _toc.yml that is numbered, in the book's order."""
    return [path for _, is_numbered, paths in parts(root) if is_numbered for path in paths]


def label(path: Path) -> str:
    """A chapter's label, which names its exercises, its predictions and what a reader's progress keeps of it."""
    if not (match := re.match(r"\(ch-([a-z]+)\)=\n", _beginning(path))):
        raise ValueError(f"{path.name}: its first cell must begin with the line (ch-NAME)=, NAME in small letters")
    return match[1]


def title(path: Path) -> str:
    """A notebook's title, which stands under its label."""
    return re.search(r"^# (.+)$", _beginning(path), re.MULTILINE)[1]


def about(path: Path) -> str:
    """What to take away from a chapter, in a line, from its metadata: `"nnlib": {"about": "…"}`."""
    if not (said := metadata(path).get("nnlib", {}).get("about")):
        raise ValueError(f'{path.name}: its metadata must say in a line what to take away: "nnlib": {{"about": "…"}}')
    return said


def _beginning(path: Path) -> str:
    """A notebook's first cell."""
    return "".join(json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"])


def _files(entry: object) -> Iterator[str]:
    """The value of every `root:` and `file:` in a table of contents, in order."""
    if isinstance(entry, dict):
        for key, value in entry.items():
            if key in ("root", "file"):
                yield value
            else:
                yield from _files(value)
    elif isinstance(entry, list):
        for part in entry:
            yield from _files(part)


def metadata(path: Path) -> dict:
    """A notebook's metadata."""
    return json.loads(path.read_text(encoding="utf-8"))["metadata"]


def data_of(metadata: dict):
    """The declaration of the data set that a notebook reads, or None; a name that nobody declared is an error.

    A chapter that reads MNIST says so in its metadata: `"nnlib": {"data": "mnist"}`. nnlib.datasets holds the
    declarations.
    """
    name = metadata.get("nnlib", {}).get("data")
    if name is None:
        return None
    from nnlib.datasets import SOURCES

    if name not in SOURCES:
        raise ValueError(f'metadata "nnlib": got data {name!r}, expected one of {", ".join(SOURCES)}, or none')
    return SOURCES[name]


def lacks_data(metadata: dict) -> bool:
    """Whether a notebook reads data that this machine lacks, so that its stored outputs cannot be compared here."""
    source = data_of(metadata)
    return source is not None and not _at_hand(source, os.environ.get("NNLIB_DATA_DIR"))


@functools.cache
def _at_hand(source, data_dir: str | None) -> bool:
    """Whether a data set is here, looked up once for each value of NNLIB_DATA_DIR."""
    from nnlib.fetch import at_hand

    return at_hand(source)


def surroundings(scratch: Path = ROOT / "_build" / "kernels") -> dict[str, str]:
    """Environment variables for kernels: this Python, one BLAS thread, and none of the reader's own settings."""
    folders = {
        "IPYTHONDIR": scratch / "ipython",
        "JUPYTER_CONFIG_DIR": scratch / "jupyter",
        "JUPYTER_RUNTIME_DIR": scratch / "runtime",
        "MPLCONFIGDIR": scratch / f"matplotlib-{version('matplotlib')}",
    }
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    quiet = folders["IPYTHONDIR"] / "profile_default" / "ipython_kernel_config.py"
    quiet.parent.mkdir(exist_ok=True)
    quiet.write_text("c.IPKernelApp.log_level = 40  # errors only\n", encoding="utf-8")
    data = os.environ.get("NNLIB_DATA_DIR")
    variables = {
        **os.environ,
        **({"NNLIB_DATA_DIR": os.path.abspath(os.path.expanduser(data))} if data else {}),  # kernels run in book/
        **{name: str(folder) for name, folder in folders.items()},
        **ONE_THREAD,
        "JUPYTER_PATH": str(Path(sys.prefix, "share", "jupyter")),  # the kernel named python3 is then this Python's
        "JUPYTER_PLATFORM_DIRS": "1",
        "PYTHONUTF8": "1",
        "NNLIB_CHECKS": "on",  # what a page claims must hold; for a reader, who changes cells, its checks are silent
        "NNLIB_PROGRESS": "off",  # runs and tests never count as the reader's own progress
    }
    if not any(folders["MPLCONFIGDIR"].glob("fontlist-*.json")):  # else the first cell may say that it is being built
        subprocess.run([sys.executable, "-c", "import matplotlib.font_manager"], env=variables, check=True)
    return variables
