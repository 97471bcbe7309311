"""A worker's pace is what its last jobs took together, the first of a process left out."""

import pytest

from worker.pace import Pace, Paces


def test_nobody_knows_before_the_first_job() -> None:
    paces = Paces()
    paces.add(None)
    assert paces.usual() is None


def test_the_first_job_counts_until_there_is_a_second() -> None:
    paces = Paces()
    paces.add(Pace(work=100.0, painting=10.0, overhead=3.0))
    assert paces.usual() == (10.0, 3.0)
    paces.add(Pace(work=100.0, painting=1.0, overhead=1.0))
    assert paces.usual() == (100.0, 1.0)


def test_long_jobs_say_more_than_short_ones() -> None:
    paces = Paces()
    for work, painting, overhead in (
        (1.0, 1.0, 9.0),
        (1.0, 1.0, 0.5),
        (990.0, 97.0, 1.0),
        (9.0, 2.0, 1.5),
    ):
        paces.add(Pace(work, painting, overhead))
    speed, overhead = paces.usual() or (0, 0)
    assert speed == pytest.approx(10.0)
    assert overhead == 1.0


def test_what_was_long_ago_no_longer_counts() -> None:
    paces = Paces()
    for _ in range(5):
        paces.add(Pace(1.0, 100.0, 100.0))
    for _ in range(9):
        paces.add(Pace(10.0, 1.0, 1.0))
    assert paces.usual() == (10.0, 1.0)
