"""The optimisation starts from the content in the style's colours."""

import numpy as np
import tensorflow as tf

from tests.worker.engine.pictures import painting, photograph
from worker.engine.image import centred
from worker.engine.multiscale.initial_image import enlarged, in_style_colours

STYLES = (painting(80, 60), photograph(80, 60))


def test_mean_and_covariance_are_the_style_s() -> None:
    style = centred(painting(80, 60))
    started = in_style_colours(centred(photograph(96, 64)), [style])
    ours, theirs = (image.numpy().reshape(-1, 3) for image in (started, style))
    np.testing.assert_allclose(ours.mean(0), theirs.mean(0), atol=0.1)
    np.testing.assert_allclose(np.cov(ours.T), np.cov(theirs.T), rtol=0.01, atol=5)


def test_an_image_that_has_the_colours_already_is_unchanged() -> None:
    content = centred(photograph(96, 64))
    np.testing.assert_allclose(in_style_colours(content, [content]), content, atol=0.01)


def test_a_flat_content_and_a_flat_style_stay_finite() -> None:
    flat, picture = np.full((40, 50, 3), 128, np.float32), photograph(96, 64)
    for content, style in ((flat, picture), (picture, flat), (flat, flat)):
        assert np.isfinite(in_style_colours(centred(content), [centred(style)])).all()


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


def test_several_styles_give_the_colours_of_a_mixture_of_them() -> None:
    content, one, other = (centred(each) for each in (photograph(96, 64), *STYLES))
    started = in_style_colours(content, [one, other], [0.75, 0.25])
    mixed = tf.concat([one, one, one, other], axis=1)
    ours, theirs = (image.numpy().reshape(-1, 3) for image in (started, mixed))
    np.testing.assert_allclose(ours.mean(0), theirs.mean(0), atol=0.1)
    np.testing.assert_allclose(np.cov(ours.T), np.cov(theirs.T), rtol=0.01, atol=5)
