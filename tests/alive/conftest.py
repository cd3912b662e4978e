"""Node, which comes with the build: it runs what an interactive's script computes, with no page and no browser."""

import base64
import json
import subprocess

import numpy as np
import pytest

from nnbook.npm import NODE
from nnbook.scripts import EXPORT
from nnlib.alive import live

# Each line that comes in asks for the value of an expression, and brings the values that have names in it.
ANSWER = """
const plain = (key, value) => {
  if (value instanceof Float64Array) return { float64: Buffer.from(value.slice().buffer).toString("base64") };
  return ArrayBuffer.isView(value) ? [...value] : value;
};
require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { expression, values } = JSON.parse(line);
  const answer = eval(`(({ ${Object.keys(values)} }) => (${expression}))`)(values);
  console.log(JSON.stringify(answer ?? null, plain));
});
"""


def numbers(answer):
    """A script's array of float64 numbers as NumPy's; anything else as it is."""
    return np.frombuffer(base64.b64decode(answer["float64"])) if set(answer) == {"float64"} else answer


@pytest.fixture(scope="session")
def node(tmp_path_factory):
    """Compute an expression with the functions of an interactive's script; numbers come back as they are."""
    started = {}

    def start(name):
        file = tmp_path_factory.mktemp("node") / f"{name}.cjs"
        file.write_text(f'"use strict";\n{live.script(name).replace(EXPORT, ANSWER)}', "utf-8")
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "encoding": "utf-8"}
        return subprocess.Popen([NODE, file], **pipes)

    def compute(name, expression, **values):
        process = started[name] if name in started else started.setdefault(name, start(name))
        process.stdin.write(json.dumps({"expression": expression, "values": values}) + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        assert answer, f"{name}: Node has stopped; what it said stands above"
        return json.loads(answer, object_hook=numbers)

    yield compute
    for process in started.values():
        process.communicate()
