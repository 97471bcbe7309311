"""What the network passes on between blocks: the largest of four activations, or their mean."""

import numpy as np
import pytest
import tensorflow as tf
from numpy.typing import NDArray

from shared.settings import PRESETS, StyleSettings
from tests.worker.engine.pictures import painting, photograph
from tests.worker.engine.vgg19.tiled import tile_differences
from worker.engine.engine import Engine
from worker.engine.image import centred
from worker.engine.loss.objective import Objective
from worker.engine.vgg19 import network as vgg
from worker.engine.vgg19.layers import KERNEL_SHAPES, Weights


def pooled(activations: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return 1.4 times the mean of each 2 × 2 positions of (1, h, w, c)."""
    _, rows, columns, channels = activations.shape
    blocks = activations.reshape(rows // 2, 2, columns // 2, 2, channels)
    means: NDArray[np.float32] = blocks.mean(axis=(1, 3))[np.newaxis]
    return 1.4 * means


def test_average_pooling_passes_on_the_mean(weights: Weights) -> None:
    network = vgg.variant(vgg.build(weights), pooling="average")
    activations = network(centred(photograph(96, 64)))
    assert list(activations) == list(KERNEL_SHAPES)
    kernel, bias = weights["block2_conv1"]
    before = pooled(activations["block1_conv2"].numpy())
    expected = tf.nn.relu(tf.nn.conv2d(before, kernel, 1, "SAME") + bias)
    np.testing.assert_allclose(activations["block2_conv1"], expected, rtol=1e-3, atol=1e-2)


@pytest.mark.parametrize("padding", ["zero", "replicate"])
def test_the_first_block_is_the_same_and_the_others_are_of_similar_size(
    weights: Weights, padding: str
) -> None:
    network, image = vgg.build(weights), centred(photograph(96, 64))
    largest, average = (vgg.variant(network, padding, way)(image) for way in ("max", "average"))
    for layer in KERNEL_SHAPES:
        one, other = largest[layer].numpy(), average[layer].numpy()
        assert one.shape == other.shape
        if layer.startswith("block1"):
            np.testing.assert_array_equal(one, other)
        else:
            assert not np.allclose(one, other, rtol=0.01)
            assert 0.5 < other.mean() / one.mean() < 1.5, layer
        assert other.max() < np.finfo(np.float16).max / 2, layer


def test_tiles_see_the_same_averages_as_the_whole_image(weights: Weights) -> None:
    settings = StyleSettings(pooling="average", moments_weight=1, content_layer="block4_conv1")
    objective = Objective(vgg.variant(vgg.build(weights), pooling="average"), settings)
    assert max(tile_differences(objective, settings)) < 1e-5


def test_one_engine_paints_with_either_pooling(weights: Weights) -> None:
    """The objectives that it caches are told apart."""
    engine = Engine(weights)
    small = {"size": 48, "iterations": 4, "coarse_iterations": 4}

    def painted(pooling: str) -> NDArray[np.float32]:
        settings = StyleSettings(**{**PRESETS["balanced"], **small, "pooling": pooling})
        *_, last = engine.stylize(photograph(96, 64), [painting(80, 60)], settings)
        return last.pixels()

    first, other, again = map(painted, ("max", "average", "max"))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).mean() > 1  # grey levels
