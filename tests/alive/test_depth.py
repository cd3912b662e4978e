"""Sizes layer by layer: they are what the layers compute, and the script says of them what Python says."""

from functools import cache

import numpy as np
import pytest

from nnlib import SoftmaxCrossEntropy
from nnlib.alive import depth, live

found = cache(depth.measured)


def test_the_sizes_are_those_of_the_networks_activations_and_deltas():
    network = depth.build(5, depth.SQUASHES["tanh"], 2.0)
    loss, (x, labels) = SoftmaxCrossEntropy(), depth.images()
    loss.forward(network.forward(x), labels)
    network.backward(loss.backward())
    there, back = depth.sizes(depth.build(5, depth.SQUASHES["tanh"], 2.0))
    assert len(there) == len(back) == 4 and back[-1] == 0
    assert 10 ** there[2] == pytest.approx(np.sqrt(np.mean(network.layers[5].a ** 2)), rel=0.02)
    # A bias's slope is the sum of its deltas; of one image that is the delta.
    loss.forward(network.forward(x[:1]), labels[:1])
    network.backward(loss.backward())
    first, last = (np.sqrt(np.mean(network.layers[place].db ** 2)) for place in (0, 6))
    grad = loss.backward()
    for layer in reversed(network.layers[7:]):
        grad = layer.pass_back(grad)
    assert last == pytest.approx(np.sqrt(np.mean(grad**2))) and first > 0


def test_the_weights_have_the_variance_that_is_chosen():
    for times in depth.STARTS.values():
        W = depth.build(3, depth.SQUASHES["ReLU"], times).layers[2].W
        assert W.var() * W.shape[1] == pytest.approx(times, rel=0.1)


def test_what_the_chapter_says_of_the_starts_is_to_be_seen():
    ratio = {(squash, start): found()[squash][start]["20"][1][0] for squash in found() for start in depth.STARTS}
    assert ratio["sigmoid", "1/n"] < -10 and abs(ratio["sigmoid", "100/n"]) < 1
    assert ratio["ReLU", "1/n"] == pytest.approx(-9 * np.log10(2), abs=0.4)
    assert max(abs(ratio[pair]) for pair in (("ReLU", "2/n"), ("tanh", "1/n"))) < 1 < 5 < ratio["ReLU", "8/n"]


@pytest.mark.parametrize("squash", depth.SQUASHES)
def test_the_script_says_what_python_says(node, squash):
    for start in depth.STARTS:
        for layers in depth.DEPTHS:
            there, back = found()[squash][start][str(layers)]
            given = {"depth": layers, "squash": squash, "start": start, "there": there, "back": back}
            assert node("depth", "said(depth, squash, start, there, back)", **given) == depth.said(*given.values())


def test_every_curve_stays_within_the_picture(node):
    low, high = node("depth", "[DECADES.bottom, DECADES.top]")
    powers = [
        p
        for starts in found().values()
        for depths in starts.values()
        for pair in depths.values()
        for p in sum(pair, [])
    ]
    assert low < min(powers) and max(powers) < high


def test_the_words_tell_each_start_of_twenty_layers(monkeypatch):
    handed = []
    monkeypatch.setattr(live, "show", lambda *args: handed.append(args))
    depth.show()
    name, data, _, text = handed[0]
    assert name == "depth" and data["start"] == depth.START and len(text) == len(found()) * len(depth.STARTS)
    assert "20 layers, sigmoid, variance 1/n: from layer 19 to layer 1 the deltas become" in text[1]
