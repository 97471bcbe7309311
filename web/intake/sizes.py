"""At which sizes a picture can be painted: by the server's bound, and by the workers' memory."""

import math

from shared.errors import ImageTooElongated, NoWorkerFits, ResultTooLarge, ResultTooNarrow
from shared.settings import SHORTEST_RESULT_SIDE, TALLEST_RESULT, StyleSettings
from web.intake.images import MEGAPIXEL

Size = tuple[int, int]


def check_size(settings: StyleSettings, content: Size, megapixels: float) -> None:
    """Raise the error that says which `size` this server would paint, unless it does this one."""
    rows, columns = settings.result_shape(*content)
    too_narrow = columns < SHORTEST_RESULT_SIDE
    if not too_narrow and rows * columns <= megapixels * MEGAPIXEL:
        return
    width, height = content
    least, most = _sizes_within(width, height, int(megapixels * MEGAPIXEL))
    if least > most:
        raise ImageTooElongated(field="content", width=width, height=height)
    shape = {"field": "settings.size", "rows": rows, "columns": columns}
    if too_narrow:
        raise ResultTooNarrow(minimum=least, **shape)
    raise ResultTooLarge(maximum=most, megapixels=megapixels, **shape)


def check_memory(settings: StyleSettings, content: Size, largest: int | None) -> None:
    """Raise NoWorkerFits unless some worker takes the result; None where nobody knows."""
    rows, columns = settings.result_shape(*content)
    if largest is not None and rows * columns > largest:
        fits = largest_size(*content, largest)
        raise NoWorkerFits(field="settings.size", rows=rows, columns=columns, maximum=fits)


def largest_size(width: int, height: int, pixels: int) -> int | None:
    """Return the largest `size` of at most `pixels` pixels for a picture; None if none fits."""
    least, most = _sizes_within(width, height, pixels)
    return most if most >= least else None


def _sizes_within(width: int, height: int, pixels: int) -> tuple[int, int]:
    """Return the least and the most `size` for which a picture can be painted."""
    slimness = height / width
    least = math.ceil(SHORTEST_RESULT_SIDE * slimness)
    most = math.isqrt(int(pixels * slimness))
    return max(least, SHORTEST_RESULT_SIDE), min(most, TALLEST_RESULT)
