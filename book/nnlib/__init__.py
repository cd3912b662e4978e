"""nnlib: the networks of the book, small enough to read in one sitting.

Data flows one way: datasets -> network -> loss -> gradients -> optimizer -> picture.
"""

from .datasets import Dataset, load_breast_cancer, load_digits, load_mnist, split
from .gradient_check import gradient_errors, loss_gradient_error, numerical_gradient, relative_error
from .layers import BatchNorm, Dense, Dropout, Layer, Network, Parameter, ReLU, Sigmoid, Tanh, scaled_normal, sigmoid
from .losses import BinaryCrossEntropy, Loss, QuadraticCost, SoftmaxCrossEntropy, log_softmax, one_hot
from .optimizers import SGD, Adam, Optimizer
from .prose import glue
from .training import History, TrainingDiverged, accuracy, fit, minibatches, train_epochs
from .transforms import L2, ClipNorm

__version__ = "0.1.0"

__all__ = [
    "SGD",
    "L2",
    "Adam",
    "BatchNorm",
    "BinaryCrossEntropy",
    "ClipNorm",
    "Dataset",
    "Dense",
    "Dropout",
    "History",
    "Layer",
    "Loss",
    "Network",
    "Optimizer",
    "Parameter",
    "QuadraticCost",
    "ReLU",
    "Sigmoid",
    "SoftmaxCrossEntropy",
    "Tanh",
    "TrainingDiverged",
    "accuracy",
    "fit",
    "glue",
    "gradient_errors",
    "load_breast_cancer",
    "load_digits",
    "load_mnist",
    "log_softmax",
    "loss_gradient_error",
    "minibatches",
    "numerical_gradient",
    "one_hot",
    "relative_error",
    "scaled_normal",
    "sigmoid",
    "split",
    "train_epochs",
]
