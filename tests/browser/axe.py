"""Axe: what axe-core says of a page, in its own rules."""

# axe-core's rules, but for those that it calls deprecated and three more.
RULES = """() => axe.getRules().filter((rule) => !rule.tags.includes("deprecated") && ![
    "color-contrast-enhanced",  // level AAA, 7 : 1; the book keeps level AA, 4.5 : 1
    "focus-order-semantics",  // experimental: objects to the focus on a box that scrolls, which the keyboard needs
    "hidden-content",  // finds nothing wrong: it reports what to look at by hand, and takes a tenth of the time
].includes(rule.ruleId)).map((rule) => rule.ruleId)"""
# What is far from the screen has no true size until a reader comes near, and axe-core would see it overlap.
ALL_LAID_OUT = "* { content-visibility: visible !important; }"
ONLY = """() => axe.configure({ rules: [
    { id: "color-contrast", selector: "[data-sample]" },
    { id: "empty-table-header", selector: "th:not(:has(math))" },  // axe-core does not read MathML
] })"""
RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"]  # the only ones to which the theme matters

# Text of one look on one ground has one contrast: axe-core measures the first of each, where all would take minutes.
# A look is the colour, the underline, and whether axe-core takes the text as large; a ground is the colours of the
# boxes around it. What was measured in a theme at one width is not measured again at another. Gives the number of new.
MARK_SAMPLES = """(theme) => {
  const seen = (globalThis.looksSeen ??= { light: new Set(), dark: new Set() })[theme], before = seen.size;
  const grounds = new Map([[null, ""]]);
  function ground(box) {
    if (!grounds.has(box)) {
      const { backgroundColor, backgroundImage, opacity } = getComputedStyle(box);
      const own = ` ${backgroundColor} ${backgroundImage} ${opacity}`.replace(" rgba(0, 0, 0, 0) none 1", "");
      const below = ground(box.parentElement), again = / rgb\\(\\S+ \\S+ \\S+ none 1$/.test(own) && below.endsWith(own);
      grounds.set(box, again ? below : below + own);
    }
    return grounds.get(box);
  }
  for (const box of document.querySelectorAll("body, body *:not(.katex-mathml *)")) {
    const says = [...box.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (!(says || box.matches("input, textarea, select"))) continue;
    if (!box.checkVisibility({ visibilityProperty: true })) continue;
    const { color, fontSize, fontWeight, textDecorationLine } = getComputedStyle(box);
    const large = parseFloat(fontSize) >= (fontWeight >= 700 ? 14 : 18) * 96 / 72;
    const look = [color, large, textDecorationLine, ground(box)].join();
    if (!seen.has(look)) box.setAttribute("data-sample", theme);
    seen.add(look);
  }
  return seen.size - before;
}"""

# Most of a page's elements are the strokes of formulas and pictures, and colours of code: nothing that has a role, a
# name or the focus. axe-core would visit each of them for every rule. They make way, but for the samples, and every box
# keeps its place: of a formula that is read aloud its text is left, of one that is seen boxes of the same size.
PLAIN = """() => {
  const kept = (box) => box.matches("[data-sample]") || box.querySelector("[data-sample], a, [tabindex], [id], title");
  const bases = [...document.querySelectorAll(".katex-html .base")].filter((box) =>
    box.matches(":has(> .strut)") && !kept(box));
  const widths = bases.map((box) => box.getBoundingClientRect().width / parseFloat(getComputedStyle(box).fontSize));
  bases.forEach((box, i) => {
    const { height, verticalAlign } = box.querySelector(":scope > .strut").style;
    box.replaceChildren();
    Object.assign(box.style, { display: "inline-block", width: `${widths[i]}em`, height, verticalAlign });
  });
  for (const math of document.querySelectorAll(".katex-mathml math")) math.replaceChildren(math.textContent);
  const shapes = ":is(defs, clipPath, path, use, line, rect, circle, image, g:not(:has(text, foreignObject)))";
  for (const shape of document.querySelectorAll(`svg:is([role=img], button > *) ${shapes}`)) {
    if (!kept(shape) && !shape.matches("[role], [aria-label]")) shape.remove();
  }
  for (const token of document.querySelectorAll("pre span[class]:not(:has(*))")) {
    if (token.attributes.length === 1) token.replaceWith(...token.childNodes);
  }
  document.querySelectorAll("pre").forEach((box) => box.normalize());
}"""

# To the rules of colour nothing matters but the samples, the boxes around them, and blocks of text that hold links.
# What else is in a box is taken out of it while they run, and put back; each box stays, so that styles count as before,
# and so does each that scrolls.js watches.
HOLLOW = """() => {
  const kept = new Set(), keep = (box) => { for (; box && !kept.has(box); box = box.parentElement) kept.add(box); };
  const watched = "pre, .output, .pst-scrollable-table-container, .katex-display, .nnlib-figure";
  document.querySelectorAll(`[data-sample], ${watched}`).forEach(keep);
  for (const link of document.querySelectorAll("a[href]")) {
    let block = link.parentElement;
    while (["inline", "contents"].includes(getComputedStyle(block).display)) block = block.parentElement;
    if (block.textContent.trim() !== link.textContent.trim()) [...block.querySelectorAll("*"), block].forEach(keep);
  }
  globalThis.takenOut = [...document.querySelectorAll("body *")].filter((box) =>
    !kept.has(box) && kept.has(box.parentElement) && box.firstChild).map((box) => {
    const inside = document.createDocumentFragment();
    inside.append(...box.childNodes);
    return [box, inside];
  });
}"""
FILL = "() => globalThis.takenOut.forEach(([box, inside]) => box.append(inside))"


def bring(page, axe_script):
    """Open all that is folded, lay all out, and load axe-core."""
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.add_style_tag(content=ALL_LAID_OUT)
    page.evaluate(axe_script)
    page.evaluate(ONLY)


def violations(page, rules):
    """What axe-core finds by these rules, each with the element and what it says."""
    options = {"runOnly": {"type": "rule", "values": rules}, "resultTypes": ["violations"], "preload": False}
    found = page.evaluate("(options) => axe.run(options)", options)["violations"]
    return [f"{one['id']}: {node['html'][:200]} {node['failureSummary']}" for one in found for node in one["nodes"]]


def in_theme(page, theme):
    page.evaluate("(theme) => Object.assign(document.documentElement.dataset, { theme, mode: theme })", theme)


def all_violations(page):
    """What axe-core finds at the page's width in either theme: all rules once, those of colour on every new look."""
    page.evaluate("document.querySelectorAll('[data-sample]').forEach((box) => box.removeAttribute('data-sample'))")
    new = {}
    for theme in ("dark", "light"):
        in_theme(page, theme)
        new[theme] = page.evaluate(MARK_SAMPLES, theme)
    page.evaluate(PLAIN)
    found = violations(page, [rule for rule in page.evaluate(RULES) if rule not in RULES_OF_COLOUR])
    if any(new.values()):
        page.evaluate(HOLLOW)
        for theme in ("dark", "light"):
            in_theme(page, theme)
            found += [f"in the {theme}: {one}" for one in violations(page, RULES_OF_COLOUR)]
        page.evaluate(FILL)
    return found
