"""Build the site into _build/html and print its address.

python tools/build_book.py            as a reader needs it
python tools/build_book.py --strict   as the checks need it: every page anew, and a single warning is a failure
"""

import sys

from jupyter_book.cli.main import main as jupyter_book

from chapters import ROOT

STRICT = ["--all", "-W", "-n", "--keep-going"]


def main(arguments: list[str]) -> None:
    """Run Jupyter Book, which raises SystemExit or RuntimeError where it fails."""
    options = STRICT if arguments == ["--strict"] else arguments
    jupyter_book(["build", str(ROOT), *options], standalone_mode=False)
    print(f"\nThe book is built. Open {(ROOT / '_build' / 'html' / 'index.html').as_uri()}")


if __name__ == "__main__":
    main(sys.argv[1:])
