"""JAX's scan with a pool of threads, which hand the work about: XLA's flag for one thread leaves it that."""

from measure.bench.peers.jax_scan import BARS, PACKAGES, start

__all__ = ["BARS", "PACKAGES", "PINNED", "TITLE", "start"]
TITLE = "JAX scan, own pool"
PINNED = False
