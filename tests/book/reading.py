"""Reading: what a chapter asks of its reader up to the exercises, in words, lines, questions and minutes."""

import re

import rules

WORDS = {"chapter": 2200, "derivation": 3300, "study": 1500}  # on the main line, by the kind in a notebook's metadata
PREDICTIONS = 5
MINUTES = 15  # that a study may say it takes
CLOSED = re.compile(r"^(:{3,})\{dropdown\}.*?^\1\s*$", re.MULTILINE | re.DOTALL)
FOLDING = re.compile(
    r"^(:{3,})\{admonition\}[^\n]*\n(?::[^\n]*\n)*?:class:[^\n]*dropdown.*?^\1\s*$", re.MULTILINE | re.DOTALL
)
NO_WORDS = (  # in this order: fences, formulas, code, the targets of links, options, marks of blocks; a role is a word
    re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL),
    re.compile(r"\$\$.*?\$\$(?:\s*\([\w-]+\))?", re.DOTALL),
    re.compile(r"\$[^$]*\$"),
    re.compile(r"`[^`]*`"),
    re.compile(r"(?<=\])\([^)]*\)"),
    re.compile(r"^(?::[\w-]+:.*|:{3,}.*|\([\w-]+\)=)$", re.MULTILINE),
)


def main_line(notebook: dict) -> list[dict]:
    """The cells up to the exercises; of the cell in which these begin, what stands before them."""
    cells = []
    for cell in notebook["cells"]:
        before, heading, _ = rules.source(cell).partition("## Exercises\n")
        if cell["cell_type"] == "markdown" and (heading or rules.source(cell).endswith("## Exercises")):
            return [*cells, cell | {"source": before.removesuffix("## Exercises")}]
        cells.append(cell)
    return cells


def text(notebook: dict) -> str:
    """The main line's prose, without what stands in closed boxes."""
    return FOLDING.sub("", CLOSED.sub("", rules.prose({"cells": main_line(notebook)})))


def words(notebook: dict) -> int:
    """How many words the main line has: outside code, formulas and closed boxes."""
    left = text(notebook)
    for pattern in NO_WORDS:
        left = pattern.sub(" ", left)
    return len(re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", left))


def lines(notebook: dict) -> int:
    """How many lines of code the main line shows; a question to be answered is no code to be read."""
    return sum(
        sum(bool(line.strip()) for line in rules.source(cell).splitlines())
        for _, cell in rules.code_cells({"cells": main_line(notebook)})
        if not rules.tags(cell) & (rules.FOLDED | {"starter"})
    )


def boxes(notebook: dict, title: str) -> int:
    """How many boxes of this title the main line has."""
    return len(re.findall(rf"^:{{3,}}\{{admonition\}} {title}", text(notebook), re.MULTILINE))


def minutes(notebook: dict) -> float:
    """How long the main line takes: 200 words, 10 lines or one prediction a minute, 3 minutes for each calculation."""
    time = words(notebook) / 200 + lines(notebook) / 10
    return time + boxes(notebook, "Predict") + 3 * boxes(notebook, "By hand")


def said(notebook: dict) -> int:
    """How many minutes a chapter says that it takes."""
    return int(re.search(r"\*\*Reading time\*\* about (\d+) minutes", rules.prose(notebook))[1])


def head(notebook: dict, title: str) -> str:
    """What stands under one of the three titles of the box at a chapter's beginning."""
    return re.search(rf"\*\*{title}\*\*(.*?)(?=\n\n\*\*|\n:::)", rules.prose(notebook), re.DOTALL)[1]


def promises(notebook: dict) -> list[str]:
    """What a reader can do afterwards: each item of the list at a chapter's beginning."""
    return re.findall(r"^[-*] (.+)$", head(notebook, "Afterwards you can"), re.MULTILINE)


def terms(glossary: str) -> list[str]:
    """Every term that the glossary defines."""
    listed = re.search(r"\{glossary\}(.*?)\n(?:```|:::)", glossary, re.DOTALL)[1]
    return re.findall(r"^(\S.*)$", re.sub(r"^:.*$", "", listed, flags=re.MULTILINE), re.MULTILINE)


TOKEN = re.compile(
    r"\{term\}`([^`]*)`|\{[\w:-]+\}`[^`]*`|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$|^(?:#|:{3,}|\().*?$", re.M | re.S
)


def first_uses(texts: list[str], wanted: list[str]) -> dict[str, str]:
    """For each term that these texts use, in order: "linked" if its first use is a link, or else what stands there.

    A term within a longer one, as layer in hidden layer, is not used there. Headings, titles of boxes, code and
    formulas do not count, nor does what a chapter says that it needs.
    """
    needs = re.compile(r"\*\*You need\*\*.*?(?=^:{3,}$)", re.M | re.S)
    left = TOKEN.sub(_marked, "\n".join(needs.sub("", text) for text in texts))
    uses = {}
    for term in sorted(wanted, key=len, reverse=True):
        words = rf"(?<![\w-]){re.escape(term)}(?:s|es)?(?![\w-])".replace(r"\ ", r"\s+")
        if found := re.search(rf"<{words}>|{words}", left, re.I):
            uses[term] = "linked" if found[0][0] == "<" else left[max(0, found.start() - 40) : found.end() + 20]
        left = re.sub(words, lambda found: "~" * len(found[0]), left, flags=re.I)
    return uses


def _marked(found: re.Match) -> str:
    """A link to a term as <term>; of all else that is no prose, nothing."""
    return f"<{found[1].partition('<')[2].strip('>') or found[1]}>" if found[1] else " "
