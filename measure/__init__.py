"""Measure: the programs whose results take too long for a notebook, each run as `python -m measure.NAME`.

| program | what it writes |
|---|---|
| results | `results.json`: what the networks of the chapter on handwritten digits reach, over five seeds |
| batches | `batches.json`: what batch sizes reach on the digits, each at its own best rate |
| race | `race.json`: how far each optimiser comes on the digits, at its own best rate |
| depth | `depth.json`: what each remedy does for a network of 20 layers, each at its own best rate |
| norm | `norm.json`: what normalisation and residuals, alone and together, do for that network |
| generalisation | `generalisation.json`: what remedies against learning by heart bring on few and many labels |
| convolution | `convolution.json`: what kernels and dense layers read of digits that have moved |
| memory | `memory.json`: how far back recurrent networks remember, and what a missing transpose costs |
| shakespeare | `shakespeare.json`: how well a small transformer foresees lines that it has not seen |
| tape | `tape.json`: how long the tape takes and what it keeps, beside hand-written layers |
| controls | `controls.json`: which ingredient of those networks did it, each side at its own best rate |
| shards | `shards.json`: what it costs and brings to share a batch out, and whether a training outlives its workers |
| museum | `museum.json`: what the tutorial's network in the bug museum reaches, and with its slips mended |
| second_hall | `second_hall.json`: what the exhibits of the museum's second hall cost, as found and mended |
| records | `records.json`: how far dense layers come on MNIST in a minute and in five, and how far kernels do |
| bench | `bench.json`: how long nnlib trains, beside its peers |
| libraries | `libraries.json`: what Keras, PyTorch and JAX cost and bring beside nnlib, on a processor |
| live | `live.json`: how long a chapter takes that runs on its page, in a browser |
| pages | `pages.json`: how soon the site's pages are there, by Lighthouse |

The programs of the case studies, and what they write, lie each in a folder `studies` of their own.

All of it goes to `book/measured/` by way of `store`. Importing this package holds NumPy to one thread.
"""

import importlib.metadata
import json
import os
import platform
import statistics
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from one_thread import ONE_THREAD

ROOT = Path(__file__).resolve().parents[1]
BOOK = ROOT / "book"
MEASURED = BOOK / "measured"
LOAD = [round(load, 2) for load in os.getloadavg()] if hasattr(os, "getloadavg") else None  # before any work is done

os.environ.update(ONE_THREAD)


def machine(*packages: str) -> dict:
    """The processor, the system, the load when the program began, and the versions of Python and these packages."""
    processor = platform.processor() or platform.machine()
    if (info := Path("/proc/cpuinfo")).exists():
        names = [line.split(":")[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
        processor = names[0] if names else processor
    return {
        "processor": processor,
        "processors": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "load": LOAD,
        "python": platform.python_version(),
        **{package: importlib.metadata.version(package) for package in packages},
    }


def commit() -> str | None:
    """The commit that is checked out, with a "+" if the code is no longer as it was there; nothing outside git."""

    def git(*arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)

    try:
        head, changed = git("rev-parse", "--short", "HEAD"), git("status", "--porcelain", "book/nnlib", "measure")
    except OSError:  # there is no git
        return None
    return head.stdout.strip() + ("+" if changed.stdout else "") if head.returncode == 0 else None


def spread(values: Sequence[float]) -> dict[str, float]:
    """Mean and range, over seeds."""
    return {"mean": statistics.fmean(values), "min": min(values), "max": max(values)}


def rounded(value: object) -> object:
    """The same with floats to 6 digits, so that a file is short to read and to compare."""
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value


def store(name: str, data: dict, packages: Sequence[str] = ("numpy",), folder: Path = MEASURED) -> None:
    """Write `data` into book/measured/NAME.json, below "made": the program, its version, the date and the machine.

    The program of a study stores "studies/NAME".

    Keys of that file that are not in `data` stay as they are, and its "earlier" says what made each of them.
    """
    import nnlib  # not above: a worker of the bench chooses its threads before NumPy comes in

    path = folder / f"{name}.json"
    stored = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    before, earlier = stored.pop("made", None), stored.pop("earlier", {})
    kept = {key: value for key, value in stored.items() if key not in data}
    made = {
        "program": f"python -m measure.{name.replace('/', '.')}",
        "nnlib": nnlib.__version__,
        "commit": commit(),
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine(*packages),
    }
    head = {"made": made} | ({"earlier": {key: earlier.get(key, before) for key in kept}} if kept else {})
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(head | rounded(kept | data), indent=1, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")
    print(f"book/measured/{name}.json is written", flush=True)
