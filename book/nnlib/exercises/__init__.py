"""Exercises: one module for each chapter, `from nnlib.exercises import backprop as exercise`."""

from .memory import clear_progress, export_progress, import_progress, progress
from .predictions import predict, reveal

__all__ = ["clear_progress", "export_progress", "import_progress", "predict", "progress", "reveal"]
