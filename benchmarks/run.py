"""Time nnlib and its peers, print the ratios beside their bars, and store them in book/bench.json.

    make bench                              everything
    make bench ONLY="B10 C128"              some of the table
    make bench ONLY="parts footprint"       some of the rest: agreement, parts, ablations, left_out, growth, footprint

Whatever is not run keeps its stored numbers. The bars were set for a calm machine; the exit code says
only whether everything ran.
"""

import argparse
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "book"))  # where nnlib is

import numpy as np  # noqa: E402

import nnlib  # noqa: E402
from ablations import CHANGES, LEFT_OUT, Change  # noqa: E402
from agreement import agreement  # noqa: E402
from footprint import footprint  # noqa: E402
from grow import growth  # noqa: E402
from machine import machine  # noqa: E402
from networks import BATCHES, NETS  # noqa: E402
from timing import DATA, EXAMPLES, HERE, Worker, interleaved  # noqa: E402

PEERS = (
    "ours",
    "floor",
    "tuned",
    "nielsen",
    "scikit",
    "torch_eager",
    "torch_hand",
    "keras_fit",
    "jax_step",
    "jax_scan",
    "jax_scan+pool",
)
TITLES = {
    "floor": "floor",
    "tuned": "NumPy tuned by hand",
    "nielsen": "Nielsen's loop",
    "scikit": "scikit-learn",
    "torch_eager": "PyTorch eager",
    "torch_hand": "PyTorch by hand",
    "keras_fit": "Keras",
    "jax_step": "JAX step",
    "jax_scan": "JAX scan",
    "jax_scan+pool": "JAX scan, own pool",
}
SCAN = ("jax_scan+pool", "jax_scan")  # XLA's flag for one thread leaves a pool of threads that hand the work about
BARS = [
    *(("B", 10, peer, bar) for peer, bar in (("nielsen", 0.08), ("torch_eager", 0.13), ("torch_hand", 0.45))),
    *(("B", 10, peer, 1.1) for peer in SCAN),
    ("B", 10, "floor", 2.8),
    *((net, 128, peer, 1.0) for net in "AB" for peer in SCAN),
    ("B", 128, "torch_eager", 0.32),
    ("B", 128, "scikit", 0.45),
    *(("C", 32, peer, 1.5) for peer in SCAN),
    ("C", 32, "torch_eager", 0.42),
    *(("C", 128, peer, 1.2) for peer in SCAN),
    ("C", 128, "torch_eager", 0.46),
    ("C", 128, "floor", 1.8),
]
MOST = {"import_seconds": 0.35, "training_megabytes": 450}
RESULTS = HERE.parent / "book" / "bench.json"
CELLS = [f"{net}{batch}" for net in NETS for batch in BATCHES]
PARTS = ("agreement", "parts", "ablations", "left_out", "growth", "footprint")
VERSIONS = ("numpy", "scikit-learn", "torch", "keras", "jax", "jaxlib")
TAKEN_APART = (("B", 10), ("B", 128), ("C", 32), ("C", 128))


def fits(peer: str, net: str) -> bool:
    """Nielsen's description knows sigmoid neurons, the quadratic cost and plain steps only."""
    return peer != "nielsen" or NETS[net].kind == "sigmoid"


def measure(cell: str, workers: list[Worker]) -> dict:
    """The seconds of each peer, and nnlib's time as a ratio to each."""
    net, batch = cell[0], int(cell[1:])
    with_bar = [peer for *where, peer, _ in BARS if where == [net, batch]]
    timed = interleaved([w for w in workers if fits(w.name, net)], NETS[net], batch, in_full=with_bar)
    ours = timed["ours"]["seconds"]
    ratios = {name: float(f"{ours / part['seconds']:.3g}") for name, part in timed.items() if name != "ours"}
    print(f"{cell:6}", *(f"{ratios[name]:8.3f}" if name in ratios else "       -" for name in TITLES), flush=True)
    return {"times": timed, "ratios": ratios}


def take_apart() -> dict[str, dict[str, float]]:
    """The seconds of each part of a step of nnlib's, at some of the cells."""
    result, worker = {}, Worker("parts")
    for net, batch in TAKEN_APART:
        worker.start(NETS[net], batch, examples=EXAMPLES // 4)
        worker.ask("epoch")
        result[f"{net}{batch}"] = parts = worker.ask("epoch")["cost"]
        print(f"{net}{batch}, microseconds:", *(f"{part} {1e6 * seconds:.0f};" for part, seconds in parts.items()))
    worker.close()
    return result


def ablate(changes: dict[str, Change]) -> dict[str, dict]:
    """How many times longer an epoch takes with each change, where it was measured."""
    result, whole, examples = {}, Worker("ours"), EXAMPLES // 3
    for name, change in changes.items():
        changed = Worker(f"ours+{name}")
        factors = {}
        for net, batch in change.where:
            timed = interleaved([whole, changed], NETS[net], batch, examples)
            factors[f"{net}{batch}"] = round(timed[changed.name]["seconds"] / timed["ours"]["seconds"], 3)
        changed.close()
        result[name] = {"what": change.what, "factors": factors}
        print(f"  {change.what}: " + ", ".join(f"{cell} {factor:.2f}" for cell, factor in factors.items()), flush=True)
    whole.close()
    return result


def show_bars(cells: dict) -> list[dict]:
    """Each bar beside what was measured."""
    rows = []
    print(f"\n{'figure':36}{'bar':>6}{'ratio':>8}")
    for net, batch, peer, bar in BARS:
        ratio = cells.get(f"{net}{batch}", {}).get("ratios", {}).get(peer)
        if ratio is not None:
            rows.append({"cell": f"{net}{batch}", "peer": peer, "bar": bar, "ratio": ratio, "met": ratio <= bar})
            figure = f"{net} at batch {batch} / {TITLES[peer]}"
            print(f"{figure:36}{bar:6.2f}{ratio:8.3f}  {'met' if ratio <= bar else 'not met'}")
    return rows


def main(only: list[str]) -> None:
    """Run the parts asked for, and store each as soon as it stands."""
    wanted, started = only or [*PARTS, *CELLS], time.monotonic()
    DATA.mkdir(parents=True, exist_ok=True)
    data = nnlib.load_mnist()
    np.save(DATA / "x.npy", data.x_train)
    np.save(DATA / "labels.npy", data.y_train)
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    cells = results.setdefault("cells", {})

    def store() -> None:
        results["cells"] = {cell: cells[cell] for cell in CELLS if cell in cells}
        results.update(machine=machine(*VERSIONS), titles=TITLES, examples=EXAMPLES, most=MOST)
        RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    if "footprint" in wanted:
        results["footprint"] = footprint()
        print("footprint:", results["footprint"], "at most", MOST)
        store()
    names = [cell for cell in CELLS if cell in wanted]
    if names or "agreement" in wanted:
        workers = [Worker(name) for name in PEERS]
        if "agreement" in wanted:
            results["agreement"] = {net: agreement([w for w in workers if fits(w.name, net)], net) for net in NETS}
            for net, peers in results["agreement"].items():
                for name, found in peers.items():
                    words = "the same" if found["same"] else f"DIFFERS, {found['why']}"
                    print(f"{net} {TITLES[name]}: {words} ({found['distance']:.1g})")
            store()
        if names:
            print("\nnnlib's time / the peer's\n      ", *(f"{name[:8]:>8}" for name in TITLES))
        for cell in names:
            cells[cell] = measure(cell, workers)
            store()
        for worker in workers:
            worker.close()
    if "parts" in wanted:
        results["parts"] = take_apart()
        store()
    if "ablations" in wanted:
        print("\nan epoch takes so many times longer with")
        results["ablations"] = ablate(CHANGES)
        store()
    if "left_out" in wanted:
        print("\nwhat was tried and left out: an epoch would take so many times longer with")
        results["left_out"] = ablate(LEFT_OUT)
        store()
    if "growth" in wanted:
        worker = Worker("ours")
        results["growth"] = growth(worker)
        worker.close()
        for name, part in results["growth"].items():
            print(f"time ~ {name}^{part['slope']:.2f}; between the last two, ^{part['last_slope']:.2f}")
        store()
    results["bars"] = show_bars(cells)
    store()
    print(f"\n{RESULTS.relative_to(HERE.parent)} is written; {(time.monotonic() - started) / 60:.0f} minutes")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Time nnlib and its peers.")
    parser.add_argument("--only", nargs="+", default=[], choices=[*PARTS, *CELLS], help="some parts or cells")
    sys.exit(main(parser.parse_args().only))
