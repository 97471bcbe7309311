"""VGG19 (Simonyan & Zisserman 2014), built once and cut after the deepest layer in use."""

from collections.abc import Callable, Collection

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from worker.engine.vgg19.layers import KERNEL_SHAPES, Weights


def build(weights: Weights, precision: str = "float32") -> keras.Model:
    """Return the network from pixels to the activations of all its convolutions.

    Args:
        weights: the ImageNet weights.
        precision: the Keras dtype policy of its layers. With `bfloat16` the weights, which never
            change, are stored as bfloat16 too: `mixed_bfloat16` would convert them in every
            evaluation.

    Returns:
        A model from (1, rows, columns, 3), centred B, G, R, float32 or wider, to a dict of layer
        to activations (1, rows / 2^(block - 1), columns / 2^(block - 1), channels).
    """
    policy = keras.DTypePolicy(precision)
    image = keras.Input((None, None, 3), dtype="float64" if precision == "float64" else "float32")
    activations, outputs, block = image, {}, "block1"
    for name in KERNEL_SHAPES:
        if not name.startswith(block):
            block = name[: len(block)]
            activations = keras.layers.MaxPooling2D(2, dtype=policy)(activations)
        kernel, bias = weights[name]
        fast = precision == "float32" and activations is not image
        convolution = _convolution(
            name, policy, FastGradientConv2D if fast else keras.layers.Conv2D
        )
        outputs[name] = activations = convolution(activations)
        # not by initializers: the layer would keep a reference to them and so to all weights
        convolution.set_weights([kernel, bias, _turned(kernel)] if fast else [kernel, bias])
    return keras.Model(image, outputs)


def with_padding(network: keras.Model, padding: str) -> keras.Model:
    """Return a network with the same weights and other values around the image.

    Each convolution of `network` sees zeros around its input. Zeros next to the image look like an
    edge, which the optimisation answers with specks of colour; around later layers they matter
    little.

    Args:
        network: VGG19, from `build`.
        padding: `zero` is `network` itself; `replicate` repeats the image's outermost pixels.
    """
    if padding == "zero":
        return network
    image, first, *others = network.layers
    convolution = _convolution(first.name, first.dtype_policy, keras.layers.Conv2D, padding="valid")
    activations = convolution(EdgePadding(dtype=first.dtype_policy)(image.output))
    convolution.set_weights(first.get_weights())
    outputs = {first.name: activations}
    for layer in others:
        activations = layer(activations)
        if layer.name in KERNEL_SHAPES:
            outputs[layer.name] = activations
    return keras.Model(network.inputs, outputs)


class EdgePadding(keras.layers.Layer):
    """Repeats an image's outermost pixels once around it: (1, h, w, c) to (1, h + 2, w + 2, c)."""

    def call(self, image: tf.Tensor) -> tf.Tensor:
        """Return the padded image."""
        return tf.pad(image, ((0, 0), (1, 1), (1, 1), (0, 0)), "SYMMETRIC")


def down_to(network: keras.Model, layers: Collection[str]) -> keras.Model:
    """Return the part of a network, with the same weights, that the activations of `layers` need.

    Args:
        network: VGG19, from `build`.
        layers: names such as `block3_conv1`.
    """
    return keras.Model(network.inputs, {layer: network.output[layer] for layer in layers})


class FastGradientConv2D(keras.layers.Conv2D):
    """A convolution whose gradient is computed by a convolution as well.

    The gradient of a 3 × 3 convolution with stride 1 is the convolution with the kernel turned by
    180°. TensorFlow's own operation for it takes 1.1 to 2.6 times as long in float32 on processors
    (docs/decisions/0011).
    """

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the weights: the kernel, the bias, the turned kernel."""
        super().build(input_shape)
        rows, columns, inputs, outputs = self.kernel.shape
        self._turned = self.add_weight(
            name="turned", shape=(rows, columns, outputs, inputs), initializer="zeros"
        )

    def convolution_op(self, inputs: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
        """Return the convolution of (1, h, w, in), which is (1, h, w, out)."""
        kernel, turned = tf.convert_to_tensor(kernel), tf.convert_to_tensor(self._turned)

        @tf.custom_gradient
        def convolved(inputs: tf.Tensor) -> tuple[tf.Tensor, Callable[[tf.Tensor], tf.Tensor]]:
            return (
                tf.nn.conv2d(inputs, kernel, 1, "SAME"),
                lambda upstream: tf.nn.conv2d(upstream, turned, 1, "SAME"),
            )

        return convolved(inputs)


def _turned(kernel: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn a kernel (3, 3, in, out) by 180°: (3, 3, out, in)."""
    return kernel[::-1, ::-1].transpose(0, 1, 3, 2)


def _convolution(
    name: str,
    policy: keras.DTypePolicy,
    kind: type[keras.layers.Conv2D],
    padding: str = "same",
) -> keras.layers.Conv2D:
    return kind(
        filters=KERNEL_SHAPES[name][-1],
        kernel_size=3,
        padding=padding,
        activation="relu",
        name=name,
        dtype=policy,
        trainable=False,
        kernel_initializer="zeros",
    )
