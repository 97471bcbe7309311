"""A descent never ends where something is no finite number."""

from collections.abc import Iterator

import numpy as np
import pytest
import tensorflow as tf

from shared.errors import Diverged
from worker.engine.descent import MOST_REJECTED, Evaluate, descend
from worker.engine.lbfgs import FIRST_STEP

START = tf.ones((1, 2, 2, 3)) * 9


def bowl(broken: Iterator[bool], *, in_gradient: bool = False) -> Evaluate:
    """Return the evaluation of a bowl that is no number whenever `broken` says so."""

    def evaluate(image: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        losses = tf.reduce_sum(image**2) * tf.constant([0.5, 0.3, 0.2])
        hole = np.nan if next(broken) else 0.0
        return (losses, 2 * image + hole) if in_gradient else (losses + hole, 2 * image)

    return evaluate


def never() -> Iterator[bool]:
    while True:
        yield False


@pytest.mark.parametrize("in_gradient", [False, True])
def test_a_step_that_is_not_finite_is_taken_back_and_shortened(in_gradient: bool) -> None:
    broken = iter([False, False, True, True, *[False] * 20])
    points = list(descend(bowl(broken, in_gradient=in_gradient), START, 24))
    assert points[1] is points[2] is points[3]
    after = float(tf.reduce_mean(tf.abs(points[4].image - points[3].image)))
    assert after == pytest.approx(FIRST_STEP / 16, rel=1e-4)
    assert float(tf.reduce_sum(points[-1].losses)) < 1e-3


def test_every_evaluation_is_told() -> None:
    assert len(list(descend(bowl(never()), START, 7))) == 7


def test_an_error_counts_the_evaluations_of_coarser_levels() -> None:
    with pytest.raises(Diverged) as caught:
        list(descend(bowl(iter([True])), START, 9, before=40))
    assert caught.value.parameters == {"evaluation": 41}


def test_the_first_point_is_the_start() -> None:
    assert next(iter(descend(bowl(never()), START, 1))).image is START


def test_a_start_that_is_not_finite_fails_at_once() -> None:
    with pytest.raises(Diverged) as caught:
        list(descend(bowl(iter([True])), START, 9))
    assert caught.value.parameters == {"evaluation": 1}


def test_after_some_rejected_steps_it_fails_with_its_reason() -> None:
    with pytest.raises(Diverged) as caught:
        list(descend(bowl(iter([False, *[True] * 99])), START, 99))
    assert caught.value.parameters == {"evaluation": 2 + MOST_REJECTED}
