"""The machine: what was measured on, and with which versions."""

import importlib.metadata
import os
import platform
from pathlib import Path


def machine(*packages: str) -> dict:
    """The processor, the system, the load now, and the versions of Python and these packages."""
    processor = platform.processor() or platform.machine()
    if (info := Path("/proc/cpuinfo")).exists():
        names = [line.split(":")[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
        processor = names[0] if names else processor
    return {
        "processor": processor,
        "processors": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load": [round(load, 2) for load in os.getloadavg()] if hasattr(os, "getloadavg") else None,
        **{package: importlib.metadata.version(package) for package in packages},
    }
