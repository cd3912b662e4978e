"""Exercises of Many machines."""

import numpy as np

from nnlib.exercises.kinds import Choice, explain_it, fix_it, order_it, predict_it, stretch_it, write_it


@predict_it(
    "Two shards by hand",
    minutes=1,
    hints=(
        "How many examples are there in all, and what do all their slopes add up to?",
        "30 examples of mean 2 add up to 60, and 10 of mean 6 to 60 as well.",
        "120 over 40 examples.",
    ),
    why="All slopes add up to 30 * 2 + 10 * 6 = 120, and there are 40 of them.",
    mistakes=(
        (4.0, "that is the mean of the two means: the ten examples then count three times as much as the thirty"),
        (5.0, "the sizes are swapped: the larger shard counts more"),
        (120.0, "that is the sum; the batch has 40 examples"),
        (60.0, "the sum of all slopes is divided by the number of examples, not of machines"),
    ),
)
def two_shards():
    """The slope of a batch whose shards of 30 and 10 examples have the mean slopes 2 and 6."""
    return (30 * 2 + 10 * 6) / 40


def _with_sizes(weights):
    def mean(gradients, sizes):
        sizes = np.asarray(weights(np.asarray(sizes, float)))
        return np.tensordot(sizes, np.asarray(gradients), axes=1)

    return mean


@write_it(
    "The batch's gradient from its shards",
    minutes=4,
    hints=(
        "A mean times the number of examples is a sum. What do you do with the sums?",
        "Add up size times gradient over the machines, and divide once, by all examples.",
        "`sum(n * g for n, g in zip(sizes, gradients)) / sum(sizes)`",
    ),
    why="Each mean times its size is the sum over its shard; all sums together, over all examples, are the mean again.",
    inputs=lambda rng: (
        rng.uniform(-3, 3, (machines := int(rng.integers(3, 6)), 4)).round(2),
        (rng.permutation(9)[:machines] + 2).tolist(),
    ),
    mistakes=(
        (lambda gradients, sizes: np.mean(gradients, axis=0), "this is the mean of the means: weight them by size"),
        (lambda gradients, sizes: np.sum(gradients, axis=0), "this is the sum of the means, so nothing is a mean"),
        (_with_sizes(lambda n: n), "this is the sum over all examples: divide by their number"),
        (_with_sizes(lambda n: n / len(n)), "divided by the number of machines: it should be that of the examples"),
        (_with_sizes(lambda n: n[::-1] / n.sum()), "each gradient is weighted by another machine's size"),
        (_with_sizes(lambda n: (1 / n) / (1 / n).sum()), "small shards count more here; they should count less"),
    ),
    also_right=(
        lambda gradients, sizes: np.average(gradients, axis=0, weights=sizes),
        lambda gradients, sizes: (np.asarray(sizes) @ np.asarray(gradients) / np.sum(sizes)).tolist(),
    ),
)
def batch_gradient(gradients, sizes):
    """The gradient of the whole batch, from each machine's mean gradient and its number of examples."""
    return sum(n * g for n, g in zip(sizes, gradients, strict=True)) / sum(sizes)


@fix_it(
    "Nobody is left out",
    minutes=3,
    hints=(
        "Try it with 10 examples and 3 machines. How many examples are shared out?",
        "`n % machines` examples are left over. Who could take one more?",
        "The first `n % machines` machines take one more than the others.",
    ),
    why="What is left over goes to the first machines, one each. A comparison counts as 1 if true, as 0 if not.",
    inputs=lambda rng: (
        (machines := int(rng.integers(4, 8))) * int(rng.integers(3, 20)) + int(rng.integers(2, machines)),
        machines,
    ),
    mistakes=(
        (lambda n, machines: [n // machines] * machines, "some examples are left over, and no machine has them"),
        (
            lambda n, machines: [n // machines] * (machines - 1) + [n // machines + n % machines],
            "the last machine gets all that is left over, and the others wait for it",
        ),
        (lambda n, machines: [-(-n // machines)] * machines, "these are more examples than there are"),
        (
            lambda n, machines: [n // machines] * (machines - n % machines) + [n // machines + 1] * (n % machines),
            "these are the right sizes; the larger shards should come first",
        ),
    ),
    also_right=(
        lambda n, machines: [len(part) for part in np.array_split(np.arange(n), machines)],
        lambda n, machines: [len(range(k, n, machines)) for k in range(machines)],
    ),
)
def shard_sizes(n, machines):
    """How many of n examples each machine gets: nobody more than one more than another, larger shards first."""
    return [n // machines + (k < n % machines) for k in range(machines)]


@explain_it(
    "The sixteenth digit",
    minutes=2,
    question="One machine and two machines compute the gradient of the same batch, in float64. Of 2,260 slopes 900 "
    "differ, by at most 2e-17, where the largest slope is 0.1. What is it?",
    hints=(
        "How many digits does a float64 keep?",
        "Compare 2e-17 with the largest slope. And with which brackets were the slopes of the examples added?",
    ),
    why="Other brackets round otherwise; 2e-17 is 2e-16 of the largest slope, the last digit that a float64 keeps.",
)
def last_digits():
    return (
        Choice(
            "A slip in the sharding: a mean of means, or an example that counts twice.",
            "such a slip shows in the first digits of large slopes: one example of a hundred is a hundredth",
        ),
        Choice(
            "Rounding: the slopes were added up with other brackets.",
            "yes: beside the largest slope the difference is as small as the last digit that a float64 keeps",
            right=True,
        ),
        Choice(
            "Noise: each machine has seen only half of the batch.",
            "their mean is over the whole batch, the same examples: nothing was drawn by chance",
        ),
        Choice(
            "A loss: what is shared out loses digits, and the more machines, the worse it learns.",
            "one machine rounds as well: other brackets are neither better nor worse",
        ),
    )


@predict_it(
    "Eight in a ring",
    minutes=2,
    hints=(
        "Into how many parts is the gradient cut? How many rounds are there?",
        "Eight parts of 5 MB; seven rounds to add up, and seven to hand round.",
        "14 rounds of 5 MB.",
    ),
    why="Each machine sends a part of 40/8 = 5 MB in each of 2 * 7 rounds.",
    mistakes=(
        (35.0, "that is the first half: seven more rounds hand the sums round"),
        (80.0, "nearly: that is the limit of many machines; here it is 7/8 of it"),
        (280.0, "in a round a machine sends one part, an eighth of the gradient, not all of it"),
        (560.0, "that is what one machine would have to carry that collects all and answers all"),
        (5.0, "that is one round of fourteen"),
    ),
)
def ring_megabytes():
    """How many MB each of eight machines sends when a ring adds up their gradients of 40 MB."""
    return 2 * 7 * 40 / 8


def _round(part_of, to=1, add=False):
    def one_round(held, turn):
        held, n = np.array(held, float), len(held)
        messages = [(m, part_of(m, turn) % n, held[m, part_of(m, turn) % n]) for m in range(n)]
        for m, part, number in messages:
            held[(m + to) % n, part] = (held[(m + to) % n, part] if add else 0) + number
        return held

    return one_round


@write_it(
    "One round of handing on",
    minutes=8,
    hints=(
        "After round 2 of the table in the chapter, which part is complete on A, which on B? That is sent first.",
        "In round 0 machine m sends part (m + 1) % n, and in each round after it the part before: what has just come.",
        "Of a copy, `new[(m + 1) % n, part] = held[m, part]`, where `part` is `(m + 1 - turn) % n`.",
    ),
    why="Each machine hands on what has just come to it, and what is complete takes the place of what is not.",
    inputs=lambda rng: (  # so many machines and such turns that no two ways round end alike
        rng.integers(1, 90, (5, 5)).astype(float),
        int(rng.choice((1, 3))),
    ),
    mistakes=(
        (_round(lambda m, turn: m + 1), "this is right in round 0 only: later each sends the part that has just come"),
        (_round(lambda m, turn: m - turn), "that is the first half: now each begins with its complete part"),
        (
            _round(lambda m, turn: m + 1 + turn),
            "this goes the wrong way round: the part that has just come is the one before",
        ),
        (_round(lambda m, turn: m + 1 - turn, to=-1), "this sends to the left neighbour"),
        (_round(lambda m, turn: m + 1 - turn, add=True), "what arrives is complete: it replaces what was there"),
    ),
    also_right=(lambda held, turn: _round(lambda m, turn: m + 1 - turn)(held, turn).tolist(),),
)
def ring_round(held, turn):
    """What the machines hold after round `turn` of the second half; held[m, part] before it is a number each."""
    n, new = len(held), held.copy()
    for m in range(n):
        part = (m + 1 - turn) % n
        new[(m + 1) % n, part] = held[m, part]
    return new


def _seconds(compute=lambda N, B, t: B * t / N, rounds=lambda N: 2 * (N - 1), part=lambda N, S: S / N):
    def seconds(machines, batch, per_example, size, wait, line):
        return compute(machines, batch, per_example) + rounds(machines) * (wait + part(machines, size) / line)

    return seconds


@write_it(
    "How long a step takes",
    minutes=5,
    hints=(
        "A step is computing, and then the ring. How many examples does one machine compute?",
        "A ring has 2 (N - 1) rounds. How long is one, for a part of S/N bytes?",
        "`wait + size / machines / line` is a round.",
    ),
    why="B t / N for the slopes, and 2 (N - 1) rounds, each of the wait and the time for S/N bytes.",
    inputs=lambda rng: (
        int(rng.integers(3, 40)),
        int(rng.integers(1, 20)) * 1000,
        round(rng.uniform(1, 9), 2) * 1e-5,
        int(rng.integers(10, 90)) * 1e6,
        round(rng.uniform(1, 9), 2) * 1e-3,
        round(rng.uniform(1, 9), 2) * 1e8,
    ),
    mistakes=(
        (_seconds(compute=lambda N, B, t: B * t), "each machine computes only its share of the batch"),
        (_seconds(part=lambda N, S: S), "in a round a part goes round, S/N bytes, not the whole gradient"),
        (_seconds(rounds=lambda N: N - 1), "the ring goes round twice: to add up, and to hand round"),
        (_seconds(rounds=lambda N: 2 * N), "a ring of N machines has N - 1 rounds each time, not N"),
        (
            lambda N, B, t, S, wait, v: B * t / N + wait + 2 * (N - 1) * S / N / v,
            "every round has its wait, not the first alone",
        ),
    ),
    also_right=(lambda N, B, t, S, wait, v: (B * t + 2 * (N - 1) * (N * wait + S / v)) / N,),
)
def step_seconds(machines, batch, per_example, size, wait, line):
    """The seconds of a step: `per_example` s for an example, `size` bytes, `wait` s a round, a `line` of bytes/s."""
    compute = batch * per_example / machines
    one_round = wait + size / machines / line
    return compute + 2 * (machines - 1) * one_round


@predict_it(
    "Up to how many machines",
    minutes=3,
    within=0.005,
    hints=(
        "Which formula of the chapter says up to which N another machine pays? All of it is given, in milliseconds.",
        "N^2 = (B t - 2 S/v) / (2 l), with B t = 12.4, S/v = 0.15 and l = 0.05.",
        "N^2 = 12.1 / 0.1 = 121.",
    ),
    why="N^2 = (12.4 - 0.3) / 0.1 = 121. Up to 11 machines each one more makes the step shorter, and then longer.",
    mistakes=(
        (121.0, "that is N^2"),
        (15.56, "2 l is twice the wait: the ring has two halves"),
        (11.14, "nearly: 2 S/v is to be taken off first, for the ring sends the list too"),
        (248.0, "that is all computing over a wait: the formula has the square of N"),
    ),
)
def most_machines():
    """Up to how many machines a batch pays that one computes in 12.4 ms; a list takes 0.15 ms, a wait 0.05 ms."""
    return ((12.4 - 2 * 0.15) / (2 * 0.05)) ** 0.5


@order_it(
    "One step on many machines",
    minutes=2,
    hints=(
        "What must all machines have in common before they compute?",
        "The ring adds up what each has weighted already.",
    ),
    why="Same weights, own shard (these two may change places), own slopes, weighted, added up, the same step.",
    after={2: (0, 1), 3: (2,), 4: (3,), 5: (4,)},
    shuffle=(4, 2, 5, 0, 3, 1),
    mistakes=(
        ((0, 1, 2, 4, 3, 5), "the ring adds up means that are not weighted yet"),
        ((0, 1, 2, 3, 5, 4), "each steps by its own slopes, before it has those of the others"),
        ((0, 2, 1, 3, 4, 5), "slopes of which examples? The shards are not dealt out yet"),
    ),
)
def step_in_order():
    return (
        "every machine has the same weights",
        "the places of the batch are shared out",
        "each computes the mean slopes of its shard",
        "each multiplies them by its shard's share of the examples",
        "a ring adds up what all of them hold",
        "each takes the same step",
    )


@explain_it(
    "Ten machines, and no faster",
    minutes=2,
    question="A training in batches of 32 goes to ten machines, with 32 examples on each, and the library averages. "
    "The rate stays. After as many steps as before the cost is about where it was. Where have nine machines gone?",
    hints=(
        "How large is the batch now? What does the mean of ten gradients differ in from one of them?",
        "The steps are no longer than before. What has become better about them?",
    ),
    why="On average the mean over 320 examples leads as far downhill as one over 32: quieter steps, no longer ones. "
    "A higher rate can turn them into fewer steps, but only below a limit such as that of the chapter's table.",
)
def ten_machines():
    return (
        Choice(
            "The machines wait for each other: the network between them is too slow.",
            "that would show in seconds; the question counts steps",
        ),
        Choice(
            "Into quieter steps: the batch is 320 now, and a step is no longer than before.",
            "yes: only a higher rate could use them, and beyond some size, as in the chapter, no higher one is better",
            right=True,
        ),
        Choice(
            "The library must sum: averaging throws nine tenths of the work away.",
            "a sum is a mean at ten times the rate, and the rate you can set, if training bears it",
        ),
        Choice(
            "Nowhere: ten machines see ten times the examples, so the cost cannot be where it was.",
            "they have seen ten times as many, but have taken no more steps, and none longer",
        ),
    )


@predict_it(
    "Waiting for the last",
    minutes=3,
    within=0.05,
    hints=(
        "When is a step of all machines quick? How probable is that?",
        "None of the 50 may be slow: 0.98 to the power 50.",
        "That is 0.364. So 0.636 of the steps take 5, and the others 1.",
    ),
    why="0.98^50 = 0.364 of the steps take 1 and the other 0.636 take 5: 3.54 in the mean.",
    mistakes=(
        (1.08, "that is one machine by itself; the step waits for the slowest of 50"),
        (5.0, "chances do not add up like that: 50 times 2 % would be certain, and 0.364 of the steps are quick"),
        (3.18, "that is 5 times 0.636: the steps in which none is slow take 1 each"),
        (2.46, "the shares are swapped: 0.364 is how often none is slow"),
    ),
)
def waiting_for_the_last():
    """The mean time of a step: 50 machines, each slow in 2 of 100 steps; a step takes 1, and 5 if one is slow."""
    return 1 + 4 * (1 - 0.98**50)


@predict_it(
    "A step too late",
    minutes=2,
    hints=(
        "In the chapter the curvature was 1. At which rate did the weight swing without end?",
        "What counts is rate times curvature.",
    ),
    why="With slopes one step old it is rate times curvature = 1 that neither shrinks nor grows, so the rate is 1/4.",
    mistakes=(
        (0.5, "that is the limit for fresh slopes, 2 over the curvature"),
        (1.0, "that is the limit for the curvature 1; here the slopes are four times as large"),
        (4.0, "the steeper the bowl, the smaller the rate"),
        (0.125, "half of it is safe; the limit is 1 over the curvature"),
    ),
)
def too_late():
    """The rate at which slopes that are one step old swing without end, in a bowl of curvature 4."""
    return 1 / 4


def _walk_late(rate, late=5, steps=60):
    w = [1.0] * (late + 1)
    for _ in range(steps):
        w.append(w[-1] - rate * w[-1 - late])
    return np.array(w)


def _measure_five_late(answer):
    rate = float(answer())
    if not 0 < rate < 2:
        return f"got {rate:g}, expected a rate between 0 and 2", False
    last = np.abs(_walk_late(rate)[-6:]).max()
    line = f"at the rate {rate:g}, the largest of the last six is {last:.1e}"
    if last < 1e-3:
        return line, True
    if last > 1:
        return f"{line}: it has grown, so the rate is beyond the limit", False
    if rate > 0.08:
        return f"{line}: it swings about the lowest point; a smaller rate", False
    return f"{line}: it has not arrived yet; a larger rate", False


@stretch_it(
    "Five steps late",
    minutes=15,
    hints=(
        "Let `walk` of the chapter start from 1 instead of 8, and print `walk(5, rate, 60)[-6:]` for ten rates.",
        "With fresh slopes 1 is best; one step late, `walk(1, rate, 60)` shows, it is about 1/4. Five are later.",
        "Too small is slow, too large swings. Double 0.01 until the walk swings, and look between the last two.",
    ),
    why="The later, the smaller the best rate. In the long run it is d^d / (d + 1)^(d + 1) for d steps, here "
    "0.067: a rule that is only stated here.",
    measure=_measure_five_late,
    mistakes=(
        (lambda: 0.01, "it has not arrived yet; a larger rate"),
        (lambda: 0.15, "it swings about the lowest point; a smaller rate"),
        (lambda: 0.5, "it has grown, so the rate is beyond the limit"),
        (lambda: 3.0, "expected a rate between 0 and 2"),
    ),
    also_right=(lambda: 0.07,),
)
def five_late():
    """A rate, for the bowl w^2/2 and slopes that are five steps old."""
    return 5**5 / 6**6
