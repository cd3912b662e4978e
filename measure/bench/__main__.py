"""Time nnlib and its peers, print the ratios beside their bars, and store them in book/measured/bench.json.

    python -m measure.bench                           everything
    python -m measure.bench --only parts growth       some of it: cells, agreement, parts, ablations, left_out, growth,
                                                      footprint; the others keep their stored numbers
    python -m measure.bench --only B10 C128           a look at some of the cells, which is not stored

The bars were set for a calm machine; the exit code says only whether everything ran.
"""

import argparse
import time

import numpy as np

import nnlib
from measure import store
from measure.bench.ablations import CHANGES, LEFT_OUT, Change
from measure.bench.agreement import agreement
from measure.bench.footprint import footprint
from measure.bench.growth import growth
from measure.bench.networks import BATCHES, EXAMPLES, NETS
from measure.bench.peers import peers
from measure.bench.timing import DATA, Worker, interleaved

PEERS = peers()
CELLS = [f"{net}{batch}" for net in NETS for batch in BATCHES[net]]
BARS = [(cell, name, peer.BARS[cell]) for cell in CELLS for name, peer in PEERS.items() if cell in peer.BARS]
MOST = {"import_seconds": 0.35, "training_megabytes": 450}
PARTS = ("footprint", "agreement", "cells", "parts", "ablations", "left_out", "growth")
PACKAGES = ("numpy", *sorted({package for peer in PEERS.values() for package in peer.PACKAGES}))
TAKEN_APART = (("B", 10), ("B", 128), ("C", 32), ("C", 128))


def fitting(net: str, workers: list[Worker]) -> list[Worker]:
    """Those that know this network."""
    return [worker for worker in workers if NETS[net].kind in worker.peer.KINDS]


def measure(cell: str, workers: list[Worker]) -> dict:
    """The seconds of each peer, and nnlib's time as a ratio to each."""
    net, batch = cell[0], int(cell[1:])
    with_bar = [worker.name for worker in workers if cell in worker.peer.BARS]
    timed = interleaved(fitting(net, workers), NETS[net], batch, EXAMPLES[net], in_full=with_bar)
    ours = timed["ours"]["seconds"]
    ratios = {name: float(f"{ours / part['seconds']:.3g}") for name, part in timed.items() if name != "ours"}
    print(f"{cell:6}", *(f"{ratios[name]:8.3f}" if name in ratios else "       -" for name in PEERS), flush=True)
    return {"times": timed, "ratios": ratios}


def take_apart() -> dict[str, dict[str, float]]:
    """The seconds of each part of a step of nnlib's, at some of the cells."""
    result, worker = {}, Worker("parts")
    for net, batch in TAKEN_APART:
        worker.start(NETS[net], batch, examples=EXAMPLES[net] // 4)
        worker.ask("epoch")
        result[f"{net}{batch}"] = parts = worker.ask("epoch")["cost"]
        print(f"{net}{batch}, microseconds:", *(f"{part} {1e6 * seconds:.0f};" for part, seconds in parts.items()))
    worker.close()
    return result


def ablate(changes: dict[str, Change]) -> dict[str, dict]:
    """How many times longer an epoch takes with each change, where it was measured."""
    result, whole = {}, Worker("ours")
    for name, change in changes.items():
        changed = Worker(f"ours+{name}")
        factors = {}
        for net, batch in change.where:
            timed = interleaved([whole, changed], NETS[net], batch, EXAMPLES[net] // 3)
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
    for cell, name, bar in BARS:
        if cell in cells:
            ratio = cells[cell]["ratios"][name]
            rows.append({"cell": cell, "peer": name, "bar": bar, "ratio": ratio, "met": ratio <= bar})
            figure = f"{cell[0]} at batch {cell[1:]} / {PEERS[name].TITLE}"
            print(f"{figure:36}{bar:6.2f}{ratio:8.3f}  {'met' if ratio <= bar else 'not met'}")
    return rows


def compare(workers: list[Worker]) -> dict[str, dict]:
    """For each network, which peers learn what nnlib learns."""
    result = {net: agreement(fitting(net, workers), net) for net in NETS}
    for net, found in result.items():
        for name, it in found.items():
            words = "the same" if it["same"] else f"DIFFERS, {it['why']}"
            print(f"{net} {PEERS[name].TITLE}: {words} ({it['distance']:.1g})")
    return result


def table(names: list[str], workers: list[Worker]) -> dict[str, dict]:
    """The cells of these names, each printed as soon as it stands."""
    print("\nnnlib's time / the peer's\n      ", *(f"{name[:8]:>8}" for name in PEERS))
    return {cell: measure(cell, workers) for cell in names}


def grow() -> dict[str, dict]:
    """How the time of an epoch grows."""
    worker = Worker("ours")
    result = growth(worker)
    worker.close()
    for name, part in result.items():
        print(f"time ~ {name}^{part['slope']:.2f}; between the last two, ^{part['last_slope']:.2f}")
    return result


def main(only: list[str]) -> None:
    """Run the parts asked for, and store each as soon as it stands."""
    wanted, started = only or PARTS, time.monotonic()
    cells = CELLS if "cells" in wanted else [cell for cell in CELLS if cell in wanted]
    DATA.mkdir(parents=True, exist_ok=True)
    data = nnlib.load_mnist()
    np.save(DATA / "x.npy", data.x_train)
    np.save(DATA / "labels.npy", data.y_train)
    words, times, *_ = NETS["T"].sizes
    text = np.random.default_rng(0).integers(words, size=(EXAMPLES["T"], times + 1))  # a step's time hangs on no word
    np.save(DATA / "words.npy", text[:, :-1])
    np.save(DATA / "next.npy", text[:, 1:])
    measured = {"titles": {name: peer.TITLE for name, peer in PEERS.items()}, "examples": EXAMPLES["A"], "most": MOST}

    def keep(**parts) -> None:
        measured.update(parts)
        store("bench", measured, PACKAGES)

    if "footprint" in wanted:
        keep(footprint=footprint())
        print("footprint:", measured["footprint"], "at most", MOST)
    workers = [Worker(name) for name in ("ours", *PEERS)] if cells or "agreement" in wanted else []
    if "agreement" in wanted:
        keep(agreement=compare(workers))
    if cells:
        found = table(cells, workers)
        bars = show_bars(found)
        if cells == CELLS:
            keep(cells=found, bars=bars)
    for worker in workers:
        worker.close()
    if "parts" in wanted:
        keep(parts=take_apart())
    if "ablations" in wanted:
        print("\nan epoch takes so many times longer with")
        keep(ablations=ablate(CHANGES))
    if "left_out" in wanted:
        print("\nwhat was tried and left out: an epoch would take so many times longer with")
        keep(left_out=ablate(LEFT_OUT))
    if "growth" in wanted:
        keep(growth=grow())
    print(f"{(time.monotonic() - started) / 60:.0f} minutes")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Time nnlib and its peers.")
    parser.add_argument("--only", nargs="+", default=[], choices=[*PARTS, *CELLS], help="some parts, or some cells")
    main(parser.parse_args().only)
