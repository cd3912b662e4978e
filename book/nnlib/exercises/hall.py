"""Exercises of The museum's second hall."""

from collections.abc import Callable

import numpy as np

from nnlib.exercises.kinds import Choice, explain_it, fix_it, predict_it, stretch_it, write_it
from nnlib.layers import BatchNorm, Dense, LayerNorm, ReLU


@explain_it(
    "Right slopes of the wrong thing",
    minutes=2,
    question=(
        "On the way there a network adds up the scores of a whole batch, as in exhibit 6. The way back was derived "
        "from that code without a slip. What does a gradient check say?"
    ),
    hints=(
        "Which two things does a gradient check compare? Write both down for this network.",
        "Nudging runs the way there as it stands, with its slip.",
    ),
    why="A gradient check compares the way back with the way there; it never asks what the way there should be.",
)
def blind_check():
    return (
        Choice(
            "It finds the slip: the slopes are wrong.",
            "they are the right slopes of what is computed, and what is computed is what nudging measures",
        ),
        Choice(
            "Nothing: both sides belong to the same wrong formula, and they agree.",
            "yes; only somebody who knows what the formula should be can see it",
            right=True,
        ),
        Choice(
            "It finds it, if only it is made at large weights or twice.",
            "that finds slips of the way back; here the two ways agree at every place, each time",
        ),
        Choice(
            "It cannot be made, since shapes do not fit.",
            "one number is added to the biases of the whole batch by broadcasting, and everything fits",
        ),
    )


@explain_it(
    "Whom may an answer depend on?",
    minutes=2,
    question=(
        "Image 3 of a batch is exchanged for another, and the answers to images 1 and 2 move. In which of these "
        "networks is that as it should be?"
    ),
    hints=(
        "Which layer looks along a column of the batch, and which along a row?",
        "Ask for each part: does it need other images to compute the answer to this one?",
    ),
    why="In training batch norm takes mean and spread over the batch, so there each answer depends on all of it.",
)
def may_depend():
    return (
        Choice(
            "One with layer norm, while it trains.",
            "it takes mean and spread over the features of one image; the others have no say",
        ),
        Choice(
            "One with batch norm, asked by predict.",
            "predict takes the running averages, and these are the same whoever else is in the batch",
        ),
        Choice(
            "One with batch norm, while it trains.",
            "yes: the mean and the spread are those of the batch, and image 3 is part of it",
            right=True,
        ),
        Choice(
            "One with max pooling.",
            "it looks at the pixels of one image at a time",
        ),
    )


@predict_it(
    "In the long run",
    minutes=3,
    hints=(
        "With a steady slope of 1, where do m and v end, before they are corrected?",
        "Both end at 1. Here m is divided by 1 - beta1, each time, and v by 1 - beta2.",
        "10 divided by the root of 10,000.",
    ),
    why="m and v end at g and g squared, so what stays is 1 / (1 - beta1) over the root of 1 / (1 - beta2).",
    within=5e-4,
    mistakes=(
        (1.0, "that is how long a step of the right Adam is; here the first correction is made for good"),
        (0.3162, "this is for beta2 = 0.999; here it is 0.9999"),
        (0.32, "this is what the page found for beta2 = 0.999; here it is 0.9999"),
        (0.001, "this leaves out the root of v"),
        (10.0, "the wrong way round: the corrected m is 10, the root of the corrected v is 100"),
        (0.01, "m is corrected too: it is divided by 1 - 0.9"),
    ),
)
def long_run():
    """In rates, the steps that Adam takes in the end if it always corrects by 1 - beta; beta1 0.9, beta2 0.9999."""
    return 10 / 10_000**0.5  # 1 / (1 - 0.9) over the root of 1 / (1 - 0.9999)


def _slopes(rng):
    """12 to 15 slopes of one parameter: 0 at first, and both signs later."""
    slopes = rng.uniform(0.5, 3, rng.integers(12, 16)) * rng.choice([-1, 1])
    slopes[0] = 0
    slopes[3] *= -1
    return (slopes.round(2),)


def _steps_with(correction: Callable, root: Callable = np.sqrt) -> Callable:
    """Adam's steps, with a correction as a function of t."""

    def steps(slopes):
        m, v, taken = 0.0, 0.0, []
        for t, g in enumerate(slopes, 1):
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
            of_m, of_v = correction(t)
            taken.append(m / of_m / (root(v / of_v) + 1e-8))
        return np.array(taken)

    return steps


def _with_the_bracket_lost(slopes: np.ndarray) -> np.ndarray:
    """Adam's steps as in exhibit 1: what stands under the bar is 0 at a first slope of 0."""
    with np.errstate(all="ignore"):
        steps = _steps_with(lambda t: (1 - 0.9**t, 1 - 0.999**t), lambda v: np.sqrt(v) - 1e-8)(slopes)
    return steps


@write_it(
    "An optimiser on the test bench",
    minutes=5,
    hints=(
        "One loop over the slopes. What is kept from step to step, and what is computed anew?",
        "m and v begin at 0 and are kept; m_hat and v_hat belong to this step alone. t counts from 1.",
        "m_hat = m / (1 - 0.9**t), v_hat = v / (1 - 0.999**t), and the step is m_hat / (np.sqrt(v_hat) + 1e-8).",
    ),
    why="Whoever can ask an optimiser for its steps can hand it slopes whose steps are known: 0, steady, alternating.",
    inputs=_slopes,
    mistakes=(
        (
            _steps_with(lambda t: (1 - 0.9, 1 - 0.999)),
            "from the second step on these are too long: every step is corrected as if it were the first",
        ),
        (_steps_with(lambda t: (1, 1)), "the corrections are missing: m and v begin at 0 and are too small at first"),
        (
            _steps_with(lambda t: (1 - 0.9 ** (t - 1) or 1, 1 - 0.999 ** (t - 1) or 1)),
            "t counts from 1: after the first slope a tenth of it is in m, and 1 - 0.9**1 is a tenth",
        ),
        (
            _steps_with(lambda t: (1 - 0.9**t, 1 - 0.999**t), lambda v: v),
            "this divides by the mean square: take its root",
        ),
        (
            _with_the_bracket_lost,
            "the first slope is 0, and this divides 0 by 0: 1e-8 belongs into the bracket, under the bar",
        ),
        (
            lambda slopes: -steps_in_rates(slopes),
            "the sign is turned round: w moves by minus the rate times this",
        ),
    ),
    also_right=(_steps_with(lambda t: (1 - 0.9**t, 1 - 0.999**t)),),
)
def steps_in_rates(slopes):
    """m_hat / (np.sqrt(v_hat) + 1e-8) after each slope of (n,), for beta1 0.9 and beta2 0.999; returns (n,)."""
    m, v, steps = 0.0, 0.0, []
    for t, g in enumerate(slopes, 1):
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g**2
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        steps.append(m_hat / (np.sqrt(v_hat) + 1e-8))
    return np.array(steps)


def _some_series(rng):
    n, ahead = rng.integers(2, 5), int(rng.integers(2, 5))
    return rng.uniform(-1, 1, (n, ahead + rng.integers(3, 6))).round(2), ahead


@fix_it(
    "A rival that plays fair",
    minutes=3,
    hints=(
        "Which value is the last that anybody knows when the forecast is made?",
        "The last `ahead` columns are the future. The one before them is known.",
        "series[:, -ahead - 1] is the last known value; with a colon at the end it stays a column.",
    ),
    why="A forecast may use what stands before the gap; change a later value, and nothing that it says may move.",
    inputs=_some_series,
    tries=10,
    mistakes=(
        (
            lambda series, ahead: np.repeat(series[:, -1:], ahead, axis=1),
            "this is the last value of the future, which nobody knows yet",
        ),
        (
            lambda series, ahead: np.repeat(series[:, -ahead:][:, :1], ahead, axis=1),
            "this is the first value of the future; the last known one stands just before it",
        ),
        (
            lambda series, ahead: series[:, -ahead - 1 : -1],
            "this says at each place what stood one place earlier: from the second on, that is future too",
        ),
        (
            lambda series, ahead: np.repeat(series[:, :-ahead].mean(axis=1, keepdims=True), ahead, axis=1),
            "this is fair, but it says the mean of the past; the rival says its last value",
        ),
        (lambda series, ahead: series[:, -ahead - 1], "this is said once for each series; repeat it `ahead` times"),
    ),
    also_right=(lambda series, ahead: np.array([[row[-ahead - 1]] * ahead for row in series]),),
)
def naive(series, ahead):
    """Each series' last known value, `ahead` times: (n, ahead); of series (n, time) the last `ahead` are future."""
    return np.repeat(series[:, -ahead - 1 : -ahead], ahead, axis=1)


def _two_tables(rng):
    n = rng.integers(3, 6)
    k = n + rng.integers(1, 3)
    return rng.uniform(-2, 2, (n, k)).round(1), rng.uniform(-2, 2, (n, k)).round(1)


@fix_it(
    "Each pair for itself",
    minutes=3,
    hints=(
        "Which shape should come out, and which comes out now?",
        "Multiply entry by entry; along which axis are the products of one pair?",
        "(u * f).sum(axis=1)",
    ),
    why="A sum along the features alone gives one number for each pair; summed over the batch too, all share one.",
    inputs=_two_tables,
    mistakes=(
        (
            lambda u, f: np.tensordot(u, f, 2),
            "this is one number for the whole batch: the products of all pairs are added up",
        ),
        (
            lambda u, f: np.full(len(u), np.tensordot(u, f, 2)),
            "the shape is right now, and every pair is still given the sum over all pairs",
        ),
        (lambda u, f: (u * f).sum(axis=0), "this adds up over the pairs; the sum goes along the features, axis 1"),
        (lambda u, f: u @ f.T, "this matches every user with every film of the batch; the pairs are on its diagonal"),
        (lambda u, f: (u * f).mean(axis=1), "this is the mean of the products; their sum is asked for"),
    ),
    also_right=(
        lambda u, f: np.einsum("nk,nk->n", u, f),
        lambda u, f: np.diag(u @ f.T),
        lambda u, f: [float(a @ b) for a, b in zip(u, f, strict=True)],
    ),
)
def match(u, f):
    """How well each user and film of a batch of pairs go together: u, f (n, k); returns (n,)."""
    return (u * f).sum(axis=1)


@fix_it(
    "Dice of the wrong shape",
    minutes=3,
    hints=(
        "Take n = 1,000 and a rate of 0.5. How many of the entries are not 0?",
        "`standard_normal` draws around 0, from minus 3 to 3 or so; half of what it draws is negative. What should be "
        "compared with `keep`?",
        "`rng.random(n)` draws evenly from 0 to 1.",
    ),
    why="An even draw from 0 to 1 lies below `keep` with just this probability; counting those that stay shows it.",
    inputs=lambda rng: (int(rng.integers(1000)), int(rng.integers(30, 40)), round(rng.uniform(0.2, 0.4), 2)),
    mistakes=(
        (
            lambda seed, n, rate: (np.random.default_rng(seed).standard_normal(n) < 1 - rate) / (1 - rate),
            "too many stay: of a bell curve half lies below 0 already",
        ),
        (
            lambda seed, n, rate: (np.random.default_rng(seed).random(n) < rate) / (1 - rate),
            "a share `rate` stays; that share should go",
        ),
        (
            lambda seed, n, rate: (np.random.default_rng(seed).random(n) >= rate) / (1 - rate),
            "a dropout that is as good, but others stay: mend the draw alone, and keep what lies below `keep`",
        ),
        (
            lambda seed, n, rate: (np.random.default_rng(seed).random(n) < 1 - rate) / rate,
            "what stays is divided by the rate; divide it by the share that stays",
        ),
        (
            lambda seed, n, rate: (np.random.default_rng(seed).random(n) < 1 - rate) * 1.0,
            "what stays is no longer divided by the share that stays",
        ),
    ),
    also_right=(
        lambda seed, n, rate: np.where(np.random.default_rng(seed).random(n) < 1 - rate, 1 / (1 - rate), 0),
        lambda seed, n, rate: (np.random.default_rng(seed).uniform(0, 1, n) < 1 - rate) / (1 - rate),
    ),
)
def mask(seed, n, rate):
    """What dropout multiplies n activations by: 0 for a share `rate` of them, and 1 / (1 - rate) for the others."""
    rng, keep = np.random.default_rng(seed), 1 - rate
    return (rng.random(n) < keep) / keep


def _softmax(z: np.ndarray) -> np.ndarray:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _pure() -> dict[str, Callable]:
    """Functions that answer each row by itself; x (n, 4)."""
    rng = np.random.default_rng(0)
    dense, normal, gate, layer = Dense(4, 3, rng), BatchNorm(4), ReLU(), LayerNorm(4)
    dense.W[...] = np.round(8 * dense.W) / 8  # and so is x: sums are exact then, in a batch of any size
    normal.forward(rng.normal(2, 3, (20, 4)))
    return {
        "a Dense": dense.predict,
        "a ReLU": gate.predict,
        "a batch norm, asked by predict": normal.predict,
        "a layer norm": layer.forward,
        "a softmax along each row": _softmax,
        "a row that is compared with its own mean": lambda x: (x > x.mean(axis=1, keepdims=True)) * 1.0,
    }


def _next_door(x: np.ndarray) -> np.ndarray:
    """Of rows 0 and 1, of 2 and 3, and so on, the sum; a last one without a neighbour is doubled."""
    return x + x[np.minimum(np.arange(len(x)) ^ 1, len(x) - 1)]


def _mixed() -> dict[str, Callable]:
    """Functions whose answers depend on the company."""
    return {
        "a batch norm's forward": BatchNorm(4).forward,
        "a layer that adds up two rows next to each other": _next_door,
        "the score of exhibit 6": lambda x: np.tensordot(x[:, :2], x[:, 2:], 2) + x[:, :1],
        "a layer that adds to each row the one before it": lambda x: x + np.vstack([0 * x[:1], x[:-1]]),
        "a layer that adds to each row the one after it": lambda x: x + np.vstack([x[1:], 0 * x[:1]]),
        "one that looks at the last row alone": lambda x: x[:, :1] + x[-1, 3],
        "one that asks the last feature of the whole batch": lambda x: x[:, :2] - x[:, 3].mean(),
        "one that asks the batch for its largest number": lambda x: x / np.abs(x).max(),
    }


def _measure_guard(guard: Callable) -> tuple[str, bool]:
    """Show the guard fourteen functions, in an order drawn anew, and name those that it misjudges."""
    pure, mixed = _pure(), _mixed()
    everything = pure | mixed
    x = np.round(8 * np.random.default_rng(1).standard_normal((5, 4))) / 8
    x[0, 0] = 4  # the largest number of all

    def trusted(f: Callable) -> bool:
        said = guard(f, x.copy())
        if not isinstance(said, (bool, np.bool_)):
            raise TypeError(f"the guard said {said!r:.40}, expected True or False")
        return bool(said)

    said = {name: trusted(everything[name]) for name in np.random.default_rng().permutation(list(everything))}
    let_in = [name for name in mixed if said[name]]
    turned_away = [name for name in pure if not said[name]]
    says = f"{len(everything) - len(let_in) - len(turned_away)} of {len(everything)} judged rightly"
    if let_in:
        says += f"; let in, though it depends on the company: {', '.join(let_in)}"
    if turned_away:
        says += f"; turned away, though it does not: {', '.join(turned_away)}"
    return says, not let_in and not turned_away


def _changes(rows: Callable, columns: Callable = lambda x: range(x.shape[1])) -> Callable:
    """A guard that changes these rows and columns only."""

    def guard(f, x):
        before = f(x)
        for row in rows(x):
            changed = x.copy()
            changed[row, list(columns(x))] += 9
            others = np.arange(len(x)) != row
            if np.any(np.abs(f(changed) - before)[others] > 1e-9):
                return False
        return True

    return guard


def _one_at_a_time(f, x):
    """Ask for each row alone, and compare."""
    return bool(np.allclose(f(x), np.vstack([f(x[i : i + 1]) for i in range(len(x))])))


@stretch_it(
    "The guard at the second door",
    minutes=20,
    hints=(
        "`moved` of this chapter looks at one change. Which change has to be made, so that nobody slips through?",
        "One that asks the last row alone does not notice when the first is changed. And one may ask a single feature.",
        "For each row: copy x, change the whole row by a lot, and see whether another row's answer moves.",
    ),
    why="Who depends on nobody must stay still, whoever else is changed: so everybody has to be changed once.",
    measure=_measure_guard,
    mistakes=(
        (lambda f, x: True, "6 of 14 judged rightly; let in, though it depends on the company: a batch norm's forward"),
        (lambda f, x: False, "8 of 14 judged rightly; turned away, though it does not: a Dense, a ReLU"),
        (_changes(lambda x: [0]), "one that looks at the last row alone"),
        (
            _changes(lambda x: range(len(x)), lambda x: [0]),
            "let in, though it depends on the company: one that looks at the last row alone, one that asks the last",
        ),
        (_changes(lambda x: [len(x) - 1]), "a layer that adds to each row the one before it"),
        (
            lambda f, x: bool(np.allclose(f(x), np.vstack([f(x[:2]), f(x[2:])]))),
            "13 of 14 judged rightly; let in, though it depends on the company: a layer that adds up two rows next",
        ),
    ),
    also_right=(_one_at_a_time,),
)
def alone(f, x):
    """Whether f answers each row of x by itself, True or False; x (n, k), and f(x) has a row for each of x."""
    before = f(x)
    for row in range(len(x)):
        changed = x.copy()
        changed[row] += 9
        moved = (f(changed) != before).any(axis=1)
        moved[row] = False
        if moved.any():
            return False
    return True
