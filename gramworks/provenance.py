"""Reads from a picture's file how it was made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from xml.sax.saxutils import unescape

from gramworks.errors import NoProvenance

# The server writes an XMP packet, uncompressed in every format, so that no decoder is needed.
OPEN, CLOSE = b"<gramworks:provenance>", b"</gramworks:provenance>"


@dataclass(frozen=True)
class Provenance:
    """How a picture was made. Hashes are SHA-256, of the pictures' files as they were uploaded."""

    version: str
    job: str
    settings: Mapping[str, Any]
    content: str | None
    styles: tuple[str | None, ...]
    weights: str | None
    init: str | None
    losses: Mapping[str, float]
    stopped_after: int | None = None
    """How many evaluations were made, if the job was stopped early."""

    @classmethod
    def of_file(cls, data: bytes) -> Self:
        """Return what a picture's file says.

        Raises:
            NoProvenance: the file says nothing, or nothing that this version understands.
        """
        _, _, rest = data.partition(OPEN)
        body, close, _ = rest.partition(CLOSE)
        if not close:
            raise NoProvenance("The file does not say how it was made.")
        try:
            return cls._from_json(json.loads(unescape(body.decode())))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise NoProvenance("What the file says of its making cannot be read.") from error

    @classmethod
    def _from_json(cls, body: Mapping[str, Any]) -> Self:
        return cls(
            version=str(body["version"]),
            job=str(body["job"]),
            settings=dict(body["settings"]),
            content=body["content"],
            styles=tuple(body["styles"]),
            weights=body["weights"],
            init=body.get("init"),
            losses={name: float(value) for name, value in body["losses"].items()},
            stopped_after=body.get("stopped_after"),
        )
