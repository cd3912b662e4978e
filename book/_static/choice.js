/* Choice: a question with answers, each of which says why it is right or wrong (nnlib.exercises.ExplainIt).
 *
 * The page holds <div class="nnlib-choice" data-name><p>question</p><ol><li data-says [data-right]>answer</li>...
 */
"use strict";

{
  const { element } = nnlib;

  function bringToLife(box, number) {
    const question = box.querySelector("p");
    const answers = [...box.querySelectorAll("li")];
    const verdict = nnlib.live("nnlib-verdict");
    const form = element("form", {}, element("fieldset", {}, element("legend", {}, ...question.childNodes)));
    const radios = answers.map((answer, place) => {
      const radio = element("input", { type: "radio", name: `nnlib-choice-${number}`, value: place });
      const letter = element("span", { class: "nnlib-letter" }, "ABCDEFGH"[place]);
      form.firstChild.append(element("label", {}, radio, letter, element("span", {}, ...answer.childNodes)));
      radio.addEventListener("change", () => verdict.replaceChildren());
      return radio;
    });
    form.append(element("button", { class: "nnlib-button" }, "Check"), verdict);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const answer = answers[radios.findIndex((radio) => radio.checked)];
      if (!answer) {
        nnlib.say(verdict, "not-attempted", "choose an answer first.");
        return;
      }
      const right = "right" in answer.dataset;
      nnlib.say(verdict, right ? "correct" : "not-yet", answer.dataset.says);
      nnlib.record(box.dataset.name, right);
    });
    box.replaceChildren(form);
  }

  whenNear("div.nnlib-choice", bringToLife);
}
