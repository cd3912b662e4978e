"""Peers: one small file each. For another it takes one more, and its requirement in the group `bench`.

| name | what a peer's module says |
|---|---|
| `TITLE` | how the page names it; without one a module is no peer |
| `start` | gives two functions, see below |
| `BARS` | the cells in which nnlib's time has a bar to meet, as a ratio to the peer's |
| `KINDS` | the kinds of networks that it knows, if not all |
| `SLOW`, `SLOW_AT_SMALL_BATCHES` | the share of the examples on which it is timed; its time is then scaled up |
| `KNOWN` | by network, why it does not compute quite the same thing |
| `LEARNS` | False for one that learns nothing |
| `PINNED` | False for one that is not held to one processor |
| `PACKAGES` | whose versions are noted |

`start(net, weights, x, labels, batch_size, rng)` gives `epoch()`, which trains for one epoch and returns its mean cost,
and `parameters()`, which returns the weights as they are now. Whatever a peer compiles or copies once, it does in
`start` or in the first epoch, which is not timed. It imports its library in `start`, so that it can be asked all this
where that library is not.
"""

import importlib
import pkgutil
from types import ModuleType

DEFAULTS = {
    "BARS": {},
    "KINDS": ("sigmoid", "relu"),
    "SLOW": 1,
    "SLOW_AT_SMALL_BATCHES": 1,
    "KNOWN": {},
    "LEARNS": True,
    "PINNED": True,
    "PACKAGES": (),
}


def peer(name: str) -> ModuleType:
    """A peer's module, with everything said."""
    module = importlib.import_module(f"{__name__}.{name}")
    for what, usual in DEFAULTS.items():
        vars(module).setdefault(what, usual)
    return module


def peers() -> dict[str, ModuleType]:
    """Every peer, by its name and in the order of the names."""
    modules = {found.name: peer(found.name) for found in pkgutil.iter_modules(__path__)}
    return {name: module for name, module in modules.items() if hasattr(module, "TITLE")}
