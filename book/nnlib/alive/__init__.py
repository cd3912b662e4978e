"""Alive: what a reader steps through, drags and draws; one small script each, in a notebook as on the page.

Each folder here is one interactive. Its module computes the numbers with nnlib and says in words what they show; the
scripts beside it draw. Both meet in `live.show`.
"""
