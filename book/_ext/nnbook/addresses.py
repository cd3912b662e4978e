"""Addresses: where the site and its repository stand, and what leads readers in from elsewhere.

BOOK_REPOSITORY is `owner/name` on GitHub or a full address (default: the git remote `origin`, if it is
on GitHub), BOOK_BRANCH the branch that readers are sent to (default: main), BOOK_URL where the site will
stand. What is not known gives no link, so a fork's site points at the fork. Previews of links, canonical addresses and
the map for search engines name whole addresses, so they are made only where BOOK_URL says what these are; without it
404.html expects the site at the top of its server.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit
from xml.sax.saxutils import escape


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


def robots(base: str) -> str:
    """The text of robots.txt: everything may be read, and there is the map of it."""
    return "User-agent: *\nDisallow:\n" + (f"Sitemap: {base}sitemap.xml\n" if base else "")


def sitemap(addresses: list[str]) -> str:
    """The text of sitemap.xml, of all pages also where only some were built anew (sphinx-sitemap lists those)."""
    lines = [f"<url><loc>{escape(address)}</loc></url>" for address in addresses]
    opening = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', opening, *lines, "</urlset>\n"])


def configure(app, config) -> None:
    """Fill in the theme's options, before the theme reads them, and tell the extensions where the site will stand."""
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
    config.ogp_site_url = config.html_baseurl
    config.notfound_urls_prefix = urlsplit(config.html_baseurl).path or "/"


def no_preview(app, pagename, templatename, context, doctree) -> None:
    """Leave the preview out where the site's address is not known."""
    if not app.config.html_baseurl:
        context["meta"] = {**(context.get("meta") or {}), "ogp_disable": True}


def finish(app, exception) -> None:
    """Write what search engines ask for."""
    if exception or app.builder.format != "html":
        return
    out, base = Path(app.outdir), app.config.html_baseurl
    (out / "robots.txt").write_text(robots(base), "utf-8")
    if base:
        pages = [base + app.builder.get_target_uri(name) for name in sorted(app.env.found_docs)]
        (out / "sitemap.xml").write_text(sitemap(pages), "utf-8")


def setup(app) -> None:
    """Connect to Sphinx."""
    app.setup_extension("notfound.extension")
    app.setup_extension("sphinxext.opengraph")
    app.connect("config-inited", configure)
    app.connect("html-page-context", no_preview, priority=450)
    app.connect("build-finished", finish)
