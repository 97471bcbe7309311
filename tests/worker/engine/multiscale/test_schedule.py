"""Progress is counted by cost over all levels, with or without a snapshot."""

from dataclasses import replace

import numpy as np
import pytest

from shared.settings import Level
from tests.worker.engine.test_snapshot import snapshot
from worker.engine.multiscale.schedule import Schedule
from worker.engine.snapshot import Snapshot

LEVELS = [Level(32, 40, 2), Level(64, 80, 8)]


def taken(level: int, evaluation: int, rows: int, columns: int) -> Snapshot:
    image = np.zeros((rows, columns, 3), np.float32)
    return replace(snapshot(0), level=level, evaluation=evaluation, image=image)


def test_each_evaluation_counts_for_a_part_of_its_level_s_work() -> None:
    schedule = Schedule(LEVELS)
    coarse, fine = (level.work for level in LEVELS)
    fractions = []
    for done in range(11):
        schedule.done = done
        fractions.append(schedule.fraction)
    parts = [coarse / 2] * 2 + [fine / 8] * 8
    expected = np.cumsum([0, *parts]) / (coarse + fine)
    np.testing.assert_allclose(fractions, expected)


def test_the_remaining_evaluations_continue_after_those_done() -> None:
    schedule = Schedule(LEVELS)
    assert (schedule.left(0), schedule.left(1)) == (range(1, 3), range(3, 11))
    schedule.done = 2
    assert not schedule.left(0)
    assert schedule.left(1) == range(3, 11)
    schedule.done = 7
    assert schedule.left(1) == range(8, 11)


@pytest.mark.parametrize(("level", "evaluation", "size"), [(1, 2, (32, 40)), (2, 3, (64, 80))])
def test_a_snapshot_counts_as_the_evaluations_before_it(
    level: int, evaluation: int, size: tuple[int, int]
) -> None:
    schedule = Schedule(LEVELS)
    schedule.resume_after(taken(level, evaluation, *size))
    assert schedule.done == evaluation


@pytest.mark.parametrize(
    ("level", "evaluation", "size"),
    [
        (1, 3, (32, 40)),
        (2, 2, (64, 80)),
        (2, 11, (64, 80)),
        (3, 11, (64, 80)),
        (2, 5, (64, 81)),
        (2, 5, (32, 40)),
    ],
)
def test_a_snapshot_that_fits_no_level_is_refused(
    level: int, evaluation: int, size: tuple[int, int]
) -> None:
    with pytest.raises(ValueError, match="a snapshot of a"):
        Schedule(LEVELS).resume_after(taken(level, evaluation, *size))
