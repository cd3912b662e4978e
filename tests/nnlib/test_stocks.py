"""The data of the study of stock prices: the closes of Matplotlib, the VIX on the same days, averages of months."""

import csv

import matplotlib
import numpy as np
import pytest

from nnlib import fetch
from nnlib.studies import stocks


def original(source):
    """The rows of the one published file of a set."""
    try:
        (data,) = fetch.fetch_all(source._replace(mirrors=()))
    except (ConnectionError, FileNotFoundError):
        pytest.skip(f"{source.title}: the original is not here")
    return list(csv.DictReader(data.decode().splitlines()))


def test_the_closes_are_those_of_matplotlib():
    data = matplotlib.cbook.get_sample_data("goog.npz")["price_data"]
    assert np.array_equal(stocks.load_google(), data["close"])
    assert (str(data["date"][0]), str(data["date"][-1])) == (stocks.FIRST, stocks.LAST)
    assert np.array_equal(data["date"], stocks.load_vix()[0])


def test_where_matplotlib_has_no_sample_data_the_stored_closes_serve(monkeypatch, tmp_path):
    whole = stocks.load_google()
    monkeypatch.setattr(matplotlib, "get_data_path", lambda: str(tmp_path))
    assert np.array_equal(stocks.load_google(), whole)


def test_a_changed_file_of_matplotlib_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(matplotlib, "get_data_path", lambda: str(tmp_path))
    (tmp_path / "sample_data").mkdir()
    (tmp_path / "sample_data" / "goog.npz").write_bytes(bytes(stocks.GOOGLE.size))
    with pytest.raises(ValueError, match="not the official file"):
        stocks.load_google()


def test_the_volatility_index_is_the_published_close_of_each_day():
    days, vix = stocks.load_vix()
    assert (days.dtype, vix.dtype, len(days), len(vix)) == (np.dtype("<M8[D]"), np.float64, 1047, 1047)
    assert (np.diff(days).astype(int) > 0).all() and (vix > 5).all()
    published = {row["DATE"]: float(row["CLOSE"]) for row in original(stocks.VIX)}
    assert vix.tolist() == pytest.approx([published[str(day)] for day in days])


def test_the_monthly_index_is_the_published_one_to_a_hundredth():
    published = [float(row["SP500"]) for row in original(stocks.INDEX)]
    index = stocks.load_index()
    assert index.shape == (1866,) and np.abs(index - published).max() <= 0.005 + 1e-9
