"""The book's Sphinx extension, where it decides something."""

import re
import socket
import sys
from pathlib import Path

import pytest
from sphinx.errors import ExtensionError
from sphinxcontrib import katex

from nnbook import assets, formulas, npm
from nnbook.figures import PROLOG, with_own_ids
from nnbook.found import robots, sitemap
from nnbook.links import repository_url
from nnbook.pages import LONGEST, at_root, shortened
from nnbook.search import pages_about


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


def test_ids_of_a_picture_and_what_refers_to_them_get_the_same_prefix():
    svg = (
        '<svg aria-labelledby="t u"><title id="t">x</title><path id="p" clip-path="url(#c)"/>'
        '<clipPath id="c"/><use href="#p"/><use xlink:href="#p"/><a href="#elsewhere"/></svg>'
    )
    assert with_own_ids(svg, "fig1-") == (
        '<svg aria-labelledby="fig1-t u"><title id="fig1-t">x</title><path id="fig1-p" clip-path="url(#fig1-c)"/>'
        '<clipPath id="fig1-c"/><use href="#fig1-p"/><use xlink:href="#fig1-p"/><a href="#elsewhere"/></svg>'
    )


def test_nothing_but_the_picture_is_left_of_an_svg_file():
    file = '<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "a"\n "b">\n<svg><metadata>\nwhen</metadata><g/></svg>'
    assert PROLOG.sub("", file).strip() == "<svg><g/></svg>"


def test_a_long_description_ends_where_a_sentence_a_clause_or_at_least_a_word_does():
    assert shortened("two\n lines") == "two lines"
    sentence = "A network of 13,002 numbers learns to read handwritten digits."
    assert shortened(f"{sentence} Then {'more words ' * 20}") == sentence
    clauses = "find the slope of the cost for every weight, in one backward pass"
    assert shortened(f"{clauses}, {'and so on ' * 20}") == f"{clauses}…"
    words = shortened("word " * 100)
    assert len(words) <= LONGEST and words.endswith("word…")


def test_a_joined_sheet_still_finds_its_files():
    css = "a{b:url(fonts/x.woff2)}c{d:url('../e.png')}f{g:url(data:image/png;base64,AA)}h{i:url(#mask)}"
    assert assets.rebased(css, "_static/katex/katex.min.css", "_static/site.css") == (
        "a{b:url(katex/fonts/x.woff2)}c{d:url('e.png')}f{g:url(data:image/png;base64,AA)}h{i:url(#mask)}"
    )


def test_a_font_that_no_rule_names_is_left_out():
    used = "@font-face{font-family:Used;src:url(u.woff2)}"
    css = used + "@font-face{font-family:Unused;src:url(n.woff2)}p{font:1em Used,serif}"
    assert assets.without_unused_fonts(css) == used + "p{font:1em Used,serif}"


def test_a_page_asks_for_the_newest_sheet_and_script():
    versions = {"_static/site.css": "1a", "_static/site.js": "2b"}
    page = '<link href="../_static/site.css"><script src="../_static/site.js?v=00"></script><a href="site.css">'
    new = assets.versioned(page, versions)
    assert (
        new
        == '<link href="../_static/site.css?v=1a"><script src="../_static/site.js?v=2b"></script><a href="site.css">'
    )
    assert assets.versioned(new, versions) == new


def test_a_theme_that_measures_its_boxes_otherwise_is_noticed():
    assert assets.unmeasured(f"for([{assets.MEASURED}])") == f"for([{assets.NOTHING}])"
    with pytest.raises(ExtensionError, match="in another way now"):
        assets.unmeasured('for(["pre"])')


MODULES = Path(__file__).parents[2] / "_build" / "npm" / "node_modules"
needs_npm = pytest.mark.skipif(not MODULES.is_dir(), reason="npm's packages are not here: run `make book` first")


@needs_npm
@pytest.mark.parametrize(
    ("rule", "stays"),
    [
        (".used{color:red}", True),
        (".gone{color:red}", False),
        (".gone:hover{color:red}", False),
        (".used .gone{color:red}", False),
        (":focus-visible{color:red}", True),
        ("html[data-theme=dark] .used{color:red}", True),
        (".nnlib-later{color:red}", True),
        (".said-by-script{color:red}", True),
        ("@media print{.used{color:red}}", True),
        ("@media(width<768px){.used{color:red}}", True),
    ],
)
def test_only_rules_that_no_page_can_use_are_left_out(tmp_path, rule, stays):
    page = tmp_path / "page.html"
    page.write_text('<html data-theme="light"><p class="used">gone</p></html>', "utf-8")
    job = {"css": rule, "js": "", "pages": [str(page)], "scripts": ['it.classList.add("said-by-script")']}
    assert npm.run("assets.cjs", job, MODULES)["css"].strip() == (rule if stays else "")


@needs_npm
def test_a_script_keeps_the_names_that_another_one_uses():
    job = {"css": "", "js": "const SHARED = (first) => first + 1;", "pages": [], "scripts": []}
    assert re.match(r"const SHARED=(\w+)=>\1\+1;", npm.run("assets.cjs", job, MODULES)["js"])


@needs_npm
def test_a_picture_gets_smaller_and_keeps_what_it_says():
    svg = (
        '<svg role="img" aria-label="A line." viewBox="0 0 9 9" xmlns="http://www.w3.org/2000/svg">'
        '<g>\n <g><path style="stroke: var(--nnlib-ink, #1f2328)" d="M 0.123456 1 \nL 2 3"/></g></g></svg>'
    )
    (less,) = npm.run("figures.cjs", {"svgs": [svg]}, MODULES)["svgs"]
    assert len(less) < len(svg)
    for kept in ('role="img"', 'aria-label="A line."', "var(--nnlib-ink, #1f2328)", "M.12 1"):
        assert kept in less


def test_a_script_that_fails_says_why(tmp_path, monkeypatch):
    monkeypatch.setattr(npm, "__file__", str(tmp_path / "npm.py"))
    (tmp_path / "broken.cjs").write_text("throw new Error('out of paper')", "utf-8")
    with pytest.raises(ExtensionError, match="out of paper"):
        npm.run("broken.cjs", {}, tmp_path)


def renderer(then):
    """What starts a stand-in for KaTeX's renderer: its socket is there, and what `then` says follows."""
    code = f"import socket, sys, time; s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); {then}"
    return staticmethod(lambda socket: [sys.executable, "-c", code, str(socket)])


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="the renderer is reached by a port here")
def test_a_renderer_that_listens_late_is_waited_for(tmp_path, monkeypatch):
    late = "time.sleep(0.5); s.listen(); s.accept()[0].sendall(b'here')"
    monkeypatch.setattr(katex.KaTeXServer, "build_command", renderer(late))
    process, connection = formulas.start_renderer(tmp_path, timeout=60)
    with connection, process:
        assert connection.recv(4) == b"here"


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="the renderer is reached by a port here")
@pytest.mark.parametrize(("then", "timeout"), [("sys.exit(1)", 60), ("time.sleep(60)", 0.3)])
def test_a_renderer_that_never_listens_is_an_error(tmp_path, monkeypatch, then, timeout):
    monkeypatch.setattr(katex.KaTeXServer, "build_command", renderer(then))
    with pytest.raises(katex.KaTeXError, match="did not listen"):
        formulas.start_renderer(tmp_path, timeout)


@pytest.mark.parametrize(
    ("in_folder", "at_top"),
    [
        ('<a href="../search.html?q=x">', '<a href="search.html?q=x">'),
        ('<a class="b" href="02_x.html#place">', '<a class="b" href="book/02_x.html#place">'),
        ('<script src="../_static/a.js?v=1">', '<script src="_static/a.js?v=1">'),
        ('<html lang="en" data-content_root="../">', '<html lang="en" data-content_root="./">'),
        ('<form action="../search.html">', '<form action="search.html">'),
        ('<a href="#place">', '<a href="#place">'),
        ('<a href="https://example.org/a.html">', '<a href="https://example.org/a.html">'),
        ('<a href="mailto:a@example.org">', '<a href="mailto:a@example.org">'),
        ('<p data-href="a.html">', '<p data-href="a.html">'),
    ],
)
def test_an_address_on_the_root_page_leads_where_it_led_before(in_folder, at_top):
    assert at_root(in_folder, "book") == at_top


def test_search_engines_are_told_of_pages_only_where_the_site_has_an_address():
    assert "Sitemap" not in robots("")
    assert robots("https://a.org/b/").endswith("Sitemap: https://a.org/b/sitemap.xml\n")
    assert "<loc>https://a.org/b/x.html?a&amp;b</loc>" in sitemap(["https://a.org/b/x.html?a&b"])


def test_a_search_prefers_the_pages_that_use_a_word_most():
    assert pages_about({"delta": 67, "museum": 19, "cost": 9}) == ["delta"]
    assert pages_about({"a": 10, "b": 6, "c": 5}) == ["a", "b"]
    assert pages_about({"a": 3, "b": 1}) == []
