"""The size of a result: in rows, and one that this server accepts and a worker can paint."""

from typing import NamedTuple

from shared.errors import ImageTooElongated, NoWorkerFits, ResultTooLarge, ResultTooNarrow
from shared.settings import (
    LONGEST_RESULT_SIDE,
    SHORTEST_RESULT_SIDE,
    StyleSettings,
    fitted_size,
    largest_size,
    sizes_within,
)

MEGAPIXEL = 1_000_000
Size = tuple[int, int]  # width, height


class Bounds(NamedTuple):
    """The largest results: that the server accepts, and that a worker can paint (None: unknown)."""

    megapixels: float
    worker_pixels: int | None

    @property
    def server_pixels(self) -> int:
        """How many pixels the server accepts."""
        return int(self.megapixels * MEGAPIXEL)

    @property
    def pixels(self) -> int:
        """How many pixels are accepted."""
        if self.worker_pixels is None:
            return self.server_pixels
        return min(self.server_pixels, self.worker_pixels)


def resolve_size(
    settings: StyleSettings, content: Size, bounds: Bounds, *, is_chosen: bool
) -> StyleSettings:
    """Return the settings with `size` as a number of rows that can be painted.

    Args:
        settings: as they were sent; `size` can be `original`.
        content: the content image's size.
        bounds: the largest results.
        is_chosen: whether the user chose the size. One that was not chosen fits itself to the
            picture and the bounds.

    Raises:
        ResultTooNarrow, ResultTooLarge, NoWorkerFits: the size cannot be painted; the error names
            one that can.
        ImageTooElongated: no size can be painted.
    """
    rows, _ = settings.result_shape(*content)
    if not is_chosen:
        smallest, largest = sizes_within(*content, bounds.pixels)
        rows = max(min(fitted_size(*content, rows), largest), smallest)
    resolved = settings.model_copy(update={"size": rows})
    _check(resolved, content, bounds)
    return resolved


def _check(settings: StyleSettings, content: Size, bounds: Bounds) -> None:
    rows, columns = settings.result_shape(*content)
    is_too_narrow = min(rows, columns) < SHORTEST_RESULT_SIDE
    is_too_long = max(rows, columns) > LONGEST_RESULT_SIDE
    if not is_too_narrow and not is_too_long and rows * columns <= bounds.pixels:
        return
    width, height = content
    smallest, largest = sizes_within(width, height, bounds.server_pixels)
    if smallest > largest:
        raise ImageTooElongated(field="content", width=width, height=height)
    shape = {"field": "settings.size", "rows": rows, "columns": columns}
    if is_too_narrow:
        raise ResultTooNarrow(minimum=smallest, **shape)
    if rows * columns > bounds.pixels and bounds.pixels < bounds.server_pixels:
        raise NoWorkerFits(maximum=largest_size(width, height, bounds.pixels), **shape)
    raise ResultTooLarge(
        maximum=largest, megapixels=bounds.megapixels, longest=LONGEST_RESULT_SIDE, **shape
    )
