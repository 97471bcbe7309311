"""An optimisation never ends at a point that is not finite."""

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
import tensorflow as tf

from shared.errors import Diverged
from worker.engine.optimizer.minimise import Evaluate, Point, minimise

START = tf.ones((1, 2, 2, 3)) * 9


def bowl(broken: Iterator[bool], *, in_gradient: bool = False) -> Evaluate:
    """Return the evaluation of a bowl; it is not finite whenever `broken` yields True."""

    def evaluate(image: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        losses = tf.reduce_sum(image**2) * tf.constant([0.5, 0.3, 0.2])
        hole = np.nan if next(broken) else 0.0
        return (losses, 2 * image + hole) if in_gradient else (losses + hole, 2 * image)

    return evaluate


def never() -> Iterator[bool]:
    while True:
        yield False


@pytest.mark.parametrize("in_gradient", [False, True])
def test_a_step_that_is_not_finite_is_undone_and_shortened(in_gradient: bool) -> None:
    broken = iter([False, False, True, True, *[False] * 20])
    points = list(minimise(bowl(broken, in_gradient=in_gradient), START, range(1, 25)))
    assert points[1] is points[2] is points[3]
    after = float(tf.reduce_mean(tf.abs(points[4].image - points[3].image)))
    assert after == pytest.approx(3.0 / 16, rel=1e-4)
    assert sum(points[-1].losses) < 1e-3


def test_every_evaluation_is_reported() -> None:
    assert len(list(minimise(bowl(never()), START, range(1, 8)))) == 7


def test_an_error_counts_the_evaluations_of_coarser_levels() -> None:
    with pytest.raises(Diverged) as caught:
        list(minimise(bowl(iter([True])), START, range(41, 50)))
    assert caught.value.parameters == {"evaluation": 41}


def test_the_first_point_is_the_start() -> None:
    assert next(iter(minimise(bowl(never()), START, range(1, 2)))).image is START


def test_a_start_that_is_not_finite_fails_at_once() -> None:
    with pytest.raises(Diverged) as caught:
        list(minimise(bowl(iter([True])), START, range(1, 10)))
    assert caught.value.parameters == {"evaluation": 1}


def test_after_some_rejected_steps_it_fails_with_its_reason() -> None:
    with pytest.raises(Diverged) as caught:
        list(minimise(bowl(iter([False, *[True] * 99])), START, range(1, 100)))
    assert caught.value.parameters == {"evaluation": 6}


def test_only_rejections_in_a_row_count() -> None:
    broken = iter([False, *[True, True, True, False] * 3, *[False] * 20])
    points = list(minimise(bowl(broken), START, range(1, 34)))
    assert sum(points[-1].losses) < 1e-3
    after = [float(tf.reduce_mean(tf.abs(points[n].image - points[n - 1].image))) for n in (4, 8)]
    assert after == pytest.approx([3.0 / 64] * 2, rel=1e-4)


def read_at(
    monkeypatch: pytest.MonkeyPatch, read_seconds: float, broken: Iterator[bool]
) -> list[Point]:
    """Descend with a clock that advances by 0.1 s with each evaluation."""
    clock = itertools.count(0, 0.1)
    evaluate, now = bowl(broken, in_gradient=True), [0.0]

    def ticking(image: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        now[0] = next(clock)
        return evaluate(image)

    monkeypatch.setattr("worker.engine.optimizer.minimise.time.monotonic", lambda: now[0])
    return list(minimise(ticking, START, range(1, 13), read_seconds=read_seconds))


def test_between_two_reads_the_last_point_is_reported_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rarely = read_at(monkeypatch, 0.35, never())
    often = read_at(monkeypatch, 0.0, never())
    assert len(rarely) == len(often) == 12
    assert len({id(point) for point in rarely}) == 4  # the 1st, 5th and 9th; the last always
    assert len({id(point) for point in often}) == 12
    np.testing.assert_array_equal(rarely[-1].image, often[-1].image)


def test_steps_that_fail_between_two_reads_are_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    def once_not_finite() -> Iterator[bool]:  # nor any later point, until the step is undone
        yield from [False, False, True]
        yield from never()

    points = read_at(monkeypatch, 0.35, once_not_finite())
    assert points[4] is points[0]
    assert np.isfinite(points[-1].losses).all()
    assert sum(points[-1].losses) < sum(points[0].losses)
