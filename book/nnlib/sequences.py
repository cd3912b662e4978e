"""Sequences: layers for what comes in an order; a batch is (n, time, features), or (n, time) of whole numbers."""

import math

import numpy as np

from .checks import check_count, check_divides, check_dtype, check_length, check_rng, check_words
from .layers import Dense, Init, Layer, Parameter, as_rows, scaled_normal, sigmoid


class Embedding(Layer):
    """Each word, a whole number from 0 up, becomes its row of a table: a = E[x].

    That is a Dense layer without bias over one-hot rows, without the zeros. Words (n, time) become (n, time, n_out).

    Parameters
    ----------
    words : number of words.
    n_out : number of features that each is given.
    rng : where the random rows come from, each entry with mean 0 and variance 1.
    dtype : np.float64, or np.float32 for speed.

    Attributes
    ----------
    E, dE : ndarray of shape (words, n_out).
    """

    stores = ("x",)
    integers = True

    def __init__(self, words: int, n_out: int, rng: np.random.Generator, dtype: type = np.float64):
        check_count("words", words)
        check_count("n_out", n_out)
        check_rng(rng)
        check_dtype(dtype)
        self.n_in, self.n_out = (None,), (None, n_out)
        self.E = rng.standard_normal((words, n_out)).astype(dtype)
        self.dE = np.zeros_like(self.E)

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.x = x
        return self.predict(x)

    def collect(self, grad: np.ndarray) -> None:
        self.dE[...] = 0
        np.add.at(self.dE, self.x, grad)  # a word that comes several times gets the sum

    def pass_back(self, grad: np.ndarray) -> np.ndarray:
        return np.zeros(self.x.shape, grad.dtype)  # a whole number cannot move a little

    def predict(self, x: np.ndarray) -> np.ndarray:
        check_words(x, len(self.E))
        return self.E[x]

    def parameters(self) -> list[Parameter]:
        return [Parameter("E", self.E, self.dE)]


class Positions(Layer):
    """To what stands at each time something is added that says which time it is: y[:, t] = x[:, t] + P[t].

    Attention needs it, which does not see the order by itself. Source: Gehring et al. (2017), where P is learned too.

    Parameters
    ----------
    length : number of times, of the longest sequence.
    n : number of features.
    rng : where the random rows come from, each entry with mean 0 and variance 1.
    dtype : np.float64, or np.float32 for speed.

    Attributes
    ----------
    P, dP : ndarray of shape (length, n).
    """

    stores = ("time",)

    def __init__(self, length: int, n: int, rng: np.random.Generator, dtype: type = np.float64):
        check_count("length", length)
        check_count("n", n)
        check_rng(rng)
        check_dtype(dtype)
        self.n_in = self.n_out = (None, n)
        self.P = rng.standard_normal((length, n)).astype(dtype)
        self.dP = np.zeros_like(self.P)

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.time = x.shape[1]
        return self.predict(x)

    def collect(self, grad: np.ndarray) -> None:
        self.dP[: self.time] = grad.sum(axis=0)
        self.dP[self.time :] = 0  # no sequence was so long

    def pass_back(self, grad: np.ndarray) -> np.ndarray:
        return grad

    def predict(self, x: np.ndarray) -> np.ndarray:
        check_length(x, len(self.P))
        return x + self.P[: x.shape[1]]

    def parameters(self) -> list[Parameter]:
        return [Parameter("P", self.P, self.dP)]


class Recurrent(Layer):
    """A layer that hears itself: h_t = tanh(W x_t + U h_(t-1) + b), one time after the other, from h_0 = 0.

    On the way back through time, the last time first, delta_t = (grad_t + U^T delta_(t+1)) (1 - h_t^2),
    and every parameter gets the sum over all times. Sources: Elman (1990); Werbos (1990) for the way back.

    Parameters
    ----------
    n_in, n_out : number of features in and out at each time; (n, time, n_in) becomes (n, time, n_out).
    rng : where the random weights come from.
    dtype : np.float64, or np.float32 for speed.
    init : a function (rng, shape) -> weights of that shape.

    Attributes
    ----------
    W, dW : ndarray of shape (n_out, n_in).
    U, dU : ndarray of shape (n_out, n_out), U[j, k] leads from neuron k to neuron j, one time later.
    b, db : ndarray of shape (n_out,).
    """

    stores = ("x", "h")
    GATES = 1  # how many weighted inputs each neuron has

    def __init__(
        self, n_in: int, n_out: int, rng: np.random.Generator, dtype: type = np.float64, init: Init = scaled_normal
    ):
        check_count("n_in", n_in)
        check_count("n_out", n_out)
        check_rng(rng)
        check_dtype(dtype)
        self.n_in, self.n_out = (None, n_in), (None, n_out)
        self.W = init(rng, (self.GATES * n_out, n_in)).astype(dtype)
        self.U = init(rng, (self.GATES * n_out, n_out)).astype(dtype)
        self.b = np.zeros(self.GATES * n_out, dtype)
        self.dW, self.dU, self.db = np.zeros_like(self.W), np.zeros_like(self.U), np.zeros_like(self.b)

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.x, self.h = x, self.states(x)
        return self.h[:, 1:]

    def states(self, x: np.ndarray) -> np.ndarray:
        """h_0, h_1, ..., of shape (n, 1 + time, n_out)."""
        h = np.zeros((len(x), 1 + x.shape[1], self.U.shape[1]), self.U.dtype)
        z = x @ self.W.T + self.b
        for t in range(x.shape[1]):
            h[:, t + 1] = np.tanh(z[:, t] + h[:, t] @ self.U.T)
        return h

    def collect(self, grad: np.ndarray) -> None:
        self.delta = self.through_time(grad)
        delta = as_rows(self.delta)
        delta.sum(axis=0, out=self.db)
        np.matmul(delta.T, as_rows(self.x), out=self.dW)
        np.matmul(delta.T, as_rows(self.h[:, :-1]), out=self.dU)

    def through_time(self, grad: np.ndarray) -> np.ndarray:
        """dC/dz at all times."""
        delta = np.empty_like(grad)
        later = 0  # what comes back from the next time
        for t in reversed(range(grad.shape[1])):
            delta[:, t] = (grad[:, t] + later) * (1 - self.h[:, t + 1] ** 2)
            later = delta[:, t] @ self.U
        return delta

    def pass_back(self, grad: np.ndarray) -> np.ndarray:
        return self.delta @ self.W

    def predict(self, x: np.ndarray) -> np.ndarray:
        return self.states(x)[:, 1:]

    def parameters(self) -> list[Parameter]:
        return [Parameter("W", self.W, self.dW), Parameter("U", self.U, self.dU), Parameter("b", self.b, self.db)]


class LSTM(Recurrent):
    """Long short-term memory: a recurrent layer with a memory c that gates let in, keep and let out.

    Of each neuron's four weighted inputs, W x_t + U h_(t-1) + b, three become gates between 0 and 1, i, f and o =
    sigma(z), and one what may be let in, g = tanh(z). Then c_t = f c_(t-1) + i g and h_t = o tanh(c_t), from c_0 = 0.
    On the way back dC/dc goes from a time to the one before times f, and through no weight. Sources: Hochreiter &
    Schmidhuber (1997); the gate f, Gers, Schmidhuber & Cummins (2000).

    Parameters
    ----------
    n_in, n_out, rng, dtype, init : as for Recurrent.

    Attributes
    ----------
    W, U, b, dW, dU, db : ndarrays as those of Recurrent, with 4 n_out rows: those of i, f, g and o below each other.
    """

    stores = ("x", "h", "c", "gates")
    GATES = 4

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.x, (self.h, self.c, self.gates) = x, self.states(x)
        return self.h[:, 1:]

    def states(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """H and c, from time 0 on, of shape (n, 1 + time, n_out); and all gates, (n, time, 4 n_out)."""
        h, c = np.zeros((2, len(x), 1 + x.shape[1], self.U.shape[1]), self.U.dtype)
        gates = x @ self.W.T + self.b
        for t in range(x.shape[1]):
            gates[:, t] += h[:, t] @ self.U.T
            i, f, g, o = np.split(gates[:, t], 4, axis=1)
            i[...], f[...], g[...], o[...] = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
            c[:, t + 1] = f * c[:, t] + i * g
            h[:, t + 1] = o * np.tanh(c[:, t + 1])
        return h, c, gates

    def through_time(self, grad: np.ndarray) -> np.ndarray:
        delta = np.empty_like(self.gates)
        dh_later = dc_later = 0  # what comes back from the next time
        for t in reversed(range(grad.shape[1])):
            i, f, g, o = np.split(self.gates[:, t], 4, axis=1)
            out = np.tanh(self.c[:, t + 1])
            dh = grad[:, t] + dh_later
            dc = dh * o * (1 - out**2) + dc_later
            slopes = dc * g * i * (1 - i), dc * self.c[:, t] * f * (1 - f), dc * i * (1 - g**2), dh * out * o * (1 - o)
            delta[:, t] = np.concatenate(slopes, axis=1)
            dh_later, dc_later = delta[:, t] @ self.U, dc * f
        return delta

    def predict(self, x: np.ndarray) -> np.ndarray:
        h, _, _ = self.states(x)
        return h[:, 1:]


class Attention(Layer):
    """Each time looks at all times, and takes from each as much as it pays attention to it.

    Three products make of each x_t a query, a key and a value. The query of one time and the key of another give a
    score, S = Q K^T / sqrt(d); softmax turns each row of S into weights P that sum to 1, and H = P V is what is taken.
    So it is in each of several heads, which share the features out among them, d each; a last product joins them. On
    the way back dV = P^T dH and dP = dH V^T, through softmax dS = P (dP - sum of P dP over the row), and then
    dQ = dS K / sqrt(d) and dK = dS^T Q / sqrt(d). Source: Vaswani et al. (2017); in PyTorch MultiheadAttention.

    Parameters
    ----------
    n : number of features, in and out; (n examples, time, n) stays of that shape.
    heads : how many; ValueError unless n is a multiple of it.
    rng : where the random weights come from.
    dtype : np.float64, or np.float32 for speed.
    causal : whether no time may look at later ones: their scores become -infinity, and their weights 0.
    init : a function (rng, shape) -> weights of that shape.

    Attributes
    ----------
    qkv : Dense, which makes queries, keys and values, 3 n in all.
    out : Dense, which joins the heads.
    P : ndarray of shape (n examples, heads, time, time), the weights of the last forward pass.
    """

    stores = ("Q", "K", "V", "P")

    def __init__(
        self,
        n: int,
        heads: int,
        rng: np.random.Generator,
        dtype: type = np.float64,
        *,
        causal: bool = False,
        init: Init = scaled_normal,
    ):
        check_count("n", n)
        check_count("heads", heads)
        check_divides("heads", heads, n)
        self.n_in = self.n_out = (None, n)
        self.heads, self.causal, self.scale = heads, causal, 1 / math.sqrt(n // heads)
        self.qkv, self.out = Dense(n, 3 * n, rng, dtype, init), Dense(n, n, rng, dtype, init)

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.Q, self.K, self.V = self.split(self.qkv.forward(x))
        self.P = self.weights(self.Q, self.K)
        return self.out.forward(self.joined(self.P @ self.V))

    def collect(self, grad: np.ndarray) -> None:
        self.out.collect(grad)
        (dH,) = self.split(self.out.pass_back(grad))
        dV, dP = self.P.swapaxes(2, 3) @ dH, dH @ self.V.swapaxes(2, 3)
        dS = self.P * (dP - (self.P * dP).sum(axis=-1, keepdims=True))
        dQ, dK = dS @ self.K * self.scale, dS.swapaxes(2, 3) @ self.Q * self.scale
        self.delta = np.concatenate([self.joined(slopes) for slopes in (dQ, dK, dV)], axis=-1)
        self.qkv.collect(self.delta)

    def pass_back(self, grad: np.ndarray) -> np.ndarray:
        return self.qkv.pass_back(self.delta)

    def predict(self, x: np.ndarray) -> np.ndarray:
        Q, K, V = self.split(self.qkv.predict(x))
        return self.out.predict(self.joined(self.weights(Q, K) @ V))

    def parameters(self) -> list[Parameter]:
        inside = {"qkv": self.qkv, "out": self.out}
        return [
            Parameter(f"{name}.{p.name}", p.value, p.grad) for name, dense in inside.items() for p in dense.parameters()
        ]

    def weights(self, Q: np.ndarray, K: np.ndarray) -> np.ndarray:
        """How much attention each time, a row, pays to each time, a column: (n, heads, time, time)."""
        S = Q @ K.swapaxes(2, 3) * self.scale
        if self.causal:
            S += np.triu(np.full(S.shape[2:], -np.inf, S.dtype), k=1)
        S -= S.max(axis=-1, keepdims=True)  # exp() cannot overflow; softmax is unchanged
        P = np.exp(S, out=S)
        P /= P.sum(axis=-1, keepdims=True)
        return P

    def split(self, features: np.ndarray) -> np.ndarray:
        """Features (n, time, parts * heads * d) part by part and head by head: (parts, n, heads, time, d)."""
        n, time, _ = features.shape
        d = self.out.n_in // self.heads
        return features.reshape(n, time, -1, self.heads, d).transpose(2, 0, 3, 1, 4)

    def joined(self, by_head: np.ndarray) -> np.ndarray:
        """The heads side by side again: (n, heads, time, d) becomes (n, time, heads * d)."""
        n, _, time, _ = by_head.shape
        return by_head.transpose(0, 2, 1, 3).reshape(n, time, -1)
