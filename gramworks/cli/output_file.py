"""Checks the output file before a job is submitted."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from gramworks.cli.failures import CommandFailed
from gramworks.formats import format_of


def check_output_file(path: Path, *, force: bool, format_name: str | None = None) -> Path:
    """Return the path if a picture can be saved there; ask before replacing a file."""
    if format_name is None:
        format_of(path)
    if not (path.parent.is_dir() and os.access(path.parent, os.W_OK)):
        raise CommandFailed(
            f"The folder {str(path.parent)!r} does not exist or cannot be written to."
        )
    if path.exists() and not path.is_file():
        raise CommandFailed(f"{str(path)!r} is not a file.")
    if path.exists() and not force:
        _ask_to_replace(path)
    return path


def _ask_to_replace(path: Path) -> None:
    if not sys.stdin.isatty():
        raise CommandFailed(f"{str(path)!r} exists. Use --force to replace it.")
    if not click.confirm(f"{str(path)!r} exists. Replace it?", err=True):
        raise CommandFailed("Nothing was changed.")
