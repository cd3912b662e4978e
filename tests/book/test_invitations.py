"""What a chapter invites its reader to change runs to its end."""

import json
import subprocess
import sys

import invitations
import pytest

from chapters import ROOT, anywhere, chapters, surroundings


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


INVITING = [path for path in anywhere() if invitations.lesson(load(path))[1]]


@pytest.fixture(scope="session")
def server():
    """A process that has imported what all chapters import, and runs one after the other."""
    environment = surroundings()
    environment.pop("NNLIB_CHECKS")
    command = [sys.executable, invitations.__file__]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT / "book", env=environment, **pipes) as started:
        yield started


@pytest.fixture
def run(server, tmp_path):
    """Run a notebook as a reader would; gives its exit code, and what it said."""

    def run_one(path):
        said = tmp_path / "said.txt"
        print(json.dumps([str(path), str(said)]), file=server.stdin, flush=True)
        return int(server.stdout.readline()), said.read_text("utf-8")

    return run_one


@pytest.mark.parametrize("path", INVITING, ids=lambda path: path.stem)
def test_what_a_reader_is_invited_to_change_runs_to_its_end(run, path):
    code, said = run(path)
    assert code == 0, said[-3000:]


def test_the_chapters_invite():
    tried = {path.stem: sum(map(len, invitations.lesson(load(path))[1].values())) for path in INVITING}
    assert sum(tried.values()) >= 18, tried


def test_a_chapter_with_an_environment_of_its_own_where_nothing_is_tried_invites_to_nothing():
    assert [path.name for path in chapters() if path not in anywhere() and invitations.lesson(load(path))[1]] == []


def notebook(*cells):
    return {
        "cells": [
            {"cell_type": "code", "source": source, "outputs": [], "metadata": {"nnlib": {"try": list(tries)}}}
            for source, *tries in cells
        ]
    }


SMALL = notebook(
    ["a = [1]"],
    ["unneeded = 1 / 0"],
    ["a.append(2)"],
    ["size = 2", "size = 1", "size = 9"],
    ["print(a[:size])"],
    ["from nnlib.exercises import sgd as exercise"],
    ["1 / size"],
)


def test_what_depends_on_a_change_runs_after_it_and_what_it_needs_before():
    ran = [code for _, code in invitations.walk(*invitations.lesson(SMALL))]
    needed, after = ["a = [1]", "a.append(2)"], "print(a[:size])"
    assert ran == [*needed, "size = 1", after, "size = 9", after]


def test_a_name_that_a_change_has_bound_anew_is_brought_back_where_it_is_needed():
    cells = notebook(["size = 2", "size = 9"], ["for n in range(size): pass"], ["n = 7"], ["print(n + size)"])
    ran = [code for _, code in invitations.walk(*invitations.lesson(cells))]
    assert ran[-4:] == ["size = 9", "for n in range(size): pass", "n = 7", "print(n + size)"]


def test_a_cell_runs_as_it_is_first_where_it_is_run_again_or_gone_on_from_and_before_a_later_change():
    cells = notebook(
        ["a = [1]"], ["a.append(2)", "a.append(2)"], ["n = len(a)", "n = n + 1"], ["print(n)"],
        ["from nnlib.exercises import sgd as exercise"],
    )  # fmt: skip
    ran = [code for _, code in invitations.walk(*invitations.lesson(cells))]
    again = ["a = [1]", "a.append(2)", "a.append(2)", "n = len(a)", "print(n)"]
    assert ran[: len(again)] == again
    assert ran[-4:] == ["a.append(2)", "n = len(a)", "n = n + 1", "print(n)"]


@pytest.mark.parametrize(
    ("last", "stops"), [("print(a[size])", True), ("assert size == 2", True), ("print(a[:size])", False)]
)
def test_an_invitation_that_stops_is_noticed(run, tmp_path, last, stops):
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps(notebook(["a = [1, 2, 3]"], ["size = 2", "size = 9"], [last])), encoding="utf-8")
    code, said = run(path)
    assert (code != 0) == stops
    assert ("after the invitation\nsize = 9" in said) == stops


def test_a_check_is_left_out():
    cells = notebook(["size = 2", "size = 9"], ["1 / 0"])
    cells["cells"][1]["metadata"]["tags"] = ["check"]
    assert invitations.lesson(cells) == (["size = 2"], {0: ["size = 9"]})
