/* Worker: Python for one page, off the page's own thread, so that a cell that never ends can be ended with it.
 *
 * The page sends {start} once, what python.mjs has of the page's settings, then {run}, a request as kernel.py reads it. What comes back are
 * kernel.py's own messages, and before them {kind: "loading", done, of} in bytes, {kind: "ready"} or {kind: "failed", text}.
 */
"use strict";

/* The file of that address, if it is the very one that the book was tested with. The browser compares the hashes. */
async function fetched(address, sum) {
  try {
    const answer = await plainFetch(address, sum ? { integrity: sum } : {});
    if (!answer.ok) throw new Error(`the answer was ${answer.status}`);
    return answer;
  } catch (error) {
    const { host, pathname } = new URL(address, location.href);
    const why = error instanceof TypeError ? "is out of reach, or not the file that this book was tested with" : `cannot be had: ${error.message}`;
    throw new Error(`${pathname.split("/").at(-1)} from ${host} ${why}`);
  }
}

const plainFetch = globalThis.fetch.bind(globalThis);
const say = (message) => postMessage(message);

/* Load Python and what the page's cells need; `files` are [address, sum, size] by name, all of which Python itself asks for. */
async function start({ address, files, lock, packages, archive, data, environment, progress }) {
  let done = 0;
  const of = Object.values(files).reduce((total, [, size]) => total + size, 0);
  const pinned = async (name) => {
    const answer = await fetched(address + name, files[name][0]);  // here when all of it is, as its hash is asked for
    done += files[name][1];
    say({ kind: "loading", done, of });
    return answer;
  };
  const answers = Object.fromEntries(Object.keys(files).map((name) => [name, pinned(name)]));  // all at once
  const own = [archive, ...data.map(([from]) => from)].map(async (from) => (await fetched(from)).arrayBuffer());
  const all = Promise.all([...Object.values(answers), ...own]);
  all.catch((error) => say({ kind: "failed", text: error.message }));  // at once, whatever else still waits
  globalThis.fetch = (resource, options) => {
    const name = String(resource.url ?? resource).replace(address, "");
    return answers[name] ?? plainFetch(resource, options);
  };
  for (const name of ["pyodide.asm.js", "pyodide.js"]) {
    const text = URL.createObjectURL(new Blob([await (await answers[name]).blob()], { type: "text/javascript" }));
    importScripts(text);
    URL.revokeObjectURL(text);
  }
  const pyodide = await globalThis.loadPyodide({ indexURL: address, lockFileURL: lock, packages, env: environment });
  await all;
  const [zip, ...found] = await Promise.all(own);
  pyodide.FS.mkdirTree("/book");
  pyodide.FS.chdir("/book");
  pyodide.unpackArchive(zip, "zip", { extractDir: "/book" });
  data.forEach(([, to], number) => {
    pyodide.FS.mkdirTree(to.slice(0, to.lastIndexOf("/")));
    pyodide.FS.writeFile(to, new Uint8Array(found[number]));
  });
  if (progress) pyodide.FS.writeFile("/progress.json", progress);
  globalThis.sayFromPython = (text) => say(JSON.parse(text));
  pyodide.runPython(`
import json, sys
from pathlib import Path
sys.path.insert(0, "/book")
from js import sayFromPython
import beside
from kernel import Kernel
beside.lay(Path("/book"), beside.from_site)
kernel = Kernel(lambda message: sayFromPython(json.dumps(message)), Path("/progress.json"))
import nnlib
`);
  globalThis.run = pyodide.globals.get("kernel").run;
  say({ kind: "ready" });
}

addEventListener("message", async ({ data }) => {
  try {
    if (data.start) await start(data.start);
    else globalThis.run(data.run);
  } catch (error) {
    say({ kind: "failed", text: String(error.message ?? error).trim().split("\n").at(-1) });
  }
});
