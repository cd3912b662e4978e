"""Datasets: handwritten digits as arrays, checked byte for byte before anything learns from them."""

import hashlib
import os
import textwrap
import time
import warnings
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .checks import check_same_length
from .idx import parse_idx

DIGITS_SOURCE = (
    "E. Alpaydin and C. Kaynak (1998), Optical Recognition of Handwritten Digits, "
    "UCI Machine Learning Repository, https://doi.org/10.24432/C50P49, CC BY 4.0"
)
MNIST_SOURCE = (
    "Y. LeCun, C. Cortes and C. J. C. Burges, The MNIST database of handwritten digits; described in "
    "Y. LeCun, L. Bottou, Y. Bengio and P. Haffner (1998), https://doi.org/10.1109/5.726791"
)
MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
TIMEOUT = 10  # seconds that a mirror may be silent
DEADLINE = 600  # seconds that one file may take


class OfficialFile(NamedTuple):
    """A published file: its name, SHA-256 and size in bytes, and the shape of the array in it."""

    name: str
    sha256: str
    size: int
    shape: tuple[int, ...]


MNIST_FILES = (
    OfficialFile(
        "train-images-idx3-ubyte.gz",
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        9912422,
        (60000, 28, 28),
    ),
    OfficialFile(
        "train-labels-idx1-ubyte.gz",
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        28881,
        (60000,),
    ),
    OfficialFile(
        "t10k-images-idx3-ubyte.gz",
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        1648877,
        (10000, 28, 28),
    ),
    OfficialFile(
        "t10k-labels-idx1-ubyte.gz",
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        4542,
        (10000,),
    ),
)


class Dataset(NamedTuple):
    """Images with their labels, in a part to train on and a part to test on.

    Attributes
    ----------
    x_train, x_test : float32 arrays of shape (n, pixels), 0 is paper and 1 is ink; a row is an image, row by row.
    y_train, y_test : int64 arrays of shape (n,), the digits 0 to 9 that the images show.
    source : where the images come from, to be cited, with the licence where there is one.
    image_shape : (height, width) in pixels, so that `x_train[i].reshape(image_shape)` is a picture.
    name : "MNIST" or "digits"; what the text says of MNIST holds only where it is "MNIST".
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    source: str
    image_shape: tuple[int, int]
    name: str

    def __repr__(self) -> str:
        height, width = self.image_shape
        sizes = f"{len(self.x_train)} training and {len(self.x_test)} test images"
        return f"<{self.name}: {sizes} of {height} x {width} pixels>"


def load_digits() -> Dataset:
    """The 1,797 real handwritten digits of 8 x 8 pixels that come with this book; needs no network.

    They are the test part of UCI's "Optical Recognition of Handwritten Digits" (E. Alpaydin and C. Kaynak,
    1998, https://doi.org/10.24432/C50P49, CC BY 4.0), in the copy that scikit-learn ships; its grey levels
    0 to 16 are divided by 16.

    Returns
    -------
    Dataset
        1,437 images to train on and 360 to test on, x of shape (n, 64). The last 36 images of each digit, in
        the file's order, are the test part, so it has as many of each digit; otherwise the file's order stays.
        Images that stand close together there look alike (often one hand wrote them), so this split is a
        harder and more honest test than drawing lots. The arrays are fresh in each call: yours to change.
    """
    with np.load(Path(__file__).with_name("digits.npz"), allow_pickle=False) as file:
        x, y = np.divide(file["images"], 16, dtype=np.float32), file["labels"].astype(np.int64)
    is_test = np.zeros(len(y), dtype=bool)
    for digit in range(10):
        is_test[np.flatnonzero(y == digit)[-36:]] = True
    return Dataset(x[~is_test], y[~is_test], x[is_test], y[is_test], DIGITS_SOURCE, (8, 8), "digits")


def load_mnist(fallback: bool = False) -> Dataset:
    """MNIST: 70,000 handwritten digits of 28 x 28 pixels (LeCun et al., 1998, https://doi.org/10.1109/5.726791).

    The four official files are looked for in the folder `mnist` of NNLIB_DATA_DIR if that environment
    variable is set (an empty value counts as not set), and nowhere else then; otherwise in the per-user
    cache; otherwise at public mirrors, one after the other, which fills the cache. A file counts only if
    its size and SHA-256 are the published ones, wherever it was found.

    Parameters
    ----------
    fallback : where neither the cache nor a mirror has MNIST, warn and return the digits of `load_digits`
        instead, enlarged to look like MNIST: 20 x 20 pixels (bilinear) on a 28 x 28 field, their centre
        of mass in its middle. `name` is then "digits".

    Returns
    -------
    Dataset
        60,000 images to train on and 10,000 to test on, x of shape (n, 784): 220 MB in fresh arrays.

    Raises
    ------
    FileNotFoundError
        If NNLIB_DATA_DIR is set and lacks a file, with `fallback` too.
    ValueError
        If a file in NNLIB_DATA_DIR is cut, changed or not what its name says, with `fallback` too.
    ConnectionError
        If neither the cache nor a mirror gives a file; the message lists what was tried.
    """
    folder = os.environ.get("NNLIB_DATA_DIR")
    try:
        files = [_read_data_dir(folder, file) if folder else _read_cache_or_mirror(file) for file in MNIST_FILES]
    except ConnectionError as error:
        if not fallback:
            raise
        warnings.warn(
            "THIS IS NOT MNIST: the 1,797 embedded digits, enlarged to 28 x 28 pixels, stand in for it. "
            f"What the text says of MNIST does not hold for them. The reason: {error}",
            stacklevel=2,
        )
        return _like_mnist(load_digits())
    arrays = []
    for data, file in zip(files, MNIST_FILES, strict=True):
        array = parse_idx(data, file.shape, file.name)
        if len(file.shape) == 1:
            arrays.append(array.astype(np.int64))
        else:  # divided straight into float32, with no second copy of 188 MB
            arrays.append(np.divide(array.reshape(len(array), -1), 255, dtype=np.float32))
    return Dataset(*arrays, MNIST_SOURCE, MNIST_FILES[0].shape[1:], "MNIST")


def split(
    x: np.ndarray, y: np.ndarray, fraction: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Shuffle examples and set a fraction of them aside, for validation say.

    Parameters
    ----------
    x, y : arrays with one row per example, n rows each.
    fraction : the part to set aside, between 0 and 1; round(fraction * n) examples are.
    rng : decides which.

    Returns
    -------
    x_rest, y_rest, x_aside, y_aside : copies; together they hold every example once.

    Raises
    ------
    ValueError
        If x and y differ in length, or one of the two parts would be empty.
    """
    check_same_length(x, y)
    aside = round(fraction * len(x)) if 0 < fraction < 1 else 0
    if not 0 < aside < len(x):
        raise ValueError(f"fraction: got {fraction} of {len(x)} examples, expected one that leaves neither part empty")
    order = rng.permutation(len(x))
    return x[order[aside:]], y[order[aside:]], x[order[:aside]], y[order[:aside]]


def _read(path: Path, file: OfficialFile) -> bytes:
    """The bytes of a file, if they are the official ones; never reads more than one byte beyond their size."""
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file")
    with path.open("rb") as stream:
        data = stream.read(file.size + 1)
    if len(data) != file.size:
        size = f"{len(data)} bytes" if len(data) < file.size else f"more than {file.size} bytes"
        raise ValueError(f"{path}: got {size}, expected {file.size}: not the official file, or not all of it")
    if (sha256 := hashlib.sha256(data).hexdigest()) != file.sha256:
        raise ValueError(f"{path}: got SHA-256 {sha256}, expected {file.sha256}: not the official file")
    return data


def _read_data_dir(folder: str, file: OfficialFile) -> bytes:
    """A file from NNLIB_DATA_DIR, or an error that says what to do."""
    path = Path(folder).expanduser().absolute() / "mnist" / file.name
    hint = "put MNIST's four .gz files there, or unset NNLIB_DATA_DIR to use the cache and the public mirrors"
    if not Path(folder).expanduser().is_absolute():
        hint += f" (NNLIB_DATA_DIR is the relative path {folder!r}, seen from {Path.cwd()})"
    try:
        return _read(path, file)
    except FileNotFoundError as error:
        raise FileNotFoundError(f"NNLIB_DATA_DIR: {error}; {hint}") from None
    except ValueError as error:
        raise ValueError(f"NNLIB_DATA_DIR: {error}; {hint}") from None


def _read_cache_or_mirror(file: OfficialFile) -> bytes:
    """A file from the cache, else from the first mirror that gives it; ConnectionError if none does."""
    tried = []

    def note(where: str, error: BaseException) -> None:
        while cause := error.__cause__ or error.__context__:
            error = cause  # what happened first says most: "Name or service not known"
        tried.append(textwrap.shorten(f"{where}: {type(error).__name__}: {error}", 300))

    try:
        path = cache_folder() / file.name
        return _read(path, file)
    except (ImportError, RuntimeError) as error:  # without a folder to put it in there is no download
        note("cache", error)
        mirrors = ()
    except (OSError, ValueError) as error:
        note("cache", error)
        mirrors = MIRRORS
    for mirror in mirrors:
        try:
            _download(mirror + file.name, path, file)
        except (OSError, ValueError) as error:
            note(mirror, error)
        with suppress(OSError, ValueError):  # read it even so: another process may have brought it meanwhile
            return _read(path, file)
    raise ConnectionError(
        "\n- ".join([f"MNIST's {file.name} could not be had. Tried:", *tried])
        + "\nSet NNLIB_DATA_DIR to a folder whose subfolder mnist holds the four .gz files, "
        "or use the embedded digits: load_mnist(fallback=True)."
    )


def cache_folder() -> Path:
    """Where downloaded files are kept for this user; RuntimeError where the user has no home folder."""
    import pooch  # here, because it is slow to import and a browser's Python does not have it

    folder = pooch.os_cache("nnlib") / "mnist"
    if not folder.is_absolute():  # platformdirs leaves a "~" that it cannot resolve
        raise RuntimeError("this user has no home folder to keep a cache in")
    return folder


def _download(url: str, path: Path, file: OfficialFile) -> None:
    """Fetch an official file to `path`: pooch writes it to a temporary file, checks it, then moves it there.

    So a file at `path` is whole, or (if it was put there by other means) `_read` refuses it.
    """
    import pooch
    import requests
    import urllib3

    def stream(url: str, target: str, _: object) -> None:
        print(f"Downloading {url}", flush=True)
        deadline = time.monotonic() + DEADLINE
        with requests.get(url, stream=True, timeout=TIMEOUT) as answer, open(target, "wb") as output:
            answer.raise_for_status()
            while chunk := answer.raw.read1(1 << 16, decode_content=False):  # what has come, as it was sent
                output.write(chunk)
                if output.tell() > file.size:
                    raise ValueError(f"sends more than the {file.size} bytes of the official file")
                if time.monotonic() > deadline:
                    raise TimeoutError(f"not finished after {DEADLINE} seconds")

    pooch.get_logger().setLevel("WARNING")
    try:
        pooch.retrieve(url, file.sha256, path.name, path.parent, downloader=stream)
    except urllib3.exceptions.HTTPError as error:  # which requests does not translate on this path
        raise ConnectionError(str(error)) from error


def _like_mnist(digits: Dataset) -> Dataset:
    """8 x 8 digits made as MNIST was: 20 x 20 pixels, on a 28 x 28 field by their centre of mass."""
    place = (np.arange(20) + 0.5) * 8 / 20 - 0.5  # the middle of each new pixel, measured in old pixels
    blend = np.maximum(0, 1 - np.abs(place.clip(0, 7)[:, None] - np.arange(8))).astype(np.float32)

    def enlarge(x: np.ndarray) -> np.ndarray:
        images = blend @ x.reshape(-1, 8, 8) @ blend.T  # bilinear: rows and columns alike
        fields = np.zeros((len(x), 28, 28), np.float32)
        for image, field in zip(images, fields, strict=True):
            centre = [np.average(np.arange(20), weights=image.sum(axis)) for axis in (1, 0)]
            top, left = (int(np.clip(round(13.5 - c), 0, 8)) for c in centre)
            field[top : top + 20, left : left + 20] = image
        return fields.reshape(len(x), 784)

    return digits._replace(
        x_train=enlarge(digits.x_train),
        x_test=enlarge(digits.x_test),
        source=f"not MNIST, but enlarged to its size: {digits.source}",
        image_shape=(28, 28),
    )
