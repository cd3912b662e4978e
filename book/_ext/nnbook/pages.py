"""Pages: a description for each, a root page that opens from disk, and nothing that a reader does not need."""

import re
import shutil
from html import escape
from pathlib import Path

from docutils import nodes

TEMPLATES = Path(__file__).parent / "templates"
LONGEST = 160  # characters of a description that search engines show
ROOT_PAGE = """<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<meta name="description" content="{description}">
<meta http-equiv="refresh" content="0; url={target}">{canonical}
<style>
body {{ font: 1.125rem/1.6 system-ui, sans-serif; max-width: 36rem; margin: 15vh auto; padding: 0 1rem }}
:root {{ color-scheme: light dark }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{description}</p>
<p><a href="{target}">Open the book</a></p>
</main>
</body>
</html>
"""


def shortened(text: str) -> str:
    """The text on one line, cut at a word where it is too long."""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rsplit(" ", 1)[0].rstrip(",;:.") + "…"


def description(doctree, metadata: dict, title: str) -> str:
    """What a page is about: its metadata's `description`, or its first paragraph without a formula."""
    if metadata.get("description"):
        return shortened(metadata["description"])
    for paragraph in doctree.findall(nodes.paragraph) if doctree else ():
        plain = not any(paragraph.findall(nodes.math)) and len(paragraph.astext()) > 40
        if plain and isinstance(paragraph.parent, nodes.section):
            return shortened(paragraph.astext())
    return shortened(title)


def add_head(app, pagename, templatename, context, doctree) -> None:
    """Give the page its description, and spare it what it cannot use."""
    title = f"{context.get('title') or pagename.capitalize()}: {app.config.html_title}"
    if 'name="description"' not in (context.get("metatags") or ""):
        text = description(doctree, app.env.metadata.get(pagename, {}), re.sub("<[^>]+>", "", title))
        context["metatags"] = (context.get("metatags") or "") + f'\n<meta name="description" content="{escape(text)}">'
    if pagename == "search":
        app.add_js_file("search.js", loading_method="defer")


def drop_widget_state(app, doctree) -> None:
    """Leave out the stored state of notebook widgets: no script on the site would read it."""
    of_page = getattr(app.env, "nb_metadata", {}).get(app.env.docname, {})
    of_page.get("js_files", {}).pop("ipywidgets_state", None)


def finish(app, exception) -> None:
    """Write the root page, and trim the theme's files."""
    if exception or app.builder.format != "html":
        return
    out, config = Path(app.outdir), app.config
    metadata = app.env.metadata.get(config.root_doc, {})
    target = app.builder.get_target_uri(config.root_doc)
    canonical = f'\n<link rel="canonical" href="{escape(config.html_baseurl + target)}">' if config.html_baseurl else ""
    page = ROOT_PAGE.format(
        lang=config.language,
        title=escape(config.html_title),
        description=escape(description(app.env.get_doctree(config.root_doc), metadata, config.html_title)),
        target=target,
        canonical=canonical,
    )
    (out / "index.html").write_text(page, "utf-8")
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
    app.connect("html-page-context", add_head)
    app.connect("build-finished", finish, priority=900)
