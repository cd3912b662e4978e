"""Exercises of Attention."""

import numpy as np

from nnlib.exercises.kinds import Choice, explain_it, fix_it, order_it, predict_it, stretch_it, write_it


def _softmax(S, axis=-1):
    e = np.exp(S - S.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


@predict_it(
    "A soft look-up",
    minutes=2,
    hints=(
        "First the score of each key: query times key. Then softmax.",
        "The exponentials of 0 and ln 3 are 1 and 3. What are the two weights?",
        "1/4 and 3/4. Take so much of each value, and add.",
    ),
    why="The weights are 1/4 and 3/4, and what is taken is 4/4 + 3 * 8/4 = 7.",
    mistakes=(
        (8.0, "that is the value of the best key alone: a soft look-up takes some of every value"),
        (6.0, "that is the mean of the two: the second key fits better, so it counts more"),
        (5.0, "the weights are swapped: the larger score gets the larger weight"),
        (8.79, "that multiplies the values by the scores: softmax comes between"),
        (28.0, "that multiplies the values by 1 and 3: the weights add up to 1"),
    ),
)
def look_up():
    """What the query 1 takes from the keys 0 and ln 3 with the values 4 and 8."""
    e = np.exp(1 * np.array([0, np.log(3)]))
    return float(e / e.sum() @ np.array([4, 8]))


@predict_it(
    "Back through a row of weights",
    minutes=3,
    hints=(
        "What is the mean of the three slopes dP, each counted as much as its weight?",
        "0.5 * 2 + 0.3 * 4 - 0.2 * 1 = 2. What is left of each slope without it?",
        "0, 2 and -3; each times its weight.",
    ),
    why="Each slope less their weighted mean 2, times its weight; the three add up to 0.",
    within=1e-6,
    mistakes=(
        ((1.0, 1.2, -0.2), "that is weight times slope: the weighted mean 2 must be taken from each slope first"),
        ((0.0, 2.0, -3.0), "each is still to be multiplied by its weight"),
        ((0.0, -0.6, 0.6), "the signs are turned round: it is the slope less the mean"),
        (
            (0.5, 0.84, -0.16),
            "that is p (1 - p) times the slope: a score also moves the other weights of its row",
        ),
    ),
)
def row_back():
    """The slopes of three scores, from the weights 0.5, 0.3, 0.2 and their slopes 2, 4, -1."""
    p, dp = np.array([0.5, 0.3, 0.2]), np.array([2, 4, -1])
    return (p * (dp - p @ dp)).round(6).tolist()


@predict_it(
    "How far scores scatter",
    minutes=1,
    hints=(
        "Each product of two entries has the variance 1. How many of them are added?",
        "25, and variances add. The spread is the root.",
    ),
    why="25 products of variance 1 add up to the variance 25, whose root is 5; divided by that, the spread is 1.",
    mistakes=(
        (25.0, "that is the variance; the spread is its root"),
        (1.0, "that is the spread after the division by the root of 25"),
        (0.2, "a sum of 25 products scatters more than one of them, not less"),
    ),
)
def spread_of_scores():
    """The spread of q k for queries and keys of 25 entries with mean 0 and variance 1."""
    return float(np.sqrt(25))


@explain_it(
    "Too good to be true",
    minutes=2,
    question="A friend's transformer foresees the next character of lines that it has never seen at a cost of 0.03 "
    "nats. What it writes is gibberish. What do you think of first?",
    hints=(
        "How sure must it be of each character, to pay 0.03 nats? Is that possible for somebody who has not read on?",
        "When it writes, what is missing that was there when it was judged?",
    ),
    why="The answer stands among the inputs, one place later; when the network writes, it is not there yet.",
)
def too_good():
    return (
        Choice(
            "It has learned the text by heart.",
            "these lines it has never seen; learning by heart does not help there",
        ),
        Choice(
            "It sees the answer: the mask is missing, or acts the wrong way round.",
            "yes: change a late character, and see whether an earlier output moves",
            right=True,
        ),
        Choice(
            "The lines that were held back are easier than the others.",
            "no line is so easy: at 0.03 nats the right character gets 97 of 100 in the mean",
        ),
        Choice(
            "Nothing is wrong: writing is harder than foreseeing.",
            "it writes by foreseeing one character after the other: who does the one so well can do the other",
        ),
    )


@order_it(
    "Attention's way back, line by line",
    minutes=4,
    hints=(
        "The way back begins at H and ends at Q and K.",
        "H is made of P and V, so their slopes come first; P is made of S.",
        "The slope of S needs the weighted mean of its row.",
    ),
    why="H = P V gives the slopes of P and V, softmax turns that of P into that of S, and S = Q K^T gives the rest.",
    after={1: (0,), 2: (0,), 3: (2,), 4: (3,), 5: (4,), 6: (4,)},
    shuffle=(4, 1, 6, 0, 3, 5, 2),
    mistakes=(
        ((0, 1, 2, 4, 3, 5, 6), "dS needs the mean m, which is not there yet"),
        ((0, 1, 5, 2, 3, 4, 6), "dQ needs dS, and that comes through softmax"),
        ((0, 3, 2, 4, 1, 5, 6), "m is a mean of dP, which is not there yet"),
    ),
)
def back_line_by_line():
    return (
        "the forward pass: S = Q K^T / sqrt(d), P = softmax(S), H = P V",
        "dV = P^T dH",
        "dP = dH V^T",
        "m = sum of P dP over each row",
        "dS = P (dP - m)",
        "dQ = dS K / sqrt(d)",
        "dK = dS^T Q / sqrt(d)",
    )


def _masked(hide, softmax=_softmax):
    """Weights of scores whose hidden entries are made -infinity first."""

    def weights(S):
        with np.errstate(invalid="ignore"):
            return softmax(np.where(hide(np.ones_like(S)), -np.inf, S))

    return weights


def _later(ones):
    return np.triu(ones, k=1) > 0


def _row_by_row(S):
    P = np.zeros_like(S)
    for t, row in enumerate(S):
        P[t, : t + 1] = _softmax(row[: t + 1])
    return P


@write_it(
    "Weights that do not look ahead",
    minutes=6,
    hints=(
        "Row t may use the columns 0 to t. What must a score be, so that softmax makes 0 of it?",
        "`np.triu(np.full(S.shape, -np.inf), k=1)` is -infinity above the diagonal, and 0 elsewhere.",
        "Add that to S. Then take the exponential of each entry, and divide each row by its sum, with keepdims=True.",
    ),
    why="A score of -infinity has the exponential 0, and the weights that are left of a row still add up to 1.",
    inputs=lambda rng: (rng.uniform(-2, 2, (n := int(rng.integers(3, 6)), n)).round(2),),
    mistakes=(
        (lambda S: np.tril(_softmax(S)), "the weights are cut after softmax: a row no longer adds up to 1"),
        (lambda S: _softmax(np.tril(S)), "a hidden score is made 0, and e^0 is 1: that position is still looked at"),
        (_masked(lambda ones: np.tril(ones, k=-1) > 0), "this hides what came before, and shows what comes later"),
        (
            _masked(lambda ones: np.triu(ones) > 0),
            "the diagonal is hidden too: each may see itself, or the first sees nothing",
        ),
        (_softmax, "nothing is hidden: the first row looks at what comes later"),
        (_masked(_later, lambda S: _softmax(S, axis=0)), "each column adds up to 1; each row should"),
        (_masked(_later, np.exp), "these are the exponentials: divide each row by its sum"),
    ),
    also_right=(_row_by_row, lambda S: _masked(_later)(S).tolist()),
)
def masked_weights(S):
    """The weights (time, time) of the scores S, rows that add up to 1, and 0 where a row would look ahead."""
    S = S + np.triu(np.full(S.shape, -np.inf), k=1)
    e = np.exp(S - S.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@fix_it(
    "As if it were a sigmoid",
    minutes=4,
    hints=(
        "In softmax, which of the weights of a row does one score move?",
        "All of them. So the other slopes of the row belong into the formula as well: by their weighted mean.",
        "P * (dP - the sum of P * dP over the row), with axis=1 and keepdims=True.",
    ),
    why="A score moves every weight of its row, and so the weighted mean of the row's slopes is taken off.",
    inputs=lambda rng: (
        _softmax(rng.uniform(-1, 1, shape := (int(rng.integers(2, 4)), int(rng.integers(4, 6))))),
        rng.uniform(-3, 3, shape).round(2),
    ),
    tries=10,
    mistakes=(
        (lambda P, dP: P * (1 - P) * dP, "this is a sigmoid's slope: here each score moves all weights of its row"),
        (lambda P, dP: P * dP, "the weighted mean of the row's slopes is still to be taken off"),
        (
            lambda P, dP: P * (dP - dP.mean(axis=1, keepdims=True)),
            "this takes off the plain mean: each slope counts as much as its weight",
        ),
        (lambda P, dP: P * (dP - (P * dP).sum(axis=0)), "this adds up each column; softmax acts on rows"),
        (lambda P, dP: P * (dP - (P * dP).sum()), "this adds up the whole table: each row has a sum of its own"),
        (lambda P, dP: dP - (P * dP).sum(axis=1, keepdims=True), "each is still to be multiplied by its weight"),
    ),
    also_right=(
        lambda P, dP: np.array([(np.diag(p) - np.outer(p, p)) @ dp for p, dp in zip(P, dP, strict=True)]),
        lambda P, dP: (P * dP - P * np.sum(P * dP, axis=1)[:, None]).tolist(),
        lambda P, dP: P * (dP - np.average(dP, axis=1, weights=P)[:, None]),
    ),
)
def softmax_back(P, dP):
    """The slopes of the scores, from the weights P (rows add up to 1) and their slopes dP."""
    return P * (dP - (P * dP).sum(axis=1, keepdims=True))


def _back(dV_of=lambda P, dH: P.T @ dH, dS_of=softmax_back, dK_of=lambda dS, Q: dS.T @ Q, ahead=True, scaled=True):
    """Attention's way back with another line; what is divided, on the way ahead and back, may be left undivided."""

    def back(Q, K, V, dH):
        scale = 1 / np.sqrt(Q.shape[1])
        P = _softmax(Q @ K.T * (scale if ahead else 1))
        dS = dS_of(P, dH @ V.T) * (scale if scaled else 1)
        return dS @ K, dK_of(dS, Q), dV_of(P, dH)

    return back


def _back_by_nudges(Q, K, V, dH):
    def taken():
        return np.sum(dH * (_softmax(Q @ K.T / np.sqrt(Q.shape[1])) @ V))

    slopes = []
    for array in (Q, K, V):
        slope = np.zeros_like(array)
        for place in np.ndindex(array.shape):
            kept = array[place]
            array[place] = kept + 1e-5
            above = taken()
            array[place] = kept - 1e-5
            slope[place] = (above - taken()) / 2e-5
            array[place] = kept
        slopes.append(slope)
    return slopes


@write_it(
    "Attention's way back",
    minutes=12,
    hints=(
        "The forward pass again first: P = softmax(Q @ K.T / sqrt(d)), where d is Q.shape[1].",
        "H = P V: so dV = P^T dH, and dP = dH V^T.",
        "Through softmax: dS = P * (dP - (P * dP).sum(axis=1, keepdims=True)).",
        "dQ = dS @ K / sqrt(d), dK = dS.T @ Q / sqrt(d). Hand back dQ, dK, dV.",
    ),
    why="Each product gives two slopes, softmax takes the weighted mean off, and what divides there divides back too.",
    inputs=lambda rng: tuple(rng.uniform(-2, 2, (4, *rng.integers((4, 2), (6, 5)))).round(2)),
    mistakes=(
        (_back(dV_of=lambda P, dH: P @ dH), "dV has P where P.T belongs: P is square, so the shapes do not tell"),
        (_back(dK_of=lambda dS, Q: dS @ Q), "dK has dS where dS.T belongs: dS is square, so the shapes do not tell"),
        (_back(ahead=False, scaled=False), "nothing is divided by sqrt(d): neither the scores nor dQ and dK"),
        (_back(ahead=False), "dQ and dK are divided by sqrt(d), and the scores, from which P is made, are not"),
        (_back(scaled=False), "dQ and dK are too large by sqrt(d): the forward pass divides, so the way back does too"),
        (_back(dS_of=lambda P, dP: dP), "softmax is left out on the way back: between dP and dS it has slopes too"),
        (_back(dS_of=lambda P, dP: P * dP), "in dS the weighted mean of the row's slopes is still to be taken off"),
        (_back(dS_of=lambda P, dP: P * (1 - P) * dP), "dS is made as if softmax were a sigmoid"),
        (lambda Q, K, V, dH: _back()(Q, K, V, dH)[::-1], "the order is turned round: dQ, dK, dV"),
    ),
    also_right=(_back_by_nudges,),
)
def attention_back(Q, K, V, dH):
    """The slopes dQ, dK, dV of H = softmax(Q K^T / sqrt(d)) V; all of shape (time, d)."""
    root = np.sqrt(Q.shape[1])
    S = Q @ K.T / root
    e = np.exp(S - S.max(axis=1, keepdims=True))
    P = e / e.sum(axis=1, keepdims=True)
    dV = P.T @ dH
    dP = dH @ V.T
    dS = P * (dP - (P * dP).sum(axis=1, keepdims=True))
    return dS @ K / root, dS.T @ Q / root, dV


def _measure_two_back(answer):
    Q, K = (np.asarray(each, float) for each in answer())
    if Q.shape != K.shape or Q.ndim != 2 or len(Q) != 16:
        return f"got shapes {Q.shape} and {K.shape}, expected (16, d) for both", False
    if not 1 <= Q.shape[1] <= 4:
        return f"got {Q.shape[1]} features, expected at most 4", False
    if not np.isfinite(Q).all() or not np.isfinite(K).all():
        return "every entry should be a finite number", False
    P = masked_weights(Q @ K.T / np.sqrt(Q.shape[1]))
    there = P[np.arange(2, 16), np.arange(14)]
    line = f"of its attention each position gives at least {there.min():.2f} to the one two before"
    if there.min() >= 0.9:
        return line, True
    places = P[2:].argmax(axis=1) - np.arange(2, 16)
    if (places == 0).all():
        return f"{line}; each looks at itself: turn the queries two places back", False
    if (places == -2).all():
        return f"{line}; each looks there already, but not enough: make the scores larger", False
    return f"{line}; most look {-int(np.median(places))} places back", False


def _on_a_circle(back, size):
    def answer():
        angle = 2 * np.pi * np.arange(16) / 16
        K = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        Q = size * np.stack([np.cos(angle - 2 * np.pi * back / 16), np.sin(angle - 2 * np.pi * back / 16)], axis=1)
        return Q, K

    return answer


def _on_a_parabola():
    t = np.arange(16)
    return 8 * np.stack([2 * (t - 2), np.full(16, -1)], axis=1), np.stack([t, t**2], axis=1)


@stretch_it(
    "Always two back",
    minutes=20,
    hints=(
        "A score is large where query and key point the same way. So give each position a direction of its own.",
        "With two features: set the 16 keys on a circle, at equal distances. cos and sin of what?",
        "K[t] = (cos(2 pi t / 16), sin(2 pi t / 16)). And where should the query of position t point?",
        "To where the key of t - 2 stands. If the weights are too soft, make the queries longer, 100 times say.",
    ),
    why="Positions on a circle make of 'two back' a turn by one fixed angle, the same everywhere.",
    measure=_measure_two_back,
    mistakes=(
        (lambda: (50 * np.eye(16, k=-2), np.eye(16)), "got 16 features, expected at most 4"),
        (lambda: (np.full((16, 2), np.nan), np.ones((16, 2))), "a finite number"),
        (_on_a_circle(0, 100), "each looks at itself"),
        (_on_a_circle(2, 3), "make the scores larger"),
        (_on_a_circle(1, 100), "most look 1 places back"),
    ),
    also_right=(_on_a_parabola,),
)
def two_back():
    """Queries and keys (16, d), d at most 4, with which each position looks at the one two before it."""
    angle = 2 * np.pi * np.arange(16) / 16
    K = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    Q = 100 * np.stack([np.cos(angle - np.pi / 4), np.sin(angle - np.pi / 4)], axis=1)
    return Q, K
