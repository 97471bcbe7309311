"""A maintenance loop continues after any exception."""

import logging
import threading
import time
from collections.abc import Callable

import pytest

from shared.errors import StoreUnavailable
from worker.maintenance.loop import SAME_ERROR_SECONDS, Loop


def run_loop(step: Callable[[int], None], rounds: int) -> list[float]:
    """Run a loop that calls `step` with the number of each round; return their times."""
    stop, times = threading.Event(), list[float]()

    def counted() -> None:
        times.append(time.monotonic())
        if len(times) == rounds:
            stop.set()
        step(len(times))

    loop = Loop("maintenance", counted, stop, seconds=0.05)
    loop.start()
    loop.join(10)
    assert not loop.is_alive()
    return times


@pytest.mark.parametrize(
    "error", [StoreUnavailable(store="redis", reason="away"), RuntimeError("odd"), KeyError("x")]
)
def test_a_loop_survives_any_exception_and_ends_when_it_is_stopped(error: Exception) -> None:
    def fail(_: int) -> None:
        raise error

    assert len(run_loop(fail, 4)) == 4


def test_the_next_round_starts_after_the_interval() -> None:
    first, second, third = run_loop(lambda _: None, 3)
    assert second - first >= 0.05
    assert third - second >= 0.05


def test_an_error_is_logged_with_its_traceback_once_a_minute(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(number: int) -> None:
        raise RuntimeError("one" if number < 4 else "two")

    with caplog.at_level(logging.ERROR):
        run_loop(fail, 5)
    assert [record.getMessage() for record in caplog.records] == [
        "maintenance: failed, continues"
    ] * 2
    assert all(record.exc_info for record in caplog.records)
    caplog.clear()
    monkeypatch.setattr("worker.maintenance.loop.SAME_ERROR_SECONDS", 0.0)
    with caplog.at_level(logging.ERROR):
        run_loop(fail, 3)
    assert len(caplog.records) == 3
    assert SAME_ERROR_SECONDS >= 60
