"""Exercises of Faster descent."""

import math
from collections.abc import Callable

import numpy as np

from nnlib.datasets import load_digits
from nnlib.exercises.kinds import Choice, explain_it, fix_it, order_it, predict_it, stretch_it, write_it
from nnlib.layers import Dense, Sigmoid
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.optimizers import SGD, Adam
from nnlib.schedules import cosine


@predict_it(
    "Two inputs",
    minutes=3,
    hints=(
        "What curvature does a weight feel behind an input of 0.5, and behind one of 5?",
        "The curvatures are 0.25 and 25. The sharper one sets the limit, 2 over the curvature.",
        "The limit is 2/25. At half of it, 0.04, the gentle weight is multiplied by 1 - 0.04 * 0.25 in each step.",
    ),
    why="The curvatures are 0.25 and 25: the limit is 2/25 = 0.08, and the gentle factor at 0.04 is 1 - 0.01.",
    mistakes=(
        ((0.4, 0.9), "these are the inputs taken as curvatures: the input comes in twice, so square it"),
        ((8, -0.0), "this is the limit of the gentle direction; the sharpest one sets it"),
        ((0.04, 0.995), "this is one over the curvature, where the factor is 0; it diverges beyond twice that"),
        ((0.08, 0.98), "the factor is asked for at half of the limit"),
        ((0.08, 0), "this is the factor of the sharp weight; the gentle one waits"),
    ),
)
def two_inputs():
    """The largest rate that does not diverge behind inputs 0.5 and 5, and the gentle weight's factor at half of it."""
    curvatures = 0.5**2, 5**2
    limit = 2 / max(curvatures)
    return round(limit, 4), round(1 - limit / 2 * min(curvatures), 4)


@predict_it(
    "Coasting",
    minutes=2,
    hints=(
        "At which velocity does a step change the velocity no more?",
        "velocity = 0.95 velocity + 2: solve it.",
        "The velocity is 40; the step is the rate times that.",
    ),
    why="The velocity ends at 2 / (1 - 0.95) = 40, and the step is the rate times it: 4.",
    mistakes=(
        (0.2, "this is the first step; the velocity grows until a step changes it no more"),
        (40, "this is the velocity; the step is the rate times it"),
        (2, "this is 20 times the rate: the velocity of a slope of 1, but the slope is 2"),
        (0.1026, "this is for slopes that alternate, g / (1 + beta); here they stay the same"),
    ),
    within=0.01,
)
def coasting():
    """How long the steps become: slope always 2, momentum 0.95, rate 0.1."""
    return round(0.1 * 2 / (1 - 0.95), 4)


@predict_it(
    "Carried over",
    minutes=2,
    hints=(
        "By how much does momentum 0.8 make the steps longer in the long run?",
        "By 1 / (1 - 0.8) = 5. So the plain rate that goes as far is 5 times 0.06.",
        "Momentum 0.98 makes them 50 times as long: divide the plain rate by 50.",
    ),
    why="What stays is rate / (1 - beta): 0.06 / 0.2 = 0.3, and 0.3 * 0.02 = 0.006.",
    mistakes=(
        (0.6, "the wrong way round: more momentum makes longer steps, so the rate must be smaller"),
        (0.3, "this is the rate without momentum; now divide by what momentum 0.98 multiplies with"),
        (0.0012, "this starts from a plain rate of 0.06; momentum 0.8 had made the steps 5 times as long already"),
        (0.049, "this is in proportion to beta; what counts is 1 - beta"),
        (0.06, "at the same rate the steps would be ten times as long in the end"),
    ),
    within=0.00005,
)
def carried_over():
    """The rate for momentum 0.98 that goes as far as 0.06 does with momentum 0.8."""
    return round(0.06 / (1 - 0.8) * (1 - 0.98), 6)


def _old_velocity(w, velocity, slope, rate, beta):
    return w - rate * velocity, beta * velocity + slope


@write_it(
    "A step with momentum",
    minutes=4,
    hints=(
        "Two lines: what becomes of the velocity, and then of the weight?",
        "velocity = beta * velocity + slope",
        "Then w - rate * velocity, with the new velocity.",
    ),
    why="The velocity takes in the slope first, and the weight moves by the rate times the new velocity.",
    inputs=lambda rng: (
        rng.uniform(1, 3, 2).round(2),
        rng.uniform(1, 3, 2).round(2),
        rng.uniform(4, 6, 2).round(2),
        round(float(rng.uniform(0.1, 0.3)), 2),
        round(float(rng.uniform(0.5, 0.9)), 2),
    ),
    mistakes=(
        (_old_velocity, "the weight moves by the old velocity: take in the slope first"),
        (
            lambda w, velocity, slope, rate, beta: momentum_step(w, velocity, (1 - beta) * slope, rate, beta),
            "the slope is damped by 1 - beta: that is a running mean, and momentum here is a running sum",
        ),
        (
            lambda w, velocity, slope, rate, beta: (w - rate * slope, beta * velocity + slope),
            "the weight moves by the slope alone, so the velocity is computed and never used",
        ),
        (
            lambda w, velocity, slope, rate, beta: (w - rate * (velocity + slope), velocity + slope),
            "nothing of the velocity is lost: multiply the old one by beta, or it is a ball without friction",
        ),
        (
            lambda w, velocity, slope, rate, beta: (
                w + rate * (beta * velocity + slope),
                beta * velocity + slope,
            ),
            "this walks uphill: a step subtracts the rate times the velocity",
        ),
        (
            lambda w, velocity, slope, rate, beta: momentum_step(w, velocity, slope, rate, beta)[::-1],
            "the right two, in the other order: first the weight, then the velocity",
        ),
    ),
    also_right=(
        lambda w, velocity, slope, rate, beta: [
            w - rate * beta * velocity - rate * slope,
            slope + velocity * beta,
        ],
    ),
)
def momentum_step(w, velocity, slope, rate, beta):
    """The weight and the velocity after one step."""
    velocity = beta * velocity + slope
    return w - rate * velocity, velocity


def _adam_with(correct, root=np.sqrt):
    def adam_step(w, m, v, g, t, rate):
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g**2
        m_hat, v_hat = correct(m, v, t)
        return w - rate * m_hat / (root(v_hat) + 1e-8), m, v

    return adam_step


_only_the_first = _adam_with(lambda m, v, t: (m / (1 - 0.9), v / (1 - 0.999)))


def _corrected_for_good(w, m, v, g, t, rate):
    w, m, v = adam_step(w, m, v, g, t, rate)
    return w, m / (1 - 0.9**t), v / (1 - 0.999**t)


@fix_it(
    "Adam, right at its first step",
    minutes=5,
    hints=(
        "Which share of a steady slope does m hold after one step, and which after a hundred?",
        "After t steps it is 1 - 0.9^t. Where does the function use t?",
        "m / (1 - 0.9**t) and v / (1 - 0.999**t)",
    ),
    why="m holds the share 1 - 0.9^t of a steady slope: 0.1 only at the first step, and nearly all of it later.",
    inputs=lambda rng: (
        rng.uniform(-1, 1, 3).round(2),
        rng.uniform(1, 2, 3).round(2) * (1, 1, 0),  # the last weight has never had a slope
        rng.uniform(3, 5, 3).round(2) * (1, 1, 0),
        rng.uniform(1, 2, 3).round(2) * (1, 1, 0),
        int(rng.integers(5, 100)),
        round(float(rng.uniform(0.1, 0.3)), 2),
    ),
    mistakes=(
        (_only_the_first, "right at t = 1, wrong later"),
        (_adam_with(lambda m, v, t: (m, v)), "nothing is corrected now: at the start m and v are too small"),
        (
            _adam_with(lambda m, v, t: (m / (1 - 0.9**t), v)),
            "v is not corrected: it begins at 0 too, and forgets that even more slowly",
        ),
        (
            _adam_with(lambda m, v, t: (m / (1 - 0.9 ** (t - 1)), v / (1 - 0.999 ** (t - 1)))),
            "the power is t - 1: steps are counted from 1, and after the first the share is 1 - 0.9",
        ),
        (
            _adam_with(lambda m, v, t: (m / (1 - 0.9**t), v / (1 - 0.999**t)), root=lambda v: v),
            "this divides by the mean square: take its root, or the rate is no length",
        ),
        (_corrected_for_good, "the corrected m and v are kept: keep m and v as they are, the hats are for this step"),
    ),
    also_right=(
        lambda w, m, v, g, t, rate: adam_step(w.astype(float), m, v, g, t, rate),
        _adam_with(lambda m, v, t: (m / (1 - math.pow(0.9, t)), v / -np.expm1(t * np.log(0.999)))),
    ),
)
def adam_step(w, m, v, g, t, rate):
    """The weights, m and v after step t = 1, 2, ..."""
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g**2
    m_hat = m / (1 - 0.9**t)
    v_hat = v / (1 - 0.999**t)
    return w - rate * m_hat / (np.sqrt(v_hat) + 1e-8), m, v


@predict_it(
    "Without the correction",
    minutes=2,
    hints=(
        "After the first step, which share of g is in m, and which share of g squared in v?",
        "m = 0.1 g and v = 0.04 g squared. What is the root of v?",
        "0.1 over 0.2.",
    ),
    why="m = 0.1 g and the root of v is 0.2 g: the first step is half the rate. So it may be too short as well.",
    mistakes=(
        (3.1623, "this is for beta2 = 0.999; here it is 0.96"),
        (2.5, "this divides by the mean square 0.04: take its root"),
        (2, "the wrong way round: m over the root of v"),
        (1, "this is the corrected step; here nothing is corrected"),
        (0.1, "this is m alone; it is divided by the root of v"),
    ),
    within=0.005,
)
def uncorrected():
    """Adam's first step in rates, without the correction, for beta1 = 0.9 and beta2 = 0.96."""
    return round((1 - 0.9) / math.sqrt(1 - 0.96), 4)


@order_it(
    "Adam, its lines shuffled",
    minutes=3,
    hints=(
        "What comes before the loop? What must be known before the means can take it in?",
        "In the loop: the slope, the two means, their corrections, the step.",
        "m and v begin at zero; g is taken anew in each round, at the place where the last step led.",
    ),
    why="Each round takes the slope where it stands, takes it into both means, corrects them, and steps.",
    after={1: (0,), 2: (1,), 3: (2,), 4: (2,), 5: (3,), 6: (4,), 7: (5, 6)},
    shuffle=(5, 2, 7, 0, 4, 6, 1, 3),
    mistakes=(
        ((0, 1, 2, 5, 6, 3, 4, 7), "the means are corrected before they have taken in the slope"),
        ((0, 1, 2, 3, 4, 7, 5, 6), "the step comes before the corrections that it uses"),
        ((0, 2, 1, 3, 4, 5, 6, 7), "the slope is taken once, before the loop: it would never change"),
        ((1, 0, 2, 3, 4, 5, 6, 7), "the means are set to zero in every round: nothing would be remembered"),
    ),
)
def adam_in_order():
    return (
        "m, v = np.zeros(2), np.zeros(2)",
        "for t in range(1, steps + 1):",
        "    g = slopes(w)",
        "    m = 0.9 * m + 0.1 * g",
        "    v = 0.999 * v + 0.001 * g**2",
        "    m_hat = m / (1 - 0.9**t)",
        "    v_hat = v / (1 - 0.999**t)",
        "    w = w - rate * m_hat / (np.sqrt(v_hat) + 1e-8)",
    )


@explain_it(
    "Adam has won",
    minutes=3,
    question=(
        "A report: SGD at the rate 0.01 reads 91 %, Adam at the rate 0.001 reads 95 %, after five epochs each, with "
        "one seed. Both rates are the library's own. What does it show?"
    ),
    hints=(
        "What would the report look like if SGD's best rate were 0.5?",
        "Rates, epochs, networks, seeds: which of these would have to change before the two numbers can be compared?",
    ),
    why="Each side needs its own best rate from a search of the same size, and several seeds; else rates are compared.",
)
def adam_has_won():
    return (
        Choice(
            "That Adam is the better optimiser for this network: same epochs, same network, standard settings.",
            "the epochs are equal, the care is not: 0.01 may be far from SGD's best rate, and nobody has looked",
        ),
        Choice(
            "That at these two rates, with this seed, Adam came farther; of the optimisers it says little.",
            "yes: search a rate for each, at equal budgets, and repeat with several seeds",
            right=True,
        ),
        Choice(
            "Nothing, for the rates differ: run both at the same rate.",
            "a rate means something else to each: a factor of the slope for SGD, a length for Adam",
        ),
        Choice(
            "That SGD got caught in a local minimum, which Adam's adaptive rates avoid.",
            "nothing here says so: a rate that is too small looks just like that, and Adam too settles in dips",
        ),
    )


def _step_of_a_plan(rng):
    warm, total = int(rng.integers(10, 60)), int(rng.integers(80, 120))
    step = rng.choice((0, warm - 1, warm, total - 1, rng.integers(total)))  # the ends, where one is easily off
    return int(step), warm, total, round(float(rng.uniform(0.5, 2)), 2)


@write_it(
    "Up, then down a cosine",
    minutes=6,
    hints=(
        "Two cases: steps before `warm`, and the rest. What is asked for at step warm - 1?",
        "In the first: largest * (step + 1) / warm. In the second, which share of the rest has passed?",
        "passed = (step - warm) / (total - warm), and largest * (1 + math.cos(math.pi * passed)) / 2.",
    ),
    why="The climb is a straight line; what is left of the steps makes half a wave, from the whole rate to none.",
    inputs=_step_of_a_plan,
    tries=40,
    mistakes=(
        (
            lambda step, warm, total, largest: largest * (1 + math.cos(math.pi * step / total)) / 2,
            "the warm-up is missing: the first steps climb in a straight line",
        ),
        (
            lambda step, warm, total, largest: (
                warm_cosine(step, warm, total, largest)
                if step < warm
                else largest * (1 + math.cos(math.pi * step / total)) / 2
            ),
            "the wave has begun with step 0: after the warm-up it should start at its top",
        ),
        (
            lambda step, warm, total, largest: (
                warm_cosine(step, warm, total, largest)
                if step < warm
                else largest * (1 + math.cos(math.pi * (step - warm) / total)) / 2
            ),
            "the wave does not end with the training: it has only total - warm steps",
        ),
        (
            lambda step, warm, total, largest: (
                warm_cosine(step, warm, total, largest) if step >= warm else largest * step / warm
            ),
            "the first step has the rate 0 and goes nowhere: begin with largest / warm",
        ),
        (
            lambda step, warm, total, largest: (
                warm_cosine(step, warm, total, largest)
                if step < warm
                else largest * math.cos(math.pi / 2 * (step - warm) / (total - warm))
            ),
            "this is a quarter of a wave: it does not end gently; take half a wave, lifted by 1 and halved",
        ),
        (
            lambda step, warm, total, largest: (
                warm_cosine(step, warm, total, largest)
                if step < warm
                else largest * (1 - (step - warm) / (total - warm))
            ),
            "this falls in a straight line; half a wave of the cosine is asked for",
        ),
    ),
    also_right=(
        lambda step, warm, total, largest: (
            largest
            * (
                (step + 1) / warm
                if step < warm
                else np.cos(np.pi / 2 * (step - warm) / (total - warm)) ** 2  # the same by a formula for half the angle
            )
        ),
    ),
)
def warm_cosine(step, warm, total, largest):
    """The rate at this step of 0, 1, ..., total - 1."""
    if step < warm:
        return largest * (step + 1) / warm
    passed = (step - warm) / (total - warm)
    return largest * (1 + math.cos(math.pi * passed)) / 2


STEPS, SEEDS, WANTED = 100, 5, 0.03


def _measure_descent(plan: Callable) -> tuple[str, bool]:
    """Take a hundred steps from all training images, from five seeds; the cost that each reaches."""
    digits = load_digits()
    x, y, costs = digits.x_train.astype(np.float32), digits.y_train, []
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        layers = [Dense(n, k, rng, dtype=np.float32) for n, k in ((64, 16), (16, 16), (16, 10))]
        network = Network(layers[0], Sigmoid(), layers[1], Sigmoid(), layers[2])
        optimizer, loss = plan(network.parameters()), SoftmaxCrossEntropy()
        with np.errstate(over="ignore", invalid="ignore"):
            for _ in range(STEPS):
                loss.forward(network.forward(x), y)
                network.collect(loss.backward())
                optimizer.step()
            costs.append(float(loss.forward(network.predict(x), y)))
        if not np.isfinite(costs[-1]):
            return "the cost is no longer a number: the steps are too long, try a smaller rate", False
        if costs[0] > 1:
            return f"cost {costs[0]:.2f} with the first seed: the steps are far too short, or much too long", False
        if costs[0] > 5 * WANTED:
            return (
                f"cost {costs[0]:.2f} with the first seed: on the way; another rate or optimiser comes farther",
                False,
            )
    says = "cost with the five seeds: " + ", ".join(f"{cost:.3f}" for cost in costs)
    return (says, True) if max(costs) <= WANTED else (f"{says}. Not all reach {WANTED:g}", False)


@stretch_it(
    "A hundred steps",
    minutes=20,
    hints=(
        "All images in each step: which optimisers left plain descent farthest behind in that race?",
        "RMSProp and Adam. From RMSProp's five seeds not all arrive: try Adam, at rates from 0.01 to 0.3.",
        "Adam(parameters, 0.05). The slopes are exact: a falling rate has no dance to calm.",
    ),
    why="Without noise the optimiser counts; and there is no dance that a falling rate could calm.",
    measure=_measure_descent,
    mistakes=(
        (lambda parameters: SGD(parameters, 0.01), "the steps are far too short, or much too long"),
        (lambda parameters: SGD(parameters, 3.0), "another rate or optimiser comes farther"),
        (lambda parameters: Adam(parameters, cosine(0.05, 100)), "Not all reach 0.03"),
    ),
    also_right=(lambda parameters: Adam(parameters, 0.04, beta2=0.99),),
)
def hundred_steps(parameters):
    """An optimiser for these parameters."""
    return Adam(parameters, 0.05)
