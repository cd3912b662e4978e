"""Pages: a description for each, the book's first page at the root too, and nothing that a reader does not need."""

import posixpath
import re
import shutil
from html import escape
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from docutils import nodes

TEMPLATES = Path(__file__).parent / "templates"
LONGEST = 160  # characters of a description that search engines show
SHORTEST = 60
ADDRESS = re.compile(r'( (?:href|src|action|data-content_root)=")([^"]*)"')


def shortened(text: str) -> str:
    """The text on one line; where that is too long, its first sentences, or else what stands before a comma."""
    text = " ".join(text.split())
    if len(text) <= LONGEST:
        return text
    start = text[:LONGEST]
    if len(sentences := re.match(r".*[.?!](?= )|", start)[0]) >= SHORTEST:
        return sentences
    if len(clauses := re.match(r".*(?=[,;:] )|", start)[0]) >= SHORTEST:
        return clauses + "…"
    return start[: LONGEST - 1].rsplit(" ", 1)[0] + "…"


def description(doctree, metadata: dict, title: str) -> str:
    """What a page is about: its metadata's `description`, or its first paragraph without a formula."""
    if metadata.get("description"):
        return shortened(metadata["description"])
    for paragraph in doctree.findall(nodes.paragraph) if doctree else ():
        plain = not any(paragraph.findall(nodes.math)) and len(paragraph.astext()) > 40
        if plain and isinstance(paragraph.parent, nodes.section):
            text = paragraph.astext().removeprefix("Goal: ")  # how each chapter begins
            return shortened(text[0].upper() + text[1:])
    return shortened(title)


def add_head(app, pagename, templatename, context, doctree) -> None:
    """Give the page its description, and spare it what it cannot use."""
    title = f"{context.get('title') or pagename.capitalize()}: {app.config.html_title}"
    if 'name="description"' not in (context.get("metatags") or ""):
        text = description(doctree, app.env.metadata.get(pagename, {}), re.sub("<[^>]+>", "", title))
        context["metatags"] = (context.get("metatags") or "") + f'\n<meta name="description" content="{escape(text)}">'
        context["meta"] = {**(context.get("meta") or {}), "og:description": text}  # for previews: see `addresses`


def drop_widget_state(app, doctree) -> None:
    """Leave out the stored state of notebook widgets: no script on the site would read it."""
    of_page = getattr(app.env, "nb_metadata", {}).get(app.env.docname, {})
    of_page.get("js_files", {}).pop("ipywidgets_state", None)


def at_root(html: str, folder: str) -> str:
    """A page of `folder` as it must read at the root: every relative address leads to where it led."""

    def moved(found):
        address = urlsplit(found[2])
        if address.scheme or address.netloc or not address.path:
            return found[0]
        path = posixpath.normpath(posixpath.join(folder, address.path)) + "/" * address.path.endswith("/")
        return f'{found[1]}{urlunsplit(address._replace(path=path))}"'

    return ADDRESS.sub(moved, html)


def finish(app, exception) -> None:
    """Put the first page at the root, where no redirect delays it, and trim the theme's files."""
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir)
    first = app.builder.get_target_uri(app.config.root_doc)
    (out / "index.html").write_text(at_root((out / first).read_text("utf-8"), posixpath.dirname(first)), "utf-8")
    trim(out / "_static")


def trim(static: Path) -> None:
    """Remove the theme's icon script and icon fonts, which book.css replaces, and its source maps."""
    shutil.rmtree(static / "vendor", ignore_errors=True)
    for path in [*static.glob("scripts/fontawesome.js*"), *static.rglob("*.map")]:
        path.unlink(missing_ok=True)
    for path in static.glob("styles/*.css"):
        css = re.sub(r"@font-face\{[^}]*fontawesome[^}]*\}", "", path.read_text("utf-8"))
        path.write_text(re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css), "utf-8")
    for path in static.glob("scripts/*.js"):
        path.write_text(re.sub(r"//# sourceMappingURL=.*", "", path.read_text("utf-8")), "utf-8")


def start_afresh(app) -> None:
    """Remove what an earlier build left and this one writes late, so that both builds give the same bytes."""
    static = Path(app.outdir, "_static")
    for name in ("scripts", "styles"):  # `trim` has changed these
        shutil.rmtree(static / name, ignore_errors=True)
    for path in static.glob("mystnb.*.css"):  # copied at the end: only a second build could add its checksum
        path.unlink()


def configure(app, config) -> None:
    """Put the book's templates before the theme's."""
    config.templates_path.insert(0, str(TEMPLATES))


def setup(app) -> None:
    """Connect to Sphinx."""
    app.add_config_value("comments_config", {}, "")  # Jupyter Book sets it, also without sphinx_comments
    app.connect("config-inited", configure)
    app.connect("builder-inited", start_afresh)
    app.connect("doctree-read", drop_widget_state)
    app.connect("html-page-context", add_head, priority=450)  # before the previews read it
    app.connect("build-finished", finish, priority=900)
