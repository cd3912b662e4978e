"""Interrupted: whatever is killed, or runs out of room, the next start works and no half file passes for a whole one.

Each process is killed a few times here, 100 times by `make test-long`. A moment is drawn by lot, and whichever it is,
what is asserted must hold: nothing depends on how fast anything runs.
"""

import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from nnlib import Dense, Network
from nnlib import fetch as fetching
from nnlib.exercises.memory import read, record
from nnlib.fetch import OfficialFile, fetch

DATA = bytes(range(256)) * 2000
FILE = OfficialFile("numbers.gz", len(DATA), hashlib.sha256(DATA).hexdigest())
PIECES = 20  # in which the mirror sends it
SIZE = len(DATA) // PIECES  # of a piece
PATIENCE = 600  # seconds; on a busy machine a Python takes a minute to start
pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals and users")


class Slowly(BaseHTTPRequestHandler):
    """Sends DATA piece by piece; below /together/, two readers get their first half, and then their second, at once."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        for i in range(PIECES):
            if self.path.startswith("/together/") and i in (0, PIECES // 2):
                self.server.two.wait(PATIENCE)
            try:
                self.wfile.write(DATA[i * SIZE : (i + 1) * SIZE])
            except OSError:  # the reader was killed, as planned
                return
            time.sleep(0.1 / PIECES)  # so that most moments of a download are between two pieces

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def mirror():
    with ThreadingHTTPServer(("127.0.0.1", 0), Slowly) as server:
        server.daemon_threads, server.two = True, threading.Barrier(2)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def no_data_dir(monkeypatch):
    monkeypatch.delenv("NNLIB_DATA_DIR", raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


FETCH = f"""
import os, shutil, signal, sys
from pathlib import Path
import pooch, requests, numpy
from nnlib import fetch as fetching
fetching.cache_folder = lambda: Path(sys.argv[1])
fetching.TIMEOUT = {PATIENCE}
{{before}}
data = fetching.fetch(fetching.OfficialFile{tuple(FILE)}, "set", (sys.argv[2],))
print("whole", flush=True)
"""
SAVE = """
import itertools, os, signal, sys
import numpy as np
from nnlib import Dense, Network
net = Network(Dense(300, 300, np.random.default_rng(0)))
{before}
print("begins", flush=True)
for number in itertools.count(2):
    for p in net.parameters():
        p.value[...] = number
    net.save(sys.argv[1])
"""
RECORD = """
import os, signal, sys
from nnlib.exercises.memory import record
{before}
print("begins", flush=True)
while True:
    record("backprop.output_error", solved=True)
"""
DIE = "lambda *args: os.kill(os.getpid(), signal.SIGKILL)"


def start(code, *arguments, before="", **variables):
    """Another process that runs this code; `before` runs first in it."""
    env = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", **variables}
    command = [sys.executable, "-c", code.format(before=before), *map(str, arguments)]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def kill(processes, within, seed):
    """Kill each of these at a random moment after its first line; some may have ended by then."""
    chance = random.Random(seed)
    for process in processes:
        assert process.stdout.readline()
    for pause in sorted(chance.uniform(0, within) for _ in processes):
        time.sleep(pause / len(processes))
        processes.pop().kill()


def in_fours(times):
    """How often four processes at once are started."""
    return range(times(1, 25))


# Killed


def test_a_download_killed_at_any_moment_leaves_nothing_that_passes_for_whole(tmp_path, mirror, times, monkeypatch):
    for batch in in_fours(times):
        caches = [tmp_path / f"mein Übungs cache {batch} {i}" for i in range(4)]
        processes = [start(FETCH, cache, mirror) for cache in caches]
        kill(processes.copy(), 0.5, batch)
        for process in processes:
            process.communicate(timeout=PATIENCE)
        for cache in caches:
            path = cache / "set" / FILE.name
            assert not path.exists() or path.read_bytes() == DATA
            monkeypatch.setattr(fetching, "cache_folder", lambda cache=cache: cache)
            assert fetch(FILE, "set", (mirror,)) == DATA
            assert path.read_bytes() == DATA


def test_a_save_killed_at_any_moment_leaves_the_old_file_or_the_new_one(tmp_path, times):
    for batch in in_fours(times):
        paths = [tmp_path / f"mes poids {batch} {i}.npz" for i in range(4)]
        net = Network(Dense(300, 300, np.random.default_rng(0)))
        for path in paths:
            net.layers[0].W[...] = net.layers[0].b[...] = 1
            net.save(path)
        quick = "os.fsync = lambda file: None"  # so that most of its time goes into writing
        processes = [start(SAVE, path, before=quick) for path in paths]
        kill(processes.copy(), 0.5, batch)
        for process in processes:
            process.communicate(timeout=PATIENCE)
            assert process.returncode == -9
        for path in paths:
            net.load(path)
            assert len({*net.layers[0].W.flat, *net.layers[0].b.flat}) == 1  # of one save, not of two
            net.save(path)


def test_a_progress_file_killed_at_any_moment_is_whole(tmp_path, times, monkeypatch):
    for batch in in_fours(times):
        paths = [tmp_path / f"{batch} {i}" / "progress.json" for i in range(4)]
        processes = [start(RECORD, before="", NNLIB_PROGRESS=str(path)) for path in paths]
        kill(processes.copy(), 0.3, batch)
        for process in processes:
            process.communicate(timeout=PATIENCE)
        for path in paths:
            monkeypatch.setenv("NNLIB_PROGRESS", str(path))
            tries = read()["exercises"].get("backprop.output_error", {"tries": 0})["tries"]
            record("backprop.output_error", solved=False)
            assert read()["exercises"]["backprop.output_error"]["tries"] == tries + 1
            assert not list(path.parent.glob("*damaged*"))


def test_killed_between_writing_and_moving_the_old_state_stays(tmp_path, mirror, monkeypatch):
    weights, progress = tmp_path / "weights.npz", tmp_path / "progress.json"
    net = Network(Dense(300, 300, np.random.default_rng(1)))
    net.save(weights)
    monkeypatch.setenv("NNLIB_PROGRESS", str(progress))
    record("perceptron.line", solved=True)
    before = weights.read_bytes(), progress.read_bytes()
    processes = [
        start(FETCH, tmp_path / "cache", mirror, before=f"shutil.move = {DIE}"),
        start(SAVE, weights, before=f"os.replace = {DIE}"),
        start(RECORD, before=f"os.replace = {DIE}"),
    ]
    for process in processes:
        process.communicate(timeout=PATIENCE)
        assert process.returncode == -9
    assert (weights.read_bytes(), progress.read_bytes()) == before
    assert [path.stat().st_size for path in (tmp_path / "cache" / "set").iterdir()] == [FILE.size]  # not yet named so
    monkeypatch.setattr(fetching, "cache_folder", lambda: tmp_path / "cache")
    assert fetch(FILE, "set", (mirror,)) == DATA
    net.save(weights)
    record("perceptron.line", solved=True)
    assert read()["exercises"]["perceptron.line"]["tries"] == 2


def test_two_processes_that_fill_one_empty_cache_both_get_the_whole_file(tmp_path, mirror, times):
    for i in range(times(1, 50)):
        both = [start(FETCH, tmp_path / f"cache {i}", f"{mirror}together/") for _ in range(2)]
        for process in both:
            out, err = process.communicate(timeout=PATIENCE)
            assert (process.returncode, out.splitlines()[-1:], err) == (0, ["whole"], "")
        assert [path.name for path in (tmp_path / f"cache {i}" / "set").iterdir()] == [FILE.name]


# No room, no rights, no home


def room(size):
    """What leaves a process room for files of this size only, as a full disk would."""
    return f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))"


def test_with_no_room_a_download_and_a_save_say_so_and_nothing_is_left_behind(tmp_path, mirror):
    net, weights = Network(Dense(2, 2, np.random.default_rng(0))), tmp_path / "weights.npz"
    net.save(weights)
    whole = weights.read_bytes()
    for code, arguments, says in [
        (FETCH, (tmp_path / "cache", mirror), f"ConnectionError: {FILE.name} could not be had"),
        (SAVE, (weights,), "OSError: "),
    ]:
        _, err = start(code, *arguments, before=room(200_000)).communicate(timeout=PATIENCE)
        assert says in err and "File too large" in err
    assert weights.read_bytes() == whole
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [weights]


def test_with_no_room_an_exercise_goes_on_and_the_old_progress_stays(tmp_path, monkeypatch):
    progress = tmp_path / "progress.json"
    monkeypatch.setenv("NNLIB_PROGRESS", str(progress))
    record("backprop.output_error", solved=True)
    once = "done = record\ndef record(*what, **also):\n    done(*what, **also)\n    print('goes on')\n    sys.exit()"
    out, err = start(RECORD, before=f"{room(10)}\n{once}").communicate(timeout=PATIENCE)
    assert out.splitlines() == ["begins", "goes on"]
    assert read()["exercises"]["backprop.output_error"]["tries"] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["progress.json"]


NOBODY = "if os.geteuid() == 0: os.setuid(65534)  # root may write anywhere"


@pytest.fixture
def locked():
    """A function that makes a folder with these files, which nobody may write to."""
    folder = Path(tempfile.mkdtemp())  # not pytest's, which only its own user may enter
    (folder / "set").mkdir()

    def lock(files):
        for name, data in files.items():
            (folder / "set" / name).write_bytes(data)
        for path in (folder / "set", folder):
            path.chmod(0o555)
        return folder

    yield lock
    for path in (folder, folder / "set"):
        path.chmod(0o755)
    shutil.rmtree(folder)


def test_a_cache_that_may_only_be_read_is_read(locked):
    process = start(FETCH, locked({FILE.name: DATA}), "http://127.0.0.1:9/", before=NOBODY)
    assert process.communicate(timeout=PATIENCE) == ("whole\n", "")


def test_a_cache_that_may_not_be_written_to_is_a_clear_error(locked, mirror):
    _, err = start(FETCH, locked({}), mirror, before=NOBODY).communicate(timeout=PATIENCE)
    assert f"ConnectionError: {FILE.name} could not be had" in err
    assert "Permission denied" in err and "Set NNLIB_DATA_DIR" in err


HOMELESS = """
import os
from nnlib import load_mnist
from nnlib.exercises.memory import read, record
{before}
record("perceptron.line", solved=True)
print(read()["exercises"])
load_mnist()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the folders are found without HOME")
@pytest.mark.parametrize("home", ["none", "a file"])
def test_without_a_home_folder_an_exercise_works_and_mnist_says_what_to_do(home, tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("XDG_")] + ["HOME", "NNLIB_PROGRESS"]:
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "home").touch()
    monkeypatch.chdir(tmp_path)
    if home == "a file":
        process = start(HOMELESS, HOME=str(tmp_path / "home"))
    elif os.geteuid() == 0:
        process = start(HOMELESS, before="os.setuid(54321)")  # a user whom the system does not know
        tmp_path.chmod(0o777)
    else:
        pytest.skip("only root may become an unknown user")
    out, err = process.communicate(timeout=PATIENCE)
    assert out.splitlines()[0] == "{}"
    assert "Set NNLIB_DATA_DIR to a folder" in err and "or use the embedded digits" in err
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
