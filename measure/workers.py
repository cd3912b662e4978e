"""Workers: the trainings of a measuring program, some at once, each in a process of its own."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

PROCESSES = min(2, os.cpu_count() or 1)  # that train at once, unless a program is told otherwise

Each = Callable[[Callable, Sequence[tuple]], list]


@contextmanager
def workers(processes: int = PROCESSES) -> Iterator[Each]:
    """Give `each(function, jobs)`, which calls the function with each job's arguments: the results, in their order."""
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield lambda function, jobs: list(pool.map(function, *zip(*jobs, strict=True)))
