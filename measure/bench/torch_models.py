"""The networks that are timed, as PyTorch's modules; their parameters come in the order of nnlib's."""

from itertools import pairwise

from torch import nn
from torch.nn.functional import scaled_dot_product_attention


def dense(sizes, activation):
    """Dense layers with an activation after each."""
    layers = []
    for n_in, n_out in pairwise(sizes):
        layers += [nn.Linear(n_in, n_out), activation()]
    return layers


def lenet(sizes):
    first, second, *others = sizes
    convolutions = [nn.Conv2d(1, first, 5), nn.ReLU(), nn.MaxPool2d(2)]
    convolutions += [nn.Conv2d(first, second, 5), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*convolutions, nn.Flatten(), *dense((second * 16, *others), nn.ReLU)[:-1])


class Transformer(nn.Module):
    """Characters, each with its position, through the blocks, to the logits of the next."""

    def __init__(self, sizes):
        super().__init__()
        words, times, n, heads, inside, blocks = sizes
        self.words, self.positions = nn.Embedding(words, n), nn.Embedding(times, n)
        self.blocks = nn.Sequential(*(Block(n, heads, inside) for _ in range(blocks)))
        self.out = nn.Sequential(nn.LayerNorm(n), nn.Linear(n, words))

    def forward(self, x):
        return self.out(self.blocks(self.words(x) + self.positions.weight))


class Block(nn.Module):
    """Attention and dense layers, each with a layer norm before it and a residual connection around."""

    def __init__(self, n, heads, inside):
        super().__init__()
        self.heads = heads
        self.norm, self.qkv, self.join = nn.LayerNorm(n), nn.Linear(n, 3 * n), nn.Linear(n, n)
        between = nn.GELU(approximate="tanh")
        self.dense = nn.Sequential(nn.LayerNorm(n), nn.Linear(n, inside), between, nn.Linear(inside, n))

    def forward(self, x):
        examples, times, n = x.shape
        qkv = self.qkv(self.norm(x)).view(examples, times, 3, self.heads, n // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        taken = scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.join(taken.transpose(1, 2).reshape(x.shape))
        return x + self.dense(x)


MODELS = {
    "sigmoid": lambda sizes: nn.Sequential(*dense(sizes, nn.Sigmoid)),
    "relu": lambda sizes: nn.Sequential(*dense(sizes, nn.ReLU)[:-1]),
    "lenet": lenet,
    "transformer": Transformer,
}
