"""What the network sees around an image: zeros, or the image's edge continued."""

import numpy as np
import pytest
import tensorflow as tf

from shared.settings import StyleSettings
from tests.worker.engine.pictures import photograph
from tests.worker.engine.vgg19.tiled import tile_differences
from worker.engine.image import centred
from worker.engine.loss.objective import Objective
from worker.engine.vgg19 import network as vgg
from worker.engine.vgg19.layers import KERNEL_SHAPES, Weights

UNIFORM = np.full((32, 48, 3), 200, np.float32)


def test_a_uniform_image_has_no_border(weights: Weights) -> None:
    zero = vgg.build(weights)
    for network, has_border in ((zero, True), (vgg.variant(zero, "replicate"), False)):
        for layer, features in network(centred(UNIFORM)).items():
            border = np.abs(features[0] - features[0, 0, 0]).max()
            assert (border > 1) == has_border, layer
            assert has_border or border < 0.01, layer


@pytest.mark.parametrize("dtype", [tf.bfloat16, tf.float32, tf.float64])
@pytest.mark.parametrize("shape", [(1, 5, 7, 3), (1, 1, 2, 4)])
def test_padding_and_its_gradient_are_those_of_tensorflow(
    shape: tuple[int, ...], dtype: tf.DType
) -> None:
    generator = tf.random.Generator.from_seed(0)
    inputs = tf.cast(generator.normal(shape), dtype)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(inputs)
        ours = vgg.replicated(inputs)
        theirs = tf.pad(inputs, vgg.RING, "SYMMETRIC")
    upstream = tf.cast(generator.normal(theirs.shape), dtype)
    gradients = (tape.gradient(each, inputs, upstream) for each in (ours, theirs))
    np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(*gradients)


def test_only_the_border_differs(weights: Weights) -> None:
    """Beyond the reach of the border, the activations are the same."""
    zero = vgg.build(weights)
    image = centred(photograph(96, 64))
    ours, theirs = vgg.variant(zero, "replicate")(image), zero(image)
    assert list(ours) == list(theirs) == list(KERNEL_SHAPES)
    for layer in ("block1_conv1", "block2_conv2", "block3_conv1"):
        assert ours[layer].shape == theirs[layer].shape
        rows, columns = (side // 2 for side in ours[layer].shape[1:3])
        np.testing.assert_allclose(
            ours[layer][0, rows, columns], theirs[layer][0, rows, columns], rtol=1e-4, atol=1e-3
        )


def test_tiles_see_the_edge_only_where_the_image_ends(weights: Weights) -> None:
    settings = StyleSettings(
        padding="replicate",
        moments_weight=1,
        style_weight=0,
        style_layers={"block1_conv1": 1.0, "block3_conv1": 1.0},
        content_layer="block4_conv1",
    )
    objective = Objective(vgg.variant(vgg.build(weights), "replicate"), settings)
    assert max(tile_differences(objective, settings)) < 1e-5
