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
