/* Editor: CodeMirror, as a cell of a page needs it. */

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { HighlightStyle, bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, drawSelection, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/* The colours of code on the page, by the names that live.css gives them. */
const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword, tags.definitionKeyword, tags.moduleKeyword], class: "nnlib-code-keyword" },
  { tag: [tags.string, tags.special(tags.string)], class: "nnlib-code-string" },
  { tag: [tags.number, tags.bool, tags.null], class: "nnlib-code-number" },
  { tag: tags.comment, class: "nnlib-code-comment" },
]);

const markLine = StateEffect.define();
const markedLine = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    const found = transaction.effects.find((effect) => effect.is(markLine));
    if (found) {
      const { doc } = transaction.state;
      if (!found.value || found.value > doc.lines) return Decoration.none;
      return Decoration.set([Decoration.line({ class: "nnlib-page-wrong" }).range(doc.line(found.value).from)]);
    }
    return transaction.docChanged ? Decoration.none : marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/* An editor in a box, with this text. `changed(text)` is called after each change, `run()` on Ctrl or Shift and Enter. */
export function edit(box, text, label, { changed, run }) {
  const running = () => { run(); return true; };
  const view = new EditorView({
    parent: box,
    state: EditorState.create({
      doc: text,
      extensions: [
        keymap.of([
          { key: "Shift-Enter", run: running },
          { key: "Mod-Enter", run: running },
          ...defaultKeymap, ...historyKeymap, indentWithTab,
        ]),
        lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(), indentUnit.of("    "),
        python(), syntaxHighlighting(colours), markedLine,
        EditorView.contentAttributes.of({ "aria-label": label, autocapitalize: "off", autocorrect: "off", spellcheck: "false" }),
        EditorView.updateListener.of((update) => { if (update.docChanged) changed(update.state.doc.toString()); }),
      ],
    }),
  });
  return {
    set(now) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: now } });
    },
    mark(line) {
      view.dispatch({ effects: markLine.of(line) });
    },
    focus: () => view.focus(),
  };
}
