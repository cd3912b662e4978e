"""Supply chain: what CI installs is what was tested, what it may do is little, and no data is ever run."""

import ast
import re
import subprocess

import pytest
import yaml

from chapters import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
MAY_WRITE = {"publish": {"pages", "id-token"}, "colab": {"contents"}}  # which job may change what; no other may
UNPICKLERS = {"pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}


def pins(name):
    """The lines of a file that pin a version, without their hashes."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [line.removesuffix(" \\") for line in lines if re.match(r"[a-z0-9]", line)]


def test_the_lock_holds_the_tested_versions_and_a_hash_for_each():
    assert pins("requirements.lock") == pins("constraints.txt")
    entries = re.split(r"^(?=[a-z0-9])", (ROOT / "requirements.lock").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}\n", entry) for entry in entries[1:])


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


def test_nothing_of_the_book_runs_what_a_file_holds():
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    files = [name for name in listed.split() if not name.startswith("tests/")]
    assert "book/nnlib/storage.py" in files
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
