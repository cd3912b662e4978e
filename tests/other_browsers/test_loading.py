"""The built site in Firefox and in WebKit: every page loads whole and fits a phone. Reads _build/html."""

import pytest
from windows import PAGES

pytestmark = pytest.mark.skipif(not PAGES, reason="there is no site in _build/html: run `make test-browsers`")


def test_every_page_loads_and_fits_a_phone(open_page):
    browser, wide = open_page("phone"), []
    for name in PAGES:
        browser.evaluate("""new Promise((loaded) => {
            const frame = document.querySelector("iframe");
            frame.onload = () => loaded(true);
            frame.src = arguments[0];
        })""", name)  # fmt: skip
        browser.wait("frames[0].document.readyState === 'complete' && frames[0].document.fonts.status === 'loaded'")
        seen = browser.evaluate(
            "(({ scrollWidth, clientWidth }) => [scrollWidth, clientWidth])(frames[0].document.documentElement)"
        )
        wide += [(name, seen)] if seen[0] > min(seen[1], 375) else []
    assert wide == []
