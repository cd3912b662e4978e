"""Write the notebooks that Google Colab opens: the chapters, each with a first cell that installs nnlib.

python tools/colab.py FOLDER    with BOOK_REPOSITORY set as for the build of the site

Colab opens notebooks from GitHub alone, and without the files beside them. Its needs stay out of the chapters: the
workflow puts these copies on a branch of their own, and a fork's copies install the fork's nnlib.
"""

import json
import os
import re
import sys
from pathlib import Path

from chapters import anywhere
from contents import NOTEBOOK
from nnbook.addresses import repository_url
from plain import text_elsewhere

FIRST = """\
# On Colab, run this cell first: it installs nnlib, and goes to where the files of the chapters are.
!git clone -q --depth 1 {repository} /content/the-book && pip install -q /content/the-book
%cd -q /content/the-book/book
from google.colab import output; output.enable_custom_widget_manager()  # for what can be dragged and drawn"""


def for_colab(notebook: dict, repository: str) -> dict:
    """A notebook with the first cell that Colab needs, and otherwise as it is."""
    cell = {
        "cell_type": "code",
        "execution_count": None,
        "id": "on-colab",
        "metadata": {},
        "outputs": [],
        "source": FIRST.format(repository=repository),
    }
    return notebook | {"cells": [cell, *notebook["cells"]]}


def links_in_colab(notebook: dict, repository: str, branch: str) -> dict:
    """A notebook with whole addresses for the links to others, which Colab would look for beside itself."""
    there = f"https://colab.research.google.com/github/{repository.removeprefix('https://github.com/')}/blob/{branch}"
    cells = [
        cell | {"source": re.sub(r"\]\((\w+\.ipynb(?:#[^)]*)?)\)", rf"]({there}/\1)", "".join(cell["source"]))}
        for cell in notebook["cells"]
    ]
    return notebook | {"cells": cells}


def main(folder: Path, repository: str) -> str | None:
    """Write a copy of each notebook to `folder`; return what is wrong, or nothing."""
    if not repository:
        return "BOOK_REPOSITORY does not say from where Colab shall install nnlib"
    folder.mkdir(parents=True, exist_ok=True)
    branch = os.environ.get("BOOK_COLAB") or "colab"
    for path in anywhere():
        linked = links_in_colab(json.loads(text_elsewhere(path)), repository, branch)
        copy = for_colab(linked, repository)
        (folder / path.name).write_text(json.dumps(copy, ensure_ascii=False, indent=1) + "\n", "utf-8")
    linked = links_in_colab(json.loads(text_elsewhere(NOTEBOOK)), repository, branch)
    (folder / NOTEBOOK.name).write_text(json.dumps(linked, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return None


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), repository_url(os.environ.get("BOOK_REPOSITORY", ""), "")))
