"""Predictions: a guess committed before the run, and the gap to what came out."""

import math
from html import escape

from IPython.display import display

from . import memory

_guesses: dict[str, float] = {}


def predict(name: str, guess: object, question: str) -> None:
    """Commit a guess, a number, for `reveal` to compare; with ... in its place nothing is committed.

    `name` is the chapter and a name, "sgd.accuracy_shuffled". The published page shows a field instead.
    """
    _guesses.pop(name, None)
    if guess is ...:
        says = "No guess yet: replace the ... by a number and run this cell, before you read on."
    elif (number := _number(guess)) is None:
        says = f"Got {guess!r:.60}, expected a number: replace it and run this cell again."
    else:
        _guesses[name] = number
        memory.record_prediction(name, number)
        says = f"Your guess, {number:g}, is committed."
    _display(f'<div class="nnlib-predict" data-name="{escape(name)}">', question, says)


def reveal(name: str, result: float, spec: str = ".4g") -> None:
    """Say what came out, and how far the guess committed under `name` was from it."""
    said = format(result, spec)
    if name in _guesses:
        gap = abs(_guesses[name] - result)
        memory.record_prediction(name, _guesses[name], float(result))
        says = f"You guessed {_guesses[name]:g}; it is {said}: {format(gap, spec)} apart."
    else:
        says = f"It is {said}. (No guess was committed.)"
    known = f'data-name="{escape(name)}" data-result="{result:.6g}" data-spec="{escape(spec)}"'
    _display(f'<div class="nnlib-reveal" {known}>', says)


def _display(opening: str, *lines: str) -> None:
    """Show lines of text; on the published page a script finds them by their opening tag."""
    html = opening + "".join(f"<p>{escape(line)}</p>" for line in lines) + "</div>"
    display({"text/html": html, "text/plain": "\n".join(lines)}, raw=True)


def _number(guess: object) -> float | None:
    try:
        number = float(guess)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
