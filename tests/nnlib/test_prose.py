"""Prose: the stored form of a number is the one that MyST-NB reads; a table is one for the eye and for plain text."""

import pytest
from bs4 import BeautifulSoup
from myst_nb.ext.glue import extract_glue_data_cell
from nbformat.v4 import new_code_cell, new_output

import nnlib
from nnlib.prose import table


def test_myst_nb_finds_what_was_glued(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, metadata, raw: shown.append((data, metadata)))
    nnlib.glue("accuracy", 0.95342, ".1%")
    nnlib.glue("count", 13002)
    cell = new_code_cell(outputs=[new_output("display_data", data, metadata=metadata) for data, metadata in shown])
    found = dict(extract_glue_data_cell(cell))
    assert {name: output["data"]["text/plain"] for name, output in found.items()} == {
        "accuracy": "'95.3%'",
        "count": "'13002'",
    }


def test_a_table_says_the_same_as_html_and_as_plain_text(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))
    table([("network", "p < 0.1"), ("784-30-10", "95 %"), ("784-16-16-10", "94 %")])
    html = BeautifulSoup(shown[0]["text/html"], "html.parser")
    assert [[cell.text for cell in row.select("th, td")] for row in html.select("tr")] == [
        [cell.strip() for cell in line.strip("|").split("|")] for line in shown[0]["text/plain"].splitlines()
    ]
    assert [cell.text for cell in html.select("thead th")] == ["network", "p < 0.1"]
    assert html.text.split() == ["network", "p", "<", "0.1", "784-30-10", "95", "%", "784-16-16-10", "94", "%"]


def wrong_in_each_way():
    def unlike():
        assert 1 == 2

    return [unlike, lambda: {}["gone"], lambda: undefined, lambda: [][0], lambda: 1 / 0]  # noqa: F821


@pytest.mark.parametrize("wrong", wrong_in_each_way())
def test_checks_raise_when_the_book_tests_itself(monkeypatch, wrong):
    monkeypatch.setenv("NNLIB_CHECKS", "on")
    with pytest.raises((AssertionError, LookupError, NameError, ZeroDivisionError)):
        with nnlib.book_checks():
            wrong()


@pytest.mark.parametrize("wrong", wrong_in_each_way())
@pytest.mark.parametrize("value", [None, "", "off"])
def test_checks_are_silent_for_a_reader(monkeypatch, capsys, wrong, value):
    monkeypatch.delenv("NNLIB_CHECKS", raising=False)
    if value is not None:
        monkeypatch.setenv("NNLIB_CHECKS", value)
    with nnlib.book_checks():
        wrong()
    assert capsys.readouterr() == ("", "")


def test_a_reader_can_still_stop_a_check(monkeypatch):
    monkeypatch.delenv("NNLIB_CHECKS", raising=False)
    with pytest.raises(KeyboardInterrupt):
        with nnlib.book_checks():
            raise KeyboardInterrupt
