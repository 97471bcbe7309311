"""A point of an optimisation on the host, with all that another process needs to resume from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

FORMAT = 1
KEPT_PAIRS = 5  # of L-BFGS; docs/engine.md, "Checkpoints", compares other numbers
Image = NDArray[np.float32]
Arrays = dict[str, NDArray[Any]]


class Form(NamedTuple):
    """The type and shape that an array must have."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]


class Packed(NamedTuple):
    """Images as float16: each is divided by its largest value, which is stored with it."""

    values: NDArray[np.float16]  # (images, rows, columns, 3)
    sizes: NDArray[np.float32]  # (images,)


class Moments(NamedTuple):
    """What Adam remembers."""

    first: Image  # (rows, columns, 3), of the gradients
    second: Image  # of their squares
    updates: int  # how many gradients they are of

    def to_arrays(self) -> Arrays:
        """Return them as the arrays of a snapshot."""
        return {
            "first_moment": self.first,
            "second_moment": self.second,
            "updates": np.array(self.updates),
        }


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The state after an evaluation, and what the next step needs."""

    level: int  # from 1, the coarsest
    evaluation: int  # from 1, over all levels: how many were made
    fallback_step: int  # at which it was reached
    losses: tuple[float, ...]  # in the order of the terms
    image: Image  # (rows, columns, 3), centred B, G, R
    gradient: Image  # at this image
    steps: Packed  # of L-BFGS's newest pairs, oldest first
    changes: Packed  # of the gradient along these steps
    scale: float  # of the initial inverse Hessian, used if the newest pair has no curvature
    moments: Moments | None = None  # None if the optimiser is L-BFGS

    def to_arrays(self) -> Arrays:
        """Return it as arrays that `np.savez` writes and `np.load` reads without pickle."""
        return {
            "format": np.array(FORMAT),
            "counts": np.array([self.level, self.evaluation, self.fallback_step]),
            "losses": np.array(self.losses),
            "image": self.image,
            "gradient": self.gradient,
            "steps": self.steps.values,
            "step_sizes": self.steps.sizes,
            "changes": self.changes.values,
            "change_sizes": self.changes.sizes,
            "scale": np.array(self.scale),
            **(self.moments.to_arrays() if self.moments else {}),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "Snapshot":
        """Return the snapshot that `to_arrays` turned into these arrays.

        Raises:
            ValueError: an array is missing, has another format, or does not fit the others.
        """
        found = _checked(arrays)
        level, evaluation, fallback_step = map(int, found["counts"])
        return cls(
            level=level,
            evaluation=evaluation,
            fallback_step=fallback_step,
            losses=tuple(map(float, found["losses"])),
            image=found["image"],
            gradient=found["gradient"],
            steps=Packed(found["steps"], found["step_sizes"]),
            changes=Packed(found["changes"], found["change_sizes"]),
            scale=float(found["scale"]),
            moments=_moments(arrays, found["image"].shape),
        )


def _moments(arrays: Mapping[str, NDArray[Any]], image: tuple[int, ...]) -> Moments | None:
    """Return Adam's moments; None if the optimiser was L-BFGS, whose snapshots have no such arrays.

    Raises:
        ValueError: one is missing, or does not fit the image.
    """
    forms = {
        "first_moment": Form(np.dtype(np.float32), image),
        "second_moment": Form(np.dtype(np.float32), image),
        "updates": Form(np.dtype(np.int64), ()),
    }
    if not forms.keys() & arrays.keys():
        return None
    if missing := forms.keys() - arrays.keys():
        raise ValueError(f"a snapshot without {', '.join(sorted(missing))}")
    found = {name: np.asarray(arrays[name]) for name in forms}
    _check_forms(found, forms)
    first, second, updates = found.values()
    if (second < 0).any() or updates < 0:
        raise ValueError("a snapshot with moments that no gradients have")
    return Moments(first, second, int(updates))


def _checked(arrays: Mapping[str, NDArray[Any]]) -> Arrays:
    if "format" not in arrays or not np.array_equal(arrays["format"], FORMAT):
        raise ValueError(f"a snapshot of another format than {FORMAT}")
    missing = _forms((), (), ()).keys() - arrays.keys()
    if missing:
        raise ValueError(f"a snapshot without {', '.join(sorted(missing))}")
    found = {name: np.asarray(arrays[name]) for name in _forms((), (), ())}
    pairs, terms = found["steps"].shape[:1], found["losses"].shape[:1]
    _check_forms(found, _forms(found["image"].shape, pairs, terms))
    if found["image"].shape[2:] != (3,) or (found["counts"] < (1, 1, 0)).any():
        raise ValueError("a snapshot of no image, or of no evaluation")
    return found


def _check_forms(found: Arrays, forms: Mapping[str, Form]) -> None:
    for name, form in forms.items():
        array = found[name]
        if Form(array.dtype, array.shape) != form or not np.isfinite(array).all():
            raise ValueError(f"a snapshot whose {name} does not fit the rest, or is not finite")


def _forms(
    image: tuple[int, ...], pairs: tuple[int, ...], terms: tuple[int, ...]
) -> dict[str, Form]:
    """Return the type and shape of each array, given an image's and the numbers of the others."""
    return {
        "counts": Form(np.dtype(np.int64), (3,)),
        "losses": Form(np.dtype(np.float64), terms),
        "image": Form(np.dtype(np.float32), image),
        "gradient": Form(np.dtype(np.float32), image),
        "steps": Form(np.dtype(np.float16), (*pairs, *image)),
        "step_sizes": Form(np.dtype(np.float32), pairs),
        "changes": Form(np.dtype(np.float16), (*pairs, *image)),
        "change_sizes": Form(np.dtype(np.float32), pairs),
        "scale": Form(np.dtype(np.float64), ()),
    }
