"""Alive: what a reader steps through, drags and draws; one small script each, in a notebook as on the page.

A module here computes an interactive's numbers with nnlib and says in words what it shows; the script beside it,
`<name>.js`, draws. Both meet in `live.show`.
"""
