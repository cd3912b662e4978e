"""Dask: the workers of a cluster train as one machine does, and one that dies takes nothing with it."""

import os
import signal
import sys
import threading

import numpy as np
import psutil
import pytest

import nnlib
from measure import on_dask
from nnlib import SGD, Dense, Network, QuadraticCost, Sigmoid, load_digits, one_hot, parallel

KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
DIGITS = load_digits()
X, Y = DIGITS.x_train.astype(float), one_hot(DIGITS.y_train, 10)
PLAN = {"epochs": 2, "batch_size": 100}


@pytest.fixture
def client():
    """Two workers for one test: of those that it kills, Dask need not begin all anew."""
    with parallel.workers(processes=2) as client:
        client.wait_for_workers(2)
        yield client


def train(client=None, then=lambda epoch: None, transforms=()):
    rng = np.random.default_rng(0)
    network = Network(Dense(64, 30, rng), Sigmoid(), Dense(30, 10, rng), Sigmoid())
    parts = network, QuadraticCost(), SGD(network.parameters(), 3.0), X, Y
    options = PLAN | {"rng": rng, "transforms": transforms}
    costs = (
        parallel.train_epochs(client, *parts, shards=2, **options) if client else nnlib.train_epochs(*parts, **options)
    )
    for epoch, _ in enumerate(costs):
        then(epoch)
    return np.concatenate([p.value.ravel() for p in network.parameters()])


def numbers(client):
    """The number of each worker's process, as the system knows it."""
    return set(client.run(os.getpid).values())


def test_two_workers_train_as_one_process_does(client):
    assert np.abs(train(client) - train()).max() < 1e-12


def test_a_worker_that_dies_between_two_epochs_takes_nothing_with_it(client):
    undisturbed, before = train(client), numbers(client)
    victim = min(before)
    disturbed = train(client, lambda epoch: epoch or os.kill(victim, KILL))
    assert np.array_equal(disturbed, undisturbed) and victim not in numbers(client)


def test_a_worker_that_dies_at_any_moment_of_a_step_takes_nothing_with_it(client, times):
    undisturbed, moments = train(client), np.random.default_rng(0)
    for _ in range(times(2, 20)):
        victim, seen = min(numbers(client)), []
        kill = threading.Timer(moments.uniform(0, 0.02), os.kill, (victim, KILL))

        def kill_in_the_sixth_step(parameters, seen=seen, kill=kill):
            seen.append(1)
            if len(seen) == 5:
                kill.start()

        disturbed = train(client, transforms=[kill_in_the_sixth_step])
        assert np.array_equal(disturbed, undisturbed) and victim not in numbers(client)


def test_where_both_die_at_once_nothing_is_lost_either(client):
    undisturbed, before = train(client), numbers(client)

    def kill_both(epoch):
        if epoch == 0:
            for victim in before:
                os.kill(victim, KILL)

    assert np.array_equal(train(client, kill_both), undisturbed) and not before & numbers(client)


def listening():
    """Where this process, and those that it started, listen."""
    me = psutil.Process()
    return {
        (process.pid, connection.laddr.ip)
        for process in (me, *me.children(recursive=True))
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }


def test_all_of_it_listens_to_this_machine_alone(client):
    found = listening()
    assert {ip for _, ip in found} == {"127.0.0.1"}
    assert numbers(client) <= {pid for pid, _ in found}


def test_what_was_started_ends_with_the_block_also_where_that_fails():
    with pytest.raises(ZeroDivisionError):
        with parallel.workers(processes=2) as client:
            started = numbers(client)
            raise ZeroDivisionError
    assert not [pid for pid in started if psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie"]


def test_the_books_training_runs_on_the_cluster_of_an_address(client, capsys, monkeypatch):
    monkeypatch.setattr(on_dask, "load_mnist", lambda fallback: load_digits())
    before = numbers(client)
    on_dask.main([client.scheduler.address])
    said = capsys.readouterr().out
    assert f"2 workers at {client.scheduler.address}" in said and said.count("mean cost") == 2
    assert numbers(client) == before  # still there: somebody else's cluster


def test_an_address_where_nobody_is_says_so():
    with pytest.raises(OSError, match="127.0.0.1:1"):
        with parallel.workers("tcp://127.0.0.1:1", timeout=2):
            pass


@pytest.mark.skipif(sys.platform == "win32", reason="a terminated process is no news there")
def test_nnlib_alone_does_not_import_dask():
    import subprocess

    code = "import sys, nnlib.parallel; sys.exit('distributed' in sys.modules or 'dask' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
