"""Whether a job is accepted: there is space for it, and its result can be painted."""

import shutil

from shared.config import Config
from shared.errors import (
    ImageTooElongated,
    NoWorkerFits,
    QueueFull,
    ResultTooLarge,
    ResultTooNarrow,
    StorageFull,
    StoreUnavailable,
)
from shared.job_store import Load
from shared.object_store import ObjectStore
from shared.settings import SHORTEST_RESULT_SIDE, StyleSettings, largest_size, sizes_within
from web.services import Services

MEGABYTE = 1_000_000
MEGAPIXEL = 1_000_000
MAX_REDIS_SHARE = 0.9  # of Redis's memory; the rest is for the accepted jobs
Size = tuple[int, int]


def check_room(services: Services) -> None:
    """Raise QueueFull or StorageFull if there is no space for one more job."""
    load = services.queue.load()
    for bound, maximum in queue_bounds(services.config)._asdict().items():
        if getattr(load, bound) >= maximum:
            raise QueueFull(bound=bound, maximum=maximum)
    if services.redis.used_memory_share() > MAX_REDIS_SHARE:
        raise StorageFull(store="redis")
    _check_objects(services.objects, services.config.min_free_mb * MEGABYTE)


def queue_bounds(config: Config) -> Load:
    """Return the queue's bounds."""
    return Load(config.max_queued_jobs, config.max_queued_mb * MEGABYTE)


def check_size(settings: StyleSettings, content: Size, megapixels: float) -> None:
    """Raise an error that names a possible `size`, unless the server accepts this one."""
    rows, columns = settings.result_shape(*content)
    is_too_narrow = columns < SHORTEST_RESULT_SIDE
    if not is_too_narrow and rows * columns <= megapixels * MEGAPIXEL:
        return
    width, height = content
    smallest, largest = sizes_within(width, height, int(megapixels * MEGAPIXEL))
    if smallest > largest:
        raise ImageTooElongated(field="content", width=width, height=height)
    shape = {"field": "settings.size", "rows": rows, "columns": columns}
    if is_too_narrow:
        raise ResultTooNarrow(minimum=smallest, **shape)
    raise ResultTooLarge(maximum=largest, megapixels=megapixels, **shape)


def check_memory(settings: StyleSettings, content: Size, max_pixels: int | None) -> None:
    """Raise NoWorkerFits unless a worker can take the result; `max_pixels` is None if unknown."""
    rows, columns = settings.result_shape(*content)
    if max_pixels is not None and rows * columns > max_pixels:
        fits = largest_size(*content, max_pixels)
        raise NoWorkerFits(field="settings.size", rows=rows, columns=columns, maximum=fits)


def _check_objects(objects: ObjectStore, min_free: int) -> None:
    if objects.folder is None:  # a bucket does not report its free space
        return
    try:
        free = shutil.disk_usage(objects.folder).free
    except OSError as error:
        raise StoreUnavailable(store="images", reason=str(error)) from error
    if free < min_free:
        raise StorageFull(store="images")
