"""Axe: what axe-core says of a page, in its own rules."""

# axe-core's rules, but for those that it calls deprecated and two more.
RULES = """() => axe.getRules().filter((rule) => !rule.tags.includes("deprecated") && ![
    "color-contrast-enhanced",  // level AAA, 7 : 1; the book keeps level AA, 4.5 : 1
    "focus-order-semantics",  // experimental: objects to the focus on a box that scrolls, which the keyboard needs
].includes(rule.ruleId)).map((rule) => rule.ruleId)"""
# What is far from the screen has no true size until a reader comes near, and axe-core would see it overlap.
ALL_LAID_OUT = "* { content-visibility: visible !important; }"
ONLY = """() => axe.configure({ rules: [
    { id: "color-contrast", selector: "[data-sample]" },
    { id: "empty-table-header", selector: "th:not(:has(math))" },  // axe-core does not read MathML
] })"""
RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"]  # the only ones to which the theme matters

# Text of one look on one ground has one contrast: axe-core measures the first of each, where all would take minutes.
# A look is the colour, size and weight; a ground is the colours of the boxes around the text.
MARK_SAMPLES = """() => {
  const grounds = new Map([[null, ""]]), seen = new Set();
  function ground(box) {
    if (!grounds.has(box)) {
      const { backgroundColor, backgroundImage, opacity } = getComputedStyle(box);
      const own = ` ${backgroundColor} ${backgroundImage} ${opacity}`.replace(" rgba(0, 0, 0, 0) none 1", "");
      grounds.set(box, ground(box.parentElement) + own);
    }
    return grounds.get(box);
  }
  for (const box of document.querySelectorAll("body, body *")) {
    box.removeAttribute("data-sample");
    const says = [...box.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (!(says || box.matches("input, textarea, select"))) continue;
    if (!box.checkVisibility({ visibilityProperty: true })) continue;
    const { color, fontSize, fontWeight } = getComputedStyle(box);
    const look = [color, fontSize, fontWeight, ground(box)].join();
    if (!seen.has(look)) box.setAttribute("data-sample", "");
    seen.add(look);
  }
}"""


def violations(page, rules):
    """What axe-core finds by these rules, each with the element and what it says."""
    page.evaluate(MARK_SAMPLES)
    options = {"runOnly": {"type": "rule", "values": rules}, "resultTypes": ["violations"], "preload": False}
    found = page.evaluate("(options) => axe.run(options)", options)["violations"]
    return [f"{one['id']}: {node['html'][:200]} {node['failureSummary']}" for one in found for node in one["nodes"]]


def in_theme(page, theme):
    page.evaluate("(theme) => Object.assign(document.documentElement.dataset, { theme, mode: theme })", theme)
