"""Numbers are written alike by the scripts and by nnlib.prose, and come out of base64 as they went in."""

import base64
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nnlib.alive import live
from nnlib.prose import decimals, significant

NUMBERS = st.floats(-1e9, 1e9) | st.floats(-1, 1) | st.floats(-1e-5, 1e-5) | st.integers(-2000, 2000).map(float)


def is_tie(number, places):
    """Whether a number lies in the very middle between two of so many decimals: Python rounds to even, a script up."""
    return abs(Decimal(number).scaleb(places)) % 1 == Decimal("0.5")


@given(number=NUMBERS, places=st.integers(2, 8))
def test_a_script_writes_decimals_as_prose_does(node, number, places):
    assume(not is_tie(number, places))
    assert node("line", "decimals(number, places)", number=number, places=places) == decimals(number, places)


@given(number=NUMBERS, digits=st.integers(2, 8))
def test_a_script_writes_significant_digits_as_prose_does(node, number, digits):
    assume(not is_tie(number, digits - 1 - int(f"{number:e}".split("e")[1])))
    assert node("line", "significant(number, digits)", number=number, digits=digits) == significant(number, digits)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (decimals(0.19999999999999996), "0.2"),
        (decimals(-0.02274012), "−0.022740"),
        (decimals(-1e-9), "−0.000000"),
        (decimals(-1e-13), "0"),
        (decimals(1200.0), "1200"),
        (significant(0.0), "0"),
        (significant(-0.0), "0"),
        (significant(1234567.0), "1.235 × 10⁶"),
        (significant(-0.00002, 3), "−2.00 × 10⁻⁵"),
        (significant(1234.5, 3), "1230"),
        (significant(0.0625, 8), "0.0625"),
    ],
)
def test_a_number_is_written_for_readers(written, expected):
    assert written == expected


def test_base64_brings_bytes_and_numbers(node):
    numbers = np.array([0.1, -2.5, 3e30], "<f4")
    text = base64.b64encode(numbers.tobytes()).decode()
    assert node("line", "floats(text)", text=text) == numbers.tolist()
    assert bytes(node("line", "bytes(text)", text=text)) == numbers.tobytes()


@pytest.mark.parametrize("name", live.names())
def test_no_script_formats_or_decodes_for_itself(name):
    parts = "".join(path.read_text("utf-8") for path in (live.HERE / name).glob("*.js"))
    assert [call for call in ("toExponential", "toPrecision", "atob", "createElement") if call in parts] == []
