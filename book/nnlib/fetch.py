"""Fetch: the bytes of a published file, from a folder, the cache or a mirror, or an error; without NumPy."""

import hashlib
import os
import re
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

TIMEOUT = 10  # seconds that a mirror may be silent
DEADLINE = 600  # seconds that one file may take from one mirror, with all that comes before it
clock = time.monotonic  # a test holds another


class OfficialFile(NamedTuple):
    """A published file: its name, its size in bytes, its SHA-256, and the shape of its array where it holds one."""

    name: str
    size: int
    sha256: str
    shape: tuple[int, ...] = ()


class Source(NamedTuple):
    """A data set as it declares itself, once: its loader, the tools, the tests and the site read this.

    Attributes
    ----------
    name : its folder in NNLIB_DATA_DIR and in the per-user cache; a chapter's metadata calls it so.
    title : what the text calls it.
    shape : how many examples there are in all, then the shape of one.
    credit : whom to name, with an address that lasts.
    licence : the licence under which its makers give it; empty where they name none.
    files : the published files that it consists of.
    mirrors : addresses of folders that hold all these files, ending in "/", tried in this order. Each is another
        host with a copy of its own; a single address means that only one host is known to have these very bytes, and
        none that they were derived for the book: then what is embedded is all that a reader gets, and is enough.
    embedded : the file in this module's folder that stands in where the published ones cannot be had; None if none
        does.
    whole : whether the embedded file holds the whole set, so that nothing is ever fetched.
    served : whether the book's site may hold the files, for chapters that run in the browser; otherwise each reader
        fetches them.
    """

    name: str
    title: str
    shape: tuple[int, ...]
    credit: str
    licence: str
    files: tuple[OfficialFile, ...]
    mirrors: tuple[str, ...]
    embedded: OfficialFile | None = None
    whole: bool = False
    served: bool = False

    @property
    def citation(self) -> str:
        """Whom to name, and the licence where there is one."""
        return f"{self.credit}, {self.licence}" if self.licence else self.credit


def fetch(file: OfficialFile, folder: str, mirrors: tuple[str, ...]) -> bytes:
    """The bytes of an official file, looked for as `load_mnist` says.

    Parameters
    ----------
    file : what is wanted.
    folder : the subfolder of NNLIB_DATA_DIR, and of the per-user cache, that it belongs in.
    mirrors : addresses of folders on the web that hold the file, ending in "/", tried in this order.

    Raises
    ------
    FileNotFoundError, ValueError
        If NNLIB_DATA_DIR is set and the file is not there, or is not the official one.
    ConnectionError
        If neither the cache nor a mirror gives the file; the message lists what was tried.
    """
    if data_dir := os.environ.get("NNLIB_DATA_DIR"):  # an empty value counts as not set
        return _from_data_dir(data_dir, folder, file)
    if sys.platform == "emscripten":  # a browser, which lets no page fetch from elsewhere
        where = "in Colab or on your own machine (the menu Run this page) it is found"
        raise ConnectionError(
            f"{file.name} does not come with this site, and a browser fetches it from nowhere: {where}"
        )
    return _from_cache_or_mirror(folder, mirrors, file)


def fetch_all(source: Source) -> list[bytes]:
    """The bytes of every published file of a data set, in the declaration's order; errors as in `fetch`."""
    return [fetch(file, source.name, source.mirrors) for file in source.files]


def embedded(source: Source) -> bytes:
    """The bytes of the file that stands in for a data set; ValueError if they are not those that the book came with."""
    return read(Path(__file__).parent / source.embedded.name, source.embedded)


def at_hand(source: Source) -> bool:
    """Whether the whole of a data set is here, with no mirror asked.

    A folder that NNLIB_DATA_DIR names counts as having it: what that folder lacks, the loader says.
    """
    if source.whole or os.environ.get("NNLIB_DATA_DIR"):
        return True
    try:
        fetch_all(source._replace(mirrors=()))
    except ConnectionError:
        return False
    return True


def read(path: Path, file: OfficialFile) -> bytes:
    """The bytes of a file, if they are the official ones; never reads more than one byte beyond their size."""
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file")
    with path.open("rb") as stream:
        data = stream.read(file.size + 1)
    if len(data) != file.size:
        size = f"{len(data)} bytes" if len(data) < file.size else f"more than {file.size} bytes"
        raise ValueError(f"{path}: got {size}, expected {file.size}: not the official file, or not all of it")
    if (sha256 := hashlib.sha256(data).hexdigest()) != file.sha256:
        raise ValueError(f"{path}: got SHA-256 {sha256}, expected {file.sha256}: not the official file")
    return data


def cache_folder() -> Path:
    """Where downloaded files are kept for this user; RuntimeError where the user has no home folder."""
    import pooch  # here, because it is slow to import and a browser's Python does not have it

    folder = pooch.os_cache("nnlib")
    if not folder.is_absolute():  # it leaves a "~" that it cannot resolve
        raise RuntimeError("this user has no home folder to keep a cache in")
    return folder


def _from_data_dir(data_dir: str, folder: str, file: OfficialFile) -> bytes:
    """A file from NNLIB_DATA_DIR, or an error that says what to do."""
    path = Path(data_dir).expanduser().absolute() / folder / file.name
    hint = "put the official file there, or unset NNLIB_DATA_DIR to use the cache and the public mirrors"
    if not Path(data_dir).expanduser().is_absolute():
        hint += f" (NNLIB_DATA_DIR is the relative path {data_dir!r}, seen from {Path.cwd()})"
    try:
        return read(path, file)
    except FileNotFoundError as error:
        raise FileNotFoundError(f"NNLIB_DATA_DIR: {error}; {_instead(path)}{hint}") from None
    except ValueError as error:
        raise ValueError(f"NNLIB_DATA_DIR: {error}; {hint}") from None


def _instead(path: Path) -> str:
    """What does lie where the folder DATA of DATA/set/file lacks the file, with what to do about it."""
    folder, data = path.parent, path.parent.parent
    if (data / path.name).is_file():
        return f"it lies in {data}, but NNLIB_DATA_DIR names the folder that holds the folder {folder.name}; "
    if not data.is_dir():
        signs = data.name != data.name.strip(" '\"")
        return f"there is no folder {data}{', whose name ends in a quotation mark or a blank' if signs else ''}; "
    if not folder.is_dir():
        return f"there is no folder {folder}; "

    def letters(name: str) -> str:
        return re.sub(r"[^a-z0-9]", "", name.lower().removesuffix(".gz"))

    for name in sorted(other.name for other in folder.iterdir() if letters(other.name) == letters(path.name)):
        if (folder / name).is_dir():
            return "a folder has its name; "
        unpacked = path.suffix == ".gz" and not name.endswith(".gz")
        return f"there lies {name}, {'unpacked: keep the .gz' if unpacked else 'under another name'}; "
    return ""


def _from_cache_or_mirror(folder: str, mirrors: tuple[str, ...], file: OfficialFile) -> bytes:
    """A file from the cache, else from the first mirror that gives it; ConnectionError if none does."""
    tried = []

    def note(where: str, error: BaseException) -> None:
        while cause := error.__cause__ or error.__context__:
            error = cause  # what happened first says most: "Name or service not known"
        tried.append(textwrap.shorten(f"{where}: {type(error).__name__}: {error}", 500))  # room for a long path

    try:
        path = cache_folder() / folder / file.name
        return read(path, file)
    except (ImportError, RuntimeError) as error:  # with nowhere to put a file there is no download
        note("cache", error)
        mirrors = ()
    except (OSError, ValueError) as error:
        note("cache", error)
    for mirror in mirrors:
        try:
            _in_time(lambda url=mirror + file.name: _download(url, path, file))
        except (OSError, ValueError) as error:
            note(mirror, error)
        with suppress(OSError, ValueError):  # even so: another process may have brought it meanwhile
            return read(path, file)
    lines = [f"{file.name} could not be had. Tried:", *tried]
    raise ConnectionError("\n- ".join(lines) + f"\nSet NNLIB_DATA_DIR to a folder that holds {folder}/{file.name}")


def _in_time(work: Callable[[], None]) -> None:
    """Do it, or raise TimeoutError, also where no time-out of a library holds: a name that is never found, say."""
    errors = []

    def run() -> None:
        try:
            work()
        except Exception as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)  # a daemon is one that the interpreter does not wait for
    thread.start()
    _wait(thread)
    if thread.is_alive():
        raise TimeoutError(f"not finished after {DEADLINE} seconds")
    if errors:
        raise errors[0]


def _wait(thread: threading.Thread) -> None:
    """Let it come to its end, or give it up; a test sets another patience here."""
    thread.join(DEADLINE + TIMEOUT)


def _download(url: str, path: Path, file: OfficialFile) -> None:
    """Fetch an official file to `path`: pooch writes it to a temporary file, checks it, then moves it there.

    So a file at `path` is whole; should it have come there by other means, `read` still checks it.
    """
    import pooch
    import requests
    import urllib3

    def stream(url: str, target: str, _: object) -> None:
        print(f"Downloading {url}", flush=True)
        deadline = clock() + DEADLINE
        with requests.get(url, stream=True, timeout=TIMEOUT) as answer, open(target, "wb") as output:
            answer.raise_for_status()
            while chunk := answer.raw.read1(1 << 16, decode_content=False):  # what has come, as it was sent
                output.write(chunk)
                if output.tell() > file.size:
                    raise ValueError(f"sends more than the {file.size} bytes of the official file")
                if clock() > deadline:
                    raise TimeoutError(f"not finished after {DEADLINE} seconds")

    pooch.get_logger().setLevel("WARNING")
    try:
        pooch.retrieve(url, file.sha256, path.name, path.parent, downloader=stream)
    except urllib3.exceptions.HTTPError as error:  # requests does not translate these on this path
        raise ConnectionError(str(error)) from error
