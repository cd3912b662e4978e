"""The chapters' copies for notebook applications say what the site says, in Markdown, HTML and TeX alone."""

import json
import re

import pytest

import plain
from chapters import ROOT, chapters


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def prose(notebook):
    return "\n\n".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown")


def markdown(text, *outputs):
    cells = [{"cell_type": "markdown", "metadata": {}, "source": text}]
    if outputs:
        cells.append({"cell_type": "code", "metadata": {}, "source": "x", "outputs": list(outputs)})
    return {"cells": cells, "metadata": {}}


@pytest.mark.parametrize("path", chapters(), ids=lambda path: path.stem)
def test_a_chapter_in_plain_has_no_markup_of_the_books_own_and_its_links_lead_somewhere(path):
    text = prose(plain.plain(load(path)))
    assert re.findall(r"\{[\w:-]+\}`[^`]*`|^ *:::.*$|^\([\w-]+\)=", text, re.MULTILINE) == []
    headings = {other.name: re.findall(r"^#+ (.+)$", prose(load(other)), re.MULTILINE) for other in chapters()}
    links = re.findall(r"\]\((\w+\.ipynb)#([^)]*)\)", text)
    assert links or "numbered" not in path.name
    gone = [link for link in links if link[1] not in {heading.replace(" ", "-") for heading in headings[link[0]]}]
    assert gone == []
    assert text.count("<details>") == text.count("</details>")


def test_code_is_left_as_it_is_and_collapsed_where_the_page_folds_it():
    notebook = load(chapters()[0])
    copy = plain.plain(notebook)
    kinds = [(a, b) for a, b in zip(notebook["cells"], copy["cells"], strict=True) if a["cell_type"] == "code"]
    assert all(a["source"] == b["source"] for a, b in kinds)
    changed = ["".join(a["source"]) for a, b in kinds if a["outputs"] != b["outputs"]]
    assert changed == [text for a, b in kinds if plain.CHECK.search(text := "".join(a["source"]))] != []
    assert not any(b["outputs"] for a, b in kinds if "".join(a["source"]) in changed)
    folded = [
        b["metadata"]["jupyter"]["source_hidden"] for a, b in kinds if "hide-input" in a["metadata"].get("tags", ())
    ]
    assert folded and all(folded)
    assert any(a["metadata"] == b["metadata"] for a, b in kinds)


def test_a_meant_error_is_said_and_does_not_end_a_run(capsys):
    error = {
        "cell_type": "code",
        "metadata": {"tags": ["raises-exception"]},
        "source": "if True:\n    1 / 0",
        "outputs": [{"output_type": "error"}],
    }
    cell = plain.plain({"cells": [error]})["cells"][0]
    exec(cell["source"], {})
    assert capsys.readouterr().out == "ZeroDivisionError: division by zero\n" and cell["outputs"] == []


def test_boxes_are_quotations_and_closed_ones_open_on_a_click():
    text = """Before.
::::{admonition} By *hand*
:class: worked
One $a$.
$$
a
= b
$$
:::{dropdown} What is `a`?
It is this.
:::
::::
After."""
    assert (
        prose(plain.plain(markdown(text)))
        == """Before.
> **By *hand***
>
> One $a$.
> $$ a = b $$
> <details><summary>What is <code>a</code>?</summary>
>
> It is this.
>
> </details>

After."""
    )


def test_an_admonition_that_folds_is_closed_too():
    text = ":::{admonition} Not needed later: *why*\n:class: note dropdown\nSo.\n:::"
    assert prose(plain.plain(markdown(text))).startswith("<details><summary>Not needed later: <em>why</em></summary>")


def test_numbers_formulas_and_references_are_filled_in():
    number = {
        "output_type": "display_data",
        "metadata": {"scrapbook": {"name": "share"}},
        "data": {"application/papermill.record/text/plain": "'95.3%'"},
    }
    text = (
        "{glue:text}`share` {cite}`nielsen2015` by {eq}`eq-mine`.\n\n$$\na = b .\n$$ (eq-mine)\n\n{term}`costs <cost>`"
    )
    said = "95.3% (Nielsen 2015) by (1).\n\n$$\na = b . \\tag{1}\n$$\n\ncosts"
    assert prose(plain.plain(markdown(text, number))) == said
    there = "(backpropagation.ipynb#Backpropagation)"
    references = plain.plain(markdown("{ref}`ch-backprop`, {ref}`here <ch-backprop>`, {ref}`glossary`"))
    assert prose(references) == f"[Backpropagation]{there}, [here]{there}, *Glossary*"


def test_every_work_has_a_name_and_a_year():
    assert len(plain.works()) == (ROOT / "book" / "references.bib").read_text(encoding="utf-8").count("\n@")
    assert all(re.fullmatch(r"\D+ (?:et al\. )?(?:1[6-9]|20)\d\d", work) for work in plain.works().values())


def test_what_a_reader_has_changed_stays_and_all_else_follows_the_book(tmp_path, monkeypatch):
    monkeypatch.setattr(plain, "chapters", lambda: chapters()[:2])
    first, second = (tmp_path / path.name for path in chapters()[:2])
    assert plain.write(tmp_path) == []
    fresh = second.read_text(encoding="utf-8")
    first.write_text("the reader's own")
    monkeypatch.setattr(plain, "text_of", lambda path: "the book's new text")
    assert plain.write(tmp_path) == [first.name]
    assert (first.read_text(), second.read_text()) == ("the reader's own", "the book's new text") != fresh
    first.unlink()
    assert plain.write(tmp_path) == [] and first.read_text() == "the book's new text"
    assert (tmp_path / "weights" / "784-16-16-10.npz").is_file() and (tmp_path / "contents.ipynb").is_file()
