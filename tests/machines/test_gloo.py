"""PyTorch's two processes make nnlib's steps; DistributedDataParallel does so where its shards are equal."""

import multiprocessing

import numpy as np
import pytest

from measure import gloo


def test_by_hand_two_processes_learn_what_one_learns_also_from_unequal_shards():
    together = gloo.train_together(gloo.learned_by_hand, gloo.UNEQUAL)
    assert np.abs(together - gloo.train_alone()).max() < 1e-12


def test_distributed_data_parallel_does_so_from_equal_shards_alone():
    alone = gloo.train_alone()
    assert np.abs(gloo.train_together(gloo.learned_by_ddp, gloo.EQUAL) - alone).max() < 1e-12
    assert np.abs(gloo.train_together(gloo.learned_by_ddp, gloo.UNEQUAL) - alone).max() > 1e-3


def fails_in_the_first(sizes, rank):
    if rank == 0:
        raise ZeroDivisionError
    return gloo.learned_by_hand(sizes, rank)


def test_where_a_process_fails_none_is_left():
    with pytest.raises(RuntimeError, match="a process ended with"):
        gloo.train_together(fails_in_the_first, gloo.EQUAL)
    assert not multiprocessing.active_children()
