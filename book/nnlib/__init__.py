"""nnlib: the networks of the book.

Its core is small enough to read in one sitting, under 500 lines of code (what Part V adds aside), in this order:

layers          what a layer computes, forward and backward: here backpropagation stands
network         layers in a row
losses          how wrong the output is, where the way back begins
gradient_check  whether a way back is right
optimizers      what a step does with the gradients
transforms      what may be done to the gradients before
training        mini-batches, epochs, and when to stop

In files of their own, for the part of the book that makes it work:

schedules       learning rates that change while a network learns
convolution     layers for images
sequences       layers for what comes in an order, words among them

Data flows one way: datasets -> network -> loss -> gradients -> optimizer -> picture. Beside the core stand `checks`,
which refuses what does not fit, the edges (data, pictures, files), `parallel`, which shares a training
out among machines, the `exercises` and the interactives (`alive`).
By itself stands `autodiff`, which finds slopes without a way back by hand; nothing else here uses it.
"""

from .convolution import Conv2d, Flatten, MaxPool2d
from .datasets import Dataset, load_breast_cancer, load_digits, load_mnist, load_names, load_shakespeare, split
from .gradient_check import gradient_errors, loss_gradient_error, numerical_gradient, relative_error
from .layers import (
    GELU,
    BatchNorm,
    Dense,
    Dropout,
    Layer,
    LayerNorm,
    LeakyReLU,
    Parameter,
    ReLU,
    Sigmoid,
    Tanh,
    glorot_normal,
    he_normal,
    scaled_normal,
    sigmoid,
)
from .losses import BinaryCrossEntropy, Loss, QuadraticCost, SoftmaxCrossEntropy, log_softmax, one_hot
from .network import Network, Residual
from .optimizers import SGD, AdaGrad, Adam, AdamW, Optimizer, RMSProp
from .prose import book_checks, glue
from .schedules import cosine, step_decay, warm_up
from .sequences import LSTM, Attention, Embedding, Positions, Recurrent
from .training import History, TrainingDiverged, accuracy, fit, minibatches, one_epoch, train_epochs
from .transforms import L2, ClipNorm

__version__ = "0.1.0"

__all__ = [
    "GELU",
    "LSTM",
    "SGD",
    "L2",
    "AdaGrad",
    "Adam",
    "AdamW",
    "Attention",
    "BatchNorm",
    "BinaryCrossEntropy",
    "ClipNorm",
    "Conv2d",
    "Dataset",
    "Dense",
    "Dropout",
    "Embedding",
    "Flatten",
    "History",
    "Layer",
    "LayerNorm",
    "LeakyReLU",
    "Loss",
    "MaxPool2d",
    "Network",
    "Optimizer",
    "Parameter",
    "Positions",
    "QuadraticCost",
    "RMSProp",
    "ReLU",
    "Recurrent",
    "Residual",
    "Sigmoid",
    "SoftmaxCrossEntropy",
    "Tanh",
    "TrainingDiverged",
    "accuracy",
    "book_checks",
    "cosine",
    "fit",
    "glorot_normal",
    "glue",
    "gradient_errors",
    "he_normal",
    "load_breast_cancer",
    "load_digits",
    "load_mnist",
    "load_names",
    "load_shakespeare",
    "log_softmax",
    "loss_gradient_error",
    "minibatches",
    "numerical_gradient",
    "one_epoch",
    "one_hot",
    "relative_error",
    "scaled_normal",
    "sigmoid",
    "split",
    "step_decay",
    "train_epochs",
    "warm_up",
]
