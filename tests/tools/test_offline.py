"""The book on a stick: what is packed, what is refused, and the small server that comes along."""

import ast
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import zipfile
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

import offline
from chapters import ROOT
from nnbook import live

SERVE = ROOT / "tools" / "serve.py"
PAGE = '<p data-page=""><a href="two.html#x">2</a> <a href="https://e.org/x">3</a><a data-page="book/one.json">4</a>'


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A stand-in for the site, of two pages and without Python, and where its zip goes."""
    folder = tmp_path / "site"
    for name in (*offline.NEEDED, "book/one.html", "book/two.html", "live/book/one.json"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("{}", "utf-8")
    (folder / "book" / "one.html").write_text(PAGE, "utf-8")
    asks(folder, "https://cdn.jsdelivr.net/")
    monkeypatch.setattr(offline, "SITE", folder)
    monkeypatch.setattr(offline, "TARGET", tmp_path / "book-offline.zip")
    monkeypatch.setattr(offline, "pages", lambda: ["book/one.ipynb", "book/two.md"])
    return folder


def asks(site, address):
    """Have the live page take its Python from there."""
    (site / "live" / "book" / "one.json").write_text(json.dumps({"python": {"address": address}}), "utf-8")


def bring_python(site):
    """Have the site bring Python itself."""
    (site / "live" / "pyodide").mkdir()
    for name in live.sums():
        (site / "live" / "pyodide" / name).write_bytes(b"Python")
    asks(site, "pyodide/")


def test_all_of_the_site_is_in_it_in_order_and_the_same_site_gives_the_same_bytes(site):
    assert offline.main() is None
    first = offline.TARGET.read_bytes()
    with zipfile.ZipFile(offline.TARGET) as packed:
        entries = packed.infolist()
        assert packed.read("book-offline/serve.py") == SERVE.read_bytes()
        assert packed.read("book-offline/site/book/one.html") == PAGE.encode()
    names = [entry.filename.removeprefix("book-offline/") for entry in entries]
    of_site = {f"site/{path.relative_to(site).as_posix()}" for path in site.rglob("*") if path.is_file()}
    assert names == sorted({"READ-ME.txt", "index.html", "serve.py"} | of_site)
    assert {(entry.date_time, entry.external_attr >> 16) for entry in entries} == {((1980, 1, 1, 0, 0, 0), 0o644)}
    for path in site.rglob("*"):
        os.utime(path, (1e9, 1e9))
    assert offline.main() is None and offline.TARGET.read_bytes() == first


def test_its_size_and_what_is_in_it_are_said_here_and_in_its_ten_lines(site, capsys):
    offline.main()
    said = capsys.readouterr().out
    assert re.search(r"book-offline\.zip \(\d+\.\d MB, 16 files: 2 pages, no Python \(.*\), JupyterLite, serve", said)
    assert "as this copy was made without it" in offline.files(site)["book-offline/READ-ME.txt"]
    bring_python(site)
    (site / "book.pdf").write_bytes(b"")
    offline.main()
    assert "2 pages, Python for them, JupyterLite, book.pdf, serve.py)" in capsys.readouterr().out
    lines = offline.files(site)["book-offline/READ-ME.txt"].splitlines()
    assert len(lines) == 10 and "nobody else is asked" in lines[7] and "{" not in "".join(lines)
    assert all(word in "".join(lines) for word in ("index.html", "python3 serve.py", "py serve.py", "JupyterLite"))


@pytest.mark.parametrize("lacks", [*offline.NEEDED, "book/two.html", "live/book/one.json", "live/pyodide/pyodide.js"])
def test_a_site_that_lacks_a_file_is_refused_in_one_line(site, lacks):
    bring_python(site)
    assert offline.fault(site, ["book/one", "book/two"]) is None
    (site / lacks).unlink()
    said = offline.main()
    assert lacks.removeprefix("live/") in said and said.endswith("run `make book` first.") and "\n" not in said
    assert not offline.TARGET.exists()


def test_a_page_of_another_build_a_dead_link_and_a_full_disk_are_said_in_one_line(site, monkeypatch):
    asks(site, "pyodide/")
    assert offline.main() == "live/book/one.json is of another build than Python: run `make book` first."
    asks(site, "https://cdn.jsdelivr.net/")
    (site / "book" / "two.html").write_text('<img src="../a%20b.png?c">', "utf-8")
    assert offline.main() == "book/two.html names ../a%20b.png, which the site lacks: run `make book` first."
    (site / "a b.png").touch()
    monkeypatch.setattr(offline, "TARGET", site / "none" / "book.zip")
    assert offline.main().startswith("The book could not be packed: ")


@pytest.fixture
def unzipped(site, tmp_path):
    """What a reader has of it."""
    offline.main()
    shutil.unpack_archive(offline.TARGET, tmp_path / "stick")
    return tmp_path / "stick" / "book-offline"


def hears_ctrl_c():
    """Let a program hear Ctrl-C, which one that a shell has started in the background is told to ignore."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def serving(folder, *arguments):
    """The server, which knows no more of the system than which browser to open, and the lines that it says."""
    command = [sys.executable, "-I", str(folder / "serve.py"), *arguments]
    kept = {"SYSTEMROOT": os.environ["SYSTEMROOT"]} if os.name == "nt" else {"BROWSER": "/bin/echo opened %s"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(
        command, env=kept, preexec_fn=hears_ctrl_c if os.name == "posix" else None, **pipes
    ) as started:
        try:
            started.line = started.stdout.readline()
            yield started
        finally:
            started.kill()


def address(started):
    """Where it serves."""
    return re.search(r"http://127\.0\.0\.1:\d+/", started.line)[0]


@pytest.mark.skipif(os.name != "posix", reason="no Ctrl-C can be sent here, and a browser would open")
def test_the_server_says_where_opens_the_browser_there_and_stops_at_once(unzipped):
    with serving(unzipped) as started:
        assert "To stop, press Ctrl-C" in started.line
        assert started.stdout.readline() == f"opened {address(started)}\n"
        started.send_signal(signal.SIGINT)
        assert started.stdout.read() == "Stopped.\n" and started.wait() == 0


@pytest.mark.skipif(os.name != "posix", reason="a browser would open")
def test_the_server_gives_each_file_its_kind_keeps_nothing_and_serves_this_computer_alone(unzipped):
    (unzipped / "site" / "a.wasm").touch()
    with serving(unzipped) as started:
        top = address(started)
        kinds = {}
        for name in ("", "live/live.js", "live/live.css", "live/version.json", "a.wasm"):
            with urlopen(top + name) as answer:
                kinds[name] = answer.headers["Content-Type"]
                assert answer.headers["Cache-Control"] == "no-store"
        assert list(kinds.values()) == [
            "text/html", "text/javascript", "text/css", "application/json", "application/wasm",
        ]  # fmt: skip
        for outside in ("none.html", "../serve.py"):
            with pytest.raises(HTTPError, match="404"):
                urlopen(top + outside)
        with pytest.raises(OSError):
            socket.create_connection(("127.0.0.2", int(top.split(":")[2][:-1])), timeout=5)


@pytest.mark.skipif(os.name != "posix", reason="a browser would open")
def test_a_second_server_takes_another_port_and_a_port_that_cannot_be_had_is_said_in_one_line(unzipped):
    with serving(unzipped) as first, serving(unzipped) as second:
        assert address(first) != address(second)
        for port in (address(first).split(":")[2][:-1], "99999", "x"):
            with serving(unzipped, port) as third:
                assert third.line.startswith(f"Port {port} cannot be had: ") and third.stdout.read() == ""
                assert third.wait() == 1


def test_a_zip_that_is_not_unzipped_and_an_old_python_are_said_in_one_line(tmp_path):
    shutil.copy(SERVE, tmp_path)
    with serving(tmp_path) as started:
        assert started.line + started.stdout.read() == f"{NOT_UNZIPPED}\n" and started.wait() == 1
    old = f"import runpy, sys; sys.modules['http.server'] = None; runpy.run_path({str(SERVE)!r})"
    done = subprocess.run([sys.executable, "-c", old], capture_output=True, text=True)
    assert (done.stderr, done.returncode) == (f"{OLD}\n", 1)


NOT_UNZIPPED = "The folder site is not beside serve.py: unzip all of the zip first."
OLD = "serve.py needs Python 3.7 or later: try python3 serve.py, or on Windows py serve.py"


def test_an_old_python_can_read_the_server_as_far_as_the_line_that_says_so():
    text = SERVE.read_text("ascii")
    for node in ast.walk(ast.parse(text, feature_version=(3, 4))):
        assert not isinstance(node, ast.JoinedStr | ast.Starred | ast.AnnAssign | ast.NamedExpr)
        if isinstance(node, ast.FunctionDef):
            assert node.returns is None and not node.args.kwonlyargs
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print":
            assert len(node.args) == 1 and not node.keywords  # so Python 2 reads it as a statement


def test_the_menu_of_a_page_from_disk_names_the_server():
    menu = Path(ROOT, "book", "_ext", "nnbook", "templates", "run.html").read_text("utf-8")
    on_disk = re.search('<span class="nnlib-on-disk">(.*?)</span>', menu, re.DOTALL)[1]
    assert all(f"<code>{command}</code>" in on_disk for command in ("python3 serve.py", "py serve.py", "make serve"))
