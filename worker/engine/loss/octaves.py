"""The style at smaller sizes of the image: octaves, each half the size of the one before.

VGG19 sees only a part of the image at a time, so that at full size nothing holds strokes together
that are larger. The same terms on the image's halves see twice as far each time. An evaluation
costs a third more, since the first half has a quarter of the pixels.
"""

from collections.abc import Sequence

import tensorflow as tf

from shared.settings import octaves_within
from worker.engine.loss.gradients import Evaluation, Gradients
from worker.engine.loss.term import Targets


def halved(image: tf.Tensor) -> tf.Tensor:
    """Return an image (1, rows, columns, 3) at half its size, filtered by 1 3 3 1 each way."""
    # the mean of 2 × 2 pixels would show in the gradient as blocks
    padded = tf.pad(image, [[0, 0], [1, 1], [1, 1], [0, 0]], "SYMMETRIC")
    weights = tf.constant([1, 3, 3, 1], image.dtype) / 8
    kernel = tf.einsum("i,j,c->ijc", weights, weights, tf.ones(image.shape[-1], image.dtype))
    return tf.nn.depthwise_conv2d(padded, kernel[..., tf.newaxis], (1, 2, 2, 1), "VALID")


def halves(image: tf.Tensor, octaves: int) -> list[tf.Tensor]:
    """Return the image at a half, a quarter and so on, `octaves` sizes with its own.

    Sizes with a side below 32 pixels are left out.
    """
    rows, columns = image.shape[1:3]
    sizes = [image]
    for _ in range(1, octaves_within(rows, columns, octaves)):
        sizes.append(halved(sizes[-1]))
    return sizes[1:]


def with_octaves(
    full: Evaluation,
    image: tf.Tensor,
    style: Gradients,
    octaves: Sequence[Targets],
    side: int | None,
) -> Evaluation:
    """Return an evaluation with those of the image's halves added.

    Args:
        full: the evaluation of the image itself.
        image: (1, rows, columns, 3), centred B, G, R.
        style: evaluates the style's components.
        octaves: the targets of each half, the largest first.
        side: the longest side of a tile's core, in pixels; None uses no tiles.
    """
    if not octaves:
        return full
    half, first = halved(image), octaves[0]
    below = with_octaves(style.evaluate(half, first, side)[0], half, style, octaves[1:], side)
    return Evaluation(full.losses + below.losses, full.gradient + _lifted(below.gradient, image))


def _lifted(gradient: tf.Tensor, image: tf.Tensor) -> tf.Tensor:
    """Return the gradient with respect to an image, given that with respect to its half."""
    with tf.GradientTape() as tape:
        tape.watch(image)
        half = halved(image)
    return tape.gradient(half, image, output_gradients=gradient)
