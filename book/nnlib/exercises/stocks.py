"""Exercises of Stock prices."""

from collections.abc import Callable

import numpy as np

from nnlib.exercises.kinds import Choice, explain_it, fix_it, stretch_it, write_it
from nnlib.studies.stocks import load_google, load_vix


def _lagging(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The prices of 40 days, and a curve that follows them 2 to 5 days late, a little above them."""
    walk, late = rng.normal(0, 5, 60).cumsum() + 300, int(rng.integers(2, 6))
    return (walk[10 - late : 50 - late] + 0.2 * rng.normal(size=40) + 3).round(2), walk[10:50].round(2)


def _nearest(errors: list[float]) -> int:
    return min(range(len(errors)), key=lambda days: errors[days])


def _by_squares(forecast, truth):
    n = len(truth)
    return _nearest([np.mean((forecast[days:] - truth[: n - days]) ** 2) for days in range(6)])


def _from_one(forecast, truth):
    return days_late(forecast, truth) + 1


def _forwards(forecast, truth):
    n = len(truth)
    return _nearest([np.abs(forecast[: n - days] - truth[days:]).mean() for days in range(6)])


def _error(forecast, truth):
    n = len(truth)
    return min(np.abs(forecast[days:] - truth[: n - days]).mean() for days in range(6))


@write_it(
    "How late?",
    minutes=6,
    hints=(
        "To move a curve back by 2 days, which of its values is laid beside the first price?",
        "The third. So forecast[days:] is compared with as many prices from the beginning.",
        "errors = [np.abs(forecast[days:] - truth[:len(truth) - days]).mean() for days in range(6)]; then the place "
        "of the smallest.",
    ),
    why="A curve that repeats what has been lies nearest after it is moved back by as many days as it repeats.",
    inputs=_lagging,
    mistakes=(
        (_forwards, "the curve was moved forwards, or not at all; one that comes late must be moved back"),
        (_error, "this is the error there; asked is by how many days"),
        (_from_one, "one day too many: 0 days, not moved at all, is the first to try"),
    ),
    also_right=(_by_squares,),
)
def days_late(forecast, truth):
    """By how many days, 0 to 5, the forecast (n,) must be moved back to lie nearest the truth (n,), on average."""
    n = len(truth)
    errors = [np.abs(forecast[days:] - truth[: n - days]).mean() for days in range(6)]
    return int(np.argmin(errors))


@explain_it(
    "A correlation of 0.99",
    minutes=2,
    question="A program forecasts tomorrow's price of a share. On a year of new days its forecasts correlate with the "
    "prices at 0.99. What does that say?",
    hints=(
        "What would the forecast “tomorrow is like today” reach?",
        "Prices of neighbouring days are nearly the same. So today's price correlates with tomorrow's at 0.99 too.",
    ),
    why="Prices change little from day to day beside how far they wander in a year, so today's price comes as near.",
)
def what_it_says():
    return (
        Choice(
            "That 99 of 100 forecasts are right.",
            "a correlation counts no answers; it says that both curves rise and fall together over the year",
        ),
        Choice(
            "That it can forecast, since the days were new to it.",
            "new days make a test honest; but whoever repeats today's price passes it too",
        ),
        Choice(
            "Nothing, until it is said how near today's price comes.",
            "yes: that alone correlates with tomorrow's at about 0.99",
            right=True,
        ),
        Choice(
            "That it has learned its training days by heart.",
            "then it would be poor on new days; here it may have learned to repeat the last price",
        ),
    )


def _days_so_far(rng: np.random.Generator) -> tuple[np.ndarray, int]:
    """Rows of 12 days, two columns that drift, and how many of the days are past."""
    return (rng.normal(0, 1, (12, 2)) + np.arange(12)[:, None] * rng.uniform(0.5, 1, 2)).round(2), int(
        rng.integers(5, 9)
    )


def _by_all_days(x, today):
    return (x - x.mean(axis=0)) / x.std(axis=0)


def _scaled_by(which: Callable) -> Callable:
    def scale(x, today):
        known = which(x, today)
        return (x - known.mean(axis=0)) / known.std(axis=0)

    return scale


@fix_it(
    "Too early",
    minutes=3,
    hints=(
        "On the evening of the last day that is past, which rows does one know?",
        "Mean and spread come from all rows here, so each scaled number knows a little of the days to come.",
        "known = x[:today]; mean and spread are those of `known`.",
    ),
    why="What a forecast is made from must be known when it is made, a mean and a spread too.",
    inputs=_days_so_far,
    mistakes=(
        (_by_all_days, "something in it is known too early; ask of each number when it is known"),
        (_scaled_by(lambda x, today: x[today:]), "these are the days to come; take the days before them"),
        (_scaled_by(lambda x, today: x[: today + 1]), "one row too many: x[:today] are the days that are past"),
        (
            lambda x, today: (x - x[:today].mean()) / x[:today].std(),
            "one mean for both columns; each column has its own",
        ),
    ),
    also_right=(lambda x, today: (x - x[:today].sum(axis=0) / today) / x[:today].std(axis=0),),
)
def scaled(x, today):
    """Rows x (n, columns), each column shifted and scaled to mean 0 and spread 1 over its first `today` rows."""
    known = x[:today]
    return (x - known.mean(axis=0)) / known.std(axis=0)


FIRST, SKILL = 510, 0.09  # the first to be forecast, and the share of the error that must go


def _measure_sizes(foresee: Callable) -> tuple[str, bool]:
    """Ask for the size of each change from the 510th on, with what was known the evening before."""
    price, vix = load_google(), load_vix()[1]
    size = 100 * np.abs(price[1:] / price[:-1] - 1)
    truth = size[FIRST:]
    said = np.array([float(foresee(size[:day].copy(), vix[: day + 1].copy())) for day in range(FIRST, len(size))])
    plain = np.array([size[:day].mean() for day in range(FIRST, len(size))])
    skill = 1 - np.sum((truth - said) ** 2) / np.sum((truth - plain) ** 2)
    says = f"the skill is {skill:.1%}"
    if not skill > 0:
        return f"{says}: the mean so far does as well or better", False
    return (says, True) if skill >= SKILL else (f"{says}: better than the mean so far, not yet 9 %", False)


@stretch_it(
    "How large tomorrow",
    minutes=15,
    hints=(
        "Sizes come in clusters. What do the last days say that the mean of all days does not?",
        "One day alone is too noisy, and the mean of all is too slow. What lies between?",
        "A running average: begin with a mean, and let each day make it w times itself and 1 - w times the new size. "
        "Try some w between 0.8 and 0.99 on the first 510 sizes.",
    ),
    why="A calm day follows calm days, and a running average knows how calm the last weeks were.",
    measure=_measure_sizes,
    mistakes=(
        (lambda sizes, vix: sizes[-1], "the mean so far does as well or better"),
        (lambda sizes, vix: sizes[-10:].mean(), "not yet 9 %"),
    ),
    also_right=(lambda sizes, vix: (sizes[-10:].mean() + sizes[-60:].mean()) / 2,),
)
def how_large(sizes, vix):
    """A forecast of the next size, from all sizes so far (n,), in per cent, and the VIX of each evening (n + 1,)."""
    average = sizes[:10].mean()
    for size in sizes[10:]:
        average = 0.94 * average + 0.06 * size
    return average
