"""The built site, page by page: whole, self-contained and readable. It reads _build/html, which `make book` writes."""

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import pytest
import yaml
from pages_read import SITE, soup
from sphinx.search.en import SearchEnglish

import contents
from chapters import ROOT, pages
from nnbook.drawn import without_drawings
from nnbook.scripts import NEEDED_BY

# JupyterLite is in test_run_pages.py.
FILES = sorted(p for p in SITE.rglob("*") if p.relative_to(SITE).parts[0] != "lite")
MOVED = {SITE / f"{old}.html": new for old, new in contents.redirects().items()}  # not pages: they only lead to one
PAGES = [p for p in FILES if p.suffix == ".html" and p.relative_to(SITE).parts[0] != "_static" and p not in MOVED]
LOADED = {
    "script": ["src"],
    "img": ["src", "srcset"],
    "source": ["src", "srcset"],
    "iframe": ["src"],
    "video": ["src", "poster"],
    "audio": ["src"],
    "embed": ["src"],
    "object": ["data"],
    "image": ["href", "xlink:href"],
    "use": ["href", "xlink:href"],
    "form": ["action"],
}
NOT_LOADED = {"canonical", "next", "prev", "search", "author", "index", "top", "up", "help", "license"}  # <link rel>
SIDES = {"prev": "left-prev", "next": "right-next"}
CONTENTS = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
PARTS = {part["caption"]: [chapter["file"] for chapter in part["chapters"]] for part in CONTENTS["parts"]}
RAW_FORMULA = re.compile(r"\\(?:frac|partial|delta|sigma|nabla|begin|end|text|mathbf|sum|left|odot)\b|\\[(\[]|\$\$")
LATE_LOADERS = re.compile(r"jsdelivr|thebe@|unpkg\.com|cdnjs|googleapis|gstatic|mathjax|requirejs", re.IGNORECASE)

pytestmark = pytest.mark.skipif(not PAGES, reason="there is no site in _build/html: run `make book` first")
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(SITE).as_posix())


@cache
def top_of_site() -> str:
    """The path on its server of the site: of BOOK_URL, when it was built."""
    return soup(SITE / "404.html").select_one("a.navbar-brand")["href"].removesuffix("/book/index.html")


@cache
def ids(page: Path) -> list[str]:
    return [tag["id"] for tag in soup(page).find_all(id=True)]


@cache
def anchors(page: Path) -> set[str]:
    return set(ids(page))


@cache
def resources(page: Path) -> list[str]:
    """Every address that a browser asks for to show the page."""
    found = [tag[name] for tag in soup(page).find_all(list(LOADED)) for name in LOADED[tag.name] if tag.has_attr(name)]
    found += [tag["href"] for tag in soup(page).find_all("link") if not NOT_LOADED & set(tag.get("rel", []))]
    for tag in soup(page).find_all(style=True):
        found += css_addresses(tag["style"])
    for tag in soup(page).find_all("style"):
        found += css_addresses(tag.get_text())
    return [address for address in found if address and not address.startswith(("data:", "#"))]


def css_addresses(css: str) -> list[str]:
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    found = re.findall(r"""url\((["']?)(.*?)\1\)|@import\s*["'](.*?)["']""", css)
    return [url or imported for _, url, imported in found if not url.startswith(("data:", "#"))]


def words(text: str) -> set[str]:
    """The words of a text."""
    return set(re.findall(r"\w+", text.lower()))


def file_of(address: str, base: Path) -> Path:
    if base.name == "404.html" and address.startswith("/"):  # it stands for any address, so its own are whole
        return SITE / unquote(urlsplit(address).path).removeprefix(top_of_site()).removeprefix("/")
    return (base.parent / unquote(urlsplit(address).path)).resolve() if urlsplit(address).path else base


def test_the_site_has_the_pages_of_the_book():
    names = {page.relative_to(SITE).as_posix() for page in PAGES}
    assert {"index.html", "search.html", "book/index.html", "book/api.html", "book/bibliography.html"} <= names


@every_page
def test_a_page_names_and_describes_itself(page):
    html = soup(page)
    described = html.find_all("meta", attrs={"name": "description"})
    assert html.html["lang"] == "en"
    assert html.title.get_text().strip() and not RAW_FORMULA.search(html.title.get_text())
    assert len(described) == 1 and 20 <= len(described[0]["content"]) <= 200
    assert len(html.find_all("h1")) == 1
    assert html.find("meta", attrs={"name": "viewport"})


@every_page
def test_a_page_asks_no_other_origin_for_anything(page):
    outside = [address for address in resources(page) if urlsplit(address).scheme or address.startswith("//")]
    assert outside == []


@every_page
def test_what_a_page_loads_exists(page):
    assert [address for address in resources(page) if not file_of(address, page).is_file()] == []


@every_page
def test_internal_links_lead_to_a_page_and_a_place_in_it(page):
    dead = []
    for link in soup(page).find_all("a", href=True):
        address, fragment = urldefrag(link["href"])
        if urlsplit(address).scheme or link["href"] == "#":
            continue
        target = file_of(address, page)
        if not target.is_file() or (fragment and target.suffix == ".html" and unquote(fragment) not in anchors(target)):
            dead.append(link["href"])
    assert dead == []


@every_page
def test_formulas_are_rendered_and_right(page):
    text = page.read_text("utf-8")
    assert "katex-error" not in text, "KaTeX could not read a formula"
    assert [tag for tag in soup(page).select(".math") if not tag.select_one(".katex")] == []
    without = r"<(annotation|pre|code|script|style)\b.*?</\1>"  # where TeX or a backslash may stand
    assert RAW_FORMULA.findall(re.sub(r"<[^>]*>", " ", re.sub(without, "", text, flags=re.DOTALL))) == []


@every_page
def test_pictures_say_in_words_what_they_show(page):
    """An `img` may say nothing where words beside it say the same; a drawing is hidden or says it in a sentence."""
    html = soup(page)
    named = html.select(".navbar-brand img")
    silent = [tag for tag in html.find_all("img") if tag not in named and len(tag.get("alt", "").split()) < 2]
    for svg in html.select(".bd-article svg"):
        if svg.find_parent(class_="katex") or svg.find_parent("svg") or svg.get("aria-hidden") == "true":
            continue
        says = svg.get("aria-label", "")
        if svg.get("role") != "img" or len(says.split()) < 4 or not says.endswith((".", "?", "!")):
            silent.append(svg)
    assert [str(tag)[:200] for tag in silent] == []


@every_page
def test_the_sidebar_folds_every_part_but_the_readers_own(page):
    folded = soup(page).select("nav.bd-links details")
    here = [part for part in folded if part.select_one(".current")]
    assert [part for part in folded if part.has_attr("open")] == here
    assert [part.summary.get_text(strip=True) for part in folded] == list(PARTS)
    name = page.relative_to(SITE).with_suffix("").as_posix()
    assert [part.summary.get_text(strip=True) for part in here] == [part for part in PARTS if name in PARTS[part]]


@every_page
def test_every_heading_of_a_table_says_something(page):
    assert [str(head.parent)[:200] for head in soup(page).select("th") if not head.get_text(strip=True)] == []


@every_page
def test_folded_code_is_named_by_the_words_that_are_seen(page):
    summaries = soup(page).select("details.hide > summary")
    words = {True: "Check", False: "Code of this cell"}
    assert [
        summary.get_text()
        for summary in summaries
        if summary.get_text() != words[summary.find_parent(class_="tag_check") is not None]
    ] == []
    assert [summary for summary in summaries if summary.has_attr("aria-label")] == []


@every_page
def test_ids_are_unique(page):
    assert [name for name, times in Counter(ids(page)).items() if times > 1] == []


@every_page
def test_a_page_loads_the_small_scripts_that_it_needs_and_no_other(page):
    own = {script for scripts in NEEDED_BY.values() for script in scripts}
    loaded = [Path(urlsplit(tag["src"]).path).name for tag in soup(page).find_all("script", src=True)]
    classes = {name for tag in soup(page).find_all(class_=True) for name in tag["class"]}
    kinds = [kind for kind in NEEDED_BY if kind in classes]
    assert {name for name in loaded if name in own} == {script for kind in kinds for script in NEEDED_BY[kind]}
    assert len(loaded) == len(set(loaded))


@every_page
def test_hints_and_solutions_are_closed(page):
    blocks = soup(page).select("details:is(.nnlib-hint, .nnlib-solution)")
    assert [str(block)[:200] for block in blocks if block.has_attr("open")] == []


CHECKS = re.compile(r"^exercise\.\w+\.check\(", re.MULTILINE)


def test_every_exercise_that_a_page_checks_has_its_solution_there():
    for page in PAGES:
        asked = sum(len(CHECKS.findall(cell.get_text())) for cell in soup(page).select(".cell_input pre"))
        assert len(soup(page).select("details.nnlib-solution")) == asked, page.name


@every_page
def test_a_page_judges_no_answer_before_a_reader_has_given_one(page):
    checks = [cell for cell in soup(page).select(".cell") if CHECKS.search(cell.get_text())]
    assert [cell.get_text()[:80] for cell in checks if cell.select(".cell_output")] == []


def test_the_search_index_knows_no_solution():
    index = (SITE / "searchindex.js").read_text("utf-8")
    known = json.loads(index.removeprefix("Search.setIndex(").rstrip(");\n"))["terms"]
    shown, in_help = set(), set()
    for page in PAGES:
        helps = [text for block in soup(page).find_all(class_="nnlib-help") for text in block.strings]
        inside = set(map(id, helps))
        in_help |= words(" ".join(helps))
        shown |= words(" ".join(text for text in soup(page).strings if id(text) not in inside))
    stem = SearchEnglish({}).stem
    stems_shown = set(map(stem, shown))
    assert [word for word in sorted(in_help - shown) if stem(word) in known and stem(word) not in stems_shown] == []


def test_style_sheets_ask_no_other_origin_and_find_their_files():
    wrong = []
    for sheet in [path for path in FILES if path.suffix == ".css"]:
        for address in css_addresses(sheet.read_text("utf-8")):
            if urlsplit(address).scheme or address.startswith("//") or not file_of(address, sheet).is_file():
                wrong.append(f"{sheet.relative_to(SITE)}: {address}")
    assert wrong == []


def test_no_script_loads_something_from_elsewhere_later():
    scripts = {f"{path.relative_to(SITE)}": path.read_text("utf-8") for path in FILES if path.suffix == ".js"}
    scripts |= {f"{p.relative_to(SITE)}": " ".join(t.get_text() for t in soup(p).find_all("script")) for p in PAGES}
    del scripts["searchindex.js"]  # the words of the book, not a program
    for name in [name for name in scripts if name.startswith("live/pyodide/")]:
        del scripts[name]  # which BOOK_PYODIDE brings; worker.js tells it where all of its files are
    assert {name: found for name, text in scripts.items() if (found := LATE_LOADERS.findall(text))} == {}


@pytest.mark.parametrize("inside", ['<a id="x">2</a>', '<span id="x">2</span>', '<img alt="2">'])
def test_of_a_drawn_formula_only_strokes_are_left_out(inside):
    drawn = '<p><span class="katex-html" aria-hidden="true"><span><span>1</span>{}</span></span>text</p>'
    shorter = '<p><span class="katex-html" aria-hidden="true"></span>text</p>'
    stays = drawn.format(inside)
    assert without_drawings(drawn.format("<svg><path/></svg>") + stays) == shorter + stays


def test_what_nobody_needs_is_not_there():
    unwanted = ("fontawesome", "fa-", "thebe", "sphinx-thebe")
    assert [path.name for path in FILES if path.name.startswith(unwanted)] == []
    assert [path.name for path in FILES if path.suffix == ".map"] == []
    assert not any("widget-state+json" in page.read_text("utf-8") for page in PAGES)


def test_the_root_page_is_the_first_page_itself():
    root, first = soup(SITE / "index.html"), soup(SITE / "book" / "index.html")
    assert root.select_one("article").get_text() == first.select_one("article").get_text()
    assert not root.find("meta", attrs={"http-equiv": "refresh"})
    assert root.find("a", string=re.compile("Learning from examples"))["href"] == "book/learning_from_examples.html"


@every_page
def test_a_page_of_the_book_leads_to_the_one_before_and_the_one_after(page):
    order = [Path(name).name for name in pages()]
    if page.parent.name != "book":
        return
    place = order.index(page.stem)
    beside = {"prev": order[place - 1] if place else None, "next": (order + [None])[place + 1]}
    for side, name in beside.items():
        for link in soup(page).find("link", rel=side), soup(page).select_one(f".prev-next-area .{SIDES[side]}"):
            assert (link and Path(link["href"]).stem) == name


def test_addresses_stay():
    """Links from elsewhere lead to these: a page that moved is under `redirects:`, a heading keeps its old label."""
    lost = []
    for known in contents.ADDRESSES.read_text("utf-8").split():
        name, _, place = known.partition("#")
        page = SITE / f"{name}.html"
        if not page.is_file() or (place and page not in MOVED and place not in anchors(page)):
            lost.append(known)
    assert lost == []


def test_the_search_index_knows_the_words_of_the_book():
    index = (SITE / "searchindex.js").read_text("utf-8")
    assert index.startswith("Search.setIndex(")  # a script, not data to be fetched: so it works from disk
    assert "gradient" in index
