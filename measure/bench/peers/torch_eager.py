"""PyTorch as it is written: modules, autograd, and the fused optimizer."""

from measure.bench.networks import ADAM, batches

TITLE = "PyTorch eager"
PACKAGES = ("torch",)
KINDS = ("sigmoid", "relu", "lenet", "transformer")
BARS = {"B10": 0.13, "B128": 0.32, "C32": 0.42, "C128": 0.46, "L32": 0.9, "L128": 1.3, "T32": 1.5}
SLOW_AT_SMALL_BATCHES = 0.25
KNOWN = {"T": "the biases of keys have slopes of 0 but for rounding, and Adam makes whole steps of them"}


def start(net, weights, x, labels, batch_size, rng):
    import torch
    from torch import nn

    from measure.bench.torch_models import MODELS

    torch.set_num_threads(1)

    def quadratic(output, target):
        return nn.functional.mse_loss(output, target, reduction="sum") / (2 * len(output))

    def cross_entropy(output, target):
        return nn.functional.cross_entropy(output.flatten(0, -2), target.flatten())

    model, values = MODELS[net.kind](net.sizes), [torch.tensor(array) for pair in weights for array in pair]
    parameters = list(model.parameters())
    for parameter, value in zip(parameters, values, strict=True):
        parameter.data[...] = value.reshape(parameter.shape)
    x = torch.from_numpy(x)
    if net.kind == "sigmoid":
        loss, y = quadratic, torch.eye(10)[labels]
        optimizer = torch.optim.SGD(model.parameters(), net.rate, fused=True)
    else:
        loss, y = cross_entropy, torch.from_numpy(labels)
        betas = (ADAM["beta1"], ADAM["beta2"])
        optimizer = torch.optim.Adam(model.parameters(), net.rate, betas, ADAM["epsilon"], fused=True)

    def epoch():
        total = 0.0
        for batch in batches(torch.from_numpy(rng.permutation(len(x))), batch_size):
            cost = loss(model(x[batch]), y[batch])
            optimizer.zero_grad()
            cost.backward()
            optimizer.step()
            total += cost.item() * len(batch)
        return total / len(x)

    arrays = [parameter.detach().numpy() for parameter in parameters]
    return epoch, lambda: list(zip(arrays[::2], arrays[1::2], strict=True))
