"""A finer level starts from the coarser one's result, smoothly enlarged."""

import numpy as np
import tensorflow as tf

from worker.engine.multiscale.initial_image import enlarged


def test_the_next_level_starts_with_half_of_the_content_s_detail() -> None:
    fine = tf.constant(np.random.default_rng(0).normal(size=(1, 8, 8, 3)), tf.float32)
    coarse = tf.zeros((1, 4, 4, 3))
    start = enlarged(coarse, coarse, fine)
    np.testing.assert_allclose(start, 0.5 * fine)


def test_the_next_level_starts_without_blocks() -> None:
    ramp = tf.reshape(tf.range(8, dtype=tf.float32), (1, 1, 8, 1)) * tf.ones((1, 8, 8, 3))
    flat = tf.zeros((1, 16, 16, 3))
    start = enlarged(ramp, tf.zeros((1, 8, 8, 3)), flat).numpy()
    assert (np.diff(start[0, 8, 4:12, 0]) > 0.4).all()  # neighbours differ, so there are no blocks
