"""A level ends early once its picture has settled, and everything else is as without."""

import itertools
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from shared.settings import StyleSettings
from tests.worker.engine.pictures import painting, photograph
from tests.worker.engine.test_snapshot import through_a_file
from worker.engine.engine import Engine
from worker.engine.image import centred, resize
from worker.engine.loss.objective import Objective
from worker.engine.multiscale.settled import EVALUATIONS, Settled
from worker.engine.progress import Progress
from worker.engine.snapshot import Snapshot
from worker.engine.vgg19.layers import Weights
from worker.engine.vgg19.network import build

CHOSEN: dict[str, Any] = {
    "size": 64,
    "iterations": 300,
    "coarse_iterations": 300,
    "style_layers": ["block1_conv1", "block2_conv1"],
    "content_layer": "block3_conv1",
    "stop_when_settled": True,
}


def settled_at(losses: list[float]) -> int | None:
    """Return the number, from 1, of the loss at which it has settled."""
    settled = Settled()
    return next((n for n, loss in enumerate(losses, start=1) if settled.add(n, loss)), None)


def test_a_loss_that_falls_by_a_percent_in_20_evaluations_has_not_settled() -> None:
    assert settled_at([0.9994**n for n in range(100)]) is None


def test_a_loss_that_falls_by_less_has_settled() -> None:
    assert settled_at([0.9996**n for n in range(100)]) == EVALUATIONS + 1
    falling = [0.9**n for n in range(30)]
    assert settled_at([*falling, *[falling[-1]] * 40]) == 30 + EVALUATIONS


def test_a_loss_that_rises_has_settled() -> None:
    assert settled_at([1 + n for n in range(30)]) == EVALUATIONS + 1


def test_losses_that_are_read_now_and_then_are_compared_over_as_many_evaluations() -> None:
    settled = Settled()
    assert [settled.add(number, 1.0) for number in (1, 15, 20, 22)] == [False, False, False, True]


def paint(engine: Engine, resume: Snapshot | None = None, **chosen: Any) -> list[Progress]:
    settings = StyleSettings.model_validate({**CHOSEN, **chosen})
    return list(engine.stylize(photograph(96, 64), [painting(80, 60)], settings, resume))


@pytest.fixture(scope="module")
def engine(weights: Weights) -> Engine:
    return Engine(weights)


@pytest.fixture(scope="module")
def early(engine: Engine) -> list[Progress]:
    return paint(engine)


def test_each_level_ends_early_with_its_last_number_and_all_its_work(
    early: list[Progress],
) -> None:
    assert len(early) < 400
    assert {each.evaluations for each in early} == {600}
    numbers = [each.evaluation for each in early]
    assert all(one < other for one, other in itertools.pairwise(numbers))
    ends = [list(level)[-1] for _, level in itertools.groupby(early, lambda each: each.level)]
    assert [each.evaluation for each in ends] == [300, 600]
    assert early[-1].fraction == 1
    coarse, fine = StyleSettings.model_validate(CHOSEN).levels(64, 96)
    assert ends[0].fraction == pytest.approx(coarse.work / (coarse.work + fine.work))


def test_the_loss_is_close_to_that_of_all_evaluations(
    engine: Engine, early: list[Progress]
) -> None:
    whole = paint(engine, stop_when_settled=False)
    assert len(whole) == 600
    assert early[-1].loss < 1.1 * whole[-1].loss


def test_the_reported_losses_are_those_of_the_picture(
    weights: Weights, early: list[Progress]
) -> None:
    settings = StyleSettings.model_validate(CHOSEN)
    content, style = (
        resize(centred(picture), 64, 96, "keras")
        for picture in (photograph(96, 64), painting(80, 60))
    )
    objective = Objective(build(weights), settings)
    targets = objective.targets(content, [style], settings)
    losses, _ = objective.evaluate(tf.constant(early[-1].pixels()[np.newaxis]), targets)
    assert early[-1].loss == pytest.approx(float(tf.reduce_sum(losses)), rel=1e-4)


def test_few_evaluations_are_all_made(engine: Engine) -> None:
    few: dict[str, Any] = {"iterations": 6, "coarse_iterations": 6}
    with_stop, without = (paint(engine, **few, stop_when_settled=stop) for stop in (True, False))
    assert [each.loss for each in with_stop] == [each.loss for each in without]


def test_a_job_resumes_within_a_level_and_after_one_that_ended_early(
    engine: Engine, early: list[Progress]
) -> None:
    end_of_coarse = next(each for each in early if each.evaluation == 300)
    for cut in (early[30], end_of_coarse, early[-1]):
        resumed = paint(engine, through_a_file(cut.snapshot()))
        assert resumed[0].evaluation >= min(cut.evaluation + 1, 600)
        assert (resumed[-1].evaluation, resumed[-1].fraction) == (600, 1)
        assert resumed[-1].loss < 1.1 * early[-1].loss
    assert len(resumed) == 1
