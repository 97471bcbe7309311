"""A step is retried while a store is not available, with growing pauses, for a limited time."""

import time
from collections.abc import Callable
from itertools import pairwise

import pytest

from shared.errors import ObjectNotFound, StoreUnavailable, Superseded
from shared.job_store import Claim
from worker.job.backoff import with_backoff
from worker.job.lease import Lease


@pytest.fixture
def lease() -> Lease:
    return Lease(Claim("x", 1))


def failing(times: int, tries: list[float]) -> Callable[[], str]:
    """Return a step that fails `times` times and records when it was tried."""

    def step() -> str:
        tries.append(time.monotonic())
        if len(tries) <= times:
            raise StoreUnavailable(store="images", reason="unplugged")
        return "done"

    return step


def test_the_pause_doubles_from_a_tenth_of_a_second_to_two(lease: Lease) -> None:
    tries: list[float] = []
    assert with_backoff(failing(6, tries), lease) == "done"
    pauses = [after - before for before, after in pairwise(tries)]
    for pause, expected in zip(pauses, (0.1, 0.2, 0.4, 0.8, 1.6, 2.0), strict=True):
        assert expected <= pause < expected + 0.5


def test_it_gives_up_if_the_store_is_unavailable_for_too_long(lease: Lease) -> None:
    tries: list[float] = []
    with pytest.raises(StoreUnavailable):
        with_backoff(failing(20, tries), lease, max_seconds=0.5)
    assert 0.5 < tries[-1] - tries[0] < 2.5
    assert len(tries) in (4, 5)


def test_any_other_error_is_raised_at_once(lease: Lease) -> None:
    tries: list[float] = []

    def step() -> None:
        tries.append(0)
        raise ObjectNotFound(key="x")

    with pytest.raises(ObjectNotFound):
        with_backoff(step, lease)
    assert len(tries) == 1


def test_an_attempt_that_lost_its_job_stops_trying(lease: Lease) -> None:
    tries: list[float] = []
    lease.mark_lost()
    with pytest.raises(Superseded):
        with_backoff(failing(3, tries), lease)
    assert len(tries) == 1


def test_each_try_has_its_own_time_to_answer(lease: Lease) -> None:
    alive = []

    def step() -> None:
        alive.append(lease.is_alive)
        lease.expect_progress_in(0.0)
        if len(alive) < 3:
            raise StoreUnavailable(store="images", reason="unplugged")

    lease.expect_progress_in(0.0)
    with_backoff(step, lease)
    assert alive == [True] * 3
