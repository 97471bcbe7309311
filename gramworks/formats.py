"""Which picture formats a result can be asked for, and what their files are called."""

from __future__ import annotations

from pathlib import Path

from gramworks.errors import GramworksError

FORMATS = ("png", "jpeg", "webp", "tiff")
SHORT_SUFFIXES = {"jpg": "jpeg", "tif": "tiff"}


class UnknownFormat(GramworksError):
    """A file name's suffix names no format that a result can have."""


def format_of(path: Path) -> str:
    """Return the format that a file name's suffix stands for; png when it has none."""
    suffix = path.suffix.lower().removeprefix(".")
    name = SHORT_SUFFIXES.get(suffix, suffix or "png")
    if name not in FORMATS:
        known = ", ".join(FORMATS)
        raise UnknownFormat(f"No result can be had as {path.suffix!r} ({path}); there are {known}.")
    return name
