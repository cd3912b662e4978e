"""The loaders: shapes, ranges and sources; real MNIST where it is; nothing but MNIST under its name."""

import gzip
import hashlib
import os
import re
import subprocess
import sys
import tracemalloc
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from damage import refuses_changed
from hypothesis import given
from hypothesis import strategies as st

import embed
import nnlib
from nnlib import datasets, fetch, studies
from nnlib.datasets import load_breast_cancer, load_digits, load_mnist, load_names, load_shakespeare, split
from nnlib.embedded import embedded_arrays
from nnlib.fetch import OfficialFile

ROOT = Path(__file__).resolve().parents[2]


# The embedded digits


EMBEDDED = [name for name, source in datasets.SOURCES.items() if source.whole]


def sklearn_datasets():
    """Scikit-learn's copies, which take seconds to import: only the worker that compares with them does."""
    from sklearn import datasets

    return datasets


def stored(name):
    """The arrays that a set is embedded as."""
    return embedded_arrays(datasets.SOURCES[name])


def test_the_embedded_digits_are_those_of_scikit_learn():
    ours, theirs = stored("digits"), sklearn_datasets().load_digits()
    assert ours["images"].dtype == ours["labels"].dtype == np.uint8
    np.testing.assert_array_equal(ours["images"], theirs.data)
    np.testing.assert_array_equal(ours["labels"], theirs.target)


@pytest.mark.parametrize("name", EMBEDDED)
def test_the_tool_writes_the_arrays_that_are_embedded(name, tmp_path, monkeypatch):
    monkeypatch.setattr(embed, "TARGET", tmp_path)
    if name == "names":  # scikit-learn has no such file, and the test asks no mirror
        (tmp_path / "names").mkdir()
        (tmp_path / "names/names.txt").write_bytes(stored(name)["text"].tobytes())
        monkeypatch.setenv("NNLIB_DATA_DIR", str(tmp_path))
    embed.main([name])
    with np.load(tmp_path / datasets.SOURCES[name].embedded.name) as new:
        assert dict(new).keys() == stored(name).keys()
        for key, array in stored(name).items():
            assert new[key].dtype == array.dtype
            np.testing.assert_array_equal(new[key], array)


@pytest.mark.parametrize("name", EMBEDDED)
def test_a_changed_embedded_file_gives_no_arrays(name, tmp_path, monkeypatch):
    load = {source.title: load for source, load in LOADERS}[datasets.SOURCES[name].title]
    path, whole = tmp_path / datasets.SOURCES[name].embedded.name, fetch.embedded(datasets.SOURCES[name])
    monkeypatch.setattr(fetch, "__file__", str(tmp_path / "fetch.py"))

    refuses_changed(load, path, whole)
    path.unlink()
    with pytest.raises(FileNotFoundError, match=path.name):
        load()


# What is declared


LOADERS = [
    (datasets.DIGITS, load_digits),
    (datasets.MNIST, load_mnist),
    (datasets.BREAST_CANCER, load_breast_cancer),
    (datasets.NAMES, load_names),
    (datasets.SHAKESPEARE, load_shakespeare),
]


def test_every_set_is_declared_once_with_its_loader():
    assert [source for source, _ in LOADERS] == [*datasets.SOURCES.values()]
    assert [*datasets.SOURCES] == [source.name for source in datasets.SOURCES.values()]
    assert len({source.title for source in datasets.SOURCES.values()}) == len(datasets.SOURCES)
    for source, load in LOADERS:
        assert load.__name__ in nnlib.__all__
        said = " ".join(load.__doc__.split())
        assert source.licence in said and re.search(r"https://\S+", source.credit)[0].rstrip(",") in said
        assert f"{source.shape[0]:,}" in said


@pytest.mark.parametrize("source", datasets.SOURCES.values(), ids=lambda source: source.name)
def test_a_declaration_is_complete(source):
    assert source.files and source.mirrors and source.credit
    assert all(re.fullmatch(r"[0-9a-f]{64}", file.sha256) and file.size > 0 for file in source.files)
    assert all(mirror.startswith("https://") and mirror.endswith("/") for mirror in source.mirrors)
    hosts = {urlsplit(mirror).hostname for mirror in source.mirrors}
    assert len(hosts) == len(source.mirrors)  # two addresses are two hosts
    if source.embedded and source is not datasets.MNIST:  # for which the digits stand in
        assert source.embedded.size < 300_000 and source.licence in MAY_BE_EMBEDDED
        assert source.credit in " ".join((ROOT / "LICENSE-TEXT").read_text("utf-8").split())


MAY_BE_EMBEDDED = ("CC BY 4.0", "MIT", "PDDL", "CC0", "public domain")


def test_all_that_is_embedded_is_small():
    sources = [*datasets.SOURCES.values(), *(one.source for one in studies.sets().values())]
    files = {source.embedded for source in sources if source.embedded}
    assert sum(file.size for file in files) < 2_000_000


def test_the_digits_have_the_shapes_types_and_ranges_that_are_promised():
    digits = load_digits()
    for x, y, n in [(digits.x_train, digits.y_train, 1437), (digits.x_test, digits.y_test, 360)]:
        assert (x.shape, x.dtype, x.min(), x.max()) == ((n, 64), np.float32, 0, 1)
        assert (y.shape, y.dtype) == ((n,), np.int64)
    assert digits.image_shape == (8, 8)
    assert digits.name == "digits"
    assert "UCI" in digits.source and "CC BY 4.0" in digits.source
    assert repr(digits) == "<digits: 1437 training and 360 test images of 8 x 8 pixels>"


def test_the_test_digits_are_the_last_36_of_each_and_the_rest_keeps_its_order():
    digits, theirs = load_digits(), sklearn_datasets().load_digits()
    assert np.bincount(digits.y_test).tolist() == [36] * 10
    for digit in range(10):
        all_of_it = (theirs.data[theirs.target == digit] / 16).astype(np.float32)
        np.testing.assert_array_equal(digits.x_train[digits.y_train == digit], all_of_it[:-36])
        np.testing.assert_array_equal(digits.x_test[digits.y_test == digit], all_of_it[-36:])
    assert digits.y_train[:12].tolist() == theirs.target[:12].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]


def test_each_call_gives_fresh_arrays():
    first = load_digits()
    first.x_train[...] = 0.5
    first.y_test[...] = 3
    second = load_digits()
    assert second.x_train.min() == 0 and second.y_test.min() == 0


def test_the_package_imports_without_what_only_a_download_needs():
    code = "import sys, nnlib; print(*{'pooch', 'requests', 'platformdirs', 'sklearn'} & sys.modules.keys())"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)  # noqa: S603
    assert (result.stdout.strip(), result.stderr) == ("", "")


# The breast cancer table


def test_the_tumours_are_those_of_scikit_learn_with_1_for_malignant():
    ours, theirs = load_breast_cancer(), sklearn_datasets().load_breast_cancer()
    assert ours.feature_names == tuple(theirs.feature_names)
    assert ours.class_names == ("benign", "malignant") == tuple(theirs.target_names[::-1])
    for malignant in (0, 1):
        rows = theirs.data[theirs.target == 1 - malignant]
        places = np.arange(len(rows)) % 5 == 4
        np.testing.assert_array_equal(ours.x_train[ours.y_train == malignant], rows[~places])
        np.testing.assert_array_equal(ours.x_test[ours.y_test == malignant], rows[places])
    order = [np.flatnonzero((theirs.data == row).all(axis=1)).tolist() for row in ours.x_train]
    assert order == sorted(order)


def test_the_tumours_have_the_shapes_types_and_names_that_are_promised():
    table = load_breast_cancer()
    for x, y, n in [(table.x_train, table.y_train, 456), (table.x_test, table.y_test, 113)]:
        assert (x.shape, x.dtype, y.shape, y.dtype) == ((n, 30), np.float64, (n,), np.int64)
        assert x.flags.writeable and x.flags.c_contiguous and y.flags.writeable
    both = np.concatenate([table.x_train, table.x_test])
    assert (both.min(), both.max()) == (0, 4254)
    assert (table.y_train.sum(), table.y_test.sum()) == (170, 42)
    assert table.image_shape is None and table.name == "breast cancer"
    assert "UCI" in table.source and "CC BY 4.0" in table.source
    assert repr(table) == "<breast cancer: 456 training and 113 test rows of 30 numbers>"


def test_no_column_is_a_number_of_a_patient():
    table = load_breast_cancer()
    radius = table.feature_names.index("mean radius"), table.feature_names.index("mean area")
    assert np.corrcoef(table.x_train[:, radius].T)[0, 1] > 0.98  # so the names stand over their own columns
    assert len(table.feature_names) == table.x_train.shape[1] == 30
    for column in np.concatenate([table.x_train, table.x_test]).T:
        assert len(np.unique(column)) < 569  # what names a patient is there once only


# The names


def test_the_names_are_those_of_the_declared_file():
    (file,) = datasets.NAMES.files
    text = stored("names")["text"].tobytes()
    assert (len(text), hashlib.sha256(text).hexdigest()) == (file.size, file.sha256)
    assert "\n".join(load_names()).encode() == text


def test_the_names_are_what_is_promised():
    names = load_names()
    assert (len(names), len(set(names))) == (32_033, 29_494)
    assert set("".join(names)) == set("abcdefghijklmnopqrstuvwxyz")
    assert (min(map(len, names)), max(map(len, names))) == (2, 15)
    girls, boys = names[:18_029], names[18_029:]
    assert (girls[0], boys[0]) == ("emma", "liam")
    assert len(girls) == len(set(girls)) and len(boys) == len(set(boys)) and len({*girls} & {*boys}) == 2_539


# Shakespeare


PIECE = datasets.SHAKESPEARE._replace(mirrors=())


@pytest.fixture
def piece(tmp_path, monkeypatch):
    """The last 300,000 characters, as where the text cannot be had."""
    monkeypatch.delenv("NNLIB_DATA_DIR", raising=False)
    monkeypatch.setattr(datasets, "SHAKESPEARE", PIECE)
    monkeypatch.setattr(fetch, "cache_folder", lambda: tmp_path)
    with pytest.warns(UserWarning, match=r"last 300,000 characters.*could not be had") as caught:
        text = load_shakespeare(fallback=True)
    assert caught[0].filename == __file__
    return text


def test_the_piece_has_three_parts_that_follow_each_other(piece):
    assert [len(part) for part in piece[:3]] == [188_460, 55_770, 55_770]
    assert all(part.dtype == np.int64 and part.flags.writeable for part in piece[:3])
    assert len(piece.characters) == 65 and list(piece.characters) == sorted(piece.characters)
    assert piece.letters(np.concatenate([piece.validation[-8:], piece.test[:13]])) == "uch assurance ta'en\nA"
    assert piece.letters(piece.test[-12:]) == "art waking.\n"
    assert not piece.whole and repr(piece) == (
        "<tiny Shakespeare, a piece: 188,460 + 55,770 + 55,770 characters, 65 kinds>"
    )


def test_characters_become_numbers_and_come_back(piece):
    assert piece.numbers("to be").tolist() == [58, 53, 1, 40, 43] and piece.letters(piece.numbers("to be")) == "to be"
    with pytest.raises(ValueError, match="not found"):
        piece.numbers("100 %")


def test_without_the_text_the_error_says_what_to_do(tmp_path, monkeypatch, recwarn):
    monkeypatch.delenv("NNLIB_DATA_DIR", raising=False)
    monkeypatch.setattr(datasets, "SHAKESPEARE", PIECE)
    monkeypatch.setattr(fetch, "cache_folder", lambda: tmp_path)
    with pytest.raises(ConnectionError, match=r"load_shakespeare\(fallback=True\)$"):
        load_shakespeare()
    assert not recwarn.list


# MNIST, with small files in its place


def idx(array):
    """A gzipped IDX file of unsigned bytes."""
    lengths = b"".join(length.to_bytes(4, "big") for length in array.shape)
    return gzip.compress(bytes([0, 0, 8, array.ndim]) + lengths + array.astype(np.uint8).tobytes())


def publish(monkeypatch, arrays):
    """Make these arrays the official files, which have no mirror; return their contents."""
    contents = [idx(array) for array in arrays]
    files = [
        OfficialFile(file.name, len(content), hashlib.sha256(content).hexdigest(), file.shape)
        for file, content in zip(datasets.MNIST.files, contents, strict=True)
    ]
    monkeypatch.setattr(datasets, "MNIST", datasets.MNIST._replace(files=tuple(files), mirrors=()))
    return contents


@pytest.fixture
def arrays(monkeypatch):
    rng, shapes = np.random.default_rng(0), [(6, 28, 28), (6,), (4, 28, 28), (4,)]
    files = [file._replace(shape=shape) for file, shape in zip(datasets.MNIST.files, shapes, strict=True)]
    monkeypatch.setattr(datasets, "MNIST", datasets.MNIST._replace(files=tuple(files)))
    return [rng.integers(0, 256 if len(shape) == 3 else 10, shape) for shape in shapes]


@pytest.fixture
def data_dir(arrays, tmp_path, monkeypatch):
    """An NNLIB_DATA_DIR that holds a very small MNIST."""
    (tmp_path / "mnist").mkdir()
    for file, content in zip(datasets.MNIST.files, publish(monkeypatch, arrays), strict=True):
        (tmp_path / "mnist" / file.name).write_bytes(content)
    monkeypatch.setenv("NNLIB_DATA_DIR", str(tmp_path))
    return tmp_path / "mnist"


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """No NNLIB_DATA_DIR, an empty cache, no mirror."""
    monkeypatch.delenv("NNLIB_DATA_DIR", raising=False)
    monkeypatch.setattr(datasets, "MNIST", datasets.MNIST._replace(mirrors=()))
    monkeypatch.setattr(fetch, "cache_folder", lambda: tmp_path)


def test_pixels_become_numbers_from_0_to_1_and_labels_integers(arrays, data_dir, capfd, recwarn):
    mnist = load_mnist()
    np.testing.assert_array_equal(mnist.x_train, (arrays[0].reshape(6, 784) / 255).astype(np.float32))
    np.testing.assert_array_equal(mnist.y_train, arrays[1])
    np.testing.assert_array_equal(mnist.x_test, (arrays[2].reshape(4, 784) / 255).astype(np.float32))
    np.testing.assert_array_equal(mnist.y_test, arrays[3])
    assert mnist.x_train.dtype == mnist.x_test.dtype == np.float32
    assert mnist.y_train.dtype == mnist.y_test.dtype == np.int64
    assert (mnist.name, mnist.image_shape) == ("MNIST", (28, 28))
    assert "LeCun" in mnist.source
    assert str(data_dir) not in mnist.source  # so that a notebook's stored output fits every machine
    assert capfd.readouterr() == ("", "") and not recwarn.list


def test_all_arrays_may_be_written_to(data_dir):
    for array in load_mnist()[:4]:
        array[0] = 1


@pytest.mark.parametrize("i", range(4))
def test_a_missing_file_is_an_error_with_fallback_too(i, data_dir, recwarn):
    path = data_dir / datasets.MNIST.files[i].name
    path.unlink()
    for fallback in (False, True):
        with pytest.raises(FileNotFoundError, match="NNLIB_DATA_DIR") as caught:
            load_mnist(fallback)
        assert str(path) in str(caught.value)
    assert not recwarn.list


def test_images_where_labels_belong_are_an_error_with_fallback_too(data_dir):
    images, labels = (data_dir / file.name for file in datasets.MNIST.files[:2])
    labels.write_bytes(images.read_bytes())
    for fallback in (False, True):
        with pytest.raises(ValueError, match="not the official file") as caught:
            load_mnist(fallback)
        assert str(labels) in str(caught.value)


@pytest.mark.parametrize(("i", "j"), [(0, 1), (1, 0), (0, 2), (1, 3)])
def test_even_with_a_right_checksum_a_file_of_something_else_gives_no_arrays(i, j, arrays, data_dir, monkeypatch):
    arrays[i] = arrays[j]
    for file, content in zip(datasets.MNIST.files, publish(monkeypatch, arrays), strict=True):
        (data_dir / file.name).write_bytes(content)
    with pytest.raises(ValueError, match=datasets.MNIST.files[i].name):
        load_mnist(fallback=True)


def test_where_mnist_cannot_be_had_the_error_says_what_to_do(nowhere, recwarn):
    with pytest.raises(ConnectionError, match="could not be had") as caught:
        load_mnist()
    assert "Set NNLIB_DATA_DIR" in str(caught.value)
    assert str(caught.value).endswith("load_mnist(fallback=True)")
    assert not recwarn.list


# The fallback


def test_the_fallback_is_loud_and_never_called_mnist(nowhere):
    with pytest.warns(UserWarning, match="THIS IS NOT MNIST") as caught:
        data = load_mnist(fallback=True)
    assert caught[0].filename == __file__  # it points at the reader's line
    assert "could not be had" in str(caught[0].message)
    assert data.name == "digits"
    assert data.source.startswith("not MNIST") and "CC BY 4.0" in data.source


def test_the_fallback_works_where_pooch_is_not_installed(monkeypatch):
    monkeypatch.delenv("NNLIB_DATA_DIR", raising=False)
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.warns(UserWarning, match="pooch"):
        assert load_mnist(fallback=True).name == "digits"


@pytest.fixture
def enlarged(nowhere):
    with pytest.warns(UserWarning):
        return load_mnist(fallback=True)


def test_the_fallback_has_mnists_form_and_the_digits_labels(enlarged):
    digits = load_digits()
    assert enlarged.x_train.shape == (1437, 784) and enlarged.x_test.shape == (360, 784)
    assert enlarged.x_train.dtype == np.float32
    assert enlarged.x_train.min() == 0 and 0.99 < enlarged.x_train.max() <= 1
    assert enlarged.image_shape == (28, 28)
    np.testing.assert_array_equal(enlarged.y_train, digits.y_train)
    np.testing.assert_array_equal(enlarged.y_test, digits.y_test)


def test_the_fallback_centres_each_image_by_its_mass_in_a_box_of_20(enlarged):
    images = enlarged.x_train.reshape(-1, 28, 28)
    for axis in (1, 2):
        profile = images.sum(axis=3 - axis)
        centres = profile @ np.arange(28) / profile.sum(axis=1)
        assert np.abs(centres - 13.5).max() <= 0.5 + 1e-5
        inked = profile > 0
        extent = 28 - inked[:, ::-1].argmax(axis=1) - inked.argmax(axis=1)
        assert extent.max() <= 20


def test_the_fallback_blends_linearly_between_pixels():
    ramp = np.tile(np.arange(1, 9, dtype=np.float32) / 8, (1, 8))  # darker from left to right
    image = datasets._like_mnist(load_digits()._replace(x_train=ramp)).x_train.reshape(28, 28)
    row = image[14][image[14] > 0]
    assert len(row) == 20
    np.testing.assert_allclose(row[:1], 1 / 8)  # beyond the outermost pixel's middle nothing changes
    np.testing.assert_allclose(np.diff(row)[1:-1], 0.4 / 8, rtol=1e-5)  # 0.4 old pixels per new one
    np.testing.assert_allclose(image[image.any(axis=1)], np.tile(image[14], (20, 1)), rtol=1e-6)


# Splitting


@given(st.integers(2, 50), st.floats(0.01, 0.99), st.integers(0, 1000))
def test_a_split_holds_every_example_once_with_its_own_label(n, fraction, seed):
    aside = round(fraction * n)
    x, y = np.arange(2 * n).reshape(n, 2), np.arange(n)
    if aside in (0, n):
        with pytest.raises(ValueError, match="fraction: got"):
            split(x, y, fraction, np.random.default_rng(seed))
        return
    x_rest, y_rest, x_aside, y_aside = split(x, y, fraction, np.random.default_rng(seed))
    assert (len(x_rest), len(x_aside)) == (n - aside, aside)
    assert sorted([*y_rest, *y_aside]) == list(range(n))
    for rows, labels in [(x_rest, y_rest), (x_aside, y_aside)]:
        np.testing.assert_array_equal(rows, x[labels])


def test_the_same_seed_splits_the_same_way_and_another_differently():
    x = y = np.arange(100)
    first, again, other = (split(x, y, 0.2, np.random.default_rng(seed))[3] for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert set(first) != set(other)
    assert set(first) != set(range(20))  # drawn, not cut off


@pytest.mark.parametrize("fraction", [0, 1, -0.5, 1.5, 0.001, 0.999, float("nan"), float("inf")])
def test_a_split_refuses_a_fraction_that_leaves_a_part_empty(fraction):
    with pytest.raises(ValueError, match=f"fraction: got {fraction} of 10 examples"):
        split(np.zeros((10, 2)), np.zeros(10), fraction, np.random.default_rng(0))


def test_a_split_refuses_labels_that_do_not_match_the_examples():
    with pytest.raises(ValueError, match="x and y: got 10 and 9 rows"):
        split(np.zeros((10, 2)), np.zeros(9), 0.5, np.random.default_rng(0))


# The real MNIST, and all of Shakespeare

real = pytest.mark.skipif(not os.environ.get("NNLIB_DATA_DIR"), reason="NNLIB_DATA_DIR is not set: no real MNIST here")


@real
def test_the_real_mnist_has_the_known_shapes_labels_and_counts():
    tracemalloc.start()
    try:
        mnist = load_mnist()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert mnist.x_train.shape == (60000, 784) and mnist.x_test.shape == (10000, 784)
    for x in (mnist.x_train, mnist.x_test):
        assert (x.dtype, x.min(), x.max()) == (np.float32, 0, 1)
    assert mnist.y_train[:5].tolist() == [5, 0, 4, 1, 9]
    assert mnist.y_test[:5].tolist() == [7, 2, 1, 0, 4]
    assert np.bincount(mnist.y_train).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(mnist.y_test).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert mnist.x_train.mean() == pytest.approx(0.1307, abs=1e-4)  # the mean pixel, as it is often quoted
    assert repr(mnist) == "<MNIST: 60000 training and 10000 test images of 28 x 28 pixels>"
    assert peak < 1.2 * sum(array.nbytes for array in mnist[:4])


@real
def test_the_piece_of_shakespeare_is_the_end_of_the_text_and_the_tool_writes_it(tmp_path, monkeypatch):
    text, piece = load_shakespeare(), stored("tiny-shakespeare")
    assert text.whole and repr(text) == "<tiny Shakespeare: 1,003,854 + 55,770 + 55,770 characters, 65 kinds>"
    everything = text.letters(np.concatenate(text[:3]))
    assert everything.startswith("First Citizen:\nBefore we proceed any further, hear me speak.")
    assert everything[-300_000:].encode() == piece["codes"].tobytes()
    assert text.characters.encode() == piece["kinds"].tobytes()
    monkeypatch.setattr(embed, "TARGET", tmp_path)
    embed.main(["tiny-shakespeare"])
    with np.load(tmp_path / "shakespeare.npz") as new:
        assert {key: new[key].tobytes() for key in new} == {key: array.tobytes() for key, array in piece.items()}
