"""Serve the book that lies beside this file, so that its pages run too: python3 serve.py, on Windows py serve.py.

python3 serve.py 8001       on that port

For this computer alone. Needs Python 3.7 or later, whose first line an older one can read too, and nothing else.
"""

import os
import sys
import threading
import webbrowser
from functools import partial

try:
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
except ImportError:
    sys.exit("serve.py needs Python 3.7 or later: try python3 serve.py, or on Windows py serve.py")

SITE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "site")
PORTS = list(range(8765, 8775)) + [0]  # the first that is free: a browser keeps by port what a reader writes
KINDS = {"css": "text/css", "html": "text/html", "js": "text/javascript", "json": "application/json"}
KINDS.update({"mjs": "text/javascript", "svg": "image/svg+xml", "wasm": "application/wasm"})


class Files(SimpleHTTPRequestHandler):
    """The site's files, each of the kind that it is, whatever Windows has noted of it."""

    extensions_map = dict(SimpleHTTPRequestHandler.extensions_map, **{"." + end: kind for end, kind in KINDS.items()})

    def end_headers(self):
        """Have nothing kept: the files of each edition bear the same date."""
        self.send_header("Cache-Control", "no-store")
        SimpleHTTPRequestHandler.end_headers(self)

    def log_message(self, *args):
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """A server that shares its port with no other, and says nothing of a browser that has gone away."""

    allow_reuse_address = os.name == "posix"  # Windows would let two share it

    def handle_error(self, *args):
        """Say nothing."""


def main(arguments):
    """Serve until Ctrl-C; give what went wrong."""
    if not os.path.isfile(os.path.join(SITE, "index.html")):
        return "The folder site is not beside serve.py: unzip all of the zip first."
    server = None
    for port in arguments or PORTS:
        try:
            server = Server(("127.0.0.1", int(port)), partial(Files, directory=SITE))
            break
        except (OSError, OverflowError, ValueError) as error:
            why = "Port " + str(port) + " cannot be had: " + str(error) + ". Try another, such as python3 serve.py 8001"
    if server is None:
        return why
    address = "http://127.0.0.1:" + str(server.server_port) + "/"
    try:
        print("The book is at " + address + " for this computer alone. To stop, press Ctrl-C or close this window.")
        sys.stdout.flush()
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        server.serve_forever()
    except KeyboardInterrupt:
        print("Stopped.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:2]))
