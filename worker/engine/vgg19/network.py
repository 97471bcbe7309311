"""VGG19 (Simonyan & Zisserman 2014), built once and cut after the deepest layer in use."""

from collections.abc import Collection

import keras
import tensorflow as tf

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
        convolution = _convolution(name, policy)
        outputs[name] = activations = convolution(activations)
        # not by initializers: the layer would keep a reference to them and so to all weights
        convolution.set_weights(weights[name])
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
    convolution = _convolution(first.name, first.dtype_policy, padding="valid")
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


def _convolution(
    name: str, policy: keras.DTypePolicy, padding: str = "same"
) -> keras.layers.Conv2D:
    return keras.layers.Conv2D(
        filters=KERNEL_SHAPES[name][-1],
        kernel_size=3,
        padding=padding,
        activation="relu",
        name=name,
        dtype=policy,
        trainable=False,
        kernel_initializer="zeros",
    )
