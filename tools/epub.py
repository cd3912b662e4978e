"""Write the built site as an EPUB: _build/book.epub, each page a chapter, the hints and solutions at the end.

python tools/epub.py

The pages of _build/html are read as for paper (print_book). Formulas become MathML alone, drawings pictures with their
description, closed boxes open ones. The same pages give the same bytes: the book's date is SOURCE_DATE_EPOCH, or that
of its edition. Where epubcheck is installed, it has the last word.
"""

import os
import re
import shutil
import subprocess
import sys
import uuid
import zipfile
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import yaml
from bs4 import Tag

from chapters import ROOT, pages
from print_book import SITE, article, contents, offer, place, read, solutions, soup

TARGET = ROOT / "_build" / "book.epub"
STYLE, PACKAGE = (Path(__file__).with_suffix(kind).read_text("utf-8") for kind in (".css", ".opf"))
KINDS = {".xhtml": "application/xhtml+xml", ".svg": "image/svg+xml", ".png": "image/png", ".css": "text/css"}
LEFT_OUT = {  # classes of what only a page on the web can use
    *("katex-html", "nnlib-answer", "nnlib-frames-controls", "nnlib-live-how", "nnlib-page-offer", "nnlib-unseen"),
    *("sd-summary-state-marker", "toctree-wrapper"),
}
MARKED = [("b", "k[a-z]?|ow"), ("i", "c1")]  # keywords and comments of code, of which the site shows the colour
SPECIAL = {"contents.xhtml": "nav", "images/cover.png": "cover-image"}
ANSWERS = "Hints and solutions"
LAST = f'<li><a href="answers.xhtml">{ANSWERS}</a></li>'
TITLE = """<section class="title" epub:type="titlepage"><h1>{title}</h1><p>{author}</p>
<p><img src="images/cover.png" alt="{cover}"/></p><p>{rights}</p></section>"""
CONTAINER = """<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="book.opf" media-type="application/oebps-package+xml"/>
</rootfiles></container>
"""
PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="{lang}" xml:lang="{lang}">
<head><title>{title}</title><link rel="stylesheet" href="book.css"/></head>
<body>{body}</body>
</html>
"""


def code(pre: str) -> str:
    """A block of code as a device without colours shows it: keywords are bold, comments are slanted."""
    for element, classes in MARKED:
        pre = re.sub(f'<span class="(?:{classes})">([^<]*)</span>', rf"<{element}>\1</{element}>", pre)
    return re.sub("</?span[^>]*>", "", pre)


def formula(math: str) -> str:
    """A formula's MathML, without the TeX that it was made from."""
    return re.sub("</?semantics>|<annotation.*?</annotation>", "", math, flags=re.DOTALL)


def lit(svg: str) -> str:
    """A drawing in its light colours, as a file of its own has no page to ask for others; a space is a path too."""
    return re.sub(r"<path(?![^>]*\sd=)", '<path d="M0 0"', re.sub(r"var\(--[\w-]+, *([^()]+)\)", r"\1", svg))


def still(text: Tag) -> Tag:
    """A page's text with its closed boxes open, and with nothing that waits for a script."""
    for node in text.find_all(True):
        classes = node.get("class", [])
        if not LEFT_OUT.isdisjoint(classes) or "hidden" in node.attrs:
            node.extract()
            continue
        if "nnlib-predict" in classes:
            only_question(node)
        if "nnlib-live" in classes:
            node.summary.string = node["aria-label"]
        if "data-caption" in node.attrs:
            node.append(soup(f"<p>{escape(node['data-caption'])}</p>").p)
        if node.name in ("details", "summary"):
            node["class"] = [node.name]
            node.name = "div" if node.name == "details" else "p"
        node.attrs = {key: value for key, value in node.attrs.items() if key != "open" and not key.startswith("data-")}
    return text


def only_question(guess: Tag) -> None:
    """Leave out how to guess in a notebook, and the question too where the box above asks the same."""
    above = guess.find_parent(class_="cell").find_previous_sibling()
    if above is not None and "predict" in above.get("class", []):
        guess.extract()
    for line in guess.find_all("p")[1:]:
        line.extract()


def body(text: Tag, drawn: list[str], files: dict[str, str]) -> str:
    """A page's text as XHTML, with what was set aside; each drawing becomes one of the `files`."""

    def put_back(mark: re.Match) -> str:
        aside = drawn[int(mark[1])]
        if not aside.startswith("<svg"):
            return formula(aside) if aside.startswith("<math") else code(aside)
        name, shows = f"images/{mark[1]}.svg", re.search('aria-label="([^"]*)"', aside)
        files[name] = lit(aside)
        return f'<img src="{name}" alt="{shows[1] if shows else ""}"/>'

    return re.sub(r"<!--(\d+)-->", put_back, str(text))


def linked(bodies: dict[str, str]) -> dict[str, str]:
    """The pages' texts, in which each link within the book names the file that holds its place."""
    home = {name: file for file, html in bodies.items() for name in re.findall(r'<[^<>]*\sid="([^"]*)"', html)}

    def whole(link: re.Match) -> str:
        if link[2] not in home:
            raise ValueError(f"a link leads to {link[2]}, which is no place in the book")
        return f"{link[1]}{home[link[2]]}#{link[2]}"

    return {file: re.sub(r'(<a\b[^>]*\shref=")#([^"]*)', whole, html) for file, html in bodies.items()}


def navigation(listed: list[tuple[str, str, str]]) -> str:
    """The contents: each page's file and title, below the caption of its part."""
    lines, end = [], ""
    for caption, file, title in listed:
        if caption:
            lines.append(f"{end}<li><span>{escape(caption)}</span><ol>")
            end = "</ol></li>"
        lines.append(f'<li><a href="{file}">{escape(title)}</a></li>')
    return "\n".join(['<nav epub:type="toc" role="doc-toc"><h1>Contents</h1><ol>', *lines, end, LAST, "</ol></nav>"])


def about() -> dict[str, str]:
    """What the book says of itself."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    edition = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))["date-released"]
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    date = datetime.fromtimestamp(int(seconds), UTC) if seconds else datetime.fromisoformat(str(edition))
    options = config["sphinx"]["config"]
    said = {
        "title": config["title"],
        "author": config["author"],
        "rights": f"© {config['copyright']}",
        "lang": options["language"],
        "cover": options["ogp_image_alt"],
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{config['title']}, {config['author']}")),
        "modified": date.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return {key: escape(text) for key, text in said.items()}


def book(site: Path, names: list[str]) -> dict[str, str | bytes]:
    """The files of the EPUB, by their names in it."""
    said, drawn, answers, listed, texts, files = about(), [], [], [], {}, {}
    for caption, page in contents(soup((site / f"{names[0]}.html").read_text("utf-8")), names):
        text, file = article(page, read(site, page, drawn), set(names)), f"{place(page)}.xhtml"
        title = text.h1.get_text()
        listed.append((caption, file, title))
        answers += solutions(page, text, title)
        part = f'<p class="part">{escape(caption)}</p>' if caption else ""
        texts[file] = part + body(still(text), drawn, files)
    end = soup(f'<article class="answers"><h1>{ANSWERS}</h1></article>').article
    end.extend(answers)
    texts["answers.xhtml"] = body(still(end), drawn, files)
    texts = {"title.xhtml": TITLE.format(**said), "contents.xhtml": navigation(listed), **linked(texts)}
    files["images/cover.png"] = (site / "_static" / "preview.png").read_bytes()
    files["book.css"] = STYLE
    for file, html in texts.items():
        title = re.sub("<[^>]*>", "", re.search("<h1[^>]*>(.*?)</h1>", html, re.DOTALL)[1])
        files[file] = PAGE.format(title=title, body=html, lang=said["lang"])
    manifest = [item(file, "<math" in texts.get(file, "")) for file in files]
    spine = [f'<itemref idref="{place(file)}"/>' for file in texts]
    package = PACKAGE.format(manifest="\n".join(manifest), spine="\n".join(spine), **said)
    return {"mimetype": "application/epub+zip", "META-INF/container.xml": CONTAINER, "book.opf": package, **files}


def item(file: str, has_formulas: bool) -> str:
    """What the package says of a file."""
    properties = SPECIAL.get(file, "mathml" if has_formulas else "")
    said = f' properties="{properties}"' if properties else ""
    return f'<item id="{place(file)}" href="{file}" media-type="{KINDS[Path(file).suffix]}"{said}/>'


def write(target: Path, files: dict[str, str | bytes]) -> None:
    """Pack the files: the first as it is, the others made small, all under one date."""
    partial = target.with_name(f"{target.name}.partial")
    try:
        with zipfile.ZipFile(partial, "w") as packed:
            for name, content in files.items():
                entry = zipfile.ZipInfo(name)
                entry.create_system = 3  # as on Linux, on every system
                entry.external_attr = 0o644 << 16  # all may read what is unzipped
                entry.compress_type = zipfile.ZIP_DEFLATED if name != "mimetype" else zipfile.ZIP_STORED
                packed.writestr(entry, content)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def checker() -> list[str]:
    """The command that starts epubcheck, or nothing; Debian's is a program for Java, which not every system sees."""
    if (found := shutil.which("epubcheck")) is None:
        return []
    with open(found, "rb") as file:
        return ["java", "-jar", found] if file.read(2) == b"PK" else [found]


def faults(target: Path, command: list[str]) -> list[str]:
    """What epubcheck says is wrong, a line each."""
    quick = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # half the time, for so short a run
    environment = {**os.environ, "JAVA_TOOL_OPTIONS": quick}
    done = subprocess.run([*command, str(target)], env=environment, capture_output=True, text=True)
    lines = f"{done.stdout}\n{done.stderr}".strip().splitlines()
    found = [line for line in lines if line.startswith(("ERROR", "FATAL", "WARNING"))]
    return found or lines[-1:] * bool(done.returncode)


def main() -> str | None:
    """Write the EPUB; return what went wrong."""
    names = [name.removesuffix(".md").removesuffix(".ipynb") for name in pages()]
    if missing := [name for name in names if not (SITE / f"{name}.html").is_file()]:
        return f"The site lacks {missing[0]}.html: run `make book` first."
    try:
        write(TARGET, book(SITE, names))
        offer(TARGET, SITE)
    except (OSError, ValueError) as error:
        return f"The EPUB could not be written: {error}"
    command = checker()
    if command and (found := faults(TARGET, command)):
        return f"epubcheck finds {len(found)} faults in {TARGET}; the first: {found[0]}"
    how = "epubcheck finds no fault in it" if command else "unchecked, for want of epubcheck"
    print(f"The book is written: {TARGET.as_uri()} ({TARGET.stat().st_size / 1e6:.1f} MB), {how}")
    return None


if __name__ == "__main__":
    sys.exit(main())
