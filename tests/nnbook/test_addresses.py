"""What leads readers in from elsewhere, and back to the source, on a small book built with and without an address."""

import re

import pytest
from bs4 import BeautifulSoup
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from nnbook.addresses import repository_url, robots, sitemap

CONF = """
extensions = ["nnbook.addresses", "nnbook.pages", "nnbook.search", "myst_parser"]
project = html_title = "A Book"
html_theme = "sphinx_book_theme"
html_theme_options = {"search_bar_text": "Search", "logo": {"text": "A Book"}}
html_baseurl = ""
root_doc = "book/index"
ogp_image = "_static/preview.png"
"""
FIRST = """# A Book

This page is about \"a & b\", and says so in a sentence.

```{toctree}
second
```
"""
SECOND = "# Second\n\nA page that names the gradient four times: gradient, gradient, gradient.\n"


@pytest.fixture
def built(tmp_path, monkeypatch):
    """Build the book with this environment; the built pages' folder."""

    def build(**environment):
        for name in ("BOOK_URL", "BOOK_REPOSITORY", "BOOK_BRANCH"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        source, out = tmp_path / "source", tmp_path / "out"
        (source / "book").mkdir(parents=True)
        for name, text in {"conf.py": CONF, "book/index.md": FIRST, "book/second.md": SECOND}.items():
            (source / name).write_text(text)
        with patch_docutils(), docutils_namespace():
            Sphinx(source, source, out, tmp_path / "trees", "html", status=None, warning=None).build()
        return out

    return build


def page(path):
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def named(html, name):
    """The content of a <meta>, by its name or property."""
    found = html.find("meta", attrs={"name": name}) or html.find("meta", attrs={"property": name})
    return found and found["content"]


def test_a_site_with_an_address_names_it_to_search_engines_and_previews(built):
    out = built(BOOK_URL="https://example.org/books/a")
    second = page(out / "book" / "second.html")
    here = "https://example.org/books/a/book/second.html"
    assert second.find("link", rel="canonical")["href"] == here == named(second, "og:url")
    assert named(second, "og:image") == "https://example.org/books/a/_static/preview.png"
    assert named(second, "og:description") == named(second, "description") == SECOND.split("\n")[2]
    assert "about “a & b”, and" in named(page(out / "book" / "index.html"), "og:description")
    places = re.findall("<loc>(.*?)</loc>", (out / "sitemap.xml").read_text())
    assert places == ["https://example.org/books/a/book/index.html", here]
    assert "Sitemap: https://example.org/books/a/sitemap.xml" in (out / "robots.txt").read_text()
    lost = page(out / "404.html")
    addresses = [tag[kind] for kind in ("href", "src", "action") for tag in lost.find_all(attrs={kind: True})]
    inside = [one for one in addresses if not one.startswith(("#", "https://example.org/"))]
    assert inside and [one for one in inside if not one.startswith("/books/a/")] == []


def test_a_site_without_an_address_claims_none(built):
    out = built()
    for name in ("index", "book/index", "book/second"):
        html = page(out / f"{name}.html")
        assert html.find("link", rel="canonical") is None and named(html, "og:url") is None
        assert named(html, "description")
    assert not (out / "sitemap.xml").exists()


@pytest.mark.parametrize(
    ("repository", "edit", "report"),
    [
        ("someone/book", "https://github.com/someone/book/edit/trunk/book/second.md",
         "https://github.com/someone/book/issues/new?"),
        ("https://gitlab.com/someone/book", "https://gitlab.com/someone/book/-/edit/trunk/book/second.md",
         "https://gitlab.com/someone/book/-/issues/new?"),
        ("https://code.example.org/someone/book", None, None),
    ],
)  # fmt: skip
def test_edit_and_report_follow_the_repository(built, repository, edit, report):
    html = page(built(BOOK_REPOSITORY=repository, BOOK_BRANCH="trunk") / "book" / "second.html")
    links = [link["href"] for link in html.select(".article-header-buttons a")]
    assert [link for link in links if "/edit/" in link] == ([edit] if edit else [])
    reports = [link for link in links if "/issues/" in link]
    assert len(reports) == bool(report) and all(link.startswith(report) and "second" in link for link in reports)
    assert "None" not in "".join(links)
    assert any(link == repository or link.endswith(f"/{repository}") for link in links)


def test_a_page_that_is_about_a_word_is_found_by_it_as_by_its_title(built):
    index = (built() / "searchindex.js").read_text()
    assert re.search(r'"titleterms": \{[^}]*"gradient": 1', index)


@pytest.mark.parametrize(
    ("named", "remote", "expected"),
    [
        ("someone/book", "", "https://github.com/someone/book"),
        ("https://gitlab.com/someone/book.git", "git@github.com:a/b.git", "https://gitlab.com/someone/book"),
        ("", "git@github.com:fork/how-it-learns.git", "https://github.com/fork/how-it-learns"),
        ("", "https://github.com/fork/how-it-learns", "https://github.com/fork/how-it-learns"),
        ("", "ssh://git@github.com/fork/book.git", "https://github.com/fork/book"),
        ("", "/srv/git/book.git", ""),
        ("", "", ""),
    ],
)
def test_links_follow_the_repository_that_builds_the_book(named, remote, expected):
    assert repository_url(named, remote) == expected


def test_search_engines_are_told_of_pages_only_where_the_site_has_an_address():
    assert "Sitemap" not in robots("")
    assert robots("https://a.org/b/").endswith("Sitemap: https://a.org/b/sitemap.xml\n")
    assert "<loc>https://a.org/b/x.html?a&amp;b</loc>" in sitemap(["https://a.org/b/x.html?a&b"])
