"""Lock: pin what the environments install: requirements.lock for the book, locks/ for what only some commands need.

python tools/lock.py              as the ranges ask for it now; what need not change stays as it is
python tools/lock.py --upgrade    the newest that the ranges allow

One lock serves Python 3.11 to 3.14 on Linux, macOS and Windows. uv, which makes them, comes into _build/lock.
"""

import re
import subprocess
import sys
import venv
from pathlib import Path

from environment import python_of

ROOT = Path(__file__).resolve().parents[1]
UV = ROOT / "_build" / "lock"
BOOK = "requirements.lock"
NNLIB = "book/nnlib/requirements.txt"
SOURCES = {  # what each lock is made from; the versions that stand in the book's lock are the others' too
    BOOK: ["requirements.txt", "--generate-hashes"],
    "locks/mutation.lock": [NNLIB, "--group=mutation", "--generate-hashes", f"--constraint={BOOK}"],
    "locks/oracles.lock": [NNLIB, "--group=oracles", f"--constraint={BOOK}"],
    "locks/bench.lock": [NNLIB, "--group=bench", f"--constraint={BOOK}"],
    "locks/bridge.lock": [NNLIB, "--group=bridge", "--generate-hashes", f"--constraint={BOOK}"],
    "locks/machines.lock": [NNLIB, "--group=machines", "--generate-hashes", f"--constraint={BOOK}"],
}
APART = "locks/torch.lock"  # of the locks with hashes that ask for PyTorch
FOR_ALL = ["--universal", "--python-version=3.11", "--no-annotate", "--no-header", "--quiet"]
GRAPHICS = ("cuda-", "nvidia-", "triton")  # asked for by PyTorch's files for graphics cards, which these need not be
HEAD = "# Made by tools/lock.py from {}: not to be changed by hand.\n"
HASHES = "# By its hashes, a file that was changed after it was tested is refused.\n"
NO_HASHES = "# No hashes, for PyTorch's files are not the same everywhere: some are for the processor alone.\n"


def compiled(options: list[str], pinned: str) -> list[str]:
    """An entry for each version, with its hashes if these are asked for; as `pinned` has it where the ranges allow."""
    draft = UV / "draft.lock"
    draft.write_text(pinned, encoding="utf-8")
    command = [python_of(str(UV)), "-m", "uv", "pip", "compile", *options, *FOR_ALL, f"--output-file={draft}"]
    subprocess.run(command, cwd=ROOT, check=True)
    entries = re.split(r"^(?=[a-z0-9])", draft.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [entry for entry in entries if entry and not entry.startswith(GRAPHICS)]


def main(options: list[str]) -> None:
    """Make all locks, the book's first."""
    if not UV.is_dir():
        venv.create(UV, with_pip=True)
        subprocess.run([python_of(str(UV)), "-m", "pip", "install", "--quiet", "uv"], check=True)
    for name, source in SOURCES.items():
        path = ROOT / name
        path.parent.mkdir(exist_ok=True)
        entries = compiled([*source, *options], path.read_text(encoding="utf-8") if path.exists() else "")
        asked = " and ".join(option.replace("--group=", "pyproject.toml's group ") for option in source
                             if "--group" in option or option.endswith(".txt"))  # fmt: skip
        hashed = "--generate-hashes" in source
        if hashed and (torch := [entry for entry in entries if entry.startswith("torch==")]):
            entries.remove(*torch)
            write(
                APART,
                HEAD.format("the groups of pyproject.toml that ask for PyTorch") + NO_HASHES,
                [torch[0].split()[0] + "\n"],
            )
        write(name, HEAD.format(asked) + (HASHES if hashed else NO_HASHES), entries)


def write(name: str, head: str, entries: list[str]) -> None:
    """Write a lock."""
    (ROOT / name).write_text(head + "".join(entries), encoding="utf-8", newline="\n")
    print(f"{name}: {len(entries)} versions")


if __name__ == "__main__":
    main(sys.argv[1:])
