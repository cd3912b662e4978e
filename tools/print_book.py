"""Print the built site as one PDF: _build/book.pdf, with links, bookmarks, and the hints and solutions at the end.

python tools/print_book.py

The pages of _build/html become one document, in the book's order, which the system's Chromium prints. No request
leaves the machine.
"""

import re
import shutil
import sys
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag
from playwright.sync_api import Browser, sync_playwright

import chromium
from chapters import ROOT, pages
from nnbook.drawn import drawings
from nnbook.figures import with_own_ids

SITE = ROOT / "_build" / "html"
TARGET = ROOT / "_build" / "book.pdf"
STYLE = Path(__file__).with_suffix(".css")
ORIGIN = "http://book.invalid"
DEAD = {"headerlink", "nnlib-forms", "nnlib-live-stage"}  # classes of what does nothing on paper
FORMS = {"book.pdf": "PDF, for paper", "book.epub": "EPUB, for an e-reader"}
ASIDE = re.compile(r"<(svg|math|pre)\b.*?</\1>", re.DOTALL)


def soup(html: str) -> BeautifulSoup:
    """The HTML, parsed."""
    return BeautifulSoup(html, "html.parser")


def place(page: str, fragment: str = "") -> str:
    """The id that a place of a page has in the one document."""
    return f"{page.replace('/', '-')}--{fragment}" if fragment else page.replace("/", "-")


def address(page: str, href: str, known: set[str]) -> str:
    """Where a link of a page leads in the one document; one that leaves the book stays as it is."""
    parts = urlsplit(href)
    if parts.scheme or parts.netloc:
        return href
    target = normpath(join(dirname(page), parts.path)).removesuffix(".html") if parts.path else page
    return f"#{place(target, unquote(parts.fragment))}" if target in known else ""


def read(site: Path, page: str, drawn: list[str]) -> Tag:
    """A page's text. Its drawings, formulas and code go to `drawn`, each with a comment in its place.

    They are more elements than all others. Ids in pictures get the page's name: they are numbered anew on every page.
    """

    def set_aside(drawing: str) -> str:
        drawn.append(drawing)
        return f"<!--{len(drawn) - 1}-->"

    html = (site / f"{page}.html").read_text("utf-8")
    html = html[html.index('<article class="bd-article"') : html.index("</article>")]
    for start, end in reversed(list(drawings(html))):
        html = html[:start] + set_aside(html[start:end]) + html[end:]

    def found_aside(found: re.Match) -> str:
        return set_aside(with_own_ids(found[0], f"{place(page)}--") if found[1] == "svg" else found[0])

    return soup(ASIDE.sub(found_aside, html)).article


def article(page: str, text: Tag, known: set[str]) -> Tag:
    """A page's text, under ids and links of the one document."""
    for node in text.find_all(True):
        classes = node.get("class", [])
        if node.name == "script" or not DEAD.isdisjoint(classes) or (node.name == "details" and "hide" in classes):
            node.extract()
            continue
        if node.name == "details":
            node["open"] = ""
        if "nnlib-frame" in classes:
            del node["hidden"]
        for attribute in {"id", "aria-labelledby", "aria-describedby", "for"} & node.attrs.keys():
            node[attribute] = " ".join(place(page, name) for name in node[attribute].split())
        if node.name == "a" and "href" in node.attrs:
            node["href"] = address(page, node["href"], known)
            if not node["href"]:
                node.unwrap()
    text["id"] = place(page)
    return text


def one_level_down(text: Tag) -> None:
    """Put the headings of a page below those of the parts."""
    for heading in text.find_all(re.compile("^h[1-5]$")):
        heading.name = f"h{int(heading.name[1]) + 1}"
        keep_spaces(heading)


def keep_spaces(heading: Tag) -> None:
    """Let a heading's line break after a space that stays: a bookmark would join the two words."""
    new = soup("").new_tag
    for text in [part for part in heading.find_all(string=True) if " " in part]:
        words = text.split(" ")
        text.replace_with(*[part for word in words[:-1] for part in (f"{word}\xa0", new("wbr"))], words[-1])


def solutions(page: str, text: Tag, title: str) -> list[Tag]:
    """Move the hints and solutions of a page out of its text, and leave links to where they go."""
    new = soup("").new_tag
    moved = []
    for number, help_ in enumerate(text.select(".nnlib-help"), start=1):
        here, there = place(page, f"exercise-{number}"), place(page, f"solution-{number}")
        link = new("a", href=f"#{there}")
        link.string = "Hints and solution"
        paragraph = new("p", id=here)
        paragraph["class"] = "to-solution"
        paragraph.append(link)
        help_.replace_with(paragraph)
        back = new("a", href=f"#{here}")
        names = help_.select("summary > .nnlib-unseen")
        back.string = names[0].get_text().removeprefix(": ") if names else f"Exercise {number}"
        heading = new("h3", id=there)
        heading.append(back)
        moved += [heading, help_]
    if moved:
        heading = new("h2")
        heading.string = title
        moved.insert(0, heading)
    return moved


def document(site: Path, names: list[str]) -> str:
    """The whole book as one HTML document."""
    known = set(names)
    whole = [(site / f"{name}.html").read_text("utf-8") for name in names]
    root = soup(whole[0])
    links = soup("".join(link for page in whole for link in re.findall("<link[^>]*>", page)))
    sheets = dict.fromkeys(sheet["href"] for sheet in links.select("link[rel=stylesheet]"))
    drawn = []
    title = root.select_one("h1").find(string=True, recursive=False).get_text(strip=True)
    book = soup("").new_tag("main")
    answers = []
    for caption, page in contents(root, names):
        text = article(page, read(site, page, drawn), known)
        one_level_down(text)
        answers += solutions(page, text, text.select_one("h2").get_text())
        if caption:
            part = soup("").new_tag("h1")
            part.string = caption
            book.append(part)
        book.append(text)
    if answers:
        appendix = soup('<h1>Hints and solutions</h1><article class="bd-article nnlib-answers" id="answers"></article>')
        appendix.article.extend(answers)
        book.append(appendix)
    links = "".join(f'<link rel="stylesheet" href="{ORIGIN}/book/{href}">' for href in sheets)
    html = re.sub(r"<!--(\d+)-->", lambda mark: drawn[int(mark[1])], str(book))
    return (
        f'<!DOCTYPE html><html lang="en" data-theme="light" data-mode="light"><head><meta charset="utf-8">'
        f"<title>{title}</title>{links}<style>{STYLE.read_text('utf-8')}</style></head><body>"
        f'<div class="bd-main"><div class="bd-content"><div class="bd-article-container">{html}</div></div></div>'
        f"</body></html>"
    )


def contents(root: BeautifulSoup, names: list[str]) -> list[tuple[str, str]]:
    """Every page with the caption that stands above it, if one does: the captions are those of the side bar."""
    captions = {}
    for caption in root.select("nav.bd-links p.caption"):
        first = caption.find_next("a")
        captions[address(names[0], first["href"], set(names))] = caption.get_text(strip=True)
    return [(captions.get(f"#{place(name)}", ""), name) for name in names]


def print_to(target: Path, html: str, site: Path, browser: Browser) -> None:
    """Let the browser print the document, which sees the site's files and nothing else."""

    def answer(route) -> None:
        url = urlsplit(route.request.url)
        file = site / unquote(url.path).lstrip("/")
        if f"{url.scheme}://{url.netloc}" != ORIGIN:
            route.abort()
        elif url.path == "/all.html":
            route.fulfill(body=html, content_type="text/html; charset=utf-8")
        else:
            route.fulfill(path=file) if file.is_file() else route.fulfill(status=404)

    page = browser.new_page(java_script_enabled=False)
    page.route("**/*", answer)
    page.goto(f"{ORIGIN}/all.html", wait_until="load", timeout=600_000)
    page.pdf(path=target, prefer_css_page_size=True, outline=True, tagged=True, print_background=True)
    page.close()


def offer(made: Path, site: Path) -> None:
    """Put the book as one file beside the site's first page, whose line then names it, and what it named already.

    The line is no part of what is read for such a file, so the next one is the same.
    """
    shutil.copy(made, site / made.name)
    for page, top in (("index.html", ""), ("book/index.html", "../")):

        def named(line: re.Match, top: str = top) -> str:
            there = [name for name in FORMS if name == made.name or f'"{top}{name}"' in line[0]]
            links = " or ".join(f'<a href="{top}{name}">{FORMS[name]}</a>' for name in there)
            return f'<p class="nnlib-forms">To read without a network: the whole book as {links}.</p>'

        html = (site / page).read_text("utf-8")
        html = re.sub('<p class="nnlib-forms".*?</p>', named, html)
        (site / page).write_text(html, "utf-8", newline="\n")


def main() -> str | None:
    """Print the book; return what went wrong."""
    if (found := chromium.path()) is None:
        return chromium.MISSING
    names = [name.removesuffix(".md").removesuffix(".ipynb") for name in pages()]
    if missing := [name for name in names if not (SITE / f"{name}.html").is_file()]:
        return f"The site lacks {missing[0]}.html: run `make book` first."
    with sync_playwright() as started:
        opened = started.chromium.launch(executable_path=found, args=chromium.OPTIONS)
        print_to(TARGET, document(SITE, names), SITE, opened)
        opened.close()
    offer(TARGET, SITE)
    print(f"The book is printed: {TARGET.as_uri()} ({TARGET.stat().st_size / 1e6:.1f} MB)")
    return None


if __name__ == "__main__":
    sys.exit(main())
