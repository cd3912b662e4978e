"""Mutation: change nnlib's core in small ways, one at a time, and see whether its tests notice.

    python tools/mutation.py                     every core file
    python tools/mutation.py losses transforms   these alone

A change that no test notices, a survivor, is either a behaviour without a test or a change that makes no difference.
mutmut makes the changes: numbers, operators, comparisons, arguments, assignments, conditions and strings, inside
functions; pyproject.toml says in which files, and which tests run. It works on a copy below _build.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "_build" / "mutation" / "copy"
MUTMUT = Path(sys.executable).with_name("mutmut")
BAR = 0.95  # the share of changes that the tests must notice
NOTICED = {"killed", "timeout"}  # a change that makes a test run for ever has been noticed too


def copy() -> None:
    """A fresh copy of nnlib and its tests, laid out as mutmut needs it."""
    shutil.rmtree(WORK, ignore_errors=True)
    shutil.copytree(ROOT / "book" / "nnlib", WORK / "src" / "nnlib")
    for name in ("tests", "tests/nnlib"):
        (WORK / name).mkdir()
        for file in (ROOT / name).glob("*.py"):
            shutil.copy2(file, WORK / name)
    shutil.copy2(ROOT / "pyproject.toml", WORK)


def mutmut(*arguments: str) -> str:
    """What a command of mutmut prints."""
    return subprocess.run([MUTMUT, *arguments], cwd=WORK, stdout=subprocess.PIPE, text=True, check=True).stdout


def results() -> dict[str, str]:
    """How each change ended, by its name such as nnlib.losses.x_one_hot__mutmut_1."""
    return dict(re.findall(r"^ +(nnlib\S+): (.+)$", mutmut("results", "--all", "True"), flags=re.MULTILINE))


def main(files: list[str], processes: str) -> str | None:
    """Try every change; return what is wrong, or nothing."""
    copy()
    wanted = [f"nnlib.{file}.*" for file in files]
    subprocess.run([MUTMUT, "run", "--max-children", processes, *wanted], cwd=WORK, check=True)
    if slow := [name for name, end in results().items() if end == "timeout"]:  # or the machine was asleep
        subprocess.run([MUTMUT, "run", "--max-children", processes, *slow], cwd=WORK, check=True)

    ends = {name: end for name, end in results().items() if end != "not checked"}
    for name, end in ends.items():
        if end not in NOTICED:
            print(f"\n{end}: {mutmut('show', name)}")
    total = Counter(name.split(".")[1] for name in ends)
    noticed = Counter(name.split(".")[1] for name in ends if ends[name] in NOTICED)
    for file in total:
        print(f"{file:16}{noticed[file]:5} of {total[file]:4} noticed")
    share = noticed.total() / total.total()
    print(f"{'all':16}{noticed.total():5} of {total.total():4} noticed, {share:.1%}")
    return f"fewer than {BAR:.0%} of the changes were noticed" if share < BAR else None


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="*")
    parser.add_argument("--processes", default=str(os.cpu_count() or 1))
    arguments = parser.parse_args()
    sys.exit(main(arguments.files, arguments.processes))
