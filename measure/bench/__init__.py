"""The bench: how long nnlib trains, beside its peers and beside itself with one thing changed."""
