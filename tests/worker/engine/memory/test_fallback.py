"""If memory runs out, a job continues with less memory and loses no evaluation."""

from collections.abc import Callable

import pytest

from shared.errors import OutOfMemory
from shared.settings import StyleSettings
from tests.worker.engine.low_memory import one_dnn, resources, scarce
from tests.worker.engine.pictures import painting, photograph
from worker.engine.engine import Build, Engine
from worker.engine.loss.objective import Objective
from worker.engine.progress import Progress
from worker.engine.vgg19.layers import Weights

SHALLOW = {
    "style_layers": {"block1_conv1": 1.0, "block2_conv1": 1.0},
    "content_layer": "block2_conv1",
}
SETTINGS = StyleSettings.model_validate(
    {"size": 160, "iterations": 40, "coarse_iterations": 10, "pyramid": 2, **SHALLOW}
)
COARSE, LAST = 10, 50  # evaluations of the first level, and of both


def run(weights: Weights, build: Build = Objective, fallback_step: int = 0) -> list[Progress]:
    engine = Engine(weights, build=build)
    return list(
        engine.stylize(
            photograph(96, 64), [painting(80, 60)], SETTINGS, fallback_step=fallback_step
        )
    )


@pytest.fixture(scope="module")
def undisturbed(weights: Weights) -> list[Progress]:
    return run(weights)


def means(progress: Progress) -> tuple[int, int, int | None]:
    return progress.fallback_step, progress.history, progress.tile


@pytest.mark.parametrize(
    ("evaluation", "error"), [(COARSE + 1, MemoryError), (30, resources), (LAST, one_dnn)]
)
def test_it_continues_from_its_last_point_with_less_memory_and_reports_it(
    weights: Weights, undisturbed: list[Progress], evaluation: int, error: Callable[[], Exception]
) -> None:
    reported = run(weights, scarce([None] * (evaluation - 1) + [error]))
    assert [each.evaluation for each in reported] == list(range(1, LAST + 1))
    assert {means(each) for each in reported[: evaluation - 1]} == {(0, 10, None)}
    assert {means(each) for each in reported[evaluation - 1 :]} == {(1, 10, 128)}
    assert reported[-1].loss < 1.01 * undisturbed[-1].loss


def test_it_takes_a_further_step_if_the_targets_do_not_fit_either(
    weights: Weights, undisturbed: list[Progress]
) -> None:
    reported = run(weights, scarce(of_targets=[None, MemoryError, resources]))
    assert [each.evaluation for each in reported] == list(range(1, LAST + 1))
    assert means(reported[COARSE]) == (2, 6, 128)
    assert reported[-1].loss < 1.01 * undisturbed[-1].loss


def test_a_small_level_has_its_own_fallback_plans(weights: Weights) -> None:
    reported = run(weights, scarce([resources]))
    assert means(reported[0]) == (1, 6, None)  # too small for tiles
    assert means(reported[-1]) == (1, 10, 128)


def test_it_starts_at_the_given_fallback_step(weights: Weights) -> None:
    for fallback_step, reached in ((1, (1, 10, 128)), (2, (2, 6, 128)), (99, (3, 3, 128))):
        engine = Engine(weights)
        *_, last = engine.stylize(
            photograph(96, 64), [painting(80, 60)], QUICK, fallback_step=fallback_step
        )
        assert means(last) == reached


QUICK = SETTINGS.model_copy(update={"iterations": 2})


def test_it_resumes_no_earlier_than_at_the_snapshot_s_fallback_step(weights: Weights) -> None:
    engine = Engine(weights)
    given = photograph(96, 64), [painting(80, 60)], QUICK
    first = next(engine.stylize(*given, fallback_step=2))
    for fallback_step, reached in ((0, 2), (3, 3)):
        *_, last = engine.stylize(*given, resume=first.snapshot(), fallback_step=fallback_step)
        assert last.fallback_step == reached


@pytest.mark.parametrize("error", [MemoryError, resources])
def test_after_the_last_step_it_fails_with_the_size_that_should_fit(
    weights: Weights, error: Callable[[], Exception]
) -> None:
    with pytest.raises(OutOfMemory) as caught:
        run(weights, scarce([None] * COARSE + [error] * 4))
    # 113 × 169 is the largest size with at most half the pixels of 160 × 240
    assert caught.value.parameters == {"width": 240, "height": 160, "maximum": 113}
