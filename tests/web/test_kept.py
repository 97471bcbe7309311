"""What is costly to have is made at most once a second, whoever asks."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from web.kept import Kept


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_it_is_made_again_when_it_is_a_second_old() -> None:
    clock, numbers = Clock(), iter(range(9))
    kept = Kept(lambda: next(numbers), clock)
    assert [kept(), kept()] == [0, 0]
    clock.now = 0.9
    assert kept() == 0
    clock.now = 1.0
    assert [kept(), kept()] == [1, 1]


def test_what_took_long_is_kept_for_ten_times_as_long() -> None:
    clock, numbers = Clock(), iter(range(9))

    def make() -> int:
        clock.now += 0.5
        return next(numbers)

    kept = Kept(make, clock)
    assert kept() == 0
    clock.now += 4.9
    assert kept() == 0
    clock.now += 0.1
    assert kept() == 1


def test_two_hundred_threads_have_it_made_once() -> None:
    made, together = [], threading.Barrier(200)

    def make() -> int:
        time.sleep(0.05)
        made.append(1)
        return 7

    kept = Kept(make, Clock())

    def ask(_: int) -> int:
        together.wait(20)
        return kept()

    with ThreadPoolExecutor(200) as threads:
        assert set(threads.map(ask, range(200))) == {7}
    assert len(made) == 1


def test_a_failure_is_kept_too_and_no_longer() -> None:
    clock, outcomes = Clock(), iter([OSError("away"), None])

    def make() -> str:
        if error := next(outcomes):
            raise error
        return "back"

    kept = Kept(make, clock)
    for _ in range(3):
        with pytest.raises(OSError, match="away"):
            kept()
    clock.now = 1.0
    assert kept() == "back"
