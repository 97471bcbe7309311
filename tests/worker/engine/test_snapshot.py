"""A snapshot is unchanged after saving and loading; anything else is refused."""

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from worker.engine.snapshot import Moments, Packed, Snapshot

GENERATOR = np.random.default_rng(0)
Arrays = dict[str, NDArray[Any]]
ADAMS = {"first_moment", "second_moment", "updates"}


def some(*shape: int) -> NDArray[np.float32]:
    return GENERATOR.normal(size=shape).astype(np.float32)


def packed(pairs: int) -> Packed:
    return Packed(some(pairs, 4, 6, 3).astype(np.float16), np.abs(some(pairs)))


def snapshot(pairs: int) -> Snapshot:
    return Snapshot(
        level=2,
        evaluation=41,
        fallback_step=1,
        losses=(3.0, 2.0, 0.1),
        image=some(4, 6, 3),
        gradient=some(4, 6, 3),
        steps=packed(pairs),
        changes=packed(pairs),
        scale=0.25,
    )


def of_adam() -> Snapshot:
    moments = Moments(some(4, 6, 3), np.abs(some(4, 6, 3)), 7)
    return replace(snapshot(0), moments=moments)


def through_a_file(taken: Snapshot) -> Snapshot:
    file = io.BytesIO()
    np.savez(file, **taken.to_arrays())  # type: ignore[arg-type] # none has the name of an option
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        return Snapshot.from_arrays(arrays)


@pytest.mark.parametrize("pairs", [0, 1, 5])
def test_it_is_unchanged_after_saving_and_loading(pairs: int) -> None:
    before = snapshot(pairs)
    after = through_a_file(before)
    assert (after.level, after.evaluation, after.fallback_step) == (2, 41, 1)
    assert (after.losses, after.scale) == (before.losses, before.scale)
    for name, array in before.to_arrays().items():
        np.testing.assert_array_equal(after.to_arrays()[name], array)


def test_adam_s_moments_are_unchanged_after_saving_and_loading() -> None:
    before = of_adam()
    after = through_a_file(before)
    for name, array in before.to_arrays().items():
        np.testing.assert_array_equal(after.to_arrays()[name], array)


def test_a_snapshot_of_an_older_version_is_one_of_l_bfgs() -> None:
    """Adam's arrays are the only ones that it does not have."""
    assert through_a_file(snapshot(2)).moments is None
    assert of_adam().to_arrays().keys() - snapshot(0).to_arrays().keys() == ADAMS


@pytest.mark.parametrize("name", of_adam().to_arrays())
def test_a_snapshot_of_adam_that_lacks_an_array_is_refused(name: str) -> None:
    arrays = of_adam().to_arrays()
    del arrays[name]
    with pytest.raises(ValueError, match="a snapshot"):
        Snapshot.from_arrays(arrays)


@pytest.mark.parametrize(
    "change",
    [
        {"first_moment": some(4, 5, 3)},
        {"first_moment": np.full((4, 6, 3), np.nan, np.float32)},
        {"second_moment": some(4, 6, 3).astype(np.float64)},
        {"second_moment": np.full((4, 6, 3), -1, np.float32)},
        {"updates": np.array(-1)},
        {"updates": np.array(1.5)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_moments_that_do_not_fit_are_refused(change: Arrays) -> None:
    with pytest.raises(ValueError, match="a snapshot"):
        Snapshot.from_arrays(of_adam().to_arrays() | change)


@pytest.mark.parametrize("name", snapshot(2).to_arrays())
def test_a_snapshot_that_lacks_an_array_is_refused(name: str) -> None:
    arrays = snapshot(2).to_arrays()
    del arrays[name]
    with pytest.raises(ValueError, match="a snapshot"):
        Snapshot.from_arrays(arrays)


@pytest.mark.parametrize(
    "change",
    [
        {"format": np.array(2)},
        {"counts": np.array([0, 1, 0])},
        {"counts": np.array([1, 0, 0])},
        {"counts": np.array([1, 1, -1])},
        {"counts": np.array([1, 1])},
        {"counts": np.array([1.0, 1.0, 0.0])},
        {"losses": np.zeros((2, 2))},
        {"losses": np.array([1.0, np.nan, 1.0])},
        {"image": some(4, 6, 3).astype(np.float64)},
        {"image": some(4, 5, 3)},
        {"image": some(4, 6)},
        {"image": np.full((4, 6, 3), np.inf, np.float32)},
        {"gradient": some(6, 4, 3)},
        {"steps": some(3, 4, 6, 3).astype(np.float16)},
        {"steps": some(2, 4, 6, 3)},
        {"steps": np.array(0, np.float16)},
        {"step_sizes": some(3)},
        {"changes": some(1, 4, 6, 3).astype(np.float16)},
        {"scale": np.zeros(1)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_snapshot_whose_arrays_do_not_fit_together_is_refused(change: Arrays) -> None:
    with pytest.raises(ValueError, match="a snapshot"):
        Snapshot.from_arrays(snapshot(2).to_arrays() | change)


def test_it_takes_84_bytes_per_pixel() -> None:
    arrays = snapshot(5).to_arrays().values()
    assert sum(array.nbytes for array in arrays if array.ndim > 2) == 4 * 6 * 84
