"""The system's Chromium: where it is, and how it is started."""

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
OPTIONS = ["--no-sandbox", "--disable-background-networking"]  # the first for root, as in a container
MISSING = f"No Chromium is here: none of {', '.join(NAMES)} is on the PATH. Install one, then run this again."


def path() -> str | None:
    """The path of the first that is there."""
    return next(filter(None, map(shutil.which, NAMES)), None)
