"""Running: a menu in the header of each page that is a notebook, with every way to run that very notebook.

The book's first page, which is none, offers the notebook that lists the others. A chapter that needs an environment of
its own runs on the reader's own machine alone.

In the reader's browser always (`lite`); in Binder where the book's repository is on GitHub; in Colab where
BOOK_COLAB names the branch on which tools/colab.py has put the notebooks for it; on the reader's own machine.
The menu needs no script, and nothing is asked of anybody before the reader clicks.
"""

import os
from pathlib import Path
from urllib.parse import quote

from chapters import ENVIRONMENTS, environment_of, metadata


def ways(
    notebook: str, in_repository: str, repository: str, branch: str, colab: str, environment: str | None = None
) -> dict[str, str]:
    """Where each way to run a notebook leads.

    `notebook` is its path beside nnlib, `in_repository` that from the top, `repository` a web address or nothing,
    `colab` a branch or nothing, `environment` the name of one that the notebook needs. Only GitHub's repositories have
    all ways.
    """
    make = f"make {environment} lab" if environment else "make lab"
    local = f"git clone {repository} && cd {repository.rsplit('/', 1)[-1]} && {make}" if repository else make
    if environment:
        return {"local": local, "needs": ENVIRONMENTS[environment]}
    found = {"lite": f"lite/notebooks/index.html?path={quote(notebook)}"}
    name = repository.removeprefix("https://github.com/")
    if repository and name != repository:
        place = quote(f"lab/tree/{in_repository}", safe="")
        found["binder"] = f"https://mybinder.org/v2/gh/{name}/{quote(branch, safe='')}?urlpath={place}"
        if colab:
            found["colab"] = f"https://colab.research.google.com/github/{name}/blob/{colab}/{quote(notebook)}"
    return found | {"local": local}


def add_menu(app, pagename, templatename, context, doctree) -> None:
    """Give the template of a notebook's page the ways to run it, and that of the first page those to run the book."""
    options, top = app.config.html_theme_options, Path(app.srcdir)
    path = Path(app.env.doc2path(pagename)) if pagename in app.env.found_docs else Path()
    if pagename == app.config.root_doc:
        path = top / "book" / "contents.ipynb"
    if path.suffix != ".ipynb":
        return
    context["run_what"] = "the book" if pagename == app.config.root_doc else "this page"
    context["run"] = ways(
        path.relative_to(top / "book").as_posix(),
        path.relative_to(top).as_posix(),
        options.get("repository_url", ""),
        options.get("repository_branch", ""),
        os.environ.get("BOOK_COLAB", ""),
        environment_of(metadata(path)),
    )


def configure(app, config) -> None:
    """Put the menu first among the header's buttons."""
    config.html_theme_options["article_header_end"] = ["run.html", "article-header-buttons.html"]


def setup(app) -> None:
    """Connect to Sphinx."""
    app.connect("config-inited", configure)
    app.connect("html-page-context", add_menu)
