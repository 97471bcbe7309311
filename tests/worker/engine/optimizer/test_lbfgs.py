"""L-BFGS finds minima with unit steps, even after bad pairs."""

import numpy as np
import pytest
import tensorflow as tf

from worker.engine.optimizer.lbfgs import LBFGS


def test_a_quadratic_is_minimised() -> None:
    curvatures = tf.constant(np.geomspace(1, 100, 30), tf.float32)
    point, optimizer = tf.ones(30) * 5.0, LBFGS()
    for _ in range(60):
        point += optimizer.step(curvatures * point)
    assert float(tf.reduce_max(tf.abs(point))) < 1e-3


def test_the_first_step_moves_the_image_by_three_grey_levels() -> None:
    step = LBFGS().step(tf.constant([[1e-6, -4e-6], [3e-6, 0.0]]))
    np.testing.assert_allclose(tf.reduce_mean(tf.abs(step)), 3.0, rtol=1e-6)


def test_a_pair_without_positive_curvature_has_no_effect() -> None:
    optimizer = LBFGS()
    first = optimizer.step(tf.constant([1.0, 1.0]))
    second = optimizer.step(tf.constant([2.0, 2.0]))  # uphill along the step: curvature < 0
    np.testing.assert_allclose(second, 2 * first)


def test_no_step_is_longer_than_the_bound() -> None:
    optimizer = LBFGS()
    optimizer.step(tf.constant([1.0, -1.0]))
    step = optimizer.step(tf.constant([0.999999, -0.999999]))  # nearly no curvature: a huge step
    assert float(tf.reduce_mean(tf.abs(step))) == pytest.approx(20.0, rel=1e-4)


def test_a_zero_gradient_gives_no_step() -> None:
    optimizer = LBFGS()
    for _ in range(3):
        assert not optimizer.step(tf.zeros(4)).numpy().any()


def test_only_the_last_pairs_are_kept() -> None:
    optimizer = LBFGS(max_pairs=2)
    for scale in (4.0, 3.0, 2.0, 1.0):
        optimizer.step(tf.constant([scale, scale]))
    assert len(optimizer._pairs) == 2
