"""Exercise: a question that checks its own answer, hints from gentle to plain, and shows its solution.

A check draws fresh inputs and compares the answer's results with the solution's, so every correct answer
passes, however it is written. A wrong one is compared with known mistakes too, each a real function: if
the answer does what a mistake does, the verdict says which one it looks like.
"""

import copy
import inspect
import json
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from . import memory

CORRECT, NOT_YET, NOT_ATTEMPTED = "Correct", "Not yet", "Not attempted yet"


@dataclass(frozen=True)
class Verdict:
    """What a check says: CORRECT, NOT_YET or NOT_ATTEMPTED, and one line of why."""

    kind: str
    why: str = ""

    def __str__(self) -> str:
        return f"{self.kind}{': ' if self.why else '.'}{self.why}"


_NOTHING_YET = Verdict(NOT_ATTEMPTED, "the function returns nothing yet")


@dataclass(frozen=True)
class Mistake:
    """A known wrong answer, and the line that names it."""

    answer: Any
    says: str


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """What all kinds of exercise share.

    Attributes
    ----------
    name : its module and its name there, "backprop.output_error".
    title : a few words.
    minutes : about how long it takes.
    hints : from gentle to plain.
    why : one sentence of why the solution is what it is.
    """

    name: str
    title: str
    minutes: int
    hints: Sequence[str]
    why: str
    mistakes: Sequence[Mistake] = ()
    kind = ""

    def verdict(self, answer: object) -> Verdict:
        """The verdict on an answer; any answer at all gets one."""
        if answer is ... or answer is None:
            return Verdict(NOT_ATTEMPTED, "replace the ... by your answer and run this cell again")
        try:
            return self._judge(answer)
        except (Exception, SystemExit) as error:  # the reader's code may do anything; the notebook goes on
            return Verdict(NOT_YET, f"it stopped with {_in_short(error)}")

    def check(self, answer: object) -> None:
        """Print the verdict on an answer, and remember it on this machine."""
        verdict = self.verdict(answer)
        if verdict.kind != NOT_ATTEMPTED:
            memory.record(self.name, verdict.kind)
        print(verdict)

    def hint(self) -> None:
        """Print the next hint; after the last one, the first again."""
        given = _hints_given.get(self.name, 0)
        _hints_given[self.name] = given + 1
        place = given % len(self.hints)
        print(f"Hint {place + 1} of {len(self.hints)}: {self.hints[place]}")

    def solution(self) -> None:
        """Print the solution, and why it is so."""
        print(f"{self.solution_text()}\n\n{self.why}")

    def solution_text(self) -> str:
        """The solution as text: code for functions, the answer for the rest."""
        raise NotImplementedError

    def _judge(self, answer: Any) -> Verdict:
        raise NotImplementedError


_hints_given: dict[str, int] = {}


@dataclass(frozen=True, kw_only=True)
class WriteIt(Exercise):
    """Write a function. `inputs(rng)` draws the arguments of one call; `solved` is the solution."""

    solved: Callable
    inputs: Callable[[np.random.Generator], tuple]
    tries: int = 5
    kind = "Write it"

    def _judge(self, answer: Any) -> Verdict:
        if not callable(answer):
            return Verdict(NOT_YET, f"got {_described(answer)}, expected the function itself, without its parentheses")
        rng = np.random.default_rng()
        calls = [self.inputs(rng) for _ in range(self.tries)]
        results = [answer(*_fresh(call)) for call in calls]
        if all(result is None or result is ... for result in results):
            return _NOTHING_YET
        wanted = [self.solved(*_fresh(call)) for call in calls]
        if all(same(got, want) for got, want in zip(results, wanted, strict=True)):
            return Verdict(CORRECT)
        for mistake in self.mistakes:
            if all(same(got, mistake.answer(*_fresh(call))) for got, call in zip(results, calls, strict=True)):
                return Verdict(NOT_YET, mistake.says)
        call, got, want = next(t for t in zip(calls, results, wanted, strict=True) if not same(t[1], t[2]))
        return Verdict(NOT_YET, _difference(call, got, want))

    def solution_text(self) -> str:
        return textwrap.dedent(inspect.getsource(self.solved)).strip()


@dataclass(frozen=True, kw_only=True)
class FixIt(WriteIt):
    """Mend a function that is given, and wrong: its first known mistake is the cell as it stands."""

    kind = "Fix it"


@dataclass(frozen=True, kw_only=True)
class PredictIt(Exercise):
    """Say a number or a shape before the run. `solved()` computes it; `within` is how near counts as right."""

    solved: Callable[[], Any]
    within: float = 1e-6
    kind = "Predict it"

    def _judge(self, answer: Any) -> Verdict:
        got, want = _numbers(answer), np.asarray(self.solved())
        if got is not None and got.size == want.size:
            got = got.reshape(want.shape)  # ((4, 7), (32, 4)) are four numbers too
        if same(got, want, self.within):
            return Verdict(CORRECT)
        for mistake in self.mistakes:
            if same(got, mistake.answer, self.within):
                return Verdict(NOT_YET, mistake.says)
        if got is None or got.shape != want.shape:
            form = "a number" if want.shape == () else f"{want.size} numbers, such as {(0,) * want.size}"
            return Verdict(NOT_YET, f"got {_described(answer)}, expected {form}")
        return Verdict(NOT_YET, "that is not it; a hint may help")

    def solution_text(self) -> str:
        code = textwrap.dedent(inspect.getsource(self.solved)).strip()
        return f"{code}\n\n# {_described(self.solved())}"


@dataclass(frozen=True, kw_only=True)
class OrderIt(Exercise):
    """Put shuffled lines in order. `lines` are in a right order; `after[i]` must stand somewhere above line i.

    Every order that respects `after` is right. The lines are shown shuffled, under the letters A, B, C, ...
    """

    lines: Sequence[str]
    after: dict[int, Sequence[int]]
    shuffle: Sequence[int]  # shuffle[p] is the line shown at place p
    kind = "Order it"

    @property
    def letters(self) -> str:
        """A, B, C, ...: one for each line shown."""
        return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: len(self.lines)]

    def show(self) -> None:
        """Show the shuffled lines; on the published page they can be moved about."""
        from IPython.display import display

        shown = [(letter, self.lines[i]) for letter, i in zip(self.letters, self.shuffle, strict=True)]
        place = {line: p for p, line in enumerate(self.shuffle)}
        above = ";".join(f"{place[i]}>{','.join(str(place[j]) for j in js)}" for i, js in sorted(self.after.items()))
        items = "".join(f'<li data-place="{p}"><code>{escape(line)}</code></li>' for p, (_, line) in enumerate(shown))
        named = {",".join(str(place[i]) for i in mistake.answer): mistake.says for mistake in self.mistakes}
        known = f'data-name="{self.name}" data-mistakes="{escape(json.dumps(named))}" data-above="{above}"'
        html = f'<ol class="nnlib-order" type="A" {known}>{items}</ol>'
        text = "\n".join(f"{letter}  {line}" for letter, line in shown)
        display({"text/html": html, "text/plain": text}, raw=True)

    def _judge(self, answer: Any) -> Verdict:
        order = [letter for letter in str("".join(answer)).upper() if letter.isalpha()]
        if sorted(order) != list(self.letters):
            wanted = f'each of {self.letters} once, such as "{self.letters[::-1]}"'
            return Verdict(NOT_YET, f"got {_described(answer)}, expected {wanted}")
        lines = [self.shuffle[self.letters.index(letter)] for letter in order]
        for mistake in self.mistakes:
            if list(mistake.answer) == lines:
                return Verdict(NOT_YET, mistake.says)
        for place, line in enumerate(lines):
            for needed in self.after.get(line, ()):
                if needed not in lines[:place]:
                    return Verdict(NOT_YET, f"line {order[place]} needs something that a later line brings")
        return Verdict(CORRECT)

    def solution_text(self) -> str:
        return "\n".join(self.lines)


@dataclass(frozen=True)
class Choice:
    """One choice of an `ExplainIt`, and what to say to a reader who takes it."""

    text: str
    says: str
    right: bool = False


@dataclass(frozen=True, kw_only=True)
class ExplainIt(Exercise):
    """Choose the right explanation; each wrong one is a misconception that people really have."""

    question: str
    choices: Sequence[Choice]
    kind = "Explain it"

    @property
    def letters(self) -> str:
        """A, B, C, ...: one for each choice."""
        return "ABCDEFGH"[: len(self.choices)]

    def show(self) -> None:
        """Show the question and its choices; on the published page they can be chosen."""
        from IPython.display import display

        items = "".join(
            f'<li data-says="{escape(choice.says)}"{" data-right" if choice.right else ""}>{escape(choice.text)}</li>'
            for choice in self.choices
        )
        question = f"<p>{escape(self.question)}</p>"
        html = f'<div class="nnlib-choice" data-name="{self.name}">{question}<ol type="A">{items}</ol></div>'
        lines = [f"{letter}  {choice.text}" for letter, choice in zip(self.letters, self.choices, strict=True)]
        display({"text/html": html, "text/plain": "\n".join([self.question, *lines])}, raw=True)

    def _judge(self, answer: Any) -> Verdict:
        parts = answer if isinstance(answer, (list, tuple)) else [answer]
        letter = "".join(map(str, parts)).strip(" \t\n().,:").upper()  # "c)" and ["C"] are C
        if len(letter) != 1 or letter not in self.letters:
            return Verdict(NOT_YET, f'got {_described(answer)}, expected one letter, such as "{self.letters[-1]}"')
        choice = self.choices[self.letters.index(letter)]
        return Verdict(CORRECT if choice.right else NOT_YET, choice.says)

    def solution_text(self) -> str:
        letter, choice = next(pair for pair in zip(self.letters, self.choices, strict=True) if pair[1].right)
        return f"{letter}  {choice.text}"


@dataclass(frozen=True, kw_only=True)
class StretchIt(Exercise):
    """An open task with a range to reach.

    `measure(answer)` gives a line to say, and whether the range is reached; known mistakes are named in that line.
    """

    measure: Callable[[Any], tuple[str, bool]]
    solved: Callable
    kind = "Stretch it"

    def _judge(self, answer: Any) -> Verdict:
        if not callable(answer):
            return Verdict(NOT_YET, f"got {_described(answer)}, expected the function itself, without its parentheses")
        returned = []

        def watched(*args: Any) -> Any:
            returned.append(answer(*args))
            return returned[-1]

        try:
            says, reached = self.measure(watched)
        except Exception:
            if returned and all(result is None or result is ... for result in returned):
                return _NOTHING_YET
            raise
        return Verdict(CORRECT if reached else NOT_YET, says)

    def solution_text(self) -> str:
        return textwrap.dedent(inspect.getsource(self.solved)).strip()


def same(got: Any, want: Any, within: float = 1e-6) -> bool:
    """Whether two results are equal numbers in equal shapes, whatever their type; tuples entry by entry.

    Numbers may differ by `within`, or by 1e-5 of their size, as float32 and another order of a sum do; NaN
    equals NaN, so that a mistake which gives it is known again.
    """
    if isinstance(want, (tuple, list)) and any(np.ndim(part) for part in want):
        return (
            isinstance(got, (tuple, list))
            and len(got) == len(want)
            and all(same(g, w, within) for g, w in zip(got, want, strict=True))
        )
    if isinstance(want, str):
        return got == want if isinstance(got, str) else False
    got, want = _numbers(got), _numbers(want)
    if got is None or want is None or (got.shape != want.shape and not got.size == want.size == 1):
        return False
    return bool(np.allclose(got.reshape(want.shape), want, rtol=1e-5, atol=within, equal_nan=True))


def _numbers(value: Any) -> np.ndarray | None:
    """A value as an array of real numbers, fractions and decimals too; None if it is something else."""
    try:
        array = np.asarray(value)
        if array.dtype.kind == "O":
            array = np.reshape([float(number) for number in array.flat], array.shape)
    except (TypeError, ValueError, OverflowError):  # ragged, no numbers, or beyond float64
        return None
    return array if array.dtype.kind in "biuf" else None


def _fresh(call: tuple) -> tuple:
    """The arguments of a call, copied: an answer may write into them."""
    return copy.deepcopy(call)


def _described(value: object) -> str:
    """A value in a few words."""
    if isinstance(value, np.ndarray) and value.size > 8:
        return f"an array of shape {value.shape}"
    try:
        return textwrap.shorten(repr(value), 80, placeholder=" ...")
    except Exception:
        return f"a {type(value).__name__}"


def _in_short(error: BaseException) -> str:
    """An error in one line."""
    try:
        text = f"{type(error).__name__}: {error}"
    except Exception:  # its words are the reader's code too
        text = type(error).__name__
    return textwrap.shorten(text, 200, placeholder=" ...")


def _difference(call: tuple, got: Any, want: Any) -> str:
    """How one result differs from the one that is wanted."""
    if isinstance(want, (tuple, list)) and any(np.ndim(part) for part in want):
        if not isinstance(got, (tuple, list)) or len(got) != len(want):
            return f"got {_described(got)}, expected {len(want)} results"
        part = next(i for i, (g, w) in enumerate(zip(got, want, strict=True)) if not same(g, w))
        return f"result {part + 1} of {len(want)}: {_difference(call, got[part], want[part])}"
    numbers, want = _numbers(got), np.asarray(want)
    if numbers is None:
        return f"got {_described(got)}, expected {_wanted(want)}"
    got = numbers.reshape(want.shape) if numbers.size == want.size == 1 else numbers
    if got.shape != want.shape:
        return f"got shape {got.shape}, expected {_wanted(want)}"
    where = tuple(int(i) for i in np.argwhere(~np.isclose(got, want, rtol=1e-5, atol=1e-6))[0]) if want.ndim else ()
    entry = f"entry {where} is" if want.ndim else "got"
    seen = textwrap.shorten(", ".join(_described(argument) for argument in call), 200, placeholder=" ...")
    return f"{entry} {got[where]:.6g}, expected {want[where]:.6g}, for the inputs {seen}"


def _wanted(want: Any) -> str:
    """The form of a result."""
    return f"shape {np.shape(want)}" if np.ndim(want) else "a single number"
