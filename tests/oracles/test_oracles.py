"""Oracles: nnlib against libraries that were written by others; the same numbers, or a difference is a bug."""

import itertools

import numpy as np
import pytest
from parts import LAYERS, LOSSES, OPTIMIZERS, rows

from nnlib import (
    GELU,
    LSTM,
    SGD,
    Attention,
    BatchNorm,
    BinaryCrossEntropy,
    Conv2d,
    Dense,
    Dropout,
    LayerNorm,
    LeakyReLU,
    MaxPool2d,
    Network,
    QuadraticCost,
    Recurrent,
    ReLU,
    Residual,
    Sigmoid,
    SoftmaxCrossEntropy,
    Tanh,
    cosine,
    load_digits,
    minibatches,
    one_hot,
    step_decay,
    train_epochs,
    warm_up,
)

# Random networks


def random_case(depth, seed):
    """A network of this depth, a loss, and a batch of 1 to 64 examples with its targets."""
    rng = np.random.default_rng([depth, seed])
    loss = [*LOSSES][seed % len(LOSSES)]()
    n, widths = int(rng.integers(1, 65)), [int(width) for width in rng.integers(1, 20, depth + 1)]
    widths[-1] = 1 if isinstance(loss, BinaryCrossEntropy) else widths[-1] + 1
    layers = []
    for i, (n_in, n_out) in enumerate(itertools.pairwise(widths)):
        layers.append(Dense(n_in, n_out, rng))
        if i < depth - 1 or isinstance(loss, QuadraticCost):
            if rng.random() < 0.5 and n_in > 1 and n_out > 2:  # else next to nothing in front of it has an effect
                layers += [[BatchNorm, LayerNorm][rng.integers(2)](n_out)]
            layers += [[Sigmoid, Tanh, ReLU, LeakyReLU, GELU][rng.integers(5)]()]
            layers += [Residual(Dense(n_out, n_out, rng), Tanh())] if rng.random() < 0.3 else []
            layers += [Dropout(rng.uniform(0, 0.7), rng)] if rng.random() < 0.3 else []
    network = Network(*layers)
    for p in network.parameters():
        p.value[...] += 0.1 * rng.standard_normal(p.value.shape)  # biases too are something other than 0
    x = rng.standard_normal((n, widths[0]))
    if isinstance(loss, SoftmaxCrossEntropy):
        return network, loss, x, rng.integers(0, widths[-1], n)
    y = rng.standard_normal((n, widths[-1]))
    return network, loss, x, (y > 0).astype(float) if isinstance(loss, BinaryCrossEntropy) else y


def twin_of(torch, layer):
    """The same layer, or network, in PyTorch; its parameters stand in the same order."""
    twin = LAYERS[type(layer)].twin(torch, layer)
    for theirs, ours in zip(twin.parameters(), layer.parameters(), strict=True):
        theirs.data = torch.tensor(ours.value)
    return twin


def free(network):
    """Which parameters have no effect in training: a bias in front of BatchNorm, which takes the mean away again."""
    before = {f"{i}.b" for i, part in enumerate(network.layers[1:]) if isinstance(part, BatchNorm)}
    return [p.name in before for p in network.parameters()]


def deviation(ours, theirs, free):
    """The largest of the arrays' relative deviations; below a thousandth of the largest array, beside that.

    A free one, whose gradient is 0 but for rounding, counts beside the largest itself.
    """
    ours, theirs = [np.asarray(array) for array in ours], [np.asarray(array.detach()) for array in theirs]
    whole = max(1e-300, *(np.linalg.norm(array) for array in theirs))
    return max(
        np.linalg.norm(a - b) / (whole if is_free else max(np.linalg.norm(b), 1e-3 * whole))
        for a, b, is_free in zip(ours, theirs, free, strict=True)
    )


@pytest.mark.parametrize("depth", range(1, 7))
def test_gradients_are_those_of_pytorch(torch, agree, depth):
    seen = set()
    for seed in range(34):  # 204 networks in all
        network, loss, x, y = random_case(depth, seed)
        seen |= {type(part) for part in network.layers} | {type(loss)}
        twin, their_x = twin_of(torch, network), torch.tensor(x, requires_grad=True)
        cost = loss.forward(network.forward(x), y)
        dx = network.backward(loss.backward())
        their_cost = LOSSES[type(loss)].twin(torch, twin(their_x), torch.tensor(y))
        their_cost.backward()
        agree("costs of random networks", abs(cost - their_cost.item()) / abs(their_cost.item()), 1e-10)
        gradients = [dx, *(p.grad for p in network.parameters())]
        their_gradients = [their_x.grad, *(p.grad for p in twin.parameters())]
        agree(
            "gradients of random networks",
            deviation(gradients, their_gradients, [False, *free(network)]),
            1e-10,
        )
    of_rows = {kind for kind, part in LAYERS.items() if part.input is rows}
    assert depth == 1 or seen == {*of_rows, *LOSSES} - {Network}


SIZES = [(1, 1), (1, 4), (2, 3), (5, 6), (7, 2)]  # examples, width


@pytest.mark.parametrize("kind", LAYERS, ids=lambda kind: kind.__name__)
def test_a_layer_alone_is_that_of_pytorch(torch, agree, kind):
    for i, (n, width) in enumerate(SIZES):
        rng = np.random.default_rng(i)
        layer = LAYERS[kind].make(width, rng, np.float64)
        for p in layer.parameters():
            p.value[...] += 0.3 * rng.standard_normal(p.value.shape)
        x = LAYERS[kind].input(rng, n, width)
        compare_layers(torch, agree, layer, x, rng)


@pytest.mark.parametrize("shape", [(1, 5, 5), (3, 6, 7), (2, 9, 4)])
def test_convolutions_of_all_sizes_strides_and_paddings_are_those_of_pytorch(torch, agree, shape):
    for n, size, stride, padding in itertools.product((1, 3), (1, 2, 3, 4), (1, 2, 3), (0, 1, 2)):
        rng = np.random.default_rng(size)
        layer = Conv2d(shape, 4, size, rng, stride=stride, padding=padding)
        layer.b[...] = rng.standard_normal(4)
        compare_layers(torch, agree, layer, rng.standard_normal((n, *shape)), rng)


def test_pooling_gives_slopes_of_ties_to_the_pixel_to_which_pytorch_gives_them(torch, agree):
    for n, size, shape in itertools.product((1, 4), (1, 2, 3), [(1, 3, 3), (2, 7, 6), (3, 4, 5)]):
        rng = np.random.default_rng(n)
        compare_layers(torch, agree, MaxPool2d(shape, size), rng.integers(0, 3, (n, *shape)).astype(float), rng)


def test_sequences_of_all_lengths_heads_and_masks_are_those_of_pytorch(torch, agree):
    for n, time, width, heads, causal in itertools.product((1, 3), (1, 2, 7), (4, 12), (1, 2, 4), (False, True)):
        rng = np.random.default_rng(time)
        x = rng.standard_normal((n, time, width))
        compare_layers(torch, agree, Attention(width, heads, rng, causal=causal), x, rng)
        for kind in (Recurrent, LSTM):
            compare_layers(torch, agree, kind(width, heads, rng), x, rng)


def test_a_transformer_is_that_of_pytorch(torch, agree):
    rng = np.random.default_rng(0)
    layer = Network(
        Residual(LayerNorm(8), Attention(8, 2, rng)),
        Residual(LayerNorm(8), Dense(8, 32, rng), GELU(), Dense(32, 8, rng)),
    )
    for p in layer.parameters():
        p.value[...] += 0.3 * rng.standard_normal(p.value.shape)
    theirs = torch.nn.TransformerEncoderLayer(
        8, 2, 32, dropout=0, activation=torch.nn.GELU(approximate="tanh"), batch_first=True, norm_first=True
    )
    parts = [theirs.norm1, theirs.self_attn, theirs.norm2, theirs.linear1, theirs.linear2]
    their_parameters = [p for part in parts for p in part.parameters()]
    for p, their_p in zip(layer.parameters(), their_parameters, strict=True):
        their_p.data = torch.tensor(p.value)
    x, grad = rng.standard_normal((2, 3, 5, 8))
    output, their_output = layer.forward(x), theirs(torch.tensor(x))
    layer.backward(grad)
    their_output.backward(torch.tensor(grad))
    ours = [output, *(p.grad for p in layer.parameters())]
    agree(
        "a transformer block", deviation(ours, [their_output, *(p.grad for p in their_parameters)], [False] * 13), 1e-10
    )


def compare_layers(torch, agree, layer, x, rng):
    """That a layer and its twin give the same output, and the same gradients for random slopes of it."""
    twin, their_x = twin_of(torch, layer), torch.tensor(x, requires_grad=x.dtype == np.float64)
    output = layer.forward(x)
    grad = rng.standard_normal(output.shape)
    dx = layer.backward(grad)
    their_output = twin(their_x)
    their_output.backward(torch.tensor(grad))
    ours, theirs = [output, *(p.grad for p in layer.parameters())], [their_output, *(p.grad for p in twin.parameters())]
    if their_x.requires_grad:
        ours, theirs = [*ours, dx], [*theirs, their_x.grad]
    name = type(layer).__name__
    agree(f"{name} alone", deviation(ours, theirs, [False] * len(ours)), 1e-10)
    twin.eval()
    agree(f"{name}.predict", deviation([layer.predict(x)], [twin(torch.tensor(x))], [False]), 1e-10)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_fifty_steps_end_where_those_of_pytorch_end(torch, agree, name):
    ours, theirs, rate = OPTIMIZERS[name].make, OPTIMIZERS[name].twin, OPTIMIZERS[name].rate
    for depth, seed in itertools.product(range(1, 7), range(6)):
        network, loss, x, y = random_case(depth, seed)
        twin = twin_of(torch, network)
        optimizer, their_optimizer = ours(network.parameters(), rate), theirs(torch)(twin.parameters(), lr=rate)
        for _ in range(50):
            loss.forward(network.forward(x), y)
            network.backward(loss.backward())
            their_optimizer.zero_grad()
            LOSSES[type(loss)].twin(torch, twin(torch.tensor(x)), torch.tensor(y)).backward()
            for p, their_p, is_free in zip(network.parameters(), twin.parameters(), free(network), strict=True):
                if is_free:  # its slope is rounding alone, which an adaptive rate enlarges to steps
                    p.grad[...] = their_p.grad[...] = 0
            optimizer.step()
            their_optimizer.step()
        values, their_values = [p.value for p in network.parameters()], [*twin.parameters()]
        agree(f"parameters after 50 steps of {name}", deviation(values, their_values, [False] * len(values)), 1e-8)
        if len(x) > 1:
            twin.eval()
            predictions = [network.predict(x)], [twin(torch.tensor(x))]
            agree("predictions after 50 steps", deviation(*predictions, [False]), 1e-8)


def test_schedules_give_the_rates_of_pytorch(torch, agree):
    schedulers, rate, steps = torch.optim.lr_scheduler, 0.3, 20
    pairs = {
        "step decay": (step_decay(rate, 6, 0.5), lambda o: schedulers.StepLR(o, 6, 0.5)),
        "cosine": (cosine(rate, steps, 0.1), lambda o: schedulers.CosineAnnealingLR(o, steps, 0.1 * rate)),
        "warm-up": (warm_up(rate, 5), lambda o: schedulers.LinearLR(o, 1 / 5, 1, 4)),
        "both": (
            warm_up(cosine(rate, 15), 5),
            lambda o: schedulers.SequentialLR(
                o, [schedulers.LinearLR(o, 1 / 5, 1, 4), schedulers.CosineAnnealingLR(o, 15)], [5]
            ),
        ),
    }
    for name, (ours, theirs) in pairs.items():
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], rate)
        scheduler = theirs(optimizer)
        for step in range(steps):
            agree(f"rates of {name}", abs(ours(step) - optimizer.param_groups[0]["lr"]), 1e-12)
            optimizer.step()
            scheduler.step()


# Problems, trained side by side


def xor():
    return np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0.0], [1], [1], [0]])


def moons():
    make_moons = pytest.importorskip("sklearn.datasets").make_moons
    return make_moons(200, noise=0.2, random_state=0)


def digits():
    data = load_digits()
    return data.x_train.astype(float), one_hot(data.y_train, 10)


PROBLEMS = {
    "XOR": (xor, (2, 4, 1), BinaryCrossEntropy, "momentum", 0.5, 4, 300),
    "moons": (moons, (2, 16, 2), SoftmaxCrossEntropy, "Adam", 0.01, 20, 40),
    "digits": (digits, (64, 30, 10), QuadraticCost, "SGD", 0.05, 10, 10),
}


@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_problem_gives_the_same_curve(torch, agree, problem):
    data, (n_in, hidden, n_out), kind, name, rate, batch_size, epochs = PROBLEMS[problem]
    (x, y), rng = data(), np.random.default_rng(0)
    ours, theirs = OPTIMIZERS[name].make, OPTIMIZERS[name].twin
    network = Network(Dense(n_in, hidden, rng), Tanh(), Dense(hidden, n_out, rng))
    twin = twin_of(torch, network)
    their_optimizer = theirs(torch)(twin.parameters(), lr=rate)
    chance = np.random.default_rng(1)
    curve = train_epochs(
        network, kind(), ours(network.parameters(), rate), x, y,
        epochs=epochs, batch_size=batch_size, rng=np.random.default_rng(1),
    )  # fmt: skip
    costs, their_costs = list(curve), []
    for _ in range(epochs):
        total = 0.0
        for their_x, their_y in minibatches(x, y, batch_size, chance):
            their_optimizer.zero_grad()
            cost = LOSSES[kind].twin(torch, twin(torch.tensor(their_x)), torch.tensor(their_y))
            cost.backward()
            their_optimizer.step()
            total += cost.item() * len(their_x)
        their_costs.append(total / len(x))
    assert costs[-1] < 0.5 * costs[0]
    agree(f"{problem}: the curve of costs", np.max(np.abs(np.divide(costs, their_costs) - 1)), 1e-8)


def test_scikit_learn_takes_the_same_steps(agree):
    neural = pytest.importorskip("sklearn.neural_network", reason="scikit-learn is not installed")
    data = load_digits()
    x, labels = data.x_train[:200].astype(float), data.y_train[:200]
    rng = np.random.default_rng(0)
    network, loss = Network(Dense(64, 12, rng), Sigmoid(), Dense(12, 10, rng)), SoftmaxCrossEntropy()
    optimizer = SGD(network.parameters(), 0.5, momentum=0.9)
    theirs = neural.MLPClassifier(
        (12,), activation="logistic", solver="sgd", alpha=0, batch_size=200, learning_rate_init=0.5,
        momentum=0.9, nesterovs_momentum=False, shuffle=False,
    )  # fmt: skip
    theirs.learning_rate_init = 1e-300  # a first step that makes the arrays and moves nothing
    theirs.partial_fit(x, labels, classes=np.arange(10))
    theirs._optimizer.learning_rate = 0.5
    dense = [part for part in network.layers if isinstance(part, Dense)]
    for part, weights, biases in zip(dense, theirs.coefs_, theirs.intercepts_, strict=True):
        weights[...], biases[...] = part.W.T, part.b
    for _ in range(50):
        cost = loss.forward(network.forward(x), labels)
        network.backward(loss.backward())
        optimizer.step()
        theirs.partial_fit(x, labels)
        agree("costs beside scikit-learn's", abs(cost / theirs.loss_ - 1), 1e-8)
    for part, weights, biases in zip(dense, theirs.coefs_, theirs.intercepts_, strict=True):
        agree("parameters after 50 steps of scikit-learn", np.abs(part.W - weights.T).max(), 1e-8)
        agree("parameters after 50 steps of scikit-learn", np.abs(part.b - biases).max(), 1e-8)


def test_jax_finds_the_same_gradients(jax, agree):
    rng = np.random.default_rng(0)
    network, loss = (
        Network(Dense(5, 8, rng), Tanh(), Dense(8, 8, rng), Sigmoid(), Dense(8, 3, rng)),
        SoftmaxCrossEntropy(),
    )
    x, labels = rng.standard_normal((32, 5)), rng.integers(0, 3, 32)

    def cost(weights):
        (w1, b1, w2, b2, w3, b3), a = weights, x
        a = jax.numpy.tanh(a @ w1.T + b1)
        a = jax.nn.sigmoid(a @ w2.T + b2)
        return -jax.nn.log_softmax(a @ w3.T + b3)[np.arange(32), labels].mean()

    loss.forward(network.forward(x), labels)
    network.backward(loss.backward())
    for ours, theirs in zip(network.parameters(), jax.grad(cost)([p.value for p in network.parameters()]), strict=True):
        agree("gradients beside JAX's", np.linalg.norm(ours.grad - theirs) / np.linalg.norm(theirs), 1e-10)
