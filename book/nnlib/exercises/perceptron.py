"""Exercises of The perceptron."""

import numpy as np

from nnlib.datasets import load_digits
from nnlib.exercises.kinds import Choice, explain_it, fix_it, order_it, predict_it, stretch_it, write_it


def step(z):
    """1 if the neuron fires, else 0, as in the chapter."""
    return int(z > 0)


def train(inputs, targets, max_epochs=100):
    """w, b and the mistakes in each epoch, as in the chapter."""
    w, b, mistakes = np.zeros(len(inputs[0])), 0, []
    for _ in range(max_epochs):
        mistakes.append(0)
        for x, y in zip(inputs, targets, strict=True):
            error = y - step(w @ x + b)
            if error != 0:
                w, b = w + error * x, b + error
                mistakes[-1] += 1
        if mistakes[-1] == 0:
            break
    return w, b, mistakes


# Four outputs in the head.


@predict_it(
    "Four outputs in the head",
    minutes=2,
    hints=(
        "Compute z for each input: 00 leaves the bias alone.",
        "z is 1 for 00, and 1 + 2 = 3 for 01; go on with 10 and 11.",
        "For 10, z = -1 + 1 = 0, and this book's neuron fires only above zero.",
    ),
    why="The neuron fires where z > 0; an input on the line itself, where z = 0, does not make it fire.",
    mistakes=(
        ((1, 1, 1, 1), "this fires at z = 0 too; our neuron fires only if z is above zero"),
        ((0, 1, 0, 1), "this leaves the bias out: z = w . x + b"),
        ((0, 1, 0, 0), "this subtracts the bias: b is minus the threshold, so it is added"),
        ((1, 0, 1, 1), "this gives the first weight to the second input: 01 means x_1 = 0, x_2 = 1"),
        ((0, 0, 1, 0), "these are the four outputs turned round: 1 means that the neuron fires"),
    ),
)
def four_outputs():
    """The neuron fires where w . x + b is above zero."""
    w, b = np.array([-1, 2]), 1
    return tuple(step(w @ np.array(x) + b) for x in [(0, 0), (0, 1), (1, 0), (1, 1)])


# OR, by hand.


@predict_it(
    "OR, by hand",
    minutes=6,
    hints=(
        "Write a line for each input: z, the output, the target, and the weights and the bias afterwards.",
        "Epoch 1 has one update, at 01: w = (0, 1) and b = 1. Then 10 and 11 fire, as they should.",
        "Epoch 2 has two updates, at 00 and at 10; epoch 3 has one, at 00.",
    ),
    why="Each missed 1 adds its input, each wrong firing at 00 moves the bias alone, and epoch 4 is clean.",
    mistakes=(
        ((1, 1, 1, 3), "00 still fires here, since z = b = 1 is above zero: go on until an epoch has no mistake"),
        ((0, 1, 1, 1), "this is where the first epoch ends; go on until a whole epoch passes without a mistake"),
        ((1, 1, 0, 3), "w and b are right; count every update, also those that move the bias alone"),
        ((1, 1, -1, 5), "this neuron fires at z = 0 too; ours fires only if z is above zero"),
        ((2, 1, -2, 10), "this is what AND came to; OR has the targets 0, 1, 1, 1"),
    ),
)
def or_by_hand():
    """w_1, w_2, b and the number of updates, when an epoch passes without a mistake."""
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    w, b, mistakes = train(corners, (0, 1, 1, 1))
    return int(w[0]), int(w[1]), b, sum(mistakes)


# What a line can do.


@predict_it(
    "Which of four can a line do?",
    minutes=4,
    hints=(
        "For A and C look for weights and a threshold, as for the umbrella.",
        "For B leave the third input at 0. Which task is left for the other two?",
        "D fires exactly where XOR does not. Could a line do one of the two and not the other?",
    ),
    why="A is a count with a threshold, C is evidence for and against; B holds XOR, and D is XOR turned round.",
    mistakes=(
        ((1, 1, 1, 0), "B cannot be done: with the third input at 0 it is XOR of the other two"),
        ((1, 0, 1, 1), "D cannot be done: a line for it would do XOR with its firing side changed"),
        ((1, 1, 1, 1), "one line cannot do all: leave the third input of B at 0 and look at what is left"),
        ((0, 0, 1, 0), "A can be done: let each input count 1 and ask for more than 1.5"),
        ((1, 0, 0, 0), "C can be done: let x_1 count 2 and x_2 count -2, and ask for more than 1"),
        ((0, 1, 0, 1), "these are the four answers turned round: 1 means that a perceptron can do it"),
    ),
)
def which_tables():
    """1 where the rule comes to an epoch without a mistake, which it does if and only if a line or plane exists."""
    two = np.array([[p, q] for p in (0, 1) for q in (0, 1)])
    three = np.array([[p, q, r] for p in (0, 1) for q in (0, 1) for r in (0, 1)])
    tasks = (
        (three, three.sum(axis=1) >= 2),
        (three, three.sum(axis=1) == 1),
        (two, two[:, 0] > two[:, 1]),
        (two, two[:, 0] == two[:, 1]),
    )
    return tuple(int(train(x, y.astype(int))[2][-1] == 0) for x, y in tasks)


# One step of the rule.


def _seen(rng):
    """A neuron and an example; in half of the cases the example lies on the line."""
    n = rng.integers(2, 5)
    w, x = rng.integers(-3, 4, n).astype(float), rng.integers(1, 4, n).astype(float)
    b = -float(w @ x) if rng.random() < 0.5 else float(rng.integers(-3, 4))
    return w, b, x, int(rng.integers(0, 2))


def _turned_round(w, b, x, y):
    a = step(w @ x + b)
    return w + (a - y) * x, b + (a - y)


def _bias_stays(w, b, x, y):
    return update(w, b, x, y)[0], b


def _weights_stay(w, b, x, y):
    return w, update(w, b, x, y)[1]


def _fires_at_zero(w, b, x, y):
    a = int(w @ x + b >= 0)
    return w + (y - a) * x, b + (y - a)


def _no_error(w, b, x, y):
    return w + y * x, b + y


def _error_of_z(w, b, x, y):
    z = w @ x + b
    return w + (y - z) * x, b + (y - z)


def _all_weights_alike(w, b, x, y):
    a = step(w @ x + b)
    return w + (y - a), b + (y - a)


def _asked_without_bias(w, b, x, y):
    a = step(w @ x)
    return w + (y - a) * x, b + (y - a)


def _update_by_cases(w, b, x, y):
    fires = sum(wj * xj for wj, xj in zip(w, x, strict=True)) + b > 0
    if y and not fires:
        w += x
        b += 1
    elif fires and not y:
        w -= x
        b -= 1
    return [list(w), b]


def _update_with_a_constant_input(w, b, x, y):
    w, x = np.append(w, b), np.append(x, 1)
    w = w + (y - (np.dot(w, x) > 0)) * x
    return w[:-1], w[-1]


@write_it(
    "One step of the rule",
    minutes=4,
    hints=(
        "First ask the neuron: what is its output a for this x?",
        "The error is y - a: 0, 1 or -1, and one formula serves all three cases.",
        "Return `w + (y - a) * x, b + (y - a)`.",
    ),
    why="The error y - a says whether to add or to subtract the input, and it is 0 when there is nothing to mend.",
    inputs=_seen,
    tries=150,
    mistakes=(
        (_turned_round, "the sign is turned round: the error is y - a, and a missed 1 adds x"),
        (_bias_stays, "the bias stays as it was: it moves by y - a too"),
        (_weights_stay, "the weights stay as they were: they move by (y - a) x"),
        (_fires_at_zero, "this neuron fires at z = 0 too; ours fires only if z is above zero"),
        (_no_error, "this adds the input whenever y is 1, right or wrong; the rule moves by the error y - a"),
        (_error_of_z, "the error compares y with the output a, which is 0 or 1, not with z"),
        (_all_weights_alike, "every weight moves by the same amount here; its own input must enter: (y - a) x"),
        (_asked_without_bias, "the output is computed without the bias: z = w . x + b"),
    ),
    also_right=(_update_by_cases, _update_with_a_constant_input),
)
def update(w, b, x, y):
    """The new w and b after the neuron has been shown x with target y."""
    a = step(w @ x + b)
    return w + (y - a) * x, b + (y - a)


# XOR, and why it goes on for ever.


@explain_it(
    "Why XOR never ends",
    minutes=2,
    question="On XOR the perceptron's rule makes mistakes for ever. Why?",
    hints=(
        "Draw the four points and try to put a ruler between them.",
        "The proof in the chapter did not mention the learning rule at all. What did it mention?",
    ),
    why="The four inequalities contradict each other, so no weights solve XOR, and no way of finding them can help.",
)
def why_xor():
    return (
        Choice(
            "The updates are too large: smaller steps would settle.",
            "from zero, smaller steps give the same lines in a smaller scale, and no line separates XOR anyway",
        ),
        Choice(
            "It is caught in a bad place: other weights at the start would get it out.",
            "there is no better place to get to: no weights at all solve XOR, wherever the search begins",
        ),
        Choice(
            "Four examples are too few: with more of them it would learn the pattern.",
            "these four are all that there are; showing them again, 1,000 times, changed nothing",
        ),
        Choice(
            "No line separates the four points, so no perceptron can answer all of them.",
            "no weights do it, however they are found; a second line, in a hidden layer, does",
            right=True,
        ),
    )


# The learning rate that does not matter.


@explain_it(
    "Half the step",
    minutes=3,
    question="AND took 10 updates from zero. Now each moves w and b by half as much. How many are needed?",
    hints=(
        "Do the first two updates of AND with steps of 1/2 and compare the signs of z with those in the table.",
        "The neuron only asks whether z is above zero. What does half of z say about that?",
    ),
    why="From zero, half the step halves w, b and z alike, and the sign of z, which alone counts, stays the same.",
)
def half_steps():
    return (
        Choice(
            "About 20: with half the step, twice as many.",
            "that would hold if there were a place to walk to; here all weights halve, and so does the way",
        ),
        Choice(
            "10 again: w and b are half as large each time, and the line is the same.",
            "z is halved too, so it has the same sign, and the same inputs are missed",
            right=True,
        ),
        Choice(
            "Fewer: large steps overshoot, and small ones do not.",
            "a step is large or small only beside the weights, and they shrink with it",
        ),
        Choice(
            "It depends: with another step the mistakes may never come to an end.",
            "where a line separates the examples, the mistakes come to an end, however long the steps are",
        ),
    )


# The loop, shuffled.


@order_it(
    "One epoch of the rule",
    minutes=3,
    hints=(
        "One line must stand before the loop, and one begins it.",
        "The neuron is asked first, and moved afterwards.",
        "start - for - z - a - error - w and b, in either order.",
    ),
    why="Each example is answered by the weights as they are, and only then do they move by its own error.",
    after={1: (0,), 2: (1,), 3: (2,), 4: (3,), 5: (4,), 6: (4,)},
    shuffle=(4, 6, 1, 5, 0, 3, 2),
    mistakes=(
        ((0, 1, 2, 3, 5, 6, 4), "w and b move before the error is known"),
        ((0, 1, 2, 3, 5, 4, 6), "w moves before the error is known: it would move by that of the input before"),
        ((0, 1, 3, 2, 4, 5, 6), "the neuron answers before its evidence is added up"),
        ((1, 0, 2, 3, 4, 5, 6), "the loop stands above its start: w and b would begin at zero inside it"),
    ),
)
def the_loop():
    return (
        "w, b = np.zeros(2), 0.0",
        "for x, y in zip(corners, AND, strict=True):",
        "    z = w @ x + b",
        "    a = step(z)",
        "    error = y - a",
        "    w = w + error * x",
        "    b = b + error",
    )


# Mistakes that cancel.


def _train(inputs, targets, max_epochs, counted, set_back=True):
    """The same with another way to count: counted(mistakes, error) is the new count."""
    w, b, mistakes = np.zeros(inputs.shape[1]), 0.0, 0
    for epoch in range(1, max_epochs + 1):
        mistakes = 0 if set_back else mistakes
        for x, y in zip(inputs, targets, strict=True):
            error = y - step(w @ x + b)
            w, b = w + error * x, b + error
            mistakes = counted(mistakes, error)
        if mistakes == 0:
            return w, b, epoch
    return w, b, max_epochs


def _errors_cancel(inputs, targets, max_epochs):
    return _train(inputs, targets, max_epochs, lambda mistakes, error: mistakes + error)


def _only_shy_mistakes(inputs, targets, max_epochs):
    return _train(inputs, targets, max_epochs, lambda mistakes, error: mistakes + (error == 1))


def _last_input_only(inputs, targets, max_epochs):
    return _train(inputs, targets, max_epochs, lambda mistakes, error: abs(error))


def _counts_on(inputs, targets, max_epochs):
    return _train(inputs, targets, max_epochs, lambda mistakes, error: mistakes + abs(error), set_back=False)


def _small_tasks(rng):
    """Six points and their targets; many of these tasks have a separating line, some have none."""
    inputs = rng.permutation([[p, q] for p in (-2, 0, 1) for q in (-1, 1, 3)])[:6].astype(float)
    targets = (inputs @ rng.normal(size=2) + rng.normal() > 0).astype(int)
    if rng.random() < 0.3:
        targets[rng.integers(6)] ^= 1
    return inputs, targets, int(rng.integers(30, 45))


def _train_by_updates(inputs, targets, max_epochs):
    w, b, epoch, clean = np.zeros(inputs.shape[1]), 0, 0, False
    while not clean and epoch < max_epochs:
        clean, epoch = True, epoch + 1
        for x, y in zip(inputs, targets, strict=True):
            if (np.dot(w, x) + b > 0) != bool(y):
                clean = False
                w, b = (w + x, b + 1) if y else (w - x, b - 1)
    return list(w), b, epoch


@fix_it(
    "It says that it has learned XOR",
    minutes=6,
    hints=(
        "Follow `mistakes` through the first epoch of XOR on paper. Which inputs are missed?",
        "01 is missed with the error 1, and 11 with the error -1. What is their sum?",
        "Count the mistakes, whatever their sign: `mistakes += abs(error)`.",
    ),
    why="Errors of opposite sign cancel in a sum, so a sum of zero does not mean that there were none.",
    inputs=_small_tasks,
    tries=150,
    mistakes=(
        (_errors_cancel, "an error of 1 and one of -1 cancel: it stops in an epoch that had mistakes"),
        (_only_shy_mistakes, "only a missed 1 is counted; firing without reason is a mistake too"),
        (_counts_on, "the count is never set back: after the first mistake no epoch can be clean"),
        (_last_input_only, "it stops when the last input of an epoch is right, whatever happened to the others"),
    ),
    also_right=(_train_by_updates,),
)
def train_until_clean(inputs, targets, max_epochs):
    """The rule, from zero: w, b, and the epoch in which it stopped."""
    w, b = np.zeros(inputs.shape[1]), 0.0
    for epoch in range(1, max_epochs + 1):
        mistakes = 0
        for x, y in zip(inputs, targets, strict=True):
            error = y - step(w @ x + b)
            w, b = w + error * x, b + error
            mistakes += abs(error)
        if mistakes == 0:
            return w, b, epoch
    return w, b, max_epochs


# Why networks use the sigmoid.


@explain_it(
    "Why not a step?",
    minutes=2,
    question="In networks that learn, the sigmoid takes the place of the step. Why?",
    hints=(
        "Which of the two did the chapter nudge 10,000 times, and what came of it?",
        "To train a hidden neuron one must know which way to turn its weights. What does a step answer to a nudge?",
    ),
    why="Nudge a weight, and the output moves a little; a step stays where it is, or jumps to the other end.",
)
def why_sigmoid():
    return (
        Choice(
            "Neurons with a step cannot compute XOR, however many there are.",
            "three of them do: two lines, and a third neuron that reads both",
        ),
        Choice(
            "A small change of a weight then changes the output a little, which shows which way to turn the weight.",
            "the step nearly always answers with no change at all, and then nobody knows which way to turn",
            right=True,
        ),
        Choice(
            "The sigmoid lets one neuron draw a curve instead of a straight line.",
            "its output is 0.5 where z = 0, and that is the same straight line as before",
        ),
        Choice(
            "The sigmoid is never wrong by as much as 1, so it makes fewer mistakes.",
            "that makes no answer right; rounded to 0 or 1, the sigmoid answers exactly as the step does",
        ),
    )


# A line with room on both sides.

FEW_MISTAKES, AS_BEFORE = 25, 45


def _mistakes_on_held_back_images(learn):
    """8 against each other digit; every fifth training image is held back, five times."""
    digits = load_digits()
    part, wrong, asked = np.arange(len(digits.y_train)) % 5, 0, 0
    for other in (0, 1, 2, 3, 4, 5, 6, 7, 9):
        for held_back in range(5):
            chosen = np.isin(digits.y_train, (other, 8))
            known, new = chosen & (part != held_back), chosen & (part == held_back)
            x, y = digits.x_train.astype(float), (digits.y_train == 8).astype(int)
            w, b = learn(x[known], y[known])
            w, b = np.asarray(w, dtype=float), np.asarray(b, dtype=float)
            if w.shape != (64,) or b.size != 1:
                return f"got w of shape {w.shape} and b of shape {b.shape}; expected (64,) and a single number", False
            if not (np.isfinite(w).all() and np.isfinite(b).all()):
                return "w or b holds a number that is not finite", False
            wrong += int(((x[new] @ w + b > 0) != y[new]).sum())
            asked += int(new.sum())
    said = f"{wrong} of {asked:,} answers wrong, where the chapter's rule has 34"
    if wrong <= FEW_MISTAKES:
        return said, True
    if wrong <= AS_BEFORE:
        return f"{said}; this line may touch the examples, as the chapter's does: ask for room", False
    return f"{said}; start from the chapter's rule, and go on where it stops", False


def _first_line_that_separates(inputs, targets):
    return train(inputs, targets)[:2]


def _halfway_between_the_averages(inputs, targets):
    top, bottom = inputs[targets == 1].mean(axis=0), inputs[targets == 0].mean(axis=0)
    return top - bottom, -0.5 * (top @ top - bottom @ bottom)


def _least_squares(inputs, targets):
    extended = np.column_stack([inputs, np.ones(len(inputs))])
    v = np.linalg.solve(extended.T @ extended + np.eye(65), extended.T @ (2 * targets - 1))
    return v[:-1], v[-1:]


@stretch_it(
    "A line with room on both sides",
    minutes=25,
    hints=(
        "The rule stops as soon as the last example is on its side, be it by a hair. What would make it go on?",
        "Update also when the answer is right but z is near zero: if s z <= room, where s is 1 for target 1, else -1.",
        "Begin with the chapter's rule, replace the mistake by `s * (w @ x + b) <= room`, and try room = 1, 3, 10.",
    ),
    why="The rule finds some line that separates, not one that keeps its distance; asking for room does.",
    measure=_mistakes_on_held_back_images,
    mistakes=(
        (_first_line_that_separates, "this line may touch the examples, as the chapter's does: ask for room"),
        (_halfway_between_the_averages, "start from the chapter's rule, and go on where it stops"),
    ),
    also_right=(_least_squares,),
)
def learn_with_room(inputs, targets, room=3.0, max_epochs=200):
    """Go on updating until every input is on its side by more than `room`."""
    w, b = np.zeros(inputs.shape[1]), 0.0
    for _ in range(max_epochs):
        near = 0
        for x, y in zip(inputs, targets, strict=True):
            s = 1 if y else -1
            if s * (w @ x + b) <= room:
                w, b, near = w + s * x, b + s, near + 1
        if near == 0:
            break
    return w, b
