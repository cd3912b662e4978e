"""Train the recipes over three seeds and store how many test images they read rightly: book/measured/records.json.

    python -m measure.records                    the test images: about 18 CPU minutes
    python -m measure.records --validation       the last 10,000 training images instead, on which all was chosen
    python -m measure.records --ablation         the same with one ingredient left out at a time, a minute for each seed
    python -m measure.records --kernels          a convolutional network: a rate from the validation images, then the
                                                 test images, about 20 CPU minutes

CPU time is this process's, on one thread, from the images as they are to the trained networks; loading the
data before it and answering the test images after it are not in it.
"""

import argparse
from dataclasses import asdict, replace

import numpy as np

from measure import spread, store
from measure.records.kernels import KernelRecipe, build_kernels, train_kernels
from measure.records.recipe import FIVE_MINUTES, MINUTE, Recipe, train
from nnlib import load_mnist
from nnlib.datasets import Dataset

SEEDS, ABLATION_SEEDS = (0, 1, 2), (0, 1)
RECIPES = {"60": MINUTE, "300": FIVE_MINUTES}
BARS = {"60": 0.990, "300": 0.994}
VALIDATION = 10_000  # the last of the training images
KERNELS, KERNELS_BAR = KernelRecipe(), 0.993
RATES, CHOICE_SEED = (0.001, 0.003, 0.01), 100  # what the kernels' rate is chosen from, and with none of the seeds
BENDS = MINUTE.distortion
WITHOUT = {
    "nothing": MINUTE,
    "distortion": replace(MINUTE, distortion=None),
    "elastic bends": replace(MINUTE, distortion=replace(BENDS, bend=0.0)),
    "turns, stretches, leans and shifts": replace(
        MINUTE, distortion=replace(BENDS, turn=0.0, stretch=0.0, lean=0.0, shift=0.0)
    ),
    "batch norm": replace(MINUTE, batch_norm=False, rate=MINUTE.rate / 8),
    "the choice by doubt": replace(MINUTE, doubtful=0.0),
    "setting upright": replace(MINUTE, upright=False),
    "cropping": replace(MINUTE, side=28),
    "the falling rate": replace(MINUTE, falling=False, rate=MINUTE.rate / 4),
}


def score(recipe: Recipe | KernelRecipe, parts: tuple[np.ndarray, ...], seed: int) -> dict:
    """Train on the first two parts, and score once on the other two."""
    x, y, x_aside, y_aside = parts
    do = train_kernels if isinstance(recipe, KernelRecipe) else train
    reader, used = do(recipe, x, y, np.random.default_rng(seed))
    return {"seed": seed, "accuracy": round(float(np.mean(reader.predict(x_aside) == y_aside)), 5), **used}


def split(mnist: Dataset, part: str) -> tuple[np.ndarray, ...]:
    """Images and labels to train on, and those that score: the test images, or the last of the training images."""
    x, y = mnist.x_train, mnist.y_train
    if part == "test":
        return x, y, mnist.x_test, mnist.y_test
    return x[:-VALIDATION], y[:-VALIDATION], x[-VALIDATION:], y[-VALIDATION:]


def kernels() -> None:
    """Choose the convolutional network's rate in short runs on the validation images, then score three seeds."""
    mnist, tries = load_mnist(), {}
    for rate in RATES:
        short = replace(KERNELS, rate=rate, seconds=KERNELS.seconds / 5)
        tries[str(rate)] = score(short, split(mnist, "validation"), CHOICE_SEED)
        print(f"rate {rate}: {tries[str(rate)]}", flush=True)
    recipe = replace(KERNELS, rate=float(max(tries, key=lambda rate: tries[rate]["accuracy"])))
    runs = []
    for seed in SEEDS:
        runs.append(score(recipe, split(mnist, "test"), seed))
        print(runs[-1], flush=True)
    parameters = sum(p.value.size for p in build_kernels(recipe, np.random.default_rng(0)).parameters())
    found = {"bar": KERNELS_BAR, "recipe": asdict(recipe), "parameters": parameters, "validation": tries}
    result = {"runs": runs} | spread([run["accuracy"] for run in runs])
    store("records", {"kernels": found | {"test": result}})


def main(part: str) -> None:
    """Measure the part asked for, seed by seed; the others keep their stored numbers."""
    if part == "kernels":
        return kernels()
    parts = split(load_mnist(), part)
    recipes, measured = (WITHOUT if part == "ablation" else RECIPES), {}
    described = {name: asdict(recipe) for name, recipe in RECIPES.items()}
    for seed in ABLATION_SEEDS if part == "ablation" else SEEDS:
        for name, recipe in recipes.items():
            runs = measured.setdefault(name, {"runs": []})["runs"]
            runs.append(score(recipe, parts, seed))
            measured[name] |= spread([run["accuracy"] for run in runs])
            line = "seed {seed}: {accuracy:.2%}, {epochs} epochs in {cpu_seconds} s".format(**runs[-1])
            print(f"{name:36}{line}", flush=True)
        store("records", {"bars": BARS, "recipes": described, part: measured})
    for name, result in measured.items():
        print(f"{name}: " + "{mean:.2%} ({min:.2%} to {max:.2%})".format(**result))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Train the records' recipes over three seeds.")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--validation", dest="part", action="store_const", const="validation", default="test")
    which.add_argument("--ablation", dest="part", action="store_const", const="ablation")
    which.add_argument("--kernels", dest="part", action="store_const", const="kernels")
    main(parser.parse_args().part)
