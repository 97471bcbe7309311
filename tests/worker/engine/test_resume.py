"""A job resumes from a snapshot in another engine as if it had not been interrupted."""

from collections.abc import Iterator

import numpy as np
import pytest
import tensorflow as tf

from shared.settings import StyleSettings
from tests.worker.engine.optimizer.test_minimise import START, bowl, never
from tests.worker.engine.pictures import painting, photograph
from tests.worker.engine.test_snapshot import through_a_file
from worker.engine.device import Device
from worker.engine.engine import Engine
from worker.engine.optimizer.lbfgs import NO_HISTORY
from worker.engine.optimizer.minimise import Pairs, Phase, minimise
from worker.engine.optimizer.point import from_snapshot, to_snapshot
from worker.engine.progress import Progress
from worker.engine.snapshot import Snapshot
from worker.engine.vgg19.layers import Weights

SETTINGS = StyleSettings(
    size=64, iterations=120, coarse_iterations=30, pyramid=2, geometry="aspect"
)
COARSE, LAST = 30, 150  # evaluations of the first level, and of both
INTERRUPTED = [2, COARSE, COARSE + 1, 90, LAST - 1]


def paint(
    engine: Engine, resume: Snapshot | None = None, settings: StyleSettings = SETTINGS
) -> Iterator[Progress]:
    return engine.stylize(photograph(64, 64), [painting(80, 60)], settings, resume)


@pytest.fixture(scope="module")
def engine(weights: Weights) -> Engine:
    return Engine(weights)


@pytest.fixture(scope="module")
def whole(engine: Engine) -> tuple[Progress, dict[int, Snapshot]]:
    """Paint to the end; return the last progress, and the snapshots taken on the way."""
    snapshots = {}
    for progress in paint(engine):
        if progress.evaluation in {*INTERRUPTED, LAST}:
            snapshots[progress.evaluation] = through_a_file(progress.snapshot())
    return progress, snapshots


@pytest.mark.parametrize("evaluation", INTERRUPTED)
def test_an_interrupted_job_ends_as_well_and_repeats_no_evaluation(
    weights: Weights, whole: tuple[Progress, dict[int, Snapshot]], evaluation: int
) -> None:
    end, snapshots = whole
    reported = list(paint(Engine(weights), snapshots[evaluation]))
    assert [each.evaluation for each in reported] == list(range(evaluation + 1, LAST + 1))
    assert all(each.level == 1 + (each.evaluation > COARSE) for each in reported)
    assert reported[0].fraction <= reported[-1].fraction == 1
    # -3 to 9 %: a snapshot's pairs are rounded, and the path of so small a picture is chaotic
    assert reported[-1].loss < 1.15 * end.loss


def test_a_snapshot_of_the_end_yields_its_picture_again(
    engine: Engine, whole: tuple[Progress, dict[int, Snapshot]]
) -> None:
    end, snapshots = whole
    (again,) = paint(engine, snapshots[LAST])
    assert (again.evaluation, again.level, again.fraction) == (LAST, 2, 1)
    assert again.losses == end.losses
    np.testing.assert_array_equal(again.pixels(), end.pixels())
    assert again.snapshot().evaluation == LAST


@pytest.mark.parametrize("change", [{"size": 130}, {"pyramid": 1}, {"iterations": 12}])
def test_a_snapshot_of_another_job_is_refused(
    engine: Engine, whole: tuple[Progress, dict[int, Snapshot]], change: dict[str, int]
) -> None:
    other = SETTINGS.model_copy(update=change)
    with pytest.raises(ValueError, match="a snapshot of a"):
        next(paint(engine, whole[1][90], other))


def test_every_snapshot_has_the_image_of_its_progress(weights: Weights) -> None:
    settings = StyleSettings(size=32, iterations=20, pyramid=1)
    rarely = Engine(weights, Device(read_seconds=0.05))
    for progress in paint(rarely, settings=settings):
        np.testing.assert_array_equal(progress.snapshot().image, progress.pixels())


def valley(image: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the losses and gradient of a quadratic whose axes differ by a factor of a thousand."""
    curvatures = tf.reshape(tf.constant(np.geomspace(1e-3, 1, 12), tf.float32), (1, 2, 2, 3))
    return tf.reduce_sum(curvatures * image**2) * tf.constant([0.5, 0.3, 0.2]), (
        2 * curvatures * image
    )


@pytest.mark.parametrize("kept", [1, 3, 10])
def test_the_next_step_after_a_resume_is_about_the_same(kept: int) -> None:
    *_, _, expected = minimise([Phase(valley, range(1, 6))], START, Pairs(used=kept, kept=kept))
    *_, before = minimise([Phase(valley, range(1, 5))], START, Pairs(used=kept, kept=kept))
    again = from_snapshot(through_a_file(to_snapshot(before, 1, 4, 0)))
    after = next(iter(minimise([Phase(valley, range(5, 6))], again, Pairs(used=kept, kept=kept))))
    step, resumed = expected.image - before.image, after.image - before.image
    assert float(tf.norm(step - resumed)) < 0.02 * float(tf.norm(step))


def test_a_snapshot_keeps_the_newest_pairs() -> None:
    *_, last = minimise([Phase(valley, range(1, 9))], START, Pairs(kept=3))
    *_, whole = minimise([Phase(valley, range(1, 9))], START, Pairs(kept=10))
    few, all_pairs = (to_snapshot(point, 1, 8, 0) for point in (last, whole))
    np.testing.assert_array_equal(few.steps.values, all_pairs.steps.values[-3:])
    np.testing.assert_array_equal(few.changes.sizes, all_pairs.changes.sizes[-3:])


def test_a_point_holds_no_more_pairs_than_configured() -> None:
    for kept in (0, 1, 3):
        *_, last = minimise([Phase(bowl(never()), range(1, 12))], START, Pairs(kept=kept))
        assert len(to_snapshot(last, 1, 11, 0).steps.sizes) <= kept


def test_between_two_reads_the_reported_point_does_not_change() -> None:
    points = list(minimise([Phase(bowl(never()), range(1, 12))], START, read_seconds=60.0))
    assert points[9] is points[0]
    assert points[0].history == NO_HISTORY
    assert tf.reduce_all(points[0].image == START)
