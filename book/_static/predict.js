/* Predict: a guess committed before the result is read, and the gap to it (nnlib.exercises.predict and reveal).
 *
 * The page holds <div class="nnlib-predict" data-name><p>question</p><p>...</p></div> and, further down,
 * <div class="nnlib-reveal" data-name data-result="0.953" data-spec=".3f"><p>It is 0.953. ...</p></div>.
 */
"use strict";

{
  const { element } = nnlib;

  /* A number as Python's format(value, spec) writes it, for f, %, e and g; any other as for ".6g". */
  function formatted(value, spec) {
    const [, digits, kind] = /^,?\.(\d+)([f%e])$/.exec(spec ?? "") ?? [];
    if (kind === "f") return value.toFixed(digits);
    if (kind === "%") return `${(100 * value).toFixed(digits)}%`;
    if (kind === "e") return scientific(value, digits);
    const precision = Math.max(Number(/^,?\.(\d+)g$/.exec(spec ?? "")?.[1] ?? 6), 1);
    const exponent = Number(value.toExponential(precision - 1).split("e")[1]);
    if (exponent >= -4 && exponent < precision) return String(Number(value.toPrecision(precision)));
    const [digitsOnly, power] = scientific(value, precision - 1).split("e");
    return `${Number(digitsOnly)}e${power}`;
  }

  function scientific(value, digits) {
    return value.toExponential(digits).replace(/e([+-])(\d)$/, "e$10$2");
  }

  function reveal(box) {
    const line = box.querySelector("p");
    const untouched = line.textContent;
    const result = Number(box.dataset.result);
    const said = (value) => formatted(value, box.dataset.spec);

    function show() {
      const kept = nnlib.prediction(box.dataset.name);
      line.textContent = kept
        ? `You guessed ${formatted(kept.guess)}; it is ${said(result)}: ${said(Math.abs(kept.guess - result))} apart.`
        : untouched;
      if (kept && kept.result === null) nnlib.recordPrediction(box.dataset.name, kept.guess, result);
    }

    document.addEventListener("nnlib-progress", show);
    show();
  }

  function predict(box, number) {
    const name = box.dataset.name;
    const question = box.querySelector("p");
    const id = `nnlib-guess-${number}`;
    const field = element("input", { type: "number", step: "any", id, required: "", autocomplete: "off" });
    const form = element("form", {}, field, element("button", { class: "nnlib-button" }, "Commit"));
    const state = nnlib.live("nnlib-verdict");
    const change = element("button", { type: "button", class: "nnlib-button" }, "Change it");

    function show() {
      const kept = nnlib.prediction(name);
      form.hidden = Boolean(kept);
      change.hidden = !kept;
      const says = kept ? `Your guess, ${formatted(kept.guess)}, is committed.` : "";
      if (state.textContent !== says) state.textContent = says;
    }

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const guess = field.valueAsNumber;
      if (!Number.isFinite(guess)) return;  // the browser has said that a number is needed
      nnlib.recordPrediction(name, guess);
      change.focus();
    });
    change.addEventListener("click", () => {
      field.value = nnlib.prediction(name)?.guess ?? "";
      nnlib.forgetPrediction(name);
      field.focus();
    });
    document.addEventListener("nnlib-progress", show);
    box.replaceChildren(element("label", { for: id }, ...question.childNodes), form, state, change);
    show();
  }

  whenNear("div.nnlib-predict", predict);
  whenNear("div.nnlib-reveal", reveal);
}
