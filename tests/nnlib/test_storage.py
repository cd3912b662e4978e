"""Storage: what was saved comes back, and any other file is refused by name."""

import io
import os
import tracemalloc
import warnings
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlib import Dense, Network, Sigmoid


def network(hidden=3, seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return Network(Dense(4, hidden, rng, dtype), Sigmoid(), Dense(hidden, 2, rng, dtype), Sigmoid())


def values(network):
    return {p.name: p.value.copy() for p in network.parameters()}


def same(a, b):
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)


@given(seed=st.integers(0, 99), hidden=st.integers(1, 5), dtype=st.sampled_from([np.float32, np.float64]))
@settings(max_examples=20)
def test_save_and_load_give_the_same_network(tmp_path_factory, seed, hidden, dtype):
    path = tmp_path_factory.mktemp("weights") / "mein Netz ä.npz"
    saved, loaded = network(hidden, seed, dtype), network(hidden, seed + 1, dtype)
    saved.save(path)
    loaded.load(path)
    assert same(values(saved), values(loaded))


def test_load_fills_the_arrays_that_the_layers_hold(tmp_path):
    saved, loaded = network(seed=1), network(seed=2)
    held = loaded.layers[0].W
    saved.save(tmp_path / "a.npz")
    loaded.load(str(tmp_path / "a.npz"))
    assert held is loaded.layers[0].W and np.array_equal(held, saved.layers[0].W)


def test_saving_replaces_the_file_and_leaves_nothing_else_behind(tmp_path):
    path = tmp_path / "weights"
    network(seed=1).save(path)
    network(seed=2).save(path)
    assert [file.name for file in tmp_path.iterdir()] == ["weights"]
    loaded = network(seed=3)
    loaded.load(path)
    assert same(values(loaded), values(network(seed=2)))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no file modes")
def test_a_saved_file_can_be_read_by_whom_the_user_lets(tmp_path):
    (tmp_path / "plain").touch()
    network().save(tmp_path / "weights")
    assert (tmp_path / "weights").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_save_that_fails_leaves_the_old_file_whole(tmp_path, monkeypatch):
    path = tmp_path / "weights.npz"
    network(seed=1).save(path)
    before = path.read_bytes()

    def disk_full(file, **arrays):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", disk_full)
    with pytest.raises(OSError, match="No space left"):
        network(seed=2).save(path)
    assert path.read_bytes() == before and len(list(tmp_path.iterdir())) == 1


def npy(version=(1, 0)):
    """The bytes of an array that fits "0.b"."""
    file = io.BytesIO()
    np.lib.format.write_array(file, np.zeros(3), version)
    return file.getvalue()


MEMBERS = {
    "a longer member": [npy() + b"!"],
    "a shorter member": [npy()[:-1]],
    "a name twice": [npy(), npy()],
    "a newer format": [npy((2, 0))],
}


def spoiled(tmp_path, how):
    path = tmp_path / "weights.npz"
    network().save(path)
    whole = path.read_bytes()
    arrays = values(network())
    if how == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "text":
        path.write_text("not weights")
    elif how == "one array":
        with path.open("wb") as file:
            np.save(file, np.ones(3))
    elif how == "flipped bits":
        middle = len(whole) // 3
        path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :])
    elif how == "a zip of text":
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("0.W", "hello")
    elif how == "objects":
        np.savez(path, **(arrays | {"0.W": np.array([{"a": 1}], dtype=object)}))
    elif how == "compressed":
        np.savez_compressed(path, **arrays)
    elif how in MEMBERS:
        np.savez(path, **{name: array for name, array in arrays.items() if name != "0.b"})
        with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as file:
            warnings.simplefilter("ignore")  # that a name comes twice
            for content in MEMBERS[how]:
                file.writestr("0.b.npy", content)
    elif how == "a thousand names":
        np.savez(path, **{f"a{i}": np.ones(1) for i in range(1000)})
    elif how == "another shape":
        network(hidden=4).save(path)
    elif how == "another dtype":
        network(dtype=np.float32).save(path)
    elif how == "one too few":
        arrays.pop("0.b")
        np.savez(path, **arrays)
    elif how == "one too many":
        np.savez(path, **arrays, extra=np.ones(2))
    elif how == "nan":
        arrays["2.b"][0] = np.nan
        np.savez(path, **arrays)
    return path


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("cut", "not a whole .npz file"),
        ("empty", "not a whole .npz file"),
        ("text", "not a whole .npz file"),
        ("one array", "not a whole .npz file"),
        ("flipped bits", "weights.npz: "),
        ("a zip of text", "weights.npz: "),
        ("objects", r"0.W has shape \(1,\) and dtype object"),
        ("compressed", "0.W is compressed"),
        ("a longer member", "0.b is cut short or too long"),
        ("a shorter member", "0.b is cut short or too long"),
        ("a name twice", r"holds \['0.b'\] too"),
        ("a newer format", "0.b is in a form of NumPy's format"),
        ("a thousand names", r"lacks \['0.W', '0.b', '2.W', '2.b'\]"),
        ("another shape", r"0.W has shape \(4, 4\) .*expected \(3, 4\)"),
        ("another dtype", "0.W has shape .* and dtype float32, expected .* and float64"),
        ("one too few", r"lacks \['0.b'\]; it was saved by a different network"),
        ("one too many", r"holds \['extra'\] too"),
        ("nan", "2.b holds NaN or infinity"),
    ],
)
def test_any_other_file_is_refused_by_name_and_changes_nothing(tmp_path, how, message):
    loaded = network(seed=5)
    before = values(loaded)
    with pytest.raises(ValueError, match=message) as raised:
        loaded.load(spoiled(tmp_path, how))
    assert "weights.npz" in str(raised.value)
    assert same(values(loaded), before)


def test_a_file_with_any_one_byte_changed_is_refused_or_gives_the_same_shapes(tmp_path):
    path = tmp_path / "weights.npz"
    Network(Dense(1, 1, np.random.default_rng(0))).save(path)
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        loaded = Network(Dense(1, 1, np.random.default_rng(1)))
        try:
            loaded.load(path)
        except ValueError as error:
            assert "weights.npz" in str(error)
        else:  # a byte that says nothing about the numbers, such as a date
            assert loaded.layers[0].W == Network(Dense(1, 1, np.random.default_rng(0))).layers[0].W


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere.npz"):
        network().load(tmp_path / "nowhere.npz")


def test_a_missing_folder_is_said_to_be_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no folder .*nowhere; make it first$"):
        network().save(tmp_path / "nowhere" / "weights.npz")


def test_what_cannot_be_opened_says_so_itself(tmp_path):
    with pytest.raises(OSError, match="weights.npz"):  # a directory, or a file of somebody else's
        (tmp_path / "weights.npz").mkdir()
        network().load(tmp_path / "weights.npz")


def test_weights_in_columns_come_back_too(tmp_path):
    def in_columns(seed):
        return Network(Dense(4, 3, np.random.default_rng(seed), init=lambda rng, shape: rng.random(shape[::-1]).T))

    saved, loaded = in_columns(1), in_columns(2)
    assert saved.layers[0].W.flags.f_contiguous
    saved.save(tmp_path / "weights.npz")
    loaded.load(tmp_path / "weights.npz")
    assert same(values(saved), values(loaded))


def test_a_file_that_promises_a_million_numbers_takes_no_memory(tmp_path):
    path = tmp_path / "weights.npz"
    np.savez_compressed(path, **{name: np.zeros((1000, 1000)) for name in values(network())})
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="weights.npz: "):
            network().load(path)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()
