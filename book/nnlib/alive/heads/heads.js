// Heads: a line of text; the reader chooses a head and a place, and sees which places that one asks, and should ask.

const MOST = 3;

/** A character, so that it can be seen in a sentence. */
function letter(character) {
  return character === " " ? "a space" : `“${character}”`;
}

/** What a head does at a place, counted from 0, in words; weights and wishes in thousandths, up to that place. */
function said(head, letters, place, weights, wishes, after) {
  const named = (u) => `place ${u + 1}, ${letter(letters[u])}`;
  const asked = weights.map((_, u) => u).sort((a, b) => weights[b] - weights[a] || b - a).slice(0, MOST);
  const parts = asked.filter((u) => weights[u])
    .map((u) => `${u === place ? "itself" : named(u)} (${significant(weights[u] / 1000, 3)})`);
  const text = `${head[0].toUpperCase()}${head.slice(1)}: ${named(place)}, asks ${parts.join(", ")}.`;
  if (place + 1 === letters.length) return text;
  const next = `${text} Next came ${letter(letters[place + 1])}, with the probability ${significant(after, 2)}.`;
  const more = wishes.indexOf(Math.max(...wishes));
  const less = wishes.indexOf(Math.min(...wishes));
  if (wishes[more] <= 0 || wishes[less] >= 0) return `${next} For that, it hardly matters here who is asked.`;
  return `${next} For more of that, ask ${named(more)}, more, and ${named(less)}, less.`;
}

/** How a wish is drawn: its sign, as long as it is at least a tenth of the row's largest; else nothing. */
function sign(wishes, u) {
  const largest = Math.max(...wishes.map(Math.abs));
  if (!largest || Math.abs(wishes[u]) < largest / 10) return "";
  return wishes[u] > 0 ? "▲" : "▼";
}

function render({ model, el }) {
  const { letters, heads, next, start } = model.get("data");
  const choice = { ...start };
  const status = element("p", { class: "nnlib-heads-status", role: "status" });

  const keys = heads.map((head, i) => button(head.name.split("head ")[1], () => choose({ head: i }), { "aria-label": head.name }));
  const blocks = [...new Set(heads.map((head) => head.name.split(",")[0]))].map((block) => element(
    "div", { role: "group", "aria-label": block },
    element("span", { class: "nnlib-heads-label" }, `${block[0].toUpperCase()}${block.slice(1)}, head`),
    element("div", { class: "nnlib-heads-keys" }, ...keys.filter((_, i) => heads[i].name.startsWith(`${block},`))),
  ));

  const places = letters.map((character, u) => {
    const bar = element("span", { class: "nnlib-heads-bar" });
    const wish = element("span", { class: "nnlib-heads-wish" });
    const key = element(
      "button",
      { type: "button", class: "nnlib-heads-place", click: () => choose({ place: u }), "aria-label": `place ${u + 1}, ${letter(character)}` },
      element("span", { class: "nnlib-heads-well", "aria-hidden": "true" }, bar),
      element("span", { "aria-hidden": "true" }, character === " " ? "\u00a0" : character),
      element("span", { class: "nnlib-heads-mark", "aria-hidden": "true" }, wish),
    );
    return { key, bar, wish };
  });
  const row = element(
    "div", { class: "nnlib-heads-line", role: "group", "aria-label": "The place that asks", keydown: walk },
    ...places.map(({ key }) => key),
  );

  /** The arrow keys go from place to place; one of them alone is a stop of the Tab key. */
  function walk(event) {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!way || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    choose({ place: Math.min(Math.max(choice.place + way, 0), letters.length - 1) });
    places[choice.place].key.focus();
  }

  function choose(change) {
    Object.assign(choice, change);
    const { head, place } = choice;
    const weights = heads[head].weights[place];
    const wishes = heads[head].wishes[place];
    keys.forEach((key, i) => key.setAttribute("aria-pressed", String(i === head)));
    places.forEach(({ key, bar, wish }, u) => {
      key.setAttribute("aria-pressed", String(u === place));
      key.tabIndex = u === place ? 0 : -1;
      key.classList.toggle("nnlib-heads-later", u > place);
      bar.style.height = `${u > place ? 0 : weights[u] / 10}%`;
      wish.textContent = u > place ? "" : sign(wishes, u);
    });
    status.textContent = said(heads[head].name, letters, place, weights, wishes, next[place]);
  }

  stage(
    el,
    element(
      "div", { class: "nnlib-heads" },
      element("div", { class: "nnlib-heads-choice" }, ...blocks), row,
      element("p", { class: "nnlib-heads-legend" }, "Bars: how much the framed place asks each. ▲ should be asked more, ▼ less, for what came next."),
      status,
    ),
  );
  choose({});
}

export default { render };
