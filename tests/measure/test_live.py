"""How long live pages take: the table is that of the stored numbers, and a page says so beside its slow cells."""

import json

from chapters import ROOT
from measure import MEASURED, live
from nnbook import live as pages


def test_the_table_shows_what_is_stored():
    stored = json.loads((MEASURED / "live.json").read_text(encoding="utf-8"))
    assert live.TABLE.read_text(encoding="utf-8") == live.table(stored)


def test_a_page_says_of_slow_cells_alone_how_long_they_take():
    stored = json.loads((MEASURED / "live.json").read_text(encoding="utf-8"))["cells"]
    for stem, page in stored.items():
        notebook = json.loads((ROOT / "book" / f"{stem}.ipynb").read_text(encoding="utf-8"))
        cells = pages.cells_of(ROOT / "book" / f"{stem}.ipynb", {cell["id"] for cell in notebook["cells"]})
        said = {cell["id"]: cell["seconds"] for cell in cells if "seconds" in cell}
        assert said == page["slow"], f"{stem}: what was measured is of cells that are no longer there: run `make live`"
        assert all(seconds >= live.SLOW for seconds in said.values())
