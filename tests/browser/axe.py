"""Axe: what axe-core says of a page, in its own rules."""

# axe-core's rules, but for those that it calls deprecated and three more.
RULES = """() => axe.getRules().filter((rule) => !rule.tags.includes("deprecated") && ![
    "color-contrast-enhanced",  // level AAA, 7 : 1; the book keeps level AA, 4.5 : 1
    "focus-order-semantics",  // experimental: objects to the focus on a box that scrolls, which the keyboard needs
    "hidden-content",  // finds nothing wrong: it reports what to look at by hand, and takes a tenth of the time
].includes(rule.ruleId)).map((rule) => rule.ruleId)"""
# What is far from the screen has no true size until a reader comes near, and axe-core would see it overlap.
ALL_LAID_OUT = "* { content-visibility: visible !important; }"
# Where axe-core need not look: at text of a look that it has seen; at links that a line tells from their text; at
# headers that say in MathML, which it does not read, what they are; for its size, at what nobody can press.
ONLY = """() => axe.configure({ rules: [
    { id: "color-contrast", selector: "[data-sample]" },
    { id: "link-in-text-block", selector: "[data-bare]" },
    { id: "empty-table-header", selector: "th:not(:has(math))" },
    { id: "target-size", selector: `a, area, audio, button, details, embed, iframe, input, object, option, select,
        summary, textarea, video, [contenteditable], [role], [tabindex]` },
] })"""
RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"]  # the only ones to which the theme matters

# Text of one look on one ground has one contrast: axe-core measures the first of each, where all would take minutes.
# A look is the colour, the underline, and whether axe-core takes the text as large; a ground is the colours of the
# boxes around it. What was measured in a theme is not measured again, at another width or on another page. A link that
# no line tells from its text is bare: it has to differ in colour. Gives the number of boxes that wait to be measured.
MARK_SAMPLES = """([theme, measured]) => {
  const seen = new Set(measured), grounds = new Map([[null, ""]]);
  const looks = ((globalThis.looks ??= {})[theme] = new Map());
  let bare = 0;
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
    if (seen.has(look)) continue;
    box.setAttribute("data-sample", theme);
    looks.set(box, look);
    seen.add(look);
  }
  for (const link of document.querySelectorAll("a[href]")) {
    let block = link.parentElement;
    while (["inline", "contents"].includes(getComputedStyle(block).display)) block = block.parentElement;
    if (block.textContent.trim() === link.textContent.trim()) continue;
    if (getComputedStyle(link).textDecorationLine !== getComputedStyle(block).textDecorationLine) continue;
    link.setAttribute("data-bare", "");
    bare += 1;
  }
  return looks.size + bare;
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
  document.querySelectorAll("pre").forEach((box) => {
    box.querySelectorAll(":scope > span:empty:not([id])").forEach((mark) => mark.remove());
    box.normalize();
  });
}"""

# To the rules of colour nothing matters but the samples, the boxes around them, and blocks of text that hold links.
# What else is in a box is taken out of it while they run, and put back; each box stays, so that styles count as before,
# and so does each that scrolls.js watches.
HOLLOW = """() => {
  const kept = new Set(), keep = (box) => { for (; box && !kept.has(box); box = box.parentElement) kept.add(box); };
  const watched = "pre, .output, .pst-scrollable-table-container, .katex-display, .nnlib-figure";
  document.querySelectorAll(`[data-sample], ${watched}`).forEach(keep);
  for (const link of document.querySelectorAll("[data-bare]")) {
    let block = link.parentElement;
    while (["inline", "contents"].includes(getComputedStyle(block).display)) block = block.parentElement;
    [...block.querySelectorAll("*"), block].forEach(keep);
  }
  globalThis.takenOut = [...document.querySelectorAll("body *")].filter((box) =>
    !kept.has(box) && kept.has(box.parentElement) && box.firstChild).map((box) => {
    const inside = document.createDocumentFragment();
    inside.append(...box.childNodes);
    return [box, inside];
  });
}"""
UNMARK = """() => document.querySelectorAll("[data-sample], [data-bare]").forEach((box) =>
  ["data-sample", "data-bare"].forEach((name) => box.removeAttribute(name)))"""
FILL = "() => globalThis.takenOut.forEach(([box, inside]) => box.append(inside))"


def bring(page, axe_script):
    """Open all that is folded, lay all out, and load axe-core."""
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.add_style_tag(content=ALL_LAID_OUT)
    page.evaluate(axe_script)
    page.evaluate(ONLY)


# What axe-core finds by some rules, and the looks of the samples that it could measure.
RUN = """async ([rules, theme]) => {
  const runOnly = { type: "rule", values: rules }, resultTypes = ["violations", "passes"];
  const { violations, passes } = await axe.run({ runOnly, resultTypes, preload: false, elementRef: true });
  const html = ({ html, failureSummary }, { id }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`;
  const contrasts = [...violations, ...passes].filter(({ id }) => id === "color-contrast");
  return {
    found: violations.flatMap((rule) => rule.nodes.map((node) => html(node, rule))),
    looks: contrasts.flatMap(({ nodes }) => nodes.map(({ element }) => looks[theme].get(element))).filter(Boolean),
  };
}"""
THEMES = ("light", "dark")


def in_theme(page, theme):
    page.evaluate("(theme) => Object.assign(document.documentElement.dataset, { theme, mode: theme })", theme)


def all_violations(page, measured=None):
    """What axe-core finds at the page's width in either theme: all rules once, those of colour on every new look.

    `measured` holds by theme the looks that have been measured on this page or others, and takes up those of this one.
    """
    measured = {theme: set() for theme in THEMES} if measured is None else measured
    page.evaluate(UNMARK)
    waiting = 0
    for theme in THEMES:
        in_theme(page, theme)
        waiting += page.evaluate(MARK_SAMPLES, [theme, list(measured[theme])])
    page.evaluate(PLAIN)
    others = [rule for rule in page.evaluate(RULES) if rule not in RULES_OF_COLOUR]
    found = page.evaluate(RUN, [others, None])["found"]
    if waiting:
        page.evaluate(HOLLOW)
        for theme in THEMES:
            in_theme(page, theme)
            now = page.evaluate(RUN, [RULES_OF_COLOUR, theme])
            found += [f"in the {theme}: {one}" for one in now["found"]]
            measured[theme].update(now["looks"])
        page.evaluate(FILL)
    return found
