"""VGG19 (Simonyan & Zisserman 2014), built once and cut after the deepest layer in use."""

from collections.abc import Callable, Collection, Sequence

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from worker.engine.vgg19.layers import KERNEL_SHAPES, Weights

RING = ((0, 0), (1, 1), (1, 1), (0, 0))  # positions added around (1, h, w, c)
# The mean of four activations is smaller than the largest. With this factor the activations of all
# blocks stay as large as with max pooling (docs/decisions/0010).
AVERAGE_FACTOR = 1.4
BACKWARD = {"SAME": "SAME", "VALID": ((0, 0), (2, 2), (2, 2), (0, 0))}  # the gradient's padding


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
    layers: list[keras.Layer] = []
    for name in KERNEL_SHAPES:
        if layers and name.endswith("conv1"):
            layers.append(Pooling(policy))
        layers.append(Convolution(name, policy))
    network = _connect(image, layers)
    for layer in layers:
        if isinstance(layer, Convolution):
            # not by initializers: the layer would keep a reference to them and so to all weights
            layer.set_weights(layer.arrange(*weights[layer.name]))
    return network


def variant(network: keras.Model, padding: str = "zero", pooling: str = "max") -> keras.Model:
    """Return a network with the same weights and other borders or poolings.

    Zeros look like an edge, which the optimisation answers with lines and specks of colour.

    Args:
        network: VGG19, from `build`.
        padding: what is around each convolution's input: `zero` as VGG19 was trained;
            `replicate` repeats the outermost positions.
        pooling: what is passed on of 2 × 2 positions: `max` as VGG19 was trained, or `average`.
    """
    if (padding, pooling) == ("zero", "max"):
        return network
    image, *layers = network.layers
    return _connect(image.output, layers, padding, pooling)


def down_to(network: keras.Model, layers: Collection[str]) -> keras.Model:
    """Return the part of a network, with the same weights, that the activations of `layers` need.

    Args:
        network: VGG19, from `build`.
        layers: names such as `block3_conv1`.
    """
    return keras.Model(network.inputs, {layer: network.output[layer] for layer in layers})


class Convolution(keras.layers.Conv2D):
    """A 3 × 3 convolution of VGG19 with its activation; in float32 with a faster gradient.

    The gradient of a 3 × 3 convolution with stride 1 is the convolution with the kernel turned by
    180°. TensorFlow's own operation for it takes 1.1 to 2.6 times as long in float32 on processors
    (docs/decisions/0011).
    """

    def __init__(self, name: str, policy: keras.DTypePolicy) -> None:
        """Create it; without weights until the network is built.

        Args:
            name: a layer of VGG19.
            policy: the precision of its weights and its activations.
        """
        super().__init__(
            filters=KERNEL_SHAPES[name][-1],
            kernel_size=3,
            activation="relu",
            name=name,
            dtype=policy,
            trainable=False,
            kernel_initializer="zeros",
        )
        # with three channels TensorFlow's operation is as fast
        self._is_fast = policy.name == "float32" and KERNEL_SHAPES[name][2] > 3

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the weights: the kernel, the bias, and for a fast gradient the turned kernel."""
        super().build(input_shape)
        if self._is_fast:
            rows, columns, inputs, outputs = self.kernel.shape
            self._turned = self.add_weight(
                name="turned", shape=(rows, columns, outputs, inputs), initializer="zeros"
            )

    def arrange(
        self, kernel: NDArray[np.float32], bias: NDArray[np.float32]
    ) -> list[NDArray[np.float32]]:
        """Return the weights as `set_weights` takes them."""
        turned = kernel[::-1, ::-1].transpose(0, 1, 3, 2)
        return [kernel, bias, turned] if self._is_fast else [kernel, bias]

    def call(self, inputs: tf.Tensor, padding: str = "zero") -> tf.Tensor:
        """Return the activations (1, h, w, out) of (1, h, w, in); `padding` as in the settings."""
        if padding == "replicate":
            outputs = self._convolve(replicated(inputs), "VALID")
        else:
            outputs = self._convolve(inputs, "SAME")
        return self.activation(tf.nn.bias_add(outputs, self.bias))

    def compute_output_spec(self, inputs: keras.KerasTensor, **_: str) -> keras.KerasTensor:
        """Return the activations' shape: the input's, whatever the padding."""
        return keras.KerasTensor((*inputs.shape[:-1], self.filters), self.compute_dtype)

    def _convolve(self, inputs: tf.Tensor, padding: str) -> tf.Tensor:
        kernel = tf.convert_to_tensor(self.kernel)
        if not self._is_fast:
            return tf.nn.conv2d(inputs, kernel, 1, padding)
        turned = tf.convert_to_tensor(self._turned)

        @tf.custom_gradient
        def convolved(inputs: tf.Tensor) -> tuple[tf.Tensor, Callable[[tf.Tensor], tf.Tensor]]:
            return (
                tf.nn.conv2d(inputs, kernel, 1, padding),
                lambda upstream: tf.nn.conv2d(upstream, turned, 1, BACKWARD[padding]),
            )

        return convolved(inputs)


@tf.custom_gradient
def replicated(inputs: tf.Tensor) -> tuple[tf.Tensor, Callable[[tf.Tensor], tf.Tensor]]:
    """Repeat the outermost positions: what `tf.pad` returns for `SYMMETRIC`, in half its time.

    Args:
        inputs: (1, h, w, c).

    Returns:
        (1, h + 2, w + 2, c).
    """
    wide = tf.concat([inputs[:, :, :1], inputs, inputs[:, :, -1:]], axis=2)
    padded = tf.concat([wide[:, :1], wide, wide[:, -1:]], axis=1)

    def gradient(upstream: tf.Tensor) -> tf.Tensor:
        return tf.raw_ops.MirrorPadGrad(
            input=upstream, paddings=tf.constant(RING), mode="SYMMETRIC"
        )

    return padded, gradient


class Pooling(keras.layers.Layer):
    """The pooling between two blocks of VGG19: of 2 × 2 positions that do not overlap."""

    def __init__(self, policy: keras.DTypePolicy) -> None:
        """Create it; `policy` is the precision of its activations."""
        super().__init__(dtype=policy, trainable=False)

    def call(self, inputs: tf.Tensor, pooling: str = "max") -> tf.Tensor:
        """Return (1, h / 2, w / 2, c) of (1, h, w, c); `pooling` as in the settings."""
        if pooling == "average":
            return AVERAGE_FACTOR * tf.nn.avg_pool2d(inputs, 2, 2, "VALID")
        return tf.nn.max_pool2d(inputs, 2, 2, "VALID")

    def compute_output_spec(self, inputs: keras.KerasTensor, **_: str) -> keras.KerasTensor:
        """Return the activations' shape, whatever the pooling."""
        return keras.KerasTensor((1, None, None, inputs.shape[-1]), self.compute_dtype)


def _connect(
    image: keras.KerasTensor,
    layers: Sequence[keras.Layer],
    padding: str = "zero",
    pooling: str = "max",
) -> keras.Model:
    """Return the model in which each layer reads the one before it."""
    activations, outputs = image, {}
    for layer in layers:
        if isinstance(layer, Convolution):
            outputs[layer.name] = activations = layer(activations, padding=padding)
        else:
            activations = layer(activations, pooling=pooling)
    return keras.Model(image, outputs)
