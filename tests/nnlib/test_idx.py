"""The IDX parser: the promised array, or a clear ValueError; nothing else, and never much memory."""

import gzip
import struct
import tracemalloc

import numpy as np
import pytest
from damage import changed
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from nnlib.idx import parse_idx

ARRAYS = arrays(np.uint8, array_shapes(min_dims=1, max_dims=3, max_side=6))


def content(array, magic=None):
    """The bytes of an IDX file before gzip, written from the format's description."""
    magic = magic or bytes([0, 0, 8, array.ndim])
    return magic + b"".join(struct.pack(">I", length) for length in array.shape) + array.tobytes()


@given(ARRAYS)
def test_what_was_written_is_read_back(array):
    read = parse_idx(gzip.compress(content(array)), array.shape)
    assert read.dtype == np.uint8
    np.testing.assert_array_equal(read, array)


@given(st.data(), ARRAYS)
def test_a_changed_file_gives_a_clear_error_or_the_right_array(data, array):
    damaged = data.draw(changed(gzip.compress(content(array), mtime=0)))
    try:
        read = parse_idx(damaged, array.shape, "some.gz")
    except ValueError as error:
        assert str(error).startswith("some.gz: ")
    else:
        np.testing.assert_array_equal(read, array)


@given(st.data(), ARRAYS)
def test_a_changed_content_with_a_right_checksum_is_never_read_as_something_else(data, array):
    damaged = data.draw(changed(content(array)))
    try:
        read = parse_idx(gzip.compress(damaged), array.shape, "some.gz")
    except ValueError as error:
        assert str(error).startswith("some.gz: ")
    else:
        assert content(read) == damaged


@given(st.binary(max_size=200))
def test_arbitrary_bytes_give_a_clear_error(data):
    with pytest.raises(ValueError, match=r"some\.gz: "):
        parse_idx(data, (3, 2), "some.gz")


IMAGE = np.arange(6, dtype=np.uint8).reshape(2, 3)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (content(IMAGE), "not a gzip file"),
        (gzip.compress(content(IMAGE))[:-1], "cut short, 18 of 18 bytes"),
        (gzip.compress(content(IMAGE)[:-1]), "cut short, 17 of 18 bytes"),
        (gzip.compress(content(IMAGE) + b"!"), "longer than the 18 bytes"),
        (gzip.compress(content(IMAGE)) + b"!", "longer than the 18 bytes"),
        (gzip.compress(content(IMAGE)) * 2, "longer than the 18 bytes"),
        (gzip.compress(content(IMAGE.T)), r"got shape \(3, 2\), expected \(2, 3\)"),
        (gzip.compress(content(IMAGE.ravel())), "starts with 00 00 08 01, expected 00 00 08 02"),
        (gzip.compress(content(IMAGE, magic=bytes([0, 0, 9, 2]))), "starts with 00 00 09 02, expected 00 00 08 02"),
        (gzip.compress(b""), "starts with nothing"),
        (b"", "starts with nothing"),
    ],
    ids="plain checksum-cut data-cut data-added byte-added twice transposed raveled other-type empty nothing".split(),
)
def test_each_kind_of_damage_is_named(data, message):
    with pytest.raises(ValueError, match=message):
        parse_idx(data, (2, 3))


def test_a_small_file_that_unpacks_to_64_megabytes_takes_no_memory():
    bomb = gzip.compress(content(IMAGE) + bytes(1 << 26))  # 65 kB
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="longer than the 18 bytes"):
            parse_idx(bomb, (2, 3))
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_the_array_is_a_view_that_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        parse_idx(gzip.compress(content(IMAGE)), (2, 3))[0, 0] = 1
