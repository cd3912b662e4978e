"""Fuzz: files changed by chance and on purpose are refused in one clear line, or give the right array; nothing else.

`make test-long` reads 100,000 of them. Whatever a file says of itself, reading it takes no more memory and time than
an honest file of its size does, and nothing in it runs.
"""

import bz2
import functools
import gzip
import io
import lzma
import struct
import sys
import time
import tracemalloc
import warnings
import zipfile
import zlib

import numpy as np
import pytest
from damage import changed
from hypothesis import event, given
from hypothesis import strategies as st

from nnlib import Dense, Network
from nnlib.idx import parse_idx

SECONDS = 60  # of this process for one small file, which takes a third of one; a hang takes longer on any machine
NUMBERS = st.integers(0, 12) | st.sampled_from([-1, 127, 255, 2**16, 2**31 - 1, 2**31, 2**32 - 1, 10**12, 2**63])
did = []  # while a file is read: what it made Python do


def _watch(action, arguments):
    if did and (
        action in ("pickle.find_class", "os.system", "subprocess.Popen", "socket.connect")
        or (action == "exec" and arguments[0].co_filename.startswith("<string"))
    ):
        did.append(action)


sys.addaudithook(_watch)


def attempt(read, size):
    """What `read()` gives, or its ValueError; fails where that took more than a file of `size` bytes may take."""
    tracemalloc.start()
    start = time.process_time()
    did.append("read")
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            result = read()
    except ValueError as error:
        result = error
    finally:
        actions, (_, peak) = did.copy(), tracemalloc.get_traced_memory()
        did.clear()
        tracemalloc.stop()
    assert actions == ["read"] and warned == []
    assert time.process_time() - start < SECONDS
    assert peak < (1 << 21) + 30 * size  # the bombs are of 16 MB
    if isinstance(result, ValueError):
        assert len(str(result)) < 1000 and str(result).isprintable()
    event("refused" if isinstance(result, ValueError) else "read")
    return result


# MNIST's files: gzip around IDX

IMAGES = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
IDX = struct.pack(">BBBB3I", 0, 0, 8, 3, *IMAGES.shape) + IMAGES.tobytes()


@st.composite
def promising(draw):
    """A header that promises another array, of up to 10^48 numbers, with some of them or none."""
    lengths = draw(st.lists(NUMBERS, max_size=4))
    axes = draw(st.sampled_from([len(lengths), len(lengths), 3, 255]))
    header = bytes([0, 0, draw(st.sampled_from([8, 8, 9, 11, 12, 13, 14, 0, 255])), axes])
    numbers = draw(st.sampled_from([IMAGES.tobytes(), b"", bytes(100)]))
    return gzip.compress(header + b"".join(struct.pack(">I", n % 2**32) for n in lengths) + numbers)


def gzip_by_hand(flags, fields):
    """A gzip file whose header has these flags and optional fields, right or wrong."""
    squeeze = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    body = squeeze.compress(IDX) + squeeze.flush() + struct.pack("<II", zlib.crc32(IDX), len(IDX))
    return struct.pack("<BBBBIBB", 31, 139, 8, flags, 0, 0, 3) + fields + body


GZIP_KINDS = {
    "bytes changed": changed(gzip.compress(IDX, mtime=0)),
    "content changed, checksum right": changed(IDX).map(gzip.compress),
    "header that promises another array": promising(),
    "bomb: 16 kB of 16 MB": changed(gzip.compress(IDX + bytes(1 << 24), mtime=0)),
    "bomb in the header": st.integers(0, 1 << 17).map(lambda n: gzip_by_hand(8, b"a" * n)),
    "fields of the gzip header": st.builds(gzip_by_hand, st.integers(0, 255), st.binary(max_size=20)),
    "several members": st.lists(st.sampled_from([IDX, IDX[:9], b"", IDX[9:]]), min_size=2, max_size=9).map(
        lambda parts: b"".join(map(gzip.compress, parts))
    ),
    "gzip in gzip": st.integers(2, 9).map(
        lambda n: functools.reduce(lambda data, _: gzip.compress(data), range(n), IDX)
    ),
    "another compression": changed(IDX).flatmap(
        lambda data: st.sampled_from([zlib.compress(data), bz2.compress(data), lzma.compress(data), data])
    ),
    "any bytes": st.tuples(st.sampled_from([b"", b"\x1f\x8b\x08"]), st.binary(max_size=300)).map(b"".join),
}


@pytest.mark.parametrize("kind", GZIP_KINDS)
def test_a_changed_gzip_file_is_refused_or_read_right(kind):
    @given(GZIP_KINDS[kind])
    def check(file):
        event(kind)
        result = attempt(lambda: parse_idx(file, IMAGES.shape, "some.gz"), len(file))
        if isinstance(result, ValueError):
            assert str(result).startswith("some.gz: ")
        else:
            assert result.dtype == np.uint8 and result.shape == IMAGES.shape
            assert gzip.decompress(file) == IDX[:16] + result.tobytes()
            if kind == "bytes changed":
                assert result.tobytes() == IMAGES.tobytes()

    check()


# Saved networks: zip around npy


def network(seed):
    rng = np.random.default_rng(seed)
    return Network(Dense(3, 2, rng), Dense(2, 1, rng))


VALUES = {p.name: p.value for p in network(0).parameters()}


def npy(array):
    """The bytes of an array in NumPy's format."""
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asarray(array), allow_pickle=True)
    return file.getvalue()


def npz(members, compression=zipfile.ZIP_STORED):
    """The bytes of a zip file with these members, a list of pairs (name, content)."""
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", compression) as archive:
        warnings.simplefilter("ignore")  # that a name comes twice
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, compression)
    return file.getvalue()


WHOLE = [(f"{name}.npy", npy(value)) for name, value in VALUES.items()]
WHOLE_FILE = npz(WHOLE)


def with_first(content, compression=zipfile.ZIP_STORED):
    """A file whose first array has another content."""
    return npz([(WHOLE[0][0], content), *WHOLE[1:]], compression)


class Payload:
    """Runs a command where it is unpickled."""

    def __reduce__(self):
        return (exec, ("import os; os.system('true')",))


def member(header, version=(1, 0), numbers=bytes(48), length=None):
    """An array's bytes with this text as its header, which may lie about its own length."""
    text = header.encode("latin-1", "replace") + b"\n"
    size = struct.pack("<H" if version == (1, 0) else "<I", len(text) if length is None else length)
    return b"\x93NUMPY" + bytes(version) + size + text + numbers


@st.composite
def npy_headers(draw):
    """The first array with another header: shapes and types of any size, other orders, versions and lengths."""
    dtype = draw(
        st.sampled_from(
            ["<f8", ">f8", "<f4", "|O", "|V0", "|S0", "<U1000000000", "<M8[ns]", "|b1", "f8,f8", "<c16", "nonsense"]
        )
    )
    shape = draw(
        st.lists(NUMBERS, max_size=3).map(tuple)
        | st.sampled_from([(2, 3), (6,), (3, 2), (2, 3), (2.0, 3), "x", (True,)])
    )
    fortran = draw(st.sampled_from([False, True, None, 1]))
    text = repr({"descr": dtype, "fortran_order": fortran, "shape": shape})
    text = draw(
        st.sampled_from(
            [text, text, text, text[:-1], text.replace(",", "L,"), text.replace("f8", r"f8\z")]
            + ["(" * 3000, "-" * 9000, "[" * 90 + "]" * 90, "1/0", "__import__('os')"]
        )
    )
    version = draw(st.sampled_from([(1, 0), (1, 0), (2, 0), (3, 0), (9, 9)]))
    length = draw(st.none() | st.sampled_from([0, 1, 60000]))
    return with_first(member(text, version, draw(st.sampled_from([bytes(48), b"", bytes(999)])), length))


@st.composite
def zip_directory(draw):
    """The whole file with wrong fields in one entry, of those before the contents or those at the end."""
    file = bytearray(WHOLE_FILE)
    start = draw(st.sampled_from([file.find(b"PK\3\4"), file.find(b"PK\1\2"), file.find(b"PK\5\6")]))
    for _ in range(draw(st.integers(1, 3))):
        place = start + draw(st.integers(4, 44))
        field = draw(st.sampled_from(["<B", "<H", "<I"]))
        if place + 4 <= len(file):
            struct.pack_into(field, file, place, draw(NUMBERS) % 2 ** (8 * struct.calcsize(field)))
    return bytes(file)


@st.composite
def other_names(draw):
    """The right arrays under other names: twice, missing, a thousand more, with paths and signs in them."""
    names = st.sampled_from(
        ["0.W.npy", "0.W", "0.W.npy.npy", "../0.W.npy", "/etc/passwd", "a\nb.npy", "é\u2028.npy", ".npy", ""]
    )
    members = draw(st.permutations(WHOLE))[draw(st.integers(0, 2)) :]
    more = [(draw(names), draw(st.sampled_from(WHOLE))[1]) for _ in range(draw(st.integers(0, 3)))]
    return npz(members + more + [(f"{i}.npy", b"") for i in range(draw(st.sampled_from([0] * 19 + [1000])))])


def bomb(compression):
    """A small file whose first array says, truly, that it is of 16 MB."""
    return with_first(npy(np.zeros((1 << 11, 1 << 10))), compression)


def long_bomb(compression):
    """A small file whose first array is followed by 16 MB."""
    return with_first(WHOLE[0][1] + bytes(1 << 24), compression)


def in_every_way(make):
    """What `make` makes by each compression, made when the first is asked for."""
    ways = (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    return st.deferred(lambda: st.sampled_from([make(way) for way in ways]))


OBJECTS = [with_first(npy(np.full((2, 3), Payload(), dtype=object))), with_first(npy(Payload())), npy([Payload()])]
OBJECTS.append(npz([("0.W.pkl", b"cos\nsystem\n(S'true'\ntR."), *WHOLE]))
OBJECTS.append(b"cos\nsystem\n(S'true'\ntR.")

NPZ_KINDS = {
    "bytes changed": changed(WHOLE_FILE),
    "array changed, checksum right": changed(WHOLE[0][1]).map(with_first),
    "header of an array": npy_headers(),
    "fields of the zip directory": zip_directory(),
    "names": other_names(),
    "bomb: 16 MB in one array": in_every_way(bomb).flatmap(changed),
    "bomb: 16 MB behind an array": in_every_way(long_bomb).flatmap(changed),
    "objects and pickles": st.sampled_from(OBJECTS).flatmap(lambda file: st.just(file) | changed(file)),
    "files in files": st.integers(1, 9).map(
        lambda deep: functools.reduce(lambda data, _: with_first(data), range(deep), WHOLE_FILE)
    ),
    "any bytes": st.tuples(st.sampled_from([b"", b"PK\3\4", b"PK\5\6", b"\x93NUMPY\1\0"]), st.binary(max_size=300)).map(
        b"".join
    ),
}


@pytest.mark.parametrize("kind", NPZ_KINDS)
def test_a_changed_file_of_a_network_is_refused_or_read_right(kind, tmp_path):
    path = tmp_path / "weights.npz"

    @given(NPZ_KINDS[kind])
    def check(file):
        event(kind)
        path.write_bytes(file)
        net = network(1)
        result = attempt(lambda: net.load(path), len(file))
        got = {p.name: p.value for p in net.parameters()}
        if isinstance(result, ValueError):
            assert str(result).startswith(f"{path}: ")
            expected = {p.name: p.value for p in network(1).parameters()}
        elif kind == "bytes changed":
            expected = VALUES
        else:
            with np.load(path, allow_pickle=False) as archive:  # NumPy's own reader, now that it is safe
                expected = dict(archive)
        assert got.keys() == expected.keys()
        assert all(np.array_equal(got[name], expected[name]) for name in got)

    check()


def test_the_whole_files_that_the_fuzz_begins_with_are_read(tmp_path):
    assert np.array_equal(parse_idx(gzip.compress(IDX), IMAGES.shape), IMAGES)
    (tmp_path / "weights.npz").write_bytes(WHOLE_FILE)
    net = network(1)
    net.load(tmp_path / "weights.npz")
    assert all(np.array_equal(p.value, VALUES[p.name]) for p in net.parameters())
