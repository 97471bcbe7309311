"""A worker that is not measured yet counts as the median of the others."""

import pytest

from shared.forecast import forecast
from shared.job_store import QueuedJob, Worker

NEW = Worker(name="new", pixels=10**6)
MEASURED = [
    Worker(name="slow", pixels=1, speed=10.0, overhead=9.0),
    Worker(name="usual", pixels=1, speed=100.0, overhead=2.0),
    Worker(name="fast", pixels=1, speed=1000.0, overhead=1.0),
]


def test_it_counts_as_the_median() -> None:
    times = forecast([QueuedJob("job", 5000, 1000.0)], [NEW, *MEASURED], {})
    estimate = times.estimate(1, 5000, 1000.0)
    assert estimate is not None
    assert estimate.runs == pytest.approx(2 + 1000 / 100)


def test_an_incomplete_measurement_is_ignored() -> None:
    half = Worker(name="half", pixels=10**6, speed=5.0)
    assert forecast([QueuedJob("job", 5000, 1000.0)], [half], {}).curves == []
