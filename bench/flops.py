"""How many floating-point operations one evaluation of the objective needs, from its definition."""

from shared.settings import StyleSettings
from worker.engine.vgg19.layers import KERNEL_SHAPES, stride


def evaluation_flops(rows: int, columns: int, settings: StyleSettings) -> int:
    """Count an image's way through the network and back, and its Gram matrices.

    A convolution takes a multiplication and an addition for each weight and position, and as
    many for the gradient with regard to its input. A Gram matrix of n positions takes 2 · c² · n
    and again as many. All else is less than a hundredth of that.
    """
    total, read = 0, {*settings.style_layers, settings.content_layer}
    for layer, (height, width, inputs, outputs) in KERNEL_SHAPES.items():
        positions = (rows // stride(layer)) * (columns // stride(layer))
        total += 2 * 2 * height * width * inputs * outputs * positions
        if layer in settings.style_layers:
            total += 2 * 2 * outputs**2 * positions
        read -= {layer}
        if not read:
            break
    return total
