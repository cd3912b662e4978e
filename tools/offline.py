"""Pack the built site for a stick: _build/book-offline.zip, to read from disk, and to run by a small server in it.

python tools/offline.py

One folder holds READ-ME.txt, index.html, which opens the book, serve.py, and the whole of _build/html as site/. Python
for live pages is in it where the site was built with BOOK_PYODIDE. The same site gives the same bytes.
"""

import json
import re
import sys
from pathlib import Path
from urllib.parse import unquote

from chapters import ROOT, pages
from epub import write
from nnbook import live
from print_book import FORMS, SITE

TARGET = ROOT / "_build" / "book-offline.zip"
HERE = Path(__file__).parent
NEEDED = ("index.html", "searchindex.js", "live/live.js", "live/live.css", "live/worker.js", "live/book.zip",
    "live/version.json", "live/pyodide-lock.json", "lite/jupyter-lite.json", "lite/notebooks/index.html")  # fmt: skip
NAMED = re.compile(r'<[^<>]+\s(?:href|src)="([^"#?:]+)(?:[#?][^"]*)?"|\sdata-page="([^"]+)"')
WITH = "that is here too, and nobody else is asked"
WITHOUT = "that comes from cdn.jsdelivr.net ({} MB), as this copy was made without it"
OPENS = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>How a Neural Network Learns</title>
<meta http-equiv="refresh" content="0; url=site/index.html"></head>
<body><p><a href="site/index.html">Open the book</a></p></body></html>
"""


def has_python(site: Path) -> bool:
    """Whether the site brings Python for its live pages."""
    return (site / "live" / "pyodide").is_dir()


def fault(site: Path, names: list[str]) -> str | None:
    """What is missing, or does not fit, in a site that must have these pages."""
    needed = [*(f"{name}.html" for name in names), *NEEDED]
    needed += [f"live/pyodide/{name}" for name in live.sums()] if has_python(site) else []
    if missing := [name for name in needed if not (site / name).is_file()]:
        return f"The site lacks {missing[0]}: run `make book` first."
    for name in ["index", *names]:
        path = site / f"{name}.html"
        for file, cells in NAMED.findall(path.read_text("utf-8")):
            if not (site / "live" / cells if cells else path.parent / unquote(file)).exists():
                return f"{name}.html names {cells or file}, which the site lacks: run `make book` first."
    for path in sorted((site / "live" / "book").rglob("*.json")):
        if (json.loads(path.read_text("utf-8"))["python"]["address"] == "pyodide/") != has_python(site):
            return f"live/book/{path.name} is of another build than Python: run `make book` first."
    return None


def files(site: Path) -> dict[str, str | bytes]:
    """The files of the zip, by their names in it, in order."""
    said = HERE.joinpath("offline.txt").read_text("utf-8")
    python = WITH if has_python(site) else WITHOUT.format(live.megabytes())
    found = {f"site/{path.relative_to(site).as_posix()}": path for path in site.rglob("*") if path.is_file()}
    found = {name: path.read_bytes() for name, path in found.items()}
    found |= {"READ-ME.txt": said.format(python=python), "index.html": OPENS}
    found["serve.py"] = HERE.joinpath("serve.py").read_text("utf-8")
    return {f"book-offline/{name}": found[name] for name in sorted(found)}


def main() -> str | None:
    """Pack the site; return what went wrong."""
    names = [name.removesuffix(".md").removesuffix(".ipynb") for name in pages()]
    try:
        if wrong := fault(SITE, names):
            return wrong
        packed = files(SITE)
        write(TARGET, packed)
    except OSError as error:
        return f"The book could not be packed: {error}"
    python = "Python for them" if has_python(SITE) else "no Python (BOOK_PYODIDE was not set)"
    forms = [name for name in FORMS if (SITE / name).is_file()]
    inside = ", ".join([f"{len(names)} pages", python, "JupyterLite", *forms, "serve.py"])
    size = f"{TARGET.stat().st_size / 1e6:.1f} MB, {len(packed)} files"
    print(f"The book is packed: {TARGET.as_uri()} ({size}: {inside})")
    return None


if __name__ == "__main__":
    sys.exit(main())
