"""Storage: parameters on disk, as .npz without pickle; a file is read whole or not at all."""

import os
import reprlib
import warnings
import zipfile
from collections import Counter
from pathlib import Path
from typing import BinaryIO

import numpy as np


class _Unfit(Exception):
    """A file that may be whole, but is not one of this network's."""


def save(arrays: dict[str, np.ndarray], path: str | Path) -> None:
    """Write named arrays to `path`, first beside it and then moved, so that no half file is left."""
    path = Path(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"{path}: there is no folder {path.absolute().parent}; make it first")
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with partial.open("wb") as file:
            np.savez(file, **arrays)
            file.flush()
            os.fsync(file.fileno())  # even if the power fails, what takes the old file's place is whole
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def load_into(arrays: dict[str, np.ndarray], path: str | Path) -> None:
    """Fill named arrays in place from a file of `save` that holds the same names, shapes and dtypes.

    Raises ValueError for any other file, FileNotFoundError or another OSError where none can be opened,
    and then changes nothing. No file takes more memory than one that fits.
    """
    with open(path, "rb") as file, warnings.catch_warnings():
        warnings.simplefilter("error")  # a header that NumPy only doubts was not written by `save` either
        try:
            loaded = _read(arrays, file)
        except _Unfit as error:
            raise ValueError(f"{path}: {error}") from None
        except Exception as error:  # on damaged bytes zipfile and NumPy raise a dozen kinds
            raise ValueError(f"{path}: not a whole .npz file of parameters") from error
    for name, array in arrays.items():
        array[...] = loaded[name]


def _read(arrays: dict[str, np.ndarray], file: BinaryIO) -> dict[str, np.ndarray]:
    """The arrays of an .npz file, if they are like these."""
    archive = zipfile.ZipFile(file)
    expected, held = Counter(arrays.keys()), Counter(name.removesuffix(".npy") for name in archive.namelist())
    if missing := expected - held:
        raise _Unfit(f"lacks {reprlib.repr(sorted(missing))}; it was saved by a different network")
    if extra := held - expected:
        raise _Unfit(f"holds {reprlib.repr(sorted(extra))} too; it was saved by a different network")
    return {name: _array(archive, name, array) for name, array in arrays.items()}


def _array(archive: zipfile.ZipFile, name: str, like: np.ndarray) -> np.ndarray:
    """One array of an .npz file; what its header says is compared before a byte of it is read."""
    info = archive.getinfo(f"{name}.npy")
    if info.compress_type != zipfile.ZIP_STORED:
        raise _Unfit(f"{name} is compressed, which `save` never does")
    with archive.open(info) as member:
        if np.lib.format.read_magic(member) != (1, 0):
            raise _Unfit(f"{name} is in a form of NumPy's format that `save` never writes")
        shape, fortran_order, dtype = np.lib.format.read_array_header_1_0(member)
        if (shape, dtype) != (like.shape, like.dtype):
            raise _Unfit(f"{name} has shape {shape} and dtype {dtype}, expected {like.shape} and {like.dtype}")
        content = member.read(like.nbytes + 1)  # to the end, where zipfile compares the checksum
    if len(content) != like.nbytes:
        raise _Unfit(f"{name} is cut short or too long")
    array = np.frombuffer(content, dtype).reshape(shape, order="F" if fortran_order else "C")
    if not np.isfinite(array).all():
        raise _Unfit(f"{name} holds NaN or infinity")
    return array
