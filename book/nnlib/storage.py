"""Storage: parameters on disk, as .npz without pickle; a file is read whole or not at all."""

import os
import zipfile
import zlib
from pathlib import Path

import numpy as np

ZIP_ERRORS = (zipfile.BadZipFile, zlib.error)


def save(arrays: dict[str, np.ndarray], path: str | Path) -> None:
    """Write named arrays to `path`, first beside it and then moved, so that no half file is left."""
    path = Path(path)
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with partial.open("wb") as file:
            np.savez(file, **arrays)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def load_into(arrays: dict[str, np.ndarray], path: str | Path) -> None:
    """Fill named arrays in place from a file of `save` that holds the same names, shapes and dtypes.

    Raises ValueError for any other file, FileNotFoundError where there is none, and then changes nothing.
    """
    loaded = _read(path)
    if missing := arrays.keys() - loaded.keys():
        raise ValueError(f"{path}: lacks {sorted(missing)}; it was saved by a different network")
    if extra := loaded.keys() - arrays.keys():
        raise ValueError(f"{path}: holds {sorted(extra)} too; it was saved by a different network")
    for name, array in arrays.items():
        got = loaded[name]
        if (got.shape, got.dtype) != (array.shape, array.dtype):
            raise ValueError(
                f"{path}: {name} has shape {got.shape} and dtype {got.dtype}, expected {array.shape} and {array.dtype}"
            )
        if not np.isfinite(got).all():
            raise ValueError(f"{path}: {name} holds NaN or infinity")
    for name, array in arrays.items():
        array[...] = loaded[name]


def _read(path: str | Path) -> dict[str, np.ndarray]:
    """Every array of an .npz file; ValueError where it is cut, damaged or something else."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except FileNotFoundError:
        raise
    except (OSError, ValueError, TypeError, AttributeError, EOFError, KeyError, RuntimeError, *ZIP_ERRORS) as error:
        raise ValueError(f"{path}: not a whole .npz file of parameters") from error
