/* SVG pictures in fewer bytes, which look the same: for a job from figures.py. */
"use strict";

const { readFileSync } = require("node:fs");
const { optimize } = require("svgo");

const overrides = {
  mergePaths: false, // paths that touch would blend differently
  removeHiddenElems: false, // the page's style decides what is hidden
  removeUnknownsAndDefaults: { keepRoleAttr: true },
};
const settings = { floatPrecision: 2, plugins: [{ name: "preset-default", params: { overrides } }] };

const { svgs } = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify({ svgs: svgs.map((svg) => optimize(svg, settings).data) }));
