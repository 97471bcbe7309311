"""Paints pictures for the documentation and the pages, with one engine."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from shared.config import Config
from shared.kept_pixels import KeptPixels, Photograph
from shared.pictures import render, resized
from shared.settings import StyleSettings
from worker import weights
from worker.engine.device import find_device
from worker.engine.engine import Engine
from worker.host_memory import usable_bytes


class Painter:
    """Paints examples one after another."""

    def __init__(self) -> None:
        trained = weights.load(Config.read(os.environ))
        self._engine = Engine(trained, find_device(None, usable_bytes()))

    def paint(
        self, photograph: Path, styles: Sequence[Path], settings: StyleSettings
    ) -> Image.Image:
        """Paint a photograph in the style of paintings."""
        content, *paintings = (_read(path) for path in (photograph, *styles))
        for progress in self._engine.stylize(
            content.astype(np.float32), [each.astype(np.float32) for each in paintings], settings
        ):
            last = progress
        pixels = last.pixels()
        kept = KeptPixels.of(
            pixels,
            settings.deprocess_means,
            Photograph(resized(content, *pixels.shape[:2]), None),
        )
        in_its_colours = settings.preserve_color == "luminance"
        picture = render(kept, settings.deprocess_means, in_photograph_colours=in_its_colours)
        return Image.fromarray(np.asarray(picture, np.uint8))


def _read(path: Path) -> Any:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))
