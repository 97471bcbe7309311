"""The estimate of a queued job: workers take the jobs in order, each at its measured speed."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.forecast import Estimate, StartTimes, forecast
from shared.job_store import QueuedJob
from shared.job_store.workers import Worker

FAST = Worker(name="fast", pixels=10**6, speed=200.0, overhead=1.0)
SLOW = Worker(name="slow", pixels=10**4, speed=100.0, overhead=2.0)
NEW = Worker(name="new", pixels=10**6)


def estimates_of(
    queued: Sequence[QueuedJob], workers: Sequence[Worker], busy: Mapping[str, float]
) -> dict[str, Estimate]:
    """Return the estimate of each job, from what is left of the forecast after it was saved."""
    saved = forecast(queued, workers, busy).model_dump_json()
    times = StartTimes.model_validate_json(saved)
    found = {
        each.job_id: times.estimate(place, each.pixels, each.work)
        for place, each in enumerate(queued, start=1)
    }
    return {job_id: estimate for job_id, estimate in found.items() if estimate}


def job(name: str, work: float = 1000.0, pixels: int = 5000) -> QueuedJob:
    return QueuedJob(name, pixels, work)


def test_jobs_run_one_after_the_other() -> None:
    estimates = estimates_of([job("a"), job("b")], [FAST], {})
    assert estimates == {"a": Estimate(0.0, 6.0), "b": Estimate(6.0, 6.0)}


def test_a_busy_worker_ends_its_job_first() -> None:
    assert estimates_of([job("a")], [FAST], {"fast": 40.0})["a"].waits == 40.0


def test_the_worker_that_is_free_first_takes_the_next_job() -> None:
    estimates = estimates_of([job("a"), job("b"), job("c")], [FAST, SLOW], {"fast": 1.0})
    assert estimates == {
        "a": Estimate(0.0, 12.0),  # slow is free
        "b": Estimate(1.0, 6.0),
        "c": Estimate(7.0, 6.0),
    }


def test_a_large_job_waits_for_the_worker_that_has_the_memory() -> None:
    estimates = estimates_of([job("a"), job("large", pixels=10**5)], [FAST, SLOW], {"fast": 30.0})
    assert estimates["large"] == Estimate(30.0, 6.0)


def test_a_job_that_no_worker_takes_has_no_estimate() -> None:
    assert estimates_of([job("huge", pixels=10**9)], [FAST, SLOW], {}) == {}


def test_without_a_measured_worker_there_is_no_estimate() -> None:
    assert estimates_of([job("a")], [NEW], {}) == {}
    assert estimates_of([job("a")], [], {}) == {}


def test_a_new_worker_counts_like_the_others() -> None:
    estimates = estimates_of([job("a")], [NEW, FAST], {"fast": 99.0})
    assert estimates["a"].runs == pytest.approx(6.0)
    assert estimates["a"].waits == 0.0


def test_a_job_that_comes_after_the_forecast_starts_when_all_others_have() -> None:
    times = forecast([job("a"), job("b")], [FAST], {})
    assert times.estimate(3, 5000, 1000.0) == Estimate(12.0, 6.0)
    assert times.estimate(9, 5000, 1000.0) == Estimate(12.0, 6.0)
    assert forecast([], [FAST], {"fast": 7.0}).estimate(1, 5000, 200.0) == Estimate(7.0, 2.0)


works = st.floats(1, 1e5)
sizes = st.sampled_from([5000, 10**5])


@given(st.lists(st.tuples(works, sizes), max_size=400), st.floats(0, 100))
def test_a_long_queue_s_times_lie_between_those_of_its_neighbours(
    jobs: list[tuple[float, int]], busy: float
) -> None:
    queued = [job(str(number), *each) for number, each in enumerate(jobs)]
    times = forecast(queued, [FAST, SLOW], {"fast": busy})
    for curve in times.curves:
        waits = [point.waits for point in curve.points]
        assert waits == sorted(waits)
        assert len(waits) <= 102
        for point in curve.points:
            estimate = times.estimate(point.position, curve.pixels, 0)
            assert estimate is not None
            assert estimate.waits == point.waits
        places = range(1, len(queued) + 2)
        all_waits = [curve.estimate(place, 0).waits for place in places]
        assert all_waits == sorted(all_waits)
