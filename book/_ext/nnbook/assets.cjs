/* One style sheet without the rules that no page uses, and one script: minified texts for a job from assets.py. */
"use strict";

const { readFileSync } = require("node:fs");
const esbuild = require("esbuild");
const { PurgeCSS } = require("purgecss");
const fromHtml = require("purgecss-from-html");

// What scripts give to elements while the reader acts: all that is the book's own.
const LATER = [/^nnlib-/];
const LATER_VARIABLES = [/^--nnlib-/]; // figures name them
const LATER_ATTRIBUTES = ["aria-pressed", "data-mode", "data-theme", "open"];

async function sheet({ css, pages, scripts }) {
  const html = pages.map((file) => ({ raw: readFileSync(file, "utf8"), extension: "html" }));
  const js = scripts.map((raw) => ({ raw, extension: "js" }));
  const [purged] = await new PurgeCSS().purge({
    css: [{ raw: css }],
    content: [...html, ...js],
    extractors: [{ extractor: fromHtml.default ?? fromHtml, extensions: ["html"] }],
    safelist: { standard: [/^:/], greedy: LATER, variables: LATER_VARIABLES }, // the first: a state alone, as in `:focus-visible { ... }`
    dynamicAttributes: LATER_ATTRIBUTES,
    keyframes: true,
    variables: true,
  });
  return (await esbuild.transform(purged.css, { loader: "css", minify: true, legalComments: "eof" })).code;
}

async function script({ js }) {
  return (await esbuild.transform(js, { loader: "js", minify: true, legalComments: "eof" })).code;
}

(async () => {
  const job = JSON.parse(readFileSync(0, "utf8"));
  process.stdout.write(JSON.stringify({ css: await sheet(job), js: await script(job) }));
})();
