"""Rates: which of a list are tried, so that the best one does not lie at the edge of what was tried."""

from collections.abc import Collection, Sequence


def to_try(rates: Sequence[float], tried: Collection[float], middle: float, around: int = 1) -> list[float]:
    """The rates that come next, in the list's order; none is left once the best has both its neighbours in the list.

    Parameters
    ----------
    rates : all that there are.
    tried : those that have been tried.
    middle : the best of those, or before the first try the one to begin with.
    around : how many on each side of the first one are tried with it.
    """
    place, reach = rates.index(middle), 1 if tried else around
    return [rate for rate in rates[max(0, place - reach) : place + reach + 1] if rate not in tried]
