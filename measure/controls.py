"""Train the networks of the chapter on handwritten digits with one ingredient changed at a time, over five seeds.

    python -m measure.controls      about ten minutes

Two questions, answered on the validation images alone: what do the cost, the penalty on large weights and a falling
rate do for 784-100-10 (`ingredients`), and what do width and depth do at equal width (`shapes`)? Each side gets the
learning rate that is best for itself, chosen with a seed that no score comes from, as in `measure.results`.
"""

import argparse
import os
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context

from measure import store
from measure.results import SEEDS, Plan, data, over_seeds, run, train, try_rates, with_best
from nnlib import accuracy


def _hundred(cost: str, l2: float = 0.0, falling: bool = False) -> Plan:
    rates = (1.0, 3.0, 10.0) if cost == "quadratic" else (0.3, 1.0, 3.0)
    return Plan((784, 100, 10), cost, batch_size=32, epochs=10, learning_rates=rates, l2=l2, falling=falling)


def _shape(*hidden: int) -> Plan:
    rates = (1.0, 3.0, 10.0)
    return Plan((784, *hidden, 10), "quadratic", batch_size=32, epochs=10, learning_rates=rates, falling=True)


PLANS = {
    "ingredients": (
        _hundred("quadratic"),
        _hundred("cross-entropy"),
        _hundred("cross-entropy", l2=1e-4),
        _hundred("cross-entropy", falling=True),
        _hundred("cross-entropy", l2=1e-4, falling=True),
    ),
    "shapes": (_shape(16), _shape(16, 16), _shape(30), _shape(30, 30), _shape(100)),
}


def score(plan: Plan, seed: int) -> dict[str, float]:
    """What one seed of a plan reaches on the images it was chosen by and on those it was trained on."""
    network, curve = train(plan, seed)
    return {"validation_accuracy": curve[-1], "training_accuracy": accuracy(network, *data()["training"])}


def collect(group: str, processes: int) -> dict:
    """What `controls.json` holds of one group of plans."""
    start, plans = time.perf_counter(), PLANS[group]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        choices = run(pool, {(plan,): (try_rates, (plan,)) for plan in plans}, f"Learning rates, {group}")
        chosen = {plan: with_best(plan, choices[plan,]) for plan in plans}
        done = run(pool, {(plan, s): (score, (chosen[plan], s)) for plan in plans for s in SEEDS}, f"Seeds, {group}")
    entries = []
    for plan in plans:
        recipe = asdict(chosen[plan]) | {"learning_rate": chosen[plan].learning_rates[0]}
        del recipe["learning_rates"]
        runs = [done[plan, seed] for seed in SEEDS]
        scores = {part: over_seeds([scored[part] for scored in runs]) for part in runs[0]}
        entries.append({"network": plan.name, "recipe": recipe, "choice": choices[plan,], **scores})
    return {group: {"plans": entries, "seeds": list(SEEDS), "seconds": round(time.perf_counter() - start, 1)}}


def main() -> None:
    """Train, store each group as soon as it is there, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("groups", nargs="*", default=list(PLANS), help=f"some of {', '.join(PLANS)}")
    parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1), help="how many to train at once")
    arguments = parser.parse_args()
    for group in arguments.groups:
        controls = collect(group, arguments.processes)
        store("controls", controls)
        for entry in controls[group]["plans"]:
            recipe, right = entry["recipe"], entry["validation_accuracy"]
            print(
                f"{entry['network']:14}",
                *(f"{recipe[key]}" for key in ("cost", "l2", "falling", "learning_rate")),
                end=" ",
            )
            print(f"{right['mean']:.2%} ({right['min']:.2%} to {right['max']:.2%})")


if __name__ == "__main__":
    main()
