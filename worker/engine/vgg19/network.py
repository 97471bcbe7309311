"""VGG19 (Simonyan & Zisserman 2014), built once and cut after the deepest layer in use."""

from collections.abc import Collection

import keras

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


def down_to(network: keras.Model, layers: Collection[str]) -> keras.Model:
    """Return the part of a network, with the same weights, that the activations of `layers` need.

    Args:
        network: VGG19, from `build`.
        layers: names such as `block3_conv1`.
    """
    return keras.Model(network.inputs, {layer: network.output[layer] for layer in layers})


def _convolution(name: str, policy: keras.DTypePolicy) -> keras.layers.Conv2D:
    return keras.layers.Conv2D(
        filters=KERNEL_SHAPES[name][-1],
        kernel_size=3,
        padding="same",
        activation="relu",
        name=name,
        dtype=policy,
        trainable=False,
        kernel_initializer="zeros",
    )
