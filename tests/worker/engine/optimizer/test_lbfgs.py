"""L-BFGS finds minima with unit steps, even after bad pairs."""

import numpy as np
import pytest
import tensorflow as tf

from worker.engine.optimizer.color_axes import AXES, MOST, shape_of
from worker.engine.optimizer.lbfgs import LBFGS, SCALE


def test_a_quadratic_is_minimised() -> None:
    curvatures = tf.constant(np.geomspace(1, 100, 30), tf.float32)
    point, optimizer = tf.ones(30) * 5.0, LBFGS()
    for _ in range(60):
        point += optimizer.step(curvatures * point)
    assert float(tf.reduce_max(tf.abs(point))) < 1e-3


def test_the_first_step_moves_the_image_by_three_grey_levels() -> None:
    step = LBFGS().step(tf.constant([[1e-6, -4e-6, 0.0], [3e-6, 0.0, 0.0]]))
    np.testing.assert_allclose(tf.reduce_mean(tf.abs(step)), 3.0, rtol=1e-6)


def test_a_pair_without_positive_curvature_has_no_effect() -> None:
    optimizer = LBFGS(per_axis=False)
    first = optimizer.step(tf.constant([1.0, 1.0]))
    second = optimizer.step(tf.constant([2.0, 2.0]))  # uphill along the step: curvature < 0
    np.testing.assert_allclose(second, 2 * first)


def test_the_initial_inverse_hessian_is_the_usual_one_times_a_factor() -> None:
    optimizer, gradients = LBFGS(per_axis=False), ([1.0, 0.0, 0.5], [0.3, 0.1, 0.4])
    first, second = (optimizer.step(tf.constant(each)).numpy() for each in gradients)
    change = np.subtract(gradients[1], gradients[0])
    rho, usual = 1 / (first @ change), (first @ change) / (change @ change)
    project = np.eye(3) - rho * np.outer(change, first)
    inverse_hessian = SCALE * usual * project.T @ project + rho * np.outer(first, first)
    np.testing.assert_allclose(second, -inverse_hessian @ gradients[1], rtol=1e-5)


def test_no_step_is_longer_than_the_bound() -> None:
    optimizer = LBFGS(per_axis=False)
    optimizer.step(tf.constant([1.0, -1.0]))
    step = optimizer.step(tf.constant([0.999999, -0.999999]))  # nearly no curvature: a huge step
    assert float(tf.reduce_mean(tf.abs(step))) == pytest.approx(20.0, rel=1e-4)


def test_a_zero_gradient_gives_no_step() -> None:
    optimizer = LBFGS(per_axis=False)
    for _ in range(3):
        assert not optimizer.step(tf.zeros(4)).numpy().any()


def test_only_the_last_pairs_are_kept() -> None:
    optimizer = LBFGS(max_pairs=2, per_axis=False)
    for scale in (4.0, 3.0, 2.0, 1.0):
        optimizer.step(tf.constant([scale, scale]))
    assert len(optimizer._pairs) == 2


def _colored(curvatures: tuple[float, float, float]) -> tf.Tensor:
    """Return the Hessian (3, 3) of a pixel with these curvatures along the colour axes."""
    return tf.constant(AXES.T @ np.diag(curvatures) @ AXES, tf.float32)


def _steps(optimizer: LBFGS, hessian: tf.Tensor, slopes: tf.Tensor) -> int:
    """Return how many steps minimise a picture's quadratic with this Hessian, one slope a pixel."""
    point = tf.random.stateless_normal((40, 3), (1, 2)) * 30
    for number in range(200):
        if float(tf.reduce_max(tf.abs(point))) < 1e-2:
            return number
        point += optimizer.step(slopes * (point @ hessian))
    return 200


def test_colour_that_is_flatter_than_light_needs_few_steps() -> None:
    slopes = tf.constant(np.geomspace(1, 20, 40)[:, np.newaxis], tf.float32)
    for curvatures in ((1000.0, 1.0, 10.0), (1.0, 1000.0, 100.0)):
        hessian = _colored(curvatures)
        one = _steps(LBFGS(per_axis=False), hessian, slopes)
        assert _steps(LBFGS(), hessian, slopes) < 0.7 * one


def test_a_step_that_bends_all_axes_equally_is_that_of_one_scale() -> None:
    gradients = [tf.constant([[3.0, 1.0, -2.0]]), tf.constant([[1.5, 0.5, -1.0]])]
    ours, usual = LBFGS(), LBFGS(per_axis=False)
    for gradient in gradients:
        np.testing.assert_allclose(ours.step(gradient), usual.step(gradient), rtol=1e-5)


def test_grey_pixels_get_grey_steps() -> None:
    optimizer = LBFGS()
    for size in (4.0, 3.0, 2.5):
        step = optimizer.step(tf.fill((5, 3), size)).numpy()
        np.testing.assert_allclose(step, step[:, :1] * np.ones(3), rtol=1e-4)


def test_no_axis_has_a_scale_beyond_the_bound() -> None:
    usual, nearly_grey = _colored((1.0, 1.0, 1.0)), _colored((1.0, 1.0, 1e-6))
    scales = np.linalg.eigvalsh(shape_of(nearly_grey, usual))
    assert scales.min() == pytest.approx(1 / MOST, rel=1e-3)
    scales = np.linalg.eigvalsh(shape_of(usual, nearly_grey))
    assert scales.max() == pytest.approx(MOST, rel=1e-3)


def test_a_gradient_that_is_not_finite_gives_such_a_step() -> None:
    """The loop then goes back to the last finite point."""
    optimizer = LBFGS()
    optimizer.step(tf.ones((4, 3)))
    assert not np.isfinite(optimizer.step(tf.fill((4, 3), np.nan))).any()
