"""What Lighthouse says of five kinds of page, as a phone on slow 4G that it simulates: the median of some runs.

    python -m measure.pages              five runs of each page, kept: about 10 minutes
    python -m measure.pages --runs 1     a look, which is not stored

It needs a built site, Chromium, and the npm registry. Leave the machine alone meanwhile: half of each score is time.
It writes `book/measured/pages.json`, and `measure/pages.md` as its table. What stands there of the default Jupyter
Book, which loads its scripts from a CDN, was measured once, in turn with this book.
"""

import argparse
import gzip
import json
import os
import subprocess
import sys
import threading
from functools import lru_cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median

import chromium
from measure import LOAD, MEASURED, ROOT, store
from nnbook import npm

SITE, WORK, TABLE = ROOT / "_build" / "html", ROOT / "_build" / "pages", ROOT / "measure" / "pages.md"
LIGHTHOUSE = "13.5.0"
KINDS = {
    "formulas": "book/the_chain_rule.html",
    "figures": "book/gradient_descent.html",
    "interactive": "book/backpropagation.html",
    "a later part": "book/attention.html",
    "index": "book/index.html",
}
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
METRICS = {  # Lighthouse's names, and how the table shows them
    "first-contentful-paint": ("first paint", "{:,.0f} ms"),
    "largest-contentful-paint": ("largest paint", "{:,.0f} ms"),
    "total-blocking-time": ("blocked", "{:,.0f} ms"),
    "cumulative-layout-shift": ("layout shift", "{:.3f}"),
    "total-byte-weight": ("bytes", "{:,.0f}"),
}
PREFACE = """\
# What Lighthouse says of the pages

By [Lighthouse](https://developer.chrome.com/docs/lighthouse), as a phone on slow 4G that it simulates: the median of
some runs of each page (lowest to highest). Written by `make pages`; the numbers stand in
[pages.json](../book/measured/pages.json).

Lighthouse takes a phone to be 4 times slower than the machine, and has a machine in mind that it would rate 1,500 to
2,000. Pages come compressed and with GitHub Pages' cache time. The default Jupyter Book is that of the same chapters,
but for that of a later part; its scripts came from here too, which spares it two connections: a reader
would wait longer for it.
"""
COMPRESSED = ("text/", "application/json", "application/javascript", "application/wasm", "image/svg+xml")


@lru_cache(maxsize=256)
def compressed(path: Path) -> bytes:
    """A file's content, compressed once."""
    return gzip.compress(path.read_bytes(), compresslevel=6, mtime=0)


class Compressing(SimpleHTTPRequestHandler):
    """Files of a folder, with the headers that decide how fast a page loads, as GitHub Pages sends them."""

    protocol_version = "HTTP/1.1"  # connections stay open

    def do_GET(self) -> None:  # noqa: N802, as the base class names it
        """Answer with a file."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        kind = self.guess_type(str(path))
        is_compressed = kind.startswith(COMPRESSED) and "gzip" in self.headers.get("Accept-Encoding", "")
        body = compressed(path) if is_compressed else path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")
        if is_compressed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *message) -> None:
        """Keep quiet: a line for each file would hide the results."""


def serve(folder: Path) -> str:
    """Serve a folder from now on; its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Compressing, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def install() -> Path:
    """Lighthouse's own folder, fetched from npm if it is not there."""
    home = WORK / "node_modules" / "lighthouse"
    if not home.is_dir() or json.loads((home / "package.json").read_text("utf-8"))["version"] != LIGHTHOUSE:
        WORK.mkdir(parents=True, exist_ok=True)
        options = [f"--prefix={WORK}", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run([npm.NODE, npm.NPM, "install", *options, f"lighthouse@{LIGHTHOUSE}"], cwd=WORK, check=True)
    return home


def lighthouse(home: Path, program: str, address: str) -> dict:
    """One run: the scores of the four categories, the metrics, what could be better, and how the machine is rated."""
    command = [npm.NODE, home / "cli" / "index.js", address, "--quiet", "--output=json"]
    flags = " ".join(["--headless=new", *chromium.OPTIONS])
    for _ in range(3):  # a browser that does not answer in time is asked again
        surroundings = {**os.environ, "CHROME_PATH": program}
        done = subprocess.run([*command, f"--chrome-flags={flags}"], env=surroundings, capture_output=True, text=True)
        if done.returncode == 0:
            break
    else:
        sys.exit(f"Lighthouse could not measure {address}:\n{done.stderr[-2000:]}")
    found = json.loads(done.stdout)
    audits = found["audits"]
    return {
        **{name: round(found["categories"][name]["score"] * 100) for name in CATEGORIES},
        **{name: audits[name]["numericValue"] for name in METRICS},
        "better": [name for name, it in audits.items() if it["score"] is not None and it["score"] < 0.9],
        "speed": found["environment"]["benchmarkIndex"],
    }


def summary(runs: list[dict]) -> dict:
    """Median and range of each number over the runs of a page, and all that could be better in any."""
    numbers = {name: [run[name] for run in runs] for name in (*CATEGORIES, *METRICS)}
    middle = {name: {"median": median(n), "min": min(n), "max": max(n)} for name, n in numbers.items()}
    return {**middle, "better": sorted(set().union(*(run["better"] for run in runs)))}


def in_words(number: dict, form: str = "{:.0f}") -> str:
    """The median, and the lowest and highest if they differ."""
    middle, low, high = (form.format(number[name]) for name in ("median", "min", "max"))
    return middle if low == high else f"{middle} ({low} to {high})"


def table(stored: dict) -> str:
    """What is stored, as a page in Markdown."""
    heads = ["page", "book", *CATEGORIES, *(name for name, _ in METRICS.values())]
    books = {"this book": stored["this_book"], "default": stored["default_book"]}
    lines = [PREFACE, "| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for kind, address in KINDS.items():
        for book, found in books.items():
            if (page := found["pages"].get(kind)) is None:
                continue
            cells = [in_words(page[name]) for name in CATEGORIES]
            cells += [in_words(page[name], form) for name, (_, form) in METRICS.items()]
            lines.append(f"| {kind} ({Path(address).stem}) | {book} | " + " | ".join(cells) + " |")
    lines.append("")
    for key, (book, found) in zip(("this_book", "default_book"), books.items(), strict=True):
        made = stored.get("earlier", {}).get(key, stored["made"])
        said = f"{made['date']}, {found['runs']} runs, Lighthouse {found['lighthouse']}, {found['chromium']}"
        lines.append(f"- {book}: {said}; the machine was rated {in_words(found['speed'], '{:,.0f}')}.")
    lines.append("\nWhat Lighthouse would still improve in this book, its audits below 90 in any run, by name:\n")
    lines += [f"- {kind}: {', '.join(stored['this_book']['pages'][kind]['better']) or 'nothing'}" for kind in KINDS]
    return "\n".join(lines) + "\n"


def main(asked: int) -> None:
    """Measure, print what is found, and keep it if the number of runs was not chosen."""
    program = chromium.path()
    if program is None or not SITE.is_dir():
        sys.exit("Lighthouse needs Chromium, and a built site: run `make book` first")
    if LOAD and LOAD[0] > 0.5:
        print(f"This machine is busy (load {LOAD[0]:.1f}): the scores will be too low.", flush=True)
    home, site = install(), serve(SITE)
    runs: dict[str, list[dict]] = {kind: [] for kind in KINDS}
    for number in range(asked or 5):
        for kind, address in KINDS.items():
            runs[kind].append(lighthouse(home, program, f"{site}/{address}"))
            scores = ", ".join(f"{name} {runs[kind][-1][name]}" for name in CATEGORIES)
            print(f"run {number + 1}, {kind}: {scores}", flush=True)
    if asked:
        return
    speeds = [run["speed"] for found in runs.values() for run in found]
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    facts = {
        "runs": 5,
        "lighthouse": LIGHTHOUSE,
        "chromium": version,
        "speed": {"median": median(speeds), "min": min(speeds), "max": max(speeds)},
        "pages": {kind: summary(found) for kind, found in runs.items()},
    }
    store("pages", {"this_book": facts}, packages=())
    stored = json.loads((MEASURED / "pages.json").read_text(encoding="utf-8"))
    TABLE.write_text(table(stored), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=0, help="runs of each page; without it five, and they are kept")
    main(parser.parse_args().runs)
