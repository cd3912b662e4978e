/* Answer: a field for what can be said with a pencil alone, a number or a few (nnlib.exercises.PredictIt).
 *
 * The page holds <div class="nnlib-answer" data-name data-title data-want="[0.5]" data-within data-mistakes></div>, where
 * `mistakes` are pairs of a known wrong answer and the line that names it. The verdicts are a notebook's own.
 */
"use strict";

{
  const { element } = nnlib;
  const NUMBER = /[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?(?:\s*\/\s*\d+(?:\.\d+)?)?/gi;

  /* The numbers in a text such as "(4, 7), 1/3": null where anything else stands in it. */
  function numbers(text) {
    const plain = text.replaceAll("\u2212", "-");
    const found = plain.match(NUMBER) ?? [];
    if (found.length === 0 || !/^[\s,;()[\]{}]*$/.test(plain.replace(NUMBER, ""))) return null;
    return found.map((number) => number.split("/").map(Number).reduce((top, bottom) => top / bottom));
  }

  /* Whether two lists of numbers are the same, as nnlib.exercises.compare has it. */
  function same(got, want, within) {
    return got.length === want.length && got.every((g, i) => Math.abs(g - want[i]) <= within + 1e-5 * Math.abs(want[i]));
  }

  function bringToLife(box, number) {
    const { name, title } = box.dataset;
    const [want, within, mistakes] = ["want", "within", "mistakes"].map((key) => JSON.parse(box.dataset[key]));
    const form = want.length === 1 ? "a number, such as 0.5 or 1/2" : `${want.length} numbers, such as ${want.map(() => 0).join(", ")}`;
    const id = `nnlib-answer-${number}`;
    const field = element("input", { type: "text", id, autocomplete: "off", spellcheck: "false" });
    const verdict = nnlib.live("nnlib-verdict");
    const label = element("label", { for: id }, "Your answer", element("span", { class: "nnlib-unseen" }, ` to ${title}`), `: ${form}`);
    const button = element("button", { class: "nnlib-button" }, "Check");

    function judge(got) {
      if (got && same(got, want, within)) return ["correct"];
      const known = got && mistakes.find(([mistake]) => same(got, mistake, within));
      if (known) return ["not-yet", known[1]];
      if (!got) return ["not-yet", `expected ${form}`];
      if (got.length !== want.length) return ["not-yet", `got ${got.length} numbers, expected ${form}; decimals have a point, not a comma`];
      return ["not-yet", "that is not it; a hint may help"];
    }

    const whole = element("form", {
      submit(event) {
        event.preventDefault();
        if (!field.value.trim()) {
          nnlib.say(verdict, "not-attempted", `write ${form}, into the field first.`);
          return;
        }
        const [kind, why] = judge(numbers(field.value));
        nnlib.say(verdict, kind, why);
        nnlib.record(name, kind === "correct");
      },
    }, label, field, button);
    box.replaceChildren(whole, verdict);
  }

  whenNear("div.nnlib-answer", bringToLife);
}
