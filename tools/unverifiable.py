"""A pytest plugin for nbval: what a machine cannot verify is not compared, and how fast it is decides nothing.

A notebook whose data this machine lacks runs to its end and is not compared; one that needs an environment of its own
runs there. A cell that does not end in time fails,
also where its code takes the interrupt in its stride; so do those after it, which nbval would excuse.
"""

import pytest
from nbval.plugin import IPyNbCell

from chapters import CELL_TIMEOUT, kernel_of, lacks_data


def pytest_collection_modifyitems(items):
    """Choose each notebook's kernel; compare no cell where its data are missing; let an output take its time."""
    for item in items:
        if isinstance(item, IPyNbCell):
            item.output_timeout = CELL_TIMEOUT
            item.parent.nb.metadata["kernelspec"] = {"name": kernel_of(item.parent.nb.metadata)}
            if lacks_data(item.parent.nb.metadata):
                item.options["check"] = False


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Fail a cell that was interrupted, and whatever comes after it."""
    result = yield
    if getattr(item.parent, "timed_out", False):
        pytest.fail(f"a cell did not end within {item.config.option.nbval_cell_timeout} s", pytrace=False)
    return result
