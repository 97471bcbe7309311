"""An image gets the colours of others."""

import numpy as np
import tensorflow as tf

from tests.worker.engine.pictures import painting, photograph
from worker.engine.image import centred
from worker.engine.multiscale.color_transfer import in_colours_of

STYLES = (painting(80, 60), photograph(80, 60))


def test_mean_and_covariance_are_the_style_s() -> None:
    style = centred(painting(80, 60))
    started = in_colours_of(centred(photograph(96, 64)), [style])
    ours, theirs = (image.numpy().reshape(-1, 3) for image in (started, style))
    np.testing.assert_allclose(ours.mean(0), theirs.mean(0), atol=0.1)
    np.testing.assert_allclose(np.cov(ours.T), np.cov(theirs.T), rtol=0.01, atol=5)


def test_an_image_that_has_the_colours_already_is_unchanged() -> None:
    content = centred(photograph(96, 64))
    np.testing.assert_allclose(in_colours_of(content, [content]), content, atol=0.01)


def test_a_flat_content_and_a_flat_style_stay_finite() -> None:
    flat, picture = np.full((40, 50, 3), 128, np.float32), photograph(96, 64)
    for content, style in ((flat, picture), (picture, flat), (flat, flat)):
        assert np.isfinite(in_colours_of(centred(content), [centred(style)])).all()


def test_several_styles_give_the_colours_of_a_mixture_of_them() -> None:
    content, one, other = (centred(each) for each in (photograph(96, 64), *STYLES))
    started = in_colours_of(content, [one, other], [0.75, 0.25])
    mixed = tf.concat([one, one, one, other], axis=1)
    ours, theirs = (image.numpy().reshape(-1, 3) for image in (started, mixed))
    np.testing.assert_allclose(ours.mean(0), theirs.mean(0), atol=0.1)
    np.testing.assert_allclose(np.cov(ours.T), np.cov(theirs.T), rtol=0.01, atol=5)
