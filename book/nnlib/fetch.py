"""Fetch: the bytes of a published file, from a folder, the cache or a mirror; the very bytes or an error."""

import hashlib
import os
import textwrap
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

TIMEOUT = 10  # seconds that a mirror may be silent
DEADLINE = 600  # seconds that one file may take from one mirror, with all that comes before it


class OfficialFile(NamedTuple):
    """A published file: its name, its size in bytes and its SHA-256."""

    name: str
    size: int
    sha256: str


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
    return _from_cache_or_mirror(folder, mirrors, file)


def cache_folder() -> Path:
    """Where downloaded files are kept for this user; RuntimeError where the user has no home folder."""
    import pooch  # here, because it is slow to import and a browser's Python does not have it

    folder = pooch.os_cache("nnlib")
    if not folder.is_absolute():  # it leaves a "~" that it cannot resolve
        raise RuntimeError("this user has no home folder to keep a cache in")
    return folder


def _read(path: Path, file: OfficialFile) -> bytes:
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


def _from_data_dir(data_dir: str, folder: str, file: OfficialFile) -> bytes:
    """A file from NNLIB_DATA_DIR, or an error that says what to do."""
    path = Path(data_dir).expanduser()
    hint = "put the official file there, or unset NNLIB_DATA_DIR to use the cache and the public mirrors"
    if not path.is_absolute():
        hint += f" (NNLIB_DATA_DIR is the relative path {data_dir!r}, seen from {Path.cwd()})"
    try:
        return _read(path.absolute() / folder / file.name, file)
    except FileNotFoundError as error:
        raise FileNotFoundError(f"NNLIB_DATA_DIR: {error}; {hint}") from None
    except ValueError as error:
        raise ValueError(f"NNLIB_DATA_DIR: {error}; {hint}") from None


def _from_cache_or_mirror(folder: str, mirrors: tuple[str, ...], file: OfficialFile) -> bytes:
    """A file from the cache, else from the first mirror that gives it; ConnectionError if none does."""
    tried = []

    def note(where: str, error: BaseException) -> None:
        while cause := error.__cause__ or error.__context__:
            error = cause  # what happened first says most: "Name or service not known"
        tried.append(textwrap.shorten(f"{where}: {type(error).__name__}: {error}", 500))  # room for a long path

    try:
        path = cache_folder() / folder / file.name
        return _read(path, file)
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
            return _read(path, file)
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
    thread.join(DEADLINE + TIMEOUT)
    if thread.is_alive():
        raise TimeoutError(f"not finished after {DEADLINE} seconds")
    if errors:
        raise errors[0]


def _download(url: str, path: Path, file: OfficialFile) -> None:
    """Fetch an official file to `path`: pooch writes it to a temporary file, checks it, then moves it there.

    So a file at `path` is whole; should it have come there by other means, `_read` still checks it.
    """
    import pooch
    import requests
    import urllib3

    def stream(url: str, target: str, _: object) -> None:
        print(f"Downloading {url}", flush=True)
        deadline = time.monotonic() + DEADLINE
        with requests.get(url, stream=True, timeout=TIMEOUT) as answer, open(target, "wb") as output:
            answer.raise_for_status()
            while chunk := answer.raw.read1(1 << 16, decode_content=False):  # what has come, as it was sent
                output.write(chunk)
                if output.tell() > file.size:
                    raise ValueError(f"sends more than the {file.size} bytes of the official file")
                if time.monotonic() > deadline:
                    raise TimeoutError(f"not finished after {DEADLINE} seconds")

    pooch.get_logger().setLevel("WARNING")
    try:
        pooch.retrieve(url, file.sha256, path.name, path.parent, downloader=stream)
    except urllib3.exceptions.HTTPError as error:  # requests does not translate these on this path
        raise ConnectionError(str(error)) from error
