"""The spam filter's program: the rule looks at digits in a row, and what is stored follows from the messages."""

import json

from measure import MEASURED
from measure.studies import spam

STORED = json.loads((MEASURED / "studies" / "spam.json").read_text(encoding="utf-8"))


def test_the_rule_looks_at_the_longest_row_of_digits():
    assert spam.digits(["call 0871 now, or 12", "", "no number", "1 23"]).tolist() == [4, 0, 0, 2]


def test_the_stored_result_of_the_rule_is_what_it_reaches():
    _, test = spam.rest_and_test()
    for seed, stored in zip(spam.SEEDS, STORED["digits"]["per_seed"], strict=True):
        found = spam.by_digits(spam.learn_and_choose(seed)[0], test)
        assert found["by price"]["lost"] == stored["by price"]["lost"]
        assert round(found["by price"]["cost"], 4) == stored["by price"]["cost"]


def test_every_draw_of_every_way_is_stored():
    assert {*STORED["draws"]} == {*spam.WAYS, *spam.PEERS, "digits"}
    assert {len(draws) for draws in STORED["draws"].values()} == {spam.DRAWS}
