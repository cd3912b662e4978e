"""Environment: make .venv beside this folder, with every file that requirements.lock names, and keep it up to date.

    python3 tools/environment.py
    python3 tools/environment.py _build/bench/env locks/bench.lock      another one, elsewhere; of several locks in turn

Any Python 3 can read this file, so that one that is too old gets a clear answer instead of a SyntaxError.
A stamp in .venv remembers what was installed: while nothing has changed, a second run does nothing.
"""

import hashlib
import os
import subprocess
import sys

NEEDED = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LIVE = os.path.join("book", "_ext", "nnbook", "live", "python")  # what runs in a reader's browser
REACH = ("", "book", os.path.join("book", "_ext"), "tools", LIVE)  # where Python finds what the book is made of
NETWORK_TROUBLE = ("Retrying (", "ConnectionError", "ProxyError", "SSLError", "Timeout", "name resolution")


def version_problem(version, executable):
    """What to tell the reader whose Python is too old; nothing if it is new enough."""
    if tuple(version[:2]) >= NEEDED:
        return None
    needed, here = (".".join(map(str, numbers)) for numbers in (NEEDED, version[:3]))
    return (
        f"Python {needed} or later is needed, this is {here} ({executable}): "
        "install it, or name another with `make PYTHON=python3.12 book`"
    )


def venv_problem(version, executable):
    """What to tell the reader whose Python cannot make environments; nothing if it can."""
    try:
        import ensurepip  # noqa: F401  Debian and Ubuntu ship it in a package of its own
        import venv  # noqa: F401
    except ImportError as error:
        return (
            f"This Python ({executable}) lacks its venv module ({error}). On Debian or Ubuntu: "
            f"`sudo apt install python{version[0]}.{version[1]}-venv`; "
            "or name another with `make PYTHON=python3.12 book`"
        )
    return None


def python_of(environment):
    """The path of an environment's Python, on this operating system."""
    folder, name = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    return os.path.join(environment, folder, name)


def stamp_of(environment, *locks):
    """One line that changes whenever the packages, the Python or the place of the environment change."""
    digest = hashlib.sha256("\n".join((sys.version, environment, *REACH)).encode("utf-8"))
    for lock in locks:
        with open(lock, "rb") as content:
            digest.update(content.read())
    return digest.hexdigest()


def is_stamped(environment, stamp):
    """Whether an environment remembers that just this was installed, and has its Python."""
    stamp_file = os.path.join(environment, "installed")
    if not (os.path.exists(stamp_file) and os.path.exists(python_of(environment))):
        return False
    with open(stamp_file) as content:
        return content.read() == stamp


def is_ready(root, folder, *locks):
    """Whether an environment is there as its locks have it; its own Python says so, which may be another than this."""
    paths = [os.path.join(root, path) for path in (folder, *locks)]
    code = "import sys, environment as e; sys.exit(not e.is_stamped(sys.argv[1], e.stamp_of(*sys.argv[1:])))"
    try:
        return subprocess.call([python_of(paths[0]), "-c", code] + paths, cwd=os.path.dirname(__file__) or ".") == 0
    except OSError:  # no such file, or a link to a Python that has gone
        return False


def is_healthy(python):
    """Whether an environment's Python runs, has pip, and is of the same version as this one."""
    code = f"import pip, sys; sys.exit(sys.version_info[:2] != {tuple(sys.version_info[:2])})"
    try:
        return subprocess.call([python, "-c", code], stderr=subprocess.DEVNULL) == 0
    except OSError:  # no such file, or a link to a Python that has gone
        return False


def install(python, lock):
    """Run pip with its progress shown; return what went wrong, or nothing.

    The lock is its own constraint: or else pip asks for the newest `coverage` where a package wants `coverage[toml]`.
    """
    command = [python, "-m", "pip", "install", "--disable-pip-version-check", "-r", lock, "-c", lock]
    pip = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    unreachable = False
    for line in pip.stderr:
        sys.stderr.write(line)
        unreachable = unreachable or any(sign in line for sign in NETWORK_TROUBLE)
    if pip.wait() == 0:
        return None
    if unreachable:
        return (
            "The package index could not be reached, so the packages are not installed: "
            "check the network or the proxy (or PIP_INDEX_URL), then run the same command again"
        )
    return "pip could not install the packages; its last lines above say why"


def bring_within_reach(python, root):
    """Let this environment's Python find the book's own packages, by a .pth file: a list of folders to look in.

    They stand as seen from that file, so that no name of a folder above the book, in whatever letters, is in it.
    """
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = subprocess.check_output([python, "-c", code], text=True).strip()
    with open(os.path.join(packages, "the-book.pth"), "w") as listed:
        for folder in REACH:
            listed.write(os.path.relpath(os.path.join(root, folder), packages) + "\n")


def main(root=ROOT, folder=".venv", *locks):
    """Make or update the environment; return what went wrong, or nothing."""
    locks = locks or ("requirements.lock",)
    problem = version_problem(sys.version_info, sys.executable) or venv_problem(sys.version_info, sys.executable)
    if problem:
        return problem
    environment, lock_files = os.path.join(root, folder), [os.path.join(root, lock) for lock in locks]
    python = python_of(environment)
    stamp_file = os.path.join(environment, "installed")
    stamp = stamp_of(environment, *lock_files)
    if is_stamped(environment, stamp):
        return None
    if os.path.exists(stamp_file):
        os.remove(stamp_file)  # until all is installed again

    if not is_healthy(python):
        if os.path.exists(environment) and not os.path.exists(os.path.join(environment, "pyvenv.cfg")):
            return f"{environment} exists but is no Python environment: move it away, then run this command again"
        version = ".".join(map(str, sys.version_info[:3]))
        print(f"Making {folder} with Python {version} ({sys.executable})", flush=True)
        if subprocess.call([sys.executable, "-m", "venv", "--clear", environment]) != 0:
            return f"Python could not make {environment}; its last lines above say why"
    for lock, lock_file in zip(locks, lock_files):  # noqa: B905  an old Python's zip knows no strict
        print(f"Installing what {lock} pins: a few minutes the first time", flush=True)
        problem = install(python, lock_file)
        if problem:
            return problem
    bring_within_reach(python, root)
    with open(stamp_file, "w") as content:
        content.write(stamp)
    return None


if __name__ == "__main__":
    sys.exit(main(ROOT, *sys.argv[1:]))
