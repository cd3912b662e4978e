"""Formulas: the renderer is waited for, and missed where it never comes."""

import socket
import sys

import pytest
from sphinxcontrib import katex

from nnbook import formulas


def renderer(then):
    """What starts a stand-in for KaTeX's renderer: its socket is there, and what `then` says follows."""
    code = f"import socket, sys, time; s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); {then}"
    return staticmethod(lambda socket: [sys.executable, "-c", code, str(socket)])


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="the renderer is reached by a port here")
def test_a_renderer_that_listens_late_is_waited_for(tmp_path, monkeypatch):
    late = "time.sleep(0.5); s.listen(); s.accept()[0].sendall(b'here')"
    monkeypatch.setattr(katex.KaTeXServer, "build_command", renderer(late))
    process, connection = formulas.start_renderer(tmp_path, timeout=60)
    with connection, process:
        assert connection.recv(4) == b"here"


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="the renderer is reached by a port here")
@pytest.mark.parametrize(("then", "timeout"), [("sys.exit(1)", 60), ("time.sleep(60)", 0.3)])
def test_a_renderer_that_never_listens_is_an_error(tmp_path, monkeypatch, then, timeout):
    monkeypatch.setattr(katex.KaTeXServer, "build_command", renderer(then))
    with pytest.raises(katex.KaTeXError, match="did not listen"):
        formulas.start_renderer(tmp_path, timeout)


@pytest.mark.parametrize(
    ("latex", "broken"),
    [
        (r"a = 1, \qquad b = 2", r"a = 1, \qquad\allowbreak{} b = 2"),
        (r"\{a\} \quad \frac{a \quad b}{2}", r"\{a\} \quad\allowbreak{} \frac{a \quad b}{2}"),
        (r"\begin{aligned} a &= 1 \quad b \\ c \end{aligned}", r"\begin{aligned} a &= 1 \quad b \\ c \end{aligned}"),
    ],
)
def test_a_formula_may_break_at_a_wide_space_but_not_inside_braces_or_an_environment(latex, broken):
    assert formulas.breakable(latex) == broken


def test_a_formula_on_its_own_line_has_a_break_where_one_is_allowed_and_is_copied_without_it(monkeypatch):
    monkeypatch.setattr(formulas, "_rendered", {})
    space = '<span class="mspace" style="margin-right:2em;"></span>'
    html = f'<span>{space}<span class="mspace allowbreak"></span>{space}</span><span class="base">'
    monkeypatch.setattr(formulas, "_render", lambda latex, options: f"{html}<i>{latex}</i>")
    alone = formulas.render_once(r"a \quad b", {"displayMode": True})
    assert alone == html.replace('</span><span class="base">', '</span><wbr><span class="base">') + r"<i>a \quad b</i>"
