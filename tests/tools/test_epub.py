"""The book as an EPUB: every page a chapter, its formulas MathML, every link and picture sound. Reads _build/html."""

import errno
import re
import zipfile
from posixpath import splitext
from urllib.parse import urldefrag
from xml.etree import ElementTree

import pytest
import yaml

import epub
import print_book
from chapters import ROOT, pages
from nnlib.plotting import PALETTE

SITE = epub.SITE
NAMES = [splitext(name)[0] if name.endswith((".md", ".ipynb")) else name for name in pages()]
FEW = [NAMES[0], "book/the_cost", "book/bibliography"]
PARTS = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))["parts"]
H, M, O = (f"{{http://www.{name}}}" for name in ("w3.org/1999/xhtml", "w3.org/1998/Math/MathML", "idpf.org/2007/opf"))  # noqa: E741

needs_site = pytest.mark.skipif(not (SITE / "index.html").is_file(), reason="no site in _build/html: run `make book`")


@pytest.fixture(scope="module")
def files():
    return epub.book(SITE, NAMES)


@pytest.fixture(scope="module")
def few():
    """The files of three pages, which is enough for what takes long."""
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("SOURCE_DATE_EPOCH", raising=False)
        return epub.book(SITE, FEW)


@pytest.fixture(scope="module")
def trees(files):
    """Every file that is XML, read."""
    return {name: ElementTree.fromstring(text) for name, text in files.items() if name.endswith(("ml", "svg", "opf"))}


@pytest.fixture(scope="module")
def texts(trees):
    return {name: tree for name, tree in trees.items() if name.endswith(".xhtml")}


def classed(tree, name):
    """The elements of a class."""
    return [element for element in tree.iter() if name in element.get("class", "").split()]


def said(element):
    """An element's text, on one line."""
    return " ".join("".join(element.itertext()).split())


@needs_site
def test_the_chapters_stand_in_the_books_order_below_their_parts(trees):
    package, contents = trees["book.opf"], trees["contents.xhtml"].find(f".//{H}nav/{H}ol")
    items = {item.get("id"): item for item in package.iter(f"{O}item")}
    spine = [items[item.get("idref")].get("href") for item in package.iter(f"{O}itemref")]
    chapters = [f"{print_book.place(name)}.xhtml" for name in NAMES]
    assert spine == ["title.xhtml", "contents.xhtml", *chapters, "answers.xhtml"]
    assert [link.get("href") for link in contents.iter(f"{H}a")] == [*chapters, "answers.xhtml"]
    listed = {said(item.find(f"{H}span")): item for item in contents if item.find(f"{H}span") is not None}
    assert list(listed) == [part["caption"] for part in PARTS]
    for part in PARTS:
        files = [f"{print_book.place(chapter['file'])}.xhtml" for chapter in part["chapters"]]
        assert [link.get("href") for link in listed[part["caption"]].iter(f"{H}a")] == files
        assert said(classed(trees[files[0]], "part")[0]) == part["caption"]


@needs_site
def test_the_package_names_every_file_and_what_it_holds(files, trees):
    items = {item.get("href"): item for item in trees["book.opf"].iter(f"{O}item")}
    assert set(items) == set(files) - {"mimetype", "META-INF/container.xml", "book.opf"}
    assert list(files)[0] == "mimetype"
    hold = {name: "mathml" for name in items if name.endswith(".xhtml") and list(trees[name].iter(f"{M}math"))}
    hold |= {"contents.xhtml": "nav", "images/cover.png": "cover-image"}
    assert {name: item.get("properties") for name, item in items.items() if item.get("properties")} == hold
    titles = [said(tree.find(f".//{H}title")) for name, tree in trees.items() if name.endswith(".xhtml")]
    assert all(titles) and len(set(titles)) >= len(titles) - 1  # the first page is called as the book


@needs_site
def test_formulas_are_mathml_and_no_tex_is_left(texts):
    assert sum(len(list(tree.iter(f"{M}math"))) for tree in texts.values()) > 2500
    for name, tree in texts.items():
        assert not list(tree.iter(f"{M}annotation")) and not classed(tree, "katex-html")
        for block in [*tree.iter(f"{H}pre"), *tree.iter(f"{H}code")]:
            block.clear()
        assert re.findall(r"\\(?:frac|partial|delta|sigma|begin|text|sum|left)\b|\$\$", said(tree)) == [], name


@needs_site
def test_every_picture_is_there_and_says_in_a_sentence_what_it_shows(files, texts):
    shown = [image for tree in texts.values() for image in tree.iter(f"{H}img")]
    assert len(shown) > 80
    assert [image.get("src") for image in shown if image.get("src") not in files] == []
    assert [image.attrib for image in shown if len(image.get("alt").split()) < 4] == []
    assert {name for name in files if name.startswith("images/")} == {image.get("src") for image in shown}
    svgs = [text for name, text in files.items() if name.endswith(".svg")]
    assert not any("var(" in svg for svg in svgs) and any(PALETTE["forward"][0] in svg for svg in svgs)


@needs_site
def test_every_link_leads_to_a_place_in_the_book_or_out_of_it(texts):
    ids = {name: [element.get("id") for element in tree.iter() if element.get("id")] for name, tree in texts.items()}
    links = [link.get("href") for tree in texts.values() for link in tree.iter(f"{H}a")]
    inside = [urldefrag(link) for link in links if not link.startswith(("https://", "http://", "mailto:"))]
    assert len(inside) > 1000
    assert [link for link in inside if link.url not in ids or link.fragment not in ["", *ids[link.url]]] == []
    assert all(len(names) == len(set(names)) for names in ids.values())


@needs_site
def test_hints_and_solutions_stand_at_the_end_with_links_there_and_back(texts):
    answers = texts["answers.xhtml"]
    asked = [(name, link) for name, tree in texts.items() for link in classed(tree, "to-solution")]
    assert len(asked) == len(classed(answers, "nnlib-help")) > 150
    backs = {heading.get("id"): heading.find(f"{H}a").get("href") for heading in answers.iter(f"{H}h3")}
    for name, paragraph in asked:
        file, place = urldefrag(paragraph.find(f"{H}a").get("href"))
        assert file == "answers.xhtml" and backs[place] == f"{name}#{paragraph.get('id')}"
    assert [name for name, tree in texts.items() if classed(tree, "nnlib-help")] == ["answers.xhtml"]
    assert all("Solution" in said(block) for block in classed(answers, "nnlib-help"))


@needs_site
def test_nothing_waits_for_a_script_or_a_click_and_folded_code_is_left_out_as_on_paper(texts):
    for name, tree in texts.items():
        kinds = {element.tag.removeprefix(H) for element in tree.iter()}
        assert kinds & {"details", "summary", "script", "input", "button", "form", "svg", "style"} == set(), name
        unwanted = ("hidden", "open", "data-")
        assert [e.attrib for e in tree.iter() if any(key.startswith(unwanted) for key in e.attrib)] == [], name
        assert [box for box in classed(tree, "summary") if said(box) in ("Check", "Code of this cell")] == []
        assert "book_checks()" not in "".join(said(cell) for cell in classed(tree, "tag_check")), name
    everything = "".join(said(tree) for tree in texts.values())
    assert "Rate 0.1, factor 0.80" in everything  # a frame after the first
    assert "Update 1, epoch 1: (1, 1), with z = 0" in everything  # what an interactive says in words
    assert "Not needed later: why the lot makes it easier" in everything  # a box that the site closes


def test_code_keeps_its_text_and_shows_keywords_and_comments_without_a_colour():
    pre = '<pre><span></span><span class="k">if</span> <span class="nb">len</span>(x) <span class="o">&lt;</span> 1:'
    pre += ' <span class="c1"># no</span></pre>'
    assert epub.code(pre) == "<pre><b>if</b> len(x) &lt; 1: <i># no</i></pre>"


@needs_site
def test_the_same_pages_give_the_same_bytes_and_the_date_that_was_asked_for(few, tmp_path, monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    epub.write(tmp_path / "one", few)
    epub.write(tmp_path / "two", epub.book(SITE, FEW))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    with zipfile.ZipFile(tmp_path / "one") as packed:
        first = packed.infolist()[0]
        assert (first.filename, first.compress_type, first.extra) == ("mimetype", zipfile.ZIP_STORED, b"")
        assert "2026-11-21T00:00:00Z" in packed.read("book.opf").decode()  # the edition's, in CITATION.cff
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert epub.about()["modified"] == "1970-01-02T00:00:00Z"


@needs_site
def test_epubcheck_finds_no_fault(few, tmp_path):
    if not (command := epub.checker()):
        pytest.skip("there is no epubcheck here")
    epub.write(tmp_path / "book.epub", few)
    assert epub.faults(tmp_path / "book.epub", command) == []


@pytest.fixture
def small_site(tmp_path, monkeypatch):
    """A site of the first page alone, and where its EPUB goes."""
    for name, top in (("index.html", ""), ("book/index.html", "../")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f'<a href="{top}x">1</a>\n<p class="nnlib-forms" hidden></p>\n', encoding="utf-8")
    monkeypatch.setattr(epub, "SITE", tmp_path)
    monkeypatch.setattr(epub, "TARGET", tmp_path / "made" / "book.epub")
    monkeypatch.setattr(epub, "pages", lambda: ["book/index"])
    monkeypatch.setattr(epub, "book", lambda site, names: {"mimetype": "application/epub+zip"})
    monkeypatch.setattr(epub, "checker", lambda: [])
    epub.TARGET.parent.mkdir()
    return tmp_path


def test_the_first_page_offers_what_was_made_and_nothing_else(small_site):
    assert '\n<p class="nnlib-forms" hidden></p>\n' in (ROOT / "book" / "index.md").read_text(encoding="utf-8")
    assert epub.main() is None
    for name, top in (("index.html", ""), ("book/index.html", "../")):
        html = (small_site / name).read_text(encoding="utf-8")
        assert re.findall('href="([^"]*)"', html) == [f"{top}x", f"{top}book.epub"] and "hidden" not in html
    (small_site / "book.pdf").write_bytes(b"of a build before")
    print_book.offer(epub.TARGET, small_site)
    assert "book.pdf" not in (small_site / "index.html").read_text(encoding="utf-8")
    (small_site / "made" / "book.pdf").write_bytes(b"new")
    print_book.offer(small_site / "made" / "book.pdf", small_site)
    html = (small_site / "index.html").read_text(encoding="utf-8")
    assert re.findall('href="([^"]*)"', html) == ["x", "book.pdf", "book.epub"]
    assert (small_site / "book.pdf").read_bytes() == b"new"


def test_what_goes_wrong_is_said_in_one_line(small_site, monkeypatch):
    monkeypatch.setattr(epub, "checker", lambda: ["epubcheck"])
    monkeypatch.setattr(epub, "faults", lambda file, command: ["ERROR(RSC-005): one", "ERROR(RSC-005): two"])
    assert epub.main() == f"epubcheck finds 2 faults in {epub.TARGET}; the first: ERROR(RSC-005): one"

    def full(target, files):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(epub, "write", full)
    assert epub.main() == "The EPUB could not be written: [Errno 28] No space left on device"
    monkeypatch.setattr(epub, "pages", lambda: ["book/index", "book/none.md"])
    assert epub.main() == "The site lacks book/none.html: run `make book` first."


def test_a_file_that_could_not_be_finished_is_not_left_behind(tmp_path):
    with pytest.raises(TypeError):
        epub.write(tmp_path / "book.epub", {"mimetype": "application/epub+zip", "x": None})
    assert list(tmp_path.iterdir()) == []
