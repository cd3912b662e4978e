"""Sentiment: sentences on films to learn from, and others on telephones, films and restaurants; 1 is praise, 0 not."""

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from ..embedded import embedded_arrays
from ..fetch import OfficialFile, Source, fetch_all
from ..layers import Layer
from ..text import tokens
from . import Set

NLTK = "5db857e6f7df11eabb5e5665836db9ec8df07e28"
FILMS = Source(
    name="movie-review-polarity",
    title="sentences on films",
    shape=(10662,),
    credit="B. Pang and L. Lee (2005), sentence polarity dataset v1.0, "
    "https://www.cs.cornell.edu/people/pabo/movie-review-data/, as NLTK hands it on",
    licence="CC BY 4.0",
    files=(
        OfficialFile(
            "sentence_polarity.zip",
            490256,
            "6e1ed4405b65c7eabf1d199a7f7c437091ac21da0ea7467b410a74062574566b",
            (10662,),
        ),
    ),
    mirrors=(f"https://raw.githubusercontent.com/nltk/nltk_data/{NLTK}/packages/corpora/",),
    embedded=OfficialFile(
        "studies/films.npz", 277274, "4484cfecfd6fa4e296b20bf9d48c078a50516f23e09272c2038a53a1934dd839"
    ),
)
MIRROR = "kvrao/sentiment_analysis"
COMMIT = "462f7304ab341f1b5014e6eae56100bfe35d703a"
OPINIONS = Source(
    name="sentiment-labelled-sentences",
    title="sentences on telephones, films and restaurants",
    shape=(3000,),
    credit="D. Kotzias (2015), Sentiment Labelled Sentences, UCI Machine Learning Repository, "
    "https://doi.org/10.24432/C57604",
    licence="CC BY 4.0",
    files=(
        OfficialFile(
            "amazon_cells_labelled.txt",
            58226,
            "47003fc0a0d4840b00e96e715b6189bad09e7443a3da41c4cbe12ffc79f86ae3",
            (1000,),
        ),
        OfficialFile(
            "imdb_labelled.txt", 85187, "c662b9360c1652babb990d164835af12aa105db7991f1fdb19038115f0e93de8", (1000,)
        ),
        OfficialFile(
            "yelp_labelled.txt", 61293, "b565b1eeb864d76842588c3a256731b08bcdd9faf6de507bfe211a96f8b81912", (1000,)
        ),
    ),
    mirrors=(
        f"https://raw.githubusercontent.com/{MIRROR}/{COMMIT}/sentiment%20labelled%20sentences/",
        f"https://cdn.jsdelivr.net/gh/{MIRROR}@{COMMIT}/sentiment%20labelled%20sentences/",
    ),
    embedded=OfficialFile(
        "studies/opinions.npz", 80833, "e9cbb63ac3f6934d5937036e552c7455a347e83d76363d94dd971c5ad7f7ef95"
    ),
    whole=True,
)
KINDS = ("telephones", "films", "restaurants")  # what each of these files is about
DRAWN = 6000  # of the sentences on films come with the book
LONGEST = 32  # words of a sentence that a network reads


def load_films(whole: bool = False) -> tuple[list[str], np.ndarray]:
    """6,000 of 10,662 sentences from critics' reviews of films; they come with the book, all with `whole`.

    The sentence polarity dataset (B. Pang and L. Lee, 2005, https://www.cs.cornell.edu/people/pabo/movie-review-data/,
    CC BY 4.0): a sentence of a review marked "fresh" counts as praise, of one marked "rotten" as none. The 6,000 were
    drawn by lot. All are in small letters, with blanks around their signs.

    Returns
    -------
    texts : list of str, in the file's order: those without praise first.
    good : integer array: 1 for praise.

    Raises
    ------
    ValueError
        If the file that came with the book is cut or changed.
    FileNotFoundError, ConnectionError
        With `whole`, if the whole set cannot be had, as in `fetch`.
    """
    return _read((_all_films(fetch_all(FILMS)) if whole else embedded_arrays(FILMS))["text"])


def load_opinions() -> dict[str, tuple[list[str], np.ndarray]]:
    """3,000 sentences by customers, 1,000 each on telephones, films and restaurants; they come with the book.

    Sentiment Labelled Sentences (D. Kotzias, 2015, https://doi.org/10.24432/C57604, CC BY 4.0), whole: from reviews at
    Amazon, IMDb and Yelp, chosen by their makers so that each is plainly positive or negative.

    Returns
    -------
    dict from what they are about to their texts, a list of 1,000 str, and an integer array (1000,): 1 for praise.

    Raises
    ------
    ValueError
        If the file that came with the book is cut or changed.
    """
    arrays = embedded_arrays(OPINIONS)
    return {kind: _read(arrays[kind]) for kind in KINDS}


class Mean(Layer):
    """The mean over the words of a sentence: (n, time, features) becomes (n, features).

    On the way back each word gets the slope, divided by the number of words.

    Parameters
    ----------
    n : number of features.
    """

    stores = ("words",)

    def __init__(self, n: int):
        self.n_in, self.n_out = (None, n), n

    def forward(self, a: np.ndarray) -> np.ndarray:
        self.words = a.shape[1]
        return self.predict(a)

    def pass_back(self, grad: np.ndarray) -> np.ndarray:
        return np.repeat(grad[:, None] / self.words, self.words, axis=1)

    def predict(self, a: np.ndarray) -> np.ndarray:
        return a.mean(axis=1)


def numbers(texts: Iterable[str], words: Sequence[str]) -> list[np.ndarray]:
    """The words of each text as their places in a vocabulary, in order, 32 at most; 0 for a word that is not in it.

    Each text keeps its own length. One without a word counts as one unknown word.
    """
    place = {word: i for i, word in enumerate(words)}
    return [np.array([place.get(word, 0) for word in tokens(text)[:LONGEST]] or [0], np.intp) for text in texts]


def by_length(
    rows: Sequence[np.ndarray], y: np.ndarray, batch_size: int, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """One epoch of sentences: each once, in batches of equally long ones, so that none need be filled up.

    Which sentences share a batch is drawn anew each time, and so is the order of the batches.
    """
    order = rng.permutation(len(rows))
    lengths = np.array([len(row) for row in rows])[order]
    batches = []
    for length in np.unique(lengths):
        same = order[lengths == length]
        batches += [same[start : start + batch_size] for start in range(0, len(same), batch_size)]
    for place in rng.permutation(len(batches)):
        batch = batches[place]
        yield np.stack([rows[i] for i in batch]), y[batch]


def logits(network: Layer, rows: Sequence[np.ndarray]) -> np.ndarray:
    """What a network with one output says of each sentence, (n,); equally long ones are read at once."""
    found = np.empty(len(rows))
    lengths = np.array([len(row) for row in rows])
    for length in np.unique(lengths):
        same = np.flatnonzero(lengths == length)
        found[same] = network.predict(np.stack([rows[i] for i in same]))[:, 0]
    return found


def _read(text: np.ndarray) -> tuple[list[str], np.ndarray]:
    """The texts and labels of the lines `text TAB label`."""
    texts, labels = zip(*(line.split("\t") for line in text.tobytes().decode().split("\n")[:-1]), strict=True)
    return [text.strip() for text in texts], np.array(labels).astype(np.intp)


def _all_films(originals: Sequence[bytes]) -> dict[str, np.ndarray]:
    """All sentences on films as lines `text TAB label`, as bytes: those without praise first."""
    with zipfile.ZipFile(io.BytesIO(originals[0])) as file:
        kinds = [file.read(f"sentence_polarity/rt-polarity.{kind}").decode() for kind in ("neg", "pos")]
    lines = [f"{line.strip()}\t{label}\n" for label, kind in enumerate(kinds) for line in kind.split("\n")[:-1]]
    return {"text": np.frombuffer("".join(lines).encode(), np.uint8)}


def _drawn(originals: Sequence[bytes]) -> dict[str, np.ndarray]:
    """As many sentences on films as come with the book, drawn by lot, in the file's order."""
    lines = _all_films(originals)["text"].tobytes().decode().split("\n")[:-1]
    chosen = sorted(np.random.default_rng(0).permutation(len(lines))[:DRAWN])
    return {"text": np.frombuffer("".join(lines[i] + "\n" for i in chosen).encode(), np.uint8)}


def _opinions(originals: Sequence[bytes]) -> dict[str, np.ndarray]:
    """The three files as they are, as bytes, by what they are about."""
    return {kind: np.frombuffer(original, np.uint8) for kind, original in zip(KINDS, originals, strict=True)}


SETS = (Set(FILMS, load_films, _drawn), Set(OPINIONS, load_opinions, _opinions))
