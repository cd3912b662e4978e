"""Assets: one sheet and one script, rid of what no page uses, and asked for by their contents."""

import re
from pathlib import Path

import pytest
from sphinx.errors import ExtensionError

from nnbook import assets, npm

MODULES = Path(__file__).parents[2] / "_build" / "npm" / "node_modules"
needs_npm = pytest.mark.skipif(not MODULES.is_dir(), reason="npm's packages are not here: run `make book` first")


def test_a_joined_sheet_still_finds_its_files():
    css = "a{b:url(fonts/x.woff2)}c{d:url('../e.png')}f{g:url(data:image/png;base64,AA)}h{i:url(#mask)}"
    assert assets.rebased(css, "_static/katex/katex.min.css", "_static/site.css") == (
        "a{b:url(katex/fonts/x.woff2)}c{d:url('e.png')}f{g:url(data:image/png;base64,AA)}h{i:url(#mask)}"
    )


def test_a_font_that_no_rule_names_is_left_out():
    used = "@font-face{font-family:Used;src:url(u.woff2)}"
    css = used + "@font-face{font-family:Unused;src:url(n.woff2)}p{font:1em Used,serif}"
    assert assets.without_unused_fonts(css) == used + "p{font:1em Used,serif}"


def test_a_page_asks_for_the_newest_sheet_and_script():
    versions = {"_static/site.css": "1a", "_static/site.js": "2b"}
    page = '<link href="../_static/site.css"><script src="../_static/site.js?v=00"></script><a href="site.css">'
    new = assets.versioned(page, versions)
    assert (
        new
        == '<link href="../_static/site.css?v=1a"><script src="../_static/site.js?v=2b"></script><a href="site.css">'
    )
    assert assets.versioned(new, versions) == new


def test_a_theme_that_measures_its_boxes_otherwise_is_noticed():
    assert assets.unmeasured(f"for([{assets.MEASURED}])") == f"for([{assets.NOTHING}])"
    with pytest.raises(ExtensionError, match="in another way now"):
        assets.unmeasured('for(["pre"])')


@needs_npm
@pytest.mark.parametrize(
    ("rule", "stays"),
    [
        (".used{color:red}", True),
        (".gone{color:red}", False),
        (".gone:hover{color:red}", False),
        (".used .gone{color:red}", False),
        (":focus-visible{color:red}", True),
        ("html[data-theme=dark] .used{color:red}", True),
        (".nnlib-later{color:red}", True),
        (".said-by-script{color:red}", True),
        ("@media print{.used{color:red}}", True),
        ("@media(width<768px){.used{color:red}}", True),
    ],
)
def test_only_rules_that_no_page_can_use_are_left_out(tmp_path, rule, stays):
    page = tmp_path / "page.html"
    page.write_text('<html data-theme="light"><p class="used">gone</p></html>', "utf-8")
    job = {"css": rule, "js": "", "pages": [str(page)], "scripts": ['it.classList.add("said-by-script")']}
    assert npm.run("assets.cjs", job, MODULES)["css"].strip() == (rule if stays else "")


@needs_npm
def test_a_script_keeps_the_names_that_another_one_uses():
    job = {"css": "", "js": "const SHARED = (first) => first + 1;", "pages": [], "scripts": []}
    assert re.match(r"const SHARED=(\w+)=>\1\+1;", npm.run("assets.cjs", job, MODULES)["js"])
