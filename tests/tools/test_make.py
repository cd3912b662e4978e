"""`make help` shows every command, and each is a command and no file."""

import re
import shutil
import subprocess

import pytest

from chapters import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = re.findall(r"^([a-z-]+):(?!=)", MAKEFILE, re.MULTILINE)


pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="there is no make here")


def test_every_command_is_declared_as_one():
    command = ["make", "--print-data-base", "--question", "help"]  # runs nothing, and says what make has understood
    database = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    assert sorted(TARGETS) == sorted(re.search(r"^\.PHONY: (.*)$", database, re.MULTILINE)[1].split())


def test_help_shows_every_command_with_what_it_does():
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    shown = dict(re.findall(r"^  make (\S+) +(\S.*)$", done.stdout, re.MULTILINE))
    assert list(shown) == TARGETS
    assert all(len(what) > 10 for what in shown.values())


def test_what_a_command_starts_is_there():
    started = re.findall(r"(?:tools|locks)/\S+\.(?:py|lock)", MAKEFILE)
    assert started and [name for name in started if not (ROOT / name).is_file()] == []
    modules = re.findall(r"-m (measure[.\w]*)", MAKEFILE)
    assert modules and all((ROOT / module.replace(".", "/")).with_suffix(".py").is_file()
        or (ROOT / module.replace(".", "/") / "__main__.py").is_file() for module in modules)  # fmt: skip
