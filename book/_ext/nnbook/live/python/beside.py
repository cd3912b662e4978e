"""Beside: arrays that the book's code reads come when a cell opens them, and not with the click.

They are most of what lies beside nnlib, and a page reads few of them. `beside.json` lists them, each with its SHA-256.
Until one is opened an empty file stands for it, so that whoever looks whether it is there is told the truth.
"""

import hashlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

FROM = "../lite/files/"  # as worker.js sees it


def lay(folder: Path, get: Callable[[str], bytes]) -> None:
    """Put an empty file into a folder for each that is listed there; `get` brings one when it is first opened."""
    listed = json.loads((folder / "beside.json").read_text("utf-8"))
    waiting = {str(folder / name): (name, digest) for name, digest in listed.items()}
    for place in waiting:
        Path(place).parent.mkdir(parents=True, exist_ok=True)
        Path(place).touch()

    def bring(event: str, arguments: tuple) -> None:
        if event != "open" or not isinstance(arguments[0], str):  # a number stands for a file that is open already
            return
        place = os.path.abspath(arguments[0])
        if wanted := waiting.pop(place, None):
            try:
                Path(place).write_bytes(checked(*wanted, get))
            except OSError:
                waiting[place] = wanted  # whoever runs the cell again asks again
                raise

    sys.addaudithook(bring)


def checked(name: str, digest: str, get: Callable[[str], bytes]) -> bytes:
    """A file's bytes, if they are the very ones."""
    data = get(f"{FROM}{name}?v={digest[:12]}")
    if hashlib.sha256(data).hexdigest() != digest:
        raise OSError(f"{name} is not the file that this page was made with: load the page anew")
    return data


def from_site(address: str) -> bytes:
    """What an address of this site gives, waited for: Python cannot go on without it."""
    from js import XMLHttpRequest

    asked = XMLHttpRequest.new()
    asked.open("GET", address, False)
    asked.responseType = "arraybuffer"
    try:
        asked.send()
    except Exception:  # noqa: BLE001  a browser's own, of which Python knows no kind
        answer = "no answer"
    else:
        if asked.status == 200:
            return asked.response.to_bytes()
        answer = f"the answer was {asked.status}"
    name = address.removeprefix(FROM).split("?")[0]
    raise OSError(f"{name} could not be had from this site ({answer}): run the cell again once the network is there")
