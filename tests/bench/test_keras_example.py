"""The reference for the engine is the Keras example, run on fixed pictures."""

import itertools
import json

import pytest

from bench.keras_example import FILE, learning_rate, published_step, run
from bench.pairs import pair
from worker.engine.vgg19.layers import Weights


def test_cached_features_give_the_same_steps_as_the_published_form(weights: Weights) -> None:
    images = pair(1, 48)
    step = published_step(images, weights)
    cheap = [loss for _, loss in itertools.islice(run(images, weights), 4)]
    assert [step() for _ in range(4)] == pytest.approx(cheap, rel=1e-3)
    assert cheap[-1] < cheap[0]


def test_the_learning_rate_decays_as_published_and_scales_with_the_size() -> None:
    assert learning_rate(0, 400 * 533) == 100
    assert learning_rate(100, 400 * 533) == pytest.approx(96)
    assert learning_rate(0, 100 * 533) == 25


@pytest.mark.parametrize("name", json.loads(FILE.read_text()))
def test_each_reference_belongs_to_the_current_pictures(name: str) -> None:
    rows, number = map(int, name.split("/"))
    assert pair(number, rows).sha256 == json.loads(FILE.read_text())[name]["sha256"]
