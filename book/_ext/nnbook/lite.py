"""JupyterLite: the chapters beside the book at `lite/`, where a reader's browser runs them, nnlib's files with them.

`jupyter lite build` writes it, once per change of what goes in. It is called here and not by jupyterlite-sphinx, which
builds six applications where one opens a chapter, and adds a script and a style sheet to every page of the book.

In the browser Python is Pyodide. It, NumPy and Matplotlib come from Pyodide's public address, when a notebook is
opened and not before; all else comes from this site. With BOOK_DATA set to a folder that holds `mnist/`, and so on for
each data set that its declaration lets the site hold, their files are published too; without them a chapter that wants
MNIST takes the embedded digits, and says so.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jupyterlite_core
import jupyterlite_pyodide_kernel
from sphinx.errors import ExtensionError

import plain
from chapters import environment_of, metadata
from nnlib.datasets import SOURCES

HERE = Path(__file__).parent
BOOK = HERE.parents[1]
WHEELS = HERE / "lite-wheels.txt"
BESIDE = ("nnlib/**/*", "weights/*.npz", "measured/**/*.json")  # what chapters read
EXTENSIONS = ("@jupyter-widgets/jupyterlab-manager", "@jupyterlite/pyodide-kernel-extension", "anywidget")
FROM_PYODIDE = ["numpy", "matplotlib", "threadpoolctl", "tqdm", "platformdirs", "typing-extensions"]
TO_WHEELS = "../../../../pypi/"  # as the kernel's worker sees it, in lite/extensions/@jupyterlite/<the kernel>/static/
EPOCH = "315532800"  # 1980: no file's own time enters the site, so a build gives the same bytes
OPENED = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>How a Neural Network Learns</title>
<script>location.replace("../notebooks/index.html" + location.search);</script></head></html>
"""  # where a link between notebooks leads: to the application `tree`, which is not here
UNUSED = ("build/fa-*.*[!2]", "build/**/*.map", "doc", "rspack.config.js", "jupyterlite.schema.v0.json")


def notebooks(env) -> list[Path]:
    """The chapters and other notebooks that are pages of the book, those that a browser can run."""
    paths = (Path(env.doc2path(name)) for name in sorted(env.found_docs))
    return [path for path in paths if path.suffix == ".ipynb" and environment_of(metadata(path)) is None]


def beside() -> list[Path]:
    """The files that chapters read, nnlib's own among them."""
    found = (path for pattern in BESIDE for path in BOOK.glob(pattern))
    return [path for path in found if path.is_file() and "__pycache__" not in path.parts]


def fetch_wheels(folder: Path, wanted: Path = WHEELS) -> list[Path]:
    """The wheels that a file names, downloaded to `folder` unless they are there; pip checks their hashes."""
    stamp = folder / "fetched"
    if not stamp.is_file() or stamp.read_bytes() != wanted.read_bytes():
        shutil.rmtree(folder, ignore_errors=True)
        platform = ["--platform=any", "--python-version=3.14", "--implementation=py", "--abi=none"]
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", *platform]
        run([*command, "--require-hashes", f"--dest={folder}", f"--requirement={wanted}"], folder.parent)
        shutil.copy(wanted, stamp)
    return sorted(folder.glob("*.whl"))


def run(command: list[str], folder: Path) -> None:
    """Run a command in a folder, in silence unless it fails."""
    folder.mkdir(parents=True, exist_ok=True)
    surroundings = os.environ | {"SOURCE_DATE_EPOCH": EPOCH, "JUPYTER_PLATFORM_DIRS": "1"}
    done = subprocess.run(command, cwd=folder, env=surroundings, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise ExtensionError(f"{' '.join(command[1:5])} failed:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")


def data_files(data: str) -> list[Path]:
    """The files of every data set that the site may hold, in the folder that BOOK_DATA names; each the official one."""
    paths = []
    for source in [source for source in SOURCES.values() if data and source.served]:
        for file in source.files:
            path = Path(data).expanduser() / source.name / file.name
            if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != file.sha256:
                raise ExtensionError(f"BOOK_DATA: {path} is not there, or is not the official file")
            paths.append(path)
    return paths


def settings(wheels: list[Path], with_data: bool) -> dict:
    """What JupyterLite is told: where things come from, and that nothing else is asked."""
    environment = {
        "PYTHONDONTWRITEBYTECODE": "1",  # or every module would leave a file in the reader's storage
        "PYTHONWARNINGS": "ignore:tqdm,ignore:JsProxy",  # one thread is all there is, and all that nnlib wants
        "NNLIB_PROGRESS": "/drive/progress.json",  # which the browser keeps
    }
    if with_data:
        environment["NNLIB_DATA_DIR"] = "/drive"
    kernel = {
        "disablePyPIFallback": True,
        "loadPyodideOptions": {
            "packages": FROM_PYODIDE + [TO_WHEELS + wheel.name for wheel in wheels],
            "env": environment,
        },
    }
    return {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "appName": "How a Neural Network Learns",
            "appUrl": "./notebooks",
            "litePluginSettings": {"@jupyterlite/pyodide-kernel-extension:kernel": kernel},
        },
    }


def gather(folder: Path, pages: list[Path], wheels: list[Path], data: list[Path]) -> None:
    """Put together what goes in: the notebooks, what lies beside them, the wheels and the settings."""
    shutil.rmtree(folder, ignore_errors=True)
    for path in pages:
        written = folder / "files" / path.relative_to(BOOK)
        written.parent.mkdir(parents=True, exist_ok=True)
        written.write_text(plain.text_elsewhere(path), "utf-8", newline="\n")
        undated(written)
    for path in beside():
        copy(path, folder / "files" / path.relative_to(BOOK))
    for path in data:
        copy(path, folder / "files" / path.parent.name / path.name)
    for wheel in wheels:
        copy(wheel, folder / "pypi" / wheel.name)
    (folder / "jupyter-lite.json").write_text(json.dumps(settings(wheels, bool(data)), indent=1), "utf-8")
    build = {
        "apps": ["notebooks"],
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
        "no_libarchive": True,
        "ignore_sys_prefix": ["federated_extensions"],
        "federated_extensions": [str(Path(sys.prefix, "share/jupyter/labextensions", name)) for name in EXTENSIONS],
    }
    (folder / "jupyter_lite_config.json").write_text(json.dumps({"LiteBuildConfig": build}), "utf-8")


def copy(path: Path, target: Path) -> None:
    """Copy a file without its time."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)
    undated(target)


def undated(path: Path) -> None:
    """Take a file's own time away."""
    os.utime(path, (int(EPOCH), int(EPOCH)))


def digest(folder: Path) -> str:
    """One hash of all that goes in."""
    total = hashlib.sha256(f"{jupyterlite_core.__version__} {jupyterlite_pyodide_kernel.__version__}".encode())
    for path in (Path(__file__), *sorted(path for path in folder.rglob("*") if path.is_file())):
        total.update(os.path.relpath(path, folder).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def build(app, exception) -> None:
    """Write `lite/`, if what goes in has changed."""
    if exception or app.builder.format != "html":
        return
    work, out = Path(app.outdir).parent / "lite", Path(app.outdir) / "lite"
    wheels = fetch_wheels(work / "wheels")
    source, stamp = work / "source", work / "built"
    gather(source, [*notebooks(app.env), BOOK / plain.CONTENTS], wheels, data_files(os.environ.get("BOOK_DATA", "")))
    made_of = digest(source)
    if out.is_dir() and stamp.is_file() and stamp.read_text("utf-8") == made_of:
        return
    shutil.rmtree(out, ignore_errors=True)
    stamp.unlink(missing_ok=True)
    run([sys.executable, "-m", "jupyterlite_core", "build", f"--output-dir={out}"], source)
    for path in [path for pattern in UNUSED for path in out.glob(pattern)]:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    sort_listings(out / "api" / "contents")
    (out / "tree").mkdir()
    (out / "tree" / "index.html").write_text(OPENED, "utf-8")
    stamp.write_text(made_of, "utf-8")


def sort_listings(folder: Path) -> None:
    """Put the lists of files into an order, which the disk that they were read from did not."""
    for path in folder.rglob("all.json"):
        listing = json.loads(path.read_text("utf-8"))
        listing["content"].sort(key=lambda entry: entry["name"])
        path.write_text(json.dumps(listing, indent=1, sort_keys=True), "utf-8")


def setup(app) -> None:
    """Connect to Sphinx."""
    app.connect("build-finished", build)
