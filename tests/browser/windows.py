"""Windows: a browser's window that sees the files of one folder and nothing else, and what a reader does in it."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

SITE = Path(__file__).parents[2] / "_build" / "html"
PAGES = sorted(p.relative_to(SITE).as_posix() for p in SITE.rglob("*.html") if not {"_static", "lite"} & set(p.parts))
PATIENCE = 600_000  # milliseconds: no test waits for long on a quiet machine, and none fails for one that is busy
SCREEN = {"width": 1280, "height": 720}
CALM = {"reduced_motion": "reduce"}
PHONE = {"viewport": {"width": 375, "height": 800}, "has_touch": True}

# Every box of code that scrolls, by more than a rounded pixel, can be reached: scrolls.js sees to it once a key was
# pressed.
SETTLED = """() => [...document.querySelectorAll("pre")].every(
    (box) => box.tabIndex >= 0 || box.scrollWidth <= box.clientWidth + 1)"""

# A live page has done more requests than before.
MORE_DONE = "before => Number(document.querySelector('.nnlib-page-bar').dataset.done) > before"

FORGET = "() => { for (const kept of ['localStorage', 'sessionStorage']) try { globalThis[kept].clear(); } catch {} }"


class Files(SimpleHTTPRequestHandler):
    """Give each host the files of its folder; a browser asks anew for pages alone, and keeps the rest."""

    protocol_version = "HTTP/1.1"  # which keeps connections
    disable_nagle_algorithm = True

    def __init__(self, *args, folders):
        self.folders = folders
        super().__init__(*args)

    def translate_path(self, path):
        self.directory = self.folders[f"http://{self.headers['Host']}"]
        return super().translate_path(path)

    def send_error(self, code, *args):
        """Of what is not there, show the folder's own page, if it has one."""
        own = Path(self.directory, "404.html")
        if code != 404 or not own.is_file():
            return super().send_error(code, *args)
        html = own.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(html)))
        self.end_headers()
        self.wfile.write(html)

    def end_headers(self):
        page = urlsplit(self.path).path.endswith(".html")
        self.send_header("Cache-Control", "no-store" if page else "max-age=3600")
        super().end_headers()

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    """A server on this computer; `option` has a browser see it and no other place."""

    def __init__(self):
        self.folders = {}  # by origin
        super().__init__(("127.0.0.1", 0), partial(Files, folders=self.folders))
        here = f"127.0.0.1:{self.server_port}"
        self.option = f"--host-resolver-rules=MAP *.test {here}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"

    def origin(self, folder):
        """Where a browser finds a folder."""
        found = next((origin for origin, known in self.folders.items() if known == folder), None)
        origin = found or f"http://book{len(self.folders)}.test"
        self.folders[origin] = folder
        return origin


class Window:
    """A browser's window on one folder of files at a time.

    `page` is Playwright's page, `troubles` what went wrong so far: errors, files that are missing, requests that lead
    elsewhere.
    """

    def __init__(self, browser, **options):
        self.troubles = []
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        self.page.on("console", lambda said: said.type == "error" and self.troubles.append(f"console: {said.text}"))
        self.context.on("request", self.note_where)
        self.context.on("response", lambda got: got.status >= 400 and self.troubles.append(f"{got.status}: {got.url}"))
        self.context.on("requestfailed", self.note_failure)

    def turn_to(self, server, folder, *, viewport=SCREEN, reduced_motion="no-preference", color_scheme="light"):
        """Be a window on a folder, of this size, for a reader who wants this of the system."""
        self.folder, self.origin = folder, server.origin(folder)
        if self.page.viewport_size != viewport:
            self.page.set_viewport_size(viewport)
        self.page.emulate_media(reduced_motion=reduced_motion, color_scheme=color_scheme)

    def note_where(self, request):
        """Remember a request that leads out of the folder."""
        if not request.url.startswith((f"{self.origin}/", f"{self.folder.as_uri()}/", "data:", "blob:", "about:")):
            self.troubles.append(f"outside: {request.url}")

    def note_failure(self, request):
        """Remember what could not be had, but for what the next page no longer asks for."""
        if request.failure != "net::ERR_ABORTED":
            self.troubles.append(f"failed: {request.url}")

    def open(self, path):
        """Load a page and wait until its scripts have run."""
        self.page.goto(f"{self.origin}/{path}", wait_until="load")
        return self.page

    def open_from_disk(self, path):
        """The same as a reader does who has downloaded the folder."""
        self.page.goto((self.folder / path).as_uri(), wait_until="load")
        return self.page

    def clear(self):
        """Leave the page, and forget all that it kept and all that went wrong; gives what did."""
        self.page.mouse.move(-9, -9)
        self.page.evaluate(FORGET)
        self.page.goto("about:blank")
        troubles, self.troubles = self.troubles, []
        return troubles


# From here on no script that the page adds can be loaded; and then again each. (A click may ask for one twice.)
FAIL = """() => {
  document.head.append = (script) => setTimeout(() => script.dispatchEvent(new Event("error")));
}"""
MEND = "() => { delete document.head.append; }"


def hold_the_clock(page):
    """From here on time passes on the page only where a test lets it: `page.clock.run_for(milliseconds)`."""
    page.clock_held = True  # it cannot be let go: such a window serves no other test
    page.clock.install(time=0)
    page.clock.pause_at(3_600_000)  # an hour on: it may not be past by the time that this is asked for


def weights_asked(page, name):
    """How often the page has asked for the weights of an interactive."""
    found = (
        "name => performance.getEntriesByType('resource').filter((one) => one.name.includes(`weights/${name}`)).length"
    )
    return page.evaluate(found, name)


def says(page, text):
    """Wait until the live region says `text`."""
    page.get_by_role("status").filter(has_text=text).wait_for()


def tab_to(page, name):
    """Go on with Tab until something of this name has the focus."""
    name_now = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(name_now).startswith(name):
            return
    raise AssertionError(f"no Tab reaches {name}")
