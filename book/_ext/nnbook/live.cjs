/* The script of live pages, with its editor, in one file, and their style sheet: minified, for a job from live/. */
"use strict";

const { readFileSync } = require("node:fs");
const esbuild = require("esbuild");

(async () => {
  const { entry, sheet } = JSON.parse(readFileSync(0, "utf8"));
  const nodePaths = process.env.NODE_PATH.split(require("node:path").delimiter);
  const options = { bundle: true, write: false, format: "iife", minify: true, nodePaths, target: "es2022", legalComments: "eof" };
  const built = await esbuild.build({ entryPoints: [entry], ...options });
  const { code } = await esbuild.transform(sheet, { loader: "css", minify: true });
  process.stdout.write(JSON.stringify({ js: built.outputFiles[0].text, css: code }));
})();
