"""Needs: which cells of a page another cell depends on, read from their code.

A cell *binds* the names that it makes or may change, and *reads* those that it takes from others. A page that runs in
the reader's browser so finds what must run first; the tests so find what follows from a change that a reader is invited
to make. A text that is no Python, as a reader may leave behind half-way, binds and reads nothing.
"""

import ast
from collections.abc import Collection
from functools import cache

SHOWS = {"print", "display", "show", "glue", "reveal", "predict", "set", "text", "plot"}  # calls that change no name


@cache
def statements(code: str) -> tuple[ast.stmt, ...]:
    """The statements of a cell; none if it is no Python."""
    try:
        return tuple(ast.parse(code).body)
    except (SyntaxError, ValueError):  # the second for a null character
        return ()


def called(node: ast.AST) -> str | None:
    """The name of the function that a node calls, without the module in front of it."""
    if not isinstance(node, ast.Call):
        return None
    return getattr(node.func, "attr", getattr(node.func, "id", None))


@cache
def binds(code: str) -> frozenset[str]:
    """The names that a cell binds, or may change in place by a statement of its own."""
    return frozenset().union(*map(_bound, statements(code)))


@cache
def rebinds(code: str) -> frozenset[str]:
    """Those of them that stand for something else afterwards, and are not changed in place."""
    return frozenset().union(*map(_rebound, statements(code)))


def _rebound(statement: ast.stmt) -> set[str]:
    names = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).split(".")[0])
    return names


def _bound(statement: ast.stmt) -> set[str]:
    names = _rebound(statement)
    for node in ast.walk(statement):
        if isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, ast.Store):
            names |= loads(node.value)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and called(node.value) not in SHOWS:
            names |= loads(node.value)
    return names


def loads(node: ast.AST) -> set[str]:
    """The names that a piece of code loads."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}


@cache
def reads(code: str) -> frozenset[str]:
    """The names that a cell takes from others: what it loads without having bound it by a statement before."""
    found, own = set(), set()
    for statement in statements(code):
        found |= loads(statement) - own
        if isinstance(statement, (ast.Assign, ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)):
            own |= _bound(statement)
    return frozenset(found)


@cache
def defines(code: str) -> frozenset[str]:
    """The names that a cell binds anew, whatever they were before."""
    found = set()
    for statement in statements(code):
        if isinstance(statement, ast.Assign):
            stored = (node for target in statement.targets for node in ast.walk(target))
            found |= {node.id for node in stored if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        elif isinstance(statement, (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)):
            found |= _bound(statement)
    return frozenset(found)


def taken(cells: list[str], last: int) -> dict[int, frozenset[str]]:
    """The places of the cells before `last` on which it depends, in order, and the names that are taken from each."""
    wanted, found = reads(cells[last]), {}
    for place in reversed(range(last)):
        if names := binds(cells[place]) & wanted:
            found[place] = names
            wanted = wanted - defines(cells[place]) | reads(cells[place])
    return dict(sorted(found.items()))


def needed(cells: list[str], last: int) -> list[int]:
    """The places of the cells before `last` on which it depends, in order."""
    return [*taken(cells, last)]


def missing(cells: list[str], last: int, when: dict, changed: Collection[int] = ()) -> list[int]:
    """The places of the cells before `last` that must run first, in order.

    Such a cell is needed, and has not run, or has `changed` since, or something that it needs itself has run since or
    is missing, or a name that it gives stands for something else since another cell ran that has no part in this.

    Parameters
    ----------
    cells : all texts of the page.
    last : the place of the cell that is to run.
    when : for each place whose cell has run, when: whatever can be compared.
    changed : the places of cells whose text is not the one that ran.
    """
    given, found = taken(cells, last), []
    for place, names in given.items():
        above = needed(cells, place)
        others = (n for n in when if (n < place or n not in (place, last, *given)) and rebinds(cells[n]) & names)
        if (
            place not in when
            or place in changed
            or any(a in found for a in above)
            or any(n in when and when[n] > when[place] for n in (*above, *others))
        ):
            found.append(place)
    return found


def depending(cells: list[str], first: int) -> list[int]:
    """The places of the cells after `first` that depend on it, in order."""
    changed, found = binds(cells[first]), []
    for place in range(first + 1, len(cells)):
        if reads(cells[place]) & changed:
            found.append(place)
            changed |= binds(cells[place])
        else:
            changed -= defines(cells[place])
    return found
