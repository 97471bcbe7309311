"""An optimisation never ends at a point that is not finite."""

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
import tensorflow as tf

from shared.errors import Diverged
from worker.engine.optimizer.lbfgs import NO_HISTORY
from worker.engine.optimizer.minimise import Evaluate, Phase, Point, minimise

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
    points = list(minimise([Phase(bowl(broken, in_gradient=in_gradient), range(1, 25))], START))
    assert points[1] is points[2] is points[3]
    after = float(tf.reduce_mean(tf.abs(points[4].image - points[3].image)))
    assert after == pytest.approx(3.0 / 16, rel=1e-4)
    assert sum(points[-1].losses) < 1e-3


def test_a_new_phase_steps_on_and_then_forgets_the_pairs() -> None:
    """Its gradient is another one, so that the pairs of the phase before would mislead it."""

    def elsewhere(image: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        losses, gradient = bowl(never())(image - 5.0)
        return losses, gradient

    before, after = (
        Phase(bowl(never()), range(1, 3)),
        Phase(elsewhere, range(3, 40), 0.5, is_new=True),
    )
    points = list(minimise([before, after], START))
    changes = [
        float(tf.reduce_mean(tf.abs(one.image - other.image)))
        for one, other in itertools.pairwise(points)
    ]
    assert changes[1] == pytest.approx(6.0)  # to the minimum of the phase before
    assert changes[2] == pytest.approx(0.5, rel=1e-5)
    assert points[2].history == NO_HISTORY
    np.testing.assert_allclose(points[-1].image, 5.0, atol=1e-3)


def test_a_phase_that_is_resumed_keeps_its_pairs() -> None:
    *_, before = minimise([Phase(bowl(never()), range(1, 6))], START)
    resumed, whole = (
        list(minimise([Phase(bowl(never()), numbers)], start))[-1].image
        for numbers, start in ((range(6, 7), before), (range(1, 7), START))
    )
    np.testing.assert_allclose(resumed, whole, rtol=1e-5)


def test_every_evaluation_is_reported() -> None:
    assert len(list(minimise([Phase(bowl(never()), range(1, 8))], START))) == 7


def test_an_error_counts_the_evaluations_of_coarser_levels() -> None:
    with pytest.raises(Diverged) as caught:
        list(minimise([Phase(bowl(iter([True])), range(41, 50))], START))
    assert caught.value.parameters == {"evaluation": 41}


def test_the_first_point_is_the_start() -> None:
    assert next(iter(minimise([Phase(bowl(never()), range(1, 2))], START))).image is START


def test_a_start_that_is_not_finite_fails_at_once() -> None:
    with pytest.raises(Diverged) as caught:
        list(minimise([Phase(bowl(iter([True])), range(1, 10))], START))
    assert caught.value.parameters == {"evaluation": 1}


def test_after_some_rejected_steps_it_fails_with_its_reason() -> None:
    with pytest.raises(Diverged) as caught:
        list(minimise([Phase(bowl(iter([False, *[True] * 99])), range(1, 100))], START))
    assert caught.value.parameters == {"evaluation": 6}


def test_only_rejections_in_a_row_count() -> None:
    broken = iter([False, *[True, True, True, False] * 3, *[False] * 20])
    points = list(minimise([Phase(bowl(broken), range(1, 34))], START))
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
    return list(minimise([Phase(ticking, range(1, 13))], START, read_seconds=read_seconds))


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
