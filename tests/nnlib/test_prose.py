"""Prose: the stored form is the one that MyST-NB reads."""

from myst_nb.ext.glue import extract_glue_data_cell
from nbformat.v4 import new_code_cell, new_output

import nnlib


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
