"""Windows: a browser's window that sees the files of one folder and nothing else, and what a reader does in it."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

SITE = Path(__file__).parents[2] / "_build" / "html"
PAGES = sorted(p.relative_to(SITE).as_posix() for p in SITE.rglob("*.html") if not {"_static", "lite"} & set(p.parts))
ORIGIN = "http://book.test"
PATIENCE = 600_000  # milliseconds: no test waits for long on a quiet machine, and none fails for one that is busy
CALM = {"reduced_motion": "reduce"}
PHONE = {"viewport": {"width": 375, "height": 800}, "has_touch": True}

# Every box of code that scrolls, by more than a rounded pixel, can be reached: scrolls.js sees to it once a key was
# pressed.
SETTLED = """() => [...document.querySelectorAll("pre")].every(
    (box) => box.tabIndex >= 0 || box.scrollWidth <= box.clientWidth + 1)"""


class Window:
    """A browser window on a folder of files: `page` is Playwright's page, `troubles` what went wrong so far."""

    def __init__(self, browser, folder, **options):
        self.folder, self.troubles = folder, []
        self.context = browser.new_context(**options)
        self.context.route("**/*", self.serve)
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        self.page.on("console", lambda said: said.type == "error" and self.troubles.append(f"console: {said.text}"))

    def serve(self, route):
        """Answer a request from the folder; refuse and remember what lies elsewhere."""
        address = urlsplit(route.request.url)
        path = self.folder / unquote(address.path).lstrip("/")
        if f"{address.scheme}://{address.netloc}" != ORIGIN:
            self.troubles.append(f"outside: {route.request.url}")
            route.abort()
        elif path.is_file():
            route.fulfill(path=path)
        else:
            self.troubles.append(f"404: {address.path}")
            route.fulfill(status=404, body="")

    def open(self, path):
        """Load a page and wait until its scripts have run."""
        self.page.goto(f"{ORIGIN}/{path}", wait_until="load")
        return self.page


def hold_the_clock(page):
    """From here on time passes on the page only where a test lets it: `page.clock.run_for(milliseconds)`."""
    page.clock.install(time=0)
    page.clock.pause_at(3_600_000)  # an hour on: it may not be past by the time that this is asked for


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
