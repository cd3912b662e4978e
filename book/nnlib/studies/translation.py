"""Translation: short English sentences with their German, words cut into pieces, and what a translation is worth."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from ..embedded import as_bytes, as_texts, embedded_arrays
from ..fetch import OfficialFile, Source
from ..layers import Dense, Dropout, LayerNorm, Parameter, ReLU
from ..network import Network, Residual
from ..sequences import Attention, Embedding
from ..text import tokens
from . import Set

COMMIT = "ac0f19c0be3cb4e0d9450fcb2d7a9847c4bdd180"
FOLDER = "datasets/helsinki_nlp/tatoeba/testsets/deu-eng/"
PAIRS = Source(
    name="tatoeba-eng-deu",
    title="short sentences in English and German",
    shape=(8771,),
    credit="the members of Tatoeba, https://tatoeba.org, as in the test set v2021-08-07 of the Tatoeba Translation "
    "Challenge (J. Tiedemann, 2020)",
    licence="CC BY 2.0 FR",
    files=(
        OfficialFile(
            "tatoeba-test-v2021-08-07.eng",
            672653,
            "5d0e3169914a5e3f4ca7bdec670880f2025385c5a7e29547d9cbd7992105e77f",
            (17565,),
        ),
        OfficialFile(
            "tatoeba-test-v2021-08-07.deu",
            782297,
            "a06d3300c05158e83bb5c1709a0bf5aecc2e28c895e66f03b1c914a7fdd8c8c6",
            (17565,),
        ),
    ),
    mirrors=(
        f"https://raw.githubusercontent.com/Helsinki-NLP/OPUS-MT-testsets/{COMMIT}/{FOLDER}",
        f"https://cdn.jsdelivr.net/gh/Helsinki-NLP/OPUS-MT-testsets@{COMMIT}/{FOLDER}",
    ),
    embedded=OfficialFile(
        "studies/translation.npz", 162965, "47c7152a85fa67d4b159cfb681ba82ff53141ce8f3aefe2629b31eaa8cf00875"
    ),
    whole=True,
)
IN_THE_FILES = 17565  # pairs, long ones too
MOST_WORDS = 6, 8  # of an English sentence, and of a German one
SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÜabcdefghijklmnopqrstuvwxyzäöüß0123456789 .,!?'\"%:;-"  # that they are written in
WORD = re.compile(r" ?[A-Za-zÄÖÜäöüß]+| ?[^ ]")  # letters, or one other sign, with the blank before them
ANSWER, END = "→", "■"  # marks: here the English ends, and here the German
IGNORED = -1  # the label where nothing is asked
LONGEST = 32  # places of either sentence, with its mark
START = 0.3  # of the size that embeddings and positions have otherwise before they are learned


def load_pairs() -> tuple[list[str], list[str]]:
    """8,771 short sentences in English, and each in German; they come with the book.

    Written and translated by the members of Tatoeba (https://tatoeba.org, CC BY 2.0 FR), taken from the test set
    v2021-08-07 of the Tatoeba Translation Challenge (J. Tiedemann, 2020): all pairs of at most six English and eight
    German words, in letters, figures and plain signs.

    Returns
    -------
    english, german : list of 8,771 str each, in the order of the alphabet; a sentence may come several times.

    Raises
    ------
    ValueError
        If the file that came with the book is cut or changed.
    """
    arrays = embedded_arrays(PAIRS)
    english, german = (as_texts(arrays[name]) for name in ("english", "german"))
    return english, german


def parts(
    english: Sequence[str], german: Sequence[str], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The places of the pairs to learn from, to choose by (a twentieth), and to be tested (a tenth).

    Pairs that have an English or a German sentence in common, as to its words, get into the same part.
    """
    group, first = list(range(len(english))), {}

    def head(i: int) -> int:
        while group[i] != i:
            i = group[i]
        return i

    for i, pair in enumerate(zip(english, german, strict=True)):
        for language, text in enumerate(pair):
            same = first.setdefault((language, *tokens(text)), i)
            group[head(i)] = head(same)
    heads = np.array([head(i) for i in range(len(english))])
    order = rng.permutation(np.unique(heads))
    test, choose = len(order) // 10, len(order) // 10 + len(order) // 20
    cut = order[test:choose], order[:test]
    chosen, tested = (np.flatnonzero(np.isin(heads, some)) for some in cut)
    return np.setdiff1d(np.arange(len(english)), np.concatenate([chosen, tested])), chosen, tested


def split(text: str) -> list[str]:
    """The words of a text, each with the blank before it; what is no letter is a word by itself."""
    return WORD.findall(" " + text)


def join(pieces: Sequence[str], pair: tuple[str, str]) -> list[str]:
    """The pieces, those made one that stand side by side as in the pair."""
    joined = []
    for piece in pieces:
        if joined and (joined[-1], piece) == pair:
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


def learn_merges(texts: Iterable[str], how_many: int) -> list[tuple[str, str]]:
    """The pairs of pieces to be joined, `how_many` at most; each was, when its turn came, the most frequent one."""
    words = Counter(word for text in texts for word in split(text))
    cut = {word: list(word) for word, times in words.items() if times > 1}
    merges = []
    for _ in range(how_many):
        pairs = Counter()
        for word, pieces in cut.items():
            for pair in pairwise(pieces):
                pairs[pair] += words[word]
        if not pairs:
            break  # each word is one piece
        merges.append(max(pairs, key=lambda pair: (pairs[pair], pair)))
        cut = {word: join(pieces, merges[-1]) for word, pieces in cut.items()}
    return merges


class Pieces:
    """Pieces of words by which texts become whole numbers: the signs, what merges make of them, and two marks.

    Parameters
    ----------
    merges : as `learn_merges` gives them.

    Attributes
    ----------
    table : list of str; a piece's place in it is its number.
    answer, end : the numbers of the two marks.
    """

    def __init__(self, merges: Sequence[tuple[str, str]]):
        self.merges = [tuple(pair) for pair in merges]
        self.rank = {pair: i for i, pair in enumerate(self.merges)}
        self.table = [*dict.fromkeys([*SIGNS, *map("".join, self.merges)]), ANSWER, END]
        self.number = {piece: i for i, piece in enumerate(self.table)}
        self.answer, self.end = len(self.table) - 2, len(self.table) - 1
        self.known = {}

    def of(self, word: str) -> list[str]:
        """The pieces of a word: what was joined first in learning is joined first."""
        if word not in self.known:
            pieces = list(word)
            while pair := min(
                (pair for pair in pairwise(pieces) if pair in self.rank), key=self.rank.__getitem__, default=None
            ):
                pieces = join(pieces, pair)
            self.known[word] = pieces
        return self.known[word]

    def unknown(self, text: str) -> list[str]:
        """The signs of a text for which there is no piece, each once."""
        return [sign for sign in dict.fromkeys(text) if sign not in SIGNS]

    def encode(self, text: str) -> list[int]:
        """The numbers of a text's pieces; KeyError at a sign that is unknown."""
        return [self.number[piece] for word in split(text) for piece in self.of(word)]

    def decode(self, numbers: Iterable[int]) -> str:
        """The text that these pieces make."""
        return "".join(self.table[number] for number in numbers).strip()


class Placed(Embedding):
    """Each piece becomes its row of a table, plus the row of its place, which is counted anew behind a mark.

    y_t = E[x_t] + P[place of t], where the places before the mark are 0, 1, 2, ..., and from it on `half`, `half` + 1,
    ...: so the third German piece stands at the same place, however long the English is. On the way back each row of E
    and P gets the sum of the slopes from wherever it was used.

    Parameters
    ----------
    pieces : number of pieces.
    n_out : number of features that each is given.
    half : how many places there are on either side of the mark, which counts to its right.
    mark : the number of the mark; a row without one is all before it.
    rng : where the random rows come from, each entry with mean 0 and variance `START` squared.
    dtype : np.float64, or np.float32 for speed.

    Attributes
    ----------
    E, dE : ndarray of shape (pieces, n_out).
    P, dP : ndarray of shape (2 half, n_out).
    """

    def __init__(
        self, pieces: int, n_out: int, half: int, mark: int, rng: np.random.Generator, dtype: type = np.float64
    ):
        super().__init__(pieces, n_out, rng, dtype)
        self.half, self.mark = half, mark
        self.E *= START
        self.P = (START * rng.standard_normal((2 * half, n_out))).astype(dtype)
        self.dP = np.zeros_like(self.P)

    def predict(self, x: np.ndarray) -> np.ndarray:
        return super().predict(x) + self.P[self.places(x)]

    def collect(self, grad: np.ndarray) -> None:
        super().collect(grad)
        self.dP[...] = 0
        np.add.at(self.dP, self.places(self.x), grad)

    def places(self, x: np.ndarray) -> np.ndarray:
        """The place of each piece of rows (n, time)."""
        behind = np.maximum.accumulate(x == self.mark, axis=1)
        time = np.arange(x.shape[1])
        places = np.where(behind, self.half + time - (~behind).sum(axis=1, keepdims=True), time)
        return np.minimum(places, 2 * self.half - 1)  # what fills a row up may stand beyond

    def parameters(self) -> list[Parameter]:
        return [*super().parameters(), Parameter("P", self.P, self.dP)]


def build(
    pieces: int, n: int, rng: np.random.Generator, dtype: type = np.float64, *, heads: int = 4, drop: float = 0.0
) -> Network:
    """The untrained network: two blocks with n features, from the numbers of pieces to the logits of the next ones."""
    layers = [Placed(pieces, n, LONGEST, pieces - 2, rng, dtype)]
    for _ in range(2):
        look = Attention(n, heads, rng, dtype, causal=True)
        think = Dense(n, 2 * n, rng, dtype), ReLU(), Dense(2 * n, n, rng, dtype)
        drops = [[Dropout(drop, rng)] if drop else [] for _ in range(2)]
        layers += [Residual(LayerNorm(n, dtype), look, *drops[0]), Residual(LayerNorm(n, dtype), *think, *drops[1])]
    return Network(*layers, LayerNorm(n, dtype), Dense(n, pieces, rng, dtype))


def table_of(
    english: Sequence[list[int]], german: Sequence[list[int]], pieces: Pieces
) -> tuple[np.ndarray, np.ndarray]:
    """Sentences as rows: English, mark, German, mark, filled up to one length; and at each place what comes next.

    The labels are those of the German and of its end; everywhere else stands `IGNORED`.
    """
    rows = [[*e, pieces.answer, *g, pieces.end] for e, g in zip(english, german, strict=True)]
    x = np.full((len(rows), max(map(len, rows)) - 1), pieces.end)
    labels = np.full_like(x, IGNORED)
    for i, (e, row) in enumerate(zip(english, rows, strict=True)):
        x[i, : len(row) - 1] = row[:-1]
        labels[i, len(e) : len(row) - 1] = row[len(e) + 1 :]
    return x, labels


def batches(
    english: Sequence[list[int]], german: Sequence[list[int]], pieces: Pieces, size: int, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """An epoch of tables: sentences of about one length together, or most of a table would only fill it up."""
    order, length = rng.permutation(len(english)), [len(e) + len(g) for e, g in zip(english, german, strict=True)]
    groups = []
    for start in range(0, len(order), 20 * size):
        some = sorted(order[start : start + 20 * size], key=length.__getitem__)
        groups += [some[i : i + size] for i in range(0, len(some), size)]
    for place in rng.permutation(len(groups)):
        yield table_of([english[i] for i in groups[place]], [german[i] for i in groups[place]], pieces)


def translate(network: Network, pieces: Pieces, text: str, most: int = LONGEST - 1) -> str:
    """A text in German: the likeliest next piece each time, until that is the mark of the end."""
    start = [*pieces.encode(text), pieces.answer]
    return pieces.decode(continued(network, pieces, np.array([start]), most)[0])


def translate_all(network: Network, pieces: Pieces, texts: Sequence[str], most: int = LONGEST - 1) -> list[str]:
    """The same of many texts, those of equal length at once."""
    starts = [[*pieces.encode(text), pieces.answer] for text in texts]
    by_length, found = {}, {}
    for i, start in enumerate(starts):
        by_length.setdefault(len(start), []).append(i)
    for places in by_length.values():
        for i, numbers in zip(
            places, continued(network, pieces, np.array([starts[i] for i in places]), most), strict=True
        ):
            found[i] = pieces.decode(numbers)
    return [found[i] for i in range(len(texts))]


def continued(network: Network, pieces: Pieces, x: np.ndarray, most: int = LONGEST - 1) -> list[list[int]]:
    """What the network puts behind rows of equal length (n, time), up to the mark of the end."""
    time = x.shape[1]
    for _ in range(most):
        likeliest = network.predict(x)[:, -1].argmax(axis=1)
        x = np.concatenate([x, likeliest[:, None]], axis=1)
        if np.all((x[:, time:] == pieces.end).any(axis=1)):
            break
    rows = [row.tolist() for row in x[:, time:]]
    return [row[: row.index(pieces.end)] if pieces.end in row else row for row in rows]


def chrf(guess: str, wanted: str) -> float:
    """How much a translation has in common with the wanted one, from 0 to 100, by runs of one to six characters.

    For each length: which share of the guess's runs the wanted text has, the precision, and which share of its runs the
    guess has, the recall; of each the mean over the lengths; then (1 + 4) p r / (4 p + r), in which the recall counts
    more. Blanks do not count. Source: Popović (2015), there over all sentences at once.
    """
    texts = guess.replace(" ", ""), wanted.replace(" ", "")
    shares = []
    for n in range(1, 1 + min(6, len(texts[1]))):
        ours, theirs = (Counter(text[i : i + n] for i in range(len(text) - n + 1)) for text in texts)
        both = (ours & theirs).total()
        shares.append((both / max(1, ours.total()), both / theirs.total()))
    p, r = np.mean(shares, axis=0)
    return float(100 * 5 * p * r / (4 * p + r)) if p else 0.0


class Copy:
    """No learning: the German of the stored English sentence that is most alike, by the words that both have.

    A word counts the more, the fewer stored sentences have it.
    """

    def __init__(self, english: Sequence[str], german: Sequence[str]):
        self.german, self.words = list(german), [frozenset(tokens(text)) for text in english]
        self.having = {}
        for place, words in enumerate(self.words):
            for word in words:
                self.having.setdefault(word, []).append(place)
        self.size = np.array([self.weight(words) for words in self.words])

    def weight(self, words: Iterable[str]) -> float:
        """The sum of what words count."""
        return sum(math.log(len(self.words) / len(self.having.get(word, [0]))) for word in words)

    def nearest(self, text: str) -> int:
        """The place of the sentence that is most alike, the first of several."""
        words, both = set(tokens(text)), np.zeros(len(self.words))
        for word in words & self.having.keys():
            both[self.having[word]] += self.weight([word])
        likeness = both / (self.weight(words) + self.size - both + 1e-9)
        return int(np.argmax(likeness.round(9)))  # what only the order of a sum tells apart is alike

    def __call__(self, text: str) -> str:
        return self.german[self.nearest(text)]


def dice(both: int, ours: int, theirs: int) -> float:
    """How well two words go together: twice the pairs that have both, over those that have each, added up."""
    return 2 * both / (ours + theirs)


class WordForWord:
    """By counting: each English word becomes the German word that goes with it best, in the order of the English.

    Parameters
    ----------
    english, german : the pairs in which is counted.
    score : a function of how many pairs have both words, how many the English and how many the German one; the German
        word with the highest is taken.
    """

    def __init__(self, english: Sequence[str], german: Sequence[str], score: Callable[[int, int, int], float] = dice):
        ours, theirs, both = Counter(), Counter(), Counter()
        for pair in zip(english, german, strict=True):
            a, b = ({word.strip() for word in split(text) if word[-1].isalpha()} for text in pair)
            ours.update(a)
            theirs.update(b)
            both.update((x, y) for x in a for y in b)
        self.word, best = {}, {}
        for (x, y), times in sorted(both.items()):
            found = score(times, ours[x], theirs[y])
            if x not in best or found > best[x]:
                best[x], self.word[x] = found, y

    def __call__(self, text: str) -> str:
        """The words in the order of the English; a sign, and a word that was never seen, stays as it is."""
        words = [word[: word[0] == " "] + self.word.get(word.strip(), word.strip()) for word in split(text)]
        return "".join(words).strip()


def _arrays(originals: Sequence[bytes]) -> dict[str, np.ndarray]:
    """The short pairs in the order of the alphabet, each language as bytes, a sentence in each line."""
    lines = [data.decode().removesuffix("\n").split("\n") for data in originals]
    if not len(lines[0]) == len(lines[1]) == IN_THE_FILES:
        raise ValueError(f"got {len(lines[0])} and {len(lines[1])} sentences, expected {IN_THE_FILES} of each")
    kept = sorted(
        pair
        for pair in zip(*lines, strict=True)
        if set("".join(pair)) <= set(SIGNS)
        and all(len(text.split()) <= most for text, most in zip(pair, MOST_WORDS, strict=True))
    )
    texts = zip(("english", "german"), zip(*kept, strict=True), strict=True)
    return {name: as_bytes(some) for name, some in texts}


SETS = (Set(PAIRS, load_pairs, _arrays),)
