"""The picture formats of a result and their file suffixes."""

from __future__ import annotations

from pathlib import Path

from gramworks.errors import GramworksError

FORMATS = ("png", "jpeg", "webp", "tiff")
SHORT_SUFFIXES = {"jpg": "jpeg", "tif": "tiff"}


class UnknownFormat(GramworksError):
    """The file name's suffix is not one of a result's formats."""


def format_of(path: Path) -> str:
    """Return the format of a file name's suffix; png if it has none."""
    suffix = path.suffix.lower().removeprefix(".")
    name = SHORT_SUFFIXES.get(suffix, suffix or "png")
    if name not in FORMATS:
        known = ", ".join(FORMATS)
        raise UnknownFormat(f"{path.suffix!r} is not a format of a result ({path}). Use {known}.")
    return name
