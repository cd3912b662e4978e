"""Every check of the book, each with one command; all of them, or those named.

python tools/check.py
python tools/check.py ruff spelling
"""

import json
import subprocess
import sys
import time

from chapters import CELL_TIMEOUT, ROOT, chapters, data_of, lacks_data, metadata, surroundings

PYTEST = [sys.executable, "-m", "pytest"]


def ruff() -> list[str]:
    """Python files and notebooks, by the rules of pyproject.toml."""
    return [sys.executable, "-m", "ruff", "check", "."]


def scripts() -> list[str]:
    """Scripts and style sheets of the pages, by the rules of biome.json."""
    return [sys.executable, "tools/lint_scripts.py"]


def spelling() -> list[str]:
    """The prose of pages and notebooks, and the code; a notebook's outputs are left out."""
    folder = ROOT / "_build" / "spelling"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for path in chapters():
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        text = "\n\n".join("".join(cell["source"]) for cell in cells)
        folder.joinpath(f"{path.stem}.txt").write_text(text, encoding="utf-8")
    texts = [str(text) for text in folder.iterdir()]
    own = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    files = [file for file in own.split("\0") if file.endswith((".md", ".py", ".yml", ".toml", ".bib", ".cff"))]
    return [sys.executable, "-m", "codespell_lib", *files, *texts]


def workflows() -> list[str]:
    """The workflows against GitHub's own description of them."""
    files = sorted(str(path) for path in (ROOT / ".github" / "workflows").glob("*.yml"))
    return [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", *files]


def book() -> list[str]:
    """The site, every page anew: a warning, a dead link or a missing reference is a failure."""
    return [sys.executable, "tools/build_book.py", "--strict"]


def notebooks() -> list[str]:
    """Every chapter is run, and what it gives is compared with what it has stored."""
    paths = chapters()
    if not paths:
        sys.exit("_toc.yml lists no notebook that exists")
    for path in paths:
        if lacks_data(metadata(path)):
            data = data_of(metadata(path)).title
            print(f"{path.name}: {data} IS NOT HERE, so it runs to its end and its outputs are not compared")
    return [
        *PYTEST,
        "--nbval",
        f"--nbval-sanitize-with={ROOT / 'tests' / 'nbval_sanitize.cfg'}",
        f"--nbval-cell-timeout={CELL_TIMEOUT}",
        "-punverifiable",
        "-n2",
        "--dist=loadfile",
        *map(str, paths),
    ]


def tests() -> list[str]:
    """nnlib, the tools and the rules that every notebook keeps, with nnlib's coverage."""
    return [*PYTEST, "tests", "-n2", "--dist=loadfile", "--cov=nnlib", "--cov-report=term-missing:skip-covered"]


CHECKS = {check.__name__: check for check in (ruff, scripts, spelling, workflows, book, notebooks, tests)}


def main(names: list[str]) -> str | None:
    """Run the checks named, or all; return what failed."""
    if unknown := [name for name in names if name not in CHECKS]:
        return f"no check is called {', '.join(unknown)}; there are {', '.join(CHECKS)}"
    environment = surroundings() | {"PYTHONPATH": str(ROOT / "tools")}
    failed = []
    for name in names or CHECKS:
        print(f"\n=== {name}: {CHECKS[name].__doc__}", flush=True)
        start = time.monotonic()
        if subprocess.run(CHECKS[name](), cwd=ROOT, env=environment).returncode:
            failed.append(name)
        elif name != "tests":  # the last lines stay the test runner's own summary
            print(f"=== {name} passed, {time.monotonic() - start:.0f} s", flush=True)
    return f"\nFAILED: {', '.join(failed)}" if failed else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
