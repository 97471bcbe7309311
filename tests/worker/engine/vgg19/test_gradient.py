"""The network and its gradient by turned kernels are those of TensorFlow's own operations."""

import pytest
import tensorflow as tf

from tests.worker.engine.pictures import painting
from worker.engine.image import centred
from worker.engine.vgg19 import network as vgg
from worker.engine.vgg19.layers import KERNEL_SHAPES, Weights


def tensorflows(image: tf.Tensor, weights: Weights, last: str, padding: str) -> tf.Tensor:
    """Return the activations of a layer, by TensorFlow's operations alone."""
    block, activations = "block1", image
    mode = "CONSTANT" if padding == "zero" else "SYMMETRIC"
    for name, (kernel, bias) in weights.items():
        if not name.startswith(block):
            block = name[: len(block)]
            activations = tf.nn.max_pool2d(activations, 2, 2, "VALID")
        padded = tf.pad(activations, ((0, 0), (1, 1), (1, 1), (0, 0)), mode)
        activations = tf.nn.relu(tf.nn.conv2d(padded, kernel, 1, "VALID") + bias)
        if name == last:
            break
    return activations


@pytest.mark.parametrize("padding", ["zero", "replicate"])
@pytest.mark.parametrize("layer", ["block1_conv1", "block1_conv2", "block3_conv1", "block5_conv1"])
def test_activations_and_gradient_are_tensorflows(
    weights: Weights, layer: str, padding: str
) -> None:
    assert list(weights) == list(KERNEL_SHAPES)
    image = centred(painting(49, 70))
    network = vgg.down_to(vgg.variant(vgg.build(weights), padding), [layer])
    found, gradients = [], []
    for is_ours in (True, False):
        with tf.GradientTape() as tape:
            tape.watch(image)
            activations = (
                network(image)[layer] if is_ours else tensorflows(image, weights, layer, padding)
            )
            energy = tf.reduce_sum(tf.square(activations))
        found.append(activations)
        gradients.append(tape.gradient(energy, image))
    for ours, theirs in (found, gradients):
        assert float(tf.norm(ours - theirs) / tf.norm(theirs)) < 1e-5
