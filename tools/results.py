"""Train the networks of the chapter on handwritten digits over five seeds and store what they reach.

`make results` runs it. It reads MNIST, sets a sixth of the training images aside for validation, chooses
each network's learning rate there, and only then scores each seed once on the test images. It writes
`book/results.json`, which the chapter and the README show, and `book/weights/784-16-16-10.npz`, the first
seed's weights. Run again on the same machine, it gives the same numbers and other timings.
"""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from chapters import ONE_THREAD

BOOK = Path(__file__).resolve().parents[1] / "book"
sys.path.insert(0, str(BOOK))  # where nnlib is
os.environ.update(ONE_THREAD)

import numpy as np  # noqa: E402
from tqdm import tqdm  # noqa: E402

import nnlib  # noqa: E402
from nnlib import (  # noqa: E402
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
SPLIT_SEED = 0
VALIDATION = 1 / 6  # of the 60,000 training images
LABELS = {100: 200, 1_000: 100, 10_000: 30}  # labelled images -> epochs: the fewer, the more often each is seen


@dataclass(frozen=True)
class Recipe:
    """What a network is and how it is trained; `cost` is "quadratic" or "cross-entropy"."""

    sizes: tuple[int, ...]
    cost: str
    batch_size: int
    epochs: int
    learning_rates: tuple[float, ...]
    l2: float = 0.0

    @property
    def name(self) -> str:
        """The sizes as the text writes them: "784-30-10"."""
        return "-".join(map(str, self.sizes))


RECIPES = (
    Recipe((784, 16, 16, 10), "quadratic", batch_size=32, epochs=15, learning_rates=(1.0, 3.0, 6.0)),
    Recipe((784, 30, 10), "quadratic", batch_size=32, epochs=15, learning_rates=(1.0, 3.0, 6.0)),
    Recipe((784, 100, 10), "cross-entropy", batch_size=32, epochs=20, learning_rates=(0.25, 0.5, 1.0), l2=1e-4),
)
WITH_WEIGHTS, FOR_LABELS = RECIPES[0], RECIPES[-1]
WEIGHTS = BOOK / "weights" / f"{WITH_WEIGHTS.name}.npz"


@cache
def data() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """MNIST's images and labels in three parts, the same in every process."""
    mnist = load_mnist()
    x, y, x_validation, y_validation = split(
        mnist.x_train, mnist.y_train, VALIDATION, np.random.default_rng(SPLIT_SEED)
    )
    return {"training": (x, y), "validation": (x_validation, y_validation), "test": (mnist.x_test, mnist.y_test)}


def build(recipe: Recipe, rng: np.random.Generator) -> Network:
    """The untrained network in float32; under cross-entropy the last layer gives logits."""
    layers = []
    for n_in, n_out in zip(recipe.sizes, recipe.sizes[1:], strict=False):
        layers += [Dense(n_in, n_out, rng, dtype=np.float32), Sigmoid()]
    return Network(*(layers if recipe.cost == "quadratic" else layers[:-1]))


def stored_network() -> Network:
    """The network whose trained weights are stored with the book."""
    network = build(WITH_WEIGHTS, np.random.default_rng(0))
    network.load(WEIGHTS)
    return network


def train(recipe: Recipe, seed: int, labels: int | None = None) -> tuple[Network, list[float]]:
    """Train with the recipe's one learning rate, on the first `labels` images in the seed's order or on all of them.

    Returns the network, and its accuracy on the validation images after each epoch.
    """
    (rate,) = recipe.learning_rates
    rng = np.random.default_rng(seed)
    network = build(recipe, rng)
    x, y = data()["training"]
    if labels is not None:
        chosen = rng.permutation(len(x))[:labels]
        x, y = x[chosen], y[chosen]
    quadratic = recipe.cost == "quadratic"
    history = fit(
        network,
        QuadraticCost() if quadratic else SoftmaxCrossEntropy(),
        SGD(network.parameters(), rate),
        x,
        one_hot(y, 10, np.float32) if quadratic else y,
        epochs=recipe.epochs,
        batch_size=recipe.batch_size,
        rng=rng,
        transforms=[L2(recipe.l2)] if recipe.l2 else [],
        validation=data()["validation"],
        progress=False,
    )
    if history.stopped:
        raise RuntimeError(f"{recipe.name}, rate {rate}, seed {seed}: {history.stopped}")
    return network, history.validation_accuracy


def shift(x: np.ndarray, down: int, right: int) -> np.ndarray:
    """The images moved by so many pixels; what enters at the other side is paper."""
    images = np.pad(x.reshape(-1, 28, 28), ((0, 0), (4, 4), (4, 4)))
    return images[:, 4 - down : 32 - down, 4 - right : 32 - right].reshape(len(x), 784)


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


def try_rate(recipe: Recipe, rate: float) -> dict:
    """How one learning rate does on the validation images; the test images stay out of it."""
    _, curve = train(replace(recipe, learning_rates=(rate,)), CHOICE_SEED)
    return {"learning_rate": rate, "validation_accuracy": curve[-1]}


def score(recipe: Recipe, seed: int) -> dict:
    """Train one seed of a recipe and meet the test images, once."""
    start = time.perf_counter()
    network, curve = train(recipe, seed)
    seconds = time.perf_counter() - start
    x, y = data()["test"]
    if recipe.name == WITH_WEIGHTS.name and seed == SEEDS[0]:
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


def score_labels(recipe: Recipe, seed: int, labels: int) -> dict:
    """Test accuracy of a network that saw only so many labelled images."""
    network, _ = train(replace(recipe, epochs=LABELS[labels]), seed, labels)
    return {"test_accuracy": accuracy(network, *data()["test"])}


def spread(values: list[float]) -> dict:
    """Values over the seeds, with their mean, least and greatest."""
    return {"mean": float(np.mean(values)), "min": min(values), "max": max(values), "per_seed": values}


def run(pool: ProcessPoolExecutor, jobs: dict[tuple, tuple[Callable, tuple]], what: str) -> dict[tuple, dict]:
    """Run the jobs in the pool behind a progress bar; the longest, which are listed last, start first."""
    waiting = {pool.submit(function, *arguments): key for key, (function, arguments) in reversed(jobs.items())}
    done = {}
    for future in tqdm(as_completed(waiting), total=len(waiting), desc=what, unit="run"):
        done[waiting[future]] = future.result()
    return done


def choose(pool: ProcessPoolExecutor) -> tuple[list[Recipe], dict[str, list[dict]]]:
    """Each recipe with the learning rate that does best on the validation images, and how all of them did."""
    jobs = {(r.name, rate): (try_rate, (r, rate)) for r in RECIPES for rate in r.learning_rates}
    tried = run(pool, jobs, "Choosing the learning rates")
    chosen, choices = [], {}
    for recipe in RECIPES:
        choices[recipe.name] = [tried[recipe.name, rate] for rate in recipe.learning_rates]
        best = max(choices[recipe.name], key=lambda choice: choice["validation_accuracy"])
        chosen.append(replace(recipe, learning_rates=(best["learning_rate"],)))
    return chosen, choices


def collect(processes: int) -> dict:
    """Everything that `results.json` holds."""
    start = time.perf_counter()
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        recipes, choices = choose(pool)
        jobs = {(FOR_LABELS.name, n, s): (score_labels, (recipes[-1], s, n)) for n in LABELS for s in SEEDS}
        jobs |= {(recipe.name, s): (score, (recipe, s)) for recipe in recipes for s in SEEDS}
        done = run(pool, jobs, "Training over the seeds")
    networks = {recipe.name: summary(recipe, choices[recipe.name], done) for recipe in recipes}
    curve = {
        str(n): {"epochs": LABELS[n]} | spread([done[FOR_LABELS.name, n, s]["test_accuracy"] for s in SEEDS])
        for n in LABELS
    }
    everything = len(data()["training"][0])
    curve[str(everything)] = {"epochs": FOR_LABELS.epochs} | networks[FOR_LABELS.name]["test_accuracy"]
    return {
        "made_by": "make results (tools/results.py)",
        "data": {"name": "MNIST", "split_seed": SPLIT_SEED} | {part: len(y) for part, (_, y) in data().items()},
        "seeds": list(SEEDS),
        "networks": networks,
        "labels": {"network": FOR_LABELS.name, "test_accuracy": curve},
        "versions": {"python": platform.python_version(), "numpy": np.__version__, "nnlib": nnlib.__version__},
        "seconds": round(time.perf_counter() - start, 1),
    }


def summary(recipe: Recipe, choice: list[dict], done: dict[tuple, dict]) -> dict:
    """One network's entry: its recipe, how its learning rate was chosen, and its scores over the seeds."""
    runs = [done[recipe.name, seed] for seed in SEEDS]
    description = asdict(recipe) | {"sizes": list(recipe.sizes), "learning_rate": recipe.learning_rates[0]}
    del description["learning_rates"]
    parameters = sum(p.value.size for p in build(recipe, np.random.default_rng(0)).parameters())
    return {
        "parameters": parameters,
        "recipe": description,
        "choice": choice,
        **{
            part: spread([r[part] for r in runs])
            for part in ("test_accuracy", "validation_accuracy", "training_accuracy")
        },
        "broken": {name: spread([r["broken"][name] for r in runs]) for name in runs[0]["broken"]},
        "validation_curves": [r["validation_curve"] for r in runs],
        "seconds_per_seed": [round(r["seconds"], 1) for r in runs],
    }


def rounded(value: object) -> object:
    """The same with floats to 6 digits, so that the file is short to read and to compare."""
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value


def main() -> None:
    """Train, store, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1), help="how many to train at once")
    results = rounded(collect(parser.parse_args().processes))
    text = json.dumps(results, indent=1)
    (BOOK / "results.json").write_text(text + "\n", encoding="utf-8")
    for name, network in results["networks"].items():
        test = network["test_accuracy"]
        print(f"{name:14} {test['mean']:.2%} ({test['min']:.2%} to {test['max']:.2%}) of the test images")
    print(f"wrote book/results.json and book/weights/{WITH_WEIGHTS.name}.npz in {results['seconds']:.0f} s")


if __name__ == "__main__":
    main()
