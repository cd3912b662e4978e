"""tools/environment.py says plainly what is missing, and sets up what is not."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import environment

TOOL = Path(environment.__file__)


def new_project(folder):
    """A project of its own, which needs no package."""
    (folder / "tools").mkdir(parents=True)
    shutil.copy(TOOL, folder / "tools")
    (folder / "requirements.lock").write_text("# nothing\n")
    return folder


@pytest.fixture
def project(tmp_path):
    """A project before its first set-up."""
    return new_project(tmp_path / "project")


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A project and what its first set-up said."""
    folder = new_project(tmp_path_factory.mktemp("ready") / "das Büch")
    return folder, set_up(folder)


@pytest.fixture
def ready(first, project):
    """A project with an environment that is there, but set up for another folder."""
    shutil.copytree(first[0] / ".venv", project / ".venv", symlinks=True)
    return project


def set_up(project, **variables):
    """Run the tool as a reader does."""
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
    command = [sys.executable, project / "tools" / "environment.py"]
    return subprocess.run(command, env=surroundings | variables, capture_output=True, text=True)


def test_an_old_python_is_told_what_is_needed():
    assert environment.version_problem((3, 6, 15), "/opt/python3.6") == (
        "Python 3.11 or later is needed, this is 3.6.15 (/opt/python3.6): "
        "install it, or name another with `make PYTHON=python3.12 book`"
    )
    assert environment.version_problem((3, 10, 13), "python") is not None


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 14, 2), (4, 0, 0)])
def test_a_newer_python_will_do(version):
    assert environment.version_problem(version, "python") is None


def test_an_old_python_can_read_the_tool():
    tree = ast.parse(TOOL.read_text(encoding="ascii"), feature_version=(3, 7))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.NamedExpr | ast.Match)]
    hints = [n for n in ast.walk(tree) if getattr(n, "annotation", None) or getattr(n, "returns", None)]
    assert not hints  # which an old Python would compute, and list[str] or str | None is an error there


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_its_venv_module_is_told_how_to_get_it(project, tmp_path, module):
    shadow = tmp_path / "shadow"
    shadow.mkdir()
    (shadow / f"{module}.py").write_text(f"raise ImportError('No module named {module}')")
    done = set_up(project, PYTHONPATH=str(shadow))
    assert done.returncode == 1
    assert f"lacks its venv module (No module named {module})" in done.stderr
    assert f"sudo apt install python3.{sys.version_info[1]}-venv" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (project / ".venv").exists()


def test_it_makes_an_environment_once(first):
    folder, done = first
    assert done.returncode == 0, done.stderr
    assert "Making .venv with Python" in done.stdout
    assert Path(environment.python_of(str(folder / ".venv"))).exists()
    again = set_up(folder)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


def test_the_books_own_packages_are_found_from_anywhere(first, tmp_path):
    folder, _ = first
    for module in ("book/nnlib.py", "book/_ext/nnbook.py", "tools/chapters.py", "measure.py"):
        (folder / module).parent.mkdir(parents=True, exist_ok=True)
        (folder / module).touch()
    code = "import chapters, measure, nnbook, nnlib; print(nnlib.__file__)"
    command = [environment.python_of(str(folder / ".venv")), "-I", "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert Path(done.stdout.strip()).samefile(folder / "book" / "nnlib.py")


def test_it_installs_again_when_the_lock_changes(ready):
    done = set_up(ready)
    assert done.returncode == 0, done.stderr
    assert "Making" not in done.stdout
    assert "Installing" in done.stdout
    (ready / "requirements.lock").write_text("# something else\n")
    assert "Installing" in set_up(ready).stdout
    assert set_up(ready).stdout == ""


def test_it_mends_a_damaged_environment(ready):
    python = Path(environment.python_of(str(ready / ".venv")))
    python.unlink()
    done = set_up(ready)
    assert done.returncode == 0, done.stderr
    assert "Making .venv" in done.stdout
    assert python.exists()


def test_an_index_out_of_reach_is_named_and_leaves_no_stamp(ready):
    (ready / "requirements.lock").write_text("a-package-that-cannot-be-had\n")
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "1", "PIP_CONFIG_FILE": os.devnull}
    for _ in range(2):  # the second run is not taken in by the first
        done = set_up(ready, **nowhere)
        assert done.returncode == 1
        assert "The package index could not be reached" in done.stderr.splitlines()[-1]


def test_a_requirement_that_is_wrong_is_not_blamed_on_the_network(ready):
    (ready / "requirements.lock").write_text("./no-such-folder\n")
    done = set_up(ready, PIP_CONFIG_FILE=os.devnull)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "pip could not install the packages; its last lines above say why"


def test_a_folder_of_the_readers_own_is_left_alone(project):
    (project / ".venv").mkdir()
    (project / ".venv" / "thesis.txt").write_text("mine")
    done = set_up(project)
    assert done.returncode == 1
    assert "move it away" in done.stderr
    assert (project / ".venv" / "thesis.txt").exists()
