"""Links: repository, edit, issue and canonical addresses, from the environment of the build.

BOOK_REPOSITORY is `owner/name` on GitHub or a full address (default: the git remote `origin`, if it is
on GitHub), BOOK_BRANCH the branch that readers are sent to (default: main), BOOK_URL where the site will
stand. What is not known gives no link, so a fork's site points at the fork.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit


def origin(top: Path) -> str:
    """The address of the git remote `origin`, or nothing."""
    git = shutil.which("git")
    if git is None:
        return ""
    command = [git, "-C", str(top), "remote", "get-url", "origin"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603


def repository_url(named: str, remote: str) -> str:
    """The repository's web address: from `named` (owner/name or an address), else from a GitHub remote."""
    if re.fullmatch(r"[\w.-]+/[\w.-]+", named):
        return f"https://github.com/{named}"
    if named:
        return named.removesuffix("/").removesuffix(".git")
    found = re.fullmatch(r"(?:https://|ssh://git@|git@)github\.com[/:]([\w.-]+/[\w.-]+?)(?:\.git)?/?", remote)
    return f"https://github.com/{found[1]}" if found else ""


def configure(app, config) -> None:
    """Fill in the theme's options, before the theme reads them."""
    config.html_baseurl = os.environ.get("BOOK_URL", "")
    if config.html_baseurl:
        config.html_baseurl = config.html_baseurl.removesuffix("/") + "/"
    options = config.html_theme_options
    url = repository_url(os.environ.get("BOOK_REPOSITORY", ""), origin(Path(app.srcdir)))
    if url:
        options["repository_url"] = url
        options["repository_branch"] = os.environ.get("BOOK_BRANCH") or "main"
        options["path_to_docs"] = ""
        forms = next((host for host in ("github", "gitlab") if host in urlsplit(url).netloc), None)
        options["repository_provider"] = forms or "github"
        options["use_repository_button"] = True
        options["use_edit_page_button"] = options["use_issues_button"] = bool(forms)  # others have other addresses


def setup(app) -> None:
    """Connect to Sphinx."""
    app.connect("config-inited", configure)
