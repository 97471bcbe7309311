"""What a job would take, before it is submitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeGuard, cast

from gramworks.models import JsonObject, Reason
from gramworks.uploads import Picture, several

Size = tuple[int, int]
"""The width and height of an upright picture in pixels."""


@dataclass(frozen=True)
class WorkerEstimate:
    """What a job would take on an online worker; `blocked_by` says why it would not take it."""

    name: str
    device: str
    runs_seconds: float | None
    memory_bytes: int | None
    blocked_by: Reason | None

    @classmethod
    def from_json(cls, body: JsonObject) -> WorkerEstimate:
        """Build it from the server's JSON."""
        return cls(
            name=body["name"],
            device=body.get("device") or "",
            runs_seconds=body.get("runs_seconds"),
            memory_bytes=body.get("memory_bytes"),
            blocked_by=_reason(body.get("blocked_by")),
        )


@dataclass(frozen=True)
class Estimate:
    """What a job would take if it were submitted now; None where that is unknown.

    `refused` says why it would not be accepted now, and `waiting` why no worker would take it.
    """

    width: int
    height: int
    position: int
    starts_in_seconds: float | None
    runs_seconds: float | None
    eta_seconds: float | None
    memory_bytes: int | None
    refused: Reason | None
    waiting: Reason | None
    workers: tuple[WorkerEstimate, ...]
    body: JsonObject = field(repr=False, default_factory=dict)

    @classmethod
    def from_json(cls, body: JsonObject) -> Estimate:
        """Build it from the server's JSON."""
        return cls(
            width=body["result"]["width"],
            height=body["result"]["height"],
            position=body["position"],
            starts_in_seconds=body.get("starts_in_seconds"),
            runs_seconds=body.get("runs_seconds"),
            eta_seconds=body.get("eta_seconds"),
            memory_bytes=body.get("memory_bytes"),
            refused=_reason(body.get("refused")),
            waiting=_reason(body.get("waiting")),
            workers=tuple(map(WorkerEstimate.from_json, body.get("workers") or ())),
            body=body,
        )


def is_size(picture: object) -> TypeGuard[Size]:
    """Return whether a picture is given as its size."""
    return (
        isinstance(picture, tuple)
        and len(picture) == 2
        and all(isinstance(side, int) for side in picture)
    )


def styles_of(style: Picture | Size | Sequence[Picture | Size]) -> list[Picture | Size]:
    """Return one style, or a sequence of them, as a list."""
    if is_size(style):
        return [style]
    return cast("list[Picture | Size]", several(cast("Picture | Sequence[Picture]", style)))


def sizes_json(
    content: Picture | Size,
    styles: Sequence[Picture | Size],
    init: Picture | Size | None,
) -> dict[str, Any] | None:
    """Return the pictures' sizes for a request; None if a picture is not given as its size."""
    named: Mapping[str, object] = {"content": content} | ({"init": init} if init else {})
    sizes = {name: _size_json(each) for name, each in named.items() if is_size(each)}
    of_styles = [_size_json(each) for each in styles if is_size(each)]
    if len(sizes) < len(named) or len(of_styles) < len(styles):
        return None
    return {**sizes, "styles": of_styles}


def _size_json(size: Size) -> dict[str, int]:
    return {"width": size[0], "height": size[1]}


def _reason(body: JsonObject | None) -> Reason | None:
    return Reason.from_json(body) if body else None
