"""PyTorch as it is written: modules, autograd, and the fused optimizer."""

from measure.bench.networks import ADAM, batches

TITLE = "PyTorch eager"
PACKAGES = ("torch",)
BARS = {"B10": 0.13, "B128": 0.32, "C32": 0.42, "C128": 0.46}
SLOW_AT_SMALL_BATCHES = 0.25


def start(net, weights, x, labels, batch_size, rng):
    import torch
    from torch import nn

    torch.set_num_threads(1)

    def quadratic(output, target):
        return nn.functional.mse_loss(output, target, reduction="sum") / (2 * len(output))

    layers = []
    for W, b in weights:
        dense = nn.Linear(W.shape[1], W.shape[0])
        dense.weight.data, dense.bias.data = torch.tensor(W), torch.tensor(b)
        layers += [dense, nn.Sigmoid() if net.kind == "sigmoid" else nn.ReLU()]
    x = torch.from_numpy(x)
    if net.kind == "sigmoid":
        model, loss, y = nn.Sequential(*layers), quadratic, torch.eye(10)[labels]
        optimizer = torch.optim.SGD(model.parameters(), net.rate, fused=True)
    else:
        model, loss, y = nn.Sequential(*layers[:-1]), nn.CrossEntropyLoss(), torch.from_numpy(labels)
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

    return epoch, lambda: [(d.weight.detach().numpy(), d.bias.detach().numpy()) for d in layers[::2]]
