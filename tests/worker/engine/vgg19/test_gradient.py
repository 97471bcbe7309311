"""The gradient by turned kernels is that of TensorFlow's own convolutions."""

import pytest
import tensorflow as tf

from tests.worker.engine.pictures import painting
from worker.engine.image import centred
from worker.engine.vgg19 import network as vgg
from worker.engine.vgg19.layers import KERNEL_SHAPES, Weights


def tensorflows(image: tf.Tensor, weights: Weights, last: str) -> tf.Tensor:
    """Return the activations of a layer, by TensorFlow's operations alone."""
    block, activations = "block1", image
    for name, (kernel, bias) in weights.items():
        if not name.startswith(block):
            block = name[: len(block)]
            activations = tf.nn.max_pool2d(activations, 2, 2, "VALID")
        activations = tf.nn.relu(tf.nn.conv2d(activations, kernel, 1, "SAME") + bias)
        if name == last:
            break
    return activations


@pytest.mark.parametrize("layer", ["block1_conv1", "block1_conv2", "block3_conv1", "block5_conv1"])
def test_the_gradient_is_tensorflows(weights: Weights, layer: str) -> None:
    assert list(weights) == list(KERNEL_SHAPES)
    image = centred(painting(49, 70))
    network = vgg.down_to(vgg.build(weights), [layer])
    gradients = []
    for by_turned_kernels in (True, False):
        with tf.GradientTape() as tape:
            tape.watch(image)
            activations = (
                network(image)[layer] if by_turned_kernels else tensorflows(image, weights, layer)
            )
            energy = tf.reduce_sum(tf.square(activations))
        gradients.append(tape.gradient(energy, image))
    ours, theirs = gradients
    assert float(tf.norm(ours - theirs) / tf.norm(theirs)) < 1e-5
