"""Driving: a car on a drawn road, steered by one of two stored networks or by the reader, who may push it."""

import base64
from pathlib import Path

import numpy as np

from ...layers import Dense, Tanh
from ...network import Network
from ...prose import decimals
from ...studies import driving as world
from .. import live

PARTS = ("world.js", "driving.js")
WEIGHTS = Path(__file__).with_name("weights.npz")
NETWORKS = {"none_moved": "None moved", "half_moved": "Half moved"}  # in the file, and for the reader
ROADS = 6  # which the drives go round
TURN = 4.0  # degrees a metre that the reader's keys steer
LABEL = "Drive on a road, or let a network drive, and push the car"
Game = dict  # the road's number, the car (x, y, heading), the metres driven, the angle gone round, and what ended it


def load() -> dict[str, Network]:
    """The two networks of the study, trained by measure/studies/driving.py with its first seed, in float64."""
    networks = {}
    with np.load(WEIGHTS, allow_pickle=False) as file:
        for name in NETWORKS:
            hidden, n_in = file[f"{name}.0.W"].shape
            rng = np.random.default_rng(0)
            networks[name] = Network(Dense(n_in, hidden, rng), Tanh(), Dense(hidden, 1, rng))
            for key, array in networks[name].state().items():
                array[...] = file[f"{name}.{key}"]
    return networks


def roads() -> world.Roads:
    """The roads of the page, to three decimals."""
    drawn = world.draw_roads(ROADS, np.random.default_rng(3000))
    return drawn._replace(waves=drawn.waves.round(3), look=drawn.look.round(3))


def one(which: int) -> world.Roads:
    """One of these roads."""
    return world.chosen(roads(), np.array([which]))


def begun(which: int = 0) -> Game:
    """A drive at its start."""
    car = world.start(roads())[which].round(6)
    return {"road": which, "car": car.tolist(), "metres": 0, "gone": 0.0, "over": ""}


def steering(network: Network, game: Game) -> float:
    """What a network answers to the picture that the car's camera has now, in degrees a metre, to the left positive."""
    return float(world.by_network(network)(one(game["road"]), np.array([game["car"]]))[0])


def side(number: float) -> str:
    """Left or right, where left is positive."""
    return "left" if number > 0 else "right"


def said(game: Game, steers: float | None) -> str:
    """How a drive stands, in words, and how the network steers, where it does."""
    metres = game["metres"]
    if game["over"] == "off":
        return f"After {metres} m the car has left the road."
    if game["over"] == "round":
        return f"After {metres} m the car has come round without leaving the road."
    road, (x, y, _) = one(game["road"]), game["car"]
    off = -float(world.beside(road, np.array([x]), np.array([y]))[0] * road.way[0])
    text = f"After {metres} m: the car is {decimals(abs(off), 2)} m {side(off)} of the middle."
    return (
        text
        if steers is None
        else f"{text} The network steers {decimals(abs(steers), 1)}° a metre to the {side(steers)}."
    )


def weights() -> dict:
    """What the page's script computes with: the sizes of the layers, and each network's parameters in float32."""
    found = {}
    for name, network in load().items():
        numbers = np.concatenate([p.value.ravel() for p in network.parameters()]).astype("<f4")
        found[name] = base64.b64encode(numbers.tobytes()).decode()
    first, _, last = network.layers
    return {"sizes": [first.W.shape[1], first.n_out, last.n_out], "networks": found, "flat": world.FLAT}


def data() -> dict:
    """What the page's script draws: the rules, the roads with where a drive starts, and what the networks say first."""
    names = ("radius", "edge", "paint", "rows", "columns", "focal", "height", "sharpest", "push", "longest")
    drawn, networks = roads(), load()
    return {
        "rules": {name: getattr(world, name.upper()) for name in names} | {"waves": world.WAVES.tolist()},
        "roads": [
            {"waves": drawn.waves[i].tolist(), "look": drawn.look[i].tolist(), "dashed": drawn.dashed[i].tolist(),
             "way": int(drawn.way[i]), "car": begun(i)["car"]}
            for i in range(ROADS)
        ],
        "names": NETWORKS,
        "turn": TURN,
        "first": {name: round(steering(network, begun()), 6) for name, network in networks.items()},
    }  # fmt: skip


def show() -> None:
    """Show the road, before the first metre."""
    first = data()["first"]
    text = [
        "A road from above, closed and 3.7 m wide, with a car on it, and what its camera sees: 8 rows of 32 pixels. "
        "The car is steered by one of two networks that see this picture alone, or by you. It goes a metre at a "
        f"time, and can be pushed {decimals(world.PUSH, 1)} m to a side. It ends where the car leaves the road, or "
        "once it has come round.",
        "“None moved” learned from 2,000 pictures, all from the laps of a teacher; “Half moved” from as many, half of "
        f"them from a car that was moved up to {decimals(world.ASIDE, 1)} m aside and turned by up to "
        f"{world.TURNED:.0f}°.",
        *(f"{name}: {said(begun(), first[key])}" for key, name in NETWORKS.items()),
    ]
    live.show("driving", data(), LABEL, text, weights=weights())
