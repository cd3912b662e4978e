"""Exercises of The forward pass."""

from itertools import pairwise

import numpy as np

from nnlib.exercises.kinds import Choice, explain_it, fix_it, order_it, predict_it, stretch_it, write_it
from nnlib.layers import Dense, Sigmoid, sigmoid
from nnlib.network import Network


@predict_it(
    "A forward pass with new numbers",
    minutes=5,
    hints=(
        "Begin with the weighted inputs of layer 1: each neuron has its own row of W and its own bias.",
        "Neuron 1: 1 * 2 - 2 * 1 + 1. Neuron 2: -1 * 2 + 0.5 * 1 + 0.5. Then the squash, from the table.",
        "The hidden activations are sigma(1) and sigma(-1); together they are 1, so the output's z is 2 * 1 - 4.",
    ),
    why="Each layer is the same line, sigma(W a + b); what the first gives is what the second takes.",
    within=0.0015,
    mistakes=(
        ((0.881, 0.047, 0.104), 'this reads W^1 column by column; a neuron is a row: "to, from"'),
        ((0.5, 0.182, 0.067), "the biases of layer 1 are missing"),
        ((0.731, 0.269, 0.881), "the bias of layer 2 is missing"),
        ((0.731, 0.269, -2), "the output neuron has a squash too: this is its z"),
        ((1, -1, 0.018), "the hidden layer has a squash too: these are its z"),
        ((1, -1, -4), "these are the z without any squash: each layer squashes"),
    ),
)
def by_hand():
    """The two hidden activations and the output of a 2-2-1 network."""
    hidden = sigmoid(np.array([[1, -2], [-1, 0.5]]) @ np.array([2, 1]) + np.array([1, 0.5]))  # z is 1 and -1
    output = sigmoid(np.array([[2, 2]]) @ hidden - 4)  # z is -2
    return (*hidden, *output)


@predict_it(
    "Count from the name",
    minutes=1,
    hints=(
        "Go from one column to the next: 3 to 5, then 5 to 2.",
        "Each neuron has one weight for each number it looks at, and one bias. The inputs are not neurons.",
        "Five neurons with 3 weights and a bias, two neurons with 5 weights and a bias.",
    ),
    why="A layer has n_out * n_in weights and n_out biases; the input column has neither.",
    mistakes=(
        (25, "these are the weights alone: each of the 7 neurons has a bias too"),
        (30, "3 * 5 * 2 counts paths from an input to an output; weights add up layer by layer"),
        (35, "the 3 inputs are no neurons: they have no biases"),
        (10, "3 + 5 + 2 counts the activations; the parameters are the numbers between them"),
    ),
)
def parameter_count():
    """Ask a 3-5-2 network itself."""
    rng = np.random.default_rng(0)
    network = Network(Dense(3, 5, rng), Sigmoid(), Dense(5, 2, rng), Sigmoid())
    return sum(p.value.size for p in network.parameters())  # (5 * 3 + 5) + (2 * 5 + 2)


@predict_it(
    "Shapes before the run",
    minutes=2,
    hints=(
        "Which of the three sizes, 12, 7 and 4, belongs to layer 2? The input is layer 0.",
        "W has a row for each neuron of its layer and a column for each number that this neuron looks at.",
        "Z has a row for each example and a column for each neuron.",
    ),
    why="W^l is (n_l, n_{l-1}) however many examples come, and Z^l is (n, n_l): rows are examples.",
    mistakes=(
        ((7, 4, 32, 4), 'W^2 is read "to, from": a row for each of its 4 neurons, a column for each input'),
        ((7, 12, 32, 7), "this is layer 1: the input is layer 0, so layer 2 has the 4 neurons"),
        ((4, 7, 4, 32), "here examples are rows, not columns: Z^2 is (32, 4)"),
    ),
)
def shapes():
    """A batch of 32 examples through a 12-7-4 network: the shapes of W^2 and Z^2."""
    rng = np.random.default_rng(0)
    first, second = Dense(12, 7, rng), Dense(7, 4, rng)
    X = rng.random((32, 12))
    Z2 = second.forward(sigmoid(first.forward(X)))
    return (*second.W.shape, *Z2.shape)


@predict_it(
    "One layer instead of two",
    minutes=4,
    hints=(
        "Its matrix is W^2 W^1, and its bias is W^2 b^1 + b^2.",
        "The row (2, 1) meets each column of W^1: first (1, 3), then (2, -1).",
        "2 * 1 + 1 * 3 and 2 * 2 - 1 * 1; the bias is 2 * 1 + 1 * 2 + 3.",
    ),
    why="W^2 (W^1 x + b^1) + b^2 = (W^2 W^1) x + (W^2 b^1 + b^2): one matrix and one bias.",
    mistakes=(
        ((4, 5, 7), "this takes the row (2, 1) with the rows of W^1; a product takes it with the columns"),
        ((5, 3, 3), "this is b^2 alone; b^1 goes through layer 2 as well, W^2 b^1"),
        ((5, 3, 6), "b^1 must go through the weights of layer 2, 2 * 1 + 1 * 2, before b^2 is added"),
        ((5, 3, 4), "b^2 is missing: the bias is W^2 b^1 + b^2"),
    ),
)
def one_instead_of_two():
    """The matrix of the one layer, two numbers, and its bias."""
    W1, b1 = np.array([[1, 2], [3, -1]]), np.array([1, 2])
    W2, b2 = np.array([[2, 1]]), np.array([3])
    return (*(W2 @ W1)[0], *(W2 @ b1 + b2))


@explain_it(
    "A network without squashes",
    minutes=2,
    question="To save time somebody leaves all squashes out of a 64-16-16-10 network. What can it still compute?",
    hints=(
        "Write down what two layers without a squash compute, one put into the other.",
        "What is the shape of the product of the three matrices?",
    ),
    why="A weighted sum of weighted sums is a weighted sum: without a squash between them, layers are one layer.",
)
def collapse():
    return (
        Choice(
            "The same as before: what it knows is in its weights.",
            "no weights can help: W3 (W2 (W1 x + b1) + b2) + b3 is one matrix times x plus one bias",
        ),
        Choice(
            "Less in each layer, but with enough layers it can still bend a line.",
            "a product of matrices is a matrix, however many there are: no number of them bends anything",
        ),
        Choice(
            "What one layer of ten weighted sums can compute.",
            "the three matrices multiply to a single one of shape (10, 64), and the biases to a single bias",
            right=True,
        ),
        Choice(
            "More than before: a squash only loses information.",
            "the sigmoid loses nothing on paper (it can be undone), and it is what keeps the layers from collapsing",
        ),
    )


def _layer_of_any_size(rng):
    n_out, n_in = rng.integers(1, 7, 2)
    return rng.normal(size=(n_out, n_in)), rng.normal(size=n_out), rng.uniform(0.1, 0.9, n_in)


@write_it(
    "One layer",
    minutes=5,
    hints=(
        "It is the line of the key insight.",
        "First the weighted input z, then the squash. `sigmoid` is there already.",
        "z = W @ a + b, and the result is sigmoid(z).",
    ),
    why="The bias belongs to the weighted input, so it is added before the squash.",
    inputs=_layer_of_any_size,
    tries=10,
    mistakes=(
        (lambda W, b, a: W @ a + b, "this is the weighted input z: the layer gives sigma(z)"),
        (lambda W, b, a: sigmoid(W @ a) + b, "the bias comes after the squash here: it belongs inside, to z"),
        (lambda W, b, a: sigmoid(W @ a), "the bias is missing: z = W a + b"),
        (lambda W, b, a: W @ sigmoid(a) + b, "this squashes what comes in: squash what goes out, W a + b"),
    ),
    also_right=(
        lambda W, b, a: [1 / (1 + np.exp(-(row @ a) - bias)) for row, bias in zip(W, b, strict=True)],
        lambda W, b, a: sigmoid(b + a @ W.T).astype(np.float32),
    ),
)
def layer(W, b, a):
    """The activation of a layer, from the activation before it."""
    return sigmoid(W @ a + b)


def _neuron_by_neuron(A, W, b):
    return [[sum(a * w) + bias for w, bias in zip(W, b, strict=True)] for a in A]


@fix_it(
    "Nothing complains",
    minutes=5,
    hints=(
        "All three sizes are 4 here, so every product fits. Look at the letters and not at the shapes.",
        "Entry (i, j) of Z must be the sum over k of A[i, k] * W[j, k]. What does the cell sum?",
        'W is read "to, from"; with the examples as rows the neurons must become columns.',
    ),
    why="A row of A is an example lying on its side, and (W a)^T = a^T W^T: the order turns round.",
    inputs=lambda rng: (rng.uniform(0.1, 0.9, (4, 4)), rng.normal(size=(4, 4)), rng.normal(size=4)),
    mistakes=(
        (lambda A, W, b: A @ W + b, 'this reads W as "from, to": it fits because W is square, and is wrong'),
        (
            lambda A, W, b: A @ np.linalg.pinv(W) + b,
            "this is the inverse: the T of W^T is for transpose, the same weights written the other way round",
        ),
        (lambda A, W, b: W @ A + b, "this mixes the examples: a row of A must stay a row, on the left"),
        (
            lambda A, W, b: A @ W.T + b[:, None],
            "the biases go to the examples here: each belongs to a neuron, and neurons are columns",
        ),
        (
            lambda A, W, b: (A @ W.T + b).T,
            "the examples have become columns: the result is Z, with a row for each example",
        ),
    ),
    also_right=(
        _neuron_by_neuron,
        lambda A, W, b: (W @ A.T + b[:, None]).T,
        lambda A, W, b: np.einsum("ik,jk->ij", A.astype(np.float32), W) + b,
    ),
)
def nothing_complains(A, W, b):
    """The weighted inputs of a layer for a batch."""
    return A @ W.T + b


def _by_tanh(z):
    return (1 + np.tanh(z / 2)) / 2


@order_it(
    "The batch against the one",
    minutes=6,
    hints=(
        "There are two forward passes here: capital letters are the batch, small letters are its first example.",
        "Within each pass: weighted input, squash, weighted input, squash. Which pass comes first does not matter.",
        "Z1, A1, Z2, A2, then z1, a1, z2, a2; the comparison is the last line.",
    ),
    why="A layer needs the activation of the layer before it and nothing else, so the passes may take turns.",
    after={1: (0,), 2: (1,), 3: (2,), 5: (4,), 6: (5,), 7: (6,), 8: (3, 7)},
    shuffle=(5, 8, 0, 7, 2, 3, 1, 4, 6),
    mistakes=(
        ((1, 0, 3, 2, 5, 4, 7, 6, 8), "each squash stands before its weighted input: first Z, then A"),
        ((0, 1, 2, 3, 8, 4, 5, 6, 7), "the comparison comes before the single example has been run"),
        ((0, 2, 1, 3, 4, 6, 5, 7, 8), "layer 2 takes the activation of layer 1, which must be squashed first"),
    ),
)
def batch_and_one():
    return (
        "Z1 = X @ W1.T + b1",
        "A1 = sigmoid(Z1)",
        "Z2 = A1 @ W2.T + b2",
        "A2 = sigmoid(Z2)",
        "z1 = W1 @ X[0] + b1",
        "a1 = sigmoid(z1)",
        "z2 = W2 @ a1 + b2",
        "a2 = sigmoid(z2)",
        "assert np.allclose(A2[0], a2)",
    )


@explain_it(
    "What the theorem says",
    minutes=2,
    question=(
        "One hidden layer, if it is wide enough, comes as close as you like to any continuous function on a "
        "bounded region that includes its border. What follows?"
    ),
    hints=(
        "Read the sentence about what is proved once more; the closed box also says what is not.",
        'The theorem says "there are weights". Who finds them, and how many are they?',
    ),
    why="The theorem is about what exists; how many neurons, how to find them and new examples are other questions.",
)
def existence():
    return (
        Choice(
            "More than one hidden layer is never needed, so it is a waste.",
            "the theorem does not say how wide is wide enough: a deeper network may do with far fewer neurons",
        ),
        Choice(
            "Train a wide enough network for long enough, and it will find such weights.",
            "that they exist does not say that learning finds them",
        ),
        Choice(
            "A wide enough network that is right on all training examples is right on new ones.",
            "that is generalisation, of which the theorem says nothing: many functions agree on the training examples",
        ),
        Choice(
            "Weights exist that come close; how many, and how to find them, is left open.",
            "existence, and no more; the rest of the book is about the finding",
            right=True,
        ),
    )


def _activations_with(weights, X, hidden, output):
    A = [X]
    for W, b in weights:
        squash = output if len(A) == len(weights) else hidden
        A.append(squash(A[-1] @ W.T + b))
    return A


def _any_number_of_layers(rng):
    sizes = rng.integers(1, 6, rng.integers(2, 6))
    weights = [(rng.normal(size=(n_out, n_in)), rng.normal(size=n_out)) for n_in, n_out in pairwise(sizes)]
    return weights, rng.uniform(0.1, 0.9, (rng.integers(1, 6), sizes[0]))


@write_it(
    "Any number of layers",
    minutes=10,
    hints=(
        "Begin with a list that holds X alone: X is A^0.",
        "Go through the pairs; each new activation is made from the one at the end of the list.",
        "In the loop: append sigmoid(A[-1] @ W.T + b) to A; after the loop, return A.",
    ),
    why="The line never changes, so a loop is enough; and entry l of the list is A^l because A^0 = X comes first.",
    inputs=_any_number_of_layers,
    tries=40,
    mistakes=(
        (
            lambda weights, X: _activations_with(weights, X, sigmoid, sigmoid)[-1],
            "this is A^L alone: keep those on the way too",
        ),
        (
            lambda weights, X: _activations_with(weights, X, sigmoid, sigmoid)[1:],
            "the list begins with A^1: the input is A^0, so that entry l of the list is A^l",
        ),
        (
            lambda weights, X: _activations_with(weights, X, np.asarray, np.asarray),
            "no layer squashes here: without the sigmoid the layers collapse into one",
        ),
        (
            lambda weights, X: _activations_with(weights, X, sigmoid, np.asarray),
            "the last entry is Z^L: the output layer squashes too",
        ),
        (
            lambda weights, X: _activations_with(weights, X, np.asarray, sigmoid),
            "only the last layer squashes here: every layer does",
        ),
    ),
    also_right=(
        lambda weights, X: tuple(_activations_with(weights, X, _by_tanh, _by_tanh)),
        lambda weights, X: [part.tolist() for part in _activations_with(weights, X, sigmoid, sigmoid)],
    ),
)
def activations(weights, X):
    """All activations of a batch: A^0 = X, A^1, ..., A^L."""
    A = [X]
    for W, b in weights:
        A.append(sigmoid(A[-1] @ W.T + b))
    return A


def _measure_bump(answer):
    weights = [np.asarray(part, dtype=float) for part in answer()]
    expected = [(2, 1), (2,), (1, 2), (1,)]
    if [part.shape for part in weights] != expected:
        return f"got the shapes {[part.shape for part in weights]}, expected {expected}", False
    W1, b1, W2, b2 = weights
    x = np.linspace(0, 1, 1001)[:, None]
    output = sigmoid(sigmoid(x @ W1.T + b1) @ W2.T + b2)[:, 0]
    left, middle, right = output[:301].max(), output[400:601].min(), output[700:].max()
    line = f"at most {left:.3f} on the left, at least {middle:.3f} in the middle, at most {right:.3f} on the right"
    if left <= 0.1 and middle >= 0.9 and right <= 0.1:
        return line, True
    if left <= 0.1 and middle >= 0.9:
        return (
            f"{line}; it does not come down again: the second hidden neuron must take away what the first gives",
            False,
        )
    if min(output[0], output[-1]) > 0.5 > output[500]:
        return f"{line}; it is a dent and not a bump: turn the signs of W2 and b2", False
    if output[500] > max(output[0], output[-1]):
        return f"{line}; it is a bump, but too gentle: make both steps steeper, and keep them in their places", False
    return f"{line}; wanted: at most 0.1, at least 0.9, at most 0.1", False


@stretch_it(
    "A bump from two sigmoids",
    minutes=20,
    hints=(
        "Draw it first, as in the text: what must the two hidden neurons do as x grows from 0 to 1?",
        "sigma(s (x - t)) is a step at t, the steeper the larger s. So the weight is s, and the bias is -s t.",
        "One step at 0.35, one at 0.65. The output adds the first and subtracts the second.",
        "With W2 = (10, -10) the output's z is b2, then 10 + b2, then b2 again. Choose b2 so that the signs differ.",
    ),
    why="Two steps make a bump, and bumps side by side follow any curve without jumps: so the theorem can be pictured.",
    measure=_measure_bump,
    mistakes=(
        (lambda: ([[100.0], [100.0]], [-35.0, -65.0], [[10.0, 10.0]], [-5.0]), "it does not come down again"),
        (lambda: ([[10.0], [10.0]], [-3.5, -6.5], [[10.0, -10.0]], [-5.0]), "too gentle"),
        (lambda: ([[100.0], [100.0]], [-35.0, -65.0], [[-10.0, 10.0]], [5.0]), "it is a dent and not a bump"),
        (lambda: ([[100.0, 100.0]], [-35.0, -65.0], [[10.0, -10.0]], [-5.0]), "got the shapes"),
    ),
    also_right=(
        lambda: ([[200], [-200]], [-70, 130], [[12, 12]], [-18]),
        lambda: ([[-150], [-150]], [97.5, 52.5], [[20, -20]], [-10]),
    ),
)
def bump():
    """Weights of a 1-2-1 network: one step up at 0.35, one step down at 0.65."""
    W1, b1 = np.array([[100.0], [100.0]]), np.array([-35.0, -65.0])
    W2, b2 = np.array([[10.0, -10.0]]), np.array([-5.0])
    return W1, b1, W2, b2
