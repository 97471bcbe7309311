"""Style statistics are kept between jobs under all they depend on; pictures stay the same."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from numpy.typing import NDArray

from shared.settings import PRESETS, StyleSettings
from tests.worker.engine.pictures import painting, photograph
from worker.engine.device import Device
from worker.engine.engine import Engine
from worker.engine.loss.objective import TERMS
from worker.engine.loss.style_cache import Key, Statistics, key_of
from worker.engine.loss.term import Targets, components
from worker.engine.multiscale.level_inputs import prepare
from worker.engine.vgg19.layers import Weights

Pixels = NDArray[np.float32]
CONTENT, STYLE = photograph(96, 64), painting(80, 60)


def _settings(preset: str = "balanced", **changes: Any) -> StyleSettings:
    small = {"size": 64, "iterations": 2, "coarse_iterations": 2}
    return StyleSettings(**{**PRESETS[preset], **small, **changes})


class Recorded:
    """A cache without a bound that counts what it knew."""

    def __init__(self) -> None:
        self.known: dict[str, Statistics] = {}
        self.hits = 0

    def get(self, key: Key) -> Statistics | None:
        self.hits += key.digest in self.known
        return self.known.get(key.digest)

    def put(self, key: Key, statistics: Statistics) -> None:
        self.known[key.digest] = statistics


class Incomplete(Recorded):
    """A cache in which a component is missing."""

    def get(self, key: Key) -> Statistics | None:
        known = super().get(key)
        return None if known is None else dict(list(known.items())[1:])


@pytest.fixture(scope="module")
def engine(weights: Weights) -> Engine:
    return Engine(weights)


def _paint(engine: Engine, settings: StyleSettings) -> Pixels:
    *_, last = engine.stylize(CONTENT, [STYLE], settings)
    return last.pixels()


def _targets(
    engine: Engine, settings: StyleSettings | None = None, styles: Sequence[Pixels] = (STYLE,)
) -> list[Targets]:
    """Compute the targets of each level of a job."""
    settings = settings or _settings()
    objective = engine._objective(settings)
    return [
        objective.targets(each.content, each.styles, each.settings, each.scale)
        for each in prepare(CONTENT, styles, settings, Device())
    ]


@pytest.mark.parametrize("preset", ["balanced", "faithful"])
def test_a_picture_is_the_same_bit_for_bit_with_and_without_the_cache(
    weights: Weights, preset: str
) -> None:
    engine, cache, settings = Engine(weights), Recorded(), _settings(preset)
    expected = _paint(engine, settings)
    engine.keep_statistics_in(cache)
    first, second = _paint(engine, settings), _paint(engine, settings)
    assert cache.hits == len(cache.known) == sum(level.octaves for level in settings.levels(64, 96))
    np.testing.assert_array_equal(first, expected)
    np.testing.assert_array_equal(second, expected)


def test_each_style_of_a_job_is_known_by_itself(engine: Engine) -> None:
    engine.keep_statistics_in(cache := Recorded())
    _targets(engine, styles=[STYLE])
    levels = len(cache.known)
    _targets(engine, styles=[photograph(80, 60), STYLE])
    assert (cache.hits, len(cache.known)) == (levels, 2 * levels)


@pytest.mark.parametrize(
    "changes",
    [
        {"padding": "zero"},
        {"style_layers": ["block1_conv1", "block2_conv1"]},
        {"style_weight": 1e-6},
        {"size": 66},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_the_statistics_depend_on_makes_them_unknown(
    engine: Engine, changes: dict[str, Any]
) -> None:
    engine.keep_statistics_in(cache := Recorded())
    _targets(engine)
    _targets(engine, _settings(**changes))
    assert cache.hits == 0


@pytest.mark.parametrize(
    "changes",
    [{"strength": 80}, {"content_layer": "block3_conv1"}, {"iterations": 3}],
    ids=lambda changes: next(iter(changes)),
)
def test_what_they_do_not_depend_on_does_not(engine: Engine, changes: dict[str, Any]) -> None:
    engine.keep_statistics_in(cache := Recorded())
    _targets(engine)
    _targets(engine, _settings(**changes))
    assert cache.hits == len(cache.known)


def test_another_pixel_makes_them_unknown(engine: Engine) -> None:
    engine.keep_statistics_in(cache := Recorded())
    _targets(engine)
    changed = STYLE.copy()
    changed[30:40, 30:40] += 1
    _targets(engine, styles=[changed])
    assert cache.hits == 0


def test_other_weights_and_another_precision_make_them_unknown(
    engine: Engine, weights: Weights
) -> None:
    engine.keep_statistics_in(cache := Recorded())
    _targets(engine)
    kernel, bias = weights["block5_conv1"]
    nearly: Weights = {**weights, "block5_conv1": (kernel, bias + np.float32(1e-3))}
    for other in (Engine(nearly), Engine(weights, Device(precision="bfloat16"))):
        other.keep_statistics_in(cache)
        _targets(other)
    assert cache.hits == 0
    again = Engine(weights)  # another process
    again.keep_statistics_in(cache)
    _targets(again)
    assert cache.hits > 0


def test_a_key_depends_on_tiles_shape_and_basis() -> None:
    image = tf.zeros((1, 32, 48, 3))
    read = [each for each in components(TERMS, _settings()) if each.term.reads_style]
    keys = {key_of(image, side, ("a",), read) for side in (None, 128, 256)}  # sums round otherwise
    keys.add(key_of(image, None, ("another version",), read))
    keys.add(key_of(tf.zeros((1, 48, 32, 3)), None, ("a",), read))
    assert len(keys) == 5
    assert {key.pixels for key in keys} == {32 * 48}


def test_incomplete_statistics_are_computed_anew(engine: Engine) -> None:
    engine.keep_statistics_in(Recorded())
    expected = _targets(engine)[-1].fixed
    engine.keep_statistics_in(Incomplete())
    for _ in range(2):
        fixed = _targets(engine)[-1].fixed
        for key, target in expected.items():
            for name in target.keys() & {"mean", "covariance"}:
                np.testing.assert_array_equal(fixed[key][name], target[name])
