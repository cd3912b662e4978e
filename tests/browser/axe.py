"""Axe: what axe-core says of a page, in its own rules."""

# axe-core's rules, but for those that it calls deprecated and three more.
RULES = """() => axe.getRules().filter((rule) => !rule.tags.includes("deprecated") && ![
    "color-contrast-enhanced",  // level AAA, 7 : 1; the book keeps level AA, 4.5 : 1
    "focus-order-semantics",  // experimental: objects to the focus on a box that scrolls, which the keyboard needs
    "hidden-content",  // finds nothing wrong: it reports what to look at by hand, and takes a tenth of the time
].includes(rule.ruleId)).map((rule) => rule.ruleId)"""
# What is far from the screen has no true size until a reader comes near, and axe-core would see it overlap.
ALL_LAID_OUT = "* { content-visibility: visible !important; }"
# What somebody can press, or axe-core may take for such.
TARGETS = """a, area, audio, button, details, embed, iframe, input, object, option, select, summary, textarea, video,
    [contenteditable], [role], [tabindex]"""
# Where axe-core need not look: at text of a look that it has seen; at links that are not bare; at headers that say in
# MathML, which it does not read, what they are; for its size, at what nobody can press.
ONLY = f"""() => axe.configure({{ rules: [
    {{ id: "color-contrast", selector: "[data-sample]" }},
    {{ id: "link-in-text-block", selector: "[data-bare]" }},
    {{ id: "empty-table-header", selector: "th:not(:has(math))" }},
    {{ id: "target-size", selector: `{TARGETS}` }},
] }})"""
RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"]  # the only ones to which the theme matters

# Text of one look on one ground has one contrast: axe-core measures one of each, where all would take minutes. A look
# is the colour, the underline, and whether axe-core takes the text as large; a ground is the colours of the boxes
# around it. What is good in a theme is not measured again, at another width or on another page. What axe-core does
# not measure is no sample: a single character, what is disabled, fields without text, what lies outside the page. A
# link in a text that nothing but its colour tells from the text is bare. Gives how many boxes wait to be measured.
MARK_SAMPLES = """([theme, measured]) => {
  const seen = new Set(measured), grounds = new Map([[null, ""]]);
  const looks = ((globalThis.looks ??= {})[theme] = { "color-contrast": new Map(), "link-in-text-block": new Map() });
  function ground(box) {
    if (!grounds.has(box)) {
      const { backgroundColor, backgroundImage, opacity } = getComputedStyle(box);
      const own = ` ${backgroundColor} ${backgroundImage} ${opacity}`.replace(" rgba(0, 0, 0, 0) none 1", "");
      const below = ground(box.parentElement), again = / rgb\\(\\S+ \\S+ \\S+ none 1$/.test(own) && below.endsWith(own);
      grounds.set(box, again ? below : below + own);
    }
    return grounds.get(box);
  }
  const texts = ":is(input:not([type=range], [type=radio], [type=checkbox], [type=file]), textarea, select)";
  for (const box of document.querySelectorAll("body, body *:not(.katex-mathml *)")) {
    const says = [...box.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (!(says && box.textContent.trim().length > 1 || box.matches(texts))) continue;
    if (!box.checkVisibility({ visibilityProperty: true })) continue;
    const { color, fontSize, fontWeight, textDecorationLine } = getComputedStyle(box);
    const large = parseFloat(fontSize) >= (fontWeight >= 700 ? 14 : 18) * 96 / 72;
    const look = [color, large, textDecorationLine, ground(box)].join();
    if (seen.has(look)) continue;
    if (box.closest(":disabled, [aria-disabled=true]") || box.getBoundingClientRect().bottom + scrollY <= 0) continue;
    seen.add(look);
    box.setAttribute("data-sample", theme);
    looks["color-contrast"].set(box, look);
  }
  const letters = (box) => box.textContent.replace(/\\s/g, "").length;
  for (const link of document.querySelectorAll("a[href]")) {
    let block = link.parentElement;
    while (["inline", "contents"].includes(getComputedStyle(block).display)) block = block.parentElement;
    if ([...block.querySelectorAll("a[href]")].reduce((sum, one) => sum + letters(one), 0) === letters(block)) continue;
    const [own, around] = [getComputedStyle(link), getComputedStyle(block)];
    const told = ["textDecorationLine", "fontWeight", "fontStyle", "fontSize"].some((key) => own[key] !== around[key]);
    if (told || !link.checkVisibility({ visibilityProperty: true })) continue;
    const look = ["bare", own.color, ground(link), around.color, ground(block)].join();
    if (seen.has(look)) continue;
    link.setAttribute("data-bare", theme);
    looks["link-in-text-block"].set(link, look);
  }
  return looks["color-contrast"].size + looks["link-in-text-block"].size;
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
  const code = [...document.querySelectorAll(":is(pre, code, dt.sig) :is(span, em)")].reverse();  // inner ones first
  for (const token of code) {
    const plain = [...token.attributes].every(({ name }) => name === "class");
    if (plain && !token.firstElementChild) token.replaceWith(...token.childNodes);
  }
  document.querySelectorAll("pre, code, dt.sig").forEach((box) => box.normalize());
}"""

# To the rules of colour nothing matters but the samples and the boxes around them, to the size of targets only where
# they lie. While these rules run, all other paragraphs and formulas are empty boxes of the same size. Gives the targets
# that are no longer where they were: there should be none.
HOLLOW = f"""() => {{
  const targets = [...document.querySelectorAll(`{TARGETS}`)].filter((target) => target.checkVisibility());
  const needed = `{TARGETS}, [data-sample], [data-bare]`;
  const places = () => targets.map((target) => target.getBoundingClientRect());
  const boxes = [...document.querySelectorAll("p, .katex-display")].filter((box) =>
    !box.matches(needed) && !box.querySelector(needed));
  const before = places(), sizes = boxes.map((box) => box.getBoundingClientRect());
  globalThis.takenOut = boxes.map((box, i) => {{
    const inside = document.createDocumentFragment(), style = box.style.cssText;
    inside.append(...box.childNodes);
    box.style.cssText += `; box-sizing: border-box; width: ${{sizes[i].width}}px; height: ${{sizes[i].height}}px`;
    return [box, inside, style];
  }});
  const after = places(), sides = ["left", "top", "right", "bottom"];
  return targets.filter((_, i) => sides.some((side) => Math.abs(after[i][side] - before[i][side]) > 1)).map((target) =>
    `moved: ${{target.outerHTML.slice(0, 200)}}`);
}}"""
FILL = """() => globalThis.takenOut.forEach(([box, inside, style]) => {
  box.append(inside);
  box.style.cssText = style;
})"""
UNMARK = """() => document.querySelectorAll("[data-sample], [data-bare]").forEach((box) =>
  ["data-sample", "data-bare"].forEach((name) => box.removeAttribute(name)))"""


def bring(page, axe_script):
    """Open all that is folded, lay all out, and load axe-core."""
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.add_style_tag(content=ALL_LAID_OUT)
    page.evaluate(axe_script)
    page.evaluate(ONLY)


# What axe-core finds by some rules, and, if a theme is named, the looks that it finds good in it.
RUN = """async ([rules, theme]) => {
  const runOnly = { type: "rule", values: rules }, resultTypes = ["violations", ...(theme ? ["passes"] : [])];
  const { violations, passes } = await axe.run({ runOnly, resultTypes, preload: false, elementRef: true });
  const html = ({ html, failureSummary }, { id }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`;
  const looks = globalThis.looks[theme] ?? {};
  return {
    found: violations.flatMap((rule) => rule.nodes.map((node) => html(node, rule))),
    looks: passes.flatMap(({ id, nodes }) => nodes.map(({ element }) => looks[id]?.get(element))).filter(Boolean),
  };
}"""
THEMES = ("light", "dark")


def in_theme(page, theme):
    page.evaluate("(theme) => Object.assign(document.documentElement.dataset, { theme, mode: theme })", theme)


def all_violations(page, measured=None):
    """What axe-core finds at the page's width in either theme: all rules once, those of colour on every new look.

    `measured` holds by theme the looks that were found good on this page or others, and takes up those of this one.
    """
    measured = {theme: set() for theme in THEMES} if measured is None else measured
    page.evaluate(UNMARK)
    waiting = 0
    for theme in THEMES:
        in_theme(page, theme)
        waiting += page.evaluate(MARK_SAMPLES, [theme, list(measured[theme])])
    page.evaluate(PLAIN)
    others = [rule for rule in page.evaluate(RULES) if rule not in [*RULES_OF_COLOUR, "target-size"]]
    found = page.evaluate(RUN, [others, None])["found"] + page.evaluate(HOLLOW)
    rules = ["target-size"]  # once, with the first theme's colours: for each run axe-core reads the whole page anew
    for theme in THEMES if waiting else THEMES[:1]:
        in_theme(page, theme)
        now = page.evaluate(RUN, [[*rules, *(RULES_OF_COLOUR if waiting else [])], theme])
        rules = []
        found += [f"in the {theme}: {one}" for one in now["found"]]
        measured[theme].update(now["looks"])
    page.evaluate(FILL)
    return found
