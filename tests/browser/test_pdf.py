"""The book as one document for paper: every link leads somewhere, every heading is a bookmark. Reads _build/html."""

import re

import pytest
from bs4 import BeautifulSoup
from pages_read import tags
from pypdf import PdfReader

import print_book
from chapters import pages
from nnbook.drawn import without_drawings
from nnbook.figures import SVG

SITE = print_book.SITE
NAMES = [re.sub(r"\.(md|ipynb)$", "", name) for name in pages()]
FEW = [NAMES[0], NAMES[1], "book/bibliography"]

pytestmark = pytest.mark.skipif(not SITE.is_dir(), reason="there is no site in _build/html: run `make book` first")


def headings(html):
    """The text of every heading, as a bookmark says it."""
    found = BeautifulSoup(html, "html.parser").select("h1, h2, h3, h4, h5, h6")
    return [" ".join(heading.get_text().split()) for heading in found]


def outline(items):
    """The titles of the bookmarks, those inside others too."""
    for item in items:
        if isinstance(item, list):
            yield from outline(item)
        else:
            yield " ".join(item.title.split())


@pytest.fixture(scope="module")
def html():
    return print_book.document(SITE, NAMES)


def test_every_link_of_the_whole_book_leads_to_a_place_in_it_or_out_of_it(html):
    ids = re.findall(r'<[^<>]*\sid="([^"]*)"', html)
    targets = {link["href"] for link in tags(html, "a").find_all("a", href=True)}
    assert len(ids) == len(set(ids)) > 1000
    assert [href for href in targets if not href.startswith(("https://", "http://", "mailto:", "#"))] == []
    assert {href[1:] for href in targets if href.startswith("#")} - set(ids) == set()


def test_every_page_stands_once_under_its_part_and_every_exercise_is_answered_at_the_end(html):
    whole = BeautifulSoup(SVG.sub("", without_drawings(html)), "html.parser")
    order = [node["id"] if node.name == "article" else node.get_text() for node in whole.main.find_all(recursive=False)]
    assert [name for name in order if name in map(print_book.place, NAMES)] == list(map(print_book.place, NAMES))
    assert order[1] == "Part I: A neuron" and order[-2] == "Hints and solutions"
    answers = whole.find(class_="nnlib-answers").find_all(class_="nnlib-solution")
    solutions, links = (whole.find_all(class_=name) for name in ("nnlib-solution", "to-solution"))
    assert len(answers) == len(solutions) == len(links) > 50
    assert all(details.has_attr("open") for details in whole.find_all("details"))


@pytest.fixture
def printed(chromium, tmp_path):
    """Three pages on paper, and the document that was printed."""
    html = print_book.document(SITE, FEW)
    print_book.print_to(tmp_path / "book.pdf", html, SITE, chromium)
    return html, PdfReader(tmp_path / "book.pdf")


def test_what_is_printed_has_a_bookmark_for_every_heading_and_its_links_work(printed):
    html, pdf = printed
    assert list(outline(pdf.outline)) == headings(html)
    links = [a.get_object() for page in pdf.pages for a in page.get("/Annots", [])]
    inside = [link["/Dest"] for link in links if "/Dest" in link]
    assert len(inside) >= len(FEW) and all(name in pdf.named_destinations for name in inside)
    assert not [link for link in links if print_book.ORIGIN in str(link.get("/A"))]
    assert pdf.metadata.title == "How a Neural Network Learns"


def test_a_page_printed_in_the_dark_has_its_light_colours(window):
    page = window(SITE, color_scheme="dark").open(f"{NAMES[1]}.html")
    theme = "document.documentElement.dataset.theme"
    assert page.evaluate(theme) == "dark"
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(theme) == "light"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(theme) == "dark"
