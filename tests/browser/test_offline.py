"""The book from a stick: unzipped elsewhere, served by its own server to a browser that finds no other host."""

import json
import os
import re
import subprocess
import sys
import zipfile

import pytest
from windows import PATIENCE, SITE

import offline
from chapters import pages
from nnbook import live

WASM = bytes.fromhex("0061736d01000000")  # the shortest module that there is
WORKER = """(async () => {
  await WebAssembly.instantiateStreaming(fetch("pyodide/it.wasm"));
  await fetch("https://cdn.jsdelivr.net/x").then(() => postMessage("outside!"), () => postMessage("ready"));
})();"""
PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>A page</title>
<link rel="icon" href="data:,">
</head><body><p>Read.</p><script type="module">
new Worker("../live/worker.js").onmessage = ({ data }) => document.querySelector("p").append(data);
</script></body></html>"""


@pytest.fixture
def stick(tmp_path):
    """Pack a site, and unzip it elsewhere; gives the folder."""

    def unzip(site):
        offline.write(tmp_path / "book.zip", offline.files(site))
        with zipfile.ZipFile(tmp_path / "book.zip") as packed:
            packed.extractall(tmp_path)
        return tmp_path / "book-offline"

    return unzip


@pytest.fixture
def serve():
    """Start what is on the stick with nothing but Python; gives the address."""
    servers = []

    def start(folder):
        command = [sys.executable, "-I", str(folder / "serve.py")]
        kept = {name: os.environ[name] for name in {"SYSTEMROOT"} & os.environ.keys()} | {"BROWSER": "/bin/true %s"}
        servers.append(subprocess.Popen(command, env=kept, stdout=subprocess.PIPE, text=True))
        return re.search(r"http://127\.0\.0\.1:\d+/", servers[-1].stdout.readline())[0]

    yield start
    for server in servers:
        server.kill()
        server.communicate()


@pytest.fixture
def page(chromium):
    """A page of a context of its own; `asked` are the addresses that it, and its workers, have asked for."""
    context = chromium.new_context()
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE)
    opened.asked = []
    context.on("request", lambda request: opened.asked.append(request.url))
    yield opened
    context.close()


def outside(page, address):
    """What it has asked of others."""
    return [url for url in page.asked if not url.startswith((address, "blob:", "data:"))]


def test_what_is_on_the_stick_opens_from_disk_and_runs_where_it_is_served(tmp_path, stick, serve, page):
    site = tmp_path / "site"
    for name, text in (("index.html", PAGE), ("book/one.html", PAGE), ("live/worker.js", WORKER)):
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text, "utf-8")
    (site / "live" / "pyodide").mkdir()
    (site / "live" / "pyodide" / "it.wasm").write_bytes(WASM)
    folder = stick(site)
    page.goto((folder / "index.html").as_uri())
    page.wait_for_url("**/site/index.html")
    assert page.locator("p").inner_text() == "Read."
    page.asked.clear()
    address = serve(folder)
    page.goto(f"{address}book/one.html")
    page.locator("p", has_text="Read.ready").wait_for()
    assert f"{address}live/pyodide/it.wasm" in page.asked
    assert outside(page, address) == ["https://cdn.jsdelivr.net/x"]  # asked for by the stand-in, and not to be had


@pytest.mark.skipif(not offline.has_python(SITE), reason="the site has no Python of its own: run `make test-browser`")
def test_the_book_itself_runs_from_the_stick_and_asks_nobody_else(stick, serve, page):
    names = [name.removesuffix(".md").removesuffix(".ipynb") for name in pages()]
    assert offline.fault(SITE, names) is None
    address = serve(stick(SITE))
    page.goto(f"{address}book/the_perceptron.html")
    page.locator(".nnlib-run-button").click()
    page.locator("#nnlib-run").get_by_role("button", name=live.ASKS).click()
    page.locator(".nnlib-page-bar [role=status]", has_text="Python is ready.").wait_for()
    cells = json.loads((SITE / "live" / "book" / "the_perceptron.json").read_text("utf-8"))["cells"]
    prints = next(cell["id"] for cell in cells if "print(" in cell["text"] and cell["kind"] == "code")
    box = page.locator(f"#{prints}")
    stored = box.locator(".cell_output pre").first.inner_text()
    box.locator(".cell_output").evaluate("shown => shown.replaceChildren()")
    box.scroll_into_view_if_needed()
    box.get_by_role("button", name="Run this cell").click()
    box.locator(".cell_output pre", has_text=stored).wait_for()
    assert f"{address}live/pyodide/pyodide.asm.wasm" in page.asked
    assert outside(page, address) == []
