"""Scripts: what is alive on a page brings its own small script, and no other page loads it.

The interactives of nnlib.alive run the very scripts that notebooks run. A notebook loads one as an ES module, which a
browser refuses on a page opened from disk. So the page gets the same text as a classic script, with the few lines in
front and behind that call it.
"""

import hashlib
import importlib
import json
import re
from html import escape
from pathlib import Path

from chapters import label, numbered, title
from nnlib.alive import live
from nnlib.exercises.kinds import Exercise

NEEDED_BY = {
    "nnlib-frames": ["elements.js", "frames.js"],
    "nnlib-order": ["elements.js", "memory.js", "order.js"],
    "nnlib-answer": ["elements.js", "memory.js", "answer.js"],
    "nnlib-choice": ["elements.js", "memory.js", "choice.js"],
    "nnlib-predict": ["elements.js", "memory.js", "predict.js"],
    "nnlib-reveal": ["elements.js", "memory.js", "predict.js"],
    "nnlib-progress": ["elements.js", "memory.js", "progress.js"],
    "nnlib-page-start": ["elements.js", "memory.js", "live-start.js"],
    "hide": ["code.js"],
    "sd-tab-set": ["design-tabs.js"],
    **{f"nnlib-live-{name}": [*(["weights.js"] if live.weights(name) else []), f"{name}.js"] for name in live.names()},
}
ELEMENTS = '"use strict";\nconst nnlib = (() => {{\n{}\nreturn {{ element }};\n}})();\n'
EXPORT = "export default { render };"
MOUNT = """whenNear(".nnlib-live-{name}", (box) => {{
  const data = JSON.parse(box.querySelector(":scope > script").textContent);
  const get = (key) => (key === "weights" ? {weights} : data);
  render({{ model: {{ get }}, el: box.querySelector(":scope > .nnlib-live-stage") }});
}});"""
WEIGHTS = '"use strict";\n(globalThis.nnlibWeights ??= {{}})["{}"] = {};\n'


def needed(body: str) -> list[str]:
    """The scripts that a page with this body needs, in the order in which they must run."""
    names = {name for found in re.findall(r'\bclass="([^"]*)"', body) for name in found.split()}
    return list(dict.fromkeys(script for kind in NEEDED_BY if kind in names for script in NEEDED_BY[kind]))


def for_page(module: str, name: str) -> str:
    """A module's text as a classic script that brings every interactive of that name on the page to life."""
    if module.count(EXPORT) != 1:
        raise ValueError(f"{name}.js: expected one line {EXPORT!r}")
    weights = weights_file(name)
    version = hashlib.sha256(weights.encode()).hexdigest()[:8]
    asked = f'weightsOf("{name}", "{version}")' if weights else "null"
    body = module.replace(EXPORT, MOUNT.format(name=name, weights=asked))
    return f'"use strict";\n(() => {{\n{body}\n}})();\n'


def weights_file(name: str) -> str:
    """The weights of an interactive as a script, which a page from disk can load too; empty where it has none."""
    weights = live.weights(name)
    return WEIGHTS.format(name, json.dumps(weights, separators=(",", ":"), allow_nan=False)) if weights else ""


def write(folder: Path) -> None:
    """Write the interactives' scripts, what the page's own have from them, and their style sheet into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "elements.js").write_text(ELEMENTS.format((live.HERE / "elements.js").read_text("utf-8")), "utf-8")
    for name in live.names():
        (folder / f"{name}.js").write_text(for_page(live.script(name), name), "utf-8")
        if weights := weights_file(name):  # in a folder of their own: they are no script that says which styles it uses
            (folder / "weights").mkdir(exist_ok=True)
            (folder / "weights" / f"{name}.js").write_text(weights, "utf-8")
    (folder / "alive.css").write_text(live.style(), "utf-8")


def configure(app, config) -> None:
    """Add them to Sphinx's own."""
    static = Path(app.outdir).parent / "alive-static"
    write(static)
    config.html_static_path.append(str(static))
    config.html_css_files.append("alive.css")


def list_chapters(app, pagename, templatename, context, doctree) -> None:
    """Give the panel of a reader's progress a link to each chapter, with the titles of its exercises."""
    panel, body = '<div class="nnlib-progress">', context.get("body", "")
    if panel in body:
        links = [link(path, app.builder.get_relative_uri(pagename, f"book/{path.stem}")) for path in numbered()]
        context["body"] = body.replace(panel, f"{panel}<div hidden>{''.join(links)}</div>")


def link(path: Path, address: str) -> str:
    """A chapter's link for the panel, which knows what its exercises are called."""
    module = importlib.import_module(f"nnlib.exercises.{label(path)}")
    exercises = {each.name: each.title for each in vars(module).values() if isinstance(each, Exercise)}
    named = f'data-chapter="{label(path)}" data-exercises="{escape(json.dumps(exercises, ensure_ascii=False))}"'
    return f'<a href="{address}" {named}>{escape(title(path))}</a>'


def add_scripts(app, pagename, templatename, context, doctree) -> None:
    """Add what it needs to the page."""
    for script in needed(context.get("body", "") + context.get("live_button", "")):
        app.add_js_file(script, loading_method="defer")


def setup(app) -> None:
    """Connect to Sphinx."""
    for script in ("near.js", "scrolls.js", "paper.js", "place.js"):
        app.add_js_file(script)
    app.connect("config-inited", configure)
    app.connect("html-page-context", list_chapters)
    app.connect("html-page-context", add_scripts)
