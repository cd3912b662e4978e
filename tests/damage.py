"""Damage: files with a few bytes changed, as hypothesis draws them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st


@st.composite
def changed(draw, data):
    """The same bytes with up to three changes: a piece replaced, cut out or put in, or the end cut off."""
    data = bytearray(data)
    for _ in range(draw(st.integers(1, 3))):
        i = draw(st.integers(0, len(data)))
        j = draw(st.integers(i, min(i + 8, len(data))))
        data[i:j] = draw(st.binary(max_size=8))
        if draw(st.integers(0, 9)) == 0:
            del data[i:]
    return bytes(data)


def refuses_changed(load, path, whole):
    """Assert that `load`, which reads the file `path`, takes these bytes alone."""

    @given(changed(whole))
    @settings(max_examples=30)
    def check(damaged):
        path.write_bytes(damaged)
        if damaged != whole:
            with pytest.raises(ValueError, match=f"{path.name}: got .*not the official file"):
                load()

    check()
