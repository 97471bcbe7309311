"""The image that a level starts from: what `init` says, or the previous level's result."""

import tensorflow as tf

from worker.engine.image import noise, resize
from worker.engine.multiscale.color_transfer import in_colours_of
from worker.engine.multiscale.level_inputs import LevelInputs

KEPT_DETAIL = 0.5  # the share of the content's fine detail that each finer level adds


def initial_image(inputs: LevelInputs) -> tf.Tensor:
    """Return the image (1, rows, columns, 3) that the coarsest level starts from.

    Starting in the styles' colours saves about a third of the evaluations; the style's loss would
    lead to these colours anyway.
    """
    settings = inputs.settings
    if settings.init == "style_colors":
        shares = settings.style_shares(len(inputs.styles))
        return in_colours_of(inputs.content, inputs.styles, shares)
    if settings.init == "noise":
        return noise(inputs.level.rows, inputs.level.columns, settings.seed)
    return inputs.content if inputs.init is None else inputs.init


def enlarged(image: tf.Tensor, coarse_content: tf.Tensor, fine_content: tf.Tensor) -> tf.Tensor:
    """Enlarge an image to the next level's shape, smoothly for every geometry of the inputs.

    With the nearest pixel, the optimisation would need some evaluations to remove the blocks.

    Args:
        image: (1, r, c, 3), the coarser level's result.
        coarse_content: (1, r, c, 3).
        fine_content: (1, rows, columns, 3).

    Returns:
        (1, rows, columns, 3), with half of the content's detail that the coarser level lacks.
    """
    rows, columns = fine_content.shape[1:3]
    detail = fine_content - resize(coarse_content, rows, columns, "aspect")
    return resize(image, rows, columns, "aspect") + KEPT_DETAIL * detail
