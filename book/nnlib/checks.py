"""Checks of input: one clear line that names the argument, what was got, what was expected and what to do.

What takes a whole set of examples (`fit`, `train_epochs`, `minibatches`, `accuracy`, `one_hot`, `split`) understands
whatever becomes an array of numbers with its values unchanged: lists, tables and series by position, tensors on the
CPU. What works inside the loop (`Network`, losses) takes arrays alone. Where values would be read otherwise than they
were meant, as with a mask, both refuse.
"""

import math
from numbers import Number

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


# Arrays


def as_array(name: str, values: object) -> np.ndarray:
    """These values as a plain array of real numbers; TypeError where there is none with the same meaning."""
    if type(values) is np.ndarray and values.dtype.kind in "fiub":
        return values
    _refuse(name, values)
    kind = type(values).__name__
    try:
        array = np.asarray(values.to_numpy() if hasattr(values, "to_numpy") else values)
    except (TypeError, ValueError, RuntimeError) as error:
        raise TypeError(f"{name}: got a {kind} that does not become an array: {error}") from None
    if array.dtype.kind in "US":
        raise TypeError(
            f"{name}: got text, dtype {array.dtype}, expected numbers; digits become labels by .astype(int), words by "
            f"np.unique({name}, return_inverse=True)[1]"
        )
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"{name}: got a {kind} of dtype {array.dtype}, expected numbers; choose the columns of numbers, fill "
            "or drop what is missing, and convert them, .astype(float)"
        )
    return array


def check_array(name: str, values: object) -> None:
    """Raise unless `values` is an array of numbers already."""
    if type(values) is np.ndarray and values.dtype.kind in "fiub":
        return
    _refuse(name, values)
    if not isinstance(values, np.ndarray):
        raise TypeError(f"{name}: got a {type(values).__name__}, expected an array: np.asarray({name})")
    as_array(name, values)


def _refuse(name: str, values: object) -> None:
    """Raise for what would become an array, but with another meaning."""
    if isinstance(values, np.ma.MaskedArray):
        raise TypeError(
            f"{name}: got a masked array, whose mask would be lost; {name}.filled(...), or leave those rows out"
        )
    if isinstance(values, np.matrix):
        raise TypeError(f"{name}: got an np.matrix, which multiplies otherwise than arrays do: np.asarray({name})")
    if hasattr(values, "tocsr"):
        raise TypeError(f"{name}: got a sparse {type(values).__name__}, expected an array: {name}.toarray()")
    if getattr(values, "requires_grad", False) is True:
        raise TypeError(f"{name}: got a tensor that requires grad, expected numbers alone: {name}.detach()")


def check_float64(**arrays: np.ndarray) -> None:
    """Raise unless all these are float64 arrays, whose digits differences need."""
    for name, array in arrays.items():
        check_array(name, array)
        if array.dtype != np.float64:
            raise TypeError(f"{name}: got dtype {array.dtype}, expected float64: {name}.astype(np.float64)")


def check_finite(name: str, values: np.ndarray) -> None:
    """Raise if `values` holds NaN or infinity, and say where the first one stands."""
    finite = np.isfinite(values)
    if not finite.all():
        where = tuple(int(i) for i in np.argwhere(~finite)[0])
        raise ValueError(f"{name}: got {values[where]} at index {where}, expected finite numbers only")


# What goes into a network, a loss, an accuracy


def check_features(x: np.ndarray, n_in: int | tuple | None, dtype: np.dtype | None) -> None:
    """Raise unless `x` is a batch of n >= 1 examples of this shape and dtype.

    `n_in` is a number of features, or a shape in which None stands for any number; `dtype` may be np.integer.
    """
    if type(x) is np.ndarray and x.dtype == dtype and x.shape[1:] == (n_in,) and len(x) > 0:
        return  # as in nearly every call
    check_array("x", x)
    if n_in is not None:
        example = _tuple(n_in)
        if not _fits(x.shape[1:], example):
            rows = ", one row per example" if len(example) == 1 else ""
            raise ValueError(f"x: got shape {x.shape}, expected {_batch(example)}{rows}{_reshaped(x, example)}")
    if x.ndim == 0 or len(x) == 0:
        raise ValueError(f"x: got an empty batch of shape {x.shape}, expected at least one example")
    if dtype is np.integer:
        if x.dtype.kind not in "iu":
            raise TypeError(f"x: got dtype {x.dtype}, but the network's first layer takes integers: x.astype(int)")
    elif dtype is not None and x.dtype != dtype:
        hint = f"convert it, x.astype(np.{dtype})"
        if x.dtype in (np.float32, np.float64) and x.dtype.isnative:
            hint += f", or use Dense(..., dtype=np.{x.dtype})"
        if x.dtype.kind in "iu" and x.min() >= 0 and 1 < x.max() <= 255:
            hint += f"; if these are grey levels 0 to 255, ink from 0 to 1 is x / 255: (x / 255).astype(np.{dtype})"
        raise TypeError(f"x: got dtype {x.dtype}, but the network's parameters are {dtype}: {hint}")


def _fits(shape: tuple, expected: tuple) -> bool:
    """Whether a shape is the expected one, in which None stands for any number (and in the other too)."""
    return len(shape) == len(expected) and all(None in (a, b) or a == b for a, b in zip(shape, expected, strict=True))


def _batch(example: tuple) -> str:
    """The shape of a batch of such examples, in words."""
    return f"(n, {', '.join('any' if size is None else str(size) for size in example)})"


def _reshaped(x: np.ndarray, example: tuple) -> str:
    """What to do where the numbers are right in number, but not in shape."""
    if None in example:
        return ""
    size, inner = math.prod(example), ", ".join(map(str, example))
    if x.shape == example:
        return f"; one example alone is a batch of one: x[None, {', '.join(':' * len(example))}]"
    if x.ndim > 1 and math.prod(x.shape[1:]) == size:
        return f"; the same numbers in that shape: x.reshape({len(x)}, {inner})"
    return f"; one example alone is a batch of one: x.reshape(1, {inner})" if x.size == size else ""


def check_same_shape(output: np.ndarray, target: np.ndarray) -> None:
    """Raise unless `output` and `target` are arrays of the same shape (n, n_out) with n >= 1."""
    if type(output) is type(target) is np.ndarray and output.dtype == target.dtype and output.dtype.kind == "f":
        if output.shape == target.shape and output.ndim > 1 and len(output) > 0:
            return  # as in nearly every call
    check_array("output", output)
    check_array("target", target)
    if output.ndim < 2:
        hint = "; one example alone is a batch of one: output[None, :]" if output.ndim else ""
        raise ValueError(f"output: got shape {output.shape}, expected (n, n_out), one row per example{hint}")
    if output.shape != target.shape:
        hint = ""
        if target.shape == output.shape[:1] and output.shape[1:] == (1,):
            hint = "; one number per example becomes a column by target[:, None]"
        elif target.ndim == 1 and target.dtype.kind in "iu":
            hint = "; integer labels become rows by one_hot(labels, n_classes)"
        raise ValueError(f"target: got shape {target.shape}, expected the output's {output.shape}{hint}")
    if len(output) == 0:
        raise ValueError(f"output: got an empty batch of shape {output.shape}, expected at least one example")
    if np.result_type(output, target) != output.dtype:
        raise TypeError(
            f"target: got dtype {target.dtype}, but the output is {output.dtype}: target.astype(np.{output.dtype})"
        )


def check_logits(logits: np.ndarray) -> None:
    """Raise unless `logits` is an array of rows (n, n_classes), or more axes in front."""
    check_array("logits", logits)
    if logits.ndim < 2:
        hint = "; one example alone is a batch of one: logits[None, :]" if logits.ndim else ""
        raise ValueError(f"logits: got shape {logits.shape}, expected (n, n_classes), one row per example{hint}")


def check_binary(target: np.ndarray) -> None:
    """Raise unless every entry of `target` is 0 or 1."""
    if not np.isin(target, (0, 1)).all():
        raise ValueError(f"target: got values from {np.min(target)} to {np.max(target)}, expected only 0 and 1")


def check_labels(labels: np.ndarray, output_shape: tuple, ignored: int | None = None) -> None:
    """Raise unless `labels` are integers 0 ... n_classes - 1, one for each row of an output (n, ..., n_classes).

    None in the output's shape stands for any number; a label may also be `ignored`.
    """
    check_array("labels", labels)
    *rows, n_classes = output_shape
    if n_classes == 1:
        raise ValueError(
            "labels: got one output to choose from, expected one for each class; with one output for two classes the "
            "loss is BinaryCrossEntropy, and np.mean((network.predict(x)[:, 0] > 0) == labels) are right (> 0.5 "
            "where a Sigmoid stands last)"
        )
    if not _fits(labels.shape, tuple(rows)):
        hint = ""
        if labels.ndim == 0:
            hint = f"; one label alone is a batch of one: np.array([{labels}])"
        elif labels.shape == (rows[0], 1):
            hint = "; a column becomes labels by labels[:, 0]"
        elif labels.shape == (rows[0], n_classes):
            hint = "; one-hot rows become labels by labels.argmax(axis=1)"
        expected = f"({rows[0]},), one label per example" if len(rows) == 1 else f"{tuple(rows)}, one label per row"
        raise ValueError(f"labels: got shape {labels.shape}, expected {expected}{hint}")
    if labels.size == 0:
        raise ValueError("labels: got none, expected at least one example")
    if labels.dtype.kind not in "iu":
        hint = ": labels.astype(int)" if np.array_equal(labels, np.round(labels)) else ""
        raise TypeError(f"labels: got dtype {labels.dtype}, expected integers{hint}")
    low, high = labels.min(), labels.max()
    if n_classes is not None and (low < 0 or high >= n_classes):
        wrong = labels[((labels < 0) | (labels >= n_classes)) & (labels != ignored)]
        if wrong.size or ignored is None:
            raise ValueError(f"labels: got values {low} to {high}, expected 0 to {n_classes - 1}")


def as_column(weight: np.ndarray, like: np.ndarray) -> np.ndarray:
    """A weight for each example, (n,), as a column beside `like`, of its dtype; a column stays one."""
    check_array("weight", weight)
    if weight.shape not in (like.shape[:1], (*like.shape[:-1], 1)):
        raise ValueError(f"weight: got shape {weight.shape}, expected ({len(like)},), one for each example")
    if not (np.isfinite(weight).all() and weight.min() >= 0):
        raise ValueError(f"weight: got values from {weight.min()} to {weight.max()}, expected finite numbers from 0 up")
    columns = weight if weight.ndim > 1 else weight.reshape(-1, *[1] * (like.ndim - 1))
    return columns.astype(like.dtype)


def as_examples(x: object, y: object) -> tuple[np.ndarray, np.ndarray]:
    """Examples and targets as arrays, with exactly one row of `y` for each row of `x`."""
    x, y = as_array("x", x), as_array("y", y)
    if x.ndim == 0 or y.ndim == 0 or len(x) != len(y):
        rows = [len(array) if array.ndim else "a number instead of" for array in (x, y)]
        raise ValueError(f"x and y: got {rows[0]} and {rows[1]} rows, expected one target for each example")
    return x, y


def check_batches(x: object, y: object, batch_size: int, rng) -> tuple[np.ndarray, np.ndarray]:
    """Examples and targets as arrays; raise unless batches can be made of them."""
    check_count("batch_size", batch_size)
    check_rng(rng)
    return as_examples(x, y)


# A network and its training


class TrainingDiverged(ArithmeticError):
    """The cost or a parameter is no longer a finite number; the parameters are back at the last good epoch."""


def check_still_finite(cost: float, arrays: list[np.ndarray], epoch: int, rate: float) -> None:
    """Raise TrainingDiverged unless the cost of this epoch and all these arrays are finite."""
    if not (np.isfinite(cost) and all(np.isfinite(array).all() for array in arrays)):
        raise TrainingDiverged(
            f"the cost or a parameter was no longer finite in epoch {epoch}; the parameters are back as they were "
            f"after epoch {epoch - 1}. The usual cause is too large a learning rate: try a tenth of {rate:g}. The next "
            "is inputs or targets far from 1: bring them near it."
        )


def check_layer(i: int, layer: object, kind: type, networks: tuple[type, ...]) -> None:
    """Raise unless what stands at place `i` of a network is a layer whose way back is collect and pass_back."""
    check_instance("layers", layer)
    if not isinstance(layer, kind):
        raise TypeError(f"layers: got {layer!r} at place {i}, expected a Layer such as Dense(...) or Sigmoid()")
    if type(layer).backward not in [known.backward for known in (kind, *networks)]:
        raise TypeError(
            f"layers: layer {i}, {type(layer).__name__}, has a backward of its own, which training would pass by: "
            "write collect(grad) for its parameters' gradients and pass_back(grad) for dC/d(input)"
        )


def shape_in(n_in: int | tuple | None, shape: int | tuple | None, takes: int | tuple | None) -> int | tuple | None:
    """What layers take, `n_in` so far, when the next one, which is given `shape`, takes `takes`.

    Where only numbers of features are known, a layer that takes a shape says of what kind the examples are.
    """
    if shape is None:
        return takes if n_in is None else n_in
    if isinstance(shape, tuple) or not isinstance(takes, tuple) or len(takes) == 1:
        return n_in
    return (n_in, *takes[1:]) if len(takes) == 3 else (*takes[:-1], n_in)


def shape_behind(i: int, layer, shape: int | tuple | None) -> int | tuple | None:
    """What layer `i` gives for an example of this shape; ValueError unless it takes that.

    A layer that takes a number of features acts on the last axis of a sequence, on the first of an image (c, h, w).
    """
    takes, gives, there, wanted = layer.n_in, layer.n_out, shape, layer.n_in
    if isinstance(shape, tuple) != isinstance(takes, tuple):  # one of them says only how many features
        there, wanted = _features(shape), _features(takes)
    if None not in (shape, takes) and not _fits(_tuple(there), _tuple(wanted)):
        raise ValueError(f"layers: layer {i} takes {takes} inputs, but the layers before it give {shape}")
    by_feature = isinstance(shape, tuple) and takes is not None and not isinstance(takes, tuple)
    if by_feature and gives is not None and not isinstance(gives, tuple):
        return (gives, *shape[1:]) if len(shape) == 3 else (*shape[:-1], gives)
    return shape if gives is None else gives


def _features(shape: int | tuple | None) -> int | None:
    """How many features an example of this shape has: of an image its channels, else what its last axis holds."""
    return shape[0 if len(shape) == 3 else -1] if isinstance(shape, tuple) else shape


def check_adds(n_in: int | tuple | None, n_out: int | tuple | None) -> None:
    """Raise unless what layers give can be added to what they take."""
    if None not in (n_in, n_out) and not _fits(_tuple(n_in), _tuple(n_out)):
        raise ValueError(f"layers: got layers that take {n_in} and give {n_out}, expected the same for x + f(x)")


def _tuple(shape: int | tuple | None) -> tuple:
    """The shape of an example, also where it is only a number of features."""
    return shape if isinstance(shape, tuple) else (shape,)


def dtype_behind(i: int, layer, dtype: np.dtype | None) -> np.dtype | None:
    """The dtype of all parameters up to layer `i`; TypeError where they have several."""
    for p in layer.parameters():
        if dtype not in (None, p.value.dtype):
            raise TypeError(f"layers: layer {i} has dtype {p.value.dtype}, but those before it {dtype}")
        dtype = p.value.dtype
    return dtype


def check_belongs(network, optimizer) -> None:
    """Raise unless each array that `optimizer` steps is one of the network's own, with the network's own gradient."""
    own = {(id(p.value), id(p.grad)) for p in network.parameters()}
    for p in optimizer.parameters:
        if (id(p.value), id(p.grad)) not in own:
            raise ValueError(
                f"optimizer: its parameter {p.name} is none of this network's arrays; it was made for another network, "
                "for a copy, or before the array was replaced (write in place, W[...] = ...): make the optimizer anew"
            )


def check_parameters(parameters) -> list:
    """The parameters in a list; ValueError if there is none, as from an iterator that has been read already."""
    if not (parameters := list(parameters)):
        raise ValueError("parameters: got none, so a step would change nothing; pass network.parameters()")
    return parameters


def check_counting(counts: np.ndarray) -> np.ndarray:
    """Which labels count; ValueError if none does."""
    if not counts.any():
        raise ValueError("labels: every one is an ignored one, so there is no accuracy; pass some that count")
    return counts


def check_training(network, loss, optimizer, x, y, epochs: int, batch_size: int, rng) -> tuple[np.ndarray, np.ndarray]:
    """Examples and targets as arrays; raise unless all this goes together, as far as it can be said before training."""
    for name, part in (("network", network), ("loss", loss), ("optimizer", optimizer)):
        check_instance(name, part)
    check_count("epochs", epochs)
    check_count("batch_size", batch_size)
    check_rng(rng)
    check_belongs(network, optimizer)
    x = as_array("x", x)
    check_features(x, network.n_in, network.dtype)
    x, y = as_examples(x, y)
    check_finite("x", x)
    check_finite("y", y)
    return x, y


def check_validation(network, x: object, labels: object) -> None:
    """Raise unless the network's accuracy on these examples can be measured."""
    x, labels = as_array("x", x), as_array("labels", labels)
    check_features(x, network.n_in, network.dtype)
    check_finite("validation x", x)
    check_labels(labels, (len(x), *_tuple(network.n_out)))


# Single values


def check_instance(name: str, part: object) -> None:
    """Raise if `part` is a class where something made from it belongs."""
    if isinstance(part, type):
        raise TypeError(f"{name}: got the class {part.__name__}, expected what it makes: {part.__name__}(...)")


def check_rng(rng: object) -> None:
    """Raise if `rng` is a number where a generator belongs."""
    if rng is None or isinstance(rng, (Number, str)):
        seed = "" if rng is None else rng
        raise TypeError(f"rng: got {rng!r}, expected a generator: np.random.default_rng({seed})")


def check_dtype(dtype: type) -> None:
    """Raise unless `dtype` is float32 or float64."""
    if np.dtype(dtype) not in (np.float32, np.float64):
        raise TypeError(f"dtype: got {np.dtype(dtype)}, expected np.float64, or np.float32 for speed")


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


def check_whole(name: str, value: int) -> None:
    """Raise unless `value` is a whole number, 0 or above."""
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{name}: got {value!r}, expected a whole number from 0 up")


def check_shape(name: str, shape: tuple, axes: tuple[str, ...] | None = None) -> None:
    """Raise unless `shape` is a tuple of whole numbers of at least 1, one for each of the axes that are named."""
    whole = isinstance(shape, (tuple, list)) and all(isinstance(side, (int, np.integer)) for side in shape)
    if not whole or min(shape, default=0) < 1 or (axes and len(shape) != len(axes)):
        expected = f"({', '.join(axes)})" if axes else "a shape"
        raise ValueError(f"{name}: got {shape!r}, expected {expected}, whole numbers of at least 1")


def check_window(size: int, sides: list[int]) -> None:
    """Raise unless a window of this size has room."""
    if size > min(sides):
        raise ValueError(f"size: got {size}, expected at most {min(sides)}, the smaller side of the image")


def check_divides(name: str, value: int, whole: int) -> None:
    """Raise unless `value` divides `whole` with no remainder."""
    if whole % value:
        raise ValueError(f"{name}: got {value}, expected a divisor of the {whole} features")


def check_words(x: np.ndarray, words: int) -> None:
    """Raise unless all of `x` are whole numbers 0 ... words - 1; a negative one would count from the end."""
    if x.dtype.kind not in "iu":
        raise TypeError(f"x: got dtype {x.dtype}, expected whole numbers: x.astype(int)")
    if x.size and (x.min() < 0 or x.max() >= words):
        raise ValueError(f"x: got values {x.min()} to {x.max()}, expected 0 to {words - 1}")


def check_length(x: np.ndarray, length: int) -> None:
    """Raise unless sequences (n, time, features) have at most this many times."""
    if x.shape[1] > length:
        raise ValueError(f"x: got sequences of {x.shape[1]} times, expected at most {length}")
