"""Losses and gradient are those of the Keras example."""

from collections.abc import Sequence

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.typing import NDArray

from shared.settings import StyleSettings
from tests.worker.engine.pictures import painting, photograph
from worker.engine.image import centred
from worker.engine.loss.content import Content
from worker.engine.loss.moments import Moments, moments, sums_of_products
from worker.engine.loss.objective import TERMS, Objective
from worker.engine.loss.style import Style
from worker.engine.loss.term import WeightedTerm
from worker.engine.loss.total_variation import TotalVariation
from worker.engine.vgg19 import network as vgg
from worker.engine.vgg19.layers import Weights

SETTINGS = StyleSettings()
ROWS, COLUMNS = 64, 96
Features = dict[str, NDArray[np.float32]]


EVERY_TERM = {  # each with a weight that makes it a part of the loss
    "keras": StyleSettings(moments_weight=1.0),
    "layers": StyleSettings(
        normalization="layers",
        style_weight=1.0,
        moments_weight=1.0,
        content_weight=1.0,
        tv_weight=1e-3,
    ),
}


def objective(
    weights: Weights,
    precision: str = "float32",
    terms: Sequence[WeightedTerm] = TERMS,
    settings: StyleSettings = SETTINGS,
) -> Objective:
    return Objective(vgg.build(weights, precision), settings, terms)


def reference_features(weights: Weights, image: NDArray[np.float32]) -> Features:
    """Run Keras's own VGG19 on (rows, columns, 3), R, G, B."""
    model = keras.applications.VGG19(weights=None, include_top=False)
    for layer, arrays in weights.items():
        model.get_layer(layer).set_weights(arrays)
    outputs = {layer.name: layer.output for layer in model.layers}
    batch = keras.applications.vgg19.preprocess_input(image[np.newaxis].copy())
    result = keras.Model(model.inputs, outputs)([batch])
    return {name: value.numpy()[0] for name, value in result.items()}


def reference_losses(
    weights: Weights,
    content: NDArray[np.float32],
    style: NDArray[np.float32],
    image: NDArray[np.float32],
) -> tuple[float, float, float]:
    """Compute style, content and total variation as the Keras example defines them, in float64."""
    base, painted, combination = (
        reference_features(weights, picture) for picture in (content, style, image)
    )
    layers = [f"block{block}_conv1" for block in range(1, 6)]
    style_part = sum(reference_style(painted[name], combination[name]) for name in layers)
    difference = combination["block5_conv2"].astype(np.float64) - base["block5_conv2"]
    return (
        1e-6 / len(layers) * style_part,
        2.5e-8 * float(np.sum(difference**2)),
        1e-6 * reference_variation(image.astype(np.float64)),
    )


def reference_style(style: NDArray[np.float32], combination: NDArray[np.float32]) -> float:
    def gram(features: NDArray[np.float32]) -> NDArray[np.float64]:
        rows = features.transpose(2, 0, 1).reshape(features.shape[2], -1).astype(np.float64)
        return rows @ rows.T

    size = ROWS * COLUMNS
    return float(np.sum((gram(style) - gram(combination)) ** 2) / (4.0 * 3**2 * size**2))


def reference_variation(image: NDArray[np.float64]) -> float:
    down = (image[:-1, :-1] - image[1:, :-1]) ** 2
    right = (image[:-1, :-1] - image[:-1, 1:]) ** 2
    return float(np.sum((down + right) ** 1.25))


def test_the_losses_are_those_of_the_keras_example(weights: Weights) -> None:
    content, style = photograph(COLUMNS, ROWS), painting(COLUMNS, ROWS)
    noise = np.random.default_rng(0).normal(0, 12, content.shape)
    image = (0.7 * content + 0.3 * style + noise).astype(np.float32)

    ours = objective(weights)
    assert ours.names == ("style", "content", "tv")
    targets = ours.targets(centred(content), [centred(style)], SETTINGS)
    losses, _ = ours.evaluate(centred(image), targets)

    expected = reference_losses(weights, content, style, image)
    np.testing.assert_allclose(losses.numpy(), expected, rtol=1e-4)


@pytest.mark.parametrize("normalization", EVERY_TERM)
@pytest.mark.parametrize(
    "terms", [TERMS, *([each] for each in TERMS)], ids=["all", *(each.term.name for each in TERMS)]
)
def test_the_gradient_agrees_with_finite_differences(
    weights: Weights, terms: Sequence[WeightedTerm], normalization: str
) -> None:
    settings = EVERY_TERM[normalization]
    ours = objective(weights, "float64", terms, settings)
    content, style = (
        tf.cast(centred(picture), tf.float64) for picture in (photograph(48, 32), painting(48, 32))
    )
    targets = ours.plain(ours.targets(content, [style], settings))
    image = 0.6 * content + 0.4 * style
    _, gradient = ours.evaluate(image, targets)
    for seed in range(3):
        direction = np.random.default_rng(seed).normal(size=image.shape)
        step = 1e-6 * direction  # so small that it crosses hardly any kink of ReLU and pooling
        above, below = (
            float(tf.reduce_sum(ours.evaluate(image + sign * step, targets)[0])) for sign in (1, -1)
        )
        slope = float(tf.reduce_sum(gradient * direction))
        assert (above - below) / 2e-6 == pytest.approx(slope, rel=1e-5)


@pytest.mark.parametrize("name", ["style", "moments"])
def test_several_styles_count_equally(weights: Weights, name: str) -> None:
    content, one, other = photograph(48, 32), painting(48, 32), photograph(48, 32)[:, ::-1]
    ours = objective(weights, settings=EVERY_TERM["keras"])

    def loss_of(*styles: NDArray[np.float32]) -> float:
        images = [centred(style) for style in styles]
        targets = ours.targets(centred(content), images, EVERY_TERM["keras"])
        losses = ours.evaluate(centred(content), targets).losses
        return float(losses[ours.names.index(name)])

    both = loss_of(one, other)
    if name == "style":
        assert both == pytest.approx((loss_of(one) + loss_of(other)) / 2, rel=1e-5)
    else:  # each style's distance is relative to the mean of both
        assert loss_of(one, one) == pytest.approx(loss_of(one), rel=1e-5)
        assert both == pytest.approx(loss_of(other, one), rel=1e-5)


def test_a_term_without_weight_is_left_out(weights: Weights) -> None:
    settings = StyleSettings(style_weight=0, moments_weight=1, tv_weight=0)
    assert objective(weights, settings=settings).names == ("moments", "content")


def test_an_image_that_matches_has_no_relative_loss(weights: Weights) -> None:
    content, settings = centred(photograph(48, 32)), EVERY_TERM["layers"]
    ours = objective(weights, settings=settings)
    losses = ours.evaluate(content, ours.targets(content, [content], settings)).losses
    by_name = dict(zip(ours.names, losses.numpy(), strict=True))
    assert by_name.pop("tv") > 0
    np.testing.assert_allclose(list(by_name.values()), 0, atol=1e-6)


@pytest.mark.parametrize("size", [32, 64])
def test_the_content_without_a_picture_is_one_away_at_every_size(
    weights: Weights, size: int
) -> None:
    """The relative loss: |0 − content|² / |content|² is 1, here at a layer of a black image."""
    content = centred(photograph(size, size))
    settings = StyleSettings(normalization="layers", content_weight=1.0)
    targets = objective(weights, settings=settings).targets(content, [content], settings)
    square = float(tf.reduce_sum(tf.square(targets.content["block5_conv2"])))
    assert float(targets.weights["content:block5_conv2"]) * square == pytest.approx(1, rel=1e-5)


def test_each_layer_counts_as_its_share_with_relative_losses(weights: Weights) -> None:
    content, style = centred(photograph(48, 32)), centred(painting(48, 32))
    settings = StyleSettings(
        normalization="layers",
        style_weight=2.0,
        style_layers={"block1_conv1": 3.0, "block4_conv1": 1.0},
    )
    targets = objective(weights, settings=settings).targets(content, [style], settings)
    for layer, share in (("block1_conv1", 0.75), ("block4_conv1", 0.25)):
        key = f"style:{layer}"
        size = float(tf.reduce_sum(tf.square(targets.fixed[key]["gram"])))
        assert float(targets.weights[key]) * size == pytest.approx(2.0 * share, rel=1e-5)


def test_moments_are_the_mean_and_the_covariance() -> None:
    activations = tf.random.stateless_normal((1, 4, 5, 6), seed=(0, 0))
    values = activations.numpy().reshape(-1, 6)
    mean, covariance = moments(sums_of_products(activations))
    np.testing.assert_allclose(mean, values.mean(0), atol=1e-6)
    np.testing.assert_allclose(covariance, np.cov(values.T, bias=True), atol=1e-6)


def test_the_moments_of_nothing_are_half_of_each_distance_away() -> None:
    """With mean and covariance zero, both distances are 1."""
    activations = tf.random.stateless_normal((1, 8, 8, 4), seed=(1, 0))
    term = Moments()
    target = term.target(term.statistic(activations)[tf.newaxis])
    assert float(term.loss(term.statistic(activations), target)) == pytest.approx(0, abs=1e-10)
    assert float(term.loss(term.statistic(0 * activations), target)) == pytest.approx(1, rel=1e-5)


def test_a_style_of_another_shape_counts_as_if_it_had_the_result_s_positions(
    weights: Weights,
) -> None:
    content, style = centred(photograph(64, 64)), centred(painting(64, 64))
    twice = tf.tile(style, (1, 1, 2, 1))
    ours = objective(weights)
    once_grams, twice_grams = (
        ours.targets(content, [picture], SETTINGS).fixed["style:block1_conv1"]["gram"]
        for picture in (style, twice)
    )
    difference = np.linalg.norm(twice_grams - once_grams) / np.linalg.norm(once_grams)
    assert difference < 0.05  # the seam is a real difference; without the ratio it would be 1


def test_a_flat_image_has_a_finite_gradient() -> None:
    image = tf.ones((1, 8, 8, 3))
    with tf.GradientTape() as tape:
        tape.watch(image)
        loss = TotalVariation().statistic(image)
    assert np.isfinite(tape.gradient(loss, image).numpy()).all()
    assert float(loss) < 1e-6


def test_an_image_that_matches_has_no_loss() -> None:
    activations = tf.random.stateless_normal((1, 4, 5, 6), seed=(0, 0))
    assert float(Content().statistic(activations, activations)) == 0
    style = Style()
    gram = style.statistic(activations)
    assert float(style.loss(gram, style.target(gram[tf.newaxis]))) == 0
