"""How long a live page takes in Chromium: from the click to Python, to a first output, and through its slow cells.

    python -m measure.live                             the starts: about 7 minutes
    python -m measure.live --cells                     every cell of every page: half an hour
    python -m measure.live --cells backpropagation     those of some pages; what is stored of others stays

It needs Chromium, and a site that was built with BOOK_PYODIDE, as `make live` builds it. Leave the machine alone while
the starts are measured; of the cells it counts processor time. It writes `book/measured/live.json`, and
`measure/live.md` as its table; a live page says beside a slow cell how long it took here.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from threading import Thread

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

import chromium
from chapters import anywhere
from measure import MEASURED, ROOT, store
from measure.pages import SITE, Compressing

FILE, TABLE = MEASURED / "live.json", ROOT / "measure" / "live.md"
SLOW = 10  # seconds, from which on a page says beforehand how long a cell takes
PATIENCE = 3_600_000  # milliseconds
READY = "document.querySelector('.nnlib-page-bar [role=status]')?.textContent.includes('Python is ready.')"
DONE = "before => Number(document.querySelector('.nnlib-page-bar').dataset.done) > before"
PREFACE = """\
# How long a live page takes

In Chromium, served from the same machine, so that the network costs nothing: the seconds from the click on *Run this
page here* until Python is ready, and until the first cell with an output has shown it. *Cold* is a first visit, *again*
the same after a reload, with the browser's cache. MB are what comes after the click, as it is sent. The last two are
processor seconds of the cells up to the exercises: of all of them, and of the slowest. Written by `make live`; the
numbers stand in [live.json](../book/measured/live.json).
"""


class Counting(Compressing):
    """A site that counts the bytes that it sends."""

    sent = 0

    def send_header(self, keyword: str, value: str) -> None:
        """Count what follows."""
        if keyword == "Content-Length":
            Counting.sent += int(value)
        super().send_header(keyword, value)


def lesson(stem: str) -> list[str]:
    """A page's cells up to the exercises, by id, but for those that are meant to stop."""
    cells = json.loads((SITE / "live" / "book" / f"{stem}.json").read_text("utf-8"))["cells"]
    end = next((number for number, cell in enumerate(cells) if " as exercise" in cell["text"]), len(cells))
    return [cell["id"] for cell in cells[:end] if cell["kind"] != "error"]


def first_output(stem: str) -> str:
    """The first cell that has stored an output, by id."""
    path = next(path for path in anywhere() if path.stem == stem)
    stored = {cell["id"]: cell for cell in json.loads(path.read_text("utf-8"))["cells"]}
    return next((cell for cell in lesson(stem) if stored[cell]["outputs"]), lesson(stem)[0])


def run(page: Page, cell: str) -> None:
    """Run a cell of a page, after what it needs, to its end."""
    box = page.locator(f"#{cell}")
    box.evaluate("box => { const folded = box.querySelector('details'); if (folded) folded.open = true; }")
    box.scroll_into_view_if_needed()
    before = int(page.locator(".nnlib-page-bar").get_attribute("data-done"))
    box.get_by_role("button", name="Run").first.click()
    page.wait_for_function(DONE, arg=before)


def begin(page: Page) -> None:
    """Have a page run."""
    page.evaluate("document.querySelector('.nnlib-page-start').click()")
    page.wait_for_function(READY)
    page.keyboard.press("Shift")  # a key, at which all cells come to life, wherever they lie


@contextmanager
def opened(browser: Browser, address: str) -> Iterator[Page]:
    """A page in a window that has seen none before."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(address, wait_until="networkidle")
    yield page
    context.close()


def start(browser: Browser, address: str, stem: str) -> dict:
    """The seconds that a page's start takes, cold and again, and what it brings."""

    def once() -> dict[str, float]:
        clicked = time.perf_counter()
        begin(page)
        ready = time.perf_counter()
        run(page, first_output(stem))
        return {"ready": round(ready - clicked, 1), "first_output": round(time.perf_counter() - clicked, 1)}

    with opened(browser, address) as page:
        before = Counting.sent
        cold = once()
        sent = Counting.sent - before
        page.reload(wait_until="networkidle")
        return {"cold": cold, "again": once(), "megabytes": round(sent / 1e6, 1)}


def used() -> float:
    """The processor seconds that the browser has used."""
    total = 0.0
    for process in psutil.Process().children(recursive=True):
        try:
            total += sum(process.cpu_times()[:2])
        except psutil.NoSuchProcess:
            continue
    return total


def cells(browser: Browser, address: str, stem: str) -> dict:
    """The processor seconds of all cells of a page, and of each that is slow."""
    seconds = {}
    with opened(browser, address) as page:
        begin(page)
        for cell in lesson(stem):
            before = used()
            run(page, cell)
            seconds[cell] = used() - before
    slow = {cell: round(took) for cell, took in seconds.items() if took >= SLOW}
    return {"all": round(sum(seconds.values()), 1), "slow": slow}


def table(stored: dict) -> str:
    """What is stored, as a page in Markdown."""
    heads = ["page", "ready, cold", "first output, cold", "ready, again", "first output, again", "MB"]
    heads += ["all cells", "slowest cell"]
    lines = [PREFACE, "| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for stem, of in stored["starts"].items():
        row = [of[visit][event] for visit in ("cold", "again") for event in ("ready", "first_output")]
        row.append(of["megabytes"])
        ran = stored["cells"].get(stem)
        row += [ran["all"], max(ran["slow"].values(), default=f"below {SLOW}")] if ran else ["", ""]
        lines.append("| " + " | ".join(map(str, [stem, *row])) + " |")
    for key in ("starts", "cells"):
        made = stored.get("earlier", {}).get(key, stored["made"])
        lines.append(f"\n{key}: {made['date']}, {stored['chromium']}, {made['machine']['processor']}, two processors.")
    return "\n".join(lines) + "\n"


def main(name: str, wanted: list[str]) -> str | None:
    """Measure the starts or the cells of these pages, or of all that run, and keep what is found."""
    program = chromium.path()
    if program is None or not (SITE / "live" / "pyodide").is_dir():
        return "this needs Chromium, and a site built with BOOK_PYODIDE: `make live` builds one"
    measure = {"starts": start, "cells": cells}[name]
    running = [path.stem for path in anywhere() if (SITE / "live" / "book" / f"{path.stem}.json").exists()]
    if unknown := set(wanted) - set(running):
        return f"no page that runs is called {', '.join(sorted(unknown))}; there are {', '.join(running)}"
    stored = {"starts": {}, "cells": {}} | json.loads(FILE.read_text("utf-8") if FILE.exists() else "{}")
    server = ThreadingHTTPServer(("127.0.0.1", 0), lambda *request: Counting(*request, directory=str(SITE)))
    Thread(target=server.serve_forever, daemon=True).start()
    found = stored[name]
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=program, args=chromium.OPTIONS)
        for stem in wanted or running:
            found[stem] = measure(browser, f"http://127.0.0.1:{server.server_port}/book/{stem}.html", stem)
            print(stem, found[stem], flush=True)
        version = f"Chromium {browser.version}"
        browser.close()
    in_order = {stem: found[stem] for stem in running if stem in found}
    store("live", {"chromium": version, name: in_order}, packages=())
    stored |= json.loads(FILE.read_text("utf-8"))
    TABLE.write_text(table(stored), encoding="utf-8", newline="\n")
    return None


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="*")
    parser.add_argument("--cells", dest="name", action="store_const", const="cells", default="starts")
    asked = parser.parse_args()
    sys.exit(main(asked.name, asked.pages))
