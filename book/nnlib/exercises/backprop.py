"""Exercises of Backpropagation."""

import functools
from collections.abc import Callable

import numpy as np

from nnlib.datasets import load_digits
from nnlib.exercises.kinds import Choice, explain_it, fix_it, order_it, predict_it, stretch_it, write_it
from nnlib.layers import Dense, Sigmoid, sigmoid
from nnlib.losses import QuadraticCost, one_hot
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.training import minibatches


@predict_it(
    "Two deltas",
    minutes=2,
    hints=(
        "Which two factors make an output's delta?",
        "The first is a - y, the second the gate a (1 - a). Mind the sign of the first.",
        "The first output: 0.9 - 0 times 0.9 * 0.1. The second: 0.4 - 1 times 0.4 * 0.6.",
    ),
    why="BP1 multiplies a - y by the gate: 0.9 is farther from its target than 0.4, and pulls less, its gate closing.",
    within=0.0005,
    mistakes=(
        ((0.9, -0.6), "these are a - y, the slopes for the outputs; a delta has gone through the gate too"),
        ((0.09, 0.24), "these are the gates alone; each is multiplied by a - y"),
        ((-0.081, 0.144), "the signs are reversed: a delta is the slope of the cost, and begins with a - y"),
        ((0.081, 0.144), "the second sign: 0.4 lies below its target 1, so a - y is negative"),
        ((0.162, -0.288), "twice too much: the half in the cost cancels the square's two"),
    ),
)
def two_deltas():
    """The deltas of an output 0.9 with the target 0, and of an output 0.4 with the target 1."""
    return tuple((a - y) * a * (1 - a) for a, y in ((0.9, 0), (0.4, 1)))


@predict_it(
    "One weight, one step",
    minutes=3,
    hints=(
        "Three things are needed: the output's delta, the slope of this weight, and the step.",
        "Delta is (a - y) a (1 - a); the weight's slope is delta times the activation that comes in through it.",
        "Delta is -0.2 times 0.16, the slope half of that. The step subtracts it.",
    ),
    why="The slope is delta times the activation, -0.032 times 0.5, and a step subtracts it: the weight grows.",
    within=0.0005,
    mistakes=(
        (0.284, "this walks uphill: the slope is negative, and a step subtracts it"),
        (-0.016, "this is the slope; where does the weight stand after the step?"),
        (0.4, "the gate is missing: delta is (a - y) times a (1 - a)"),
        (0.332, "this is how far a bias would go; a weight's slope has the activation 0.5 in it"),
        (0.3096, "this multiplies delta by the weight; its slope has the activation in it: multiplication swaps"),
    ),
)
def weight_after():
    """A weight of 0.3 from an activation 0.5 to an output 0.8 with the target 1, after one step at the rate 1."""
    delta = (0.8 - 1) * 0.8 * (1 - 0.8)  # BP1
    return 0.3 - 1 * delta * 0.5  # BP4, and the step


@predict_it(
    "The shape of what is passed back",
    minutes=1,
    hints=(
        "What is passed back is the slope of the cost for something. For what?",
        "A gradient has the shape of the thing it is a gradient for: here, the hidden layer's activations.",
        "One row for each example of the batch, one column for each hidden neuron.",
    ),
    why="What is passed back is the gradient for the activations that come in, so it has their shape.",
    mistakes=(
        ((32, 10), "that is the shape of the last layer's Delta, before it has gone through the weights"),
        ((10, 16), "that is the shape of W and of its slopes; what is passed back has a row for each example"),
        ((16, 32), "rows and columns are exchanged: here each example is a row"),
        ((16, 10), "that is the transpose of W, and W has no place for the 32 examples"),
        ((32, 784), "that is what the first layer would pass back; the last layer's reach the hidden layer"),
    ),
)
def passed_back_shape():
    """The shape of what the last layer of a 784-16-10 network passes back, for a batch of 32."""
    delta, W = np.zeros((32, 10)), np.zeros((10, 16))
    return (delta @ W).shape


@predict_it(
    "How many products?",
    minutes=2,
    hints=(
        "In how many products does one weight take part on the way back, and in how many one neuron's gate?",
        "Two for each weight, collect and pass back, and two for each neuron, grad times a times (1 - a).",
        "There are 2,200 weights and 30 neurons.",
    ),
    why="Twice for each weight and twice for each neuron, whose number is that of the biases: 2 P for P parameters.",
    mistakes=(
        (2200, "that is the forward pass, one product for each weight"),
        (2230, "that is the number of parameters; each takes part twice"),
        (4400, "those are the weights' products; each neuron's gate takes two more"),
        (6660, "that counts the forward pass too, 2,200 of them; asked is the way back"),
        (2460, "this leaves out the pass back to the inputs, 2,000 products, as training does; here it is included"),
        (9_812_000, "that is what nudging takes: two forward passes for each parameter"),
    ),
)
def products():
    """The multiplications of a whole backward pass of a 100-20-10 network, for one example."""
    weights, neurons = 100 * 20 + 20 * 10, 20 + 10
    return 2 * weights + 2 * neurons


@predict_it(
    "What is kept?",
    minutes=2,
    hints=(
        "Which numbers does the way back read that the forward pass has made or been given?",
        "Collect reads what comes into a layer, the gate what leaves it. What leaves one layer comes into the next.",
        "The input and both layers' activations, each once, for each of the 50 examples.",
    ),
    why="The inputs and all activations, each once, for each example. No z, since a makes the sigmoid's gate.",
    mistakes=(
        (130, "that is for one example; the batch has 50, and each keeps its own"),
        (1500, "the inputs are kept too: the first layer's weights have them in their slopes"),
        (6000, "the outputs are kept too: the last gate is made of them"),
        (8000, "this keeps every z as well; the sigmoid's gate is a (1 - a) and needs a alone"),
        (7500, "the hidden activations are counted twice: two layers use them, and they are kept once"),
        (2230, "those are the parameters, of which there are as many whatever the batch"),
    ),
)
def numbers_kept():
    """The numbers that the forward pass of a 100-20-10 sigmoid network keeps, for a batch of 50."""
    return 50 * (100 + 20 + 10)


@predict_it(
    "Another target",
    minutes=3,
    hints=(
        "Which of the moves look at the target? What does each of the others do to a number that it is given?",
        "Only the seed, a - y, changes. Gate, collect and pass back multiply and add.",
        "The output stays 0.613449, so the seed goes from 0.613449 - 1 to 0.613449 - 0. What is their ratio?",
    ),
    why="The target enters through the seed alone, and every later move only multiplies what it is given and adds.",
    within=0.006,
    mistakes=(
        (1.587, "the size is right; mind the sign: the output was too small, and now it is too large"),
        (-1, "the slopes do turn round, but the output is not as far from 0 as it is from 1"),
        (-0.630, "upside down: that leads from the target 0 to the target 1"),
        (0.613, "that is the new seed; by what must the old one be multiplied to give it?"),
        (2.519, "that is by what the cost grows, the seed's square; the slopes grow as the seed does"),
    ),
    also_right=(-1.59,),
)
def other_target():
    """By what every slope of the 2-2-1 network is multiplied when its target is 0 and not 1."""
    a = 0.613449  # the output
    return (a - 0) / (a - 1)  # the seed is a factor of all that follows


@explain_it(
    "Which slopes have doubled?",
    minutes=2,
    question=(
        "A network has one output neuron. All weights into it are doubled, and its bias is changed so that its "
        "weighted input z is what it was; the hidden activations are what they were. Which of these slopes of the cost "
        "have doubled: those for the output's weights, for its bias, for the hidden activations?"
    ),
    hints=(
        "Has the neuron's delta changed? It is made of the output, the target and the slope of the sigmoid at z.",
        "Write the three slopes as delta times something: for a weight, for the bias, for a hidden activation.",
    ),
    why="Multiplication swaps: a weight's slope has the activation in it, an activation's slope has the weight.",
)
def three_wishes():
    return (
        Choice(
            "All of them: for the weights, for the bias and for the hidden activations.",
            "often said, and false: only the slope for an activation, delta times w, has the weight in it",
        ),
        Choice(
            "Those for the weights, since a weight's slope is in proportion to the weight.",
            "in a product w a the slope for one factor is the other: delta times a, and both are what they were",
        ),
        Choice(
            "None: z is what it was, so delta is, and one number per neuron is enough.",
            "delta is what it was, but passing it back multiplies it by the weight, and that has doubled",
        ),
        Choice(
            "Those for the hidden activations, and no others.",
            "delta times w has doubled; delta times a for a weight and delta times 1 for the bias have not",
            right=True,
        ),
    )


@explain_it(
    "Four sentences",
    minutes=2,
    question="Four sentences that one meets about backpropagation. Which one is true as it stands?",
    hints=(
        "One of them mistakes a matrix that is square for an exception that never happens.",
        "Which of them is one of the four equations, in words?",
    ),
    why="BP2 makes a layer's deltas out of those of the next layer towards the output, and looks no farther.",
)
def four_sentences():
    return (
        Choice(
            "Backpropagation is the rule by which a network learns: it changes the weights.",
            "it computes slopes and changes no weight; a step of gradient descent does, wherever the slopes come from",
        ),
        Choice(
            "For a hidden neuron's delta one needs the deltas of the next layer towards the output, the weights that "
            "lead there and the neuron's own gate, and nothing else.",
            "this is BP2: all that the layers nearer to the output have to say is in those deltas",
            right=True,
        ),
        Choice(
            "On the way back, the transpose of W undoes what W did on the way forward.",
            "a transpose is no inverse: it holds the same weights and adds over the other index, and undoes nothing",
        ),
        Choice(
            "The shapes fit in only one way, so a backward pass that runs without an error is right.",
            "where a layer has as many neurons as inputs, W fits as well as its transpose: only a check can tell",
        ),
    )


def _slope_at_activation(z, y):
    a = sigmoid(z)
    return (a - y) / len(y) * sigmoid(a) * (1 - sigmoid(a))


def _output_error_by_rows(z, y):
    rows = zip(sigmoid(z), y, strict=True)
    return [[(s - t) * s * (1 - s) / len(z) for s, t in zip(*row, strict=True)] for row in rows]


@write_it(
    "The output error",
    minutes=4,
    hints=(
        "Two moves lead there. Which?",
        "The seed is a - y, with the mean's 1/n; the gate multiplies it by sigma'(z), which is a (1 - a).",
        "With a = sigmoid(z): (a - y) / len(y) * a * (1 - a).",
    ),
    why="BP1 multiplies the slope of the cost for the output, a - y with the mean's 1/n, by the neuron's own gate.",
    inputs=lambda rng: (
        rng.uniform(-2, 2, (n := int(rng.integers(4, 8)), 3)).round(2),
        rng.integers(0, 2, (n, 3)).astype(float),
    ),
    mistakes=(
        (lambda z, y: (sigmoid(z) - y) / len(y), "this is dC/da: BP1 also multiplies by sigma'(z)"),
        (
            lambda z, y: sigmoid(z) - y,
            "this is a - y: BP1 also multiplies by sigma'(z), and the mean over the batch by 1/n",
        ),
        (_slope_at_activation, "this is sigma'(a); the formula asks for sigma'(z), which is a (1 - a)"),
        (
            lambda z, y: output_error(z, y) * len(y),
            "the 1/n is missing: the cost is a mean over the n examples, and the seed is where the 1/n comes in",
        ),
        (
            lambda z, y: output_error(z, y) / y.shape[1],
            "this divides by the outputs too: the mean is over the n examples, and the cost adds its outputs up",
        ),
        (lambda z, y: output_error(z, y) / len(y), "the 1/n is in it twice"),
        (lambda z, y: 2 * output_error(z, y), "twice too much: the half in the cost cancels the square's two"),
        (lambda z, y: -output_error(z, y), "the sign is reversed: delta is dC/dz, and the seed is a - y"),
        (
            lambda z, y: (z - y) / len(y) * sigmoid(z) * (1 - sigmoid(z)),
            "the seed is made with z; the cost compares the activation a with the target",
        ),
        (
            lambda z, y: output_error(z, y).sum(axis=0),
            "this is added up over the batch: each example keeps its own row until the slopes are collected",
        ),
    ),
    also_right=(
        _output_error_by_rows,
        lambda z, y: output_error(z, y).astype(np.float32),
        lambda z, y: (1 / (1 + np.exp(-z)) - y) * np.exp(-z) / (1 + np.exp(-z)) ** 2 / z.shape[0],
    ),
)
def output_error(z, y):
    """dC/dz of the last layer for a batch; z and y (n, n_L)."""
    a = sigmoid(z)
    seed = (a - y) / len(y)
    return seed * a * (1 - a)  # BP1


def _two_slips(z, grad, b, learning_rate):
    a = sigmoid(z)
    slope = sigmoid(a) * (1 - sigmoid(a))
    delta = grad * slope
    return b - learning_rate * delta


def _bias_step_with(gate=lambda z: sigmoid(z) * (1 - sigmoid(z)), collect=lambda delta: delta.sum(axis=0)):
    return lambda z, grad, b, learning_rate: b - learning_rate * collect(grad * gate(z))


def _bias_step_in_place(z, grad, b, learning_rate):
    e = np.exp(-z)
    for row in grad * e / (1 + e) ** 2:
        b -= learning_rate * row
    return b


@fix_it(
    "A bias step with two slips",
    minutes=6,
    hints=(
        "Run it by hand for shapes: n = 4 examples, 3 neurons. What is the shape of what comes out, and of b?",
        "Now the gate: it is the slope of the sigmoid. At which place is it taken, and at which should it be?",
        "The slope at z is a * (1 - a), and the slope of the cost for b is delta.sum(axis=0).",
    ),
    why="A bias acts in every example, so its slope adds the rows of delta up, each gated by the slope at its own z.",
    inputs=lambda rng: (
        rng.uniform(-2, 2, (n := int(rng.integers(4, 8)), 3)).round(2),
        rng.uniform(-1, 1, (n, 3)).round(2),
        rng.uniform(-1, 1, 3).round(2),
        round(rng.uniform(0.2, 0.8), 2),
    ),
    mistakes=(
        (_two_slips, "two slips are left; begin with the shape of what it returns: is it that of b?"),
        (
            _bias_step_with(collect=lambda delta: delta),
            "the gate is right now, but b still has a row for each example: sum over the batch",
        ),
        (
            _bias_step_with(gate=lambda z: sigmoid(sigmoid(z)) * (1 - sigmoid(sigmoid(z)))),
            "the sum is right now, but this is sigma'(a); the formula asks for sigma'(z)",
        ),
        (_bias_step_with(gate=np.ones_like), "the gate is gone: delta is grad times sigma'(z)"),
        (_bias_step_with(gate=sigmoid), "this is sigma(z) where its slope belongs: sigma'(z) is a (1 - a), not a"),
        (_bias_step_with(gate=lambda z: z * (1 - z)), "sigma'(z) is a (1 - a) with the activation, not with z"),
        (
            _bias_step_with(collect=lambda delta: delta.mean(axis=0)),
            "this is the mean over the batch: the cost has put the 1/n in already, so here the rows are added",
        ),
        (
            _bias_step_with(collect=np.sum),
            "all neurons get one and the same step: sum over the batch (axis 0), not over the neurons",
        ),
        (
            lambda z, grad, b, learning_rate: bias_step(z, -grad, b, learning_rate),
            "this walks uphill: a step subtracts the rate times the slope",
        ),
        (
            lambda z, grad, b, learning_rate: b - bias_step(z, grad, b, learning_rate),
            "this is the step; the question is where the biases stand after it",
        ),
    ),
    also_right=(
        _bias_step_in_place,
        lambda z, grad, b, rate: b - rate * np.einsum("ij,ij->j", grad, sigmoid(z) * sigmoid(-z)),
    ),
)
def bias_step(z, grad, b, learning_rate):
    """A layer's biases after one step; z and grad = dC/da (n, n_l), b (n_l,)."""
    a = sigmoid(z)
    delta = grad * a * (1 - a)
    return b - learning_rate * delta.sum(axis=0)  # BP3


@explain_it(
    "Where is the slip?",
    minutes=3,
    question=(
        "A backward pass of three sigmoid layers is compared with nudging. dW3 and db3 are right. Of layer 2, db2 is "
        "right and dW2 is wrong. Of layer 1, dW1 and db1 are right. Where is the slip?"
    ),
    hints=(
        "Which numbers go into db2? If it is right, what else must be?",
        "db2 is made of delta2 alone, so delta2 is right. What has dW2 that db2 has not?",
        "Would a wrong delta2 leave layer 1 right?",
    ),
    why="Where db is right, the delta is; one wrong array alone points at its own collect.",
)
def where_the_slip_is():
    return (
        Choice(
            "In the pass back from layer 3 to layer 2.",
            "then delta2 would be wrong, and db2, which is delta2 added up over the batch, with it",
        ),
        Choice(
            "In the gate of layer 2.",
            "then delta2 would be wrong, and with it db2 and everything nearer to the input",
        ),
        Choice(
            "In the collect of layer 2, in the product for its weights.",
            "db2 shows that delta2 is right, so only the product that makes dW2 is left; nothing else is made of it",
            right=True,
        ),
        Choice(
            "In the pass back from layer 2 to layer 1.",
            "that makes delta1, and layer 1 is right; nothing of layer 2 is made of it",
        ),
    )


@order_it(
    "One step, its moves shuffled",
    minutes=5,
    hints=(
        "Name each line's move first: store, seed and gate, collect, pass back, gate, and two that are steps.",
        "The way back begins at the output: delta2 before anything of layer 1.",
        "Two lines use W2 after the forward pass: the pass back and the step. Which W2 does the pass back need?",
    ),
    why="Every line needs what it reads, and the pass back needs W2 as it was in the forward pass, before its step.",
    after={1: (0,), 2: (1,), 3: (2,), 4: (2,), 5: (4,), 6: (5,), 7: (3, 4), 8: (6,)},
    shuffle=(5, 7, 0, 4, 8, 2, 1, 3, 6),
    mistakes=(
        (
            (0, 1, 2, 3, 7, 4, 5, 6, 8),
            "W2 has moved before delta2 is passed back through it: slopes belong to the weights of the forward pass",
        ),
        (
            (0, 1, 4, 5, 6, 8, 2, 3, 7),
            "layer 1 comes first here, but its delta is made of delta2: the way back begins at the output",
        ),
        (
            (0, 4, 5, 6, 1, 2, 3, 7, 8),
            "this goes back before the forward pass is done: without a2 there is no delta2 to pass back",
        ),
    ),
)
def moves_in_order():
    return (
        "a1 = sigmoid(x @ W1.T + b1)",
        "a2 = sigmoid(a1 @ W2.T + b2)",
        "delta2 = (a2 - y) / len(y) * a2 * (1 - a2)",
        "dW2, db2 = delta2.T @ a1, delta2.sum(axis=0)",
        "back = delta2 @ W2",
        "delta1 = back * a1 * (1 - a1)",
        "dW1, db1 = delta1.T @ x, delta1.sum(axis=0)",
        "W2, b2 = W2 - rate * dW2, b2 - rate * db2",
        "W1, b1 = W1 - rate * dW1, b1 - rate * db1",
    )


def _two_layers_with(
    seed: Callable = lambda a, y: (a - y) / len(y),
    output_gate: Callable = lambda a: a * (1 - a),
    back: Callable = lambda delta, W: delta @ W,
    hidden_gate: Callable = lambda a1, a2: a1 * (1 - a1),
    weights: Callable = lambda delta, a: delta.T @ a,
    last_weights: Callable | None = None,
    biases: Callable = lambda delta: delta.sum(axis=0),
) -> Callable:
    """The backward pass with some of its moves exchanged."""

    def slopes(x, y, W1, b1, W2, b2):
        a1 = sigmoid(x @ W1.T + b1)
        a2 = sigmoid(a1 @ W2.T + b2)
        delta2 = seed(a2, y) * output_gate(a2)
        delta1 = back(delta2, W2) * hidden_gate(a1, a2)
        dW2 = last_weights(delta2, a1, a2) if last_weights else weights(delta2, a1)
        return weights(delta1, x), biases(delta1), dW2, biases(delta2)

    return slopes


def _at_activation(a, _=None):
    return sigmoid(a) * (1 - sigmoid(a))


def _two_layers_one_by_one(x, y, W1, b1, W2, b2):
    slopes = [np.zeros_like(p) for p in (W1, b1, W2, b2)]
    for row, target in zip(x, y, strict=True):
        a1 = sigmoid(W1 @ row + b1)
        a2 = sigmoid(W2 @ a1 + b2)
        delta2 = (a2 - target) * a2 * (1 - a2)
        delta1 = W2.T @ delta2 * a1 * (1 - a1)
        for slope, part in zip(slopes, (np.outer(delta1, row), delta1, np.outer(delta2, a1), delta2), strict=True):
            slope += part / len(x)
    return slopes


def _two_layers_by_nnlib(x, y, *values):
    rng = np.random.default_rng(0)
    network, loss = Network(Dense(4, 3, rng), Sigmoid(), Dense(3, 3, rng), Sigmoid()), QuadraticCost()
    for p, value in zip(network.parameters(), values, strict=True):
        p.value[...] = value
    loss.forward(network.forward(x), y)
    network.backward(loss.backward())
    return tuple(p.grad for p in network.parameters())


@write_it(
    "A whole backward pass",
    minutes=15,
    hints=(
        "Begin with the forward pass and keep a1 and a2. Then seed, gate, collect; pass back; gate, collect.",
        "delta2 is your output error. delta1 is what comes back through W2, times the hidden layer's own gate.",
        "In rows the pass back is delta2 @ W2, the weights' slopes are delta.T @ (what came into the layer), "
        "the biases' are delta.sum(axis=0).",
    ),
    why="Each layer gates what it is handed, collects its slopes from its delta, and passes back to the next one.",
    inputs=lambda rng: (
        rng.uniform(0.2, 1, (n := int(rng.integers(5, 9)), 4)).round(2),
        rng.integers(0, 2, (n, 3)).astype(float),
        rng.uniform(-2, 2, (3, 4)).round(2),
        rng.uniform(-1, 1, 3).round(2),
        rng.uniform(-2, 2, (3, 3)).round(2),
        rng.uniform(-1, 1, 3).round(2),
    ),
    mistakes=(
        (
            _two_layers_with(back=lambda delta, W: delta @ W.T),
            "passed back through the wrong W2, its rows and columns exchanged: it is square, so either fits; "
            "each hidden neuron adds what the outputs ask of it, delta2 @ W2",
        ),
        (
            _two_layers_with(last_weights=lambda delta, a1, a2: a1.T @ delta),
            "dW2 has its rows and columns exchanged: it is square, so either fits; dW[j, k] is delta_j a_k",
        ),
        (
            _two_layers_with(weights=lambda delta, a: a.T @ delta),
            "the slopes of the weights have rows and columns exchanged: dW[j, k] is delta_j a_k, so delta.T @ a",
        ),
        (
            _two_layers_with(last_weights=lambda delta, a1, a2: delta.T @ a2),
            "dW2 is made with a2; a weight's slope takes the activation that comes in through it, which is a1",
        ),
        (
            _two_layers_with(hidden_gate=lambda a1, a2: a2 * (1 - a2)),
            "the hidden layer is gated with a2, the output's activations; its own are a1",
        ),
        (
            _two_layers_with(hidden_gate=lambda a1, a2: 1),
            "delta1 is not gated: BP2 multiplies what is passed back by sigma'(z) of the hidden layer",
        ),
        (_two_layers_with(output_gate=lambda a: 1), "delta2 is dC/da: BP1 also multiplies by sigma'(z)"),
        (
            _two_layers_with(output_gate=lambda a: 1, hidden_gate=lambda a1, a2: 1),
            "neither delta is gated: each layer multiplies by its own sigma'(z)",
        ),
        (
            _two_layers_with(output_gate=_at_activation, hidden_gate=_at_activation),
            "the gates are sigma'(a); the formulas ask for sigma'(z), which is a (1 - a)",
        ),
        (
            _two_layers_with(seed=lambda a, y: a - y),
            "every slope is n times too large: the cost is a mean over the batch, and the seed carries its 1/n",
        ),
        (
            _two_layers_with(seed=lambda a, y: (y - a) / len(y)),
            "every sign is reversed: the seed is a - y, and the minus belongs to the step",
        ),
        (_two_layers_with(biases=lambda delta: delta), "db1 and db2 have a row for each example: sum over the batch"),
        (
            _two_layers_with(biases=lambda delta: delta.mean(axis=0)),
            "the slopes of the biases are averaged, so they have the 1/n twice: the seed has put it in, add the rows",
        ),
        (
            lambda *call: (*two_layer_slopes(*call)[2:], *two_layer_slopes(*call)[:2]),
            "the two layers have changed places: the order is dW1, db1, dW2, db2",
        ),
    ),
    also_right=(_two_layers_one_by_one, _two_layers_by_nnlib),
)
def two_layer_slopes(x, y, W1, b1, W2, b2):
    """dW1, db1, dW2, db2 for a batch; sigmoid layers, quadratic cost."""
    a1 = sigmoid(x @ W1.T + b1)  # store
    a2 = sigmoid(a1 @ W2.T + b2)  # store
    seed = (a2 - y) / len(y)  # seed
    delta2 = seed * a2 * (1 - a2)  # gate: BP1
    back = delta2 @ W2  # pass back
    delta1 = back * a1 * (1 - a1)  # gate: BP2
    dW1, db1 = delta1.T @ x, delta1.sum(axis=0)  # collect: BP4, BP3
    dW2, db2 = delta2.T @ a1, delta2.sum(axis=0)  # collect: BP4, BP3
    return dW1, db1, dW2, db2


@functools.cache
def _digits() -> tuple[np.ndarray, ...]:
    digits = load_digits()
    X, T = digits.x_train.astype(np.float64), digits.x_test.astype(np.float64)
    return X, one_hot(digits.y_train, 10), T, digits.y_test


def _measured(learn: Callable) -> tuple[str, bool]:
    """Train on five seeds; the shares of right answers among the test images, and whether all reach 85 %."""
    X, Y, tests, labels = _digits()
    shares = []
    for seed in range(5):
        trained = learn(X.copy(), Y.copy(), np.random.default_rng(seed))
        W1, b1, W2, b2 = (np.asarray(p, dtype=np.float64) for p in trained)
        a1 = sigmoid(tests @ W1.T + b1)
        a2 = sigmoid(a1 @ W2.T + b2)
        if a2.shape != (len(tests), 10):
            return f"the outputs have shape {a2.shape}, expected {(len(tests), 10)}: one row for each image", False
        shares.append(np.mean(a2.argmax(axis=1) == labels))
        if not np.isfinite(a2).all():
            return "some outputs are not finite: the steps are too long, try a smaller rate", False
        if len(W1) > 1 and np.allclose(W1, W1[0]):
            return (
                f"{shares[0]:.1%}: the hidden neurons are all identical, and equal slopes keep them so; start from "
                "random weights",
                False,
            )
        if shares[0] < 0.3:
            return (
                f"{shares[0]:.1%} with the first seed, hardly better than guessing: does the cost fall from step to "
                "step? If it jumps or stays high, look at the rate and at the 1/n; if it climbs, at the signs",
                False,
            )
    says = "right with the five seeds: " + ", ".join(f"{share:.1%}" for share in shares)
    if min(shares) < 0.85:
        return f"{says}. Not all reach 85 %: take more steps, or another rate", False
    return says, True


def _learn(X, Y, rng, steps, rate, slopes=two_layer_slopes, start=1):
    W1, W2 = start * rng.standard_normal((16, 64)) / 8, start * rng.standard_normal((10, 16)) / 4
    weights = W1, np.zeros(16), W2, np.zeros(10)
    for _ in range(steps):
        weights = [p - rate * slope for p, slope in zip(weights, slopes(X, Y, *weights), strict=True)]
    return weights


def _learn_in_mini_batches(X, Y, rng):
    network, loss = Network(Dense(64, 24, rng), Sigmoid(), Dense(24, 10, rng), Sigmoid()), QuadraticCost()
    optimizer = SGD(network.parameters(), 3.0)
    for _ in range(6):
        for x, y in minibatches(X, Y, 10, rng):
            loss.forward(network.forward(x), y)
            network.backward(loss.backward())
            optimizer.step()
    return [p.value for p in network.parameters()]


@stretch_it(
    "Handwritten digits with a backward pass of your own",
    minutes=30,
    hints=(
        "Random weights to start with, of a size around 1 over the root of the number of inputs; biases may be 0.",
        "One step: your two_layer_slopes, then each array minus the rate times its slope. How many steps, which rate? "
        "Print the cost every 50 steps on one seed, and try rates from 1 upward.",
        "The mean's 1/n makes the slopes small: 300 steps at a rate of 7 will do. At 20 some seeds are lost.",
    ),
    why="Nothing is new in it: the five moves give the slopes, a few hundred steps against them give the digits.",
    measure=_measured,
    mistakes=(
        (lambda X, Y, rng: _learn(X, Y, rng, steps=30, rate=7, start=0), "the hidden neurons are all identical"),
        (lambda X, Y, rng: _learn(X, Y, rng, steps=100, rate=3), "Not all reach 85 %"),
        (
            lambda X, Y, rng: _learn(X, Y, rng, 20, 7, _two_layers_with(seed=lambda a, y: a - y)),
            "hardly better than guessing",
        ),
    ),
    also_right=(_learn_in_mini_batches,),
)
def learn_digits(X, Y, rng):
    """W1, b1, W2, b2 of a 64-16-10 sigmoid network, trained on the images X (n, 64), Y (n, 10)."""
    W1, b1 = rng.standard_normal((16, 64)) / 8, np.zeros(16)
    W2, b2 = rng.standard_normal((10, 16)) / 4, np.zeros(10)
    rate = 7
    for _ in range(300):
        a1 = sigmoid(X @ W1.T + b1)
        a2 = sigmoid(a1 @ W2.T + b2)
        delta2 = (a2 - Y) / len(Y) * a2 * (1 - a2)
        delta1 = delta2 @ W2 * a1 * (1 - a1)
        W2, b2 = W2 - rate * delta2.T @ a1, b2 - rate * delta2.sum(axis=0)
        W1, b1 = W1 - rate * delta1.T @ X, b1 - rate * delta1.sum(axis=0)
    return W1, b1, W2, b2
