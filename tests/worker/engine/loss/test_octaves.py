"""With octaves, the style's loss is the mean over the image, its half, its quarter and so on."""

from itertools import repeat

import numpy as np
import pytest
import tensorflow as tf

from shared.settings import StyleSettings
from tests.worker.engine.loss.test_losses import objective
from tests.worker.engine.pictures import painting, photograph
from tests.worker.engine.vgg19.tiled import tile_differences
from worker.engine.image import centred
from worker.engine.loss.objective import Objective
from worker.engine.loss.octaves import halved
from worker.engine.vgg19.layers import Weights

ONE = StyleSettings(normalization="layers", style_weight=1.0, moments_weight=1.0, tv_weight=0)
THREE = ONE.model_copy(update={"style_octaves": 3})
CONTENT, STYLE = photograph(141, 131), painting(150, 133)  # no multiples of four


@pytest.fixture(scope="module")
def ours(weights: Weights) -> Objective:
    return objective(weights, settings=ONE)


def mixed(dtype: tf.DType = tf.float32) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    content, style = (tf.cast(centred(picture), dtype) for picture in (CONTENT, STYLE))
    noise = np.random.default_rng(1).normal(0, 12, content.shape)
    return content, style, content + tf.constant(noise, dtype)


def test_the_loss_is_the_mean_of_the_octaves(ours: Objective) -> None:
    content, style, image = mixed()
    whole = ours.evaluate(image, ours.targets(content, [style], THREE))
    each = []
    for _ in repeat(None, 3):
        each.append(ours.evaluate(image, ours.targets(content, [style], ONE)).losses)
        content, style, image = halved(content), halved(style), halved(image)
    losses = dict(zip(ours.names, whole.losses.numpy(), strict=True))
    for name, *values in zip(ours.names, *(loss.numpy() for loss in each), strict=True):
        expected = values[0] if name == "content" else np.mean(values)
        assert losses[name] == pytest.approx(expected, rel=1e-5)


def test_the_gradient_agrees_with_finite_differences(weights: Weights) -> None:
    exact = objective(weights, "float64", settings=ONE)
    content, style, image = mixed(tf.float64)
    targets = exact.targets(content, [style], THREE)
    direction = tf.constant(np.random.default_rng(2).normal(0, 1, image.shape))
    step = 1e-6
    after, before = (
        tf.reduce_sum(exact.evaluate(image + sign * step * direction, exact.plain(targets)).losses)
        for sign in (1, -1)
    )
    gradient = exact.evaluate(image, exact.plain(targets)).gradient
    slope = float(tf.reduce_sum(gradient * direction))
    assert slope == pytest.approx(float(after - before) / (2 * step), rel=1e-5)


def test_the_parts_add_up_to_the_whole(ours: Objective) -> None:
    content, style, image = mixed()
    targets = ours.targets(content, [style], THREE)
    whole = ours.evaluate(image, targets)
    near, deep = ours.evaluate_parts(image, targets)
    np.testing.assert_allclose(near.losses + deep.losses, whole.losses, rtol=1e-5)
    assert float(tf.norm(near.gradient + deep.gradient - whole.gradient)) < 1e-5 * float(
        tf.norm(whole.gradient)
    )
    np.testing.assert_allclose(ours.evaluate_near(image, targets).losses, near.losses, rtol=1e-5)


def test_the_losses_are_the_same_with_and_without_the_metric(ours: Objective) -> None:
    content, style, image = mixed()
    targets = ours.targets(content, [style], THREE)
    with_metric, plain = (
        ours.evaluate(image, each).losses for each in (targets, ours.plain(targets))
    )
    np.testing.assert_array_equal(with_metric, plain)


def test_tiles_do_not_change_losses_and_gradient(ours: Objective) -> None:
    assert max(tile_differences(ours, THREE)) < 1e-5


@pytest.mark.parametrize(("rows", "columns", "octaves"), [(128, 64, 2), (200, 140, 3), (40, 90, 1)])
def test_octaves_with_a_side_below_32_pixels_are_left_out(
    ours: Objective, rows: int, columns: int, octaves: int
) -> None:
    content, style = centred(photograph(columns, rows)), centred(painting(200, 200))
    assert len(ours.targets(content, [style], THREE).octaves) == octaves - 1
    (*_, level) = THREE.levels(rows, columns)
    assert level.octaves == octaves


def test_a_small_style_image_limits_the_octaves(ours: Objective) -> None:
    targets = ours.targets(centred(CONTENT), [centred(painting(70, 70))], THREE)
    assert len(targets.octaves) == 1


def test_an_objective_without_style_has_no_octaves(weights: Weights) -> None:
    settings = THREE.model_copy(update={"style_weight": 0, "moments_weight": 0})
    content, style, image = mixed()
    of = objective(weights, settings=settings)
    targets = of.targets(content, [style], settings)
    assert not targets.octaves
    assert of.names == ("content",)
    assert np.isfinite(of.evaluate(image, targets).losses).all()
