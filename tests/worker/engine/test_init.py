"""What a picture starts from, and that the seed decides which noise."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.settings import PRESETS, StyleSettings
from tests.worker.engine.pictures import painting, photograph
from worker.engine.engine import Engine
from worker.engine.image import centred, resize
from worker.engine.progress import Progress
from worker.engine.vgg19.layers import Weights

Pixels = NDArray[np.float32]
SMALL = {"size": 64, "iterations": 3, "coarse_iterations": 3}
CONTENT, OWN = photograph(96, 64), painting(192, 128)


@pytest.fixture(scope="module")
def engine(weights: Weights) -> Engine:
    return Engine(weights)


def paint(engine: Engine, own: Pixels | None = None, **chosen: Any) -> list[Progress]:
    settings = StyleSettings.model_validate({**PRESETS["balanced"], **SMALL, **chosen})
    return list(engine.stylize(CONTENT, [painting(80, 60)], settings, init=own))


def start(engine: Engine, own: Pixels | None = None, **chosen: Any) -> Pixels:
    """Return the image that is evaluated first, at the coarsest level, (32, 48, 3)."""
    return paint(engine, own, **chosen)[0].pixels()


def at_coarsest(picture: Pixels) -> NDArray[Any]:
    small: NDArray[Any] = resize(centred(picture), 32, 48, "aspect")[0].numpy()
    return small


def test_content_and_image_start_from_that_image(engine: Engine) -> None:
    np.testing.assert_allclose(start(engine, init="content"), at_coarsest(CONTENT), atol=1e-3)
    np.testing.assert_allclose(start(engine, OWN, init="image"), at_coarsest(OWN), atol=1e-3)


def test_noise_is_grey_and_without_structure(engine: Engine) -> None:
    noise = start(engine, init="noise")
    assert np.abs(noise.mean((0, 1))).max() < 3
    assert noise.std((0, 1)) == pytest.approx(np.full(3, 30), rel=0.1)
    neighbours = np.corrcoef(noise[:, 1:].ravel(), noise[:, :-1].ravel())
    assert abs(neighbours[0, 1]) < 0.05


def test_by_default_it_starts_from_the_content_in_the_style_s_colours(engine: Engine) -> None:
    colours = start(engine).mean((0, 1))
    theirs = centred(painting(80, 60)).numpy().mean((0, 1, 2))
    np.testing.assert_allclose(colours, theirs, atol=2)
    assert np.abs(colours - at_coarsest(CONTENT).mean((0, 1))).max() > 10
    np.testing.assert_array_equal(start(engine), start(engine, init="style_colors"))


def test_the_same_seed_gives_the_same_picture_and_another_another(weights: Weights) -> None:
    one, again, other = (
        paint(Engine(weights), init="noise", seed=seed)[-1].pixels() for seed in (7, 7, 2**32 - 1)
    )
    np.testing.assert_array_equal(one, again)
    assert np.abs(one - other).mean() > 5  # grey levels


def test_a_finished_picture_is_a_better_start_than_noise(engine: Engine) -> None:
    result = paint(engine, iterations=20)[-1]
    pixels = result.pixels()[..., ::-1] + np.array([123.68, 116.779, 103.939], np.float32)
    one_level: dict[str, Any] = {"pyramid": 1, "iterations": 1}
    [again] = paint(engine, pixels, init="image", **one_level)
    [noise] = paint(engine, init="noise", **one_level)
    assert again.loss == pytest.approx(result.loss, rel=0.05)
    assert noise.loss > 2 * result.loss


def test_a_start_resumes_as_it_was(engine: Engine) -> None:
    whole = paint(engine, OWN, init="image")
    settings = StyleSettings.model_validate({**PRESETS["balanced"], **SMALL, "init": "image"})
    styles = [painting(80, 60)]
    *_, last = engine.stylize(CONTENT, styles, settings, whole[2].snapshot(), init=OWN)
    np.testing.assert_allclose(last.pixels(), whole[-1].pixels(), atol=1)


@pytest.mark.parametrize(
    ("init", "own", "words"),
    [
        ("image", None, "does not fit"),
        ("content", OWN, "does not fit"),
        ("image", painting(96, 66), "another shape"),
        ("image", painting(64, 96), "another shape"),
    ],
)
def test_a_start_that_does_not_fit_is_refused(
    engine: Engine, init: str, own: Pixels | None, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        paint(engine, own, init=init)
