"""Plain: the chapters as any notebook application shows them, with none of the book's own markup.

python tools/plain.py lab     into a folder beside the book's, for JupyterLab; what a reader has changed there stays
python tools/plain.py book    in place of the chapters, for an image that is thrown away, as Binder's is

A chapter is written for the site: boxes, references, and numbers that its own cells make. Where it is opened as a
notebook, a box becomes a quotation, what is closed a `<details>`, a reference a link, a number what it was when the
chapter was last run, and folded code is collapsed. Code is left as it is, but that a meant error does not end a run,
and a check has said nothing yet: what it says of code with a fault to be found names the fault.
A chapter that needs an environment of its own opens with that environment's kernel, where it is here; it is left out
wherever nobody can set one up, in Binder, Colab and the browser, and links to it are words there.
"""

import ast
import functools
import hashlib
import itertools
import json
import re
import shutil
import sys
import textwrap
from pathlib import Path

from chapters import ROOT, anywhere, chapters, environment_of, kernel_of, lacks_environment

BOOK = ROOT / "book"
BESIDE = ("weights", "measured")  # what chapters read
CONTENTS = "contents.ipynb"
OPTION = re.compile(r":[\w-]+:")
LABEL = re.compile(r"^\(([\w-]+)\)=\s*\n+#+ (.+)$", re.MULTILINE)
EQUATION = re.compile(r"\$\$(.*?)\$\$[ \t]*\(([\w-]+)\)", re.DOTALL)
ROLE = re.compile(r"\{([\w:-]+)\}`([^`<]*?)\s*(?:<([^`>]+)>)?`")
CHECK = re.compile(r"^(\w+)\.(\w+)\.check\(", re.MULTILINE)  # of an exercise: its module's name here, and its own
FOLDED = {"hide-input", "remove-input", "hide-cell", "remove-cell"}


def plain(notebook: dict) -> dict:
    """A chapter's notebook in Markdown, HTML and TeX alone, with its folded code collapsed."""
    numbers = glued(notebook)
    prose = "\n".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    equations = {name: place for place, (_, name) in enumerate(EQUATION.findall(prose), start=1)}
    return notebook | {"cells": [in_plain(cell, numbers, equations) for cell in notebook["cells"]]}


def in_plain(cell: dict, numbers: dict[str, str], equations: dict[str, int]) -> dict:
    """One cell of it."""
    if cell["cell_type"] == "markdown":
        text = EQUATION.sub(lambda found: f"$${found[1].rstrip()} \\tag{{{equations[found[2]]}}}\n$$", source(cell))
        text = ROLE.sub(lambda found: said(*found.groups(), numbers, equations), text)
        return cell | {"source": boxes(re.sub(r"^\([\w-]+\)=\n", "", text, flags=re.MULTILINE))}
    tags = set(cell["metadata"].get("tags", ()))
    if "raises-exception" in tags:
        return cell | forgiving(source(cell))
    if CHECK.search(source(cell)):
        return cell | {"outputs": []}
    if tags & FOLDED:
        return cell | {"metadata": cell["metadata"] | {"jupyter": {"source_hidden": True}, "cellView": "form"}}
    return cell


def forgiving(code: str) -> dict:
    """A cell whose error is what it shows, as one that says it and goes on: elsewhere "Run all" would end there."""
    indented = textwrap.indent(code, "    ")
    says = 'print(f"{type(error).__name__}: {error}")'
    return {
        "source": f"try:\n{indented}\nexcept Exception as error:  # that this stops is the point\n    {says}",
        "outputs": [],
    }


def source(cell: dict) -> str:
    """A cell's text, which may be stored as lines."""
    return "".join(cell["source"])


def glued(notebook: dict) -> dict[str, str]:
    """Each number that the notebook's cells have glued, as it was printed."""
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", ())]
    named = ((output.get("metadata", {}).get("scrapbook", {}).get("name"), output) for output in outputs)
    return {name: ast.literal_eval("".join(*output["data"].values())) for name, output in named if name}


def said(role: str, text: str, target: str | None, numbers: dict[str, str], equations: dict[str, int]) -> str:
    """What a role says: {ref}`text <target>`, or without a text of its own."""
    name = target or text
    if role == "glue:text":
        return numbers[name]
    if role == "eq":
        return f"({equations[name]})" if name in equations else link(equation_at(), name, "the formula there")
    if role == "ref":
        return link(labels(), name, text if target else None)
    if role == "cite":
        return f"({', '.join(works()[key.strip()] for key in name.split(','))})"
    return text  # {term}, and {forward}, {backward}, {parameter}, which are colours


def link(places: dict[str, tuple[str, str]], name: str, text: str | None) -> str:
    """A link to a place in a chapter; of a page that is no notebook, what it is called."""
    file, heading = places[name]
    if not file.endswith(".ipynb"):
        return text or f"*{heading}*"
    return f"[{text or heading}]({file}#{heading.replace(' ', '-')})"


@functools.cache
def labels() -> dict[str, tuple[str, str]]:
    """For each label its file and the heading under it."""
    return {name: (file, heading) for file, text in pages() for name, heading in LABEL.findall(text)}


@functools.cache
def equation_at() -> dict[str, tuple[str, str]]:
    """For each formula that has a name its file and that file's title."""
    return {name: (file, LABEL.search(text)[2]) for file, text in pages() for _, name in EQUATION.findall(text)}


@functools.cache
def pages() -> list[tuple[str, str]]:
    """Every page's file and Markdown."""
    notebooks = [(path.name, json.loads(path.read_text(encoding="utf-8"))) for path in chapters()]
    texts = [
        (name, "\n\n".join(source(cell) for cell in notebook["cells"] if cell["cell_type"] == "markdown"))
        for name, notebook in notebooks
    ]
    return texts + [(path.name, path.read_text(encoding="utf-8")) for path in sorted(BOOK.glob("*.md"))]


@functools.cache
def works() -> dict[str, str]:
    """For each work of the bibliography its first author's name and its year, as "Nielsen 2015"."""
    found = {}
    for entry in re.split(r"^@", (BOOK / "references.bib").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        key = re.search(r"\{([^,]+),", entry)[1]
        author, year = (re.search(field, entry, re.S)[1] for field in (r"author = \{(.*?)\},\n", r"year = \{(\d+)\}"))
        authors = re.split(r"\s+and\s+", author.replace("{", "").replace("}", ""))
        name = authors[0].split(",")[0] if "," in authors[0] else authors[0].split()[-1]
        found[key] = f"{name}{' et al.' if len(authors) > 1 else ''} {year}"
    return found


def boxes(text: str) -> str:
    """Markdown with every box as a quotation, and every closed one as `<details>`."""
    lines, done = text.split("\n"), []
    while lines:
        line = lines.pop(0)
        if not (found := re.match(r"(:{3,})\{(admonition|dropdown)\}\s*(.*)$", line)):
            done.append(line)
            continue
        end = lines.index(found[1])
        inside, lines = lines[:end], lines[end + 1 :]
        options = list(itertools.takewhile(OPTION.match, inside))
        body = boxes("\n".join(inside[len(options) :])).strip("\n")
        closed = found[2] == "dropdown" or any("dropdown" in option for option in options)
        done.append(details(found[3], body) if closed else quotation(found[3], body))
    return "\n".join(done)


def details(title: str, body: str) -> str:
    """A block that is closed until its title is clicked."""
    title = re.sub(r"`([^`]+)`", r"<code>\1</code>", re.sub(r"\*([^*]+)\*", r"<em>\1</em>", title))
    return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>\n"


def quotation(title: str, body: str) -> str:
    """A block with a bar beside it; a formula in it stands on one line, since the bar would be read as a part of it."""
    body = re.sub(r"\$\$.*?\$\$", lambda formula: " ".join(formula[0].split()), body, flags=re.DOTALL)
    lines = (f"> {line}".rstrip() for line in (f"**{title}**", "", *body.split("\n")))
    return "\n".join((*lines, ""))  # what follows without an empty line would belong to it


def text_of(path: Path) -> str:
    """The plain form of a chapter's file, for this machine."""
    notebook = plain(json.loads(path.read_text(encoding="utf-8")))
    if environment_of(notebook["metadata"]) and not lacks_environment(notebook["metadata"]):
        notebook["metadata"]["kernelspec"] |= {"name": kernel_of(notebook["metadata"])}
    return as_text(notebook)


def text_elsewhere(path: Path) -> str:
    """The form for Binder, Colab or a browser of a chapter's file, or of the list of the chapters, which is plain.

    It is as short as it can be, since it is sent and read by no person: indents make a sixth of a notebook.
    """
    notebook = json.loads(path.read_text(encoding="utf-8"))
    shown = elsewhere(notebook if path.name == CONTENTS else plain(notebook))
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":")) + "\n"


def elsewhere(notebook: dict) -> dict:
    """A plain notebook without links to the chapters that are not there; their titles stay."""

    def unlinked(found: re.Match) -> str:
        return found[1] if found[2] in gone() else found[0]

    links = re.compile(r"\[([^\]]+)\]\((\w+\.ipynb)(?:#[^)]*)?\)")
    return notebook | {"cells": [cell | {"source": links.sub(unlinked, source(cell))} for cell in notebook["cells"]]}


@functools.cache
def gone() -> set[str]:
    """The files of the chapters that only a reader's own machine can run."""
    return {path.name for path in {*chapters()} - {*anywhere()}}


def as_text(notebook: dict) -> str:
    """A notebook as a file holds it."""
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def write(folder: Path) -> list[str]:
    """Write the chapters and what they read into a folder; the names of those that a reader has changed, which stay."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in BESIDE:
        shutil.copytree(BOOK / name, folder / name, dirs_exist_ok=True)
    stamps = folder / ".written.json"
    written = json.loads(stamps.read_text()) if stamps.is_file() else {}
    texts = {path.name: text_of(path) for path in chapters()}
    texts[CONTENTS] = (BOOK / CONTENTS).read_text(encoding="utf-8")
    changed = []
    for name, text in texts.items():
        file = folder / name
        if file.is_file() and digest(file.read_bytes()) != written.get(name):
            changed.append(name)
            continue
        file.write_text(text, encoding="utf-8", newline="\n")
        written[name] = digest(file.read_bytes())
    stamps.write_text(json.dumps(written))
    return changed


def digest(content: bytes) -> str:
    """A short name for these bytes."""
    return hashlib.sha256(content).hexdigest()


def main(folder: str) -> None:
    """Write the chapters where the command says."""
    if (ROOT / folder).resolve() == BOOK:
        texts = {path: text_elsewhere(path) for path in (*anywhere(), BOOK / CONTENTS)}
        for path in chapters():
            path.unlink()
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8", newline="\n")
        return
    if changed := write(ROOT / folder):
        print(f"As you left them: {', '.join(changed)}. To get one back as the book has it, delete it in {folder}/.")


if __name__ == "__main__":
    main(*sys.argv[1:])
