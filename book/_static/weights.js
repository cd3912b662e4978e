/* Weights: what an interactive computes with, if that is much; it comes when its reader first touches it, and not before.
 *
 * Each lies in a script of its own beside this one, in weights/: a page opened from disk may load a script, and may not
 * fetch a file.
 */
"use strict";

// biome-ignore lint/correctness/noUnusedVariables: the scripts after it use it
const weightsOf = (() => {
  const here = document.currentScript.src;
  const asked = new Map();

  /* A promise of the weights of an interactive in this version; what could not be had is asked for anew the next time. */
  return (name, version) => {
    if (!asked.has(name)) {
      asked.set(name, new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = new URL(`weights/${name}.js?v=${version}`, here);
        script.addEventListener("load", () => resolve(globalThis.nnlibWeights[name]));
        script.addEventListener("error", () => {
          asked.delete(name);
          reject(new Error(`${script.src} could not be loaded`));
        });
        document.head.append(script);
      }));
    }
    return asked.get(name);
  };
})();
