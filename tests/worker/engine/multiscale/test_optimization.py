"""Each level uses weights for its own size, so that all levels converge to one picture."""

import itertools
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from shared.settings import StyleSettings
from tests.worker.engine.pictures import painting, photograph
from worker.engine.device import Device
from worker.engine.engine import Engine
from worker.engine.image import centred, resize
from worker.engine.loss.gradients import Evaluation
from worker.engine.loss.objective import Objective
from worker.engine.loss.term import Targets, WeightedTerm
from worker.engine.memory.tiles import NO_TILES, Sides
from worker.engine.optimizer.lbfgs import FIRST_STEP
from worker.engine.vgg19.layers import Weights
from worker.engine.vgg19.network import build

Shape = tuple[int, int]
SETTINGS = {
    "size": 64,
    "iterations": 1,
    "coarse_iterations": 1,
    "pyramid": 2,
    "style_layers": {"block1_conv1": 3.0, "block2_conv1": 1.0},
    "content_layer": "block2_conv1",
    "style_weight": 2e-6,
    "content_weight": 3e-8,
    "tv_weight": 5e-6,
}


class Recorder(Objective):
    """Records the weights of the components by the shape of the level."""

    def __init__(
        self,
        network: keras.Model,
        settings: StyleSettings,
        terms: Sequence[WeightedTerm],
        found: dict[Shape, dict[str, float]],
    ) -> None:
        super().__init__(network, settings, terms)
        self._found = found

    def targets(
        self,
        content: tf.Tensor,
        styles: Sequence[tf.Tensor],
        settings: StyleSettings,
        scale: float = 1.0,
        sides: Sides = NO_TILES,
    ) -> Targets:
        made = super().targets(content, styles, settings, scale, sides)
        rows, columns = content.shape[1:3]
        self._found[rows, columns] = {key: float(each) for key, each in made.weights.items()}
        return made


def weights_of_levels(weights: Weights, geometry: str) -> dict[Shape, dict[str, float]]:
    found: dict[Shape, dict[str, float]] = {}
    engine = Engine(
        weights, build=lambda network, settings, terms: Recorder(network, settings, terms, found)
    )
    chosen = StyleSettings.model_validate({**SETTINGS, "geometry": geometry})
    assert len(list(engine.stylize(photograph(96, 64), [painting(80, 60)], chosen))) == 2
    return found


@pytest.mark.parametrize(
    ("geometry", "weighed_as"), [("keras", 64 * 96), ("aspect", 400 * 533)], ids=["keras", "aspect"]
)
def test_sums_over_pixels_have_the_same_weight_at_each_level(
    weights: Weights, geometry: str, weighed_as: int
) -> None:
    found = weights_of_levels(weights, geometry)
    assert list(found) == [(32, 48), (64, 96)]
    for (rows, columns), weighed in found.items():
        scale = weighed_as / (rows * columns)
        assert weighed["content:block2_conv1"] == pytest.approx(3e-8 * scale, rel=1e-6)
        assert weighed["tv:pixels"] == pytest.approx(5e-6 * scale, rel=1e-6)


def test_the_style_counts_by_the_level_s_own_size_and_its_layers_by_their_shares(
    weights: Weights,
) -> None:
    for (rows, columns), weighed in weights_of_levels(weights, "aspect").items():
        whole = 2e-6 / (4 * 3**2 * (rows * columns) ** 2)
        assert weighed["style:block1_conv1"] == pytest.approx(0.75 * whole, rel=1e-6)
        assert weighed["style:block2_conv1"] == pytest.approx(0.25 * whole, rel=1e-6)


def test_the_next_level_starts_from_the_one_before_with_half_of_the_content_s_new_detail(
    weights: Weights,
) -> None:
    picture = photograph(96, 64)
    chosen = StyleSettings.model_validate({**SETTINGS, "geometry": "aspect"})
    coarse, fine = Engine(weights).stylize(picture, [painting(80, 60)], chosen)
    content = centred(picture)
    shown = resize(resize(content, 32, 48, "aspect"), 64, 96, "aspect")
    larger = resize(tf.constant(coarse.pixels()[np.newaxis]), 64, 96, "aspect")
    expected = (larger + 0.5 * (content - shown)).numpy()[0]
    np.testing.assert_allclose(fine.pixels(), expected, atol=0.01)


EIGHT = StyleSettings.model_validate({**SETTINGS, "size": 32, "iterations": 8, "pyramid": 1})


def test_a_snapshot_keeps_as_many_pairs_as_configured(weights: Weights) -> None:
    for kept in (2, 4):
        engine = Engine(weights, kept_pairs=kept)
        twelve = EIGHT.model_copy(update={"iterations": 12})
        *_, last = engine.stylize(photograph(96, 64), [painting(80, 60)], twelve)
        assert len(last.snapshot().steps.sizes) == kept


def test_between_two_reads_the_last_point_read_is_reported(weights: Weights) -> None:
    engine = Engine(weights, Device(read_seconds=600.0))
    reported = list(engine.stylize(photograph(96, 64), [painting(80, 60)], EIGHT))
    assert [each.evaluation for each in reported] == list(range(1, 9))
    assert {each.loss for each in reported[:-1]} == {reported[0].loss}
    assert reported[-1].loss < reported[0].loss


class Watched(Objective):
    """Records whether each evaluation had the style's metric."""

    def __init__(self, *arguments: Any, asked: list[bool]) -> None:
        super().__init__(*arguments)
        self._asked = asked

    def evaluate(self, image: tf.Tensor, targets: Targets, side: int | None = None) -> Evaluation:
        self._asked.append(has_metric(targets))
        return super().evaluate(image, targets, side)


def has_metric(targets: Targets) -> bool:
    return float(targets.fixed["style:block1_conv1"]["metric"].others) != 1


@pytest.mark.parametrize(("iterations", "with_metric"), [(8, 4), (100, 40)])
def test_a_level_ends_without_the_metric(
    weights: Weights, iterations: int, with_metric: int
) -> None:
    asked: list[bool] = []
    engine = Engine(weights, build=lambda *arguments: Watched(*arguments, asked=asked))
    chosen = EIGHT.model_copy(update={"iterations": iterations})
    *_, last = engine.stylize(photograph(96, 64), [painting(80, 60)], chosen)
    assert asked == [True] * with_metric + [False] * (iterations - with_metric)
    assert last.evaluation == iterations


def test_a_coarser_level_keeps_the_metric(weights: Weights) -> None:
    asked: list[bool] = []
    engine = Engine(weights, build=lambda *arguments: Watched(*arguments, asked=asked))
    chosen = EIGHT.model_copy(update={"size": 64, "pyramid": 2, "coarse_iterations": 6})
    list(engine.stylize(photograph(96, 64), [painting(80, 60)], chosen))
    assert asked == [True] * (6 + 4) + [False] * 4


def test_the_first_step_with_the_metric_is_the_usual_one(weights: Weights) -> None:
    first, second, *_ = (
        each.pixels()
        for each in Engine(weights).stylize(photograph(48, 32), [painting(48, 32)], EIGHT)
    )
    assert np.abs(second - first).mean() == pytest.approx(FIRST_STEP, rel=1e-4)


def test_the_gradient_at_the_end_is_that_of_the_losses(weights: Weights) -> None:
    content, style = photograph(48, 32), painting(48, 32)
    *_, last = Engine(weights).stylize(content, [style], EIGHT)
    objective = Objective(build(weights), EIGHT)
    targets = objective.plain(objective.targets(centred(content), [centred(style)], EIGHT))
    losses, gradient = objective.evaluate(tf.constant(last.pixels()[np.newaxis]), targets)
    np.testing.assert_allclose(last.snapshot().gradient, gradient[0], rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(list(last.losses.values()), losses, rtol=1e-4)


@pytest.mark.parametrize("number", [3, 4, 5])
def test_a_job_resumed_around_the_change_ends_the_same(weights: Weights, number: int) -> None:
    """At the change and beside it; the pairs in a snapshot are rounded to float16."""
    content, styles = photograph(48, 32), [painting(48, 32)]
    engine = Engine(weights, kept_pairs=10)
    whole = list(engine.stylize(content, styles, EIGHT))
    cut = next(itertools.islice(engine.stylize(content, styles, EIGHT), number - 1, None))
    *_, last = engine.stylize(content, styles, EIGHT, resume=cut.snapshot())
    assert last.loss == pytest.approx(whole[-1].loss, rel=1e-2)
