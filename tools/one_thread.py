"""One thread: the variables that hold NumPy's products to it; more only get in the way of small ones.

They are read when NumPy is imported, so they must be set before.
"""

ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)
