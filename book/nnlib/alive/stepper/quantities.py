"""Quantities: what the numbers of a two-layer network are called, by a script and in words.

A quantity goes by an id, layers and neurons counted from 1 as in the formulas: "W2.1.2" is the weight from neuron 2
to neuron 1 of layer 2, "z1.2" the weighted input of neuron 2 of layer 1, "x.1" the first input, "C" the cost. With a
"d" in front, "dz1.2", it is the slope of the cost for that quantity.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from ...prose import decimals

ARRAYS = ("W1", "b1", "W2", "b2")  # in the order of network.parameters()
NEURONS = {"1": "hidden neuron", "2": "output neuron"}
OTHERS = {"x": "input", "y": "target"}


def entries(name: str, array: np.ndarray) -> dict[str, float]:
    """The numbers of an array by their ids: the name, then each number's place."""
    return {".".join([name, *(str(i + 1) for i in place)]): float(array[place]) for place in np.ndindex(array.shape)}


def words(quantity: str) -> str:
    """What a quantity is called in a sentence."""
    if quantity == "C":
        return "the cost"
    if quantity.startswith("dz"):
        return words(quantity[1:]).replace("z of", "delta of")
    if quantity.startswith("d"):
        return f"the slope for {words(quantity[1:])}"
    name, place, *source = quantity.split(".")
    if name in OTHERS:
        return f"{OTHERS[name]} {place}"
    letter, layer = name
    neuron = f"{NEURONS[layer]} {place}"
    if letter == "W":
        return f"the weight from {'input' if layer == '1' else NEURONS['1']} {source[0]} to {neuron}"
    return f"the bias of {neuron}" if letter == "b" else f"{letter} of {neuron}"


def equation(makes: str, terms: Sequence[str], values: Mapping[str, float], result: float) -> str:
    """A formula with its numbers put in, as a sentence without its full stop; `terms` are ids and signs."""
    said = words(terms[0]) if len(terms) == 1 else ""  # what is handed on as it is has no sum to show
    for before, term in zip(["(", *terms], terms, strict=False):
        if len(terms) > 1:
            number = decimals(values[term]) if term in values else term.replace("·", "×")
            said += f"({number})" if values.get(term, 0) < 0 and not before.endswith("(") else f" {number} "
    said = " ".join(said.split()).replace("( ", "(").replace(" )", ")")
    return f"{words(makes)} = {said} = {decimals(result)}"
