"""VGG19 (Simonyan & Zisserman 2014), built no deeper than the deepest layer that is read."""

from collections.abc import Collection

import keras

from worker.engine.architecture import KERNEL_SHAPES, Weights


def build(weights: Weights, layers: Collection[str], precision: str = "float32") -> keras.Model:
    """Return the network from pixels to the activations of `layers`.

    Args:
        weights: the ImageNet weights.
        layers: names such as `block3_conv1`.
        precision: a Keras dtype policy such as `float32`, or `mixed_bfloat16`, under which the
            convolutions run in bfloat16; what comes out is of the weights' dtype in any case.

    Returns:
        A model from (1, rows, columns, 3), centred B, G, R, to a dict of layer to activations
        (1, rows / 2^(block - 1), columns / 2^(block - 1), channels).
    """
    policy = keras.DTypePolicy(precision)
    image = keras.Input((None, None, 3), dtype=policy.variable_dtype)
    activations, outputs, block = image, {}, "block1"
    for name in KERNEL_SHAPES:
        if not name.startswith(block):
            block = name[: len(block)]
            activations = keras.layers.MaxPooling2D(2, dtype=policy)(activations)
        activations = _convolution(name, weights, policy)(activations)
        if name in layers:
            outputs[name] = keras.ops.cast(activations, policy.variable_dtype)
        if len(outputs) == len(layers):
            break
    return keras.Model(image, outputs)


def _convolution(name: str, weights: Weights, policy: keras.DTypePolicy) -> keras.layers.Conv2D:
    kernel, bias = weights[name]
    return keras.layers.Conv2D(
        filters=kernel.shape[-1],
        kernel_size=3,
        padding="same",
        activation="relu",
        name=name,
        dtype=policy,
        trainable=False,
        kernel_initializer=lambda _shape, dtype=None: keras.ops.convert_to_tensor(kernel, dtype),
        bias_initializer=lambda _shape, dtype=None: keras.ops.convert_to_tensor(bias, dtype),
    )
