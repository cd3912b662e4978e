"""Exercises of The bug museum."""

from collections.abc import Callable

import numpy as np

from nnlib.exercises.kinds import Choice, explain_it, fix_it, order_it, predict_it, stretch_it
from nnlib.gradient_check import gradient_errors, numerical_gradient, relative_error
from nnlib.layers import Dense, Dropout, Layer, ReLU, Sigmoid, Tanh, sigmoid


@explain_it(
    "What a falling curve proves",
    minutes=1,
    question="The cost of the epochs falls, smoothly and far. What does that prove?",
    hints=(
        "Which exhibits had a falling curve? Go through the choices with one of them.",
        "Think of the angle between the step that was made and the best one.",
    ),
    why="A falling cost says on which side of 90 degrees the steps were, on the whole, and nothing finer.",
)
def falling_curve():
    return (
        Choice(
            "That the backward pass is right: steps along a wrong gradient would raise the cost.",
            "any small step less than 90 degrees away from the right one lowers it: the gate of exhibit 1 was wrong, "
            "and its curve fell",
        ),
        Choice(
            "Nothing: any curve may fall by chance.",
            "not smoothly and far: the steps did lean downhill, and that is worth knowing; it is not enough",
        ),
        Choice(
            "That, on the whole, the steps led downhill in the number that is plotted.",
            "yes, and no more: not that they follow the gradient, nor that the number is the one you want",
            right=True,
        ),
        Choice(
            "That the network will do well on new data, if only it falls far enough.",
            "the curve knows the training data only: noise can be learned by heart too, as in exhibit 10",
        ),
    )


@explain_it(
    "A cost that climbs",
    minutes=2,
    question=(
        "A network without dropout takes steps on the full batch, and 1,300 of 2,000 steps raise the cost. With a "
        "tenth of the rate and ten times the steps, 13,000 of 20,000 do. What do you conclude?"
    ),
    hints=(
        "What does a small enough step against the true gradient do to the cost?",
        "A rate that is too large raises the cost as well. What would a tenth of it have changed?",
    ),
    why="Small steps against the true gradient, computed on all examples, only ever lower the cost.",
)
def rising_steps():
    return (
        Choice(
            "The rate is too large.",
            "then a tenth of it would have brought nearly all steps to lead downhill, and the share has not changed",
        ),
        Choice(
            "The gradient is wrong.",
            "yes: with all examples in every step and a small rate, the true gradient leads downhill each time",
            right=True,
        ),
        Choice(
            "That is the noise of the batches: single steps may go up.",
            "with mini-batches they may; here every step uses all examples, so there is no noise",
        ),
        Choice(
            "The network overfits.",
            "overfitting shows on new examples; the cost of the training examples goes on falling meanwhile",
        ),
    )


@predict_it(
    "Drop one of three",
    minutes=2,
    hints=(
        "What did the layer do to each activation on the way forward? The slope of that comes back as a factor.",
        "The factor is m / (1 - r): 1 / 0.8 for those that stayed. And for the one that was dropped?",
        "1.25 times 0.4, then 0, then 1.25 times -2.",
    ),
    why="The slope of a = m x / (1 - r) for x is m / (1 - r), so the way back has the same mask and the same scale.",
    within=1e-3,
    mistakes=(
        ((0.5, 1.25, -2.5), "the second was dropped: nothing of it went on, so nothing comes back"),
        ((0.4, 0, -2), "the mask is there, and the scale is not: what stays was divided by 0.8 on the way forward"),
        (
            (0.32, 0, -1.6),
            "this multiplies by 0.8; on the way forward the layer divided by it, and so does the way back",
        ),
        ((0.4, 1, -2), "this is what came back to the layer; the layer changes it, as it changed the activations"),
        ((2, 0, -10), "this divides by r; the layer divides by 1 - r"),
        ((-0.5, 0, 2.5), "the signs are turned round; the slopes are asked for, and not the wishes"),
    ),
    also_right=((0.5, 0, -2.5),),
)
def passed_on():
    """dC/dx of a dropout layer of rate 0.2 that dropped the second of three activations."""
    scale = 1 / (1 - 0.2)
    return [0.4 * scale, 0.0, -2 * scale]


@predict_it(
    "A fifth of the neurons",
    minutes=3,
    hints=(
        "Which way does a slope travel, and which layers does it reach after the dropout layer? By which factor is it "
        "then too small?",
        "By 1 / (1 - r) = 1.25. Which relative error belongs to a factor k?",
        "It is (k - 1) / (k + 1), with k = 1.25.",
    ),
    why="A forgotten factor k leaves the relative error (k - 1) / (k + 1), and here k is 1 / 0.8.",
    within=2e-3,
    mistakes=(
        (
            0,
            "that holds for the layers nearer the output, whose slopes never pass through the dropout; the layer asked "
            "about is nearer the input",
        ),
        (1 / 3, "that is the mark of a factor 2, which belongs to the rate 0.5"),
        (0.25, "the difference is a quarter of one of the two; the check divides it by both lengths together"),
        (0.2, "the difference is a fifth of one of the two; the check divides it by both lengths together"),
        (2 / 3, "that belongs to a factor 5: the layer divides by 1 - r, not by r"),
        (0.8, "that is the share that stays; which factor is forgotten, and which error does it leave?"),
        (1.25, "that is the factor that is forgotten; which relative error does it leave?"),
    ),
    also_right=(0.111,),
)
def forgotten_scale():
    """The relative error without the factor 1 / (1 - r), for r = 0.2."""
    k = 1 / (1 - 0.2)  # the survivors are scaled forward, and not backward
    return (k - 1) / (k + 1)


@predict_it(
    "Labels that are really wrong",
    minutes=2,
    hints=(
        "Which of the four classes may be drawn?",
        "One draw in four gives the label that was there before.",
        "0.2 times three quarters.",
    ),
    why="A draw from all four classes hits the true one a quarter of the time, and then nothing has changed.",
    within=1e-3,
    mistakes=(
        (0.2, "that is the share that is drawn anew; now and then the draw gives the true label"),
        (0.05, "that is the share that is drawn anew and comes out right; the wrong ones are the rest of the 0.2"),
        (0.8, "that is the share that is left alone"),
        (0.85, "that is the share that is right afterwards"),
        (0.75, "that is the chance that one draw is wrong; only a fifth of the labels is drawn"),
        (15, "as a share, between 0 and 1"),
    ),
)
def wrong_labels():
    """The share of wrong labels, of four classes, after a fifth of them was drawn anew."""
    return 0.2 * 3 / 4


def _of_all_sizes(rng, shape):
    """Numbers of both signs, from 0.001 to 3."""
    return rng.choice([-1, 1], shape) * 10 ** rng.uniform(-3, 0.5, shape)


def _one_array_with_two_names(grad, x):
    through = grad
    through *= x > 0
    return grad + through


def _two_ways_in_place(grad, x):
    grad *= 1 + (x > 0)
    return grad


def _two_ways_entry_by_entry(grad, x):
    rows = zip(grad, x, strict=True)
    return [[2 * g if number > 0 else g for g, number in zip(*row, strict=True)] for row in rows]


def _slopes_and_values(rng):
    """Slopes and values of both signs; some of the values are small."""
    shape = rng.integers(2, 6, 2)
    return rng.choice([-1, 1], shape) * rng.uniform(0.5, 2, shape), _of_all_sizes(rng, shape)


@fix_it(
    "One room, two doors",
    minutes=4,
    hints=(
        "Take one number: x = -1 and grad = 3. Which of the two ways is open, and what should come back?",
        "Print grad after the second line of the function. Who has changed it?",
        "`through = grad` gives the same array a second name. Write `through = grad * (x > 0)`.",
    ),
    why="An assignment copies no array, so what is written into one name is written into the other too.",
    inputs=_slopes_and_values,
    tries=10,
    mistakes=(
        (
            _one_array_with_two_names,
            "where x is negative nothing comes back, though the straight way is open: `through` and `grad` are two "
            "names of one array, and `*=` has closed both ways",
        ),
        (lambda grad, x: grad * (x > 0), "this is the way through ReLU alone; there are two, and paths add"),
        (lambda grad, x: grad, "this is the straight way alone; there are two, and paths add"),
        (lambda grad, x: 2 * grad, "the gate is always open now: nothing comes back through ReLU where x < 0"),
        (lambda grad, x: grad + (x > 0), "the gate is added here; it multiplies the slope that comes back"),
        (
            lambda grad, x: grad + grad * np.maximum(x, 0),
            "this multiplies by max(x, 0) itself; its slope is 1 where x is positive, and 0 elsewhere",
        ),
        (
            lambda grad, x: grad + np.maximum(grad, 0) * (x > 0),
            "the sign of the slope is asked too; the gate asks the sign of x alone",
        ),
        (lambda grad, x: two_ways(grad, x) / 2, "this is the mean of the two ways; paths add"),
        (lambda grad, x: grad * (x <= 0), "the sign is reversed: paths add, and the gate is open where x > 0"),
    ),
    also_right=(_two_ways_in_place, _two_ways_entry_by_entry, lambda grad, x: np.where(x > 0, 2 * grad, grad)),
)
def two_ways(grad, x):
    """dC/dx for a = x + max(x, 0); grad = dC/da and x (n, n_l)."""
    through = grad * (x > 0)  # a new array: grad is still needed
    return grad + through  # paths add


def _two_sets(rng):
    """6 to 9 training examples and 3 to 5 others, whose columns differ in mean and spread."""
    (n, m), n_in = rng.integers([6, 3], [10, 6]), rng.integers(2, 5)
    middle, spread = rng.uniform(-5, 5, n_in), rng.uniform(1, 3, n_in)
    return rng.normal(middle, spread, (n, n_in)).round(2), rng.normal(middle + 1, 4 - spread, (m, n_in)).round(2)


def _standardise_with(mean: Callable, spread: Callable) -> Callable:
    """Both sets, with a mean and a spread as functions of the training and the test set."""

    def standardised(x_train, x_test):
        m, s = mean(x_train, x_test), spread(x_train, x_test)
        return (x_train - m) / s, (x_test - m) / s

    return standardised


def _mean_of_both(x_train, x_test):
    return np.vstack([x_train, x_test]).mean(axis=0)


def _spread_of_both(x_train, x_test):
    return np.vstack([x_train, x_test]).std(axis=0)


def _each_by_itself(x_train, x_test):
    return standardise(x_train, x_test)[0], standardise(x_test, x_train)[0]


def _standardise_by_columns(x_train, x_test):
    both = [], []
    for k in range(x_train.shape[1]):
        m = sum(x_train[:, k]) / len(x_train)
        s = (sum((x_train[:, k] - m) ** 2) / len(x_train)) ** 0.5
        for columns, x in zip(both, (x_train, x_test), strict=True):
            columns.append((x[:, k] - m) / s)
    return [np.array(columns).T for columns in both]


@fix_it(
    "Standardised too early",
    minutes=4,
    hints=(
        "Of which numbers does the result for a *training* image depend? Is a test image among them?",
        "The mean and the spread are something that is learned, so they may come from the training set only.",
        "mean, std = x_train.mean(axis=0), x_train.std(axis=0), and both sets are scaled with these.",
    ),
    why=(
        "The mean and the spread are learned from data, so they come from the training set, and the test set is scaled "
        "with them."
    ),
    inputs=_two_sets,
    tries=20,
    mistakes=(
        (
            _standardise_with(_mean_of_both, _spread_of_both),
            "the test set is in the mean and in the spread, and through them in every training example",
        ),
        (
            _standardise_with(lambda a, b: a.mean(axis=0), _spread_of_both),
            "the mean is right now, but the test set is still in the spread",
        ),
        (
            _standardise_with(_mean_of_both, lambda a, b: a.std(axis=0)),
            "the spread is right now, but the test set is still in the mean",
        ),
        (
            _each_by_itself,
            "each set has a mean and a spread of its own here, so the same image becomes other numbers in the other "
            "set; and a single new image could not be scaled at all",
        ),
        (
            _standardise_with(lambda a, b: b.mean(axis=0), lambda a, b: b.std(axis=0)),
            "now the test set alone has a say; it is the training set's mean and spread that are wanted",
        ),
        (
            lambda a, b: (standardise(a, b)[0], b),
            "the test set is left as it was: the network expects it scaled as the training set is",
        ),
        (
            _standardise_with(lambda a, b: a.mean(axis=0), lambda a, b: 1),
            "the means are gone, but the spread is not 1: divide by it",
        ),
        (
            _standardise_with(lambda a, b: a.mean(axis=0), lambda a, b: a.var(axis=0)),
            "this divides by the variance; the spread is its root",
        ),
        (
            _standardise_with(lambda a, b: a.mean(), lambda a, b: a.std()),
            "this is one mean and one spread for all columns; each column has its own, axis=0",
        ),
        (
            _standardise_with(lambda a, b: a.mean(axis=0), lambda a, b: a.std(axis=0, ddof=1)),
            "no test example is in it any more, but leave the spread as it was computed, .std(axis=0), which divides "
            "by n and not by n - 1",
        ),
    ),
    also_right=(
        _standardise_by_columns,
        lambda a, b: [((x - a.mean(0)) / a.std(0)).astype(np.float32) for x in (a, b)],
    ),
)
def standardise(x_train, x_test):
    """Both sets standardised; x_train (n, n_in), x_test (m, n_in)."""
    mean, std = x_train.mean(axis=0), x_train.std(axis=0)  # no test set
    return (x_train - mean) / std, (x_test - mean) / std


@order_it(
    "An honest study",
    minutes=4,
    hints=(
        "Which line makes the test patients leave x? What may come before it?",
        "Two lines standardise. What are the mean and the spread of x after x has been standardised?",
        "Measure, split, choose, keep the chosen columns, scale x_test, scale x, train, score.",
    ),
    why="Whatever is learned, be it columns, means or weights, is learned after the test patients have left the room.",
    after={1: (0,), 2: (1,), 3: (2,), 4: (1,), 5: (4,), 6: (3, 5), 7: (6,)},
    shuffle=(3, 6, 1, 5, 7, 0, 4, 2),
    mistakes=(
        (
            (0, 2, 1, 3, 4, 5, 6, 7),
            "the test patients are still in x when the columns are chosen, which is the leak of exhibit 10",
        ),
        (
            (0, 5, 1, 2, 3, 4, 6, 7),
            "the test patients are still in x when its mean and spread are taken, which is the small form of the leak",
        ),
        (
            (0, 1, 2, 3, 5, 4, 6, 7),
            "x is standardised first, so its mean is 0 and its spread 1 when x_test is to be scaled with them: x_test "
            "would stay as it is",
        ),
    ),
)
def honest_study():
    return (
        "x, y = measure(patients)",
        "x, y, x_test, y_test = x[:50], y[:50], x[50:], y[50:]",
        "best = np.argsort(np.abs((2 * y - 1) @ x))[-20:]",
        "x, x_test = x[:, best], x_test[:, best]",
        "x_test = (x_test - x.mean(axis=0)) / x.std(axis=0)",
        "x = (x - x.mean(axis=0)) / x.std(axis=0)",
        "train(network, SoftmaxCrossEntropy(), y, 0.1, x=x)",
        "score = accuracy(network, x_test, y_test)",
    )


class _SameDraws:
    """In place of a generator: every draw gives the same numbers."""

    def random(self, shape):
        return np.random.default_rng(0).random(shape)


class _OpenGate(ReLU):
    def pass_back(self, grad):
        return grad * (np.maximum(self.z, 0) >= 0)


class _SlopeAtA(Sigmoid):
    def pass_back(self, grad):
        s = sigmoid(self.a)
        return grad * s * (1 - s)


class _SumOfAll(Dense):
    def collect(self, delta):
        super().collect(delta)
        self.db[...] = delta.sum()


class _Overflowing(Sigmoid):
    def forward(self, z):
        self.a = np.exp(z) / (1 + np.exp(z))
        return self.a


class _DividedAgain(Dense):
    def collect(self, delta):
        super().collect(delta / len(delta))

    def pass_back(self, delta):
        return super().pass_back(delta / len(delta))


class _Hoarder(Dense):
    def collect(self, delta):
        self.db += delta.sum(axis=0)
        self.dW += delta.T @ self.a


class _HalfBack(Dropout):
    def pass_back(self, grad):
        return grad * (self.mask > 0)


class _InPlace(ReLU):
    def pass_back(self, grad):
        grad *= self.z > 0
        return grad


class _GateByOutput(Layer):  # right: it keeps its output, and asks it with >
    def forward(self, z):
        self.a = np.maximum(z, 0)
        return self.a

    def pass_back(self, grad):
        return np.where(self.a > 0, grad, 0)


class _RowByRow(Dense):  # right: it goes through the examples one by one
    def collect(self, delta):
        self.db[...], self.dW[...] = 0, 0
        for d, a in zip(delta, self.a, strict=True):
            self.db += d
            self.dW += np.outer(d, a)


_RIGHT: dict[str, Callable[[], Layer]] = {
    "Dense": lambda: Dense(4, 3, np.random.default_rng(0)),
    "ReLU": ReLU,
    "Sigmoid": Sigmoid,
    "Tanh": Tanh,
    "Dropout": lambda: Dropout(0.4, _SameDraws()),
    "a ReLU that keeps its output": _GateByOutput,
    "a Dense that goes row by row": lambda: _RowByRow(4, 3, np.random.default_rng(0)),
}
_WRONG: dict[str, Callable[[], Layer]] = {
    "the gate of exhibit 1": _OpenGate,
    "the slope of exhibit 2": _SlopeAtA,
    "the sum over all of exhibit 3": lambda: _SumOfAll(4, 3, np.random.default_rng(0)),
    "a sigmoid that overflows, a relative of exhibit 4": _Overflowing,
    "a second division, a relative of exhibit 6": lambda: _DividedAgain(4, 3, np.random.default_rng(0)),
    "the hoarder of exhibit 7": lambda: _Hoarder(4, 3, np.random.default_rng(0)),
    "the dropout of exhibit 8": lambda: _HalfBack(0.4, _SameDraws()),
    "a ReLU that writes into the slopes it is handed": _InPlace,
}


def _measure_guard(guard: Callable) -> tuple[str, bool]:
    """Show the guard fifteen layers, in an order drawn anew, and name those that it misjudges."""
    rng = np.random.default_rng(0)
    x = _of_all_sizes(rng, (6, 4))

    def trusted(make: Callable[[], Layer]) -> bool:
        said = guard(make(), x.copy())
        if not isinstance(said, (bool, np.bool_)):
            raise TypeError(f"the guard said {said!r:.40}, expected True or False")
        return bool(said)

    layers = _WRONG | _RIGHT
    with np.errstate(all="ignore"):
        said = {name: trusted(layers[name]) for name in np.random.default_rng().permutation(list(layers))}
    let_in = [name for name in _WRONG if said[name]]
    turned_away = [name for name in _RIGHT if not said[name]]
    says = f"{len(layers) - len(let_in) - len(turned_away)} of {len(layers)} judged rightly"
    if let_in:
        says += f"; let in, though wrong: {', '.join(let_in)}"
    if turned_away:
        says += f"; turned away, though right: {', '.join(turned_away)}"
    return says, not let_in and not turned_away


def _checked_once(layer, x):
    return max(gradient_errors(layer, x, np.random.default_rng(0)).values()) < 1e-6


def _checked_twice(layer, x):
    return _checked_once(layer, x) and _checked_once(layer, x)


def _input_only(layer, x):
    return gradient_errors(layer, x, np.random.default_rng(0))["x"] < 1e-6


def _by_class(layer, x):
    return type(layer) in (Dense, ReLU, Sigmoid, Tanh, Dropout)


def _sound_by_differences(layer, x):
    weights = np.random.default_rng(1).standard_normal(layer.forward(x).shape)

    def cost(_):
        return float(np.sum(weights * layer.forward(x)))

    for _ in range(3):
        handed = weights.copy()
        layer.forward(x)
        ours = [layer.backward(handed), *(p.grad.copy() for p in layer.parameters())]
        theirs = [numerical_gradient(cost, array) for array in (x, *(p.value for p in layer.parameters()))]
        if not all(relative_error(a, b) < 1e-5 for a, b in zip(ours, theirs, strict=True)):
            return np.False_
        if np.any(handed != weights):
            return np.False_
    layer.forward(800 * np.sign(x))
    return np.isfinite(layer.backward(weights)).all()


@stretch_it(
    "The guard at the museum's door",
    minutes=25,
    hints=(
        "Begin with gradient_errors(layer, x, rng): all of its errors must be small, not only that for x.",
        "Exhibit 7 passes its first check. And what does a layer answer to 1000 * x?",
        "Check twice. Then hand backward an array and see whether it is still the same. Then forward(1000 * x): is all "
        "of it finite?",
    ),
    why="A gradient check sees only the places where it is made, and only what it compares.",
    measure=_measure_guard,
    mistakes=(
        (lambda layer, x: True, "7 of 15 judged rightly; let in, though wrong: the gate of exhibit 1"),
        (lambda layer, x: False, "8 of 15 judged rightly; turned away, though right: Dense, ReLU"),
        (_input_only, "let in, though wrong: the sum over all of exhibit 3"),
        (_checked_once, "let in, though wrong: a sigmoid that overflows, a relative of exhibit 4, the hoarder"),
        (
            _checked_twice,
            "let in, though wrong: a sigmoid that overflows, a relative of exhibit 4, a ReLU that writes into",
        ),
        (_by_class, "turned away, though right: a ReLU that keeps its output, a Dense that goes row by row"),
        (
            lambda layer, x: sound(layer, x) if np.isfinite(layer.forward(1000 * x)).all() else True,
            "14 of 15 judged rightly; let in, though wrong: a sigmoid that overflows, a relative of exhibit 4",
        ),
    ),
    also_right=(_sound_by_differences,),
)
def sound(layer, x):
    """Whether to trust layer.backward: True or False; x (n, n_in)."""
    for _ in range(2):  # what accumulates is right the first time
        errors = gradient_errors(layer, x, np.random.default_rng(0))
        if max(errors.values()) > 1e-6:
            return False
    grad = np.ones_like(layer.forward(x))
    layer.backward(grad)
    if not np.all(grad == 1):  # it has written into what it was handed
        return False
    return bool(np.isfinite(layer.forward(1000 * x)).all())  # at extremes too
