"""The picture formats of a result and their file suffixes."""

from __future__ import annotations

from pathlib import Path

from gramworks.errors import GramworksError

FORMATS = ("png", "jpeg", "webp", "tiff", "png16", "tiff16")  # 16: bits a channel
SHORT_SUFFIXES = {"jpg": "jpeg", "tif": "tiff"}


class UnknownFormat(GramworksError):
    """The file name's suffix is not one of a result's formats."""


def format_of(path: Path) -> str:
    """Return the format of a file name's suffix; png if it has none."""
    suffix = path.suffix.lower().removeprefix(".")
    name = SHORT_SUFFIXES.get(suffix, suffix or "png")
    known = [format_name for format_name in FORMATS if format_name == suffix_of(format_name)]
    if name not in known:
        names = ", ".join(known)
        raise UnknownFormat(f"{path.suffix!r} is not a format of a result ({path}). Use {names}.")
    return name


def suffix_of(format_name: str) -> str:
    """Return the suffix of a format's files, without the dot."""
    return format_name.removesuffix("16")
