"""PyTorch without autograd: its tensors, and the backward pass by hand."""

from measure.bench.networks import ADAM, batches

TITLE = "PyTorch by hand"
PACKAGES = ("torch",)
BARS = {"B10": 0.45}
SLOW_AT_SMALL_BATCHES = 0.25


def start(net, weights, x, labels, batch_size, rng):
    import torch

    torch.set_num_threads(1)
    Ws, bs = [torch.tensor(W) for W, _ in weights], [torch.tensor(b) for _, b in weights]
    x, labels = torch.from_numpy(x), torch.from_numpy(labels)
    y = torch.eye(10)[labels]
    moments = [(torch.zeros_like(p), torch.zeros_like(p)) for p in (*Ws, *bs)]
    last, steps = len(Ws) - 1, 0

    def step(parameters, grads):
        nonlocal steps
        steps += 1
        if net.kind == "sigmoid":
            for p, g in zip(parameters, grads, strict=True):
                p.sub_(g, alpha=net.rate)
            return
        first, second = 1 - ADAM["beta1"] ** steps, 1 - ADAM["beta2"] ** steps
        for p, g, (m, v) in zip(parameters, grads, moments, strict=True):
            m.lerp_(g, 1 - ADAM["beta1"])
            v.mul_(ADAM["beta2"]).addcmul_(g, g, value=1 - ADAM["beta2"])
            p.addcdiv_(m, (v / second).sqrt_().add_(ADAM["epsilon"]), value=-net.rate / first)

    @torch.no_grad()
    def epoch():
        total = 0.0
        for batch in batches(torch.from_numpy(rng.permutation(len(x))), batch_size):
            n, activations, target = len(batch), [x[batch]], y[batch]
            for i, (W, b) in enumerate(zip(Ws, bs, strict=True)):
                z = torch.addmm(b, activations[-1], W.t())
                if net.kind == "sigmoid":
                    activations.append(z.sigmoid_())
                else:
                    activations.append(z.relu_() if i < last else z)
            output = activations[-1]
            if net.kind == "sigmoid":
                error = output - target
                total += error.square().sum().item() / 2
                delta = error.div_(n).mul_(output * (1 - output))
            else:
                log_p = output.log_softmax(1)
                total -= (log_p * target).sum().item()
                delta = log_p.exp_().sub_(target).div_(n)
            dWs, dbs = [], []
            for i in range(last, -1, -1):
                a = activations[i]
                dWs.insert(0, delta.t() @ a)
                dbs.insert(0, delta.sum(0))
                if i:
                    delta = delta @ Ws[i]
                    delta.mul_(a * (1 - a) if net.kind == "sigmoid" else a > 0)
            step((*Ws, *bs), (*dWs, *dbs))
        return total / len(x)

    return epoch, lambda: [(W.numpy(), b.numpy()) for W, b in zip(Ws, bs, strict=True)]
