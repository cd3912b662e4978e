"""Compare: whether two results are the same, and in a few words what a value is and how two differ."""

import textwrap
from typing import Any

import numpy as np


def same(got: Any, want: Any, within: float = 1e-6) -> bool:
    """Whether two results are equal numbers in equal shapes, whatever their type; tuples entry by entry.

    Numbers may differ by `within`, or by 1e-5 of their size, as float32 and another order of a sum do; NaN
    equals NaN, so that a mistake which gives it is known again. A number may come as an array of one.
    """
    if _several(got, want):
        return (
            isinstance(got, (tuple, list))
            and len(got) == len(want)
            and all(same(g, w, within) for g, w in zip(got, want, strict=True))
        )
    if isinstance(want, str):
        return got == want if isinstance(got, str) else False
    got, want = numbers(got), numbers(want)
    if got is None or want is None or (got.shape != want.shape and not got.size == want.size == 1):
        return False
    return bool(np.allclose(got.reshape(want.shape), want, rtol=1e-5, atol=within, equal_nan=True))


def _several(got: Any, want: Any) -> bool:
    """Whether several results are wanted, each to be compared by itself, and not one array of numbers."""
    if isinstance(want, tuple) and isinstance(got, (tuple, list)):
        return True
    return isinstance(want, (tuple, list)) and any(np.ndim(part) for part in want)


def numbers(value: Any) -> np.ndarray | None:
    """A value as an array of real numbers, fractions and decimals too; None if it is something else."""
    try:
        array = np.asarray(value)
        if array.dtype.kind == "O":
            array = np.reshape([float(number) for number in array.flat], array.shape)
    except (TypeError, ValueError, OverflowError):  # ragged, no numbers, or beyond float64
        return None
    return array if array.dtype.kind in "biuf" else None


def described(value: object) -> str:
    """A value in a few words; a number of NumPy's as the number that it is."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, np.ndarray) and value.size > 8:
        return f"an array of shape {value.shape}"
    try:
        return textwrap.shorten(repr(value), 80, placeholder=" ...")
    except Exception:
        return f"a {type(value).__name__}"


def in_digits(value: Any) -> str:
    """Numbers as one writes them down: of those that are not whole, six digits."""
    if np.ndim(value):
        inside = ", ".join(in_digits(part) for part in value)
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    number = value.item() if isinstance(value, (np.generic, np.ndarray)) else value
    return f"{number:.6g}" if isinstance(number, float) else str(number)


def in_short(error: BaseException) -> str:
    """An error in one line."""
    try:
        text = f"{type(error).__name__}: {error}"
    except Exception:  # its words are the reader's code too
        text = type(error).__name__
    return textwrap.shorten(text, 200, placeholder=" ...")


def difference(call: tuple, got: Any, want: Any) -> str:
    """How one result differs from the one that is wanted."""
    if _several(got, want):
        if not isinstance(got, (tuple, list)) or len(got) != len(want):
            return f"got {described(got)}, expected {len(want)} results"
        part = next(i for i, (g, w) in enumerate(zip(got, want, strict=True)) if not same(g, w))
        return f"result {part + 1} of {len(want)}: {difference(call, got[part], want[part])}"
    given, want = numbers(got), np.asarray(want)
    if given is None:
        return f"got {described(got)}, expected {_wanted(want)}"
    got = given.reshape(want.shape) if given.size == want.size == 1 else given
    if got.shape != want.shape:
        return f"got shape {got.shape}, expected {_wanted(want)}"
    where = tuple(int(i) for i in np.argwhere(~np.isclose(got, want, rtol=1e-5, atol=1e-6))[0]) if want.ndim else ()
    entry = f"entry {where} is" if want.ndim else "got"
    seen = textwrap.shorten(", ".join(described(argument) for argument in call), 200, placeholder=" ...")
    return f"{entry} {got[where]:.6g}, expected {want[where]:.6g}, for the inputs {seen}"


def _wanted(want: Any) -> str:
    """The form of a result."""
    return f"shape {np.shape(want)}" if np.ndim(want) else "a single number"
