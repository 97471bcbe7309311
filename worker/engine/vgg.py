"""VGG19 (Simonyan & Zisserman 2014), built no deeper than the deepest layer that is read."""

from collections.abc import Collection

import keras

from worker.engine.architecture import KERNEL_SHAPES, Weights


def build(weights: Weights, layers: Collection[str], precision: str = "float32") -> keras.Model:
    """Return the network from pixels to the activations of `layers`.

    Args:
        weights: the ImageNet weights.
        layers: names such as `block3_conv1`.
        precision: the Keras dtype policy of its layers. Under `bfloat16` the weights, which never
            change, are kept in it too: `mixed_bfloat16` would convert them in every evaluation.

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
        activations = _convolution(name, weights, policy)(activations)
        if name in layers:
            outputs[name] = activations
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
