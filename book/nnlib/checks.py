"""Checks of input: one clear line that names the argument, what was got and what was expected."""

import numpy as np


class BeforeForward(AttributeError, RuntimeError):
    """The way back was asked for before the way there: what it needs is not stored yet."""


class ForwardFirst:
    """Mixin for layers and losses: `backward` before `forward` says so, instead of a missing attribute."""

    stores: tuple[str, ...] = ()  # the attributes that `forward` keeps for the way back

    def __getattr__(self, name: str):  # Python calls this only for an attribute that does not exist (yet)
        kind = type(self).__name__
        if name in self.stores:
            raise BeforeForward(f"{kind}.backward came before forward: call {kind}.forward(...) first")
        raise AttributeError(f"{kind} has no attribute {name!r}")


def check_layer(i: int, layer: object, kind: type, network: type) -> None:
    """Raise unless what stands at place `i` of a network is a layer whose way back is collect and pass_back."""
    if not isinstance(layer, kind):
        raise TypeError(f"layers: got {layer!r} at place {i}, expected a Layer such as Dense(...) or Sigmoid()")
    if type(layer).backward not in (kind.backward, network.backward):
        raise TypeError(
            f"layers: layer {i}, {type(layer).__name__}, has a backward of its own, which training would pass by: "
            "write collect(grad) for its parameters' gradients and pass_back(grad) for dC/d(input)"
        )


def check_belongs(network, optimizer) -> None:
    """Raise unless each array that `optimizer` steps is one of the network's own, with the network's own gradient."""
    own = {(id(p.value), id(p.grad)) for p in network.parameters()}
    for p in optimizer.parameters:
        if (id(p.value), id(p.grad)) not in own:
            raise ValueError(
                f"optimizer: its parameter {p.name} is none of this network's arrays; it was made for another network, "
                "for a copy, or before the array was replaced (write in place, W[...] = ...): make the optimizer anew"
            )


def check_training(network, optimizer, x: np.ndarray, y: np.ndarray, epochs: int, batch_size: int) -> None:
    """Raise unless these go together: what can be checked of a training before it begins."""
    check_count("epochs", epochs)
    check_count("batch_size", batch_size)
    check_belongs(network, optimizer)
    check_features(x, network.n_in, network.dtype)
    check_same_length(x, y)
    check_finite("x", x)
    check_finite("y", y)


def check_validation(network, x: np.ndarray, labels: np.ndarray) -> None:
    """Raise unless the network's accuracy on these examples can be measured."""
    check_features(x, network.n_in, network.dtype)
    check_finite("validation x", x)
    check_labels(labels, len(x), network.n_out)


def check_features(x: np.ndarray, n_in: int | None, dtype: np.dtype | None) -> None:
    """Raise unless `x` is a batch, an array of shape (n, n_in) with n >= 1 and the given dtype."""
    expected = f"(n, {n_in or 'features'})"
    if not isinstance(x, np.ndarray):
        raise TypeError(f"x: got a {type(x).__name__}, expected an array of shape {expected}")
    if n_in is not None and (x.ndim != 2 or x.shape[1] != n_in):
        hint = "; one example alone is a batch of one: x[None, :]" if x.shape == (n_in,) else ""
        raise ValueError(f"x: got shape {x.shape}, expected {expected}, one row per example{hint}")
    if len(x) == 0:
        raise ValueError(f"x: got an empty batch of shape {x.shape}, expected at least one example")
    if dtype is not None and x.dtype != dtype:
        other = f", or use Dense(..., dtype=np.{x.dtype})" if x.dtype.kind == "f" else ""
        raise TypeError(
            f"x: got dtype {x.dtype}, but the network's parameters are {dtype}: convert it, x.astype(np.{dtype}){other}"
        )


def check_same_shape(output: np.ndarray, target: np.ndarray) -> None:
    """Raise unless `output` and `target` have the same shape (n, n_out) with n >= 1."""
    if np.shape(output) != np.shape(target):
        hint = "; integer labels become rows by one_hot(labels, n_classes)" if np.ndim(target) == 1 else ""
        raise ValueError(f"target: got shape {np.shape(target)}, expected the output's {np.shape(output)}{hint}")
    if len(output) == 0:
        raise ValueError(f"output: got an empty batch of shape {output.shape}, expected at least one example")


def check_binary(target: np.ndarray) -> None:
    """Raise unless every entry of `target` is 0 or 1."""
    if not np.isin(target, (0, 1)).all():
        raise ValueError(f"target: got values from {np.min(target)} to {np.max(target)}, expected only 0 and 1")


def check_labels(labels: np.ndarray, n: int, n_classes: int) -> None:
    """Raise unless `labels` is an integer array of shape (n,) with n >= 1 and values 0 ... n_classes - 1."""
    labels = np.asarray(labels)
    if labels.shape != (n,):
        raise ValueError(f"labels: got shape {labels.shape}, expected ({n},), one label per example")
    if n == 0:
        raise ValueError("labels: got none, expected at least one example")
    if labels.dtype.kind not in "iu":
        raise TypeError(f"labels: got dtype {labels.dtype}, expected integers")
    if labels.min() < 0 or labels.max() >= n_classes:
        raise ValueError(f"labels: got values {labels.min()} to {labels.max()}, expected 0 to {n_classes - 1}")


def check_float64(**arrays: np.ndarray) -> None:
    """Raise unless all these arrays are float64."""
    for name, array in arrays.items():
        if array.dtype != np.float64:
            raise TypeError(f"{name}: got dtype {array.dtype}, expected float64")


def check_finite(name: str, values: np.ndarray) -> None:
    """Raise if `values` holds NaN or infinity, and say where the first one stands."""
    finite = np.isfinite(values)
    if not finite.all():
        where = tuple(int(i) for i in np.argwhere(~finite)[0])
        raise ValueError(f"{name}: got {values[where]} at index {where}, expected finite numbers only")


def check_same_length(x: np.ndarray, y: np.ndarray) -> None:
    """Raise unless there is exactly one row of `y` for each row of `x`."""
    if len(x) != len(y):
        raise ValueError(f"x and y: got {len(x)} and {len(y)} rows, expected one target for each example")


def check_positive(name: str, value: float) -> None:
    """Raise unless `value` is a finite number above zero."""
    if isinstance(value, complex) or not 0 < value < np.inf:
        raise ValueError(f"{name}: got {value}, expected a finite number above 0")


def check_share(name: str, value: float) -> None:
    """Raise unless `value` is a number from 0 up to, but not including, 1."""
    if isinstance(value, complex) or not 0 <= value < 1:
        raise ValueError(f"{name}: got {value}, expected a number from 0 up to, but not including, 1")


def check_count(name: str, value: int) -> None:
    """Raise unless `value` is a whole number of at least 1."""
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{name}: got {value!r}, expected a whole number of at least 1")
