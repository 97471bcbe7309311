"""Reads bench/reference.json: the loss that the Keras example's 4000 steps reach."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from bench.keras_example import FILE


class MissingReference(Exception):
    """There is no reference at this size for this pair."""


class Reference(NamedTuple):
    """The Keras example's run on one pair at one size."""

    loss: float  # after 4000 steps
    curve: dict[int, float]  # step to loss, in float32


def entries(file: Path = FILE) -> list[tuple[int, int]]:
    """Return rows and pair of every stored reference."""
    names = (name.split("/") for name in _known(file))
    return sorted((int(rows), int(number)) for rows, number in names)


def reference(rows: int, number: int, file: Path = FILE) -> Reference:
    """Return the reference of pair `number` at `rows` rows.

    Raises:
        MissingReference: naming the command that makes it.
    """
    entry = _known(file).get(f"{rows}/{number}")
    if entry is None:
        raise MissingReference(
            f"{file.name} has no reference of pair {number} at {rows} rows. This makes it, in "
            f"4000 steps: python -m bench.keras_example --rows {rows} --pair {number}"
        )
    return Reference(entry["loss"], {int(step): loss for step, loss in entry["curve"].items()})


def _known(file: Path) -> dict[str, dict[str, Any]]:
    known: dict[str, dict[str, Any]] = json.loads(file.read_text())
    return known
