"""Audit: what Lighthouse says of four kinds of page, beside the default Jupyter Book of the same chapters.

python tools/audit.py              five runs of each page, both books in turn, kept in audit/
python tools/audit.py --runs 1     a quick look, which keeps nothing

It needs a built site, Chromium, and the npm registry. Leave the machine alone meanwhile: half of each score is time.
"""

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import threading
import urllib.request
from datetime import date
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from statistics import median

import chromium
from chapters import ROOT, chapters
from weight import Compressing, of_figures

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from nnbook import npm  # noqa: E402

SITE, WORK, RESULTS = ROOT / "_build" / "html", ROOT / "_build" / "audit", ROOT / "audit"
KINDS = {
    "formulas": "book/the_chain_rule.html",
    "figures": "book/gradient_descent.html",
    "interactive": "book/backpropagation.html",
    "index": "book/index.html",
}
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
METRICS = {  # Lighthouse's names, and how the table shows them
    "first-contentful-paint": ("first paint", "{:.0f} ms"),
    "largest-contentful-paint": ("largest paint", "{:.0f} ms"),
    "total-blocking-time": ("blocked", "{:.0f} ms"),
    "cumulative-layout-shift": ("layout shift", "{:.3f}"),
    "total-byte-weight": ("weight", "{:,.0f} B"),
    "figures": ("of it figures", "{:,.0f} B"),
}
PLAIN_CONFIG = """\
title: How a Neural Network Learns
execute:
  execute_notebooks: "off"
parse:
  myst_enable_extensions: [amsmath, attrs_block, attrs_inline, colon_fence, deflist, dollarmath, tasklist]
bibtex_bibfiles:
  - book/references.bib
"""
# What the default book loads from a CDN, by the npm package that the CDN serves.
CDN = {
    "https://cdn.jsdelivr.net/npm/mathjax@3/": "mathjax@3.2.2",
    "https://cdn.jsdelivr.net/npm/@jupyter-widgets/html-manager@1.0.6/": "@jupyter-widgets/html-manager@1.0.6",
    "https://cdnjs.cloudflare.com/ajax/libs/require.js/2.3.4/": "requirejs@2.3.4",
}
PREFACE = """\
# Audit

What [Lighthouse](https://developer.chrome.com/docs/lighthouse) {lighthouse} said on {date}, as a phone on slow 4G that
it simulates: the median of {runs} runs of each page (lowest to highest), this book and the default Jupyter Book of the
same chapters in turn. Written by `make audit`, with every single run in [results.json](results.json).

Measured with {chromium} on {machine}. Lighthouse takes a phone to be 4 times slower than the machine, and has one in
mind that it would rate 1,500 to 2,000; it rated this one {speed}. Both books come from here, compressed and with
GitHub Pages' cache time. The scripts that the default book loads from a CDN come from here too, which spares it two
connections: a reader would wait longer for it.
"""


def plain_book(folder: Path) -> Path:
    """Build the same chapters as a Jupyter Book with its default settings; the folder of its pages."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "book").mkdir(parents=True)
    shutil.copy(ROOT / "_toc.yml", folder)
    (folder / "_config.yml").write_text(PLAIN_CONFIG, "utf-8")
    for file in [*chapters(), *(ROOT / "book").glob("*.md"), *(ROOT / "book").glob("*.bib")]:
        shutil.copy(file, folder / "book")
    call([Path(sys.executable).with_name("jupyter-book"), "build", folder])
    pages = folder / "_build" / "html"
    bring_cdn(pages)
    return pages


def bring_cdn(pages: Path) -> None:
    """Have pages load from their own folder `cdn` what they would load from a CDN."""
    for package in CDN.values():
        target = pages / "cdn" / package
        target.mkdir(parents=True)
        call([npm.NODE, npm.NPM, "pack", "--silent", f"--pack-destination={target}", package], target)
        with tarfile.open(next(target.glob("*.tgz"))) as archive:
            archive.extractall(target, filter="data")
    require = pages / "cdn" / CDN["https://cdnjs.cloudflare.com/ajax/libs/require.js/2.3.4/"] / "package"
    esbuild = npm.packages(ROOT, ROOT / "_build") / "esbuild" / "bin" / "esbuild"
    call([npm.NODE, esbuild, require / "require.js", "--minify", f"--outfile={require / 'require.min.js'}"])
    for page in pages.rglob("*.html"):
        html = re.sub(r' integrity="[^"]*"', "", page.read_text("utf-8"))
        for address, package in CDN.items():
            html = html.replace(address, f"/cdn/{package}/package/")
        page.write_text(html, "utf-8")


def call(command: list, folder: Path = ROOT, **options) -> str:
    """What a command prints; its messages are shown if it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **options)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command[:4]))} failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done.stdout


def serve(folder: Path) -> str:
    """Serve a folder from now on; its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Compressing, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def lighthouse(modules: Path, program: str, address: str) -> dict:
    """One run: the scores of the four categories, the metrics, and what could be better."""
    command = [npm.NODE, modules / "lighthouse" / "cli" / "index.js", address, "--quiet", "--output=json"]
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
    images = [it for it in audits["network-requests"]["details"]["items"] if it.get("resourceType") == "Image"]
    with urllib.request.urlopen(address) as page:  # noqa: S310, it is this machine's own
        inline = of_figures(page.read().decode())
    audits["figures"] = {"numericValue": inline + sum(it["transferSize"] for it in images), "score": None}
    return {
        "scores": {name: round(found["categories"][name]["score"] * 100) for name in CATEGORIES},
        "metrics": {name: audits[name]["numericValue"] for name in METRICS},
        "better": sorted(name for name, it in audits.items() if it["score"] is not None and it["score"] < 0.9),
        "speed": found["environment"]["benchmarkIndex"],
    }


def spread(values: list[float], form: str = "{:.0f}") -> str:
    """The median, and the lowest and highest if they differ."""
    middle, low, high = (form.format(value) for value in (median(values), min(values), max(values)))
    return middle if low == high else f"{middle} ({low} to {high})"


def table(runs: dict[str, list[dict]]) -> str:
    """The runs of each page and book as a Markdown table."""
    names = [*CATEGORIES, *(name for name, _ in METRICS.values())]
    lines = ["| page | book | " + " | ".join(names) + " |", "|---" * (len(names) + 2) + "|"]
    for key, found in runs.items():
        kind, book = key.split(" / ")
        cells = [spread([run["scores"][name] for run in found]) for name in CATEGORIES]
        cells += [spread([run["metrics"][name] for run in found], form) for name, (_, form) in METRICS.items()]
        lines.append(f"| {kind} ({Path(KINDS[kind]).stem}) | {book} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def report(facts: dict, runs: dict[str, list[dict]]) -> str:
    """The page that keeps the results."""
    left = {key: sorted(set().union(*(run["better"] for run in found))) for key, found in runs.items()}
    lines = [
        f"- {key.split(' / ')[0]}: {', '.join(left[key]) or 'nothing'}" for key in runs if key.endswith("this book")
    ]
    named = "\n## What Lighthouse would still improve in this book\n\nIts audits below 90 in any run, by name.\n\n"
    return PREFACE.format(**facts) + "\n" + table(runs) + named + "\n".join(lines) + "\n"


def main(arguments: list[str]) -> None:
    """Measure, print the table, and keep it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=0, help="runs of each page; without it five, and they are kept")
    asked = parser.parse_args(arguments).runs
    program = chromium.path()
    if program is None or not SITE.is_dir():
        sys.exit("an audit needs Chromium, and a built site: run `make book` first")
    if hasattr(os, "getloadavg") and os.getloadavg()[0] > 0.5:
        print(f"This machine is busy (load {os.getloadavg()[0]:.1f}): the scores will be too low.", flush=True)
    WORK.mkdir(parents=True, exist_ok=True)
    modules = npm.packages(Path(__file__).parent / "audit", WORK)
    books = {"this book": serve(SITE), "default": serve(plain_book(WORK / "plain"))}
    runs: dict[str, list[dict]] = {f"{kind} / {book}": [] for kind in KINDS for book in books}
    for number in range(asked or 5):
        for key, found in runs.items():
            kind, book = key.split(" / ")
            found.append(lighthouse(modules, program, f"{books[book]}/{KINDS[kind]}"))
            print(f"run {number + 1}: {key}: {found[-1]['scores']}", flush=True)
    facts = {
        "date": date.today().isoformat(),
        "runs": asked or 5,
        "lighthouse": json.loads((modules / "lighthouse" / "package.json").read_text("utf-8"))["version"],
        "chromium": call([program, "--version"]).strip(),
        "machine": f"{platform.system()} {platform.machine()} with {os.cpu_count()} cores",
        "speed": spread([run["speed"] for found in runs.values() for run in found]),
    }
    print("\n" + report(facts, runs))
    if not asked:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "README.md").write_text(report(facts, runs), "utf-8", newline="\n")
        (RESULTS / "results.json").write_text(
            json.dumps(facts | {"pages": runs}, indent=1) + "\n", "utf-8", newline="\n"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
