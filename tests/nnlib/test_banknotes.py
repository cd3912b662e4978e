"""The banknotes: the published file to the byte, its classes in their order, and its repeated rows still in it."""

import hashlib

import numpy as np

from nnlib.embedded import embedded_arrays
from nnlib.studies import fraud


def test_the_notes_are_those_of_the_declared_file():
    text = embedded_arrays(fraud.NOTES)["text"].tobytes()
    (file,) = fraud.NOTES.files
    assert (len(text), hashlib.sha256(text).hexdigest()) == (file.size, file.sha256)
    published = np.array([[float(cell) for cell in line.split(",")] for line in text.decode().splitlines()])
    assert published.shape == file.shape
    x, y = fraud.load_banknotes()
    assert (x.dtype, y.dtype) == (np.float64, np.intp) and x.flags.writeable and x.flags.c_contiguous
    np.testing.assert_array_equal(np.column_stack([x, y]), published)


def test_genuine_notes_come_first_and_24_rows_repeat_an_earlier_one():
    x, y = fraud.load_banknotes()
    assert np.array_equal(y, np.repeat([0, 1], [762, 610])) and x.shape[1] == len(fraud.NAMES)
    assert len(x) - len(np.unique(x, axis=0)) == 24
    assert len(np.unique(x[y == 1], axis=0)) == 610  # no forged one is there twice


def test_a_change_to_the_arrays_changes_no_later_call():
    x, y = fraud.load_banknotes()
    x[...], y[...] = 0, 0
    assert fraud.load_banknotes()[0].any() and fraud.load_banknotes()[1].any()
