"""Every page of the built site, loaded once: nothing moves for who asked for that, and axe-core finds nothing.

Axe-core sees it wide and narrow, in light and dark. Reads _build/html.
"""

import pytest
from axe import all_violations, bring
from windows import CALM, PAGES, SETTLED, SITE

pytestmark = pytest.mark.skipif(not PAGES, reason="there is no site in _build/html: run `make book` first")

# What moves: animations and transitions that last, and films that play by themselves.
PLAYING = """() => [
    ...document.getAnimations().filter((one) => one.effect.getComputedTiming().activeDuration > 10).map((one) =>
        one.effect.target.outerHTML.slice(0, 100)),
    ...[...document.querySelectorAll("[autoplay], marquee, blink")].map((one) => one.outerHTML.slice(0, 100))]"""
MOVING = """() => [...document.querySelectorAll("body, body *")].filter((one) => {
    const { animationName, transitionDuration, scrollBehavior } = getComputedStyle(one);
    return animationName !== "none" || Math.max(...transitionDuration.split(",").map(parseFloat)) > 0.01
        || scrollBehavior === "smooth";
}).map((one) => one.outerHTML.slice(0, 100))"""


@pytest.fixture(scope="module")
def measured():
    """By theme the looks of text that axe-core has found good on any page."""
    return {"light": set(), "dark": set()}


WIDE = {"width": 1280, "height": 900}


@pytest.mark.parametrize("name", PAGES)
def test_nothing_moves_for_who_asked_for_that_and_axe_finds_nothing_wide_and_narrow(window, axe_script, measured, name):
    page = window(SITE, viewport=WIDE, **CALM).open(name)
    assert page.evaluate(PLAYING) == []
    bring(page, axe_script)
    assert page.evaluate(PLAYING) + page.evaluate(MOVING) == []
    page.keyboard.press("Shift")  # a first key, which has scrolls.js measure
    for width in (1280, 375):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(SETTLED)
        assert all_violations(page, measured) == [], f"{width} px wide"


# Faults of every kind, each by the rule that must find it and a name: some are there in one look only.
STYLE = """
    html[data-theme="dark"] .dark { color: #333 !important; }
    html[data-theme="light"] .light { color: #ccc !important; }
    @media (max-width: 500px) {
        .phone { color: #bbb !important; }
        html[data-theme="dark"] .phone-dark { color: #444 !important; }
        .small { width: 9px; height: 9px; padding: 0; border: 0; font-size: 4px; }
        .wide { width: 200px; overflow: auto; }
    }
    .pale { color: #ddd !important; } .paler { color: #eee !important; }
    .plain a { text-decoration: none; } html[data-theme="dark"] .plain a { color: #d1d7e0; }
"""
DRAWN = '<span class="katex"><span class="katex-html" aria-hidden="true"><span class="base"><span class="strut"></span>'
FAULTS = [
    ("color-contrast", "in-the-dark", '<p class="dark" id="in-the-dark">Words</p>'),
    ("color-contrast", "in-the-light", '<p class="light" id="in-the-light">Words</p>'),
    ("color-contrast", "on-a-phone", '<p class="phone" id="on-a-phone">Words</p>'),
    ("color-contrast", "on-a-phone-in-the-dark", '<p class="phone-dark" id="on-a-phone-in-the-dark">Words</p>'),
    ("color-contrast", "of-a-token", '<pre tabindex="0"><i class="pale" id="of-a-token">word</i></pre>'),
    ("color-contrast", "of-a-formula", f'{DRAWN}<i class="paler" id="of-a-formula">words</i></span></span></span>'),
    ("link-in-text-block", "link-unseen", '<p class="plain">Long words <a href="#x" id="link-unseen">go</a> on</p>'),
    ("target-size", "too-small", '<button class="small" id="too-small">a</button><button class="small">b</button>'),
    ("scrollable-region-focusable", "unreachable", f'<div class="wide" id="unreachable">{"long" * 99}</div>'),
    ("aria-hidden-focus", "hidden-link", f'{DRAWN}<a href="#x" id="hidden-link">x</a></span></span></span>'),
    ("image-alt", "no-alt", '<img src="data:," id="no-alt">'),
    ("svg-img-alt", "no-words", '<svg role="img" width="9" height="9" id="no-words"><path d="M0 0L9 9"/></svg>'),
    ("label", "no-label", '<input id="no-label">'),
    ("button-name", "no-name", '<button id="no-name"></button>'),
    ("link-name", "empty-link", '<a href="#x" id="empty-link"></a>'),
    ("heading-order", "too-deep", '<h6 id="too-deep">Words</h6>'),
    ("empty-heading", "empty", '<h2 id="empty"></h2>'),
    ("aria-valid-attr-value", "no-such-value", '<button aria-expanded="maybe" id="no-such-value">a</button>'),
    ("aria-allowed-role", "odd-role", '<button role="heading" aria-level="2" id="odd-role">Words</button>'),
    ("list", "bad-list", '<ul id="bad-list"><p>Words</p></ul>'),
    ("nested-interactive", "nested", '<button id="nested">a<a href="#x">b</a></button>'),
    ("td-headers-attr", "headers", '<table id="headers"><tr><th>a</th></tr><tr><td headers="none">b</td></tr></table>'),
]  # fmt: skip


def test_axe_finds_every_fault_that_is_planted(window, axe_script, measured):
    page = window(SITE, viewport=WIDE, **CALM).open("book/notation.html")
    bring(page, axe_script)
    page.add_style_tag(content=STYLE)
    html = "".join(html for *_, html in FAULTS)
    page.evaluate("(html) => document.querySelector('article').insertAdjacentHTML('beforeend', html)", html)
    found = []
    for width in (1280, 375):
        page.set_viewport_size({"width": width, "height": 900})
        found += all_violations(page, measured)
    missed = [(rule, name) for rule, name, _ in FAULTS if not any(rule in one and f'"{name}"' in one for one in found)]
    assert missed == []
