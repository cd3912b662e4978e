/* Frames: a slider over pictures that were computed beforehand (nnlib.widgets.frames).
 *
 * The page holds <div class="nnlib-frames" aria-label="..."> with one <div class="nnlib-frame" data-caption="...">
 * for each picture, all but the first hidden. This adds a native range input, so that mouse, touch and keyboard
 * all work, two buttons and a caption. Nothing moves unless the reader moves it.
 */
"use strict";

{
  const { element } = nnlib;

  function bringToLife(box) {
    const frames = [...box.querySelectorAll(":scope > .nnlib-frame")];
    const last = frames.length - 1;
    if (last < 1) return;
    const label = box.getAttribute("aria-label");
    const range = element("input", { type: "range", min: 0, max: last, step: 1, value: 0, "aria-label": label });
    const previous = element("button", { type: "button", "aria-label": "Previous picture" }, "◀");
    const next = element("button", { type: "button", "aria-label": "Next picture" }, "▶");
    const place = element("span", { class: "nnlib-frames-place", "aria-hidden": "true" });
    const caption = element("p", { class: "nnlib-frames-caption", "aria-live": "polite" });

    function show(index) {
      frames.forEach((frame, i) => { frame.hidden = i !== index; });
      range.value = index;
      range.setAttribute("aria-valuetext", `${index + 1} of ${last + 1}`);
      previous.disabled = index === 0;
      next.disabled = index === last;
      place.textContent = `${index + 1} / ${last + 1}`;
      caption.textContent = frames[index].dataset.caption;
    }

    range.addEventListener("input", () => show(Number(range.value)));
    previous.addEventListener("click", () => show(Number(range.value) - 1));
    next.addEventListener("click", () => show(Number(range.value) + 1));

    const controls = element("div", { class: "nnlib-frames-controls" });
    const title = element("span", { class: "nnlib-frames-label", "aria-hidden": "true" }, label);
    controls.append(title, previous, range, next, place);
    box.prepend(controls);
    box.append(caption);
    show(0);
  }

  whenNear(".nnlib-frames", bringToLife);
}
