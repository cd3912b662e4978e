"""Alive: the interactives of nnlib.alive on the page, from the very scripts that the notebooks run.

A notebook loads an interactive as an ES module, which a browser refuses on a page opened from disk. So the page gets
the same text as a classic script, with the few lines in front and behind that call it.
"""

from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2] / "nnlib" / "alive"
EXPORT = "export default { render };"
MOUNT = """whenNear(".nnlib-live-{name}", (box) => {{
  const data = JSON.parse(box.querySelector(":scope > script").textContent);
  render({{ model: {{ get: () => data }}, el: box.querySelector(":scope > .nnlib-live-stage") }});
}});"""


def names() -> list[str]:
    """The interactives that there are; a name with a dot is a part of one."""
    return sorted(path.stem for path in SCRIPTS.glob("*.js") if path.stem != "shared" and "." not in path.stem)


def for_page(module: str, name: str) -> str:
    """A module's text as a classic script that brings every interactive of that name on the page to life."""
    if module.count(EXPORT) != 1:
        raise ValueError(f"{name}.js: expected one line {EXPORT!r}")
    body = module.replace(EXPORT, MOUNT.format(name=name))
    return f'"use strict";\n(() => {{\n{body}\n}})();\n'


def needed(classes: set[str]) -> list[str]:
    """The scripts that a page with elements of these classes needs."""
    return [f"{name}.js" for name in names() if f"nnlib-live-{name}" in classes]


def write(folder: Path) -> None:
    """Write the scripts and their style sheet into a folder of static files."""
    from nnlib.alive import live  # nnlib is on the path once Sphinx has set up `api`

    folder.mkdir(parents=True, exist_ok=True)
    for name in names():
        (folder / f"{name}.js").write_text(for_page(live.script(name), name), "utf-8")
    (folder / "alive.css").write_text(live.style(), "utf-8")


def configure(app, config) -> None:
    """Add them to Sphinx's own."""
    static = Path(app.outdir).parent / "alive-static"
    write(static)
    config.html_static_path.append(str(static))
    config.html_css_files.append("alive.css")


def setup(app) -> None:
    """Connect to Sphinx."""
    app.connect("config-inited", configure)
