"""The menu of ways to run a page, and JupyterLite itself: its shell, its files, its Python, as far as it goes offline.

A server on this computer gives the built site, and Pyodide from npm in place of Pyodide's public address. NumPy and
Matplotlib for the browser are only there, so nnlib as a whole cannot be imported here: see CONTRIBUTING.md.
"""

import hashlib
import json
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sphinx.errors import ExtensionError
from windows import PATIENCE

from chapters import ROOT, chapters
from nnbook import npm
from nnbook.lite import fetch_wheels
from nnbook.live import ASKS
from nnlib.datasets import MNIST

SITE, HERE = ROOT / "_build" / "html", Path(__file__).parent
CHAPTER = chapters()[0]
LACKING = (
    "{} does not come with this site, and a browser fetches it from nowhere: in Colab or on your own machine (the menu "
    "Run this page) it is found"
)
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"

pytestmark = pytest.mark.skipif(not (SITE / "lite").is_dir(), reason="no JupyterLite in _build/html: run `make book`")


@pytest.fixture(scope="module")
def pyodide(tmp_path_factory):
    """A folder with Pyodide and the pure-Python part of its distribution."""
    build, folder = ROOT / "_build" / "browser-tests", tmp_path_factory.mktemp("pyodide")
    try:
        package = npm.packages(HERE / "pyodide", build) / "pyodide"
        wheels = {path.name: path for path in fetch_wheels(build / "wheels", HERE / "pyodide" / "wheels.txt")}
    except ExtensionError as error:
        pytest.skip(f"Pyodide cannot be had here: {error}")
    for path in [*wheels.values(), *package.glob("pyodide*.mjs"), *package.glob("*.wasm"), *package.glob("*.zip")]:
        shutil.copy(path, folder)
    lock = json.loads((package / "pyodide-lock.json").read_text("utf-8"))
    lock["packages"] = {
        name: entry | {"sha256": hashlib.sha256(wheels[entry["file_name"]].read_bytes()).hexdigest()}
        for name, entry in lock["packages"].items()
        if entry["file_name"] in wheels
    }
    (folder / "pyodide-lock.json").write_text(json.dumps(lock), "utf-8")
    return folder


class Site(SimpleHTTPRequestHandler):
    """The site as it is, but with JupyterLite told to take Pyodide from here, and without what is not here."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {".mjs": "text/javascript", ".wasm": "application/wasm"}

    def __init__(self, *args, pyodide, **options):
        self.pyodide = pyodide
        super().__init__(*args, directory=SITE, **options)

    def translate_path(self, path):
        name = path.partition("?")[0]
        return str(self.pyodide / name[9:]) if name.startswith("/pyodide/") else super().translate_path(path)

    def do_GET(self):
        if self.path.partition("?")[0] != "/lite/jupyter-lite.json":
            return super().do_GET()
        answer = json.dumps(self.settings()).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def settings(self):
        told = json.loads((SITE / "lite" / "jupyter-lite.json").read_text("utf-8"))
        here = json.loads((self.pyodide / "pyodide-lock.json").read_text("utf-8"))["packages"]
        kernel = told["jupyter-config-data"]["litePluginSettings"][KERNEL]
        wanted = kernel["loadPyodideOptions"]["packages"]
        kernel["loadPyodideOptions"]["packages"] = [n for n in wanted if n in here or n.endswith(".whl")]
        kernel["pyodideUrl"] = "./../pyodide/pyodide.mjs"
        told["jupyter-config-data"]["exposeAppInBrowser"] = True
        return told

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def opened(chromium, pyodide):
    """The page of JupyterLite that the first chapter's menu leads to, and the addresses that it asked for."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Site, pyodide=pyodide)) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
        context = chromium.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.asked = []
        context.on("request", lambda request: page.asked.append(request.url))
        page.goto(f"http://127.0.0.1:{server.server_port}/book/{CHAPTER.stem}.html")
        assert not [url for url in page.asked if "/lite/" in url], "reading a page asks for nothing of JupyterLite"
        page.locator(".nnlib-run-button").click()
        page.get_by_role("link", name="In this browser").click()
        page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        yield page
        context.close()
        server.shutdown()


RUN = """async (code) => {
    const {sessions, kernels} = window.jupyterapp.serviceManager;
    let running;
    while (!(running = [...sessions.running()][0])) await new Promise((again) => setTimeout(again, 100));
    const asked = kernels.connectTo({model: running.kernel}).requestExecute({code});
    let said = "";
    asked.onIOPub = ({content}) => { said += content.text ?? content.evalue ?? ""; };
    const late = new Promise((_, fail) => setTimeout(() => fail(`no answer to: ${code}`), 600_000));
    await Promise.race([asked.done, late]);
    return said.trim();
}"""


def test_the_very_notebook_of_the_page_opens(opened):
    title = "".join(json.loads(CHAPTER.read_text("utf-8"))["cells"][0]["source"]).partition("# ")[2].splitlines()[0]
    opened.get_by_role("heading", name=title, level=1).wait_for()
    assert opened.locator(".jp-Dialog").count() == 0  # it does not ask which kernel


def test_its_python_runs(opened):
    assert opened.evaluate(RUN, "print(1 + 1)") == "2"


@pytest.mark.parametrize("name", ["nnlib/digits.npz", "nnlib/layers.py", "weights/784-16-16-10.npz"])
def test_python_reads_the_files_beside_the_notebook_as_they_are(opened, name):
    code = f"import hashlib; print(hashlib.sha256(open({name!r}, 'rb').read()).hexdigest())"
    assert opened.evaluate(RUN, code) == hashlib.sha256((ROOT / "book" / name).read_bytes()).hexdigest()


def test_python_reads_json_beside_the_notebook(opened):  # which JupyterLite lays out anew
    said = opened.evaluate(RUN, "import json; print(json.dumps(json.load(open('measured/results.json'))))")
    assert json.loads(said) == json.loads((ROOT / "book" / "measured" / "results.json").read_text("utf-8"))


def test_nnlib_is_found_beside_the_notebook_and_lacks_only_numpy_here(opened):
    said = opened.evaluate(RUN, "import nnlib")
    assert "No module named 'numpy'" in said
    assert "nnlib" in opened.evaluate(RUN, "import importlib.util; print(importlib.util.find_spec('nnlib').origin)")


def test_what_else_nnlib_imports_works_without_a_word(opened):
    code = """import anywidget, ipywidgets, threadpoolctl
from tqdm.auto import tqdm
with threadpoolctl.threadpool_limits(limits=1, user_api="blas"):
    print(sum(tqdm(range(4), disable=True)), anywidget.__version__.count("."))
for one in tqdm(range(2)): pass"""
    said = opened.evaluate(RUN, code)
    assert said.startswith("6 2")
    assert "arning" not in said


def test_progress_is_kept_where_the_browser_stores_it(opened):
    code = """import runpy, os
memory = runpy.run_path("nnlib/exercises/memory.py")
memory["record"]("learning.x", solved=True), memory["progress"]()
print(os.path.getsize("/drive/progress.json") > 0)"""
    line = "Learning from examples: 1 exercises tried, 1 solved; 0 predictions"
    assert opened.evaluate(RUN, code).splitlines() == [line, "True"]


def test_mnist_comes_from_the_books_own_site_or_is_said_to_be_missing(opened):
    file = MNIST.files[-1]  # the smallest
    code = f"""fetching = runpy.run_path("nnlib/fetch.py")
try:
    print(len(fetching["fetch"](fetching["OfficialFile"]{tuple(file)}, "mnist", ("https://mirror.example/",))))
except ConnectionError as error:
    print(str(error).splitlines()[0])"""
    published = (SITE / "lite/files/mnist" / file.name).is_file()
    assert opened.evaluate(RUN, code) == (str(file.size) if published else LACKING.format(file.name))


def test_nobody_else_was_asked(opened):
    here = opened.url.partition("/lite/")[0]
    assert [url for url in opened.asked if not url.removeprefix("blob:").startswith(here)] == []
    assert [url for url in opened.asked if "/lite/" in url]


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_the_menu_opens_and_closes_by_keyboard(window, key):
    page = window(SITE).open(f"book/{CHAPTER.stem}.html")
    button, menu = page.locator(".nnlib-run-button"), page.locator("#nnlib-run")
    assert not menu.is_visible()
    button.press(key)
    assert menu.is_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == ASKS
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.pathname").endswith("/lite/notebooks/index.html")
    page.keyboard.press("Escape")
    menu.wait_for(state="hidden")
    assert button.evaluate("button => button === document.activeElement")


@pytest.mark.parametrize(("width", "scheme"), [(375, "dark"), (1280, "light")])
def test_the_open_menu_fits_and_axe_finds_nothing_in_it(window, axe_finds, width, scheme):
    options = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    page = window(SITE, **options).open(f"book/{CHAPTER.stem}.html")
    page.locator(".nnlib-run-button").click()
    box = page.locator("#nnlib-run").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= width
    assert axe_finds(page, ".header-article-items") == []


def test_a_page_from_disk_says_that_a_browser_cannot_run_it_there(chromium):
    page = chromium.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto((SITE / "book" / f"{CHAPTER.stem}.html").as_uri())
    page.locator(".nnlib-run-button").click()
    menu = page.locator("#nnlib-run")
    assert "make serve" in menu.inner_text()
    assert menu.get_by_role("link", name="In this browser").count() == 0
    page.context.close()


def test_the_list_of_the_chapters_opens_a_chapter(opened):
    page = opened.context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(opened.url.partition("/lite/")[0] + "/lite/notebooks/index.html?path=contents.ipynb")
    with page.expect_popup() as chapter:
        page.locator(".jp-RenderedMarkdown a", has_text="The perceptron").click()
    chapter.value.wait_for_url("**/lite/notebooks/index.html?path=the_perceptron.ipynb")
