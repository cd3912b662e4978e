"""Lint scripts and style sheets by the rules of biome.json.

python tools/lint_scripts.py

A part of an interactive uses names of other parts, so it is read twice: where it lies, and joined as a browser gets it.
"""

import subprocess
import sys

from chapters import ROOT
from nnbook.npm import NODE, packages
from nnlib.alive import live

BUILD = ROOT / "_build"
UNUSED = "lint/correctness/noUnusedVariables"
SHARED = "/* biome-ignore-start {0}: each uses what it needs */\n{1}\n/* biome-ignore-end {0}: its own follows */"


def main() -> int:
    """Write the joined scripts anew, then let Biome read everything; its return code."""
    joined = BUILD / "lint"
    joined.mkdir(parents=True, exist_ok=True)
    for old in joined.iterdir():
        old.unlink()
    shared = "\n".join((live.HERE / part).read_text("utf-8") for part in live.SHARED)
    for name in live.names():
        (joined / f"{name}.js").write_text(live.script(name).replace(shared, SHARED.format(UNUSED, shared)), "utf-8")
    biome = packages(ROOT, BUILD) / "@biomejs" / "biome" / "bin" / "biome"
    return subprocess.run([NODE, biome, "lint", "--error-on-warnings", "--max-diagnostics=none"], cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main())
