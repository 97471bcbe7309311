"""The estimate of a queued job: workers take the jobs in order, each at its measured speed."""

import pytest

from shared.forecast import Estimate, forecast
from shared.job_store import QueuedJob
from shared.job_store.workers import Worker

FAST = Worker(name="fast", pixels=10**6, speed=200.0, overhead=1.0)
SLOW = Worker(name="slow", pixels=10**4, speed=100.0, overhead=2.0)
NEW = Worker(name="new", pixels=10**6)


def job(name: str, work: float = 1000.0, pixels: int = 5000) -> QueuedJob:
    return QueuedJob(name, pixels, work)


def test_jobs_run_one_after_the_other() -> None:
    estimates = forecast([job("a"), job("b")], [FAST], {})
    assert estimates == {"a": Estimate(0.0, 6.0), "b": Estimate(6.0, 6.0)}


def test_a_busy_worker_ends_its_job_first() -> None:
    assert forecast([job("a")], [FAST], {"fast": 40.0})["a"].waits == 40.0


def test_the_worker_that_is_free_first_takes_the_next_job() -> None:
    estimates = forecast([job("a"), job("b"), job("c")], [FAST, SLOW], {"fast": 1.0})
    assert estimates == {
        "a": Estimate(0.0, 12.0),  # slow is free
        "b": Estimate(1.0, 6.0),
        "c": Estimate(7.0, 6.0),
    }


def test_a_large_job_waits_for_the_worker_that_has_the_memory() -> None:
    estimates = forecast([job("a"), job("large", pixels=10**5)], [FAST, SLOW], {"fast": 30.0})
    assert estimates["large"] == Estimate(30.0, 6.0)


def test_a_job_that_no_worker_takes_has_no_estimate() -> None:
    assert forecast([job("huge", pixels=10**9)], [FAST, SLOW], {}) == {}


def test_without_a_measured_worker_there_is_no_estimate() -> None:
    assert forecast([job("a")], [NEW], {}) == {}
    assert forecast([job("a")], [], {}) == {}


def test_a_new_worker_counts_like_the_others() -> None:
    estimates = forecast([job("a")], [NEW, FAST], {"fast": 99.0})
    assert estimates["a"].runs == pytest.approx(6.0)
    assert estimates["a"].waits == 0.0
