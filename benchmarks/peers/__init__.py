"""Peers: one small file each.

`start(net, weights, x, labels, batch_size, rng)` gives two functions: `epoch()` trains for one epoch and returns its
mean cost, `parameters()` returns the weights as they are now. Whatever a peer compiles or copies once, it does in
`start` or in the first epoch, which is not timed.
"""
