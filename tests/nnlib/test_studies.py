"""The data of the case studies: declared whole, embedded small, and the same arrays on every machine or an error."""

import re
from urllib.parse import urlsplit

import numpy as np
import pytest
from damage import refuses_changed

import embed
from nnlib import datasets, fetch, studies
from nnlib.embedded import embedded_arrays

SETS = studies.sets()
each = pytest.mark.parametrize("one", SETS.values(), ids=SETS)
each_embedded = pytest.mark.parametrize(
    "one", [one for one in SETS.values() if one.arrays], ids=[name for name, one in SETS.items() if one.arrays]
)
MAY_BE_EMBEDDED = re.compile(r"CC BY \d|MIT|PDDL|CC0|public domain")


def test_no_two_sets_share_a_name_or_a_title():
    sources = [*datasets.SOURCES.values(), *(one.source for one in SETS.values())]
    listed = sum(len(studies.import_module(f"nnlib.studies.{name}").SETS) for name in studies.names())
    assert listed == len(SETS) and len({source.name for source in sources}) == len(sources)
    assert len({source.title for source in sources}) == len(sources)


@each
def test_a_studys_declaration_is_complete(one):
    source = one.source
    assert source.files and source.licence and re.search(r"https://\S+", source.credit)
    assert all(re.fullmatch(r"[0-9a-f]{64}", file.sha256) and file.size > 0 for file in source.files)
    assert all(mirror.startswith("https://") and mirror.endswith("/") for mirror in source.mirrors)
    assert len({urlsplit(mirror).hostname for mirror in source.mirrors}) == len(source.mirrors)
    assert source.mirrors or source.whole  # what no address gives, the book brings
    assert bool(source.embedded) == bool(one.arrays) >= source.whole
    if source.embedded:
        assert source.embedded.size <= 300_000 and MAY_BE_EMBEDDED.match(source.licence)
        assert source.embedded.name.startswith("studies/")
    assert source.licence in one.load.__doc__ and f"{source.shape[0]:,}" in one.load.__doc__


@each_embedded
def test_the_tool_writes_the_arrays_that_a_study_embeds(one, tmp_path, monkeypatch):
    try:
        fetch.fetch_all(one.source._replace(mirrors=()))
    except (ConnectionError, FileNotFoundError):
        pytest.skip(f"{one.source.title}: the original is not here")
    monkeypatch.setattr(embed, "TARGET", tmp_path)
    embed.main([one.source.name])
    old = embedded_arrays(one.source)
    with np.load(tmp_path / one.source.embedded.name) as new:
        assert dict(new).keys() == old.keys()
        for name in old:
            assert new[name].dtype == old[name].dtype
            np.testing.assert_array_equal(new[name], old[name])


@pytest.mark.parametrize("one", [one for one in SETS.values() if one.source.whole], ids=lambda one: one.source.name)
def test_a_changed_file_of_a_study_gives_no_arrays(one, tmp_path, monkeypatch):
    path, whole = tmp_path / one.source.embedded.name, fetch.embedded(one.source)
    path.parent.mkdir()
    monkeypatch.setattr(fetch, "__file__", str(tmp_path / "fetch.py"))

    refuses_changed(one.load, path, whole)
    path.unlink()
    with pytest.raises(FileNotFoundError, match=path.name):
        one.load()
