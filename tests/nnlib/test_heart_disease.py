"""The heart disease table: the published file to the byte, its gaps as gaps, and copies with other values caught."""

import hashlib

import numpy as np
import pytest

import embed
from nnlib.embedded import embedded_arrays
from nnlib.studies import medicine
from nnlib.studies.medicine import circulating_copy, load_heart_disease

COPY = "df284ff659b45f6a04b21074787f4fbd0d550bb9138d8689a04352a4941d1b83"  # of the rows of heart.csv, sorted


def text():
    """The published file, as it is embedded."""
    return embedded_arrays(medicine.HEART)["text"].tobytes()


def both(table):
    return np.concatenate([table.x_train, table.x_test]), np.concatenate([table.y_train, table.y_test])


def test_the_patients_are_those_of_the_declared_file():
    (file,) = medicine.HEART.files
    assert (len(text()), hashlib.sha256(text()).hexdigest()) == (file.size, file.sha256)
    published = [line.split(",") for line in text().decode().splitlines()]
    assert (len(published), *{len(row) for row in published}) == file.shape == (303, 14)
    ours = load_heart_disease()
    for ill in (False, True):
        chosen = [row for row in published if (row[13] > "0") == ill]
        rows = np.array([[float(cell.replace("?", "nan")) for cell in row] for row in chosen])
        places = np.arange(len(rows)) % 5 == 4
        np.testing.assert_array_equal(ours.x_train[ours.y_train == ill], rows[~places, :13])
        np.testing.assert_array_equal(ours.x_test[ours.y_test == ill], rows[places, :13])


def test_the_patients_have_the_shapes_types_and_six_gaps_that_are_promised():
    table = load_heart_disease()
    for x, y, n in [(table.x_train, table.y_train, 244), (table.x_test, table.y_test, 59)]:
        assert (x.shape, x.dtype, y.shape, y.dtype) == ((n, 13), np.float64, (n,), np.int64)
        assert x.flags.writeable and x.flags.c_contiguous and y.flags.writeable
    assert (table.y_train.sum(), table.y_test.sum()) == (112, 27)
    gaps = np.isnan(both(table)[0])
    missing = dict(zip(table.feature_names, gaps.sum(axis=0).tolist(), strict=True))
    assert {name: n for name, n in missing.items() if n} == {"vessels": 4, "thallium scan": 2}
    assert gaps.any(axis=1).sum() == 6
    assert (table.image_shape, table.name, table.class_names) == (None, "heart disease", ("healthy", "ill"))
    assert "UCI" in table.source and "CC BY 4.0" in table.source
    assert repr(table) == "<heart disease: 244 training and 59 test rows of 13 numbers>"
    table.x_train[...] = 0
    assert load_heart_disease().x_train.any()


def test_the_names_stand_over_their_own_columns():
    table = load_heart_disease()
    codes = {
        **{"sex": {0, 1}, "chest pain": {1, 2, 3, 4}, "blood sugar > 120": {0, 1}, "resting ECG": {0, 1, 2}},
        **{"pain on exercise": {0, 1}, "ST slope": {1, 2, 3}, "vessels": {0, 1, 2, 3}, "thallium scan": {3, 6, 7}},
    }
    ranges = {
        **{"age": (29, 77), "resting pressure": (94, 200), "cholesterol": (126, 564)},
        **{"highest heart rate": (71, 202), "ST depression": (0, 6.2)},
    }
    assert {*codes, *ranges} == {*table.feature_names}
    for name, column in zip(table.feature_names, both(table)[0].T, strict=True):
        if name in codes:
            assert {*column[~np.isnan(column)].tolist()} == codes[name], name
        else:
            assert (column.min(), column.max()) == ranges[name], name


@pytest.mark.parametrize("filled", [b"1", b"0", b"4.0"])
def test_a_copy_whose_gaps_were_filled_is_refused(filled, tmp_path, monkeypatch):
    assert text().count(b"?") == 6
    path = tmp_path / medicine.HEART.name / medicine.HEART.files[0].name
    path.parent.mkdir()
    path.write_bytes(text().replace(b"?", filled))
    monkeypatch.setenv("NNLIB_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(embed, "TARGET", tmp_path)
    with pytest.raises(ValueError, match="not the official file"):
        embed.main([medicine.HEART.name])
    assert not (tmp_path / medicine.HEART.embedded.name).exists()


def test_the_copy_made_here_has_the_rows_of_the_one_that_circulates():
    x, target = circulating_copy()
    rows = sorted(",".join(f"{value:g}" for value in row) for row in np.column_stack([x, target]))
    assert (len(rows), len(set(rows)), target.sum()) == (303, 302, 165)
    assert hashlib.sha256("\n".join(rows).encode()).hexdigest() == COPY


def test_the_copy_differs_from_the_published_table_as_it_is_said_to():
    x, y = both(load_heart_disease())
    copied, target = circulating_copy()
    assert not np.isnan(copied).any()
    column = medicine.NAMES.index("vessels")
    assert np.sum(copied[:, column] == 4) == np.isnan(x[:, column]).sum() + 1  # one of them is there twice
    same = [medicine.NAMES.index(name) for name in ("age", "resting pressure", "cholesterol", "highest heart rate")]
    told = {tuple(row): label for row, label in zip(x[:, same].tolist(), y.tolist(), strict=True)}
    assert len(told) == 303
    there = zip(copied[:, same].tolist(), target.tolist(), strict=True)
    assert all(told[tuple(row)] == 1 - label for row, label in there)
