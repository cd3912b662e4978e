"""Train the networks of the chapter on handwritten digits over five seeds and store what they reach.

    python -m measure.results      or `make results`: about half an hour

It reads MNIST, sets a sixth of the training images aside for validation, chooses each network's learning rate there
(a rate at the edge of what was tried is not chosen: the next one is tried too), and only then scores each seed once
on the test images. It writes `book/measured/results.json`, which the chapter and
the README show, and `book/weights/784-16-16-10.npz`, the first seed's weights. Run again on the same machine, it gives
the same numbers and other timings.
"""

import argparse
import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from functools import cache
from multiprocessing import get_context

import numpy as np
from tqdm import tqdm

from measure import BOOK, spread, store
from measure.rates import to_try
from nnlib import (
    L2,
    SGD,
    Dense,
    Network,
    QuadraticCost,
    Sigmoid,
    SoftmaxCrossEntropy,
    accuracy,
    fit,
    load_mnist,
    one_hot,
    split,
)

SEEDS = (0, 1, 2, 3, 4)
CHOICE_SEED = 100  # tries the learning rates; none of the seeds that are scored
RATES = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)  # what is tried: three neighbours, and more where an end is best
SPLIT_SEED = 0
VALIDATION = 1 / 6  # of the 60,000 training images
LABELS = {100: 200, 1_000: 100, 10_000: 30}  # labelled images -> epochs: the fewer, the more often each is seen


@dataclass(frozen=True)
class Plan:
    """What a network is and how it is trained; `cost` is "quadratic" or "cross-entropy".

    A rate that is `falling` goes from the learning rate to 0 in a straight line, step by step.
    """

    sizes: tuple[int, ...]
    cost: str
    batch_size: int
    epochs: int
    learning_rates: tuple[float, ...]
    l2: float = 0.0
    falling: bool = False

    @property
    def name(self) -> str:
        """The sizes as the text writes them: "784-30-10"."""
        return "-".join(map(str, self.sizes))


PLANS = (
    Plan((784, 16, 16, 10), "quadratic", batch_size=32, epochs=15, learning_rates=(0.3, 1.0, 3.0)),
    Plan((784, 30, 10), "quadratic", batch_size=32, epochs=15, learning_rates=(1.0, 3.0, 10.0)),
    Plan((784, 100, 10), "cross-entropy", batch_size=32, epochs=20, learning_rates=(0.3, 1.0, 3.0), falling=True),
)
WITH_WEIGHTS, FOR_LABELS = PLANS[0], PLANS[-1]
WEIGHTS = BOOK / "weights" / f"{WITH_WEIGHTS.name}.npz"


@cache
def data() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """MNIST's images and labels in three parts, the same in every process."""
    mnist = load_mnist()
    x, y, x_validation, y_validation = split(
        mnist.x_train, mnist.y_train, VALIDATION, np.random.default_rng(SPLIT_SEED)
    )
    return {"training": (x, y), "validation": (x_validation, y_validation), "test": (mnist.x_test, mnist.y_test)}


def build(plan: Plan, rng: np.random.Generator) -> Network:
    """The untrained network in float32; under cross-entropy the last layer gives logits."""
    layers = []
    for n_in, n_out in zip(plan.sizes, plan.sizes[1:], strict=False):
        layers += [Dense(n_in, n_out, rng, dtype=np.float32), Sigmoid()]
    return Network(*(layers if plan.cost == "quadratic" else layers[:-1]))


def stored_network() -> Network:
    """The network whose trained weights are stored with the book."""
    network = build(WITH_WEIGHTS, np.random.default_rng(0))
    network.load(WEIGHTS)
    return network


def train(plan: Plan, seed: int, labels: int | None = None) -> tuple[Network, list[float]]:
    """Train with the plan's one learning rate, on the first `labels` images in the seed's order or on all of them.

    Returns the network, and its accuracy on the validation images after each epoch.
    """
    (rate,) = plan.learning_rates
    rng = np.random.default_rng(seed)
    network = build(plan, rng)
    x, y = data()["training"]
    if labels is not None:
        chosen = rng.permutation(len(x))[:labels]
        x, y = x[chosen], y[chosen]
    quadratic = plan.cost == "quadratic"
    steps = plan.epochs * -(-len(x) // plan.batch_size)
    history = fit(
        network,
        QuadraticCost() if quadratic else SoftmaxCrossEntropy(),
        SGD(network.parameters(), (lambda step: rate * (1 - step / steps)) if plan.falling else rate),
        x,
        one_hot(y, 10, np.float32) if quadratic else y,
        epochs=plan.epochs,
        batch_size=plan.batch_size,
        rng=rng,
        transforms=[L2(plan.l2)] if plan.l2 else [],
        validation=data()["validation"],
        progress=False,
    )
    if history.stopped:
        raise RuntimeError(f"{plan.name}, rate {rate}, seed {seed}: {history.stopped}")
    return network, history.validation_accuracy


def shift(images, down, right):  # as the chapter shows it
    """The images moved by so many pixels, at most 4; what enters is paper."""
    padded = np.pad(images.reshape(-1, 28, 28), ((0, 0), (4, 4), (4, 4)))
    moved = padded[:, 4 - down : 32 - down, 4 - right : 32 - right]
    return moved.reshape(len(images), 784)


def break_it(network: Network, x: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """Accuracy on images that were moved (the mean over four directions) or inverted; and the answers to noise."""
    broken = {}
    for pixels in (2, 4):
        ways = [(pixels, 0), (-pixels, 0), (0, pixels), (0, -pixels)]
        broken[f"shift_{pixels}"] = float(np.mean([accuracy(network, shift(x, *way), y) for way in ways]))
    broken["inverted"] = accuracy(network, 1 - x, y)
    noise = np.random.default_rng(0).random(x.shape, np.float32)
    answers = np.bincount(network.predict(noise).argmax(axis=1), minlength=10)
    broken["noise_to_one_class"] = float(answers.max() / answers.sum())
    return broken


def try_rates(plan: Plan) -> list[dict]:
    """How learning rates do on the validation images: the plan's, and the next one as long as an end does best.

    Only the seed that no score comes from is used, and the test images stay out of it.
    """
    tried = {}
    coming = list(plan.learning_rates)
    while coming:
        for rate in coming:
            _, curve = train(replace(plan, learning_rates=(rate,)), CHOICE_SEED)
            tried[rate] = curve[-1]
        coming = to_try(RATES, tried, max(tried, key=tried.get))
    return [{"learning_rate": rate, "validation_accuracy": tried[rate]} for rate in sorted(tried)]


def with_best(plan: Plan, choice: list[dict]) -> Plan:
    """The plan with the one learning rate that did best."""
    best = max(choice, key=lambda tried: tried["validation_accuracy"])
    return replace(plan, learning_rates=(best["learning_rate"],))


def score(plan: Plan, seed: int) -> dict:
    """Train one seed of a plan and meet the test images, once."""
    start = time.perf_counter()
    network, curve = train(plan, seed)
    seconds = time.perf_counter() - start
    x, y = data()["test"]
    if plan.name == WITH_WEIGHTS.name and seed == SEEDS[0]:
        WEIGHTS.parent.mkdir(exist_ok=True)
        network.save(WEIGHTS)
    return {
        "test_accuracy": accuracy(network, x, y),
        "validation_accuracy": curve[-1],
        "training_accuracy": accuracy(network, *data()["training"]),
        "validation_curve": curve,
        "broken": break_it(network, x, y),
        "seconds": seconds,
    }


def score_labels(plan: Plan, seed: int, labels: int) -> dict:
    """Test accuracy of a network that saw only so many labelled images."""
    network, _ = train(replace(plan, epochs=LABELS[labels]), seed, labels)
    return {"test_accuracy": accuracy(network, *data()["test"])}


def over_seeds(values: list[float]) -> dict:
    """Mean, range and each of the values."""
    return spread(values) | {"per_seed": values}


def run(pool: ProcessPoolExecutor, jobs: dict[tuple, tuple[Callable, tuple]], what: str) -> dict[tuple, dict]:
    """Run the jobs in the pool behind a progress bar; the longest, which are listed last, start first."""
    waiting = {pool.submit(function, *arguments): key for key, (function, arguments) in reversed(jobs.items())}
    done = {}
    for future in tqdm(as_completed(waiting), total=len(waiting), desc=what, unit="run"):
        done[waiting[future]] = future.result()
    return done


def choose(pool: ProcessPoolExecutor) -> tuple[list[Plan], dict[str, list[dict]]]:
    """Each plan with the learning rate that does best on the validation images, and how all of them did."""
    jobs = {(plan.name,): (try_rates, (plan,)) for plan in PLANS}
    tried = run(pool, jobs, "Choosing the learning rates")
    choices = {plan.name: tried[plan.name,] for plan in PLANS}
    return [with_best(plan, choices[plan.name]) for plan in PLANS], choices


def collect(processes: int) -> dict:
    """Everything that `results.json` holds."""
    start = time.perf_counter()
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        plans, choices = choose(pool)
        jobs = {(FOR_LABELS.name, n, s): (score_labels, (plans[-1], s, n)) for n in LABELS for s in SEEDS}
        jobs |= {(plan.name, s): (score, (plan, s)) for plan in plans for s in SEEDS}
        done = run(pool, jobs, "Training over the seeds")
    networks = {plan.name: summary(plan, choices[plan.name], done) for plan in plans}
    curve = {
        str(n): {"epochs": LABELS[n]} | over_seeds([done[FOR_LABELS.name, n, s]["test_accuracy"] for s in SEEDS])
        for n in LABELS
    }
    everything = len(data()["training"][0])
    curve[str(everything)] = {"epochs": FOR_LABELS.epochs} | networks[FOR_LABELS.name]["test_accuracy"]
    return {
        "data": {"name": "MNIST", "split_seed": SPLIT_SEED} | {part: len(y) for part, (_, y) in data().items()},
        "seeds": list(SEEDS),
        "networks": networks,
        "labels": {"network": FOR_LABELS.name, "test_accuracy": curve},
        "seconds": round(time.perf_counter() - start, 1),
    }


def summary(plan: Plan, choice: list[dict], done: dict[tuple, dict]) -> dict:
    """One network's entry: its recipe, how its learning rate was chosen, and its scores over the seeds."""
    runs = [done[plan.name, seed] for seed in SEEDS]
    description = asdict(plan) | {"sizes": list(plan.sizes), "learning_rate": plan.learning_rates[0]}
    del description["learning_rates"]
    parameters = sum(p.value.size for p in build(plan, np.random.default_rng(0)).parameters())
    return {
        "parameters": parameters,
        "recipe": description,
        "choice": choice,
        **{
            part: over_seeds([r[part] for r in runs])
            for part in ("test_accuracy", "validation_accuracy", "training_accuracy")
        },
        "broken": {name: over_seeds([r["broken"][name] for r in runs]) for name in runs[0]["broken"]},
        "validation_curves": [r["validation_curve"] for r in runs],
        "seconds_per_seed": [round(r["seconds"], 1) for r in runs],
    }


def main() -> None:
    """Train, store, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1), help="how many to train at once")
    results = collect(parser.parse_args().processes)
    store("results", results)
    for name, network in results["networks"].items():
        test = network["test_accuracy"]
        print(f"{name:14} {test['mean']:.2%} ({test['min']:.2%} to {test['max']:.2%}) of the test images")
    print(f"book/weights/{WITH_WEIGHTS.name}.npz is written too, after {results['seconds']:.0f} s")


if __name__ == "__main__":
    main()
