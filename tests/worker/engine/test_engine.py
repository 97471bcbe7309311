"""The engine paints reproducibly, reports its progress, and fails with a reason."""

import subprocess
import sys
from collections.abc import Generator

import numpy as np
import pytest
import tensorflow as tf

from shared.errors import Diverged, OutOfMemory
from shared.settings import PRESETS, StyleSettings
from tests.worker.engine.loss.test_losses import objective
from tests.worker.engine.pictures import painting, photograph
from worker.engine.device import Device
from worker.engine.engine import Engine
from worker.engine.image import centred, resize
from worker.engine.memory.plan import BASE_BYTES, largest_pixels
from worker.engine.progress import Progress
from worker.engine.vgg19.layers import Weights

SMALL = StyleSettings(size=48, iterations=16)


def run(engine: Engine, settings: StyleSettings = SMALL) -> list[Progress]:
    return list(engine.stylize(photograph(96, 64), [painting(80, 60)], settings))


@pytest.fixture(scope="module")
def engine(weights: Weights) -> Engine:
    return Engine(weights)


def test_the_loss_falls_to_a_small_part_of_its_initial_value(engine: Engine) -> None:
    totals = [progress.loss for progress in run(engine)]
    assert totals[-1] < totals[0] / 10


@pytest.mark.parametrize("preset", PRESETS)
def test_the_same_settings_give_the_same_picture_bit_for_bit(weights: Weights, preset: str) -> None:
    settings = StyleSettings(
        **{**PRESETS[preset], "size": 64, "iterations": 4, "coarse_iterations": 4}
    )
    first, second = (run(Engine(weights), settings)[-1].pixels() for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_the_result_of_a_coarse_level_is_its_image_as_the_last_level_would_start_from_it(
    engine: Engine,
) -> None:
    values = {"size": 128, "iterations": 2, "coarse_iterations": 2, "pyramid": 3}
    steps = run(engine, StyleSettings(**{**PRESETS["balanced"], **values}))
    assert [step.pixels().shape[0] for step in steps] == [32, 32, 64, 64, 128, 128]
    assert {step.result().shape for step in steps} == {(128, 192, 3)}
    for coarse in steps[:4]:
        result, pixels = coarse.result(), coarse.pixels()
        rows, columns, _ = pixels.shape
        smaller = resize(result[np.newaxis], rows, columns, "aspect")[0].numpy()
        assert np.corrcoef(smaller.ravel(), pixels.ravel())[0, 1] > 0.95
    np.testing.assert_array_equal(steps[-1].result(), steps[-1].pixels())


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_style_without_any_structure_is_painted(engine: Engine, grey: int) -> None:
    """Its covariance is zero, by which the moments' distance is not divided."""
    settings = StyleSettings(
        **{**PRESETS["balanced"], "size": 48, "iterations": 4, "coarse_iterations": 4}
    )
    uniform = np.full((60, 80, 3), grey, np.float32)
    reported = list(engine.stylize(photograph(96, 64), [uniform], settings))
    assert max(each.loss for each in reported) < 10_000  # else of the order of 10⁷
    assert np.isfinite(reported[-1].pixels()).all()


def test_with_match_the_result_has_colours_nearer_to_the_photograph_s(engine: Engine) -> None:
    content = centred(photograph(72, 48)).numpy().mean(axis=(0, 1, 2))
    off = {
        preserve_color: np.abs(
            run(engine, SMALL.model_copy(update={"preserve_color": preserve_color}))[-1]
            .pixels()
            .mean(axis=(0, 1))
            - content
        ).max()
        for preserve_color in ("none", "match")
    }
    assert off["match"] < off["none"] / 2


def test_the_result_has_the_requested_height_and_the_content_s_aspect(
    engine: Engine,
) -> None:
    assert run(engine)[-1].pixels().shape == (48, 72, 3)


def test_progress_counts_the_evaluations_of_all_levels(engine: Engine) -> None:
    reported = run(
        engine,
        StyleSettings(size=64, iterations=8, coarse_iterations=2, pyramid=2, geometry="aspect"),
    )
    assert [progress.evaluation for progress in reported] == list(range(1, 11))
    assert {progress.evaluations for progress in reported} == {10}
    assert [progress.level for progress in reported] == [1, 1, *[2] * 8]
    fractions = [progress.fraction for progress in reported]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert fractions[1] < 0.5  # a coarse level is cheap


def test_the_reported_loss_is_that_of_the_picture(engine: Engine) -> None:
    last = run(engine)[-1]
    again = next(
        iter(engine.stylize(photograph(96, 64), [painting(80, 60)], StyleSettings(size=48)))
    )
    assert last.loss < again.loss
    assert last.loss == pytest.approx(sum(last.losses.values()))


def test_a_loss_that_is_not_finite_fails_with_its_reason(engine: Engine) -> None:
    broken = photograph(96, 64)
    broken[3, 4] = np.nan
    with pytest.raises(Diverged) as caught:
        list(engine.stylize(broken, [painting(80, 60)], SMALL))
    assert caught.value.parameters == {"evaluation": 1}


def test_a_size_that_no_plan_fits_fails_before_anything_is_painted(weights: Weights) -> None:
    with pytest.raises(OutOfMemory) as caught:
        run(Engine(weights, Device(memory=BASE_BYTES["float32"])))
    assert caught.value.parameters == {"width": 72, "height": 48, "maximum": None}


def test_a_size_without_a_plan_fails_with_the_largest_that_has_one(weights: Weights) -> None:
    memory = BASE_BYTES["float32"] + 315_000_000
    tall = StyleSettings(size=4000)
    with pytest.raises(OutOfMemory) as caught:
        run(Engine(weights, Device(memory=memory)), tall)
    fits = caught.value.parameters["maximum"]
    assert isinstance(fits, int)
    pixels = [rows * columns for rows, columns in (at(fits), at(fits + 1))]
    assert pixels[0] <= largest_pixels(memory) < pixels[1]


def at(size: int) -> tuple[int, int]:
    return StyleSettings(size=size).result_shape(96, 64)


def test_little_memory_means_tiles_and_the_same_picture(weights: Weights, engine: Engine) -> None:
    settings = StyleSettings(size=320, iterations=3, pyramid=1)
    small = Device(memory=BASE_BYTES["float32"] + 315_000_000)
    tiled, whole = (run(each, settings)[-1] for each in (Engine(weights, small), engine))
    assert (tiled.tile, whole.tile) == (160, None)
    assert tiled.loss == pytest.approx(whole.loss, rel=1e-4)
    np.testing.assert_allclose(tiled.pixels(), whole.pixels(), atol=0.5)  # of 255: no seam


def test_closing_the_generator_cancels_the_job(engine: Engine) -> None:
    job = engine.stylize(photograph(96, 64), [painting(80, 60)], SMALL)
    assert isinstance(job, Generator)
    assert next(job).evaluation == 1
    job.close()
    assert next(job, None) is None


def test_only_the_latest_objectives_are_cached(weights: Weights) -> None:
    engine = Engine(weights)
    chosen = [f"block{block}_conv{number}" for block in (1, 2) for number in (1, 2)]
    for layer in [*chosen, chosen[0], "block3_conv1"]:
        read = {"style_layers": {layer: 1.0}, "content_layer": layer}
        run(engine, StyleSettings.model_validate({"size": 32, "iterations": 1, **read}))
    keys = [key for components in engine._objectives for key in components]
    kept = [key.removeprefix("content:") for key in keys if key.startswith("content:")]
    assert kept == ["block2_conv1", "block2_conv2", "block1_conv1", "block3_conv1"]


def test_the_final_loss_in_bfloat16_is_close_to_that_in_float32(weights: Weights) -> None:
    settings = StyleSettings(size=64, iterations=60)
    last = run(Engine(weights, Device(precision="bfloat16")), settings)[-1]
    sizes = (64, 96)
    content, style = (
        resize(centred(picture), *sizes, "keras")
        for picture in (photograph(96, 64), painting(80, 60))
    )
    exact = objective(weights)
    targets = exact.targets(content, [style], settings)
    losses, _ = exact.evaluate(tf.constant(last.pixels()[np.newaxis]), targets)
    assert last.loss == pytest.approx(float(tf.reduce_sum(losses)), rel=0.02)


def test_the_modules_for_input_and_output_load_without_tensorflow() -> None:
    code = (
        "import sys, worker.job.runner, worker.weights.sources, worker.engine.progress;"
        "sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
