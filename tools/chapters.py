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

from environment import is_ready, python_of
from one_thread import ONE_THREAD

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENTS = {  # what some chapters need besides, each in an environment of its own that `make NAME` sets up
    "bridge": "Keras, PyTorch and JAX",
    "machines": "Dask and PyTorch",
}
LOCKS = "locks/{}.lock locks/torch.lock"  # of each; PyTorch is apart, since its files are not the same everywhere
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


def studies(root: Path = ROOT) -> list[Path]:
    """The case studies, which have rules of their own: chapters whose metadata say `"nnlib": {"kind": "study"}`."""
    return [path for path in numbered(root) if metadata(path).get("nnlib", {}).get("kind") == "study"]


def taught(root: Path = ROOT) -> list[Path]:
    """The chapters that teach: all but the studies."""
    apart = studies(root)
    return [path for path in numbered(root) if path not in apart]


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
    declarations, and nnlib.studies those of the case studies.
    """
    name = metadata.get("nnlib", {}).get("data")
    if name is None:
        return None
    from nnlib.datasets import SOURCES
    from nnlib.studies import sets

    declared = SOURCES | {name: one.source for name, one in sets().items()}
    if name not in declared:
        raise ValueError(f'metadata "nnlib": got data {name!r}, expected one of {", ".join(declared)}, or none')
    return declared[name]


def lacks_data(metadata: dict) -> bool:
    """Whether a notebook reads data that this machine lacks, so that its stored outputs cannot be compared here."""
    source = data_of(metadata)
    return source is not None and not _at_hand(source, os.environ.get("NNLIB_DATA_DIR"))


@functools.cache
def _at_hand(source, data_dir: str | None) -> bool:
    """Whether a data set is here, looked up once for each value of NNLIB_DATA_DIR."""
    from nnlib.fetch import at_hand

    return at_hand(source)


def environment_of(metadata: dict) -> str | None:
    """The environment that a notebook needs, or None for the book's own; a name that nobody declared is an error.

    A chapter that compares nnlib with PyTorch says so in its metadata: `"nnlib": {"environment": "bridge"}`.
    """
    name = metadata.get("nnlib", {}).get("environment")
    if name is not None and name not in ENVIRONMENTS:
        raise ValueError(
            f'metadata "nnlib": got environment {name!r}, expected one of {", ".join(ENVIRONMENTS)}, or none'
        )
    return name


def lacks_environment(metadata: dict) -> bool:
    """Whether a notebook needs an environment that is not here whole, so that it cannot be run."""
    name = environment_of(metadata)
    return name is not None and not is_here(name)


def anywhere() -> list[Path]:
    """The chapters that run wherever nnlib does: in Binder, in Colab and in a browser too."""
    return [path for path in chapters() if environment_of(metadata(path)) is None]


def runnable(paths: list[Path]) -> list[Path]:
    """Those notebooks that can be run here; of each that cannot, a line says what it lacks."""
    found = []
    for path in paths:
        if lacks_environment(metadata(path)):
            name = environment_of(metadata(path))
            print(f"{path.name}: SKIPPED, it needs {ENVIRONMENTS[name]}, which `make {name}` brings")
        else:
            found.append(path)
    return found


@functools.cache
def is_here(name: str) -> bool:
    """Whether an environment is here as its locks have it, looked up once."""
    return is_ready(str(ROOT), os.path.join("_build", name), *LOCKS.format(name).split())


def python_in(name: str) -> str:
    """The path of an environment's Python, whether it is there or not."""
    return python_of(str(ROOT / "_build" / name))


def kernel_of(metadata: dict) -> str:
    """The name of the kernel that runs a notebook: this Python's, or that of the environment that it needs.

    The latter is put among this Python's own kernels, where `surroundings` and JupyterLab look.
    """
    name = environment_of(metadata)
    if name is None:
        return "python3"
    spec = {
        "argv": [python_in(name), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": f"Python with {ENVIRONMENTS[name]}",
        "language": "python",
    }
    file = Path(sys.prefix, "share", "jupyter", "kernels", name, "kernel.json")
    if not file.is_file() or json.loads(file.read_text(encoding="utf-8")) != spec:
        file.parent.mkdir(parents=True, exist_ok=True)
        written = file.with_suffix(f".{os.getpid()}")
        written.write_text(json.dumps(spec, indent=1), encoding="utf-8")
        written.replace(file)  # at once: another process may be reading it
    return name


def surroundings(scratch: Path = ROOT / "_build" / "kernels") -> dict[str, str]:
    """Environment variables for kernels: this Python, one BLAS thread, and none of the reader's own settings."""
    folders = {
        "IPYTHONDIR": scratch / "ipython",
        "JUPYTER_CONFIG_DIR": scratch / "jupyter",
        "JUPYTER_RUNTIME_DIR": scratch / "runtime",
        "KERAS_HOME": scratch / "keras",
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
        "JAX_PLATFORMS": "cpu",
        "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",  # JAX's way to say one thread
        "JUPYTER_PATH": str(Path(sys.prefix, "share", "jupyter")),  # the kernel named python3 is then this Python's
        "JUPYTER_PLATFORM_DIRS": "1",
        "PYTHONUTF8": "1",
        "NNLIB_CHECKS": "on",  # what a page claims must hold; for a reader, who changes cells, its checks are silent
        "NNLIB_PROGRESS": "off",  # runs and tests never count as the reader's own progress
    }
    if not any(folders["MPLCONFIGDIR"].glob("fontlist-*.json")):  # else the first cell may say that it is being built
        subprocess.run([sys.executable, "-c", "import matplotlib.font_manager"], env=variables, check=True)
    return variables
