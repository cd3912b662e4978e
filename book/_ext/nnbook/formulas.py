"""Formulas: rendered by KaTeX when the book is built, so that a page needs no script for them.

KaTeX (renderer, style sheet, fonts) comes from npm, see `npm`.
"""

import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinxcontrib import katex

from . import npm

WORD_JOINER = "\u2060"
SHORT = 40  # characters of LaTeX that fit a phone's line together with what follows
CLOSING = re.compile(r"[.,;:!?)\]’”…–-]+")
TOKEN = re.compile(r"(\\[A-Za-z]+|\\.|[{}])")  # of LaTeX: a command or a brace
BREAK = re.compile(
    r'(class="mspace allowbreak"></span>(?:<span class="mspace"[^>]*></span>)*</span>)(?=<span class="base">)'
)
log = logging.getLogger(__name__)


def copy_style(package: Path, static: Path) -> None:
    """Copy KaTeX's style sheet and its woff2 fonts; every current browser reads those."""
    target = static / "katex"
    shutil.rmtree(target, ignore_errors=True)
    (target / "fonts").mkdir(parents=True)
    css = (package / "dist/katex.min.css").read_text("utf-8")
    css = re.sub(r',url\([^)]+\.(?:woff|ttf)\) format\("\w+"\)', "", css)
    (target / "katex.min.css").write_text(css, "utf-8")
    for font in sorted((package / "dist/fonts").glob("*.woff2")):
        shutil.copy(font, target / "fonts")


def configure(app, config) -> None:
    """Point sphinxcontrib-katex at the local KaTeX and Node."""
    top, build = Path(app.srcdir), Path(app.outdir).parent
    package = npm.packages(top, build) / "katex"
    copy_style(package, build / "npm-static")
    config.html_static_path.append(str(build / "npm-static"))
    config.katex_css_path = "katex/katex.min.css"
    config.katex_js_path = str(package / "dist/katex.min.js")
    katex.NODEJS_BINARY = str(npm.NODE)
    katex.STARTUP_TIMEOUT = katex.RENDER_TIMEOUT = 60  # seconds: a busy machine is not an error
    katex.KATEX_DEFAULT_OPTIONS["throwOnError"] = True


def start_renderer(rundir: Path, timeout: float) -> tuple[subprocess.Popen, socket.socket]:
    """Start the renderer and connect to it; its socket is there a moment before it listens, so ask again."""
    address = rundir / "katex.sock"
    command = katex.KaTeXServer.build_command(socket=address)
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=rundir)  # noqa: S603
    end = time.monotonic() + timeout
    while process.poll() is None and time.monotonic() < end:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(str(address))
            return process, connection
        except (FileNotFoundError, ConnectionRefusedError):
            connection.close()
            time.sleep(0.01)
    process.kill()
    raise katex.KaTeXError(f"the renderer did not listen within {timeout} seconds, or stopped")


_render = katex.render_latex
_rendered: dict[tuple[str, bool], str] = {}


def breakable(latex: str) -> str:
    """The formula with a place to break after each wide space that stands in no braces and in no environment."""
    depth, parts = 0, []
    for part in TOKEN.split(latex):
        depth += part in ("{", r"\begin")
        depth -= part in ("}", r"\end")
        parts.append(part + r"\allowbreak{}" * (not depth and part in (r"\quad", r"\qquad")))
    return "".join(parts)


def render_once(latex: str, options: dict | None = None) -> str:
    """A formula's HTML; each is rendered once per build, and one that KaTeX refuses is a warning.

    A formula of several, on a line of its own, breaks between them where there is no room for all.
    """
    key = (latex, bool(options))
    if key not in _rendered:
        try:
            html = _render(breakable(latex) if options else latex, options)
            _rendered[key] = BREAK.sub(r"\1<wbr>", html).replace(r"\allowbreak{}", "")
        except katex.KaTeXError as error:
            log.warning("KaTeX cannot render %r: %s", latex, error, type="katex")
            _rendered[key] = ""
    return _rendered[key]


class KeepPunctuation(SphinxPostTransform):
    """Keep a bracket or a full stop on the line of the formula that it touches."""

    default_priority = 900
    formats = ("html",)

    def run(self, **kwargs) -> None:
        """Join the two where a browser may break the line; a long formula breaks with the text, where it may break."""
        for math in list(self.document.findall(nodes.math)):
            siblings = math.parent.children
            place = siblings.index(math)
            after = siblings[place + 1] if place + 1 < len(siblings) else None
            if isinstance(after, nodes.Text) and len(math.astext()) <= SHORT and (found := CLOSING.match(after)):
                together = nodes.inline("", "", math.deepcopy(), nodes.Text(found[0]), classes=["nnlib-together"])
                math.parent[place : place + 2] = [together, nodes.Text(after[found.end() :])]
                continue
            if place + 1 < len(siblings) and siblings[place + 1].astext().startswith(tuple(".,;:!?)]’”-–")):
                math.parent.insert(place + 1, nodes.Text(WORD_JOINER))
            if place > 0 and siblings[place - 1].astext().endswith(tuple("([‘“")):
                math.parent.insert(place, nodes.Text(WORD_JOINER))
            if len(math.astext()) > SHORT:
                math.replace_self(nodes.inline("", "", math.deepcopy(), classes=["nnlib-long"]))


def setup(app) -> None:
    """Connect to Sphinx."""
    app.add_post_transform(KeepPunctuation)
    katex.render_latex = render_once
    katex.KaTeXServer.start_server_process = staticmethod(start_renderer)  # not used on Windows
    app.connect("config-inited", configure)
