"""Tables: rows of numbers for a network, prepared by what the training rows say and by nothing else.

The order: `read_csv`, split, `Filler` where values are missing, `one_hot` for words, `Standardiser` for numbers.
A pandas DataFrame or Series is understood wherever an array is, by position.
"""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

MISSING = ("", "?", "NA", "N/A", "nan", "NaN", "null")  # what a cell of a file holds where a value is missing


class Standardiser:
    """Shifts and scales each column so that over the training rows its mean is 0 and its standard deviation 1.

    Made from the training rows, it treats validation and test rows alike, whose own means nobody may look at.
    A column that holds one value alone in all training rows becomes 0 there, and is not scaled.

    Parameters
    ----------
    x_train : (n, features), numbers without a gap.

    Attributes
    ----------
    mean, std : (features,), of the training rows; std is 1 for a column with one value.

    Raises
    ------
    TypeError, ValueError
        If `x_train` is not such a table, or its numbers are too large for their mean to be one.
    """

    def __init__(self, x_train: np.ndarray):
        self.columns, x = _columns(x_train), _without_gaps("x_train", _numbers("x_train", x_train))
        x = x.astype(np.float64)
        constant = x.max(axis=0) == x.min(axis=0)
        with np.errstate(over="ignore", invalid="ignore"):
            self.mean = np.where(constant, x[0], x.mean(axis=0))
            away = x - self.mean
            farthest = np.where(constant, 1, np.abs(away).max(axis=0))  # divided out: a tiny square would be 0
            self.std = np.where(constant, 1, farthest * np.sqrt(np.mean((away / farthest) ** 2, axis=0)))
        if not (np.isfinite(self.mean) & np.isfinite(self.std) & (self.std > 0)).all():
            raise ValueError("x_train: its numbers are too far apart, or too near 0, to be scaled")

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Rows of the same columns, (n, features), shifted and scaled; a new array, float32 stays float32."""
        _check_columns(self.columns, len(self.mean), x)
        x = _without_gaps("x", _numbers("x", x))
        return ((x - self.mean) / self.std).astype(x.dtype)

    def undo(self, z: np.ndarray) -> np.ndarray:
        """The rows (n, features) that standardised ones were made from, but for rounding."""
        _check_columns(None, len(self.mean), z)
        z = _without_gaps("z", _numbers("z", z))
        return (z * self.std + self.mean).astype(z.dtype)


class Filler:
    """Fills gaps with the median of the column's training rows, and says in a further column where one was.

    That a value is missing may itself say something: a test that no doctor ordered. So each column with a gap in the
    training rows gets a column of its own, after all others: 1 where the value was missing, 0 elsewhere. A gap in
    another column, which no training row has, is filled too and leaves no such trace.

    Parameters
    ----------
    x_train : (n, features), numbers, NaN where a value is missing; not in every row of a column.

    Attributes
    ----------
    median : (features,), of the training rows' values that are there.
    gappy : the numbers of the columns that have a gap in the training rows.

    Raises
    ------
    TypeError, ValueError
        If `x_train` is not such a table.
    """

    def __init__(self, x_train: np.ndarray):
        self.columns, x = _columns(x_train), _numbers("x_train", x_train)
        gaps = np.isnan(x)
        if gaps.all(axis=0).any():
            raise ValueError(f"x_train: column {gaps.all(axis=0).argmax()} has no value in any row: leave it out")
        self.median = np.nanmedian(x, axis=0)
        self.gappy = np.flatnonzero(gaps.any(axis=0))

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Rows of the same columns with no gap left, (n, features + len(gappy)); a new array."""
        _check_columns(self.columns, len(self.median), x)
        x = _numbers("x", x)
        gaps = np.isnan(x)
        return np.concatenate([np.where(gaps, self.median, x), gaps[:, self.gappy]], axis=1).astype(x.dtype)


def count_missing(x: np.ndarray) -> np.ndarray:
    """How many values are missing (NaN, None, or masked) in each column of (n, features); integers (features,)."""
    return np.isnan(_numbers("x", x)).sum(axis=0)


def categories(column: Iterable) -> list:
    """The different values in a column of the training rows, in order: what `one_hot` makes a column for each of.

    Raises
    ------
    TypeError, ValueError
        If the column is empty, has a gap, or mixes words and numbers.
    """
    values = _values(column)
    if not values:
        raise ValueError("column: got no rows, expected at least one")
    try:
        return sorted(set(values))
    except TypeError:
        kinds = " and ".join(sorted({type(value).__name__ for value in values}))
        raise TypeError(f"column: got values of type {kinds}, expected one type") from None


def one_hot(column: Iterable, categories: Sequence) -> np.ndarray:
    """A column of categories as columns of numbers: row i holds 1 in the place of its category, 0 elsewhere.

    Parameters
    ----------
    column : n values: words, or numbers that only name something, as a kind or a place.
    categories : what they may be, as `categories` finds them in the training rows.

    Returns
    -------
    float64 array of shape (n, len(categories)).

    Raises
    ------
    TypeError, ValueError
        If the column has a gap, or a value that is none of these.
    """
    place = {category: i for i, category in enumerate(categories)}
    values = _values(column)
    for row, value in enumerate(values):
        if value not in place:
            raise ValueError(
                f"column: got {value!r} in row {row}, expected one of {_few(place)}; "
                "add it to the categories, or put another in its place"
            )
    rows = np.zeros((len(values), len(place)))
    rows[np.arange(len(values)), [place[value] for value in values]] = 1
    return rows


def read_csv(
    path: str | Path, text: Sequence[str] = (), names: Sequence[str] | None = None, separator: str = ","
) -> dict[str, np.ndarray]:
    """The columns of a table in a file, by their names.

    Parameters
    ----------
    path : a file in UTF-8, one row of the table in each line.
    text : the names of the columns that hold words; every other must hold numbers.
    names : the columns' names, where the file's first line does not hold them.
    separator : what stands between two cells.

    Returns
    -------
    dict of arrays (n,): float64 for numbers, with NaN where a cell holds a sign of `MISSING`; str for words.
        `np.column_stack([table[name] for name in names])` is the table (n, features) that a network takes.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is not such a table; the message names the line and the column.
    """
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, delimiter=separator, strict=True)
            rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if any(map(str.strip, row))]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path}: not a table in UTF-8 ({error})") from None
    if names is None:
        if not rows:
            raise ValueError(f"{path}: holds nothing")
        names = rows.pop(0)[1]
        if not any(_number(name) is None for name in names):
            raise ValueError(f"{path}: line 1 holds numbers, expected the columns' names; or give them: names=[...]")
    if len(set(names)) != len(names) or not all(names):
        raise ValueError(f"{path}: got the columns {_few(names)}, expected different names, and none empty")
    if unknown := [name for name in text if name not in names]:
        raise ValueError(f"text: got {unknown[0]!r}, expected names of columns: {_few(names)}")
    for line, row in rows:
        if len(row) != len(names):
            raise ValueError(f"{path}, line {line}: got {len(row)} cells between {separator!r}, expected {len(names)}")
    table = {}
    for place, name in enumerate(names):
        cells = [(line, row[place]) for line, row in rows]
        if name in text:
            table[name] = np.array([cell for _, cell in cells], dtype=str)
            continue
        numbers = [_number(cell) for _, cell in cells]
        if None in numbers:
            line, cell = cells[numbers.index(None)]
            where = f"{path}, line {line}, column {name!r}"
            raise ValueError(f"{where}: got {cell!r}, expected a number; or give the columns of words: text=[...]")
        table[name] = np.array(numbers, dtype=np.float64)
    return table


def _number(cell: str) -> float | None:
    """What a cell of a file says: a finite number, NaN for a gap, or None for anything else."""
    if cell in MISSING:
        return np.nan
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if np.isfinite(number) and "_" not in cell else None


def _numbers(name: str, x: np.ndarray) -> np.ndarray:
    """A table as a float array (n, features) with n >= 1; NaN where a value is None, pandas' NA, or masked."""
    array = np.ma.filled(x.astype(np.float64), np.nan) if np.ma.isMaskedArray(x) else np.asarray(x)
    if array.ndim != 2 or len(array) == 0:
        hint = "; one column alone is x[:, None]" if array.ndim == 1 else ""
        raise ValueError(f"{name}: got shape {array.shape}, expected (n, features) with at least one row{hint}")
    words = [value for value in array.ravel().tolist() if isinstance(value, str)] if array.dtype.kind in "OUT" else []
    if words:
        raise TypeError(f"{name}: got {words[0]!r}, expected numbers: a column of words becomes numbers by one_hot")
    if array.dtype == object:
        array = np.array([[np.nan if _is_gap(value) else value for value in row] for row in array.tolist()])
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name}: got values of type {array.dtype}, expected numbers")
    return array if array.dtype in (np.float32, np.float64) else array.astype(np.float64)


def _without_gaps(name: str, x: np.ndarray) -> np.ndarray:
    """The same table, or ValueError where a number is missing or infinite."""
    if not np.isfinite(x).all():
        row, column = (int(i) for i in np.argwhere(~np.isfinite(x))[0])
        hint = "; Filler(x_train) fills gaps" if np.isnan(x[row, column]) else ""
        raise ValueError(f"{name}: got {x[row, column]} in row {row}, column {column}, expected finite numbers{hint}")
    return x


def _columns(x: np.ndarray) -> list | None:
    """The names of a DataFrame's columns; None for an array."""
    return list(x.columns) if hasattr(x, "columns") else None


def _check_columns(names: list | None, n: int, x: np.ndarray) -> None:
    """Raise where a table's columns are not those of the training rows."""
    if names is not None and _columns(x) not in (None, names):
        raise ValueError(f"x: got the columns {_few(_columns(x))}, expected the training rows' {_few(names)}")
    if np.ndim(x) == 2 and np.shape(x)[1] != n:
        raise ValueError(f"x: got {np.shape(x)[1]} columns, expected {n}, as the training rows have")


def _values(column: Iterable) -> list:
    """A column's values by position; ValueError where one is missing."""
    if isinstance(column, str) or np.ndim(column) != 1:
        raise ValueError(f"column: got {'a str' if isinstance(column, str) else np.shape(column)}, expected shape (n,)")
    values = [value.item() if isinstance(value, np.generic) else value for value in column]
    for row, value in enumerate(values):
        if _is_gap(value):
            raise ValueError(f"column: got {value!r} in row {row}: give what is missing a category of its own")
    return values


def _is_gap(value: object) -> bool:
    """Whether this stands for a missing value: None, NaN, pandas' NA and NaT, NumPy's masked."""
    return value is None or value is np.ma.masked or type(value).__name__ in ("NAType", "NaTType") or value != value


def _few(names: Iterable) -> str:
    """The first of these as an error message shows them."""
    names = [repr(name) for name in names]
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
