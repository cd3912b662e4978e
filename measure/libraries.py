"""What Keras, PyTorch and JAX cost and bring on a processor: import, memory, first step, products of large matrices.

    make libraries      about 3 minutes, in the environment of `make bridge`

Each number comes from a process of its own, in seconds of CPU time, all threads together; the libraries take turns,
five rounds, and the median counts. The step is one of the chapter's network, 64-16-16-10, on a batch of 32: its first
call, with what is compiled then, and the median of the hundred after it. The product is of two matrices of 2048 x 2048,
on one thread. It writes `book/measured/libraries.json`, which the chapter that compares them shows.
"""

import json
import os
import statistics
import subprocess
import sys

from tqdm import tqdm

from measure import BOOK, store

ROUNDS = 5
BEGIN = """
import json, os, resource, sys, time
os.environ["KERAS_BACKEND"] = "jax"
start = time.process_time()
"""
MEMORY = """
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
print(json.dumps(dict(found, megabytes=peak)))
"""
STEPS = """
found = dict(import_seconds=time.process_time() - start)
import numpy as np
rng = np.random.default_rng(0)
x, y = rng.standard_normal((32, 64)).astype(np.float32), rng.integers(0, 10, 32)
{make}
times = []
for _ in range(101):
    before = time.process_time()
    one()
    times.append(time.process_time() - before)
found |= dict(first_seconds=times[0], step_seconds=sorted(times[1:])[50])
"""
LIBRARIES = {  # how each is imported, and how it takes a step
    "nnlib": (
        "import nnlib",
        """
network = nnlib.Network(
    nnlib.Dense(64, 16, rng, np.float32), nnlib.Sigmoid(), nnlib.Dense(16, 16, rng, np.float32), nnlib.Sigmoid(),
    nnlib.Dense(16, 10, rng, np.float32))
loss, optimizer = nnlib.SoftmaxCrossEntropy(), nnlib.SGD(network.parameters(), 1.0)
def one():
    loss.forward(network.forward(x), y)
    network.collect(loss.backward())
    optimizer.step()
""",
    ),
    "PyTorch": (
        "import torch",
        """
from torch import nn
torch.set_num_threads(1)
model = nn.Sequential(nn.Linear(64, 16), nn.Sigmoid(), nn.Linear(16, 16), nn.Sigmoid(), nn.Linear(16, 10))
loss, optimizer = nn.CrossEntropyLoss(), torch.optim.SGD(model.parameters(), 1.0)
x, y = torch.tensor(x), torch.tensor(y)
def one():
    optimizer.zero_grad()
    loss(model(x), y).backward()
    optimizer.step()
""",
    ),
    "JAX": (
        "import jax, jax.numpy as jnp",
        """
sizes = (64, 16), (16, 16), (16, 10)
w = [(jnp.array(rng.standard_normal(size, np.float32)), jnp.zeros(size[1])) for size in sizes]
def cost_of(w, x, y):
    for W, b in w[:-1]:
        x = jax.nn.sigmoid(x @ W + b)
    W, b = w[-1]
    return -jax.nn.log_softmax(x @ W + b)[jnp.arange(32), y].mean()
@jax.jit
def step(w, x, y):
    return jax.tree.map(lambda p, g: p - g, w, jax.grad(cost_of)(w, x, y))
def one():
    global w
    w = jax.block_until_ready(step(w, x, y))
""",
    ),
    "Keras": (
        "import keras",
        """
from keras import layers
model = keras.Sequential([keras.Input((64,)), layers.Dense(16, "sigmoid"), layers.Dense(16, "sigmoid"),
                          layers.Dense(10)])
model.compile(keras.optimizers.SGD(1.0), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
def one():
    model.train_on_batch(x, y)
""",
    ),
}
PRODUCT = """
import json, time
import numpy as np
a = np.random.default_rng(0).standard_normal((2048, 2048))
{make}
times = []
for _ in range(6):
    before = time.process_time()
    one()
    times.append(time.process_time() - before)
print(json.dumps(dict(seconds=sorted(times[1:])[2])))
"""
IN_TORCH = "import torch; torch.set_num_threads(1); t = torch.tensor(a, dtype=torch.{})\ndef one(): t @ t"
IN_JAX = "import jax.numpy as jnp; j = jnp.array(a, jnp.float32)\ndef one(): (j @ j).block_until_ready()"
PRODUCTS = {
    "NumPy, float64": "def one(): a @ a",
    "NumPy, float32": "a = a.astype(np.float32)\ndef one(): a @ a",
    "PyTorch, float32": IN_TORCH.format("float32"),
    "JAX, float32": IN_JAX,
    "PyTorch, bfloat16": IN_TORCH.format("bfloat16"),
}


def run(code: str) -> dict[str, float]:
    """What a fresh Python finds and prints, held to one processor."""
    if hasattr(os, "sched_setaffinity"):
        code = "import os; os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})\n" + code
    surroundings = os.environ | {"JAX_PLATFORMS": "cpu", "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=BOOK, env=surroundings, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def median(found: list[dict[str, float]]) -> dict[str, float]:
    """The median of each number."""
    return {name: statistics.median(each[name] for each in found) for name in found[0]}


def main() -> None:
    """Measure, store and print."""
    steps = {name: BEGIN + imported + STEPS.format(make=make) + MEMORY for name, (imported, make) in LIBRARIES.items()}
    products = {name: PRODUCT.format(make=make) for name, make in PRODUCTS.items()}
    found = {name: [] for name in (*steps, *products)}
    for _ in tqdm(range(ROUNDS)):
        for name, code in (steps | products).items():
            found[name].append(run(code))
    results = {
        "rounds": ROUNDS,
        "libraries": {name: median(found[name]) for name in steps},
        "products": {name: median(found[name])["seconds"] for name in products},
    }
    store("libraries", results, ("numpy", "torch", "jax", "jaxlib", "keras"))
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
