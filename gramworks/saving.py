"""Saves a file whole or not at all."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole(target: Path) -> Iterator[BinaryIO]:
    """Open a temporary file that becomes `target` on success and is deleted on failure."""
    part = _part_of(target)
    try:
        with part.open("xb") as file:
            yield file
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def check_writable(target: Path) -> None:
    """Raise OSError if a file cannot be saved as `target`; an existing one stays as it is."""
    target.exists()  # raises an error if the name is too long
    part = _part_of(target)
    try:
        part.open("xb").close()
    finally:
        part.unlink(missing_ok=True)


def _part_of(target: Path) -> Path:
    return target.with_name(f".gramworks-{secrets.token_hex(8)}.part")
