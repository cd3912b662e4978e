"""Fetching: from NNLIB_DATA_DIR, the cache and mirrors on this computer, each of them failing in every way we know.

No test depends on how fast anything runs: a deadline is reached by a clock that the test holds, and what bounds a
test that hangs is PATIENCE. Other processes, killed or in want of room, are in test_interrupted.py.
"""

import hashlib
import itertools
import os
import socket
import sys
import threading
import time
import tracemalloc
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pooch
import pytest
import requests

from nnlib import fetch as fetching
from nnlib.fetch import OfficialFile, cache_folder, fetch

DATA = bytes(range(256)) * 1000
FILE = OfficialFile("numbers.gz", len(DATA), hashlib.sha256(DATA).hexdigest())
PATIENCE = 600  # seconds after which a test that hangs is given up; idle, each ends in a second
posix = pytest.mark.skipif(os.name != "posix", reason="needs a file with a hole")

WHOLE = b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % len(DATA)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
HALF = DATA[: len(DATA) // 2]
ANSWERS = {
    "good": WHOLE + DATA,
    "chunks": CHUNKED + b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (HALF, HALF, b"")),
    "403": b"HTTP/1.0 403 Forbidden\r\n\r\n",
    "503": b"HTTP/1.0 503 Service Unavailable\r\n\r\n",
    "wrong": WHOLE + DATA[:-1] + b"!",
    "cut": WHOLE + HALF,
    "half": b"HTTP/1.0 200 OK\r\n\r\n" + HALF,
    "broken": CHUNKED + b"many\r\n" + DATA,
    "noise": b"\x16\x03\x01" + bytes(range(256)) + b"\r\n\r\n",
    "many": b"HTTP/1.0 200 OK\r\n" + b"X-Many: 1\r\n" * 1000 + b"\r\n" + DATA,
    "away": b"HTTP/1.0 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n",
    "loop": b"HTTP/1.0 302 Found\r\nLocation: /loop/again\r\n\r\n",
    "stall": WHOLE + HALF,  # and then nothing, with the line held
    "silent": b"",
    "endless": b"HTTP/1.0 200 OK\r\n\r\n",  # and then zeros for ever
    "drip": WHOLE,  # and then a byte now and then for ever
    "loris": b"HTTP/1.0 200 OK\r\nX-Long: ",  # and then a header that never ends
}
FOR_EVER = {"endless": bytes(1 << 16), "drip": b".", "loris": b"a"}


class Mirror(BaseHTTPRequestHandler):
    """Serves DATA, well or badly, as the first part of the path says."""

    def do_GET(self):
        behaviour, over = self.path.split("/")[1], self.server.over
        self.server.asked.append(behaviour)
        self.wfile.write(ANSWERS[behaviour])
        self.server.begun.set()
        if behaviour in ("stall", "silent"):
            over.wait(PATIENCE)
        while behaviour in FOR_EVER and not over.wait(0 if behaviour == "endless" else 0.01):
            self.wfile.write(FOR_EVER[behaviour])

    def handle(self):
        try:
            super().handle()
        except ConnectionError:  # the reader hung up, as it should with some of these
            pass

    def log_message(self, *args):
        pass


def test_in_a_browser_the_message_says_where_the_file_is_found(monkeypatch):
    monkeypatch.delenv("NNLIB_DATA_DIR", raising=False)
    monkeypatch.setattr(sys, "platform", "emscripten")
    with pytest.raises(ConnectionError, match="on your own machine") as raised:
        fetch(FILE, "numbers", ("https://nowhere.test/",))
    assert "NNLIB_DATA_DIR" not in str(raised.value)


@pytest.fixture
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Mirror) as server:
        server.daemon_threads = True
        server.asked, server.over, server.begun = [], threading.Event(), threading.Event()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.over.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def mirror(server):
    """A function from behaviours to the addresses of mirrors that behave so."""
    return lambda *behaviours: tuple(f"http://127.0.0.1:{server.server_port}/{b}/" for b in behaviours)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """An empty cache of its own, its path with spaces and non-ASCII letters; no NNLIB_DATA_DIR; no proxy; no hurry."""
    folder = tmp_path / "mein Übungs cache λ"
    monkeypatch.setattr(fetching, "cache_folder", lambda: folder)
    monkeypatch.setattr(fetching, "TIMEOUT", PATIENCE)
    monkeypatch.delenv("NNLIB_DATA_DIR", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return folder


def cached(cache, content, name=FILE.name):
    (cache / "set").mkdir(parents=True, exist_ok=True)
    path = cache / "set" / name
    path.write_bytes(content)
    return path


def files_in(folder):
    return [path.name for path in folder.rglob("*") if path.is_file()]


# The cache and the mirrors


@pytest.mark.parametrize("good", ["good", "chunks"])
def test_the_first_mirror_fills_the_cache_and_nothing_is_asked_for_twice(good, cache, server, mirror, capfd):
    mirrors = mirror(good, "503")
    assert fetch(FILE, "set", mirrors) == DATA
    assert capfd.readouterr() == (f"Downloading {mirrors[0]}numbers.gz\n", "")
    assert fetch(FILE, "set", mirrors) == DATA
    assert capfd.readouterr() == ("", "")  # a file from the cache leaves no trace in a notebook
    assert server.asked == [good]
    assert files_in(cache) == ["numbers.gz"]


def given_up(bad, reason, cache, server, mirror):
    """Whether a bad mirror leaves nothing behind but its reason, and the next one is asked."""
    with pytest.raises(ConnectionError) as caught:
        fetch(FILE, "set", mirror(bad))
    assert reason in str(caught.value)
    assert files_in(cache) == []  # neither a half file nor its temporary one
    assert fetch(FILE, "set", mirror(bad, "good")) == DATA
    assert set(server.asked) == {bad, "good"}
    return files_in(cache) == ["numbers.gz"]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("wrong", "does not match the known hash"),
        ("403", "403 Client Error"),
        ("503", "503 Server Error"),
        ("cut", "IncompleteRead"),
        ("half", "does not match the known hash"),
        ("endless", "sends more than the 256000 bytes"),
        ("loop", "Exceeded 30 redirects"),
        ("broken", "invalid literal for int() with base 16"),
        ("noise", "BadStatusLine"),
        ("many", "got more than 100 headers"),
        ("away", "No connection adapters were found for 'file:///etc/passwd'"),
    ],
)
def test_a_failed_mirror_moves_on_to_the_next(bad, reason, cache, server, mirror):
    assert given_up(bad, reason, cache, server, mirror)


@pytest.mark.parametrize("bad", ["stall", "silent"])
def test_a_mirror_that_falls_silent_moves_on_to_the_next(bad, cache, server, mirror, monkeypatch):
    usual = requests.get

    def get(url, timeout, **options):  # this mirror is silent for ever, so how long we wait does not matter
        assert timeout == fetching.TIMEOUT
        return usual(url, timeout=0.1 if f"/{bad}/" in url else timeout, **options)

    monkeypatch.setattr(requests, "get", get)
    assert given_up(bad, "timed out", cache, server, mirror)


def test_a_mirror_that_is_not_done_at_its_deadline_moves_on_to_the_next(cache, server, mirror, monkeypatch):
    ticks = itertools.count(step=100)
    monkeypatch.setattr(fetching, "clock", lambda: 0 if server.asked[-1:] == ["good"] else next(ticks))
    assert given_up("drip", "not finished after 600 seconds", cache, server, mirror)


@pytest.mark.parametrize("how", ["its name is never found", "its header never ends"])
def test_a_mirror_that_never_begins_moves_on_to_the_next(how, cache, server, mirror, monkeypatch):
    usual = socket.getaddrinfo

    def slow(host, *args, **kwargs):
        if host == "slow.invalid":
            server.begun.set()
            server.over.wait(PATIENCE)
        return usual(host, *args, **kwargs)

    waits = iter([lambda thread: server.begun.wait(PATIENCE)] * 2 + [lambda thread: thread.join(PATIENCE)])
    monkeypatch.setattr(socket, "getaddrinfo", slow)
    monkeypatch.setattr(fetching, "_wait", lambda thread: next(waits)(thread))
    bad = "http://slow.invalid/" if how == "its name is never found" else mirror("loris")[0]
    with pytest.raises(ConnectionError, match="TimeoutError: not finished after 600 seconds"):
        fetch(FILE, "set", (bad,))
    assert FILE.name not in files_in(cache)
    assert fetch(FILE, "set", (bad, *mirror("good"))) == DATA


def test_what_does_not_end_is_waited_for_until_its_deadline_only(server, monkeypatch):
    monkeypatch.setattr(fetching, "DEADLINE", 0.01)
    monkeypatch.setattr(fetching, "TIMEOUT", 0.01)
    with pytest.raises(TimeoutError, match="not finished after 0.01 seconds"):
        fetching._in_time(lambda: server.over.wait(PATIENCE))


def test_time_is_told_by_a_clock_that_nobody_sets():
    assert fetching.clock is time.monotonic


def test_a_mirror_that_is_not_there_moves_on_and_is_named_by_what_happened_first(mirror):
    with pytest.raises(ConnectionError) as caught:
        fetch(FILE, "set", ("http://127.0.0.1:9/",))
    assert "http://127.0.0.1:9/: ConnectionRefusedError: " in str(caught.value)
    assert "Max retries exceeded" not in str(caught.value)
    assert fetch(FILE, "set", ("http://127.0.0.1:9/", "http://name.invalid/", *mirror("good"))) == DATA


def test_the_error_lists_everything_that_was_tried_and_what_to_do(cache, mirror):
    mirrors = mirror("403", "wrong")
    with pytest.raises(ConnectionError) as caught:
        fetch(FILE, "set", mirrors)
    first, *tried, last = str(caught.value).splitlines()
    assert first == "numbers.gz could not be had. Tried:"
    assert [line.split(": ")[0] for line in tried] == ["- cache", f"- {mirrors[0]}", f"- {mirrors[1]}"]
    assert str(cache) in tried[0]
    assert last == "Set NNLIB_DATA_DIR to a folder that holds set/numbers.gz"


@pytest.mark.parametrize("content", [b"", DATA[:-1], DATA[:-1] + b"!", DATA + b"!"])
def test_a_cached_file_that_is_not_the_official_one_is_fetched_again(content, cache, server, mirror):
    path = cached(cache, content)
    with pytest.raises(ConnectionError, match="not the official file"):
        fetch(FILE, "set", mirror("503"))
    assert fetch(FILE, "set", mirror("good")) == DATA
    assert path.read_bytes() == DATA


@pytest.mark.parametrize("leftover", ["numbers.gz.part", "tmpabcd1234"])
def test_what_an_interrupted_download_left_behind_is_never_read(leftover, cache, server, mirror):
    cached(cache, DATA[:1000], leftover)
    assert fetch(FILE, "set", mirror("good")) == DATA
    assert server.asked == ["good"]


def test_a_file_that_another_process_brought_while_our_mirror_failed_is_used(cache, monkeypatch, mirror):
    def fails(url, path, file):
        cached(cache, DATA)
        raise PermissionError("the file is open elsewhere")  # as Windows says it

    monkeypatch.setattr(fetching, "_download", fails)
    assert fetch(FILE, "set", mirror("good")) == DATA


@pytest.mark.parametrize("obstacle", ["the cache is a file", "a folder has the file's name"])
def test_a_cache_in_disorder_is_a_clear_error(obstacle, cache, mirror):
    if obstacle == "the cache is a file":
        cache.write_bytes(b"")
    else:
        (cache / "set" / FILE.name).mkdir(parents=True)
    with pytest.raises(ConnectionError, match="numbers.gz could not be had"):
        fetch(FILE, "set", mirror("good"))


def test_without_a_home_folder_nothing_is_written_and_the_error_says_so(server, mirror, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(fetching, "cache_folder", cache_folder)
    monkeypatch.setattr(pooch, "os_cache", lambda name: Path("~/.cache") / name)  # as platformdirs gives it then
    with pytest.raises(ConnectionError, match="no home folder"):
        fetch(FILE, "set", mirror("good"))
    assert server.asked == []
    assert list(tmp_path.iterdir()) == []


def test_without_pooch_the_error_says_so(monkeypatch):
    monkeypatch.setattr(fetching, "cache_folder", cache_folder)
    monkeypatch.setitem(sys.modules, "pooch", None)  # as in a browser's Python
    with pytest.raises(ConnectionError, match="pooch"):
        fetch(FILE, "set", ())


def test_the_cache_is_in_the_users_own_cache_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder().is_absolute()
    if sys.platform == "linux":
        assert cache_folder() == tmp_path / "nnlib"


# NNLIB_DATA_DIR


@pytest.fixture
def data_dir(tmp_path, monkeypatch):
    folder = tmp_path / "données de test"
    cached(folder, DATA)
    monkeypatch.setenv("NNLIB_DATA_DIR", str(folder))
    return folder


def test_a_data_folder_that_lacks_the_file_is_an_error_that_names_it(data_dir, cache, server, mirror):
    cached(cache, DATA)
    path = data_dir / "set" / FILE.name
    path.unlink()
    with pytest.raises(FileNotFoundError) as caught:
        fetch(FILE, "set", mirror("good"))
    assert str(caught.value).startswith(f"NNLIB_DATA_DIR: {path}: no such file; put the official file there, or unset")
    assert server.asked == []


@pytest.mark.parametrize(
    ("lies", "named", "said"),
    [
        ([], "nowhere", "there is no folder {data}/nowhere; put"),
        ([], 'nowhere"', 'there is no folder {data}/nowhere", whose name ends in a quotation mark or a blank; put'),
        ([], ".", "there is no folder {data}/set; put"),
        (["set/other.gz"], ".", "no such file; put"),
        (["set/numbers"], ".", "there lies numbers, unpacked: keep the .gz; put"),
        (["set/num-bers"], ".", "there lies num-bers, unpacked: keep the .gz; put"),
        (["set/Num.bers.gz"], ".", "there lies Num.bers.gz, under another name; put"),
        (["set/numbers.gz/other"], ".", "a folder has its name; put"),
        (["numbers.gz"], ".", "it lies in {data}, but NNLIB_DATA_DIR names the folder that holds the folder set; put"),
        (["set/numbers.gz"], "set", "it lies in {data}/set, but NNLIB_DATA_DIR names the folder that holds"),
    ],
)
def test_where_the_file_is_missing_the_error_says_what_does_lie_there(lies, named, said, tmp_path, monkeypatch):
    for name in lies:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(DATA)
    monkeypatch.setenv("NNLIB_DATA_DIR", os.path.join(tmp_path, named))
    with pytest.raises(FileNotFoundError) as caught:
        fetch(FILE, "set", ())
    assert said.format(data=tmp_path).replace("/", os.sep) in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "got 0 bytes, expected 256000"),
        (DATA[:-1], "got 255999 bytes, expected 256000"),
        (DATA + b"!", "got more than 256000 bytes"),
        (DATA[:-1] + b"!", "got SHA-256 [0-9a-f]{64}, expected " + FILE.sha256),
    ],
)
def test_a_wrong_file_in_the_data_folder_is_an_error_that_names_it(content, message, data_dir, server, mirror):
    cached(data_dir, content)
    with pytest.raises(ValueError, match=message) as caught:
        fetch(FILE, "set", mirror("good"))
    assert str(data_dir / "set" / FILE.name) in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    assert server.asked == []


@posix
def test_an_enormous_file_in_the_data_folder_is_not_read_into_memory(data_dir, mirror):
    with open(data_dir / "set" / FILE.name, "r+b") as file:
        file.truncate(1 << 30)  # a hole on disk, a gigabyte to a reader
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="more than 256000 bytes"):
            fetch(FILE, "set", ())
        assert tracemalloc.get_traced_memory()[1] < 1 << 21
    finally:
        tracemalloc.stop()


def test_a_relative_data_folder_is_seen_from_the_current_folder_and_the_error_says_so(data_dir, monkeypatch, tmp_path):
    monkeypatch.setenv("NNLIB_DATA_DIR", data_dir.name)
    monkeypatch.chdir(data_dir.parent)
    assert fetch(FILE, "set", ()) == DATA
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    with pytest.raises(FileNotFoundError) as caught:
        fetch(FILE, "set", ())
    assert f"NNLIB_DATA_DIR is the relative path {data_dir.name!r}, seen from {elsewhere}" in str(caught.value)


@pytest.mark.parametrize("have", [0, 1, 2])
def test_a_set_is_at_hand_where_no_mirror_need_be_asked(have, cache, server, mirror):
    source = fetching.Source(
        "set", "Numbers", (), "Somebody", "", (FILE, FILE._replace(name="more.gz")), mirror("good")
    )
    for file in source.files[:have]:
        cached(cache, DATA, file.name)
    assert fetching.at_hand(source) == (have == 2)
    assert fetching.at_hand(source._replace(whole=True))
    assert server.asked == []


def test_an_empty_data_folder_variable_counts_as_not_set(cache, monkeypatch):
    cached(cache, DATA)
    monkeypatch.setenv("NNLIB_DATA_DIR", "")
    assert fetch(FILE, "set", ()) == DATA
