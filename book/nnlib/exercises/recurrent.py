"""Exercises of Recurrent networks."""

import numpy as np

from nnlib.exercises.kinds import Choice, explain_it, fix_it, order_it, predict_it, stretch_it, write_it
from nnlib.sequences import Recurrent


@predict_it(
    "Own, and in all",
    minutes=4,
    hints=(
        "Where does the way back begin, and what comes to the last time from later?",
        "Nothing comes later than time 3, so there it is 2. Through its gate that is 2 * 0.25 = 0.5.",
        "Time 2 gets 0.5 * 0.5 = 0.25 from time 3, and has nothing of its own. Through its gate: 0.25 * 0.4 = 0.1.",
        "Time 1 has 1 of its own and gets 0.5 * 0.1.",
    ),
    why="In all is the own slope plus U times the delta of the next time, and a delta is in all times the gate.",
    within=5e-3,
    mistakes=(
        ((2, 0, 1), "these are the own slopes; what comes back from the next time is to be added"),
        ((2, 1, 1.5), "the gates are forgotten: what goes through U is the delta, in all times the gate"),
        ((2, 0.5, 1.2), "U is forgotten: what comes back is U times the delta of the next time"),
        ((0.5, 0.1, 0.525), "these are the deltas, behind the gates; dC/dh is asked for"),
        ((2, 0.25, 0.05), "time 1 has an own slope too"),
        ((1.05, 0.25, 2), "the right three, the other way round: the last time comes first"),
        ((2, 0.25, 0.125), "from time 2 comes its delta, 0.25 * 0.4, times U; and time 1 has an own slope too"),
        ((2, 0.25, 1.125), "from time 2 comes its delta, 0.25 * 0.4, times U"),
    ),
)
def own_and_all():
    """dC/dh of times 3, 2 and 1: U = 0.5, own slopes 1, 0, 2 and gates 0.5, 0.4, 0.25 of times 1, 2, 3."""
    U, own, gate = 0.5, (1, 0, 2), (0.5, 0.4, 0.25)
    third = own[2]
    second = own[1] + U * third * gate[2]
    first = own[0] + U * second * gate[1]
    return third, second, first


@predict_it(
    "Four times back",
    minutes=2,
    hints=(
        "By what is a slope multiplied on the way from one time to the one before?",
        "In the neuron by weight times gate, 0.8 * 0.5; in the memory by f alone.",
        "0.4 to the power of 4, and 0.9 to the power of 4.",
    ),
    why="Four times back are four factors: weight times gate in the neuron, f in the memory.",
    within=5e-4,
    mistakes=(
        ((0.01024, 0.59049), "that is five factors: from time 5 to time 1 there are four"),
        ((0.064, 0.729), "that is three factors: from time 5 to time 1 there are four"),
        ((0.4096, 0.6561), "the gate is forgotten: each time multiplies by weight and gate"),
        ((0.0625, 0.6561), "the weight is forgotten: each time multiplies by weight and gate"),
        ((1.6, 3.6), "factors one behind the other are multiplied, not added"),
        ((0.0256, 0.0410), "no gate of tanh and no weight lies on the way from one c to the one before, only f"),
    ),
)
def what_is_left():
    """What four times leave of a slope of 1: through U = 0.8 and gates of 0.5, and through f = 0.9."""
    return (0.8 * 0.5) ** 4, 0.9**4


@predict_it(
    "One step of a memory",
    minutes=3,
    hints=(
        "What does f keep of the old c, and what does i let in of g?",
        "0.9 * 2 is kept, and 0.5 * (-0.4) comes in.",
        "c = 1.6, and h is o times tanh(1.6).",
    ),
    why="f keeps 1.8, i lets in -0.2, so c = 1.6; o shows half of tanh(1.6).",
    within=5e-3,
    mistakes=(
        ((1.6, 0.8), "h is o times tanh(c): the memory is squashed before it is shown"),
        ((1.6, 0.9217), "o is forgotten: it lets half of tanh(c) out"),
        ((2.0, 0.482), "g comes in with its sign, and it is below 0"),
        ((0.64, 0.2825), "the gates are mixed up: f keeps the old c, and i lets g in"),
        ((1.4, 0.4427), "i is forgotten: it lets in half of g"),
        ((1.8, 0.4734), "nothing is let in: i times g is to be added"),
    ),
)
def memory_step():
    """The new c and h: c was 2; i = 0.5, f = 0.9, g = -0.4, o = 0.5."""
    c = 0.9 * 2 + 0.5 * -0.4
    return c, 0.5 * np.tanh(c)


def _one_neuron(rng):
    """States and own slopes of one neuron at five times, and a weight that is not 1."""
    return (
        rng.uniform(0.3, 0.8, 5).round(2) * rng.choice([-1, 1], 5),
        rng.uniform(0.5, 2, 5).round(2),
        float(rng.choice([0.5, 0.7, 1.5])),
    )


def _way_back(step):
    """A way back through time; `step` says what time t sends on, from its slope in all and its gate."""

    def through_time(h, own, U):
        delta, later = np.empty(len(h)), 0.0
        for t in reversed(range(len(h))):
            delta[t] = (own[t] + later) * (1 - h[t] ** 2)
            later = step(own[t] + later, delta[t], U)
        return delta

    return through_time


def _forwards(h, own, U):
    return _way_back(lambda total, delta, U: U * delta)(h[::-1], own[::-1], U)[::-1]


@write_it(
    "Back through time",
    minutes=8,
    hints=(
        "Which time comes first on the way back, and what does each time need from the next one?",
        "for t in reversed(range(len(h))), and a number `later` that begins at 0: what comes back from the next time.",
        "delta[t] = (own[t] + later) * (1 - h[t] ** 2), and then later = U * delta[t].",
    ),
    why="In all is own plus later; the gate makes the delta of it; U carries the delta to the time before.",
    inputs=_one_neuron,
    mistakes=(
        (_way_back(lambda total, delta, U: U * total), "U carries the delta to the time before, behind the gate"),
        (_way_back(lambda total, delta, U: delta), "on the way to the time before U is forgotten"),
        (_way_back(lambda total, delta, U: 0.0), "these take each time's own slope alone: nothing comes back"),
        (
            lambda h, own, U: through_time(h, own, U) / (1 - h**2),
            "this is dC/dh; delta also goes through the gate, 1 - h squared",
        ),
        (_forwards, "the loop runs forwards: the slope comes back from later times"),
        (lambda h, own, U: through_time(h, own, U)[::-1], "the right numbers, the last time first: turn them round"),
        (
            lambda h, own, U: _way_back(lambda total, delta, U: U * delta)(np.tanh(h), own, U),
            "h is tanh(z) already: the gate is 1 - h squared, with no tanh in it",
        ),
    ),
    also_right=(
        lambda h, own, U: [
            sum(
                own[s] * (1 - h[s] ** 2) * np.prod([U * (1 - h[k] ** 2) for k in range(t, s)]) for s in range(t, len(h))
            )
            for t in range(len(h))
        ],
    ),
)
def through_time(h, own, U):
    """dC/dz at each time; h and own have shape (time,), and U is a number."""
    delta = np.zeros(len(h))
    later = 0.0
    for t in reversed(range(len(h))):
        delta[t] = (own[t] + later) * (1 - h[t] ** 2)
        later = U * delta[t]
    return delta


def _three_neurons(rng):
    """States (4, 3) and own slopes of three neurons at four times, and weights of order one."""
    return (
        rng.uniform(-0.8, 0.8, (4, 3)).round(2),
        rng.uniform(0.5, 2, (4, 3)).round(2),
        (rng.uniform(0.3, 1.2, (3, 3)) * rng.choice([-1, 1], (3, 3))).round(2),
    )


def _layers_way_back(carry):
    """A layer's way back; `carry` says what goes to the time before, from delta and U."""

    def way_back(h, own, U):
        delta, later = np.empty(h.shape), 0
        for t in reversed(range(len(h))):
            delta[t] = (own[t] + later) * (1 - h[t] ** 2)
            later = carry(delta[t], U)
        return delta

    return way_back


@fix_it(
    "The missing transpose",
    minutes=3,
    hints=(
        "U[j, k] leads from neuron k to neuron j, one time later. Whose deltas does neuron k get on the way back?",
        "Those of all neurons j, each through U[j, k]: it sums over the first index of U.",
        "U.T @ delta[t], or delta[t] @ U.",
    ),
    why="Neuron k is reached by all neurons j through U[j, k], a sum over the first index: U transposed times delta.",
    inputs=_three_neurons,
    mistakes=(
        (_layers_way_back(lambda delta, U: U @ delta), "U sends states forwards; the way back takes its transpose"),
        (_layers_way_back(lambda delta, U: np.linalg.inv(U) @ delta), "the transpose is asked for, not the inverse"),
        (
            lambda h, own, U: (own + np.vstack([own[1:] @ U, np.zeros(3)])) * (1 - h**2),
            "only the own slope of the next time comes back; its whole delta should",
        ),
    ),
    also_right=(_layers_way_back(lambda delta, U: delta @ U),),
)
def way_back(h, own, U):
    """dC/dz at each time; h and own have shape (time, n), U has shape (n, n)."""
    delta = np.zeros(h.shape)
    later = 0
    for t in reversed(range(len(h))):
        delta[t] = (own[t] + later) * (1 - h[t] ** 2)
        later = U.T @ delta[t]
    return delta


@order_it(
    "A step that is clipped",
    minutes=2,
    hints=(
        "What does clipping shorten, and when is that known?",
        "The gradient of all parameters: it is complete when the way back has reached the first time.",
        "Clip after the whole way back and before the step.",
    ),
    why="Clipping bounds the whole gradient, so it stands when that is complete, and before the step takes it.",
    after={1: (0,), 2: (1,), 3: (2,), 4: (3,), 5: (4,)},
    shuffle=(4, 2, 5, 0, 3, 1),
    mistakes=(
        ((0, 1, 2, 3, 5, 4), "the step has been taken already, as long as it was: clipping comes too late"),
        ((0, 1, 2, 4, 3, 5), "that clips the gradient of the step before, and then the way back writes over it"),
        ((0, 1, 4, 2, 3, 5), "the gradient is not there yet: the way back has not even begun"),
    ),
)
def clipped_step():
    return (
        "logits = network.forward(x)",
        "cost = loss.forward(logits, labels)",
        "grad = loss.backward()",
        "network.collect(grad)",
        "clip(network.parameters())",
        "optimizer.step()",
    )


@explain_it(
    "A time that says nothing",
    minutes=2,
    question="A network reads a sentence of five words, and only its output at time 5 is judged. So the own slope of "
    "h_2 is 0. A friend concludes: dC/dh_2 = 0, and the second word teaches the network nothing. What is right?",
    hints=(
        "Move h_2 a little. Does the output at time 5 move?",
        "h_2 goes into h_3, that into h_4 and h_5. The own slope does not know of that; which slope does?",
    ),
    why="The own slope sees the time's own output alone; dC/dh sees all paths, and h_2 leads to time 5 through U.",
)
def silent_time():
    return (
        Choice(
            "The friend is right: where no output is judged there is no error to send back.",
            "no error of its own; but h_2 went into h_3, and so into what time 5 says",
        ),
        Choice(
            "dC/dh_2 is not 0: it is what comes back through U from time 3, the own slope being 0.",
            "yes: in all is own plus later, and here everything is later",
            right=True,
        ),
        Choice(
            "dC/dh_2 is 0, but U still gets its slope from the second word, through h_2.",
            "U's slope at time 2 is delta_2 times h_1, and if dC/dh_2 were 0, delta_2 would be too",
        ),
        Choice(
            "dC/dh_2 equals dC/dh_5, since both belong to one neuron and one cost.",
            "on the way back each time multiplies by U and by a gate; the two differ by three such factors",
        ),
    )


@explain_it(
    "Why it learned",
    minutes=2,
    question="With U where its transpose belongs, the published network still learned nearly all of its 58 sentences. "
    "What does that show?",
    hints=(
        "Which slopes of the network did not come through U on their way back?",
        "And what became of the sentences that it had not learned from?",
    ),
    why="Part of the slopes was right, and a cost falls along a slope that is only roughly right, too.",
)
def why_it_learned():
    return (
        Choice(
            "In a recurrent network the transpose does not matter, since U is square.",
            "square only means that the shapes fit: with it the network learned sooner, and read every test sentence",
        ),
        Choice(
            "A wrong gradient is as good as a right one, as long as the cost falls.",
            "it fell more slowly, and new sentences were read worse",
        ),
        Choice(
            "That a falling cost proves no gradient: part of it was right, and the rest hardly counted at first.",
            "yes: what tells is a check, at weights large enough that U has something to carry",
            right=True,
        ),
        Choice(
            "That cutting every slope to -1 to 1, as the tutorial does, made up for it.",
            "cutting makes large slopes smaller, and puts none right",
        ),
    )


def _lstm_inputs(rng):
    """Weighted inputs (4, n) of one time, rows i, f, g, o, and the memory before (n,)."""
    return rng.uniform(-2, 2, (4, 3)).round(2), (rng.uniform(0.5, 2, 3) * rng.choice([-1, 1], 3)).round(2)


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


@write_it(
    "A gated memory",
    minutes=6,
    hints=(
        "Which of the four go through the sigmoid, and which through tanh?",
        "i, f and o are gates between 0 and 1: sigmoid. g is what may come in: tanh.",
        "c = f * c + i * g, and then h = o * np.tanh(c) with the new c.",
    ),
    why="f keeps, i lets in, o shows; the new memory is what is shown.",
    inputs=_lstm_inputs,
    mistakes=(
        (
            lambda z, c: (lstm_step(z, c)[0], _sigmoid(z[3]) * np.tanh(c)),
            "h shows the old memory: compute the new c first",
        ),
        (lambda z, c: (lstm_step(z, c)[0], _sigmoid(z[3]) * lstm_step(z, c)[0]), "h is o times tanh of c"),
        (lambda z, c: lstm_step(z[[1, 0, 2, 3]], c), "i and f are mixed up: the rows are i, f, g, o"),
        (lambda z, c: lstm_step(z, c)[::-1], "the right two, in the other order: first c, then h"),
        (
            lambda z, c: (
                _sigmoid(z[1]) * c + _sigmoid(z[0]) * _sigmoid(z[2]),
                _sigmoid(z[3]) * np.tanh(_sigmoid(z[1]) * c + _sigmoid(z[0]) * _sigmoid(z[2])),
            ),
            "g goes through tanh: what comes in may be below 0",
        ),
    ),
    also_right=(
        lambda z, c: [
            c / (1 + np.exp(-z[1])) + np.tanh(z[2]) / (1 + np.exp(-z[0])),
            np.tanh(c / (1 + np.exp(-z[1])) + np.tanh(z[2]) / (1 + np.exp(-z[0]))) / (1 + np.exp(-z[3])),
        ],
    ),
)
def lstm_step(z, c):
    """The new c and h, both (n,); z (4, n) holds the weighted inputs of i, f, g and o, and c (n,) the old memory."""
    i, f, o = (1 / (1 + np.exp(-z[k])) for k in (0, 1, 3))
    g = np.tanh(z[2])
    c = f * c + i * g
    return c, o * np.tanh(c)


def _measure_start(answer):
    left = []
    for n in (4, 9, 16, 25, 36):
        rng = np.random.default_rng()
        U = np.asarray(answer(rng, n), dtype=float)
        if U.shape != (n, n):
            return f"got U of shape {U.shape}, expected {(n, n)}", False
        layer = Recurrent(8, n, rng)
        layer.U[...] = U
        layer.forward(np.tile(0.001 * rng.standard_normal((1, 101, 8)), (n, 1, 1)))
        grad = np.zeros((n, 101, n))
        grad[:, -1] = np.eye(n)  # a slope for each neuron: all others are sums of these
        arrived = layer.through_time(grad)[:, 0]
        if not np.isfinite(arrived).all():
            return "after 100 times the slopes are beyond a million: they explode", False
        left.extend(np.linalg.svd(arrived, compute_uv=False)[[0, -1]])  # most and least that is left of any slope
    if max(left) > 1e6:
        return "after 100 times the slopes are beyond a million: they explode", False
    line = f"after 100 times {min(left):.2g} to {max(left):.2g} of the slope is left"
    if 0.5 < min(left) <= max(left) < 2:
        return line, True
    return f"{line}: {'some slopes vanish' if min(left) <= 0.5 else 'some slopes grow'}", False


@stretch_it(
    "A start that forgets nothing",
    minutes=15,
    hints=(
        "In near silence the gates of tanh are open. What is then all that a slope goes through, time after time?",
        "Through U transposed, a hundred times the same. Which matrices change the length of no vector?",
        "The simplest leaves every vector as it is. Or turn them: rows of length 1, at right angles to each other.",
        "np.eye(n); or np.linalg.qr(rng.standard_normal((n, n)))[0], whose rows are such.",
    ),
    why="A matrix that keeps every length, such as the identity or a rotation, keeps it over any number of times.",
    measure=_measure_start,
    mistakes=(
        (lambda rng, n: 0.9 * np.eye(n), "some slopes vanish"),
        (lambda rng, n: rng.standard_normal((n, n)), "they explode"),
        (lambda rng, n: 1.02 * np.eye(n), "some slopes grow"),
        (lambda rng, n: np.diag([0.0] + [1.0] * (n - 1)), "100 times 0 to"),
    ),
    also_right=(
        lambda rng, n: np.linalg.qr(rng.standard_normal((n, n)))[0],
        lambda rng, n: np.eye(n)[rng.permutation(n)],
    ),
)
def no_forgetting(rng, n):
    """A start for U, of shape (n, n), with which slopes come back over 100 times of near silence."""
    return np.eye(n)
