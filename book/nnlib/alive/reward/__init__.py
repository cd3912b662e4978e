"""Reward: balance a pole yourself, beside a network that has learned it, and shove the network's cart."""

from pathlib import Path

import numpy as np

from ...layers import Dense, Tanh
from ...network import Network
from ...prose import decimals
from ...studies import reward as world
from .. import live

PARTS = ("cart.js", "reward.js")
WEIGHTS = Path(__file__).with_name("weights.npz")
STARTS = 8  # which the games go round
SHOVE = 1.0  # metres a second
NETWORKS = "the network's"


def load() -> Network:
    """The network of the study, trained by measure/studies/reward.py with its first seed, in float64."""
    with np.load(WEIGHTS, allow_pickle=False) as file:
        hidden, rng = len(file["0.b"]), np.random.default_rng(0)
        network = Network(Dense(4, hidden, rng), Tanh(), Dense(hidden, 2, rng))
        for name, array in network.state().items():
            array[...] = file[name]
    return network


def said(steps: int, you: dict, it: dict) -> str:
    """How a game stands after so many steps, in words; each cart has its `state`, how long it `stood`, and `over`."""

    def side(number: float) -> str:
        return "left" if number < 0 else "right"

    def one(whose: str, cart: dict) -> str:
        place, _, angle, _ = cart["state"]
        seconds = decimals(cart["stood"] * world.STEP, 2)
        if cart["over"]:
            fell = abs(angle) > world.TILT
            return f"{whose} {'pole fell' if fell else 'cart left the track'} after {seconds} s"
        leans = f"{whose} pole leans {decimals(abs(angle) * 180 / np.pi, 1)}° to the {side(angle)}"
        return f"{leans}, the cart {decimals(abs(place), 2)} m {side(place)} of the middle"

    both = f"{one('your', you)}; {one(NETWORKS, it)}"
    return f"After {decimals(steps * world.STEP, 2)} s: {both}."


def data() -> dict:
    """What the page's script computes with: the rules, where games start, and the network."""
    hidden, _, output = load().layers
    layers = {"hidden": hidden, "output": output}
    names = ("gravity", "cart", "pole", "half", "force", "step", "edge", "tilt")
    return {
        "rules": {name: float(getattr(world, name.upper())) for name in names},
        "starts": world.start(STARTS, np.random.default_rng(0)).round(4).tolist(),
        "shove": SHOVE,
        "network": {name: {"W": layer.W.tolist(), "b": layer.b.tolist()} for name, layer in layers.items()},
    }


def show() -> None:
    """Show the game, before its first step."""
    text = [
        "Two carts on a track of 4.8 m, each with a pole of 1 m that stands on a hinge. You push the upper one to the "
        "left or to the right; the lower one is pushed by the network. It is over for a cart when its pole leans more "
        "than 12° or when it leaves the track.",
        "The game can be played step by step, with nothing that moves by itself, or at a quarter, at half or at full "
        "speed. The network's cart can be shoved, which changes its speed by 1 m/s.",
    ]
    live.show("reward", data(), "Balance a pole yourself, beside a network that has learned it", text)
