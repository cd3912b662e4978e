"""Every check of the book, each with one command; all of them, or those named.

python tools/check.py
python tools/check.py ruff spelling
python tools/check.py other-processor     the notebooks once more, on request alone: CI runs it after all others
python tools/check.py optional            what needs `make bridge` or `make machines`, likewise
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path

from chapters import (
    CELL_TIMEOUT,
    ENVIRONMENTS,
    ROOT,
    chapters,
    data_of,
    environment_of,
    is_here,
    lacks_data,
    metadata,
    python_in,
    runnable,
    surroundings,
)

PYTEST = [sys.executable, "-m", "pytest"]
# The chapters that train longest begin first, so that no worker ends long after the others.
LONGEST = (
    *("handwritten_digits", "the_bug_museum", "generalisation", "stochastic_gradient_descent", "recurrent_networks"),
    *("faster_descent", "gradient_descent", "deep_networks"),
)
# NumPy then computes as on a processor with neither AVX2 nor FMA.
OTHER_PROCESSOR = {"NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR"}


def ruff() -> list[str]:
    """Python files and notebooks, by the rules of pyproject.toml."""
    return [sys.executable, "-m", "ruff", "check", "."]


def formatting() -> list[str]:
    """Python files and notebooks, laid out as ruff lays them out."""
    return [sys.executable, "-m", "ruff", "format", "--check", "."]


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
    return compared(chapters())


def compared(paths: list[Path]) -> list[str]:
    """The command that runs these notebooks, those that can be run here, and compares."""
    paths = runnable(paths)
    if not paths:
        sys.exit("_toc.yml lists no such notebook that can be run here")
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
        "--runxfail",  # with which a cell that nbval expects to fail after one that was interrupted has failed
        "-n3",  # a worker often waits for its kernel, which begins anew for each chapter
        "--dist=loadfile",
        "--no-loadscope-reorder",
        *map(str, sorted(paths, key=lambda path: LONGEST.index(path.stem) if path.stem in LONGEST else len(LONGEST))),
    ]


def optional() -> list[str]:
    """The chapters that need an environment of their own, those whose environment is here."""
    return compared([path for path in chapters() if environment_of(metadata(path))])


def tests_in(name: str) -> Callable[[], list[str]]:
    """The check that runs tests/NAME in the environment of that name."""

    def check() -> list[str]:
        return [python_in(name), "-m", "pytest", f"tests/{name}"]

    check.__doc__ = f"What nnlib does with {ENVIRONMENTS[name]}, in an environment of its own."
    return check


def other_processor() -> list[str]:
    """The notebooks once more, as an older processor computes: nothing may hang on a function's last bit."""
    return notebooks()


def tests() -> list[str]:
    """nnlib, the tools and the rules that every notebook keeps, with nnlib's coverage."""
    return [
        *PYTEST,
        "tests",
        "--ignore=tests/other_browsers",  # `make test-browsers` runs these
        *(f"--ignore=tests/{name}" for name in ENVIRONMENTS),  # and `make test-optional` these
        "-n4",  # a browser often leaves its worker waiting, so that four keep two processors busy
        "--dist=loadfile",
        "--no-loadscope-reorder",  # conftest.py has the longest begin first
        "--cov=nnlib",
        "--cov-report=term-missing:skip-covered",
    ]


CHECKS = {check.__name__: check for check in (ruff, formatting, scripts, spelling, workflows, book, notebooks, tests)}
OPTIONAL = {name: tests_in(name) for name in ENVIRONMENTS if (ROOT / "tests" / name).is_dir()}
ON_REQUEST = {"other-processor": other_processor, "optional": optional, **OPTIONAL}
KNOWN = CHECKS | ON_REQUEST
# Of each group none reads what another writes, and each alone leaves a processor idle.
SIDE_BY_SIDE = (("ruff", "formatting", "scripts", "spelling", "workflows"), ("book", "notebooks"))


def run(name: str, also: dict[str, str], aloud: bool) -> tuple[bool, float]:
    """Run a check, its output shown as it comes, or all at its end; return whether it passed, and the seconds."""
    start = time.monotonic()
    command, environment = KNOWN[name](), surroundings() | also
    if aloud:
        print(f"\n=== {name}: {KNOWN[name].__doc__}", flush=True)
        done = subprocess.run(command, cwd=ROOT, env=environment)
    else:
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        print(f"\n=== {name}: {KNOWN[name].__doc__}\n{done.stdout.decode(errors='replace')}", flush=True)
    passed, seconds = done.returncode == 0, time.monotonic() - start
    if name != "tests":  # which prints the table before its last lines, the test runner's own summary
        print(f"=== {name} {'passed' if passed else 'FAILED'}, {seconds:.0f} s", flush=True)
    return passed, seconds


def main(names: list[str]) -> str | None:
    """Run the checks named, or all; return what failed."""
    if unknown := [name for name in names if name not in KNOWN]:
        return f"no check is called {', '.join(unknown)}; there are {', '.join(KNOWN)}"
    if "optional" in names:
        names = [*names, *(name for name in OPTIONAL if name not in names and is_here(name))]
    failed, took, began = [], {}, time.monotonic()
    group_of = {name: group for group in SIDE_BY_SIDE for name in group}
    for _, group in groupby(names or CHECKS, lambda name: group_of.get(name, name)):
        step = list(group)
        also = {"CHECKED": json.dumps({"all": time.monotonic() - began, **took})}
        if "other-processor" in step:
            also |= OTHER_PROCESSOR
        with ThreadPoolExecutor() as pool:
            begun = [pool.submit(run, name, also, aloud=name == step[-1]) for name in step]
        for name, done in zip(step, begun, strict=True):
            passed, seconds = done.result()
            took[name] = seconds
            failed += [] if passed else [name]
    return f"\nFAILED: {', '.join(failed)}" if failed else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
