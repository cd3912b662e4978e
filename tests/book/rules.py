"""Rules: what must hold of every notebook, as small functions from a notebook to the list of its offences."""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from needs import called

from chapters import ROOT
from run_notebooks import KERNELSPEC, LANGUAGE, VOLATILE

Rule = Callable[[dict], list[str]]
RULES: list[Rule] = []

LONGEST_CELL = 15  # lines that a reader sees at once
FOLDED = {"hide-input", "hide-cell", "remove-input", "remove-cell"}
IGNORES = {"nbval-ignore-output", "pytest-validate-ignore-output"}
SKIPS = {"nbval-skip", "skip-execution"}
CORE = ("layers", "network", "losses", "optimizers", "transforms", "training", "gradient_check", "examples")
LATER = (  # nnlib's modules outside the core that a chapter shows
    *("convolution", "sequences", "autodiff", "parallel"),
    *("studies/recommendation", "studies/reward", "studies/customers", "studies/objects", "studies/faces"),
    "studies/translation",
)
STUDY = (  # the headings of a study, in their order
    *("The task, and whom it can harm", "The data, looked at", "What must be beaten", "The network", "The result"),
    *("A trap", "Where it fails", "What it must not be used for", "Exercises"),
)
CAPTION = re.compile(r"# nnlib/(?P<module>[\w/]+)\.py(?:, class (?P<owner>\w+))?")  # the first line of a library cell
CHECKING = {"glue", "reveal"}  # calls that belong to a check, as `assert` does


def rule(function: Rule) -> Rule:
    """Add a function to the list of rules."""
    RULES.append(function)
    return function


def source(cell: dict) -> str:
    """A cell's text, which may be stored as lines."""
    return "".join(cell["source"])


def tags(cell: dict) -> set[str]:
    """A cell's tags, with nbval's marks in comments counted as tags too."""
    marks = re.findall(r"^\s*#+\s*((?:NBVAL|PYTEST_VALIDATE)_\w+)\s*$", source(cell), re.MULTILINE)
    return set(cell["metadata"].get("tags", [])) | {mark.lower().replace("_", "-") for mark in marks}


def code_cells(notebook: dict) -> Iterator[tuple[str, dict]]:
    """Each code cell that has code, with the name by which an offence calls it."""
    for number, cell in enumerate(notebook["cells"], start=1):
        if cell["cell_type"] == "code" and source(cell).strip():
            yield f"cell {number} ({source(cell).strip().splitlines()[0][:50]})", cell


def prose(notebook: dict) -> str:
    """The text of all Markdown cells."""
    return "\n\n".join(source(cell) for cell in notebook["cells"] if cell["cell_type"] == "markdown")


def texts(cell: dict) -> Iterator[str]:
    """Every text that a code cell has stored as output; pictures in bytes are not text."""
    for output in cell["outputs"]:
        yield "".join(output.get("text", ""))
        yield "\n".join(output.get("traceback", []))
        for kind, data in output.get("data", {}).items():
            if isinstance(data, (str, list)) and kind not in ("image/png", "image/jpeg"):
                yield "".join(data)


def tree(cell: dict) -> ast.Module:
    """A code cell's syntax tree; lines for IPython are left out, and code that is no Python gives an empty tree."""
    lines = [line for line in source(cell).splitlines() if not re.match(r"\s*[%!]", line)]
    try:
        return ast.parse("\n".join(lines))
    except SyntaxError:
        return ast.Module([], [])


@rule
def counts_run_from_one(notebook: dict) -> list[str]:
    """Every code cell was run, once, in order."""
    cells = list(code_cells(notebook))
    return [
        f"{name}: has the count {cell['execution_count']}, expected {number}"
        for number, (name, cell) in enumerate(cells, start=1)
        if cell["execution_count"] != number
    ]


@rule
def ignored_outputs_are_asserted(notebook: dict) -> list[str]:
    """A cell whose output is not compared asserts what the text claims of it, or the check after it does."""
    cells = list(code_cells(notebook))
    offences = []
    for place, (name, cell) in enumerate(cells):
        here = [cell, *(after for _, after in cells[place + 1 : place + 2] if "check" in tags(after))]
        if tags(cell) & IGNORES and not any(asserts_something(node) for part in here for node in ast.walk(tree(part))):
            offences.append(f"{name}: ignores its output and asserts nothing")
    return offences


def asserts_something(node: ast.AST) -> bool:
    """Whether a node is an assertion that can fail."""
    return isinstance(node, ast.Assert) and not isinstance(node.test, ast.Constant)


@rule
def what_a_reader_sees_is_the_lesson(notebook: dict) -> list[str]:
    """No cell that the page shows unfolded holds assert, glue or reveal; and none but a check asserts."""
    offences = []
    for name, cell in code_cells(notebook):
        asserts = any(isinstance(node, ast.Assert) for node in ast.walk(tree(cell)))
        calls = any(called(node) in CHECKING for node in ast.walk(tree(cell)))
        if "check" not in tags(cell) and (asserts or (calls and not tags(cell) & FOLDED)):
            offences.append(f"{name}: assert, glue and reveal belong into the next cell, tagged check")
    return offences


@rule
def checks_are_folded_and_silent(notebook: dict) -> list[str]:
    """A check is folded on the page, collapsed in JupyterLab, and one block `with book_checks():`."""
    offences = []
    for name, cell in code_cells(notebook):
        if "check" not in tags(cell):
            continue
        folded = "hide-input" in tags(cell) and cell["metadata"].get("jupyter") == {"source_hidden": True}
        body = tree(cell).body
        block = len(body) == 1 and isinstance(body[0], ast.With) and called(body[0].items[0].context_expr)
        if not folded or block != "book_checks":
            offences.append(f"{name}: expected hide-input, source_hidden, and nothing but `with book_checks():`")
    return offences


@rule
def checks_can_be_left_out(notebook: dict) -> list[str]:
    """No other cell reads a name that only a check binds: a reader's check may end early, a live page has none."""
    bound, kept, offences = set(), set(), []
    for name, cell in code_cells(notebook):
        names = [node for node in ast.walk(tree(cell)) if isinstance(node, ast.Name)]
        stored = {node.id for node in names if isinstance(node.ctx, ast.Store)}
        if "check" in tags(cell):
            bound |= stored
            continue
        definitions = (node for node in ast.walk(tree(cell)) if isinstance(node, (ast.FunctionDef, ast.ClassDef)))
        kept |= stored | {node.name for node in definitions}
        kept |= {node.arg for node in ast.walk(tree(cell)) if isinstance(node, ast.arg)}
        read = {node.id for node in names if isinstance(node.ctx, ast.Load)} & bound - kept
        offences += [f"{name}: reads {each}, which only a check binds" for each in sorted(read)]
    return offences


@rule
def no_cell_is_skipped(notebook: dict) -> list[str]:
    """Every cell is verified."""
    return [f"{name}: is skipped" for name, cell in code_cells(notebook) if tags(cell) & SKIPS]


@rule
def errors_are_expected(notebook: dict) -> list[str]:
    """A cell shows an error exactly if it is tagged `raises-exception`."""
    offences = []
    for name, cell in code_cells(notebook):
        failed = any(output["output_type"] == "error" for output in cell["outputs"])
        expected = bool(tags(cell) & {"raises-exception", "nbval-raises-exception"})
        if failed != expected:
            offences.append(f"{name}: {'raises an error' if failed else 'raises no error, though its tag says so'}")
    return offences


@rule
def visible_cells_are_short(notebook: dict) -> list[str]:
    """A cell that the reader sees carries one idea; blank lines, by which functions are set apart, do not count."""
    return [
        f"{name}: has {lines} lines, at most {LONGEST_CELL} can be seen at once"
        for name, cell in code_cells(notebook)
        if not tags(cell) & FOLDED and (lines := sum(map(bool, source(cell).split("\n")))) > LONGEST_CELL
    ]


@rule
def library_cells_equal_nnlib(notebook: dict) -> list[str]:
    """What a cell tagged `library` defines is what stands in the core module that its first line names."""
    return [
        f"{name}: {offence}"
        for name, cell in code_cells(notebook)
        if "library" in tags(cell)
        for offence in library_offences(source(cell).strip().splitlines()[0], tree(cell))
    ]


def library_offences(caption: str, shown: ast.Module) -> Iterator[str]:
    """What a cell has otherwise than the place that its caption names, docstrings aside.

    `# nnlib/losses.py` stands above whole functions and classes of that module, `# nnlib/layers.py, class Dense` above
    methods and attributes of that class, each without its class around it.
    """
    if not (found := CAPTION.fullmatch(caption)):
        yield f"its first line must be like `# nnlib/losses.py` or `# nnlib/layers.py, class Dense`, not `{caption}`"
        return
    if found["module"] not in CORE + LATER:
        yield f"nnlib/{found['module']}.py is no module of the core, nor one that a chapter shows"
        return
    there = ast.parse((ROOT / "book" / "nnlib" / f"{found['module']}.py").read_text(encoding="utf-8")).body
    if found["owner"]:
        classes = {node.name: node.body for node in there if isinstance(node, ast.ClassDef)}
        if found["owner"] not in classes:
            yield f"nnlib/{found['module']}.py has no class {found['owner']}"
            return
        there = classes[found["owner"]]
    place = caption.removeprefix("# ")
    if not shown.body:
        yield "is tagged library and defines nothing"
    for node in shown.body:
        same_name = [other for other in there if defined(other) == defined(node) is not None]
        if defined(node) is None:
            yield f"`{ast.unparse(node)[:40]}` defines nothing: a library cell holds what is nnlib's and no more"
        elif not same_name:
            yield f"{place} has no {defined(node)}"
        elif dump(node) not in map(dump, same_name):
            yield f"{defined(node)} differs from that of {place}"


QUOTED = re.compile(r"^```python\n# (measure/\w+\.py)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@rule
def quoted_code_equals_its_file(notebook: dict) -> list[str]:
    """What a text quotes of a program in measure/, because it needs other packages, stands there so."""
    offences = []
    for place, text in QUOTED.findall(prose(notebook)):
        there = functions(ast.parse((ROOT / place).read_text(encoding="utf-8")))
        quoted = functions(ast.parse(text))
        offences += [f"{place} has no {name} as it is quoted" for name in quoted if quoted[name] != there.get(name)]
        offences += [] if quoted else [f"the quotation of {place} holds no function"]
    return offences


def functions(module: ast.Module) -> dict[str, str]:
    """The syntax tree of each function of a module or cell, by its name."""
    return {node.name: dump(node) for node in module.body if isinstance(node, ast.FunctionDef)}


def defined(node: ast.stmt) -> str | None:
    """The name that a function, a class or an assignment defines."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return node.name
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        return ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target)
    return None


def dump(node: ast.AST) -> str:
    """A syntax tree as text, without the docstrings in it."""
    node = ast.parse(ast.unparse(node))
    for part in ast.walk(node):
        if isinstance(part, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(part) is not None:
            part.body = part.body[1:]
    return ast.dump(node)


@rule
def begins_with_label_and_title(notebook: dict) -> list[str]:
    """The first cell is a label and, right under it, the one title."""
    first = notebook["cells"][0]
    if first["cell_type"] != "markdown" or not starts_as_a_page(source(first)):
        return ["the first cell must begin with a line (label)= and right under it the title, # ..."]
    return []


def starts_as_a_page(text: str) -> bool:
    """Whether a page's text begins with a label and right under it a title."""
    return re.match(r"\([a-z][a-z0-9-]*\)=\n# \S", text) is not None


@rule
def no_cell_changes_the_import_path(notebook: dict) -> list[str]:
    """`import nnlib` works with no help, and nothing is installed from a notebook."""
    path = r"\bsys\s*\.\s*path\b|from sys import.*\bpath\b|\baddsitedir\b|\bPYTHONPATH\b"
    pattern = path + r"|^\s*[%!]+\s*(pip|conda|wget|curl)"
    return [
        f"{name}: changes the import path or fetches a module"
        for name, cell in code_cells(notebook)
        if re.search(pattern, source(cell), re.MULTILINE)
    ]


@rule
def figures_have_alt_texts(notebook: dict) -> list[str]:
    """Beside every picture stands a sentence that says what it shows."""
    offences = []
    for name, cell in code_cells(notebook):
        for output in cell["outputs"]:
            data = output.get("data", {})
            is_picture = any(kind.startswith("image/") for kind in data) or "<svg" in "".join(data.get("text/html", ""))
            alt = "".join(data.get("text/plain", "")).strip()
            if is_picture and (alt.startswith("<") or len(alt.split()) < 4 or not alt.endswith((".", "?", "!"))):
                offences.append(
                    f"{name}: its picture's text is {alt[:60]!r}, expected a sentence that says what it shows"
                )
    return offences


@rule
def glued_numbers_are_made_here(notebook: dict) -> list[str]:
    """Every number that the prose takes by {glue} is computed in the same notebook, and none under another's name."""
    records = (output.get("metadata", {}) for _, cell in code_cells(notebook) for output in cell["outputs"])
    made = Counter(record["scrapbook"]["name"] for record in records if "scrapbook" in record)
    used = re.findall(r"\{glue(?::\w+)?\}`(?:[^`<]*<)?([^`:>]+)", prose(notebook))
    return [
        *(f"{{glue}}`{name}` is used and never made" for name in dict.fromkeys(used) if name not in made),
        *(f"{name} is glued {times} times" for name, times in made.items() if times > 1),
    ]


@rule
def prose_uses_labels(notebook: dict) -> list[str]:
    """Pages are referred to by label, never by file name; and {meta} is the build's business."""
    return page_offences(prose(notebook))


def page_offences(text: str) -> list[str]:
    """What a page's text may not hold, in a notebook or not."""
    offences = [
        f"links to the file {name}; use its label" for name in re.findall(r"\]\(([\w./-]+\.(?:ipynb|md))\b", text)
    ]
    if "{meta}" in text:
        offences.append("has {meta}; descriptions are written by the build")
    return offences


@rule
def chapters_are_called_by_name(notebook: dict) -> list[str]:
    """No chapter is called by its number, which moves when another is put before it."""
    return [offence for cell in notebook["cells"] for offence in number_offences(source(cell))]


def number_offences(text: str) -> list[str]:
    """Where a text, of a page or of a program, calls a chapter by its number."""
    found = re.findall(r"\b[Cc]hapters?(?:[ \t]+|[ \t]*\n[ \t]*)\d+|\bch\.\s*\d+|\{ref\}`\s*\d+\s*<[^`]*`", text)
    return [f"says {words!r}: call the chapter by its title, or by {{ref}} and its label" for words in found]


@rule
def headings_have_content(notebook: dict) -> list[str]:
    """Something stands under every heading."""
    blocks = []
    for cell in notebook["cells"]:
        text = re.sub(r"^(```|~~~).*?^\1", "...", source(cell), flags=re.MULTILINE | re.DOTALL)
        blocks += [line for line in text.splitlines() if line.strip()] if cell["cell_type"] == "markdown" else ["..."]
    lines = [line for line in blocks if not re.fullmatch(r"\([\w-]+\)=", line)]
    levels = [len(match[0]) if (match := re.match(r"#+(?= )", line)) else 0 for line in lines] + [1]
    return [
        f"nothing stands under the heading {line!r}"
        for line, level, following in zip(lines, levels, levels[1:], strict=False)
        if level and 0 < following <= level
    ]


@rule
def metadata_is_normalised(notebook: dict) -> list[str]:
    """The notebook is as tools/run_notebooks.py writes it."""
    metadata = notebook["metadata"]
    same = (metadata.get("kernelspec"), metadata.get("language_info")) == (KERNELSPEC, LANGUAGE)
    cells = [
        number
        for number, cell in enumerate(notebook["cells"], start=1)
        if cell.get("id") != f"cell-{number:03}" or any(name in cell["metadata"] for name in VOLATILE)
    ]
    return [] if same and not cells else [f"cells {cells or 'none'}: not as `make notebooks` stores it; run that"]


@rule
def outputs_name_no_machine(notebook: dict) -> list[str]:
    """No stored output shows a warning, a path of somebody's machine or a memory address."""
    secret = re.compile(
        rf"{re.escape(str(ROOT))}|/(?:home|Users|root|tmp)/\w|[A-Z]:\\\\?Users|\bat 0x[0-9a-fA-F]{{6,}}"
    )
    offences = []
    for name, cell in code_cells(notebook):
        if any(output.get("name") == "stderr" for output in cell["outputs"]):
            offences.append(f"{name}: writes to stderr, as warnings do")
        for text in texts(cell):
            if found := secret.search(text):
                offences.append(f"{name}: shows {text[max(0, found.start() - 20) : found.end() + 20]!r}")
    return offences


@rule
def numbers_are_rounded(notebook: dict) -> list[str]:
    """No printed number has more digits than processors agree on."""
    offences = []
    for name, cell in code_cells(notebook):
        for output in cell["outputs"]:
            text = "".join(output.get("text", "")) + "".join(output.get("data", {}).get("text/plain", ""))
            if found := re.search(r"\d*\.\d{9,}", text):
                offences.append(f"{name}: prints {found[0]}, more digits than processors agree on")
    return offences


@rule
def a_shorter_run_is_one_change(notebook: dict) -> list[str]:
    """What a live page puts into a slow cell to make it shorter takes the place of words that stand there once."""
    offers = [(name, cell, cell["metadata"].get("nnlib", {}).get("shorter")) for name, cell in code_cells(notebook)]
    return [
        f"{name}: {pair[0]} does not stand there once"
        for name, cell, pair in offers
        if pair and source(cell).count(pair[0]) != 1
    ]


def is_study(notebook: dict) -> bool:
    """Whether a notebook is one of the case studies of the part "At work"."""
    return notebook["metadata"].get("nnlib", {}).get("kind") == "study"


@rule
def a_study_keeps_to_the_skeleton(notebook: dict) -> list[str]:
    """A study has the headings of all studies, in their order, and no others of their level."""
    headings = re.findall(r"^## (.+)$", prose(notebook), re.MULTILINE)
    wanted = is_study(notebook) and headings != list(STUDY)
    return [f"has the headings {', '.join(headings)}; expected {', '.join(STUDY)}"] if wanted else []


@rule
def a_study_asks_one_prediction(notebook: dict) -> list[str]:
    """A study has its reader commit one prediction, and reveals it."""
    nodes = [
        node.func for _, cell in code_cells(notebook) for node in ast.walk(tree(cell)) if isinstance(node, ast.Call)
    ]
    calls = [node.id for node in nodes if isinstance(node, ast.Name)]  # a network's method `predict` is no question
    asked, revealed = calls.count("predict"), calls.count("reveal")
    wrong = is_study(notebook) and (asked, revealed) != (1, 1)
    return [f"predicts {asked} times and reveals {revealed} times, expected once each"] if wrong else []


@rule
def a_study_says_first_what_came_of_it(notebook: dict) -> list[str]:
    """Its first paragraph after the goal says what the network reaches, and what does as well; by glued numbers."""
    paragraphs = source(notebook["cells"][0]).split("\n\n")
    said = any(p.startswith("**What came of it.** ") and "{glue:text}`" in p for p in paragraphs[1:3])
    return [] if said or not is_study(notebook) else ["says not at once, **What came of it.**, with glued numbers"]


def pages_missing(pages: list[str], root: Path) -> list[str]:
    """The pages of _toc.yml that do not exist."""
    return [page for page in pages if not any((root / f"{page}{end}").exists() for end in ("", ".ipynb", ".md"))]
