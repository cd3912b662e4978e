"""Kinds of exercise: each checks its own answer, has hints from gentle to plain, and shows its solution.

An exercise is a function with a record above it (`@write_it("The output error", minutes=4, ...)`): the function
is the solution, or returns what is asked about, and its module and name are the exercise's. A check of a function
draws fresh inputs and compares the answer's results with the solution's, so every correct answer passes, however it
is written. A wrong one is compared with known mistakes too, each a real function: if the answer does what a mistake
does, the verdict says which one it looks like. README.md beside this file shows each kind.
"""

import ast
import copy
import inspect
import json
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from html import escape
from typing import Any

import numpy as np

from . import memory
from .compare import described, difference, in_digits, in_short, numbers, same


class Outcome(Enum):
    """What became of an answer, in the words that a verdict begins with."""

    CORRECT = "Correct"
    NOT_YET = "Not yet"
    NOT_ATTEMPTED = "Not attempted yet"


CORRECT, NOT_YET, NOT_ATTEMPTED = Outcome


@dataclass(frozen=True)
class Verdict:
    """What a check says: the outcome, and one line of why."""

    kind: Outcome
    why: str = ""

    def __str__(self) -> str:
        return f"{self.kind.value}{': ' if self.why else '.'}{self.why}"


_NOTHING_YET = Verdict(NOT_ATTEMPTED, "the function returns nothing yet")


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """What all kinds of exercise share. It can be called, as its solution can.

    Attributes
    ----------
    solved : the function below the record.
    title : a few words.
    minutes : about how long it takes.
    hints : from gentle to plain.
    why : one sentence of why the solution is what it is.
    mistakes : known wrong answers, each with the line that names it.
    also_right : right answers that are written differently.
    """

    solved: Callable
    title: str
    minutes: int
    hints: Sequence[str]
    why: str
    mistakes: Sequence[tuple[Any, str]] = ()
    also_right: Sequence[Any] = ()
    kind = ""
    draws = False  # whether each check draws inputs of its own
    solution_is_code = True

    @property
    def name(self) -> str:
        """Its module and its name there, "backprop.output_error"."""
        return f"{self.solved.__module__.rpartition('.')[2]}.{self.solved.__name__}"

    def __call__(self, *args: Any) -> Any:
        return self.solved(*args)

    def verdict(self, answer: object) -> Verdict:
        """The verdict on an answer; any answer at all gets one."""
        if answer is ... or answer is None:
            return Verdict(NOT_ATTEMPTED, "replace the ... by your answer and run this cell again")
        try:
            return self._judge(answer)
        except (Exception, SystemExit) as error:  # the reader's code may do anything; the notebook goes on
            return Verdict(NOT_YET, f"it stopped with {in_short(error)}")

    def check(self, answer: object) -> None:
        """Print the verdict on an answer, and remember it on this machine."""
        verdict = self.verdict(answer)
        if verdict.kind is not NOT_ATTEMPTED:
            memory.record(self.name, solved=verdict.kind is CORRECT)
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
        text = textwrap.dedent(inspect.getsource(self.solved))
        first = ast.parse(text).body[0].lineno  # that of `def`: the record stands above it
        return "\n".join(text.splitlines()[first - 1 :]).strip()

    def right_answer(self) -> Any:
        """What a reader who knows hands in."""
        return self.solved

    def wrong_answers(self) -> Sequence[tuple[Any, str]]:
        """Each known mistake as a reader hands it in, with the line that names it."""
        return self.mistakes

    def _judge(self, answer: Any) -> Verdict:
        raise NotImplementedError


_hints_given: dict[str, int] = {}


@dataclass(frozen=True, kw_only=True)
class WriteIt(Exercise):
    """Write a function. `inputs(rng)` draws the arguments of one call, and a check makes `tries` of them."""

    inputs: Callable[[np.random.Generator], tuple]
    tries: int = 5
    kind = "Write it"
    draws = True

    def _judge(self, answer: Any) -> Verdict:
        if not callable(answer):
            return Verdict(NOT_YET, f"got {described(answer)}, expected the function itself, without its parentheses")
        rng = np.random.default_rng()
        calls = [self.inputs(rng) for _ in range(self.tries)]
        results = [answer(*_fresh(call)) for call in calls]
        if all(result is None or result is ... for result in results):
            return _NOTHING_YET
        wanted = [self.solved(*_fresh(call)) for call in calls]
        if all(same(got, want) for got, want in zip(results, wanted, strict=True)):
            return Verdict(CORRECT)
        for mistake, says in self.mistakes:
            if all(same(got, mistake(*_fresh(call))) for got, call in zip(results, calls, strict=True)):
                return Verdict(NOT_YET, says)
        call, got, want = next(t for t in zip(calls, results, wanted, strict=True) if not same(t[1], t[2]))
        return Verdict(NOT_YET, difference(call, got, want))


@dataclass(frozen=True, kw_only=True)
class FixIt(WriteIt):
    """Mend a function that is given, and wrong: its first known mistake is the cell as it stands."""

    kind = "Fix it"


@dataclass(frozen=True, kw_only=True)
class PredictIt(Exercise):
    """Say a number or a shape before the run. The function computes it; `within` is how near counts as right."""

    within: float = 1e-6
    kind = "Predict it"

    def _judge(self, answer: Any) -> Verdict:
        got, want = numbers(answer), np.asarray(self.solved())
        if got is not None and got.size == want.size:
            got = got.reshape(want.shape)  # ((4, 7), (32, 4)) are four numbers too
        if same(got, want, self.within):
            return Verdict(CORRECT)
        for mistake, says in self.mistakes:
            if same(got, mistake, self.within):
                return Verdict(NOT_YET, says)
        if got is None or got.shape != want.shape:
            form = "a number" if want.shape == () else f"{want.size} numbers, such as {(0,) * want.size}"
            return Verdict(NOT_YET, f"got {described(answer)}, expected {form}")
        return Verdict(NOT_YET, "that is not it; a hint may help")

    def solution_text(self) -> str:
        return f"{super().solution_text()}\n\n# {in_digits(self.solved())}"

    def right_answer(self) -> Any:
        return self.solved()


@dataclass(frozen=True, kw_only=True)
class OrderIt(Exercise):
    """Put shuffled lines in order.

    The function returns them in a right order; the lines `after[i]` must stand somewhere above line i. Every order
    that respects `after` is right. The lines are shown shuffled, under the letters A, B, C, ...
    """

    after: dict[int, Sequence[int]]
    shuffle: Sequence[int]  # shuffle[p] is the line shown at place p
    kind = "Order it"

    @property
    def lines(self) -> Sequence[str]:
        """The lines, in a right order."""
        return self.solved()

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
        named = {",".join(str(place[i]) for i in order): says for order, says in self.mistakes}
        known = f'data-name="{self.name}" data-mistakes="{escape(json.dumps(named))}" data-above="{above}"'
        html = f'<ol class="nnlib-order" type="A" {known}>{items}</ol>'
        text = "\n".join(f"{letter}  {line}" for letter, line in shown)
        display({"text/html": html, "text/plain": text}, raw=True)

    def _judge(self, answer: Any) -> Verdict:
        order = [letter for letter in str("".join(answer)).upper() if letter.isalpha()]
        if sorted(order) != list(self.letters):
            wanted = f'each of {self.letters} once, such as "{self.letters[::-1]}"'
            return Verdict(NOT_YET, f"got {described(answer)}, expected {wanted}")
        lines = [self.shuffle[self.letters.index(letter)] for letter in order]
        for mistake, says in self.mistakes:
            if list(mistake) == lines:
                return Verdict(NOT_YET, says)
        for place, line in enumerate(lines):
            for needed in self.after.get(line, ()):
                if needed not in lines[:place]:
                    return Verdict(NOT_YET, f"line {order[place]} needs something that a later line brings")
        return Verdict(CORRECT)

    def solution_text(self) -> str:
        return "\n".join(self.lines)

    def in_letters(self, order: Sequence[int]) -> str:
        """An order of the lines as it is handed in: "BADC"."""
        return "".join(self.letters[self.shuffle.index(line)] for line in order)

    def right_answer(self) -> str:
        return self.in_letters(range(len(self.lines)))

    def wrong_answers(self) -> Sequence[tuple[str, str]]:
        return [(self.in_letters(order), says) for order, says in self.mistakes]


@dataclass(frozen=True)
class Choice:
    """One choice of an `ExplainIt`, and what to say to a reader who takes it."""

    text: str
    says: str
    right: bool = False


@dataclass(frozen=True, kw_only=True)
class ExplainIt(Exercise):
    """Choose the right explanation among those that the function returns.

    Each wrong one is a misconception that people really have.
    """

    question: str
    kind = "Explain it"
    solution_is_code = False

    @property
    def choices(self) -> Sequence[Choice]:
        """The choices, in the order in which they are shown."""
        return self.solved()

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
            return Verdict(NOT_YET, f'got {described(answer)}, expected one letter, such as "{self.letters[-1]}"')
        choice = self.choices[self.letters.index(letter)]
        return Verdict(CORRECT if choice.right else NOT_YET, choice.says)

    def solution_text(self) -> str:
        letter = self.right_answer()
        return f"{letter}  {self.choices[self.letters.index(letter)].text}"

    def right_answer(self) -> str:
        return next(letter for letter, choice in zip(self.letters, self.choices, strict=True) if choice.right)

    def wrong_answers(self) -> Sequence[tuple[str, str]]:
        lettered = zip(self.letters, self.choices, strict=True)
        return [(letter, choice.says) for letter, choice in lettered if not choice.right]


@dataclass(frozen=True, kw_only=True)
class StretchIt(Exercise):
    """An open task with a range to reach.

    `measure(answer)` gives a line to say, and whether the range is reached; known mistakes are named in that line.
    """

    measure: Callable[[Any], tuple[str, bool]]
    kind = "Stretch it"

    def _judge(self, answer: Any) -> Verdict:
        if not callable(answer):
            return Verdict(NOT_YET, f"got {described(answer)}, expected the function itself, without its parentheses")
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


def _fresh(call: tuple) -> tuple:
    """The arguments of a call, copied: an answer may write into them."""
    return copy.deepcopy(call)


def _record(kind: type[Exercise]) -> Callable:
    """The decorator that makes an exercise of this kind out of the function below it."""

    def record(title: str, **record: Any) -> Callable[[Callable], Exercise]:
        return lambda solved: kind(solved=solved, title=title, **record)

    return record


write_it, fix_it, predict_it = _record(WriteIt), _record(FixIt), _record(PredictIt)
order_it, explain_it, stretch_it = _record(OrderIt), _record(ExplainIt), _record(StretchIt)
