"""Levels: each twice the size of the one before, with four times the evaluations."""

from shared.settings import StyleSettings


def test_each_coarser_level_has_half_the_side_and_a_quarter_of_the_evaluations() -> None:
    found = StyleSettings(iterations=64, pyramid=3).levels(512, 256)
    assert [(each.rows, each.columns) for each in found] == [(128, 64), (256, 128), (512, 256)]
    assert [each.evaluations for each in found] == [4, 16, 64]


def test_a_coarse_level_has_at_least_one_evaluation() -> None:
    found = StyleSettings(iterations=3, pyramid=3).levels(512, 512)
    assert [each.evaluations for each in found] == [1, 1, 3]


def test_levels_that_are_too_small_are_left_out() -> None:
    found = StyleSettings(iterations=64, pyramid=5).levels(128, 64)
    assert [(each.rows, each.columns) for each in found] == [(64, 32), (128, 64)]


def test_the_work_counts_pixels_evaluations_and_fixed_costs() -> None:
    (level,) = StyleSettings(iterations=10, pyramid=1).levels(100, 80)
    assert level.work == (8000 + 6000) * (10 + 3)
