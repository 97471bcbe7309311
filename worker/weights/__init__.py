"""VGG19's ImageNet weights: where they come from, and how they are read."""

from worker.weights.sources import load

__all__ = ["load"]
