"""The pictures that a command line names: files, folders, patterns and URLs."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import click

SUFFIXES = frozenset(
    {".avif", ".bmp", ".gif", ".heic", ".heif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"}
)
"""Of the files that are taken from a folder; the server decides by content what it accepts."""


@dataclass(frozen=True)
class Link:
    """A picture that the server fetches from a URL."""

    url: str

    @property
    def name(self) -> str:
        """The last part of its path, or the host."""
        parts = urlsplit(self.url)
        return PurePosixPath(unquote(parts.path)).name or parts.netloc

    @property
    def stem(self) -> str:
        """The name without its suffix."""
        return PurePosixPath(self.name).stem

    def __str__(self) -> str:
        return self.url


def for_client(picture: Path | Link) -> Path | str:
    """Return a picture as `Client` takes it: a path, or a URL."""
    return picture.url if isinstance(picture, Link) else picture


@dataclass(frozen=True)
class Painting:
    """One job to submit: a photograph, and the styles that are blended in it."""

    content: Path | Link
    styles: tuple[Path | Link, ...]
    number: int

    def names(self, job_id: str) -> dict[str, str]:
        """Return what the names in an output pattern stand for."""
        return {
            "content": self.content.stem,
            "style": "+".join(style.stem for style in self.styles),
            "number": str(self.number),
            "id": job_id,
        }

    def __str__(self) -> str:
        return f"{self.content.stem}, {'+'.join(style.stem for style in self.styles)}"


def paintings(
    named: tuple[str, ...], styles: tuple[str, ...], *, each_style: bool
) -> list[Painting]:
    """Return the jobs of a command line.

    Args:
        named: the arguments. Without `styles`, the first one is content and the others are styles.
        styles: the values of --style.
        each_style: paint with each style, instead of blending them.
    """
    contents, of_style = (named, styles) if styles else (named[:1], named[1:])
    if not of_style:
        raise click.UsageError("Give a STYLE after CONTENT, or with --style.")
    found, blended = expanded(contents), tuple(expanded(of_style))
    groups = [(style,) for style in blended] if each_style else [blended]
    pairs = [(content, group) for content in found for group in groups]
    return [Painting(content, group, number) for number, (content, group) in enumerate(pairs, 1)]


def expanded(names: Iterable[str]) -> list[Path | Link]:
    """Return files, the pictures in folders, the files that match patterns, and URLs."""
    return [picture for name in names for picture in _pictures(name)]


def expanded_files(names: Iterable[str]) -> list[Path]:
    """Return files, as `expanded` does, where the server takes no URLs."""
    found = expanded(names)
    for picture in found:
        if isinstance(picture, Link):
            raise click.BadParameter(f"A batch has files alone; download {picture.url} first.")
    return [picture for picture in found if isinstance(picture, Path)]


def _pictures(name: str) -> list[Path | Link]:
    if name.lower().startswith(("http://", "https://")):
        return [Link(name)]
    return [*_files(name)]


def _files(name: str) -> list[Path]:
    path = Path(name)
    if path.is_dir():
        found = [each for each in path.iterdir() if each.suffix.lower() in SUFFIXES]
        wanted = "a picture in folder"
    elif not path.exists() and glob.has_magic(name):
        found = [Path(each) for each in _matches(name)]
        wanted = "a file that matches"
    else:
        return [_readable(path)]
    files = sorted(each for each in found if each.is_file() and not each.name.startswith("."))
    if not files:
        raise click.BadParameter(f"There is not {wanted} {name!r}.")
    return [_readable(each) for each in files]


def _matches(pattern: str) -> list[str]:
    return glob.glob(pattern, recursive=True)  # noqa: PTH207 - Path.glob takes no absolute pattern


def _readable(path: Path) -> Path:
    if not path.exists():
        raise click.BadParameter(f"File {str(path)!r} does not exist.")
    if not os.access(path, os.R_OK):
        raise click.BadParameter(f"File {str(path)!r} cannot be read.")
    return path
