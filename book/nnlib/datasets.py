"""Datasets: examples as arrays, declared once and checked byte for byte before anything learns from them."""

import warnings
from typing import NamedTuple

import numpy as np

from .checks import as_examples, check_rng
from .embedded import embedded_arrays
from .fetch import OfficialFile, Source, fetch_all
from .idx import parse_idx

DIGITS = Source(
    name="digits",
    title="digits",
    shape=(1797, 8, 8),
    credit="E. Alpaydin and C. Kaynak (1998), Optical Recognition of Handwritten Digits, "
    "UCI Machine Learning Repository, https://doi.org/10.24432/C50P49",
    licence="CC BY 4.0",
    files=(
        OfficialFile(
            "digits.csv.gz", 57523, "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22", (1797, 65)
        ),
    ),
    mirrors=("https://raw.githubusercontent.com/scikit-learn/scikit-learn/1.9.1/sklearn/datasets/data/",),
    embedded=OfficialFile("digits.npz", 45395, "af104d81e7cd419be5f343d23c6ca2e4e4ff847b06636260802df8e903c6183f"),
    whole=True,
)
MNIST = Source(
    name="mnist",
    title="MNIST",
    shape=(70000, 28, 28),
    credit="Y. LeCun, C. Cortes and C. J. C. Burges, The MNIST database of handwritten digits; described in "
    "Y. LeCun, L. Bottou, Y. Bengio and P. Haffner (1998), https://doi.org/10.1109/5.726791",
    licence="",
    files=(
        OfficialFile(
            "train-images-idx3-ubyte.gz",
            9912422,
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            (60000, 28, 28),
        ),
        OfficialFile(
            "train-labels-idx1-ubyte.gz",
            28881,
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            (60000,),
        ),
        OfficialFile(
            "t10k-images-idx3-ubyte.gz",
            1648877,
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            (10000, 28, 28),
        ),
        OfficialFile(
            "t10k-labels-idx1-ubyte.gz",
            4542,
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
            (10000,),
        ),
    ),
    mirrors=(
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ),
    embedded=DIGITS.embedded,
    served=True,
)
BREAST_CANCER = Source(
    name="breast-cancer-wdbc",
    title="breast cancer",
    shape=(569, 30),
    credit="W. H. Wolberg, W. N. Street and O. L. Mangasarian (1995), Breast Cancer Wisconsin (Diagnostic), "
    "UCI Machine Learning Repository, https://doi.org/10.24432/C5DW2B",
    licence="CC BY 4.0",
    files=(
        OfficialFile(
            "breast_cancer.csv", 119913, "fed3eb72d0575ef6192293f5093c6e801b1476b577d0386bf4455504522172ed", (569, 31)
        ),
    ),
    mirrors=("https://raw.githubusercontent.com/scikit-learn/scikit-learn/1.9.1/sklearn/datasets/data/",),
    embedded=OfficialFile(
        "breast_cancer.npz", 72510, "1276b0c8bd989de78ad386d2a2d1324aadfa7b4eb88a5268334c44d03a58fb63"
    ),
    whole=True,
)
NAMES = Source(
    name="names",
    title="names",
    shape=(32033,),
    credit="US Social Security Administration, first names of children born in 2018, "
    "https://www.ssa.gov/oact/babynames/, in the file of A. Karpathy's makemore, https://github.com/karpathy/makemore",
    licence="MIT",
    files=(
        OfficialFile("names.txt", 228145, "0a30b5557f192f32ab962680889aac5f6fda0f4cecf40a6d0b5694f58ea8cc4d", (32033,)),
    ),
    mirrors=("https://raw.githubusercontent.com/karpathy/makemore/988aa59e4d8fefa526d06f3b453ad116258398d4/",),
    embedded=OfficialFile("names.npz", 103593, "dc6b5298b82d58b74812ce5adf0107f1353ee4a6e38d37097893af564e61bdb9"),
    whole=True,
)
CHAR_RNN = "6f9487a6fe5b420b7ca9afb0d7c078e37c1d1b4e"  # the commit of that repository
SHAKESPEARE = Source(
    name="tiny-shakespeare",
    title="tiny Shakespeare",
    shape=(1115394,),
    credit="W. Shakespeare, lines of his plays, collected by A. Karpathy (2015) for char-rnn, "
    "https://github.com/karpathy/char-rnn",
    licence="public domain",
    files=(
        OfficialFile(
            "input.txt", 1115394, "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed", (1115394,)
        ),
    ),
    mirrors=(
        f"https://raw.githubusercontent.com/karpathy/char-rnn/{CHAR_RNN}/data/tinyshakespeare/",
        f"https://cdn.jsdelivr.net/gh/karpathy/char-rnn@{CHAR_RNN}/data/tinyshakespeare/",
    ),
    embedded=OfficialFile(
        "shakespeare.npz", 118297, "8fa1307e70dd49b38df4da6d74c7712d09f5f17b11c9b5d141655f182f8104d7"
    ),
)
SOURCES = {source.name: source for source in (DIGITS, MNIST, BREAST_CANCER, NAMES, SHAKESPEARE)}  # all of the book

JUDGED = 55_770  # characters of Shakespeare to choose by, and as many to test on: a twentieth of the text each


class Dataset(NamedTuple):
    """Examples with their labels, in a part to train on and a part to test on: images, or the rows of a table.

    Attributes
    ----------
    x_train, x_test : arrays of shape (n, features). Of images, float32 where 0 is paper and 1 is ink, and a row is an
        image, row by row; of a table, float64 as published, and a row is an example.
    y_train, y_test : integer arrays of shape (n,), from 0: the digits that the images show, or places in `class_names`.
    source : where the examples come from, to be cited, with the licence where there is one.
    image_shape : (height, width) in pixels, so that `x_train[i].reshape(image_shape)` is a picture; None of a table.
    name : "MNIST", "digits" and so on; what the text says of MNIST holds only where it is "MNIST".
    feature_names : what each column of a table holds, with its unit where it has one; empty for images.
    class_names : what each label means, `class_names[0]` what 0 means.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    source: str
    image_shape: tuple[int, int] | None
    name: str
    feature_names: tuple[str, ...] = ()
    class_names: tuple[str, ...] = tuple("0123456789")

    def __repr__(self) -> str:
        sizes = f"{len(self.x_train)} training and {len(self.x_test)} test"
        if self.image_shape is None:
            return f"<{self.name}: {sizes} rows of {self.x_train.shape[1]} numbers>"
        height, width = self.image_shape
        return f"<{self.name}: {sizes} images of {height} x {width} pixels>"


class Text(NamedTuple):
    """A text as whole numbers, one for each character, in three parts that follow each other in it.

    Attributes
    ----------
    train, validation, test : integer arrays of shape (n,): places in `characters`.
    characters : every character that occurs, in the order of their codes.
    source : where the text comes from, to be cited.
    whole : whether it is all there, or a piece that stands in for it.
    """

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    characters: str
    source: str
    whole: bool

    def numbers(self, text: str) -> np.ndarray:
        """The characters of a text as numbers, integers (n,); ValueError for one that does not occur."""
        return np.array([self.characters.index(character) for character in text], np.intp)

    def letters(self, numbers: np.ndarray) -> str:
        """The characters that these numbers stand for, as a text."""
        return "".join(self.characters[number] for number in numbers)

    def __repr__(self) -> str:
        sizes = " + ".join(f"{len(part):,}" for part in (self.train, self.validation, self.test))
        name = SHAKESPEARE.title if self.whole else f"{SHAKESPEARE.title}, a piece"
        return f"<{name}: {sizes} characters, {len(self.characters)} kinds>"


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
    file = embedded_arrays(DIGITS)
    x, y = np.divide(file["images"], 16, dtype=np.float32), file["labels"].astype(np.intp)
    is_test = np.zeros(len(y), dtype=bool)
    for digit in range(10):
        is_test[np.flatnonzero(y == digit)[-36:]] = True
    return Dataset(x[~is_test], y[~is_test], x[is_test], y[is_test], DIGITS.citation, (8, 8), DIGITS.title)


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
    try:
        files = fetch_all(MNIST)
    except ConnectionError as error:
        if not fallback:
            raise ConnectionError(f"{error}, or use the embedded digits: load_mnist(fallback=True)") from None
        warnings.warn(
            "THIS IS NOT MNIST: the 1,797 embedded digits, enlarged to 28 x 28 pixels, stand in for it. "
            f"What the text says of MNIST does not hold for them. The reason: {error}",
            stacklevel=2,
        )
        return _like_mnist(load_digits())
    arrays = []
    for file, data in zip(MNIST.files, files, strict=True):
        array = parse_idx(data, file.shape, file.name)
        if array.ndim == 1:
            arrays.append(array.astype(np.intp))
        else:  # divided straight into float32, with no second copy of 188 MB
            arrays.append(np.divide(array.reshape(len(array), -1), 255, dtype=np.float32))
    return Dataset(*arrays, MNIST.citation, (28, 28), MNIST.title)


def load_breast_cancer() -> Dataset:
    """569 tumours of the breast, 30 measurements of each under the microscope; comes with the book, needs no network.

    UCI's "Breast Cancer Wisconsin (Diagnostic)" (W. H. Wolberg, W. N. Street and O. L. Mangasarian, 1995,
    https://doi.org/10.24432/C5DW2B, CC BY 4.0), in the copy that scikit-learn ships. A fine needle took cells from a
    lump, and in a picture of them the outlines of the nuclei were drawn: ten features of each nucleus, and of each
    feature the mean over the picture's nuclei, its standard error ("error"), and the mean of the three largest
    ("worst"). Radius and perimeter are lengths in the picture and area is in that length squared, texture is the
    spread of grey levels; the source names no unit, and the rest have none. No number says who a patient was.

    Returns
    -------
    Dataset
        456 rows to train on and 113 to test on, x of shape (n, 30) in float64, as published: from 0 to 4254, so scale
        the columns before a network sees them (`nnlib.tables`). A label is 1 where the tumour was malignant
        (212 of 569) and 0 where it was benign, so that 1 is what a doctor looks for; scikit-learn has them the other
        way round. The test part is every fifth row of each class, in the file's order. The arrays are fresh in each
        call: yours to change.

    Raises
    ------
    ValueError
        If the file that came with the book is cut or changed.
    """
    file = embedded_arrays(BREAST_CANCER)
    x, y = file["features"], file["malignant"].astype(np.intp)
    is_test = np.zeros(len(y), dtype=bool)
    for label in (0, 1):
        is_test[np.flatnonzero(y == label)[4::5]] = True
    measured = ("radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave points")
    measured += ("symmetry", "fractal dimension")
    names = [form.format(name) for form in ("mean {}", "{} error", "worst {}") for name in measured]
    return Dataset(
        *(x[~is_test], y[~is_test], x[is_test], y[is_test]),
        source=BREAST_CANCER.citation,
        image_shape=None,
        name=BREAST_CANCER.title,
        feature_names=tuple(names),
        class_names=("benign", "malignant"),
    )


def load_names() -> list[str]:
    """32,033 first names of children born in the United States in 2018; come with the book, need no network.

    The Social Security Administration publishes them (https://www.ssa.gov/oact/babynames/, public domain), and
    A. Karpathy's makemore has them in one file (https://github.com/karpathy/makemore, MIT).

    Returns
    -------
    list of str
        In small letters, a to z and no others, 2 to 15 of them; girls' names first, and both parts by how frequent a
        name is. 2,539 names that boys and girls share stand in it twice: `set(names)` holds the 29,494 different ones.

    Raises
    ------
    ValueError
        If the file that came with the book is cut or changed.
    """
    return embedded_arrays(NAMES)["text"].tobytes().decode().split()


def load_shakespeare(fallback: bool = False) -> Text:
    """Lines of Shakespeare's plays: 1,115,394 characters, of 65 kinds.

    The text is in the public domain; A. Karpathy collected it for char-rnn (https://github.com/karpathy/char-rnn, MIT).
    It is looked for as `load_mnist` says.

    Parameters
    ----------
    fallback : where neither the cache nor a mirror has it, warn and return its last 300,000 characters, which come
        with the book.

    Returns
    -------
    Text
        The last 55,770 characters are the test part, as many before them the validation part, and all others are there
        to train on: 1,003,854, or 188,460 of the piece. The three follow each other, so that no line to be judged
        stands between lines that were learned. The numbers of the characters are the same in the piece.

    Raises
    ------
    FileNotFoundError, ValueError, ConnectionError
        As `load_mnist`.
    """
    try:
        (data,) = fetch_all(SHAKESPEARE)
    except ConnectionError as error:
        if not fallback:
            raise ConnectionError(f"{error}, or use its last part: load_shakespeare(fallback=True)") from None
        warnings.warn(
            "This is not the whole text: its last 300,000 characters, which come with the book, stand in for it. "
            f"The reason: {error}",
            stacklevel=2,
        )
        file = embedded_arrays(SHAKESPEARE)
        codes, kinds = file["codes"], file["kinds"]
    else:
        codes = np.frombuffer(data, np.uint8)
        kinds = np.unique(codes)
    parts = np.split(np.searchsorted(kinds, codes), [-2 * JUDGED, -JUDGED])
    return Text(*parts, bytes(kinds).decode("ascii"), SHAKESPEARE.citation, len(codes) == SHAKESPEARE.shape[0])


def split(
    x: np.ndarray, y: np.ndarray, fraction: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Shuffle examples and set a fraction of them aside, for validation say.

    Parameters
    ----------
    x, y : arrays, lists or tables with one row per example, n rows each; rows are taken by place.
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
    x, y = as_examples(x, y)
    check_rng(rng)
    aside = round(fraction * len(x)) if 0 < fraction < 1 else 0
    if not 0 < aside < len(x):
        raise ValueError(f"fraction: got {fraction} of {len(x)} examples, expected one that leaves neither part empty")
    order = rng.permutation(len(x))
    return x[order[aside:]], y[order[aside:]], x[order[:aside]], y[order[:aside]]


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
