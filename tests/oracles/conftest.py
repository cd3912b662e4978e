"""The libraries that answer, each skipped where it is not installed, and the largest deviation from each."""

import os

import pytest

LARGEST = pytest.StashKey[dict]()
WHERE = "is not installed: `make test-oracles` brings it"


@pytest.fixture(scope="session")
def torch():
    torch = pytest.importorskip("torch", reason=f"PyTorch {WHERE}")
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    return torch


@pytest.fixture(scope="session")
def jax():
    jax = pytest.importorskip("jax", reason=f"JAX {WHERE}")
    jax.config.update("jax_enable_x64", True)
    return jax


@pytest.fixture(scope="session")
def keras():
    os.environ.setdefault("KERAS_BACKEND", "jax")
    return pytest.importorskip("keras", reason=f"Keras {WHERE}")


@pytest.fixture(scope="session")
def agree(request):
    """A function that asserts that a deviation is below its bar, and remembers the largest of each kind."""
    largest = request.config.stash.setdefault(LARGEST, {})

    def agree(what, deviation, bar):
        largest[what] = max(largest.get(what, 0.0), float(deviation))
        assert deviation < bar, what

    return agree


def pytest_terminal_summary(terminalreporter, config):
    if largest := config.stash.get(LARGEST, {}):
        terminalreporter.section("largest deviations")
        for what, deviation in largest.items():
            terminalreporter.line(f"{deviation:.1e}  {what}")
