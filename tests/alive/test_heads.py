"""Heads: the wishes are slopes of the cost, what is drawn is what the network computes, and both say the same words."""

import numpy as np
import pytest

from nnlib import GELU, Attention, Dense, Embedding, LayerNorm, Network, Positions, Residual, log_softmax
from nnlib.alive import heads, live

LINE, NUMBERS = "to be a bee", [4, 3, 0, 1, 2, 0, 5, 0, 1, 2, 2]


def network(blocks=2):
    rng, layers = np.random.default_rng(0), []
    for _ in range(blocks):
        layers += [Residual(LayerNorm(8), Attention(8, 2, rng, causal=True))]
        layers += [Residual(LayerNorm(8), Dense(8, 12, rng), GELU(), Dense(12, 8, rng))]
    return Network(Embedding(6, 8, rng), Positions(11, 8, rng), *layers, LayerNorm(8), Dense(8, 6, rng))


@pytest.fixture
def shown(monkeypatch):
    handed = []
    monkeypatch.setattr(live, "show", lambda *arguments: handed.append(arguments))
    heads.show(network(), LINE, NUMBERS)
    return handed[0]


def test_a_wish_is_minus_the_slope_of_a_score(monkeypatch):
    place, asked, h = 6, 2, 1e-5
    _, wishes, after = heads.measured(network(), NUMBERS)
    plain, costs = Attention.weights, []
    for nudge in (h, -h):
        nudged = network()
        last = heads.attentions(nudged)[-1]

        def weights(Q, K, nudge=nudge, last=last):
            P = plain(last, Q, K)
            P[0, 1, place, asked] *= np.exp(nudge)
            return P / P.sum(axis=-1, keepdims=True)

        monkeypatch.setattr(last, "weights", weights)
        costs.append(-log_softmax(nudged.predict(np.array([NUMBERS])))[0, place, NUMBERS[place + 1]])
    assert wishes[3, place, asked] == pytest.approx(-(costs[0] - costs[1]) / (2 * h), rel=1e-5)
    assert -np.log(after[place]) == pytest.approx(np.mean(costs), abs=1e-6)


def test_weights_sum_to_one_wishes_to_nothing_and_neither_looks_ahead(shown):
    _, data, _, text = shown
    assert [head["name"] for head in data["heads"]] == [f"block {b}, head {h}" for b in (1, 2) for h in (1, 2)]
    for head in data["heads"]:
        for t, (weights, wishes) in enumerate(zip(head["weights"], head["wishes"], strict=True)):
            assert len(weights) == len(wishes) == t + 1
            assert sum(weights) == pytest.approx(1000, abs=t + 1) and sum(wishes) == pytest.approx(0, abs=t + 1)
    assert len(data["next"]) == len(LINE) - 1 and len(text) == 4


def test_the_script_says_what_python_says(node, shown):
    _, data, _, text = shown
    for head in data["heads"]:
        for place in range(len(LINE)):
            after = data["next"][place] if place < len(data["next"]) else 0
            given = [head["name"], LINE, place, head["weights"][place], head["wishes"][place], after]
            names = dict(zip(("head", "letters", "place", "weights", "wishes", "after"), given, strict=True))
            words = node("heads", "said(head, letters, place, weights, wishes, after)", **names)
            assert words == heads.said(*given)
    assert node("heads", "said('block 1, head 1', 'ab', 1, [300, 700], [0, 0], 0)") == (
        "Block 1, head 1: place 2, “b”, asks itself (0.7), place 1, “a” (0.3)."
    )


@pytest.mark.parametrize(("wishes", "signs"), [([50, -4, -46], "▲,,▼"), ([0, 0, 0], ",,"), ([-10, 1, 9], "▼,▲,▲")])
def test_a_sign_stands_where_a_wish_is_a_tenth_of_the_largest(node, wishes, signs):
    assert node("heads", "wishes.map((_, u) => sign(wishes, u)).join()", wishes=wishes) == signs
