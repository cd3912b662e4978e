"""Measure a translator of short sentences: what it gets right when it is told the pieces before, and when it is not.

    python -m measure.studies.translation      or `make STUDY=translation study`: about 35 minutes

The pairs are parted once, by sentence: to learn from, to choose by, to be tested. The pieces of words are learned from
the first part. The strength of dropout is the one that costs least on the part to choose by, tried for a third of
the epochs with a seed of its own. The rate, 0.01, cost less there than 0.004 in a first trial, and 900 merges brought a
higher chrF than 500. Then each of five seeds, its first weights and its order, trains a network and meets the test part
once. Beside it stand copying from the most alike sentence, word for word by counting, somebody else's German, and, for
what needs no English at all, the same network trained on the German alone. A piece is right if it is the wanted one
at its place: `told` gives the network the wanted pieces before it, `alone` its own.

It writes `book/measured/studies/translation.json`, and the first seed's weights, in half precision, to
`book/nnlib/alive/translation/weights.npz`; the study shows both. With `--torch` it builds the same network in PyTorch,
with the stored weights, says by how much its outputs differ, and nothing else; with `--page` it judges the
stored network, and what chrF does not tell of it, with `--courses` it trains with the weakest and the strongest
dropout to the last epoch, with `--german` it trains those without English, and with
`--peers` it copies as scikit-learn does, alone.
"""

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise, permutations

import numpy as np

from measure import MEASURED, spread, store
from measure.workers import workers
from nnlib import Adam, Network, SoftmaxCrossEntropy, cosine, load_names, one_epoch, warm_up
from nnlib.alive.translation import WEIGHTS, load, save
from nnlib.studies.translation import (
    IGNORED,
    Copy,
    Pieces,
    WordForWord,
    batches,
    build,
    chrf,
    dice,
    learn_merges,
    load_pairs,
    parts,
    split,
    table_of,
    translate_all,
)
from nnlib.text import tokens

SEEDS, CHOICE_SEED, PARTING = (0, 1, 2, 3, 4), 100, 0
MERGES, WIDTH, BATCH_SIZE, EPOCHS, FEWER = 900, 64, 32, 12, 4
SETTINGS = tuple({"rate": 0.01, "drop": drop} for drop in (0.1, 0.2, 0.3))
WARM_UP = 100  # steps
FRAMES = ("{} is here.", "I saw {}.", "Where is {}?", "{} loves music.")
NAMES = 50  # of each kind
COURSES = (SETTINGS[0]["drop"], SETTINGS[-1]["drop"])  # tried to the last epoch, on the part to choose by
DRAWS = 2000  # of the bootstrap


@cache
def data() -> tuple[list[str], list[str], tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """The English, the German, and the places of the three parts."""
    english, german = load_pairs()
    return english, german, parts(english, german, np.random.default_rng(PARTING))


def of(part: int) -> tuple[list[str], list[str]]:
    """The English and the German of a part: 0 to learn from, 1 to choose by, 2 to be tested."""
    english, german, places = data()
    return [english[i] for i in places[part]], [german[i] for i in places[part]]


def coded(texts: Sequence[str], pieces: Pieces) -> list[list[int]]:
    """Texts as the numbers of their pieces."""
    return [pieces.encode(text) for text in texts]


def train(
    merges: Sequence,
    seed: int,
    rate: float,
    drop: float,
    epochs: int = EPOCHS,
    english: bool = True,
    after: Callable[[Network], None] = lambda network: None,
) -> Network:
    """The trained network; without English it sees nothing but the mark before the German. `after` sees each epoch."""
    pieces, rng = Pieces(merges), np.random.default_rng(seed)
    ours, theirs = (coded(texts, pieces) for texts in of(0))
    if not english:
        ours = [[] for _ in ours]
    network = build(len(pieces.table), WIDTH, rng, np.float32, drop=drop)
    steps = epochs * -(-len(ours) // BATCH_SIZE)
    optimizer = Adam(network.parameters(), warm_up(cosine(rate, steps - WARM_UP), WARM_UP))
    for _ in range(epochs):
        one_epoch(network, SoftmaxCrossEntropy(IGNORED), optimizer, batches(ours, theirs, pieces, BATCH_SIZE, rng))
        after(network)
    return network


def told(network: Network, pieces: Pieces, english: Sequence[str], german: Sequence[str]) -> tuple[float, float]:
    """The mean cost of a wanted piece, and the share that is right, each with the wanted pieces before it."""
    costs, right, n = 0.0, 0, 0
    ours, theirs = coded(english, pieces), coded(german, pieces)
    order = sorted(range(len(ours)), key=lambda i: len(ours[i]) + len(theirs[i]))
    for start in range(0, len(order), 64):
        places = order[start : start + 64]
        x, labels = table_of([ours[i] for i in places], [theirs[i] for i in places], pieces)
        asked = labels != IGNORED
        logits, wanted = network.predict(x)[asked], labels[asked]
        costs += SoftmaxCrossEntropy().forward(logits, wanted) * len(wanted)
        right += int(np.sum(logits.argmax(axis=1) == wanted))
        n += len(wanted)
    return costs / n, right / n


def alone(guesses: Sequence[str], german: Sequence[str], pieces: Pieces) -> float:
    """The share of the wanted pieces, the end too, that stand in the translations at the same place."""
    right = n = 0
    for guess, wanted in zip(guesses, german, strict=True):
        ours, theirs = ([*row, pieces.end] for row in coded([guess, wanted], pieces))
        right += sum(a == b for a, b in zip(ours, theirs, strict=False))
        n += len(theirs)
    return right / n


def judged(guesses: Sequence[str], german: Sequence[str], pieces: Pieces) -> dict:
    """What translations are worth."""
    each = [chrf(guess, wanted) for guess, wanted in zip(guesses, german, strict=True)]
    same = [tokens(guess) == tokens(wanted) for guess, wanted in zip(guesses, german, strict=True)]
    return {
        "chrf": float(np.mean(each)),
        "alone": alone(guesses, german, pieces),
        "same words": float(np.mean(same)),
        "each": each,
    }


def shortened(text: str) -> set[tuple]:
    """The words of a text without one of them, for each of them, with its place."""
    words = tokens(text)
    return {(*words[:i], None, *words[i + 1 :]) for i in range(len(words))}


def has_neighbour(texts: Sequence[str], stored: Sequence[str]) -> np.ndarray:
    """Whether a stored text differs in one word alone."""
    pool = set().union(*map(shortened, stored))
    return np.array([not pool.isdisjoint(shortened(text)) for text in texts])


def names() -> dict[str, list[str]]:
    """Names in the English to learn from, in five pairs at least, and names that are in none; each written alike."""
    seen = [{word.strip() for word in split(text)} for text in of(0)[0]]
    german = [{word.strip() for word in split(text)} for text in of(0)[1]]
    times = {}
    for e, g in zip(seen, german, strict=True):
        for word in e & g:
            times[word] = times.get(word, 0) + 1
    every = set().union(*seen)
    known = sorted(set(map(str.title, load_names())))
    rng = np.random.default_rng(0)
    new = [name for name in known if name not in every and name.isascii() and 3 <= len(name) <= 7]
    return {
        "seen": [name for name in known if times.get(name, 0) >= 5][:NAMES],
        "new": sorted(rng.permutation(new)[:NAMES].tolist()),
    }


def names_kept(translate: Callable[[list[str]], list[str]]) -> dict[str, float]:
    """The share of translations that have the name of the English sentence, letter for letter, of either kind."""
    found = {}
    for kind, some in names().items():
        asked = [(frame.format(name), name) for name in some for frame in FRAMES]
        said = translate([text for text, _ in asked])
        found[kind] = float(
            np.mean([name in tokens_as_written(text) for text, (_, name) in zip(said, asked, strict=True)])
        )
    return found


def tokens_as_written(text: str) -> set[str]:
    """The words of a text, with capitals, and without an s behind a name."""
    words = {word.strip() for word in split(text)}
    return words | {word.removesuffix("s") for word in words}


def score(merges: Sequence, seed: int, setting: dict) -> dict:
    """A network, trained and judged."""
    start, pieces = time.process_time(), Pieces(merges)
    network = train(merges, seed, **setting)
    seconds = time.process_time() - start
    if seed == SEEDS[0]:
        save(network, pieces, WEIGHTS)
    return of_network(network, pieces) | {"seconds": seconds}


def of_network(network: Network, pieces: Pieces) -> dict:
    """What a network reaches on the test part."""
    english, german = of(2)
    cost, right = told(network, pieces, english, german)
    cost_learned, right_learned = told(network, pieces, *(texts[::8] for texts in of(0)))
    return {
        "cost": cost,
        "told": right,
        "told, other English": told(network, pieces, english[1:] + english[:1], german)[1],
        "learned": {"cost": cost_learned, "told": right_learned},
        "names kept": names_kept(lambda texts: translate_all(network, pieces, texts)),
        **judged(translate_all(network, pieces, english), german, pieces),
    }


def of_page() -> dict:
    """What the stored network reaches, with its weights in half precision, and where it looks."""
    network, pieces = load()
    found = of_network(network, pieces)
    del found["each"]
    return found | {"looks": where_it_looks(network, pieces, *of(2))}


def german_alone(merges: Sequence, seed: int, setting: dict) -> dict:
    """The same network without English: told the pieces before; and, alone, the one sentence that it says to all."""
    pieces = Pieces(merges)
    network = train(merges, seed, **setting, english=False)
    german = of(2)[1]
    cost, right = told(network, pieces, [""] * len(german), german)
    return {"cost": cost, "told": right, **judged(translate_all(network, pieces, [""]) * len(german), german, pieces)}


TRAINED = {"network": score, "german alone": german_alone}


def trained(name: str, merges: Sequence, seed: int, setting: dict) -> dict:
    """One of these."""
    found = TRAINED[name](merges, seed, setting)
    print(name, seed, {key: round(value, 3) for key, value in found.items() if isinstance(value, float)}, flush=True)
    return found


def tried(merges: Sequence, setting: dict) -> float:
    """What a setting costs on the part to choose by."""
    network = train(merges, CHOICE_SEED, **setting, epochs=FEWER)
    return told(network, Pieces(merges), *of(1))[0]


def course(merges: Sequence, drop: float) -> dict:
    """Trained to the end with this dropout: on the part to choose by, the cost after each epoch, and the last chrF."""
    pieces, costs = Pieces(merges), []
    english, german = of(1)
    network = train(
        merges,
        CHOICE_SEED,
        SETTINGS[0]["rate"],
        drop,
        after=lambda network: costs.append(told(network, pieces, english, german)[0]),
    )
    return {"drop": drop, "costs": costs} | short(judged(translate_all(network, pieces, english), german, pieces))


def leak(copy: Callable = Copy) -> dict:
    """Parted by pair instead: how many tested pairs have a sentence that was learned, and what copying gets there."""
    english, german, (_, _, test) = data()
    order = np.random.default_rng(PARTING).permutation(len(english))
    tested, learned = order[: len(test)], order[len(test) :]
    copied = copy([english[i] for i in learned], [german[i] for i in learned])
    each = np.array([chrf(copied(english[i]), german[i]) for i in tested])
    known = [{tuple(tokens(texts[i])) for i in learned} for texts in (english, german)]
    same = [
        np.array([tuple(tokens(texts[i])) in some for i in tested])
        for texts, some in zip((english, german), known, strict=True)
    ]
    either = same[0] | same[1]
    return {
        "tested": len(tested),
        "english": float(same[0].mean()),
        "german": float(same[1].mean()),
        "either": float(either.mean()),
        "chrf": float(each.mean()),
        "chrf of these": float(each[either].mean()),
        "chrf of the others": float(each[~either].mean()),
    }


def plain(pieces: Pieces) -> dict:
    """The answers without a network, on the test part."""
    english, german = of(2)
    copy, word = Copy(*of(0)), WordForWord(*of(0))
    others = np.random.default_rng(PARTING).choice(of(0)[1], len(german)).tolist()
    ways = {"copy": [*map(copy, english)], "word for word": [*map(word, english)], "somebody else's": others}
    found = {name: judged(guesses, german, pieces) for name, guesses in ways.items()}
    for name, way in (("copy", copy), ("word for word", word)):
        found[name]["names kept"] = names_kept(lambda texts, way=way: [*map(way, texts)])
    return found


def limits() -> dict:
    """What chrF does not tell: a second measure, lengths, what another person wrote, and what a translation changes.

    On the test part; of the networks, the stored one alone. `pairs of words` is the share of the wanted German's pairs
    of neighbouring words that the translation has too, over all sentences; `length` compares the characters.
    `negation lost` counts translations without any "nicht" or the like, of those whose wanted German has one
    (`negated`), `negation added` those with one, of those where neither the wanted German nor the English has any
    (`affirmed`). `familiar` counts those with "du", of those where the wanted German says "Sie" for "you" (`polite`),
    and `made polite` those with "Sie", of those where it says "du" (`close`). `changed` is the chrF where the
    dictionary leaves no English word as it stands, `above` by how much a way is above the network in most draws.
    """
    (english, german), (network, pieces) = of(2), load()
    ways = {
        "network": translate_all(network, pieces, english),
        "copy": [*map(Copy(*of(0)), english)],
        "word for word": [*map(WordForWord(*of(0)), english)],
        "word for word, by share": [*map(WordForWord(*of(0), by_share), english)],
        "English": english,
    }
    points = {name: np.array([*map(chrf, guesses, german)]) for name, guesses in ways.items()}
    changed = ~np.array([*map(keeps_a_word, english, ways["word for word"])])
    each = {name: np.array([*map(pairs_of_words, guesses, german)]) for name, guesses in ways.items()}
    negated = [i for i, text in enumerate(german) if negates(text)]
    affirmed = [
        i for i, (e, g) in enumerate(zip(english, german, strict=True)) if not (negates(g) or negates_in_english(e))
    ]
    to_you = [i for i, text in enumerate(english) if {"you", "your"} & {*tokens(text)}]
    polite = [i for i in to_you if says_sie(german[i]) and not german[i].startswith("Ihr ")]
    close = [i for i in to_you if familiar(german[i])]
    found = {
        name: {
            "chrf": float(points[name].mean()),
            "changed": float(points[name][changed].mean()),
            "above": luck(points[name], points["network"]),
            "pairs of words": float(each[name][:, 0].sum() / each[name][:, 1].sum()),
            "same words": sum(tokens(guess) == tokens(wanted) for guess, wanted in zip(guesses, german, strict=True)),
            "length": sum(map(len, guesses)) / sum(map(len, german)),
            "negation lost": sum(not negates(guesses[i]) for i in negated),
            "negation added": sum(negates(guesses[i]) for i in affirmed),
            "familiar": sum(familiar(guesses[i]) for i in polite),
            "made polite": sum(says_sie(guesses[i]) for i in close),
        }
        for name, guesses in ways.items()
    }
    rng, shares = np.random.default_rng(0), []
    for _ in range(DRAWS):
        drawn = rng.integers(0, len(german), len(german))
        ours, theirs = (each[name][drawn].sum(axis=0) for name in ("network", "word for word"))
        shares.append((ours[0] - theirs[0]) / ours[1])
    others, (choose, answers) = other_german(english, german), of(1)
    scores = {"word for word": dice, "word for word, by share": by_share}
    return found | {
        "part to choose by": {
            name: float(np.mean([*map(chrf, map(WordForWord(*of(0), score), choose), answers)]))
            for name, score in scores.items()
        },
        "pairs of words, network above": [float(np.quantile(shares, share)) for share in (0.025, 0.975)],
        "changed": int(changed.sum()),
        "negated": len(negated),
        "affirmed": len(affirmed),
        "polite": len(polite),
        "close": len(close),
        "another's German": {
            "sentences": len(others),
            "chrf": float(np.mean([mean for _, _, mean in others])),
            **{
                name: float(np.mean([np.mean([chrf(guesses[i], text) for text in some]) for i, some, _ in others]))
                for name, guesses in ways.items()
            },
        },
    }


def by_share(both: int, ours: int, theirs: int) -> float:
    """The plainest score of two words: which share of the English word's pairs has the German one."""
    return both / ours


POLITE = {" Sie", " Ihnen", " Ihr", " Ihre", " Ihrem", " Ihren", " Ihrer", " Ihres"}


def words_of(text: str) -> list[str]:
    """Its words and figures in small letters; an apostrophe parts two."""
    return [word for word in map(str.strip, split(text.lower())) if word.isalnum()]


def negates(text: str) -> bool:
    """Whether a German text has a word such as "nicht"."""
    return any(re.fullmatch("nicht|nichts|nie|niemals|niemand.*|kein.*", word) for word in words_of(text))


def negates_in_english(text: str) -> bool:
    """Whether an English text has a word such as "not"."""
    words = words_of(text)
    return bool(
        {"not", "cannot", "no", "nothing", "never", "nobody", "none", "nor", "neither", "without"} & {*words}
    ) or ("n't" in text.lower())


def keeps_a_word(english: str, guess: str) -> bool:
    """Whether a translation has a word of the English, letter for letter."""
    ours, theirs = ({word.strip() for word in split(text) if word[-1].isalpha()} for text in (english, guess))
    return bool(ours & theirs)


def says_sie(text: str) -> bool:
    """Whether a German text says "Sie", in any of its forms, and no "du"."""
    return bool(POLITE & {*split(text)}) and not familiar(text)


def familiar(text: str) -> bool:
    """Whether a German text says "du" to somebody, in any of its forms."""
    return any(re.fullmatch("du|dich|dir|dein.*", word) for word in words_of(text))


def pairs_of_words(guess: str, wanted: str) -> tuple[int, int]:
    """How many of the wanted text's pairs of neighbouring words the guess has, and how many there are."""
    ours, theirs = (Counter(pairwise(words_of(text))) for text in (guess, wanted))
    return (ours & theirs).total(), theirs.total()


def other_german(english: Sequence[str], german: Sequence[str]) -> list[tuple[int, list[str], float]]:
    """Of each English text with several German ones: its first place, these, and their mean chrF to one another."""
    first, texts = {}, {}
    for i, (e, g) in enumerate(zip(english, german, strict=True)):
        key = tuple(tokens(e))
        first.setdefault(key, i)
        texts.setdefault(key, {}).setdefault(tuple(tokens(g)), g)
    several = {key: [*some.values()] for key, some in texts.items() if len(some) > 1}
    return [
        (first[key], some, float(np.mean([chrf(a, b) for a, b in permutations(some, 2)])))
        for key, some in several.items()
    ]


def where_it_looks(network: Network, pieces: Pieces, english: Sequence[str], german: Sequence[str]) -> dict:
    """How often the English piece that is attended to most belongs to the word that counting pairs with the German one.

    Asked at the first piece of each wanted German word that `WordForWord` makes of exactly one English word of the
    sentence, with the wanted pieces before. `straight` is the piece that stands as far along the English as this one
    along the German, `habit` the one that the block attends to most in the mean of learned sentences with as many
    English pieces, at this place of the German, and `chance` a piece drawn by lot.
    """
    word, habit = WordForWord(*of(0)).word, habits(network, pieces, *(texts[::4] for texts in of(0)))
    hits, straight, usual, chance, n = np.zeros(2), 0, np.zeros(2), 0.0, 0
    for pair in zip(english, german, strict=True):
        (e, ours), (g, theirs) = (spans(text, pieces) for text in pair)
        asked = attended(network, pieces, e, g)
        for name, places in theirs:
            partners = [span for other, span in ours if word.get(other) == name]
            if len(partners) == 1:
                row, n = places[0], n + 1
                hits += [int(weights[row].argmax()) in partners[0] for weights in asked]
                straight += round(row / max(1, len(g) - 1) * (len(e) - 1)) in partners[0]
                for block, weights in enumerate(habit.get((len(e), row), ())):
                    usual[block] += int(weights.argmax()) in partners[0]
                chance += len(partners[0]) / len(e)
    return {
        "words": n,
        "blocks": (hits / n).tolist(),
        "straight": straight / n,
        "habit": (usual / n).tolist(),
        "chance": chance / n,
    }


def attended(network: Network, pieces: Pieces, e: list[int], g: list[int]) -> list[np.ndarray]:
    """Of each block, in the mean of its heads: how much each English piece was attended to for each German one."""
    network.forward(table_of([e], [g], pieces)[0])
    return [layer.layers[1].P[0].mean(axis=0)[len(e) :, : len(e)] for layer in network.layers[1:5:2]]


def habits(network: Network, pieces: Pieces, english: Sequence[str], german: Sequence[str]) -> dict:
    """The sum of what each block attends to, by the length of the English and the place in the German alone."""
    found = {}
    for pair in zip(english, german, strict=True):
        e, g = coded(pair, pieces)
        for block, weights in enumerate(attended(network, pieces, e, g)):
            for row, some in enumerate(weights):
                found.setdefault((len(e), row), np.zeros((2, len(e))))[block] += some
    return found


def spans(text: str, pieces: Pieces) -> tuple[list[int], list[tuple[str, range]]]:
    """The numbers of a text's pieces, and each of its words with the places of its pieces."""
    numbers, found = [], []
    for word in split(text):
        start = len(numbers)
        numbers += [pieces.number[piece] for piece in pieces.of(word)]
        found.append((word.strip(), range(start, len(numbers))))
    return numbers, found


def peers(pieces: Pieces) -> dict:
    """Copying as scikit-learn finds the most alike sentence: weighted counts of words, or of runs of characters."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    english, german = of(2)
    found = {}
    for name, options in (
        ("words", {"token_pattern": r"\w+"}),
        ("characters", {"analyzer": "char_wb", "ngram_range": (1, 4)}),
    ):
        vectors = TfidfVectorizer(**options)
        stored = vectors.fit_transform(of(0)[0])
        nearest = (vectors.transform(english) @ stored.T).toarray().argmax(axis=1)
        guesses = [of(0)[1][place] for place in nearest]
        found[f"scikit-learn, TfidfVectorizer of {name}, copying"] = short(judged(guesses, german, pieces))
    return found


def luck(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """By how much the mean of ours is above theirs, in 95 of 100 draws of as many sentences, with repeats."""
    gains, rng = np.subtract(ours, theirs), np.random.default_rng(0)
    means = [rng.choice(gains, len(gains)).mean() for _ in range(DRAWS)]
    return [float(np.quantile(means, share)) for share in (0.025, 0.975)]


def beside_torch() -> dict:
    """By how much the outputs of PyTorch's twin, with the stored weights, differ from nnlib's."""
    import torch

    torch.set_num_threads(1)
    network, pieces = load()
    english, german = (coded(texts[:64], pieces) for texts in of(2))
    x, labels = table_of(english, german, pieces)
    with torch.no_grad():
        theirs = twin(torch, network)(torch.from_numpy(x)).numpy()
    ours = network.predict(x)
    asked = labels != IGNORED
    return {
        "largest difference": float(np.abs(ours - theirs).max()),
        "largest logit": float(np.abs(ours).max()),
        "same piece": float(np.mean(ours[asked].argmax(axis=1) == theirs[asked].argmax(axis=1))),
    }


def twin(torch, network: Network):
    """The network of PyTorch's own parts, with the same weights."""
    nn = torch.nn

    class Around(nn.Module):
        def __init__(self, norm, *inner):
            super().__init__()
            self.norm, self.inner = norm, nn.Sequential(*inner)

        def forward(self, x):
            return x + self.inner(self.norm(x))

    class OfItself(nn.MultiheadAttention):
        def forward(self, x):
            hidden = torch.triu(torch.ones(x.shape[1], x.shape[1], dtype=bool), 1)
            return super().forward(x, x, x, attn_mask=hidden, need_weights=False)[0]

    class Placed(nn.Module):
        def __init__(self, layer):
            super().__init__()
            self.E, self.P, self.half, self.mark = given(layer.E), given(layer.P), layer.half, layer.mark

        def forward(self, x):
            rows = []
            for row in x:
                mark = row.tolist().index(self.mark)
                behind = self.half + torch.arange(len(row) - mark).clamp(max=self.half - 1)
                rows.append(self.E[row] + self.P[torch.cat([torch.arange(mark), behind])])
            return torch.stack(rows)

    def given(array):
        return nn.Parameter(torch.from_numpy(array.copy()))

    def norm(layer):
        made = nn.LayerNorm(layer.n_in, eps=layer.epsilon).double()
        made.weight, made.bias = (given(p.value) for p in layer.parameters())
        return made

    def dense(layer):
        made = nn.Linear(layer.n_in, layer.n_out).double()
        made.weight, made.bias = given(layer.W), given(layer.b)
        return made

    def attention(layer):
        made = OfItself(layer.out.n_in, layer.heads, batch_first=True).double()
        made.in_proj_weight, made.in_proj_bias = given(layer.qkv.W), given(layer.qkv.b)
        made.out_proj.weight, made.out_proj.bias = given(layer.out.W), given(layer.out.b)
        return made

    first, *blocks, last, out = network.layers
    made = [Placed(first)]
    for look, think in zip(blocks[::2], blocks[1::2], strict=True):
        made += [
            Around(norm(look.layers[0]), attention(look.layers[1])),
            Around(norm(think.layers[0]), dense(think.layers[1]), nn.ReLU(), dense(think.layers[3])),
        ]
    return nn.Sequential(*made, norm(last), dense(out)).eval()


def said(name: str, runs: Sequence[dict]) -> str:
    """A line on what runs reached."""
    numbers = {key: spread([run[key] for run in runs]) for key in ("told", "alone", "chrf") if key in runs[0]}
    return f"{name:20} " + ", ".join(
        f"{k} {v['mean']:.3f} ({v['min']:.3f} to {v['max']:.3f})" for k, v in numbers.items()
    )


def main() -> None:
    """Measure, store, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--torch", action="store_true", help="compare the stored network with PyTorch's, no more")
    parser.add_argument("--page", action="store_true", help="judge the stored network alone, no more")
    parser.add_argument("--peers", action="store_true", help="copy as scikit-learn does, no more")
    parser.add_argument("--german", action="store_true", help="train the networks without English alone, no more")
    parser.add_argument("--courses", action="store_true", help="train to the end with two dropouts, no more")
    parser.add_argument("--processes", type=int, default=2, help="how many to train at once")
    arguments = parser.parse_args()
    if arguments.torch:
        store("studies/translation", {"torch": beside_torch()}, ("numpy", "torch"))
        print(json.loads((MEASURED / "studies" / "translation.json").read_text(encoding="utf-8"))["torch"])
        return
    if arguments.page:
        store("studies/translation", {"page": of_page(), "limits": limits()})
        return
    if arguments.peers:
        store("studies/translation", {"peers": peers(load()[1])}, ("numpy", "scikit-learn"))
        return
    if arguments.courses:
        with workers(arguments.processes) as each:
            store("studies/translation", {"courses": each(course, [(load()[1].merges, drop) for drop in COURSES])})
        return
    if arguments.german:
        stored = json.loads((MEASURED / "studies" / "translation.json").read_text(encoding="utf-8"))
        best = {key: stored["settings"][key] for key in SETTINGS[0]}
        with workers(arguments.processes) as each:
            runs = each(trained, [("german alone", load()[1].merges, seed, best) for seed in SEEDS])
        print(said("german alone", runs), flush=True)
        store("studies/translation", {"german alone": [short(run) for run in runs]})
        return
    english, german = of(0)
    merges = learn_merges(english + german, MERGES)
    pieces = Pieces(merges)
    near = has_neighbour(of(2)[0], english)
    found = {
        "seeds": list(SEEDS),
        "parts": [len(places) for places in data()[2]],
        "settings": {
            "pieces": len(pieces.table),
            "width": WIDTH,
            "epochs": EPOCHS,
            "batch size": BATCH_SIZE,
        },
        "leak": leak(),
        "near": float(near.mean()),
        "names": names(),
        "plain": plain(pieces),
        "peers": peers(pieces),
    }
    print(*(said(name, [one]) for name, one in found["plain"].items()), sep="\n", flush=True)
    with workers(arguments.processes) as each:
        costs = each(tried, [(merges, setting) for setting in SETTINGS])
        best = SETTINGS[int(np.argmin(costs))]
        found["tried"] = [[setting, cost] for setting, cost in zip(SETTINGS, costs, strict=True)]
        found["settings"] |= best
        print(found["tried"], flush=True)
        runs = each(trained, [(name, merges, seed, best) for name in TRAINED for seed in SEEDS])
    for i, name in enumerate(TRAINED):
        found[name] = runs[i * len(SEEDS) : (i + 1) * len(SEEDS)]
        print(said(name, found[name]), flush=True)
    found |= {"page": of_page(), "limits": limits()}
    with workers(arguments.processes) as each:
        found["courses"] = each(course, [(merges, drop) for drop in COURSES])
    store("studies/translation", summed(found, near), ("numpy", "scikit-learn"))


def summed(found: dict, near: np.ndarray) -> dict:
    """What is stored: of each sentence's chrF the means, near ones and others, and what the luck of the draw can do."""
    mean = np.mean([run["each"] for run in found["network"]], axis=0)
    against = {name: luck(mean, one["each"]) for name, one in found["plain"].items()}
    many = {
        "network": [short(run) for run in found["network"]],
        "german alone": [short(run) for run in found["german alone"]],
        "plain": {name: short(one) for name, one in found["plain"].items()},
    }
    for some, kept in ((found["network"], many["network"]), (found["plain"].values(), many["plain"].values())):
        for run, one in zip(some, kept, strict=True):
            each = np.array(run["each"])
            one |= {"chrf, near": float(each[near].mean()), "chrf, others": float(each[~near].mean())}
    return found | many | {"against": against}


def short(run: dict) -> dict:
    """The same without each sentence's chrF."""
    return {key: value for key, value in run.items() if key != "each"}


if __name__ == "__main__":
    main()
