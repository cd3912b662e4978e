"""Redirects, on a small book: an old address leads on, without a script, and neither search nor sitemap knows it."""

import pytest
from bs4 import BeautifulSoup
from sphinx.application import Sphinx
from sphinx.errors import ConfigError
from sphinx.util.docutils import docutils_namespace, patch_docutils

from nnbook import redirects

CONF = """
extensions = ["nnbook.redirects", "myst_parser"]
root_doc = "book/index"
html_baseurl = "https://example.org/b/"
"""


@pytest.fixture
def built(tmp_path):
    """Build a book of two pages with these redirects; the built pages' folder."""

    def build(moved):
        source, out = tmp_path / "source", tmp_path / "out"
        (source / "book").mkdir(parents=True)
        (source / "conf.py").write_text(f"{CONF}redirects = {moved}\n")
        (source / "book" / "index.md").write_text("# A book\n\n```{toctree}\nnew\n```\n")
        (source / "book" / "new.md").write_text("# New & better\n\nText.\n")
        with patch_docutils(), docutils_namespace():
            Sphinx(source, source, out, tmp_path / "trees", "html", status=None, warning=None).build()
        return out

    return build


def test_an_old_address_leads_to_the_new_page(built):
    out = built({"book/old": "book/new", "older": "book/new#place"})
    for old, address in {"book/old": "new.html", "older": "book/new.html#place"}.items():
        html = BeautifulSoup((out / f"{old}.html").read_text("utf-8"), "html.parser")
        assert html.body.a["href"] == address and html.body.a.get_text() == "New & better"
        assert html.find("meta", attrs={"http-equiv": "refresh"})["content"] == f"0; url={address}"
        assert html.find("link", rel="canonical")["href"] == "https://example.org/b/book/new.html"
        assert not html.find("script")
    assert "old" not in (out / "searchindex.js").read_text("utf-8")


def test_without_a_known_address_of_the_site_the_canonical_page_is_beside_it():
    assert '<link rel="canonical" href="../a/new.html">' in redirects.page("b/old", "a/new", "New")


@pytest.mark.parametrize("moved", [{"book/old": "book/nowhere"}, {"book/new": "book/index"}])
def test_a_redirect_that_leads_nowhere_or_hides_a_page_is_refused(built, moved):
    with pytest.raises(ConfigError, match="redirects"):
        built(moved)
