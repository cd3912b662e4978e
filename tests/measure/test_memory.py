"""Memory: every layer stands at its own best rate with one budget, and the published network is built as it was."""

import json

import numpy as np
import pytest

from measure import MEASURED, memory
from nnlib import Dense, Network, Recurrent, SoftmaxCrossEntropy, gradient_errors

STORED = json.loads((MEASURED / "memory.json").read_text(encoding="utf-8"))
EACH = pytest.mark.parametrize(
    ("kind", "distance"), [(kind, str(distance)) for kind in memory.LAYERS for distance in memory.DISTANCES]
)


def test_what_is_stored_is_of_the_budget_that_the_program_has():
    assert (STORED["steps"], STORED["width"], STORED["epochs"]) == (memory.STEPS, memory.WIDTH, memory.EPOCHS)
    assert (STORED["seeds"], STORED["looks"]) == (list(memory.SEEDS), list(memory.LOOKS))
    assert list(STORED["recalled"]) == list(memory.LAYERS) and list(STORED["sentences"]) == list(memory.PLANS)


@EACH
def test_each_layer_has_the_rate_that_did_best_on_sequences_of_its_own(kind, distance):
    found = STORED["recalled"][kind][distance]
    assert found["rate"] == memory.best_rate(dict(map(tuple, found["tried"])))
    assert len(found["right"]) == len(memory.SEEDS)


@EACH
def test_no_best_rate_of_a_layer_that_learns_stands_at_the_edge_of_what_was_tried(kind, distance):
    found = STORED["recalled"][kind][distance]
    if np.mean(found["right"]) > 0.6:
        assert found["tried"][0][0] < found["rate"] < found["tried"][-1][0]


def test_a_rate_at_the_edge_asks_for_the_next_one():
    first = memory.to_try({})
    assert memory.MIDDLE in first and len(first) == 3
    assert memory.to_try({0.003: 0.9, 0.01: 0.8, 0.03: 0.7}) == [0.001]
    assert memory.to_try({0.003: 0.5, 0.01: 0.6, 0.03: 0.9}) == [0.1]
    assert memory.to_try({0.003: 0.998, 0.01: 1.0, 0.03: 1.0}) == []


def test_of_equally_good_rates_the_one_nearest_the_middle_is_taken():
    assert memory.best_rate({0.003: 1.0, 0.01: 0.996, 0.03: 1.0}) == 0.01
    assert memory.best_rate({0.003: 0.3, 0.01: 0.5, 0.03: 0.9}) == 0.03


def test_the_first_word_of_a_sequence_is_asked_for_at_its_end():
    x, labels = memory.sequences(3, 200, np.random.default_rng(0))
    words = x.argmax(axis=2)
    assert x.shape == (200, 4, 4) and (x.sum(axis=2) == 1).all()
    assert all(set(column) == {0, 1, 2, 3} for column in words.T)
    assert (labels[:, :-1] == -1).all() and (labels[:, -1] == words[:, 0]).all()


def test_the_slip_is_the_missing_transpose_and_nothing_else():
    rng = np.random.default_rng(0)
    wrong = memory.Untransposed(3, 4, rng, init=lambda rng, shape: rng.standard_normal(shape))
    errors = gradient_errors(wrong, rng.standard_normal((2, 5, 3)), rng)
    assert min(errors.values()) > 1e-2
    wrong.U[...] = wrong.U + wrong.U.T
    assert max(gradient_errors(wrong, rng.standard_normal((2, 5, 3)), rng).values()) < 1e-7


def test_the_open_gate_begins_near_one_and_the_others_in_the_middle():
    layer = memory.open_lstm(8, 16, np.random.default_rng(0))
    assert (layer.b[16:32] == 3).all() and not np.delete(layer.b, np.s_[16:32]).any()


def test_the_sentences_are_those_of_the_tutorial():
    parts = memory.read_sentences()
    assert {part: len(sentences) for part, sentences in parts.items()} == {"train": 58, "test": 20}
    assert {words.shape[2] for sentences in parts.values() for words, _ in sentences} == {18}
    assert {part: sum(glad for _, glad in sentences) for part, sentences in parts.items()} == {"train": 26, "test": 10}


def test_the_way_back_of_a_sentence_is_that_of_a_network_judged_at_its_last_time():
    rng, (words, glad) = np.random.default_rng(0), memory.read_sentences()["train"][-1]
    layer, dense = Recurrent(18, 6, rng), Dense(6, 2, rng)
    memory.way_back(layer, dense, words, glad)
    ours = [p.grad.copy() for p in layer.parameters() + dense.parameters()]
    network, loss = Network(layer, dense), SoftmaxCrossEntropy(ignored=-1)
    labels = np.full((1, words.shape[1]), -1)
    labels[0, -1] = glad
    loss.forward(network.forward(words), labels)
    network.collect(loss.backward())
    for mine, p in zip(ours, network.parameters(), strict=True):
        assert np.allclose(mine, p.grad)


def test_both_slopes_of_u_agree_where_the_transpose_is_there(monkeypatch):
    monkeypatch.setattr(memory, "NEURONS", 6)
    rng, parts = np.random.default_rng(0), memory.read_sentences()
    for layer, agree in ((Recurrent, True), (memory.Untransposed, False)):
        found = memory.look(layer(18, 6, rng), Dense(6, 2, rng), parts)
        assert (found["error"] < 1e-12) == agree and 0 < found["one direction"] < 1


def test_two_trainings_from_one_seed_are_the_same_and_a_short_way_is_learned(monkeypatch):
    monkeypatch.setattr(memory, "STEPS", 300)
    first, second = (memory.recall("tanh", 1, 0.01, 0) for _ in range(2))
    assert first == second > 0.9


def test_a_training_on_the_sentences_is_looked_at_when_it_should_be(monkeypatch):
    monkeypatch.setattr(memory, "EPOCHS", 2)
    monkeypatch.setattr(memory, "LOOKS", (0, 2))
    looks = memory.read("as published", 0)
    assert len(looks) == 2 and looks[0]["error"] < 0.02 and 0.6 < looks[0]["asymmetry"] < 0.8


def test_a_name_becomes_what_is_heard_and_what_comes():
    x, y = memory.numbers(["ab"])
    assert x[0].tolist() == [0, 1, 2, *[0] * 13] and y[0].tolist() == [1, 2, 0, *[-1] * 13]


def test_no_held_out_name_is_learned_from_and_the_tables_are_as_stored():
    learned, held_out = memory.split_names()
    assert len(held_out) == 3000 and not {*learned} & {*held_out} and len(learned) + len(held_out) == 29_494
    found = [memory.paid_by_table(1), memory.paid_by_table(2)]
    assert found == pytest.approx([STORED["names"]["pairs"], STORED["names"]["triples"]], rel=1e-5)
    assert len(STORED["names"]["network"]) == len(memory.SEEDS)
