"""Measure learning from reward: how many of 20 seeds learn to balance a pole, by which weights, and what is plainer.

    python -m measure.studies.reward      or `make STUDY=reward study`: about 8 minutes

A network of 16 hidden tanh neurons moves 16 carts at once and by lot. After each such round its moves are the labels,
the slopes of the cross-entropy are weighted, and Adam takes one step. The ways differ in the weights alone; for control
one has the weights that learn best and no hidden layer. After 25 rounds, which are 400 carts, a network is tested: it
takes the likelier move on 100 fresh carts of its own seed. It *has learned* if they stand 475 of 500 steps in the mean,
which was set before anything was run. Each way has the rate and the discount whose networks stand longest in that test
in the mean of five seeds that are not among the 20. Each of the 20 trainings then goes on to 50 rounds, to see whether
it stays learned.

Beside that: how noisy the gradient is by three weights, for the same moves and without discount, as the variance of one
round's gradient over the square of the mean gradient's length, 400 rounds each; and how the networks, and two rules of
one line, fare for ten times as long and with other poles. The second of these solves the chapter's last exercise. The
plain peer is a search by lot: linear rules, of which the one is kept that stood longest, with as many carts; how it
draws them, and how many carts judge a rule, is chosen as above, but by 20 seeds, for its luck is great.

It writes `book/measured/studies/reward.json`, and the first seed's network to `book/nnlib/alive/reward/weights.npz`.
With `--torch` it trains the same networks, with the settings that were best here, in PyTorch, and nothing else; with
`--search` it searches by lot, with `--rules` it lets the two rules of one line stand elsewhere, and nothing else.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from itertools import product

import numpy as np

from measure import BOOK, MEASURED, store
from nnlib import Adam, Dense, Network, SoftmaxCrossEntropy, Tanh
from nnlib.exercises.reward import rule as staying
from nnlib.studies.reward import LONGEST, RIGHT, Choose, by_lot, likelier, play, stood

SEEDS, CHOICE_SEEDS, MORE_CHOICE_SEEDS = tuple(range(20)), tuple(range(100, 105)), tuple(range(100, 120))
CARTS, ROUNDS, MORE, EVERY = 16, 25, 50, 5  # carts in a round; rounds that settings are chosen for, and in all
HIDDEN, LEARNED, FRESH = 16, 475, 100
RATES, RATES_OF_ONE_LAYER = (0.01, 0.03, 0.1, 0.3), (0.03, 0.1, 0.3, 1.0)
DISCOUNTS = (0.95, 0.99, 1.0)
NOISE_ROUNDS = 400
ELSEWHERE = {  # steps, and half the pole's length
    "as in training": (LONGEST, 0.5),
    "ten times as long": (10 * LONGEST, 0.5),
    "a pole four times as long": (LONGEST, 2.0),
    "a pole a quarter as long": (LONGEST, 0.125),
}
WEIGHTS = BOOK / "nnlib" / "alive" / "reward" / "weights.npz"

Weigh = Callable[[np.ndarray, float], np.ndarray]  # from who stood (time, n), and a discount, to weights (time, n)


def followed(standing: np.ndarray, discount: float) -> np.ndarray:
    """What followed each move: a point for each step that the cart still stood, later ones discounted."""
    total, found = np.zeros(standing.shape[1]), np.zeros(standing.shape)
    for time in reversed(range(len(standing))):
        total = standing[time] * (1 + discount * total)
        found[time] = total
    return found


def whole(standing: np.ndarray, discount: float) -> np.ndarray:
    """All that its cart got in all, for every move."""
    return np.broadcast_to(standing.sum(axis=0, dtype=float), standing.shape)


def against_others(standing: np.ndarray, discount: float) -> np.ndarray:
    """What followed, minus what followed at that time for the carts in the mean."""
    points = followed(standing, discount)
    return points - points.mean(axis=1, keepdims=True)


def against_itself(standing: np.ndarray, discount: float) -> np.ndarray:
    """The same with the mean along the wrong axis: over the times of each cart."""
    points = followed(standing, discount)
    return points - points.mean(axis=0, keepdims=True)


def came_before(standing: np.ndarray, discount: float) -> np.ndarray:
    """The sum run in the wrong direction: what the cart had got until the move."""
    return standing * followed(np.ones_like(standing), discount)[::-1]


WAYS: dict[str, tuple[Weigh, int]] = {  # the weights, and the number of hidden neurons
    "whole": (whole, HIDDEN),
    "followed": (followed, HIDDEN),
    "against others": (against_others, HIDDEN),
    "no hidden layer": (against_others, 0),
    "against itself": (against_itself, HIDDEN),
    "came before": (came_before, HIDDEN),
}


def untrained(hidden: int, rng: np.random.Generator) -> Network:
    """From four numbers to two logits."""
    if not hidden:
        return Network(Dense(4, 2, rng))
    return Network(Dense(4, hidden, rng), Tanh(), Dense(hidden, 2, rng))


def learn(weigh: Weigh, hidden: int, seed: int, rounds: int, rate: float, discount: float):
    """Train, and give after each round the network, the moves' probabilities as it plays, and how long carts stood."""
    rng = np.random.default_rng(seed)
    network = untrained(hidden, rng)
    adam, loss = Adam(network.parameters(), rate), SoftmaxCrossEntropy()
    for _ in range(rounds):
        states, moves, standing = play(by_lot(network, rng), CARTS, rng)
        weight = weigh(standing, discount)[standing]
        loss.forward(network.forward(states[standing]), moves[standing])
        network.collect(weight[:, None] * loss.backward())
        adam.step()
        yield network, standing.sum(axis=0)


def tested(choose: Choose, seed: int) -> float:
    """How many steps 100 fresh carts stand in the mean; the same carts for all who are tested with that seed."""
    return float(stood(choose, FRESH, np.random.default_rng([seed, 1])).mean())


def choose_best(score: Callable[..., float], settings: list[dict], seeds: Sequence[int] = CHOICE_SEEDS) -> dict:
    """The settings that are best in the mean of the seeds for that, and what each reached."""
    tried = [[score(seed, **one) for seed in seeds] for one in settings]
    best = settings[int(np.argmax(np.mean(tried, axis=1)))]
    return {"settings": best, "tried": [one | {"stood": got} for one, got in zip(settings, tried, strict=True)]}


def one_way(name: str) -> dict:
    """The best settings of a way, and the test of each seed after every five rounds."""
    weigh, hidden = WAYS[name]

    def score(seed: int, **setting: float) -> float:
        *_, (network, _) = learn(weigh, hidden, seed, ROUNDS, **setting)
        return tested(likelier(network), seed)

    rates = RATES if hidden else RATES_OF_ONE_LAYER
    settings = [{"rate": rate, "discount": one} for rate, one in product(rates, DISCOUNTS)]
    found = choose_best(score, [one for one in settings if name != "whole" or one["discount"] == 1])
    found["per_seed"] = []
    for seed in SEEDS:
        run = {"tests": [], "fell": 0}
        for done, (network, steps) in enumerate(learn(weigh, hidden, seed, MORE, **found["settings"]), start=1):
            if done <= ROUNDS:
                run["fell"] += int((steps < LONGEST).sum())
            if done % EVERY == 0:
                run["tests"].append(tested(likelier(network), seed))
            if done == ROUNDS and name == "against others":
                run["elsewhere"] = elsewhere(likelier(network), seed)
                if seed == SEEDS[0]:
                    WEIGHTS.parent.mkdir(exist_ok=True)
                    np.savez(WEIGHTS, **{key: value.astype("<f4") for key, value in network.state().items()})
        found["per_seed"].append(run)
    print(name, found["settings"], [round(run["tests"][ROUNDS // EVERY - 1]) for run in found["per_seed"]], flush=True)
    return found


def elsewhere(choose: Choose, seed: int) -> dict:
    """How long 100 fresh carts stand in the mean if something is other than it was."""
    return {
        name: float(stood(choose, FRESH, np.random.default_rng([seed, 2]), longest, half).mean())
        for name, (longest, half) in ELSEWHERE.items()
    }


def foresight(state: np.ndarray) -> np.ndarray:
    """The rule of one line: push to where the pole will be in half a second if it goes on turning as it does."""
    return (state[:, 2] + 0.5 * state[:, 3] > 0).astype(np.intp)


def rules_elsewhere() -> dict:
    """What the two rules of one line come to elsewhere."""
    return {
        "rule elsewhere": [elsewhere(foresight, seed) for seed in SEEDS],
        "rule that stays elsewhere": [elsewhere(staying, seed) for seed in SEEDS],
    }


def coin(seed: int) -> Choose:
    """Each move by lot."""
    rng = np.random.default_rng([seed, 5])
    return lambda state: rng.integers(0, 2, len(state))


def plain() -> dict:
    """How long poles stand without learning: 100 carts for each seed, the same as for the networks."""
    rules = {
        "by lot": coin,
        "always right": lambda seed: lambda state: np.full(len(state), RIGHT),
        "where it leans": lambda seed: lambda state: (state[:, 2] > 0).astype(np.intp),
        "where it turns": lambda seed: lambda state: (state[:, 3] > 0).astype(np.intp),
        "where it will be": lambda seed: foresight,
    }
    return {name: [tested(rule(seed), seed) for seed in SEEDS] for name, rule in rules.items()}


def search(seed: int, carts: int, around: bool) -> np.ndarray:
    """Linear rules by lot: the one of which `carts` carts stood longest, each drawn anew or around the best so far."""
    rng, best, longest = np.random.default_rng(seed), np.zeros(4), 0.0
    for _ in range(CARTS * ROUNDS // carts):
        rule = around * best + rng.standard_normal(4)  # how large all four are makes no difference
        steps = stood(lambda state, rule=rule: (state @ rule > 0).astype(np.intp), carts, rng).mean()
        if steps >= longest:
            best, longest = rule, steps
    return best


def searched() -> dict:
    """What the search by lot comes to."""

    def rule(seed: int, **setting: int) -> Choose:
        found = search(seed, **setting)
        return lambda state: (state @ found > 0).astype(np.intp)

    settings = [{"carts": carts, "around": around} for carts, around in product((4, 16), (False, True))]
    found = choose_best(lambda seed, **setting: tested(rule(seed, **setting), seed), settings, MORE_CHOICE_SEEDS)
    rules = [rule(seed, **found["settings"]) for seed in SEEDS]
    found["per_seed"] = [
        {"tests": [tested(one, seed)], "elsewhere": elsewhere(one, seed)}
        for seed, one in zip(SEEDS, rules, strict=True)
    ]
    print("search", found["settings"], [round(run["tests"][0]) for run in found["per_seed"]], flush=True)
    return found


def noise(seed: int, rounds: int, setting: dict) -> dict:
    """The gradient's variance over its square, by three weights, after so many rounds of the way that learns best."""
    rng = np.random.default_rng([seed, 3])
    network = untrained(HIDDEN, np.random.default_rng(seed))
    for network, _ in learn(against_others, HIDDEN, seed, rounds, **setting):  # noqa: B007 the last is wanted
        pass
    loss, found = SoftmaxCrossEntropy(), {"whole": [], "followed": [], "against others": []}
    for _ in range(NOISE_ROUNDS):
        states, moves, standing = play(by_lot(network, rng), CARTS, rng)
        loss.forward(network.forward(states[standing]), moves[standing])
        slopes = loss.backward() * (standing.sum() / CARTS)  # of a cart, not of a move: so its mean is the true one
        for name, gradients in found.items():
            network.collect(WAYS[name][0](standing, 1.0)[standing][:, None] * slopes)
            gradients.append(np.concatenate([p.grad.ravel() for p in network.parameters()]))
    answer = {}
    for name, gradients in found.items():
        variance = np.var(gradients, axis=0, ddof=1).sum()
        signal = np.sum(np.mean(gradients, axis=0) ** 2) - variance / NOISE_ROUNDS
        answer[name] = {"variance": float(variance), "signal": float(signal), "ratio": float(variance / signal)}
    return answer


def torch_run(seed: int, rate: float, discount: float) -> dict:
    """The same network in PyTorch, from first weights of its own, moved by its own lots."""
    import torch

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    first, last = torch.nn.Linear(4, HIDDEN), torch.nn.Linear(HIDDEN, 2)
    model = torch.nn.Sequential(first, torch.nn.Tanh(), last).double()
    adam, rng = torch.optim.Adam(model.parameters(), rate), np.random.default_rng([seed, 4])

    @torch.no_grad()
    def drawn(state):
        return torch.multinomial(torch.softmax(model(torch.from_numpy(state)), dim=1), 1)[:, 0].numpy()

    @torch.no_grad()
    def likeliest(state):
        return model(torch.from_numpy(state)).argmax(dim=1).numpy()

    tests = []
    for done in range(1, MORE + 1):
        states, moves, standing = play(drawn, CARTS, rng)
        weight = torch.from_numpy(against_others(standing, discount)[standing])
        logits, labels = model(torch.from_numpy(states[standing])), torch.from_numpy(moves[standing])
        adam.zero_grad()
        (weight * torch.nn.functional.cross_entropy(logits, labels, reduction="none")).mean().backward()
        adam.step()
        if done % EVERY == 0:
            tests.append(tested(likeliest, seed))
    return {"tests": tests}


def main() -> None:
    """Measure, store, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--torch", action="store_true", help="train the network in PyTorch alone")
    parser.add_argument("--search", action="store_true", help="search by lot alone")
    parser.add_argument("--rules", action="store_true", help="let the two rules of one line stand elsewhere alone")
    asked = parser.parse_args()
    if asked.rules:
        store("studies/reward", rules_elsewhere())
        return
    if asked.search:
        store("studies/reward", {"peers": {"search by lot": searched()}})
        return
    if asked.torch:
        stored = json.loads((MEASURED / "studies" / "reward.json").read_text(encoding="utf-8"))
        best = stored["ways"]["against others"]["settings"]
        store("studies/reward", {"torch": [torch_run(seed, **best) for seed in SEEDS]}, ("numpy", "torch"))
        return
    ways = {name: one_way(name) for name in WAYS}
    best = ways["against others"]["settings"]
    data = {
        "seeds": list(SEEDS),
        "carts": CARTS,
        "rounds": ROUNDS,
        "learned": LEARNED,
        "plain": plain(),
        "ways": ways,
        "peers": {"search by lot": searched()},
        **rules_elsewhere(),
        "noise": {str(rounds): [noise(seed, rounds, best) for seed in SEEDS[:5]] for rounds in (0, 5)},
    }
    store("studies/reward", data)


if __name__ == "__main__":
    main()
