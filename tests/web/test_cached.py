"""A cached value is made at most once a second, for all threads."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from web.queue_forecast import Cached


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_it_is_made_again_when_it_is_a_second_old() -> None:
    clock, numbers = Clock(), iter(range(9))
    cached = Cached(lambda: next(numbers), clock)
    assert [cached(), cached()] == [0, 0]
    clock.now = 0.9
    assert cached() == 0
    clock.now = 1.0
    assert [cached(), cached()] == [1, 1]


def test_a_value_that_took_long_is_cached_for_ten_times_as_long() -> None:
    clock, numbers = Clock(), iter(range(9))

    def make() -> int:
        clock.now += 0.5
        return next(numbers)

    cached = Cached(make, clock)
    assert cached() == 0
    clock.now += 4.9
    assert cached() == 0
    clock.now += 0.1
    assert cached() == 1


def test_two_hundred_threads_make_it_once() -> None:
    made, together = [], threading.Barrier(200)

    def make() -> int:
        time.sleep(0.05)
        made.append(1)
        return 7

    cached = Cached(make, Clock())

    def ask(_: int) -> int:
        together.wait(20)
        return cached()

    with ThreadPoolExecutor(200) as threads:
        assert set(threads.map(ask, range(200))) == {7}
    assert len(made) == 1


def test_a_failure_is_cached_too_and_not_for_longer() -> None:
    clock, outcomes = Clock(), iter([OSError("away"), None])

    def make() -> str:
        if error := next(outcomes):
            raise error
        return "back"

    cached = Cached(make, clock)
    for _ in range(3):
        with pytest.raises(OSError, match="away"):
            cached()
    clock.now = 1.0
    assert cached() == "back"
