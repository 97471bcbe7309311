"""Statistics are kept in memory and in the object store, both bounded; a fault costs time only."""

import numpy as np
import pytest

from shared import paths
from shared.object_store import ObjectStore
from worker.engine.loss.style_cache import Key, Statistics
from worker.job.style_statistics import LEAST_PIXELS, StyleStatistics
from worker.maintenance.garbage import delete_beyond

LARGE = LEAST_PIXELS


def _statistics(number: float, floats: int = 250) -> Statistics:
    return {"moments:block1_conv1": np.full(floats, number, np.float32)}


def _number(found: Statistics | None) -> float | None:
    return None if found is None else float(found["moments:block1_conv1"][0])


def _stored(objects: ObjectStore) -> list[str]:
    return sorted(each.key for each in objects.stored(paths.STATISTICS))


def test_another_worker_finds_what_one_stored(objects: ObjectStore) -> None:
    StyleStatistics(objects).put(Key("a", LARGE), _statistics(1))
    another = StyleStatistics(objects)
    assert _number(another.get(Key("a", LARGE))) == 1
    objects.delete(_stored(objects))
    assert _number(another.get(Key("a", LARGE))) == 1  # from memory
    assert StyleStatistics(objects).get(Key("a", LARGE)) is None


def test_the_least_recently_used_leave_the_memory_first(objects: ObjectStore) -> None:
    cache = StyleStatistics(objects, max_bytes=3000, is_stored=False)
    for number, digest in enumerate("abc"):
        cache.put(Key(digest, LARGE), _statistics(number))
    assert cache.bytes == 3000
    cache.get(Key("a", LARGE))
    cache.put(Key("d", LARGE), _statistics(3))
    assert [_number(cache.get(Key(digest, LARGE))) for digest in "abcd"] == [0, None, 2, 3]
    cache.put(Key("d", LARGE), _statistics(4))  # again: it counts once
    assert cache.bytes == 3000
    cache.put(Key("e", LARGE), _statistics(5, floats=1000))  # larger than the memory
    assert (cache.bytes, cache.get(Key("e", LARGE))) == (0, None)


def test_statistics_of_small_images_are_kept_in_memory_only(objects: ObjectStore) -> None:
    cache = StyleStatistics(objects)
    cache.put(Key("small", LARGE - 1), _statistics(1))
    assert _stored(objects) == []
    assert _number(cache.get(Key("small", LARGE - 1))) == 1


def test_nothing_is_stored_if_the_operator_keeps_none(objects: ObjectStore) -> None:
    cache = StyleStatistics(objects, is_stored=False)
    cache.put(Key("a", LARGE), _statistics(1))
    assert _stored(objects) == []


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 half", b"no archive" * 100])
def test_a_damaged_object_is_computed_again(objects: ObjectStore, data: bytes) -> None:
    objects.put(paths.statistics_key("a"), data)
    cache = StyleStatistics(objects)
    assert cache.get(Key("a", LARGE)) is None
    cache.put(Key("a", LARGE), _statistics(2))
    assert _number(StyleStatistics(objects).get(Key("a", LARGE))) == 2


def test_a_store_that_does_not_answer_costs_nothing_but_the_cache(objects: ObjectStore) -> None:
    cache = StyleStatistics(objects)
    assert objects.folder is not None
    objects.folder.rmdir()
    objects.folder.write_bytes(b"a file, not a folder")
    assert cache.get(Key("a", LARGE)) is None
    cache.put(Key("a", LARGE), _statistics(1))
    assert _number(cache.get(Key("a", LARGE))) == 1


def test_the_oldest_leave_the_object_store_first(objects: ObjectStore) -> None:
    cache = StyleStatistics(objects)
    for number, digest in enumerate("abcd"):
        cache.put(Key(digest, LARGE), _statistics(number))
    sizes = {each.key: each.bytes for each in objects.stored(paths.STATISTICS)}
    newest = [paths.statistics_key(digest) for digest in "cd"]
    assert delete_beyond(paths.STATISTICS, objects, sum(sizes[key] for key in newest)) == 2
    assert _stored(objects) == newest
    assert delete_beyond(paths.STATISTICS, objects, 0) == 2
    assert delete_beyond(paths.STATISTICS, objects, 0) == 0
