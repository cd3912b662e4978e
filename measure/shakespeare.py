"""Train a small transformer to write Shakespeare's lines, and store how well it foresees lines that it has not seen.

    python -m measure.shakespeare      or `make shakespeare`: about 30 minutes

The network of the chapter on attention: two blocks, 64 features, four heads, sequences of 64 characters, float32. It
learns from the first nine tenths of the text, by Adam with a warm-up and a cosine, in batches of 32 sequences that
begin anywhere. Beside it stand the same network trained for a shorter time, and at that shorter time without its mask,
without positions, and with one head in place of four. Each takes the rate of `RATES` that is best on the validation
part, tried at the shorter time with a seed of its own; that without a mask, whose cost there says nothing, takes the
rate of the whole network. Three seeds of each are then judged on the test part, cut into sequences of 64: the mean
cost in nats of a character, and of each place in a sequence.

What the network should beat is a table that counts which character follows which. So tables that look back 0, 1, 2, ...
characters are judged on the same characters; how much each leans on the next shorter one is chosen on the validation
part. It writes `book/measured/shakespeare.json`, and the first seed's weights, rounded to float16, into
`book/weights/shakespeare.npz`; the chapter on attention shows both.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from measure import BOOK, spread, store
from measure.workers import workers
from nnlib import (
    GELU,
    Adam,
    Attention,
    Dense,
    Embedding,
    LayerNorm,
    Network,
    Positions,
    Residual,
    SoftmaxCrossEntropy,
    cosine,
    load_shakespeare,
    log_softmax,
    one_epoch,
    warm_up,
)
from nnlib.datasets import Text

KINDS = 65  # of characters
LENGTH, WIDTH, BLOCKS, BATCH_SIZE = 64, 64, 2, 32
LONG, SHORT, WARM_UP = 3000, 400, 100  # steps
RATES = (0.003, 0.01, 0.03, 0.1)
SEEDS = (0, 1, 2)
CHOICE_SEED = 100  # tries the rates
LOOKING_BACK = (0, 1, 2, 3, 4, 5)  # characters that a table sees
LEANINGS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
WEIGHTS = BOOK / "weights" / "shakespeare.npz"


@dataclass(frozen=True)
class Plan:
    """A network, and for how many steps it is trained at which rate."""

    steps: int = SHORT
    causal: bool = True
    positions: bool = True
    heads: int = 4
    rate: float = 0.01


PLANS = {
    "long": Plan(LONG),
    "whole": Plan(),
    "no mask": Plan(causal=False),
    "no positions": Plan(positions=False),
    "one head": Plan(heads=1),
}
OWN_RATE = ("no positions", "one head")  # the others take that of the whole network at the shorter time


@cache
def text() -> Text:
    """Lines of Shakespeare."""
    return load_shakespeare()


def build(plan: Plan, rng: np.random.Generator, dtype: type = np.float32) -> Network:
    """The untrained network."""
    layers = [Embedding(KINDS, WIDTH, rng, dtype)]
    if plan.positions:
        layers += [Positions(LENGTH, WIDTH, rng, dtype)]
    for _ in range(BLOCKS):
        attention = Attention(WIDTH, plan.heads, rng, dtype, causal=plan.causal)
        inner = Dense(WIDTH, 4 * WIDTH, rng, dtype), GELU(), Dense(4 * WIDTH, WIDTH, rng, dtype)
        layers += [Residual(LayerNorm(WIDTH, dtype), attention), Residual(LayerNorm(WIDTH, dtype), *inner)]
    return Network(*layers, LayerNorm(WIDTH, dtype), Dense(WIDTH, KINDS, rng, dtype))


def stored_network() -> Network:
    """The network whose weights come with the book, in float64."""
    network = build(PLANS["long"], np.random.default_rng(0), np.float64)
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        for name, array in network.state().items():
            array[...] = stored[name]
    return network


def batches(part: np.ndarray, steps: int, rng: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Sequences that begin anywhere in the text, and at each place the character that comes next."""
    for _ in range(steps):
        places = rng.integers(0, len(part) - LENGTH, (BATCH_SIZE, 1)) + np.arange(LENGTH + 1)
        yield part[places[:, :-1]], part[places[:, 1:]]


def judged(part: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A part cut into sequences, one behind the other, and the characters that come next; what is left over is not."""
    n = (len(part) - 1) // LENGTH * LENGTH
    return part[:n].reshape(-1, LENGTH), part[1 : n + 1].reshape(-1, LENGTH)


def costs(network: Network, part: np.ndarray) -> np.ndarray:
    """The cost of each character of a part, in nats: (sequences, LENGTH)."""
    x, y = judged(part)
    each = []
    for start in range(0, len(x), 64):
        log_p = log_softmax(network.predict(x[start : start + 64]))
        each.append(-np.take_along_axis(log_p, y[start : start + 64, :, None], axis=2)[..., 0])
    return np.concatenate(each).astype(float)


def train(plan: Plan, seed: int) -> Network:
    """The trained network."""
    rng = np.random.default_rng(seed)
    network = build(plan, rng)
    warm = min(WARM_UP, plan.steps // 2)
    optimizer = Adam(network.parameters(), warm_up(cosine(plan.rate, plan.steps - warm), warm))
    one_epoch(network, SoftmaxCrossEntropy(), optimizer, batches(text().train, plan.steps, rng))
    return network


def write(network: Network, beginning: str, length: int, rng: np.random.Generator) -> str:
    """A beginning, and what the network writes behind it: each character drawn by its probability."""
    numbers = list(text().numbers(beginning))
    for _ in range(length):
        logits = network.predict(np.array([numbers[-LENGTH:]]))[0, -1]
        p = SoftmaxCrossEntropy.probabilities(logits[None].astype(float))[0]
        numbers.append(rng.choice(len(p), p=p))
    return text().letters(np.array(numbers))


def score(name: str, plan: Plan, seed: int) -> dict:
    """Train, and say what the test part costs, what it writes, and how long it took; keep one network's weights."""
    start = time.process_time()
    network = train(plan, seed)
    seconds = time.process_time() - start
    if (name, seed) == ("long", SEEDS[0]):
        np.savez_compressed(WEIGHTS, **{place: array.astype(np.float16) for place, array in network.state().items()})
    each = costs(network, text().test)
    lines = write(network, "\n", 300, np.random.default_rng(seed))
    return {"cost": each.mean(), "at": each.mean(axis=0).tolist(), "lines": lines, "seconds": seconds}


def choose(plan: Plan, rate: float) -> float:
    """What the validation part costs at a rate."""
    return float(costs(train(replace(plan, rate=rate), CHOICE_SEED), text().validation).mean())


def table_costs(looking_back: int, shorter: np.ndarray, leaning: float, part: np.ndarray) -> np.ndarray:
    """The probability that a table gives to each character of a part.

    (times that the character followed these + leaning * what the next shorter table says) / (times these came +
    leaning), counted in the training part; `shorter` holds what the shorter table says of each character.
    """
    learned = text().train

    def runs(of: np.ndarray, length: int, end: int) -> np.ndarray:
        """Each run of so many characters as one number, whose last is `end` places before the one to foresee."""
        base = len(text().characters)
        return sum(
            of[LOOKING_BACK[-1] - end - back : len(of) - end - back] * base**back for back in range(length)
        ) + np.zeros(len(of) - LOOKING_BACK[-1], np.int64)

    def counted(length: int, end: int) -> np.ndarray:
        """How often each run of the part came in the training part."""
        kinds, times = np.unique(runs(learned, length, end), return_counts=True)
        wanted = runs(part, length, end)
        places = np.searchsorted(kinds, wanted).clip(max=len(kinds) - 1)
        return np.where(kinds[places] == wanted, times[places], 0)

    together, before = counted(looking_back + 1, 0), counted(looking_back, 1)
    return (together + leaning * shorter) / (before + leaning)


def tables() -> list[dict]:
    """What the test part costs by tables that look back so many characters, each leaning as is best for validation."""
    parts = {"validation": text().validation, "test": text().test}
    behind = {name: np.full(len(part) - LOOKING_BACK[-1], 1 / len(text().characters)) for name, part in parts.items()}
    found = []
    for looking_back in LOOKING_BACK:
        tried = {
            leaning: -np.log(table_costs(looking_back, behind["validation"], leaning, parts["validation"])).mean()
            for leaning in LEANINGS
        }
        leaning = min(tried, key=tried.get)
        behind = {name: table_costs(looking_back, behind[name], leaning, part) for name, part in parts.items()}
        found.append({"back": looking_back, "leaning": leaning, "cost": float(-np.log(behind["test"]).mean())})
        print(f"a table that looks back {looking_back}: {found[-1]['cost']:.3f} (leaning {leaning:g})", flush=True)
    return found


def main() -> None:
    """Measure, store and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--processes", type=int, default=2, help="how many to train at once")
    settings = {"seeds": list(SEEDS), "length": LENGTH, "width": WIDTH, "blocks": BLOCKS, "batch_size": BATCH_SIZE}
    with workers(parser.parse_args().processes) as each:
        found = settings | {"rates": list(RATES), "tables": tables(), "plans": {}}
        tried = {}
        for name, plan in PLANS.items():
            rival = name if name in OWN_RATE else "whole"
            if rival not in tried:
                tried[rival] = each(choose, [(PLANS[rival], rate) for rate in RATES])
                print(f"{rival}, at the rates {RATES}: {tried[rival]}", flush=True)
            used = replace(plan, rate=RATES[int(np.argmin(tried[rival]))])
            scores = each(score, [(name, used, seed) for seed in SEEDS])
            runs = {key: [scored[key] for scored in scores] for key in ("cost", "at", "lines", "seconds")}
            found["plans"][name] = {"steps": plan.steps, "rate": used.rate, "tried": tried[rival], **runs}
            store("shakespeare", found)
            print(name, "{mean:.3f} ({min:.3f} to {max:.3f})".format(**spread(runs["cost"])), flush=True)


if __name__ == "__main__":
    main()
