"""The pyramid has the levels that were asked for and fit."""

import numpy as np
import tensorflow as tf

from shared.settings import StyleSettings
from worker.engine.multiscale.levels import levels, start_of_next, style_shape


def test_each_level_is_twice_the_one_before() -> None:
    ladder = levels(400, 600, StyleSettings(pyramid=3))
    assert [(level.rows, level.columns) for level in ladder] == [(100, 150), (200, 300), (400, 600)]
    assert [level.scale for level in ladder] == [16, 4, 1]


def test_levels_too_small_for_the_network_are_left_out() -> None:
    ladder = levels(64, 96, StyleSettings(pyramid=5))
    assert [level.rows for level in ladder] == [32, 64]


def test_each_level_makes_a_quarter_of_the_next_one_s_evaluations() -> None:
    ladder = levels(400, 533, StyleSettings(pyramid=5, iterations=40))
    assert [level.evaluations for level in ladder] == [1, 1, 2, 10, 40][-len(ladder) :]


def test_the_result_s_own_level_is_always_there() -> None:
    assert [level.rows for level in levels(32, 32, StyleSettings(pyramid=3))] == [32]


def test_a_style_keeps_its_aspect_and_gets_the_result_s_area() -> None:
    level = levels(100, 100, StyleSettings())[-1]
    style = tf.zeros((1, 300, 1200, 3))
    assert style_shape(style, level, StyleSettings(geometry="aspect")) == (50, 200)
    assert style_shape(style, level, StyleSettings(geometry="keras")) == (100, 100)


def test_the_next_level_starts_with_half_of_the_content_s_detail() -> None:
    fine = tf.constant(np.random.default_rng(0).normal(size=(1, 8, 8, 3)), tf.float32)
    coarse = tf.zeros((1, 4, 4, 3))
    start = start_of_next(coarse, (coarse, fine))
    np.testing.assert_allclose(start, 0.5 * fine)


def test_the_next_level_starts_without_blocks() -> None:
    ramp = tf.reshape(tf.range(8, dtype=tf.float32), (1, 1, 8, 1)) * tf.ones((1, 8, 8, 3))
    flat = tf.zeros((1, 16, 16, 3))
    enlarged = start_of_next(ramp, (tf.zeros((1, 8, 8, 3)), flat)).numpy()
    assert (np.diff(enlarged[0, 8, 4:12, 0]) > 0.4).all()  # not two by two alike
