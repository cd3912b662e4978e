"""Contents: what follows from _toc.yml and the chapters' own first lines, written anew where it differs.

python tools/contents.py

README's table, the map on the first page, the notebook that opens first in JupyterLab, the titles that `progress()`
shows, and the list of addresses that readers may have kept. To that list it adds; what once stood there stays.
"""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import yaml

from chapters import ROOT, about, label, numbered, pages, parts, title
from run_notebooks import KERNELSPEC, LANGUAGE

BEGIN, END = "<!-- chapters: written by `make contents` -->", "<!-- end of chapters -->"
NOTEBOOK = ROOT / "book" / "contents.ipynb"
ADDRESSES = ROOT / "tests" / "book" / "addresses.txt"
OF_SPHINX = ("index", "search", "404")  # pages that no file of the book writes


def between_marks(text: str, rows: list[str]) -> str:
    """The text with these rows in place of those between its two marks."""
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise ValueError(f"expected one line {BEGIN} and, after it, one line {END}")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    return "\n".join([before + BEGIN, "", *rows, "", END + after])


def rows(chapter: Callable[[int, Path], str], caption: Callable[[str], str]) -> list[str]:
    """A table's row for each numbered chapter, under one for each part."""
    made, number = [], 0
    for name, is_numbered, paths in parts():
        if is_numbered and paths:
            made += [caption(name), *(chapter(number + at, path) for at, path in enumerate(paths, start=1))]
            number += len(paths)
    return made


def readme(text: str) -> str:
    """README with a row for each chapter."""
    made = rows(
        lambda number, path: f"| {number} | [{title(path)}]({path.relative_to(ROOT).as_posix()}) | {about(path)} |",
        lambda name: f"| | **{name}** | |",
    )
    return between_marks(text, ["| | chapter | the one thing to take away |", "|---|---|---|", *made])


def first_page(text: str) -> str:
    """The book's first page with a row for each chapter."""
    made = rows(lambda _, path: f"| {{ref}}`ch-{label(path)}` | {about(path)} |", lambda name: f"| **{name}** | |")
    return between_marks(text, ["| chapter | the one thing to take away |", "|---|---|", *made])


def notebook(_: str = "") -> str:
    """A notebook of links to all others, by part."""
    opening = "# How a Neural Network Learns\n\nEvery chapter is a notebook: open one, change a number, run the cell."
    texts, number = [opening], 0
    for caption, is_numbered, paths in parts():
        lines = []
        for path in paths:
            number += is_numbered
            link = f"[{title(path)}]({path.name})"
            lines.append(f"{number}. {link}: {about(path)}" if is_numbered else f"- {link}")
        texts += [f"## {caption}\n\n" + "\n".join(lines)] if lines else []
    cells = [
        {"cell_type": "markdown", "id": f"cell-{place:03}", "metadata": {}, "source": text.splitlines(keepends=True)}
        for place, text in enumerate(texts, start=1)
    ]
    metadata = {"kernelspec": KERNELSPEC, "language_info": LANGUAGE}
    whole = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def titles(_: str = "") -> str:
    """Label and title of each chapter, in the book's order."""
    return json.dumps({label(path): title(path) for path in numbered()}, indent=1, ensure_ascii=False) + "\n"


def addresses(text: str) -> str:
    """The list of addresses with those of today's pages added, each with the label that stands first on its page."""
    return "".join(f"{line}\n" for line in sorted({*text.split(), *OF_SPHINX, *map(address, pages())}))


def address(page: str, root: Path = ROOT) -> str:
    """A page's address on the site, and on the page its own label."""
    file = root / f"{page}.ipynb"
    text = "".join(json.loads(file.read_text("utf-8"))["cells"][0]["source"]) if file.exists() else ""
    text = text or (root / f"{page}.md").read_text("utf-8")
    found = re.search(r"^\(([a-z][a-z0-9-]*)\)=\n# ", text, re.MULTILINE)
    return f"{page}#{found[1]}" if found else page


def redirects(root: Path = ROOT) -> dict[str, str]:
    """Where each page that has moved is now, from _config.yml."""
    return yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))["sphinx"]["config"]["redirects"]


def gone(known: list[str], pages: list[str], moved: dict[str, str]) -> list[str]:
    """What is wrong with the addresses that readers may have kept, and with the table of those that moved."""
    there, wrong = {*pages, *OF_SPHINX}, []
    for page in sorted({line.partition("#")[0] for line in known} - there - moved.keys()):
        wrong.append(f"{page} has gone: say where it is now, under redirects: in _config.yml")
    for old, new in moved.items():
        if new.partition("#")[0] not in there:
            wrong.append(f"{old} leads to {new}, which is no page")
        if old in there:
            wrong.append(f"{old} has moved to {new}, and is still a page of _toc.yml")
    return wrong


WRITTEN: dict[Path, Callable[[str], str]] = {
    ROOT / "README.md": readme,
    ROOT / "book" / "index.md": first_page,
    NOTEBOOK: notebook,
    ROOT / "book" / "nnlib" / "exercises" / "chapters.json": titles,
    ADDRESSES: addresses,
}


def main() -> None:
    """Write each file that is not as it follows."""
    for path, made in WRITTEN.items():
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        if (new := made(text)) != text:
            path.write_text(new, encoding="utf-8")
            print(f"{path.relative_to(ROOT)}: written")


if __name__ == "__main__":
    sys.exit(main())
