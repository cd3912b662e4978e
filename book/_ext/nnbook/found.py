"""Found: what leads readers in from elsewhere: previews of links, the map for search engines, the page for the lost.

Previews and the map name whole addresses, so they are made only where BOOK_URL says what these are. Without it
404.html expects the site at the top of its server.
"""

from pathlib import Path
from urllib.parse import urlsplit
from xml.sax.saxutils import escape


def robots(base: str) -> str:
    """The text of robots.txt: everything may be read, and there is the map of it."""
    return "User-agent: *\nDisallow:\n" + (f"Sitemap: {base}sitemap.xml\n" if base else "")


def sitemap(addresses: list[str]) -> str:
    """The text of sitemap.xml, of all pages also where only some were built anew (sphinx-sitemap lists those)."""
    lines = [f"<url><loc>{escape(address)}</loc></url>" for address in addresses]
    opening = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', opening, *lines, "</urlset>\n"])


def configure(app, config) -> None:
    """Tell the extensions where the site will stand."""
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
    """Connect to Sphinx, after `links`, which reads BOOK_URL."""
    app.setup_extension("notfound.extension")
    app.setup_extension("sphinxext.opengraph")
    app.connect("config-inited", configure)
    app.connect("html-page-context", no_preview, priority=450)
    app.connect("build-finished", finish)
