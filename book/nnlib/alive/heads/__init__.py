"""Heads: whom each place of a line asks, head by head, and whom it should ask for what came next to be foreseen."""

from collections.abc import Sequence

import numpy as np

from ...losses import SoftmaxCrossEntropy
from ...network import Network, Residual
from ...prose import significant
from ...sequences import Attention
from .. import live

PARTS = ("heads.js",)
MOST = 3  # of the places that are asked, how many the words name


def attentions(network: Network) -> list[Attention]:
    """The attention of each block, the first one first."""
    blocks = [layer.layers[-1] for layer in network.layers if isinstance(layer, Residual)]
    return [layer for layer in blocks if isinstance(layer, Attention)]


def slopes(network: Network, grad: np.ndarray) -> list[np.ndarray]:
    """The slopes of all scores, dC/dS, of each attention after a forward pass, given dC/d(logits)."""
    found = []
    for layer in reversed(network.layers):
        if isinstance(layer, Residual) and isinstance(attention := layer.layers[-1], Attention):
            (dH,) = attention.split(attention.out.pass_back(grad))
            dP = dH @ attention.V.swapaxes(2, 3)
            found.append(attention.P * (dP - (attention.P * dP).sum(axis=-1, keepdims=True)))
        grad = layer.backward(grad)
    return found[::-1]


def measured(network: Network, numbers: Sequence[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of one line: all weights, all wishes, and the probabilities of what came next.

    Returns
    -------
    weights, wishes : arrays (heads of all blocks, time, time). A wish is minus the slope of a score, for the cost of
        the row's own place alone: where it is positive, more attention would make what came next more probable.
    next : array (time - 1,).
    """
    x, loss = np.array([numbers]), SoftmaxCrossEntropy(ignored=-1)
    logits = network.forward(x)
    weights = np.concatenate([layer.P[0] for layer in attentions(network)])
    wishes = np.zeros_like(weights)
    for t in range(x.shape[1] - 1):
        labels = np.full(x.shape, -1)
        labels[0, t] = x[0, t + 1]
        loss.forward(logits, labels)
        wishes[:, t] = -np.concatenate([dS[0] for dS in slopes(network, loss.backward())])[:, t]
    p = SoftmaxCrossEntropy.probabilities(logits[0])
    return weights, wishes, p[np.arange(x.shape[1] - 1), x[0, 1:]]


def letter(character: str) -> str:
    """A character, so that it can be seen in a sentence."""
    return "a space" if character == " " else f"“{character}”"


def said(head: str, letters: Sequence[str], place: int, weights: list[int], wishes: list[int], after: float) -> str:
    """What a head does at a place, counted from 0, in words; weights and wishes in thousandths, up to that place."""

    def named(u: int) -> str:
        return f"place {u + 1}, {letter(letters[u])}"

    asked = sorted(range(place + 1), key=lambda u: (-weights[u], -u))[:MOST]
    asked = [u for u in asked if weights[u]]
    parts = [f"{'itself' if u == place else named(u)} ({significant(weights[u] / 1000, 3)})" for u in asked]
    text = f"{head[0].upper()}{head[1:]}: {named(place)}, asks {', '.join(parts)}."
    if place + 1 == len(letters):
        return text
    text += f" Next came {letter(letters[place + 1])}, with the probability {significant(after, 2)}."
    more, less = wishes.index(max(wishes)), wishes.index(min(wishes))
    if wishes[more] <= 0 or wishes[less] >= 0:
        return f"{text} For that, it hardly matters here who is asked."
    return f"{text} For more of that, ask {named(more)}, more, and {named(less)}, less."


def show(network: Network, line: str, numbers: Sequence[int]) -> None:
    """Show whom each place of a line asks; `numbers` are its characters as the network knows them."""
    weights, wishes, after = measured(network, numbers)
    names = [
        f"block {block}, head {head}"
        for block, layer in enumerate(attentions(network), 1)
        for head in range(1, layer.heads + 1)
    ]

    def rows(all_rows: np.ndarray) -> list[list[int]]:
        return [[round(1000 * float(number)) for number in row[: t + 1]] for t, row in enumerate(all_rows)]

    heads = [{"name": name, "weights": rows(weights[i]), "wishes": rows(wishes[i])} for i, name in enumerate(names)]
    place = len(line) - 2
    data = {
        "letters": list(line),
        "numbers": [int(number) for number in numbers],
        "heads": heads,
        "next": [float(f"{p:.2g}") for p in after.tolist()],
        "start": {"head": 0, "place": place},
    }
    text = [
        said(each["name"], line, place, each["weights"][place], each["wishes"][place], data["next"][place])
        for each in heads
    ]
    live.show("heads", data, "Whom each place asks, head by head", text)
