"""Run the program of a study: `python -m measure.studies NAME` is `python -m measure.studies.NAME`."""

import runpy
import sys

if len(sys.argv) < 2:
    sys.exit("say which study, by its label: python -m measure.studies NAME, or make STUDY=NAME study")
runpy.run_module(f"measure.studies.{sys.argv.pop(1)}", run_name="__main__", alter_sys=True)
