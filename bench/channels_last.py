"""The same objective in PyTorch, channels last, with its L-BFGS, if PyTorch is installed."""

import importlib.util
from collections.abc import Mapping
from contextlib import suppress
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.baseline import HISTORY, MOST_EVALUATIONS, Reached
from bench.faithful import SETTINGS
from bench.measures import CurvePoint
from bench.pairs import Pair
from worker.engine.image import IMAGENET_MEANS
from worker.engine.vgg19.layers import Weights

INSTALLED = importlib.util.find_spec("torch") is not None
Tensor = Any  # of PyTorch, which may not be installed


class ChannelsLast:
    """The Keras example's loss in float32; its gradient is autograd's."""

    def __init__(self, trained: Weights) -> None:
        import torch  # noqa: PLC0415 - it may not be installed

        self._torch = torch
        read = {*SETTINGS.style_layers, SETTINGS.content_layer}
        deepest = max(list(trained).index(layer) for layer in read)
        self._convolutions = {
            layer: (self._laid_out(kernel.transpose(3, 2, 0, 1)), torch.from_numpy(bias))
            for layer, (kernel, bias) in list(trained.items())[: deepest + 1]
        }

    def image(self, pixels: NDArray[np.float32]) -> Tensor:
        """Turn (rows, columns, 3), R, G, B, into (1, 3, rows, columns), centred B, G, R."""
        planes = (pixels[..., ::-1] - IMAGENET_MEANS).transpose(2, 0, 1)[np.newaxis]
        return self._torch.from_numpy(np.ascontiguousarray(planes))  # as its L-BFGS requires

    def features(self, image: Tensor) -> dict[str, Tensor]:
        """Return the activations (1, c, h, w) of every layer down to the deepest that is read."""
        functional, features, block = self._torch.nn.functional, {}, "block1"
        image = image.contiguous(memory_format=self._torch.channels_last)
        for layer, (kernel, bias) in self._convolutions.items():
            if not layer.startswith(block):
                block = layer[: len(block)]
                image = functional.max_pool2d(image, 2)
            image = functional.relu(functional.conv2d(image, kernel, bias, padding=1))
            features[layer] = image
        return features

    def loss(self, image: Tensor, content: Tensor, grams: Mapping[Any, Tensor]) -> Tensor:
        """Return the loss of (1, 3, rows, columns)."""
        features, pixels = self.features(image), image.shape[2] * image.shape[3]
        distance = ((features[SETTINGS.content_layer] - content) ** 2).sum()
        total = SETTINGS.content_weight * distance
        for layer, gram in grams.items():
            style = ((_gram(features[layer]) - gram) ** 2).sum() / (4.0 * 3**2 * pixels**2)
            total = total + SETTINGS.style_weight / len(grams) * style
        corner = image[:, :, :-1, :-1]
        down, right = corner - image[:, :, 1:, :-1], corner - image[:, :, :-1, 1:]
        variation = ((down**2 + right**2 + 1e-8) ** 1.25).sum()
        return total + SETTINGS.tv_weight * variation

    def minimise(self, images: Pair, loss: float, most: int = MOST_EVALUATIONS) -> list[CurvePoint]:
        """Minimise from the content; return one point per evaluation, until `loss` is reached."""
        curve: list[CurvePoint] = []
        start = perf_counter()
        with self._torch.no_grad():
            content = self.features(self.image(images.content))[SETTINGS.content_layer]
            style = self.features(self.image(images.style))
            grams = {layer: _gram(style[layer]) for layer in SETTINGS.style_layers}
        image = self.image(images.content).requires_grad_()
        optimizer = self._torch.optim.LBFGS(
            [image],
            max_iter=most,
            max_eval=most,
            history_size=HISTORY,
            line_search_fn="strong_wolfe",
            tolerance_grad=0,
            tolerance_change=0,
        )

        def evaluate() -> Tensor:
            optimizer.zero_grad()
            value = self.loss(image, content, grams)
            value.backward()
            curve.append(CurvePoint(len(curve) + 1, perf_counter() - start, value.item()))
            if curve[-1].loss <= loss:
                raise Reached
            return value

        with suppress(Reached):
            optimizer.step(evaluate)
        return curve

    def _laid_out(self, array: NDArray[np.float32]) -> Tensor:
        tensor = self._torch.from_numpy(np.ascontiguousarray(array))
        return tensor.contiguous(memory_format=self._torch.channels_last)


def _gram(activations: Tensor) -> Tensor:
    features = activations.permute(0, 2, 3, 1).reshape(-1, activations.shape[1])
    return features.T @ features
