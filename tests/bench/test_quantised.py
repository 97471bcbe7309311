"""Quantised against original weights: known differences are found, other files are refused."""

import json
from pathlib import Path

import numpy as np
import pytest

from bench.pairs import pair
from bench.quantised import layers, main, relative, report
from shared.config import Config
from tests.worker.weights.test_weights import write_keras_file
from worker import weights as sources
from worker.engine.vgg19.layers import KERNEL_SHAPES, Weights

CHANGE = 0.01


@pytest.fixture(scope="module")
def original(weights: Weights, tmp_path_factory: pytest.TempPathFactory) -> Weights:
    """Return weights that a Keras file holds: the quantised ones with noise of 1 %."""
    noise = np.random.default_rng(0)
    perturbed: Weights = {
        layer: (
            (kernel + noise.normal(0, CHANGE * kernel.std(), kernel.shape)).astype(np.float32),
            bias,
        )
        for layer, (kernel, bias) in weights.items()
    }
    path = tmp_path_factory.mktemp("keras") / "notop.h5"
    write_keras_file(path, perturbed)
    return sources.load(Config(GRAMWORKS_WEIGHTS=str(path)))


def test_every_layer_s_difference_is_measured(original: Weights, weights: Weights) -> None:
    rows = layers(original, weights, pair(1, 64))
    assert [row["layer"] for row in rows] == list(KERNEL_SHAPES)
    for row in rows:
        assert row["weights"] == pytest.approx(CHANGE, rel=0.2)
        assert row["biases"] == 0
        assert 0 < row["activations"] < 0.5
        assert 0 < row["gram"] < 0.5
    same = layers(weights, weights, pair(1, 64))
    assert all(value == 0 for row in same for name, value in row.items() if name != "layer")


def test_the_pictures_are_painted_and_judged_under_both_weights(
    original: Weights, weights: Weights, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "quantised.json"
    report(original, weights, pair(1, 128), "draft", path)
    result = json.loads(path.read_text())
    ours, theirs = result["pictures"]
    assert (ours["weights"], theirs["weights"]) == ("original", "quantised")
    assert ours["original_loss"] != ours["quantised_loss"]
    for name in ("style", "content"):
        assert 0 < ours[name] < 2
        assert theirs[name] == pytest.approx(ours[name], rel=0.5)
    assert 0 < result["grey_levels"] < 60
    printed = capsys.readouterr().out
    assert "block5_conv4" in printed
    assert "grey levels on average" in printed


def test_a_relative_difference_is_of_the_norms() -> None:
    assert relative(np.array([3.0, 4.0]), np.array([3.0, 4.5])) == pytest.approx(0.1)


@pytest.mark.parametrize("kind", ["missing", "another"])
def test_another_file_than_keras_s_is_refused(weights: Weights, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "notop.h5"
    if kind == "another":
        write_keras_file(path, weights)
    with pytest.raises(SystemExit) as ended:
        main(["--keras-file", str(path)])
    message = str(ended.value)
    assert "--keras-file" in message
    assert ("there is no file" if kind == "missing" else "has the MD5") in message
    assert "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5" in message
