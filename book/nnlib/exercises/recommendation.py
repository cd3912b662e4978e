"""Exercises of Recommendation."""

from collections.abc import Callable
from functools import cache

import numpy as np

from nnlib.exercises.kinds import Choice, explain_it, predict_it, stretch_it, write_it
from nnlib.studies.recommendation import biases, invented_ratings


def _few_ratings(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, int, int]:
    """Ratings of five films: of one none, and the more a film has, the better it is liked."""
    film = np.repeat(np.arange(5), [0, 1, 2, 3, 4])
    stars = film + rng.choice([0.5, 1.0], len(film))
    order = rng.permutation(len(film))
    return rng.permutation(5)[film][order], stars[order], 5, int(rng.integers(2, 6))


def _sums(film: np.ndarray, stars: np.ndarray, films: int) -> tuple[np.ndarray, np.ndarray]:
    return np.bincount(film, stars, films), np.bincount(film, minlength=films)


def _plain_means(film, stars, films, extra):
    total, count = _sums(film, stars, films)
    return np.where(count > 0, total / np.maximum(1, count), stars.mean())


def _towards_zero(film, stars, films, extra):
    total, count = _sums(film, stars, films)
    return total / (count + extra)


def _by_films(film, stars, films, extra):
    total, count = _sums(film, stars, films)
    return (total + extra * (total[count > 0] / count[count > 0]).mean()) / (count + extra)


def _one_by_one(film, stars, films, extra):
    mean = stars.mean()
    return [(stars[film == one].sum() + extra * mean) / (np.sum(film == one) + extra) for one in range(films)]


@write_it(
    "A mean that is shrunk",
    minutes=5,
    hints=(
        "A film with one rating of 5 stars: what is its mean, if three ratings more had been the mean of all?",
        "`np.bincount(film, stars, films)` adds the stars up for each film, `np.bincount(film, minlength=films)` "
        "counts its ratings.",
        "(sum + extra * stars.mean()) / (count + extra)",
    ),
    why="Some ratings more of the mean hardly move a film that has many, and hold one that has few.",
    inputs=_few_ratings,
    mistakes=(
        (_plain_means, "these are the plain means; let `extra` ratings more of the mean of all count too"),
        (_towards_zero, "this shrinks towards 0 stars; the `extra` ratings are worth the mean of all"),
        (
            lambda film, stars, films, extra: shrunk_means(film, stars, films, extra) - stars.mean(),
            "these are the films' biases; asked for are means, so add the mean of all",
        ),
        (_by_films, "this shrinks towards the mean of the films' means; in the mean of all, each rating counts once"),
    ),
    also_right=(_one_by_one,),
)
def shrunk_means(film, stars, films, extra):
    """Each film's mean (films,) if `extra` ratings more were the mean of all; film and stars (n,) are the ratings."""
    mean = stars.mean()
    total, count = np.bincount(film, stars, films), np.bincount(film, minlength=films)
    return (total + extra * mean) / (count + extra)


@predict_it(
    "Twice in a batch",
    minutes=5,
    hints=(
        "What does the network say for each of the two, and what are the two errors, said minus given?",
        "It says 3 + 0.5 · 2 = 4 and 3 + 0.5 · (−1) = 2.5, so the errors are −1 and 0.5. The slope for a person's "
        "number is the error times the film's number.",
        "Ada stands in both examples: (−1 · 2 + 0.5 · (−1)) / 2. The film A stands in one: (−1 · 0.5) / 2.",
    ),
    why="Each rating gives a row the error times the other's number, and a row that comes twice gets the sum.",
    within=5e-4,
    mistakes=(
        ((-2.5, -0.5), "these are the sums; the cost is a mean over the two ratings"),
        ((1.25, 0.25), "the signs are turned: the error is what is said minus what was given"),
        ((-0.125, -1.0), "each was multiplied by its own number; the slope takes the other's"),
        ((-1.0, -0.25), "this is the slope of her first rating alone; her row stands in both"),
    ),
)
def twice_in_a_batch():
    """The slopes for Ada's number and for film A's, of a cost that is the mean of half the squared errors."""
    ada, film_a, film_b = 0.5, 2.0, -1.0
    error_a, error_b = 3 + ada * film_a - 5, 3 + ada * film_b - 2
    return (error_a * film_a + error_b * film_b) / 2, error_a * ada / 2


@explain_it(
    "Good on paper",
    minutes=2,
    question="A program foretells ratings by biases that were set once and stay as they are. On a tenth of all "
    "ratings, drawn at random, it misses by 0.86 stars, the film's mean by 0.96, the mean of all by 1.04. In a shop "
    "where most customers are new, by how much will it miss?",
    hints=(
        "Of a customer in the test part drawn at random, what had it learned from?",
        "From her other ratings, often of the same evening. What bias does it have for somebody without any?",
    ),
    why="A draw by lot leaves other ratings of the same person to learn from, which a newcomer does not bring.",
)
def on_paper():
    return (
        Choice(
            "About 0.86: no rating of the test part was learned from.",
            "no rating was, but the persons were, from their other ratings",
        ),
        Choice(
            "About as much as the film's mean: it knows no bias of a newcomer.",
            "yes: of her it knows nothing, and the film's bias is left; set anew after her ratings, it would know more",
            right=True,
        ),
        Choice(
            "More than the mean of all, for it has learned the old customers by heart.",
            "a newcomer has the bias 0, and the films' biases still help a little",
        ),
        Choice(
            "About 0.86, once it has been trained for longer.",
            "no epoch tells it anything of somebody who is not in the data",
        ),
    )


SEEN, REACH = 20, 0.82  # ratings of each newcomer; the error in stars that must be reached


@cache
def _newcomers() -> list[tuple[np.ndarray, np.ndarray]]:
    """For each person who comes after the first four fifths: what was expected of her ratings, and her stars."""
    r = invented_ratings()
    past = np.arange(len(r.stars)) < 0.8 * len(r.stars)
    shape = (int(r.person.max()) + 1, int(r.film.max()) + 1)
    mean, _, of_film = biases(r.person[past], r.film[past], r.stars[past], shape)
    new = sorted(set(r.person[~past].tolist()) - set(r.person[past].tolist()))
    return [(mean + of_film[r.film[r.person == one]][:SEEN], r.stars[r.person == one][:SEEN]) for one in new]


def _error(foretell: Callable) -> float:
    """The root of the mean squared error over the first ratings of all newcomers."""
    errors = [
        float(foretell(expected[:i].copy(), stars[:i].copy(), float(expected[i]))) - stars[i]
        for expected, stars in _newcomers()
        for i in range(len(stars))
    ]
    return float(np.sqrt(np.mean(np.square(errors))))


def _measure_next(foretell: Callable) -> tuple[str, bool]:
    """Ask for each newcomer's ratings, one after the other."""
    error = _error(foretell)
    says = f"you miss by {error:.3f} stars"
    if not error < _error(lambda expected, stars, now: now):
        return f"{says}: what the film alone lets expect is as near or nearer", False
    return (says, True) if error <= REACH else (f"{says}: nearer than the film alone, not yet {REACH}", False)


@stretch_it(
    "The next rating",
    minutes=15,
    hints=(
        "By how many stars did she give more than was expected, so far?",
        "Add the mean of `stars - expected` to `now`. What is that mean where she has rated nothing, and how much is "
        "it worth after one rating?",
        "Shrink it: `(stars - expected).sum() / (len(stars) + 3)` is 0 without ratings, and a quarter of the "
        "difference after one.",
    ),
    why="A person's bias is a mean of differences: set it anew after each rating, and shrink it at first.",
    measure=_measure_next,
    mistakes=(
        (lambda expected, stars, now: stars.mean() if len(stars) else now, "what the film alone lets expect"),
        (lambda expected, stars, now: now + (np.mean(stars - expected) if len(stars) else 0.0), "not yet 0.82"),
    ),
    also_right=(lambda expected, stars, now: now + (stars - expected).sum() / (len(stars) + 1.5),),
)
def next_rating(expected, stars, now):
    """The stars a newcomer will give next: `now` is expected by the film; so far (n,) `expected` and her `stars`."""
    return now + (stars - expected).sum() / (len(stars) + 3)
