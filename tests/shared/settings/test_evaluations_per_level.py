"""Levels: each twice the size of the one before, with evaluations of their own."""

from shared.settings import StyleSettings


def test_each_coarser_level_has_half_the_side_and_the_coarse_evaluations() -> None:
    found = StyleSettings(iterations=64, coarse_iterations=7, pyramid=3).levels(512, 256)
    assert [(each.rows, each.columns) for each in found] == [(128, 64), (256, 128), (512, 256)]
    assert [each.evaluations for each in found] == [7, 7, 64]


def test_levels_that_are_too_small_are_left_out() -> None:
    found = StyleSettings(iterations=64, pyramid=5).levels(128, 64)
    assert [(each.rows, each.columns) for each in found] == [(64, 32), (128, 64)]


def test_the_work_counts_pixels_evaluations_and_fixed_costs() -> None:
    (level,) = StyleSettings(iterations=10, pyramid=1).levels(100, 80)
    assert level.work == (8000 + 6000) * (10 + 3)


def test_the_work_counts_the_octaves() -> None:
    (level,) = StyleSettings(iterations=10, pyramid=1, style_octaves=4).levels(128, 64)
    assert level.octaves == 2  # the next one is 16 pixels wide
    assert level.work == (8192 + 6000 + 2048 + 6000) * (10 + 3)
