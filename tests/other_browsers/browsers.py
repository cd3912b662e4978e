"""Other browsers than Chromium, driven by WebDriver with what Debian's packages of them bring, and a server for them.

WebKit's driver is asked over HTTP. Firefox needs none: it takes the same commands on a socket of its own, Marionette.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import time
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from windows import SITE, Files

PATIENCE = 600  # seconds: as in windows.py, none is a measure of anything
# A page may ask no other place; what goes wrong on it, it tells the server at once, before anything else runs.
POLICY = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:"
LISTENER = b"""<script>{
  const tell = (...words) => {
    const asked = new XMLHttpRequest();
    asked.open("POST", "/trouble", false);
    asked.send(`${location.pathname}: ${words.join(" ")}`);
  };
  const { error } = console;
  console.error = (...words) => { tell("console:", ...words); error(...words); };
  addEventListener("error", ({ message, target }) => {
    if (target.rel !== "next") tell("error:", message ?? target.outerHTML);  // Firefox asks for that beforehand
  }, true);
  addEventListener("unhandledrejection", ({ reason }) => tell("error:", reason));
  document.addEventListener("securitypolicyviolation", ({ blockedURI }) => tell("outside:", blockedURI));
}</script>"""
# WebDriver's letters for keys that write none.
TAB, ENTER, SHIFT, CONTROL, ESCAPE = "\ue004\ue007\ue008\ue009\ue00c"
END, HOME, LEFT, UP, RIGHT, DOWN = "\ue010\ue011\ue012\ue013\ue014\ue015"
# Where the middle of a box is in the window, and its size, once it rests: what comes near the screen is laid out anew.
PLACE = """(async () => {
  let before, alike = 0;
  while (alike < 5) {
    arguments[0].scrollIntoView({ block: "center", behavior: "instant" });
    await new Promise(requestAnimationFrame);
    const { x, y, width, height } = arguments[0].getBoundingClientRect();
    const now = [x + width / 2, y + height / 2, width, height];
    alike = String(now) === String(before) ? alike + 1 : 0;
    before = now;
  }
  return before;
})()"""
FOUND = "[...document.querySelectorAll(arguments[0])].find((box) => box.textContent.includes(arguments[1]))"
CALLED = """(({ activeElement: at }) =>
  (at.getAttribute("aria-label") ?? at.labels?.[0]?.textContent ?? at.textContent).trim())(document)"""
PHONE = (
    b'<!DOCTYPE html><link rel="icon" href="data:,"><iframe style="width: 375px; height: 800px; border: 0"></iframe>'
)


class Answers(Files):
    """Give the files of the site, each page with a listener to what goes wrong on it; `/phone` holds a narrow frame."""

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if self.path == "/phone":
            self.give(PHONE)
        elif path.suffix == ".html" and path.is_file():
            self.give(re.sub(b"<head>", lambda head: head[0] + LISTENER, path.read_bytes(), count=1))
        else:
            super().do_GET()

    def do_POST(self):
        self.server.troubles.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.give(b"")

    def give(self, content):
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def send_error(self, code, *args):
        self.server.troubles.append(f"{code}: {self.path}")
        super().send_error(code, *args)

    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()


class Site(ThreadingHTTPServer):
    """The site on this computer; `troubles` is what went wrong so far."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), None)
        self.origin = f"http://127.0.0.1:{self.server_port}"
        self.troubles = []
        self.RequestHandlerClass = partial(Answers, folders={self.origin: SITE})


class Browser:
    """A browser's one window; a subclass starts it, and passes a command on: its path in WebDriver, what it takes."""

    def evaluate(self, script, *arguments):
        """What an expression gives, and any promise of it; `arguments[0]` is the first of the arguments."""
        return self.command("execute/sync", script=f"return {script}", args=list(arguments))

    def wait(self, script, *arguments):
        """Wait until an expression is true, and give it."""
        began = time.monotonic()
        while not (found := self.evaluate(script, *arguments)):
            assert time.monotonic() < began + PATIENCE, f"not so for {PATIENCE} s: {script} {arguments}"
            time.sleep(0.1)
        return found

    def open(self, address):
        self.command("url", url=address)

    def find(self, selector, text=""):
        """Wait for the first box of this kind in which a text stands."""
        return self.wait(FOUND, selector, text)

    def place(self, box):
        """Scroll to a box; gives its middle in the window, its width and its height."""
        return self.evaluate(PLACE, box)

    def click(self, box):
        self.drag(self.place(box)[:2])

    def begin_at(self, box):
        """Scroll to a box, as the next Tab goes on from it."""
        self.place(box)
        self.evaluate("(arguments[0].tabIndex = -1, arguments[0].focus({ preventScroll: true }))", box)

    def tab_to(self, name, keys=TAB):
        """Go on with Tab, or with other keys, until something of this name has the focus."""
        for _ in range(60):
            self.press(keys)
            if self.evaluate(CALLED).startswith(name):
                return
        raise AssertionError(f"no Tab reaches {name}")

    def press(self, text, holding=""):
        """Press a key for each letter, with others held down: WebDriver has letters of its own for Enter and such."""
        keys = [*((key, "keyDown") for key in holding), *((key, kind) for key in text for kind in ("keyDown", "keyUp"))]
        keys += [(key, "keyUp") for key in holding]
        actions = [{"type": kind, "value": key} for key, kind in keys]
        self.command("actions", actions=[{"type": "key", "id": "keys", "actions": actions}])

    def drag(self, start, *ways):
        """Press the pointer at a place, move it by each of the ways, and let it go: with none, a click."""
        places = [start]
        for x, y in ways:
            places.append((places[-1][0] + x, places[-1][1] + y))
        moves = [{"type": "pointerMove", "x": round(x), "y": round(y), "duration": 50} for x, y in places]
        actions = [moves[0], {"type": "pointerDown", "button": 0}, *moves[1:], {"type": "pointerUp", "button": 0}]
        self.command("actions", actions=[{"type": "pointer", "id": "mouse", "actions": actions}])


class Firefox(Browser):
    """Firefox, as Debian's firefox-esr has it; Marionette's commands are WebDriver's with names in place of paths."""

    NAMES = {
        "session": "NewSession", "url": "Navigate", "execute/sync": "ExecuteScript", "actions": "PerformActions",
        "refresh": "Refresh", "timeouts": "SetTimeouts", "window/rect": "SetWindowRect",
    }  # fmt: skip

    def __init__(self, found, profile):
        profile.joinpath("user.js").write_text('user_pref("marionette.port", 0);', "utf-8")  # any that is free
        options = ["--headless", "--marionette", "--no-remote", "--profile", profile]
        self.process = subprocess.Popen([found, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        port = profile / "MarionetteActivePort"
        while not (port.is_file() and port.read_text()):
            assert self.process.poll() is None, "Firefox has ended"
            time.sleep(0.1)
        self.socket = socket.create_connection(("127.0.0.1", int(port.read_text())))
        self.answers = self.socket.makefile("rb")
        self.answer()  # a greeting
        self.version = self.command("session")["capabilities"]["browserVersion"]

    def command(self, path, **parameters):
        message = json.dumps([0, 1, f"WebDriver:{self.NAMES[path]}", parameters]).encode()
        self.socket.sendall(b"%d:%s" % (len(message), message))
        _, _, error, given = self.answer()
        assert error is None, error
        return given.get("value", given)

    def answer(self):
        length = b""
        while (digit := self.answers.read(1)).isdigit():
            length += digit
        return json.loads(self.answers.read(int(length)))

    def close(self):
        self.process.terminate()
        self.process.wait()


class WebKit(Browser):
    """WebKitGTK's small browser, as Debian's webkit2gtk-driver has it; it needs a screen, if only one in memory."""

    def __init__(self, found, screen):
        self.screen = subprocess.Popen([screen, "-displayfd", "1", "-nolisten", "tcp"], stdout=subprocess.PIPE)
        display = f":{self.screen.stdout.readline().decode().strip()}"
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.process = subprocess.Popen([found, f"--port={port}"], env={**os.environ, "DISPLAY": display})
        self.address = f"http://127.0.0.1:{port}/session"
        while True:
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert self.process.poll() is None, "WebKit's driver has ended"
            time.sleep(0.1)
        made = self.ask("", capabilities={})
        self.address += f"/{made['sessionId']}"
        self.version = made["capabilities"]["browserVersion"]

    def command(self, path, **parameters):
        return self.ask(f"/{path}", **parameters)

    def ask(self, path, **parameters):
        asked = Request(self.address + path, json.dumps(parameters).encode(), {"Content-Type": "application/json"})  # noqa: S310
        try:
            return json.load(urlopen(asked, timeout=PATIENCE))["value"]  # noqa: S310
        except HTTPError as error:
            raise AssertionError(error.read().decode()) from None

    def close(self):
        urlopen(Request(self.address, method="DELETE"))  # noqa: S310
        for process in (self.process, self.screen):
            process.terminate()
            process.wait()


def start(name, folder):
    """A browser that runs, with its profile in a folder; None where it is not installed."""
    if name == "firefox":
        found = shutil.which("firefox-esr") or shutil.which("firefox")
        return found and Firefox(found, folder)
    found, screen = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
    return found and screen and WebKit(found, screen)
