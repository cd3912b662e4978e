"""Memory: what was tried, solved and predicted, kept in one small file on this machine only.

The file lies in the per-user data folder; the environment variable NNLIB_PROGRESS names another, or is
"off". A damaged file is set aside under another name, and a new one is begun.
"""

import itertools
import json
import os
import re
import tempfile
import time
from pathlib import Path

TITLES = json.loads(Path(__file__).with_name("chapters.json").read_text(encoding="utf-8"))  # in the book's order
DAMAGED = (ValueError, KeyError, TypeError, AttributeError, OverflowError)  # what reading a damaged file may raise


def record(exercise: str, solved: bool) -> None:
    """Remember an answer to an exercise, "backprop.output_error": how often tried, and whether ever solved."""
    kept = read()
    entry = kept["exercises"].setdefault(exercise, {"tries": 0, "solved": False})
    entry["tries"] += 1
    entry["solved"] = entry["solved"] or solved
    _write(kept)


def record_prediction(name: str, guess: float | str, result: float | str | None = None) -> None:
    """Remember a guess, and later what came out."""
    kept = read()
    kept["predictions"][name] = {"guess": guess, "result": result}
    _write(kept)


def progress() -> None:
    """Print what was tried, solved and predicted so far, chapter by chapter."""
    kept = read()
    if not any(kept.values()):
        print("Nothing yet: check an exercise or commit a prediction, and it is counted here.")
    begun = {name.split(".")[0] for name in [*kept["exercises"], *kept["predictions"]]}
    for chapter in [*filter(begun.__contains__, TITLES), *sorted(begun - TITLES.keys())]:
        tried = [entry for name, entry in kept["exercises"].items() if name.split(".")[0] == chapter]
        guesses = [name for name in kept["predictions"] if name.split(".")[0] == chapter]
        solved = sum(entry["solved"] for entry in tried)
        title = TITLES.get(chapter, chapter)
        print(f"{title}: {len(tried)} exercises tried, {solved} solved; {len(guesses)} predictions")


def export_progress(path: str | Path) -> None:
    """Write the progress as JSON to `path`."""
    Path(path).write_text(json.dumps(read(), indent=1), encoding="utf-8")
    print(f"Written to {path}")


def import_progress(path: str | Path) -> None:
    """Add the progress that `export_progress` or the page wrote to `path` to what is kept here, losing neither."""
    try:
        found = _understood(Path(path).read_bytes())
    except OSError as error:
        print(f"{path} cannot be read ({error.strerror}), and nothing was changed.")
        return
    except DAMAGED:
        print(f"{path} is no progress of this book, and nothing was changed.")
        return
    kept = read()
    for name, entry in found["exercises"].items():
        before = kept["exercises"].get(name, {"tries": 0, "solved": False})
        kept["exercises"][name] = {key: max(entry[key], before[key]) for key in entry}
    kept["predictions"] = found["predictions"] | kept["predictions"]
    _write(kept)
    print(f"Read in: {len(found['exercises'])} exercises and {len(found['predictions'])} predictions.")


def clear_progress() -> None:
    """Forget everything: delete the file."""
    if (file := _file()) is not None:
        file.unlink(missing_ok=True)
    print("Cleared.")


def read() -> dict:
    """What is kept, or an empty record; a damaged file is set aside, not lost."""
    file = _file()
    try:
        stored = file.read_bytes() if file else b""
    except OSError:  # none yet, or not readable
        stored = b""
    if not stored:
        return {"exercises": {}, "predictions": {}}
    try:
        return _understood(stored)
    except DAMAGED:
        aside = file.with_name(f"{file.stem}-damaged-{time.strftime('%Y%m%d-%H%M%S')}{file.suffix}")
        print(f"The progress file was damaged; it is kept as {aside}, and a new one is begun.")
        try:
            os.replace(file, aside)
        except OSError:  # a folder that is read-only: go on without
            pass
        return {"exercises": {}, "predictions": {}}


def _understood(stored: bytes) -> dict:
    """What a file of progress says; one of DAMAGED if it is none."""
    if _depth(stored) > 10:  # three are written; in a browser many thousands would end the kernel
        raise ValueError("nested too deeply")
    kept = json.loads(stored)
    return {
        "exercises": {
            str(name): {"tries": int(entry["tries"]), "solved": bool(entry["solved"])}
            for name, entry in kept["exercises"].items()
        },
        "predictions": {
            str(name): {"guess": entry["guess"], "result": entry["result"]}
            for name, entry in kept["predictions"].items()
        },
    }


def _depth(stored: bytes) -> int:
    """How deeply the brackets of a JSON text are nested, those within its strings aside."""
    brackets = re.sub(rb'"(?:[^"\\]|\\.)*"?|[^][{}"]+', b"", stored, flags=re.DOTALL)
    return max(itertools.accumulate(1 if bracket in b"[{" else -1 for bracket in brackets), default=0)


def _file() -> Path | None:
    """Where the progress is kept; nowhere if it is off or there is no such folder."""
    named = os.environ.get("NNLIB_PROGRESS")
    if named:
        return None if named == "off" else Path(named)
    try:
        import platformdirs

        folder = Path(platformdirs.user_data_dir("nnlib", appauthor=False))
    except (ImportError, RuntimeError):  # in a browser; for a user with no home folder
        return None
    return folder / "progress.json" if folder.is_absolute() else None  # an older platformdirs leaves a "~"


def _write(kept: dict) -> None:
    """Replace the file, whole; where it cannot be written the exercises work all the same."""
    file = _file()
    if file is None:
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, partial = tempfile.mkstemp(dir=file.parent, suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                json.dump(kept, stream, indent=1)
            os.replace(partial, file)
        finally:
            Path(partial).unlink(missing_ok=True)
    except OSError:
        return
