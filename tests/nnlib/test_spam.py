"""The spam filter's data: as published, near copies found, and whole families on one side of a split."""

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlib.studies import spam
from nnlib.studies.spam import by_family, families, likeness, load_mail, load_sms, words_of

WORDS = st.lists(st.sampled_from("call now free win home ok 1 22 £".split()), max_size=6).map(" ".join)


def test_the_messages_are_those_of_the_declared_file():
    texts, labels = load_sms()
    lines = "".join(f"{('ham', 'spam')[label]}\t{text}\n" for text, label in zip(texts, labels, strict=True)).encode()
    (file,) = spam.SMS.files
    assert (len(lines), hashlib.sha256(lines).hexdigest()) == (file.size, file.sha256)
    assert (len(texts), labels.sum(), labels.dtype, len(set(texts))) == (5574, 747, np.int64, 5171)


def test_the_mails_are_different_and_short_and_each_call_gives_them_anew():
    texts, labels = load_mail()
    assert (len(texts), len(set(texts)), labels.sum()) == (800, 800, 258)
    assert max(map(len, texts)) == 320 and min(map(len, texts)) > 5
    labels[:] = 0
    assert load_mail()[1].sum() == 258


def test_numbers_are_alike_and_words_count_once():
    assert words_of("Call 0871, call 0905!") == {"call", "0000"}
    assert likeness({"a", "b"}, {"b", "c"}) == pytest.approx(1 / 3) and likeness(set(), set()) == 0


@given(st.lists(WORDS, min_size=1, max_size=12), st.sampled_from([0.3, 0.5, 0.8, 1.0]))
def test_a_family_is_all_that_near_copies_lead_to(texts, least):
    family = families(texts, least)
    reached = np.eye(len(texts), dtype=bool)
    sets = [words_of(text) for text in texts]
    for i, a in enumerate(sets):
        for j, b in enumerate(sets):
            reached[i, j] |= likeness(a, b) >= least
    for _ in texts:
        reached = reached @ reached
    np.testing.assert_array_equal(family[:, None] == family, reached)
    assert set(family.tolist()) == set(range(family.max() + 1))


@given(st.lists(st.integers(0, 9), min_size=1, max_size=60), st.integers(0, 99))
def test_every_message_falls_into_one_part_and_no_family_into_two(family, seed):
    family = np.array(family)
    parts = by_family(family, (0.6, 0.2, 0.2), np.random.default_rng(seed))
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(family)))
    assert all(np.all(np.diff(part) > 0) for part in parts)
    seen = [set(family[part].tolist()) for part in parts]
    assert not (seen[0] & seen[1] or seen[0] & seen[2] or seen[1] & seen[2])


def test_parts_have_about_the_shares_that_are_asked_for():
    parts = by_family(np.arange(1000), (0.6, 0.2, 0.2), np.random.default_rng(0))
    assert [len(part) for part in parts] == [600, 200, 200]
    assert [len(part) for part in by_family(np.arange(1000), (0.6, 0.2, 0.2), np.random.default_rng(1))] == [
        600,
        200,
        200,
    ]
