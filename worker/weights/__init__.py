"""VGG19's ImageNet weights: `sources` gets them, `pytorch_format` reads the default file."""

from worker.weights.sources import HELP, load

__all__ = ["HELP", "load"]
