"""Settles where a picture will go before any work is done for it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from gramworks.cli.failures import CommandFailed
from gramworks.formats import format_of


def settle_target(path: Path, *, force: bool, format_name: str | None = None) -> Path:
    """Return the path if a picture can and may be put there; ask before a file is replaced."""
    if format_name is None:
        format_of(path)
    if not (path.parent.is_dir() and os.access(path.parent, os.W_OK)):
        raise CommandFailed(f"There is no folder {str(path.parent)!r} that can be written to.")
    if path.exists() and not path.is_file():
        raise CommandFailed(f"{str(path)!r} is not a file.")
    if path.exists() and not force:
        _ask_to_replace(path)
    return path


def _ask_to_replace(path: Path) -> None:
    if not sys.stdin.isatty():
        raise CommandFailed(f"{str(path)!r} exists; --force replaces it.")
    if not click.confirm(f"{str(path)!r} exists. Replace it?", err=True):
        raise CommandFailed("Nothing was done.")
