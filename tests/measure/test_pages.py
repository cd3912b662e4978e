"""What Lighthouse said: the table is that of the stored numbers, and pages come as GitHub Pages sends them."""

import gzip
import json
import urllib.request

from measure import MEASURED, pages


def run(performance):
    return dict.fromkeys((*pages.CATEGORIES, *pages.METRICS), performance) | {"better": [f"was-{performance}"]}


def test_the_table_shows_what_is_stored():
    stored = json.loads((MEASURED / "pages.json").read_text(encoding="utf-8"))
    assert pages.TABLE.read_text(encoding="utf-8") == pages.table(stored)


def test_a_page_has_the_median_and_the_range_of_its_runs():
    found = pages.summary([run(99), run(59), run(97)])
    assert found["performance"] == {"median": 97, "min": 59, "max": 99}
    assert found["better"] == ["was-59", "was-97", "was-99"]
    assert pages.in_words(found["performance"]) == "97 (59 to 99)"
    assert pages.in_words(pages.summary([run(100)])["seo"]) == "100"


def test_text_comes_compressed_and_pictures_as_they_are(tmp_path):
    (tmp_path / "index.html").write_text("<p>text</p>" * 50)
    (tmp_path / "picture.png").write_bytes(b"pixels")
    site = pages.serve(tmp_path)

    def ask(address):
        return urllib.request.urlopen(urllib.request.Request(site + address, headers={"Accept-Encoding": "gzip"}))

    with ask("/") as page, ask("/picture.png") as picture:
        assert page.headers["Content-Encoding"] == "gzip" and page.headers["Cache-Control"] == "max-age=600"
        assert gzip.decompress(page.read()) == b"<p>text</p>" * 50
        assert picture.headers["Content-Encoding"] is None and picture.read() == b"pixels"
