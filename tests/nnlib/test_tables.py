"""Tables: what the training rows say is applied to all rows; gaps, words and bad files are answered in one line."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from nnlib import load_breast_cancer
from nnlib.tables import Filler, Standardiser, categories, count_missing, one_hot, read_csv

NAN = float("nan")
NUMBERS = st.floats(-1e6, 1e6, width=32)
TABLES = arrays(np.float64, array_shapes(min_dims=2, max_dims=2, max_side=6), elements=NUMBERS)
GAPPY = arrays(np.float64, array_shapes(min_dims=2, max_dims=2, max_side=6), elements=NUMBERS | st.just(NAN))


class Frame:
    """What a pandas DataFrame is to these functions: named columns, and an array of what stands in them."""

    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows

    def __array__(self, dtype=None, copy=None):
        return np.array(self.rows, dtype=dtype)


class NAType:
    """As pandas' NA: comparing it gives no answer."""

    def __ne__(self, other):
        raise TypeError("boolean value of NA is ambiguous")


# Standardising


@given(TABLES)
def test_training_rows_get_mean_0_and_deviation_1_and_a_constant_column_0(x):
    z = Standardiser(x)(x)
    for column, before in zip(z.T, x.T, strict=True):
        if before.min() == before.max():
            assert not column.any()
        else:
            scale = np.abs(before).max() / before.std()  # rounding is as large as the numbers are beside their spread
            assume(scale < 1e12)
            assert abs(column.mean()) < 1e-14 * scale + 1e-13
            assert column.std() == pytest.approx(1, abs=1e-14 * scale + 1e-12)


def test_a_constant_column_is_0_where_its_mean_is_rounded():
    tenths = np.full((3, 1), 0.1)
    assert tenths.mean() != 0.1
    assert not Standardiser(tenths)(tenths).any()


@given(TABLES)
def test_what_was_standardised_can_be_undone(x):
    scale = Standardiser(x)
    np.testing.assert_allclose(scale.undo(scale(x)), x, rtol=1e-12, atol=1e-12 * np.abs(x).max())


def test_other_rows_are_treated_as_the_training_rows_were_and_say_nothing_themselves():
    scale = Standardiser(np.array([[0, 5], [2, 5]]))
    assert scale.mean.tolist() == [1, 5] and scale.std.tolist() == [1, 1]
    assert scale(np.array([[10, 5], [1, 8]])).tolist() == [[9, 0], [0, 3]]
    assert scale(np.array([[10, 5]])).tolist() == [[9, 0]]


@pytest.mark.parametrize("size", [1e-200, 1e-12, 1, 1e150])
def test_tiny_and_huge_numbers_are_scaled_too(size):
    z = Standardiser(np.array([[1.0], [3.0]]) * size)(np.array([[1.0], [3.0], [5.0]]) * size)
    np.testing.assert_allclose(z, [[-1], [1], [3]])


def test_the_type_of_the_numbers_stays_and_whole_numbers_become_float64():
    for given_type, expected in [(np.float32, np.float32), (np.int64, np.float64), (bool, np.float64), (">f8", "f8")]:
        x = np.array([[0], [1]], dtype=given_type)
        assert Standardiser(x)(x).dtype == Filler(x)(x).dtype == expected
        assert Standardiser(x)(x).tolist() == [[-1], [1]]
    x = np.zeros((3, 1))
    assert Standardiser(x)(x) is not x and not np.shares_memory(Filler(x)(x), x)


def test_the_breast_cancer_table_is_standardised():
    table = load_breast_cancer()
    z = Standardiser(table.x_train)(table.x_train)
    assert np.abs(z.mean(axis=0)).max() < 1e-12 and np.abs(z.std(axis=0) - 1).max() < 1e-12


def test_numbers_too_large_to_scale_are_refused():
    with pytest.raises(ValueError, match="too far apart"):
        Standardiser(np.array([[-1.7e308], [1.7e308], [1.7e308]]))


# Gaps


@given(GAPPY)
def test_gaps_are_counted_filled_and_marked(x):
    gaps = np.isnan(x)
    assert count_missing(x).tolist() == gaps.sum(axis=0).tolist()
    if gaps.all(axis=0).any():
        with pytest.raises(ValueError, match=r"x_train: column \d has no value in any row: leave it out"):
            Filler(x)
        return
    fill = Filler(x)
    filled = fill(x)
    n = x.shape[1]
    assert filled.shape == (len(x), n + gaps.any(axis=0).sum())
    np.testing.assert_array_equal(filled[:, :n][~gaps], x[~gaps])
    for j in range(n):
        assert (filled[gaps[:, j], j] == np.median(x[~gaps[:, j], j])).all()
    np.testing.assert_array_equal(filled[:, n:], gaps[:, gaps.any(axis=0)])


def test_other_rows_are_filled_with_the_training_rows_medians():
    fill = Filler(np.array([[1, NAN, 5], [2, 10, 6], [9, 20, 7]]))
    assert fill.median.tolist() == [2, 15, 6] and fill.gappy.tolist() == [1]
    assert fill(np.array([[NAN, NAN, 100], [3, 4, NAN]])).tolist() == [[2, 15, 100, 1], [3, 4, 6, 0]]


def test_gaps_of_every_kind_are_understood():
    masked = np.ma.masked_array([[1, 2], [3, 4]], mask=[[0, 1], [0, 0]])
    for x in ([[1, None], [3, 4]], Frame(["a", "b"], [[1, NAType()], [3, 4]]), masked, [[1, NAN], [3, 4]]):
        assert count_missing(x).tolist() == [0, 1]
        assert Filler(x)(x).tolist() == [[1, 4, 1], [3, 4, 0]]


def test_a_gap_elsewhere_is_refused_with_what_to_do():
    whole, gappy = np.array([[1.0, 2], [3, 5]]), np.array([[1, 2], [3, NAN]])
    for use in (
        lambda: Standardiser(gappy),
        lambda: Standardiser(whole)(gappy),
        lambda: Standardiser(whole).undo(gappy),
    ):
        with pytest.raises(ValueError, match=r": got nan in row 1, column 1, .*; Filler\(x_train\) fills gaps$"):
            use()
    with pytest.raises(ValueError, match="got inf in row 0, column 0, expected finite numbers$"):
        Standardiser(np.array([[np.inf]]))
    for gap in (None, NAN, NAType()):
        for use in (categories, lambda column: one_hot(column, ["a"])):
            with pytest.raises(ValueError, match="in row 1: give what is missing a category of its own"):
                use(["a", gap])


# Categories


@given(st.lists(st.sampled_from(["red", "green", "blue", ""]) | st.text(max_size=3), min_size=1, max_size=20))
def test_one_hot_says_which_category_each_row_has(column):
    names = categories(column)
    assert names == sorted(set(column))
    rows = one_hot(column, names)
    assert rows.shape == (len(column), len(names)) and set(np.unique(rows)) <= {0, 1}
    assert (rows.sum(axis=1) == 1).all()
    assert [names[i] for i in rows.argmax(axis=1)] == column
    np.testing.assert_array_equal(one_hot(np.array(column, dtype=object), names), rows)


def test_numbers_may_be_categories_and_need_not_begin_at_0():
    column = np.array([7, 3, 7, 50])
    assert categories(column) == [3, 7, 50]
    assert one_hot(column, categories(column)).tolist() == [[0, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]


def test_a_category_that_no_training_row_has_is_refused_by_name():
    with pytest.raises(
        ValueError, match="got 'blue' in row 1, expected one of 'green', 'red'; add it to the categories"
    ):
        one_hot(["red", "blue"], ["green", "red"])


@pytest.mark.parametrize(
    ("column", "error", "message"),
    [
        ([], ValueError, "got no rows"),
        (["a", 1], TypeError, "got values of type int and str, expected one type"),
        ("abc", ValueError, "column: got a str"),
        ([["a"], ["b"]], ValueError, r"column: got \(2, 1\)"),
        (3, ValueError, r"column: got \(\)"),
    ],
)
def test_what_is_no_column_of_categories_is_refused(column, error, message):
    with pytest.raises(error, match=message):
        categories(column)


# Frames, and what is no table


def test_a_frame_is_read_by_position_and_its_columns_must_be_the_training_rows_own():
    train = Frame(["a", "b"], [[0, 1], [2, 1]])
    for made in (Standardiser(train), Filler(train)):
        np.testing.assert_array_equal(made(Frame(["a", "b"], [[4, 1]])), made(np.array([[4, 1]])))
        with pytest.raises(ValueError, match="got the columns 'b', 'a', expected the training rows' 'a', 'b'"):
            made(Frame(["b", "a"], [[1, 4]]))


@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        ([1, 2, 3], ValueError, r"got shape \(3,\), expected \(n, features\) .*; one column alone is x\[:, None\]"),
        (np.zeros((0, 3)), ValueError, r"got shape \(0, 3\), expected .* at least one row"),
        (5, ValueError, r"got shape \(\)"),
        ([["male", 1], ["female", 2]], TypeError, "got 'male', expected numbers: .* by one_hot"),
        (np.array([[1, "x"]], dtype=object), TypeError, "got 'x', expected numbers"),
        ([[1j, 2]], TypeError, "got values of type complex128"),
        (np.array([["2020-01-01", "2020-01-02"]], dtype="M8[D]"), TypeError, "got values of type datetime64"),
    ],
    ids=["one axis", "no rows", "a number", "words", "a word", "complex", "dates"],
)
def test_what_is_no_table_of_numbers_is_refused_in_one_line(x, error, message):
    whole = np.zeros((2, 2))
    for use in (Standardiser, Filler, count_missing, Standardiser(whole), Filler(whole)):
        with pytest.raises(
            error, match=message if use in (Standardiser, Filler, count_missing) else "^x: got"
        ) as caught:
            use(x)
        assert len(str(caught.value).splitlines()) == 1


def test_another_number_of_columns_is_refused():
    for made in (Standardiser(np.zeros((2, 2))), Filler(np.zeros((2, 2)))):
        with pytest.raises(ValueError, match="got 3 columns, expected 2, as the training rows have"):
            made(np.zeros((2, 3)))


# Files


def write(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "a table.csv"
    path.write_text(text, encoding)
    return path


def test_a_file_gives_its_columns_by_name(tmp_path):
    path = write(tmp_path, 'age, kind ,size\n39,"red, light",1e2\n\n?, blue,-.5\n')
    table = read_csv(path, text=["kind"])
    assert list(table) == ["age", "kind", "size"]
    np.testing.assert_array_equal(table["age"], [39, NAN])
    assert table["kind"].tolist() == ["red, light", "blue"]
    assert table["size"].tolist() == [100, -0.5]
    assert table["age"].dtype == table["size"].dtype == np.float64
    assert np.column_stack([table["age"], table["size"]]).shape == (2, 2)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_file_may_lack_names_begin_with_a_mark_and_have_another_separator(encoding, tmp_path):
    table = read_csv(write(tmp_path, "1;ä\r\n2;b", encoding), text=["b"], names=["a", "b"], separator=";")
    assert table["a"].tolist() == [1, 2] and table["b"].tolist() == ["ä", "b"]


@given(arrays(np.float64, array_shapes(min_dims=2, max_dims=2, max_side=5), elements=st.floats(allow_infinity=False)))
def test_numbers_come_back_as_they_were_written(tmp_path_factory, x):
    names = [f"column {j}" for j in range(x.shape[1])]
    lines = [names] + [[repr(float(value)) for value in row] for row in x]
    path = write(tmp_path_factory.mktemp("table"), "\n".join(map(",".join, lines)))
    np.testing.assert_array_equal(np.column_stack([*read_csv(path).values()]), x)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds nothing"),
        ("1,2\n3,4", "line 1 holds numbers, expected the columns' names"),
        ("a,a\n1,2", "got the columns 'a', 'a', expected different names"),
        ("a,b\n1,2\n3", r"line 3: got 1 cells between ',', expected 2"),
        ("a;b\n1,5;2", r"line 2: got 2 cells between ',', expected 1"),
        ("a,b\n1,2\n\n3,twelve", r"line 4, column 'b': got 'twelve', expected a number; .*text="),
        ("a\ninf", "got 'inf', expected a number"),
        ("a\n1_000", "got '1_000', expected a number"),
        ('a\n"1', "not a table in UTF-8"),
        ("<!DOCTYPE html>\n<p>404, not found</p>", "line 2: got 2 cells"),
    ],
)
def test_a_file_that_is_no_table_of_numbers_is_refused_with_its_place(text, message, tmp_path):
    with pytest.raises(ValueError, match=message) as caught:
        read_csv(write(tmp_path, text))
    assert "a table.csv" in str(caught.value) and len(str(caught.value).splitlines()) == 1


def test_other_bad_files_and_names_are_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere.csv"):
        read_csv(tmp_path / "nowhere.csv")
    with pytest.raises(ValueError, match="not a table in UTF-8"):
        read_csv(write(tmp_path, "größe\n1", "latin-1"))
    with pytest.raises(ValueError, match="text: got 'c', expected names of columns: 'a', 'b'"):
        read_csv(write(tmp_path, "a,b\n1,2"), text=["c"])
