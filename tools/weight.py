"""Weight: what a page weighs on its way to the reader, and a server that sends it as GitHub Pages does."""

import gzip
import re
from functools import lru_cache
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

TEXT = ("text/", "application/json", "application/javascript", "image/svg+xml")


FIGURES = re.compile(r"<svg\b.*?</svg>|data:image/[^\"')]+", re.DOTALL)


def packed(text: str) -> int:
    """The bytes of a text as it is sent."""
    return len(gzip.compress(text.encode(), compresslevel=6, mtime=0))


def of_figures(html: str) -> int:
    """The bytes that the pictures in a page's own text add to it."""
    return packed(html) - packed(FIGURES.sub("", html))


@lru_cache(maxsize=256)
def compressed(path: Path, changed: float) -> bytes:
    """A file's content, compressed once per change."""
    return gzip.compress(path.read_bytes(), compresslevel=6, mtime=0)


class Compressing(SimpleHTTPRequestHandler):
    """Files of a folder, with the headers that decide how fast a page loads."""

    protocol_version = "HTTP/1.1"  # connections stay open

    def do_GET(self) -> None:  # noqa: N802, as the base class names it
        """Answer with a file."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        kind = self.guess_type(str(path))
        is_text = kind.startswith(TEXT) and "gzip" in self.headers.get("Accept-Encoding", "")
        body = compressed(path, path.stat().st_mtime) if is_text else path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")
        if is_text:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *message) -> None:
        """Keep quiet."""
