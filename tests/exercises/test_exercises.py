"""Exercises: each proves itself, and no answer whatever breaks the notebook."""

import dataclasses
import importlib
import inspect
import warnings
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from chapters import label, numbered
from nnlib.exercises.exercise import (
    CORRECT,
    NOT_ATTEMPTED,
    NOT_YET,
    Choice,
    Exercise,
    ExplainIt,
    FixIt,
    Mistake,
    OrderIt,
    PredictIt,
    StretchIt,
    WriteIt,
    same,
)
from nnlib.layers import sigmoid

MODULES = {label(path): importlib.import_module(f"nnlib.exercises.{label(path)}") for path in numbered()}
ALL = [
    (module, name, exercise)
    for module in MODULES.values()
    for name, exercise in vars(module).items()
    if isinstance(exercise, Exercise)
]
every = pytest.mark.parametrize(("module", "name", "exercise"), ALL, ids=[exercise.name for *_, exercise in ALL])


def right_answer(exercise):
    """What a reader who knows would hand in."""
    if isinstance(exercise, OrderIt):
        return "".join(exercise.letters[exercise.shuffle.index(line)] for line in range(len(exercise.lines)))
    if isinstance(exercise, ExplainIt):
        return exercise.letters[[choice.right for choice in exercise.choices].index(True)]
    return exercise.solved() if isinstance(exercise, PredictIt) else exercise.solved


def wrong_answers(exercise):
    """Each known mistake as a reader would hand it in, with the line that must name it."""
    if isinstance(exercise, ExplainIt):
        return [(exercise.letters[i], c.says) for i, c in enumerate(exercise.choices) if not c.right]
    if isinstance(exercise, OrderIt):
        return [
            ("".join(exercise.letters[exercise.shuffle.index(line)] for line in mistake.answer), mistake.says)
            for mistake in exercise.mistakes
        ]
    return [(mistake.answer, mistake.says) for mistake in exercise.mistakes]


def junk():
    """Answers that nobody should hand in, and somebody will."""

    def raises(*args):
        raise RuntimeError("oops")

    def leaves(*args):
        raise SystemExit(3)

    class Strange:
        def __repr__(self):
            raise ValueError("no words")

    shapes = [np.full((3, 2), np.nan), np.zeros((0, 4)), np.ones((2, 3, 4)), [[1], [2, 3]], {}, {1: 2}, Strange()]
    values = ["", "?", "A", "ABCDEFGHIJ", "hello", b"\x00", -1, 1e400, 10**400, float("nan"), 1j, True, *shapes]
    return values + [raises, leaves, Strange] + [lambda *args, value=value: value for value in values]


@every
def test_the_solution_is_correct_every_time(module, name, exercise):
    tries = 1 if isinstance(exercise, StretchIt) else 10
    assert [str(exercise.verdict(right_answer(exercise)).kind) for _ in range(tries)] == [CORRECT] * tries


@every
def test_a_correct_answer_that_is_written_differently_passes(module, name, exercise):
    answers = module.ALTERNATIVES[name]
    assert answers
    for answer in answers:
        assert exercise.verdict(answer).kind == CORRECT, exercise.verdict(answer)


@every
def test_the_untouched_starter_is_not_attempted(module, name, exercise):
    assert exercise.verdict(...).kind == exercise.verdict(None).kind == NOT_ATTEMPTED
    if isinstance(exercise, WriteIt) and not isinstance(exercise, FixIt):
        assert exercise.verdict(lambda *args: ...).kind == exercise.verdict(lambda *args: None).kind == NOT_ATTEMPTED


@every
def test_every_known_mistake_fails_with_the_line_that_names_it(module, name, exercise):
    mistakes = wrong_answers(exercise)
    assert len(mistakes) >= (1 if isinstance(exercise, (PredictIt, OrderIt, StretchIt)) else 2)
    assert len({says for _, says in mistakes}) == len(mistakes)
    for answer, says in mistakes:
        for _ in range(1 if isinstance(exercise, StretchIt) else 3):
            verdict = exercise.verdict(answer)
            assert verdict.kind == NOT_YET and says in verdict.why, (says, str(verdict))


@every
def test_junk_gets_a_verdict_and_one_line(module, name, exercise):
    right = right_answer(exercise)
    for number, answer in enumerate(junk()):
        case = f"junk {number}, a {type(answer).__name__}"
        try:
            with np.errstate(all="ignore"):
                verdict = exercise.verdict(answer)
        except (Exception, SystemExit) as error:
            raise AssertionError(f"{case} broke the check") from error
        if not (isinstance(answer, str) and answer.upper() == right or same(answer, right)):
            assert verdict.kind in (NOT_YET, NOT_ATTEMPTED), (case, str(verdict))
            assert verdict.why, case
        assert "\n" not in str(verdict), case


@every
def test_the_exercise_is_complete(module, name, exercise, capsys):
    assert exercise.name == f"{module.__name__.rpartition('.')[2]}.{name}"
    assert 1 <= exercise.minutes <= 30 and exercise.title and exercise.why.endswith(".")
    assert len(exercise.hints) >= 2
    for hint in exercise.hints:
        exercise.hint()
        assert hint in capsys.readouterr().out
    exercise.hint()
    assert exercise.hints[0] in capsys.readouterr().out
    exercise.solution()
    shown = capsys.readouterr().out
    assert exercise.solution_text() in shown and exercise.why in shown
    if isinstance(exercise, OrderIt):
        assert sorted(exercise.shuffle) == list(range(len(exercise.lines)))
        assert exercise.verdict(exercise.letters).kind == NOT_YET, "the lines are shown in a right order"
    if isinstance(exercise, ExplainIt):
        assert [choice.right for choice in exercise.choices].count(True) == 1


@pytest.mark.parametrize("chapter", MODULES)
def test_a_chapter_has_five_exercises_of_four_kinds_short_and_long(chapter):
    exercises = [exercise for module, _, exercise in ALL if module is MODULES[chapter]]
    assert len(exercises) >= 5 and len({exercise.kind for exercise in exercises}) >= 4
    minutes = [exercise.minutes for exercise in exercises]
    assert min(minutes) <= 2 and max(minutes) >= 15


double = WriteIt(
    name="test.double",
    title="Twice",
    minutes=1,
    hints=("add it to itself", "2 * x"),
    why="Twice is twice.",
    solved=lambda x, k: k * 2 * x,
    inputs=lambda rng: (rng.uniform(1, 2, (3, 2)), 3),
    mistakes=(Mistake(lambda x, k: k * x, "this is x once"), Mistake(lambda x, k: k * 2 * x.T, "transposed")),
)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (lambda x, k: (k * 2 * x).tolist(), "Correct."),
        (lambda x, k: (k * 2 * x).astype(np.float32), "Correct."),
        (lambda x, k: k * x, "Not yet: this is x once"),
        (lambda x, k: k * 2 * x.T, "Not yet: transposed"),
        (lambda x, k: k * 2 * x[0], "Not yet: got shape (2,), expected shape (3, 2)"),
        (lambda x, k: "six", "Not yet: got 'six', expected shape (3, 2)"),
        (lambda x: x, "Not yet: it stopped with TypeError"),
        (6, "Not yet: got 6, expected the function itself"),
        (lambda x, k: k * 2 * x + np.eye(3, 2), "Not yet: entry (0, 0) is"),
    ],
)
def test_a_verdict_says_what_is_wrong(answer, verdict):
    assert str(double.verdict(answer)).startswith(verdict)


def test_an_error_without_words_and_a_wrong_number_in_brackets_get_their_line():
    class Speechless(Exception):
        def __str__(self):
            raise RuntimeError

    def stops(*args):
        raise Speechless

    assert str(double.verdict(stops)) == "Not yet: it stopped with Speechless"
    total = dataclasses.replace(double, solved=lambda x, k: float(x.sum()), mistakes=())
    assert total.verdict(lambda x, k: [x.sum()]).kind == CORRECT
    assert str(total.verdict(lambda x, k: [x.sum() + 1])).startswith("Not yet: got ")
    assert "shape" not in str(total.verdict(lambda x, k: [x.sum() + 1]))


def test_an_answer_that_writes_into_its_inputs_is_judged_by_what_it_returns():
    def in_place(x, k):
        x *= 2 * k
        return x

    assert double.verdict(in_place).kind == CORRECT


def test_a_check_prints_its_verdict_and_is_remembered(capsys, monkeypatch):
    kept = []
    monkeypatch.setattr("nnlib.exercises.memory.record", lambda name, verdict: kept.append((name, verdict)))
    double.check(...)
    double.check(double.solved)
    assert capsys.readouterr().out.splitlines()[1] == "Correct."
    assert kept == [("test.double", CORRECT)]


def test_the_page_form_of_order_and_choice_holds_no_plain_answer(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))
    order = OrderIt(
        name="test.order", title="Order", minutes=1, hints=("a", "b"), why="So.",
        lines=("a = 1", "b = a < 2", "print(b)"), after={1: (0,), 2: (1,)}, shuffle=(2, 0, 1),
        mistakes=(Mistake((1, 0, 2), "a is not there yet"),),
    )  # fmt: skip
    order.show()
    assert shown[0]["text/plain"] == "A  print(b)\nB  a = 1\nC  b = a < 2"
    assert 'data-above="2>1;0>2"' in shown[0]["text/html"] and "a &lt; 2" in shown[0]["text/html"]
    assert 'data-mistakes="{&quot;2,1,0&quot;: &quot;a is not there yet&quot;}"' in shown[0]["text/html"]
    assert order.verdict("b, c, a").kind == CORRECT and order.verdict("BAC").why.startswith("line A needs")
    choice = ExplainIt(
        name="test.choice", title="Choice", minutes=1, hints=("a", "b"), why="So.", question="1 < 2?",
        choices=(Choice("no", "count again"), Choice("yes", "indeed", right=True)),
    )  # fmt: skip
    choice.show()
    assert shown[1]["text/plain"] == "1 < 2?\nA  no\nB  yes"
    assert str(choice.verdict("a")) == "Not yet: count again" and choice.verdict(" b ").kind == CORRECT


def test_every_kind_is_used_somewhere_in_the_book():
    kinds = [kind for kind in (WriteIt, FixIt, PredictIt, OrderIt, ExplainIt, StretchIt)]
    assert not MODULES or all(any(type(exercise) is kind for *_, exercise in ALL) for kind in kinds)


def test_solutions_are_readable_source():
    for *_, exercise in ALL:
        if isinstance(exercise, WriteIt):
            assert inspect.isfunction(exercise.solved) and exercise.solved.__name__ != "<lambda>"


def test_a_number_may_be_a_fraction_and_four_numbers_two_pairs():
    half = PredictIt(name="test.half", title="Half", minutes=1, hints=("a", "b"), why="So.", solved=lambda: 0.5)
    assert {half.verdict(answer).kind for answer in (Fraction(1, 2), Decimal("0.5"), [Fraction(2, 4)])} == {CORRECT}
    assert str(half.verdict(Fraction(1, 3))).startswith("Not yet: that is not it")
    assert str(half.verdict(10**400)).endswith("expected a number")
    four = PredictIt(name="test.four", title="4", minutes=1, hints=("a", "b"), why="So.", solved=lambda: (4, 7, 3, 4))
    assert four.verdict(((4, 7), (3, 4))).kind == four.verdict(np.array([[4, 7], [3, 4]])).kind == CORRECT
    assert four.verdict(((4, 7), (4, 3))).kind == four.verdict([[4], [7, 3, 4]]).kind == NOT_YET
    assert double.verdict(lambda x, k: [[Fraction(number) for number in row] for row in 2 * k * x]).kind == CORRECT


def test_a_letter_may_stand_in_a_list_or_before_a_bracket():
    choice = ExplainIt(
        name="test.letters", title="Letters", minutes=1, hints=("a", "b"), why="So.", question="?",
        choices=(Choice("no", "count again"), Choice("yes", "indeed", right=True)),
    )  # fmt: skip
    assert {choice.verdict(answer).kind for answer in ("b)", "(B)", "B.", ["B"], ("b",))} == {CORRECT}
    assert {choice.verdict(answer).kind for answer in ("AB", "BB", "", ["A", "B"], b"", b"B", [], 1)} == {NOT_YET}


def clever_guesses():
    """Answers that are right for some inputs only, by exercise."""

    def three_layers(weights, X):
        (W1, b1), (W2, b2), (W3, b3) = weights
        A1 = sigmoid(X @ W1.T + b1)
        A2 = sigmoid(A1 @ W2.T + b2)
        return [X, A1, A2, sigmoid(A2 @ W3.T + b3)]

    def right_at_the_ends(z):
        return np.where(abs(z) > 8, z > 0, sigmoid(np.clip(z, -8, 8)))

    def walk(slope, w, learning_rate, steps):
        path = [w]
        for _ in range(steps):
            path.append(path[-1] - learning_rate * slope(path[-1]))
        return path

    def straight_slopes_only(slope, w, learning_rate, steps):
        c = slope(w + 1) - slope(w)
        low = w - slope(w) / c
        return [low + (w - low) * (1 - learning_rate * c) ** k for k in range(steps + 1)]

    def wide_nudges(cost, w, b, learning_rate):
        dw, db = (cost(w + 1, b) - cost(w - 1, b)) / 2, (cost(w, b + 1) - cost(w, b - 1)) / 2
        return w - learning_rate * dw, b - learning_rate * db

    def down_only(cost, w, b, learning_rate):
        after = descent.step_both.solved(cost, w, b, learning_rate)
        return w - abs(after[0] - w), b - abs(after[1] - b)

    def two_by_two(parents, slopes):  # a number that enters a gate twice counts once
        grad = np.zeros(len(parents))
        grad[-1] = 1
        for v in reversed(range(len(parents))):
            grad[np.array(parents[v], dtype=int)] += grad[v] * np.array(slopes[v])
        return grad

    def adds_at_0_and_3(parents, slopes):
        grad = [0.0] * len(parents)
        grad[-1] = 1.0
        for v in reversed(range(len(parents))):
            for parent, slope in zip(parents[v], slopes[v], strict=True):
                grad[parent] = grad[v] * slope + (grad[parent] if parent in (0, 3) else 0)
        return grad

    forward, descent, chain = MODULES["forward"], MODULES["descent"], MODULES["chain"]
    return [
        (forward.layer, lambda W, b, a: sigmoid(np.array([W[j] @ a + b[j] for j in range(3)]))),
        (forward.layer, lambda W, b, a: sigmoid(sum(W[:, k] * a[k] for k in range(4)) + b)),
        (forward.silenced, right_at_the_ends),
        (forward.silenced, lambda z: sigmoid(z).reshape(5, 2)),
        (forward.silenced, lambda z: np.where(z == 0, 0, sigmoid(z))),
        (forward.silenced, lambda z: np.stack([sigmoid(abs(z[:, 0])), sigmoid(-abs(z[:, 1]))], axis=1)),
        (forward.activations, three_layers),
        (forward.activations, lambda weights, X: forward.activations.solved(weights[:3], X)),
        (descent.descend, straight_slopes_only),
        (descent.descend, lambda slope, *rest: walk(lambda w: abs(slope(w)), *rest)),
        (descent.descend, lambda slope, w, learning_rate, steps: walk(slope, w, min(learning_rate, 0.6), steps)),
        (descent.descend, lambda slope, w, learning_rate, steps: walk(slope, w, learning_rate, min(max(steps, 3), 5))),
        (descent.rate_limit, lambda c: 2 / max(c[0], c[1], c[2], c[3])),
        (descent.rate_limit, lambda c: 2 / min(max(c), 20)),
        (descent.step_both, wide_nudges),
        (descent.step_both, down_only),
        (chain.gate_slopes, lambda a, b, c: chain.gate_slopes.solved(a, b, c) if a and b and c else (0, 0, 0)),
        (chain.collect, two_by_two),
        (chain.collect, adds_at_0_and_3),
        (chain.collect, lambda parents, slopes: np.abs(chain.collect.solved(parents, slopes))),
        (chain.factor, lambda error: min((1 + error) / (1 - error), 9.5)),
        (chain.relu_gate, lambda z, grad: grad * (z > 0.15)),
        (chain.relu_gate, lambda z, grad: (grad * (z > 0)).reshape(4, 3)),
        (chain.derivative, lambda f, x: chain.derivative.solved(f, x) + np.complex128(1j)),
    ]


@pytest.mark.parametrize(("exercise", "answer"), clever_guesses())
def test_an_answer_that_is_right_for_some_inputs_only_is_refused(exercise, answer):
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        verdict = exercise.verdict(answer)
    assert verdict.kind == NOT_YET, str(verdict)
