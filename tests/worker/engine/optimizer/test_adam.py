"""Adam's steps, their memory, and how a job with them resumes."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from shared.settings import PRESETS, StyleSettings
from tests.worker.engine.optimizer.test_minimise import START, bowl, never
from tests.worker.engine.pictures import painting, photograph
from tests.worker.engine.test_snapshot import through_a_file
from worker.engine.device import Device
from worker.engine.engine import Engine
from worker.engine.memory.plan import BASE_BYTES, Plan
from worker.engine.multiscale.level_inputs import prepare
from worker.engine.optimizer.adam import RATE, Adam
from worker.engine.optimizer.minimise import Phase, minimise
from worker.engine.progress import Progress
from worker.engine.snapshot import Snapshot
from worker.engine.vgg19.layers import Weights

CHOSEN = {"size": 64, "iterations": 8, "coarse_iterations": 8, "style_weight": 0}


def settings(optimizer: str) -> StyleSettings:
    return StyleSettings.model_validate({**PRESETS["balanced"], **CHOSEN, "optimizer": optimizer})


def paint(
    engine: Engine, optimizer: str = "adam", resume: Snapshot | None = None
) -> list[Progress]:
    picture, style = photograph(96, 64), painting(80, 60)
    return list(engine.stylize(picture, [style], settings(optimizer), resume))


@pytest.fixture(scope="module")
def engine(weights: Weights) -> Engine:
    return Engine(weights)


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
def test_the_first_step_is_one_rate_along_each_axis(size: float) -> None:
    gradient = tf.constant([[1.0, -4.0], [0.5, 0.0]]) * size
    expected = -RATE * np.sign(gradient)
    np.testing.assert_allclose(Adam().step(gradient), expected, rtol=0.02)


def test_its_steps_are_those_of_keras() -> None:
    """Keras's Adam is the reference; it adds its epsilon at the same place up to rounding."""
    reference = keras.optimizers.Adam(RATE, beta_1=0.9, beta_2=0.99, epsilon=1e-8)
    point, theirs, ours = tf.ones(30) * 5.0, tf.Variable(tf.ones(30) * 5.0), Adam()
    curvature = tf.range(1.0, 31.0)
    for _ in range(20):
        point += ours.step(curvature * point)
        reference.apply([curvature * theirs], [theirs])
    np.testing.assert_allclose(point, theirs, rtol=1e-3, atol=1e-3)


def test_a_step_that_is_not_finite_is_undone_and_shortened() -> None:
    broken = iter([False, False, True, True, *[False] * 20])
    phases = [Phase(bowl(broken), range(1, 20))]
    points = list(minimise(phases, START, method="adam"))
    assert points[1] is points[2] is points[3]
    after = float(tf.reduce_mean(tf.abs(points[4].image - points[3].image)))
    assert after == pytest.approx(RATE / 16, rel=1e-4)


def test_it_finds_the_minimum() -> None:
    *_, last = minimise([Phase(bowl(never()), range(1, 200))], START, method="adam")
    assert sum(last.losses) < 1


def test_the_loss_falls_on_all_levels(engine: Engine) -> None:
    reported = paint(engine)
    for _, level in itertools.groupby(reported, lambda each: each.level):
        losses = [each.loss for each in level]
        assert losses[-1] < losses[0]
    assert {each.history for each in reported} == {0}  # pairs of L-BFGS
    assert [each.history for each in paint(engine, "lbfgs")][-1] == 10


@pytest.mark.parametrize("evaluation", [1, 8, 9, 14])
def test_a_resumed_job_gives_the_same_picture(weights: Weights, evaluation: int) -> None:
    """The moments are stored as they are, so nothing is lost."""
    whole = paint(Engine(weights))
    cut = next(itertools.islice(paint(Engine(weights)), evaluation - 1, None))
    resumed = paint(Engine(weights), resume=through_a_file(cut.snapshot()))
    assert [each.evaluation for each in resumed] == list(range(evaluation + 1, len(whole) + 1))
    assert resumed[-1].loss == pytest.approx(whole[-1].loss, rel=0.01)


@pytest.mark.parametrize(("taken", "used"), [("adam", "lbfgs"), ("lbfgs", "adam")])
@pytest.mark.parametrize("evaluation", [1, 5])
def test_the_other_optimizer_s_snapshot_is_refused(
    engine: Engine, taken: str, used: str, evaluation: int
) -> None:
    cut = paint(engine, taken)[evaluation - 1]
    with pytest.raises(ValueError, match="another optimizer"):
        paint(engine, used, through_a_file(cut.snapshot()))


def test_it_is_planned_with_the_memory_of_three_pairs() -> None:
    """A size that fits whole with Adam needs tiles with L-BFGS's ten pairs."""
    device = Device(memory=BASE_BYTES["float32"] + 320 * 480 * (270 + 2000 + 5 * 24))
    plans = {}
    for name in ("adam", "lbfgs"):
        chosen = StyleSettings.model_validate({"size": 320, "pyramid": 1, "optimizer": name})
        [level] = prepare(photograph(480, 320), [painting(80, 60)], chosen, device)
        plans[name] = level.plans
    assert plans["adam"][0] == Plan(history=3, side=None)
    assert {each.history for each in plans["adam"]} == {3}  # no fallback has fewer
    assert plans["lbfgs"][0].side is not None
