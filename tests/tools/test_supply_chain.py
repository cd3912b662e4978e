"""Supply chain: what CI installs is what was tested, what it may do is little, and no data is ever run."""

import ast
import re
import subprocess
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from chapters import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
MAY_WRITE = {"publish": {"pages", "id-token"}, "colab": {"contents"}}  # which job may change what; no other may
UNPICKLERS = {"pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}


LOCKS = ["requirements.lock", *sorted(f"locks/{path.name}" for path in (ROOT / "locks").iterdir())]
GROUPS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]


def asked(path):
    """What a list of requirements asks for, with the lists that it reads."""
    for line in path.read_text(encoding="utf-8").splitlines():
        line = line.split("#")[0].strip()
        if line.startswith("-r "):
            yield from asked(path.parent / line.removeprefix("-r "))
        elif line:
            yield Requirement(line)


def asked_by_group(name):
    """What a dependency group asks for, with the groups that it includes."""
    for entry in GROUPS[name]:
        yield from asked_by_group(entry["include-group"]) if isinstance(entry, dict) else [Requirement(entry)]


def pins(name):
    """The packages of a lock, each with its versions, of which markers choose one."""
    versions = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if found := re.match(r"([a-z0-9-]+)==(\S+)", line):
            versions.setdefault(found[1], set()).add(found[2])
    return versions


def unmet(requirements, versions):
    """The requirements that a lock does not meet."""
    return [
        str(one)
        for one in requirements
        if not versions.get(canonicalize_name(one.name)) or not all(map(one.specifier.contains, versions[one.name]))
    ]


def test_every_range_is_met_by_the_lock():
    assert "numpy" in {one.name for one in asked(ROOT / "requirements.txt")}
    assert unmet(asked(ROOT / "requirements.txt"), pins("requirements.lock")) == []
    assert unmet([Requirement("numpy>=99"), Requirement("no-such-thing")], pins("requirements.lock")) != []


@pytest.mark.parametrize("name", [name for name in LOCKS[1:] if name != "locks/torch.lock"])
def test_every_group_is_met_by_its_lock_with_the_books_own_versions(name):
    locked, book = pins("locks/torch.lock") | pins(name), pins("requirements.lock")
    group = name.removeprefix("locks/").removesuffix(".lock")
    assert unmet([*asked(ROOT / "book/nnlib/requirements.txt"), *asked_by_group(group)], locked) == []
    assert {package: versions for package, versions in locked.items() if book.get(package, versions) != versions} == {}


def test_a_lock_that_is_checked_by_hashes_has_one_for_every_file():
    for name in ("requirements.lock", "locks/mutation.lock", "locks/bridge.lock", "locks/machines.lock"):
        entries = re.split(r"^(?=[a-z0-9])", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert all(re.search(r"--hash=sha256:[0-9a-f]{64}\n", entry) for entry in entries[1:])


def test_a_package_is_named_by_hand_in_one_place():
    hand = [*asked(ROOT / "requirements.txt")]
    names = [one.name for one in hand]
    assert sorted(names) == sorted(set(names))


def trusting(tree):
    """The places of a Python file that could run what a data file holds."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            names = []
        if UNPICKLERS & {name.split(".")[0] for name in names}:
            yield node.lineno
        if isinstance(node, ast.Call):
            called, given = ast.unparse(node.func), {word.arg: ast.unparse(word.value) for word in node.keywords}
            if called in ("np.load", "numpy.load") and given.get("allow_pickle") != "False":
                yield node.lineno
            elif called in ("eval", "exec") or given.get("allow_pickle") == "True":
                yield node.lineno


KERNEL = "book/_ext/nnbook/live/python/kernel.py"  # runs what a reader writes, in that reader's own browser


def test_nothing_of_the_book_runs_what_a_file_holds():
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    files = [name for name in listed.split() if not name.startswith("tests/")]
    assert "book/nnlib/storage.py" in files and KERNEL in files
    files.remove(KERNEL)
    found = [
        f"{name}:{line}" for name in files for line in trusting(ast.parse((ROOT / name).read_text(encoding="utf-8")))
    ]
    assert not found


@pytest.mark.parametrize(
    "code",
    ["import pickle", "from joblib import load", "np.load(path)", "np.load(path, allow_pickle=True)", "eval(text)"],
)
def test_code_that_could_is_found(code):
    assert list(trusting(ast.parse(code)))
    assert not list(trusting(ast.parse("np.load(path, allow_pickle=False)")))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_read_and_nothing_more_unless_a_job_says_so(path):
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] in ({}, {"contents": "read"})
    for name, job in workflow["jobs"].items():
        writes = {right for right, level in job.get("permissions", {}).items() if level == "write"}
        assert writes == MAY_WRITE.get(name, set()), name
        steps = job.get("steps", [])
        checkouts = [step for step in steps if step.get("uses", "").startswith("actions/checkout@")]
        assert all(step["with"]["persist-credentials"] is False for step in checkouts), name
        assert not (writes and checkouts), f"{name} may write, so it must not run the repository's code"
        for step in steps:
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", step.get("uses", "actions/x@v1")), step
            assert "${{" not in step.get("run", ""), "a value in a command line could be a command"
