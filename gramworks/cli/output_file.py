"""Where a command saves pictures: a file, a pattern of names, a folder, or stdout."""

from __future__ import annotations

import string
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import click

from gramworks.cli.failures import CommandFailed
from gramworks.errors import GramworksError
from gramworks.formats import format_of, suffix_of
from gramworks.saving import check_writable

STDOUT = "-"
NO_ID_YET = "0" * 32  # stands for the id of a job that is not submitted yet


class Target(NamedTuple):
    """A file to save a picture as, or stdout, and the picture's format."""

    path: Path
    format_name: str

    @property
    def is_stdout(self) -> bool:
        """Whether the picture goes to stdout."""
        return str(self.path) == STDOUT

    @property
    def misnamed(self) -> bool:
        """Whether the file's suffix names another format, or none."""
        try:
            return suffix_of(self.format_name) != format_of(self.path)
        except GramworksError:
            return True


@dataclass(frozen=True)
class Output:
    """The options --out, --format and --force; without --out, nothing is saved."""

    pattern: str | None
    format_name: str | None = None
    force: bool = False

    def __bool__(self) -> bool:
        return self.pattern is not None

    @property
    def is_stdout(self) -> bool:
        """Whether pictures go to stdout."""
        return self.pattern == STDOUT

    @property
    def names_folder(self) -> bool:
        """Whether a slash at the end says that a folder is meant, which need not exist yet."""
        return self.pattern is not None and self.pattern.endswith("/")

    def or_in(self, pattern: str) -> Output:
        """Return this output, with a pattern if there is none."""
        return self if self else Output(pattern, self.format_name, self.force)

    def target(self, names: Mapping[str, str]) -> Target:
        """Return the file for a picture.

        Args:
            names: what the names in the pattern stand for, apart from `format`. The pattern of a
                folder joins all but `id` and `number`, or uses `id` if there are no others.

        Raises:
            UsageError: the pattern has another name.
            UnknownFormat: the suffix names no format of a picture.
        """
        if self.is_stdout:
            return Target(Path(STDOUT), self.format_name or "png")
        pattern = self.pattern
        if not pattern:
            raise click.UsageError("--out needs the name of a file or folder.")
        if Path(pattern).is_dir():  # whose own name is no pattern
            pattern = pattern.replace("{", "{{").replace("}", "}}").rstrip("/") + "/"
        if pattern.endswith("/"):
            pattern += _name_in_folder(names)
        known = {**names, "format": suffix_of(self.format_name or "png")}
        path = Path(_filled(pattern, known))
        return Target(path, self.format_name or format_of(path))

    def check(self, *targets: Target) -> None:
        """Refuse targets that cannot be written, before anything is sent.

        A missing folder is made if --out ends with a slash. A person is asked before existing
        files are replaced.
        """
        if self.is_stdout:
            return _check_stdout(len(targets))
        paths = [target.path for target in targets]
        if len(set(paths)) < len(paths):
            raise click.UsageError(
                f"Several pictures would be saved as {_first_twice(paths)}. Use a pattern such as"
                " '{content}-{style}.{format}' or '{number}.png' for --out."
            )
        for path in paths:
            if self.names_folder:
                _make_folder(path.parent)
            _check_path(path)
        existing = [path for path in paths if path.exists()]
        if existing and not self.force:
            _ask_to_replace(existing)
        return None


def _name_in_folder(names: Mapping[str, str]) -> str:
    parts = [f"{{{name}}}" for name in names if name not in {"id", "number"}]
    return f"{'-'.join(parts) or '{id}'}.{{format}}"


def _filled(pattern: str, names: Mapping[str, str]) -> str:
    try:
        fields = [field for _, field, _, _ in string.Formatter().parse(pattern)]
    except ValueError as error:
        message = f"--out {pattern!r}: {error}. For a brace, write it twice."
        raise click.UsageError(message) from error
    for field in fields:
        if field is not None and field not in names:
            known = ", ".join(f"{{{name}}}" for name in names)
            raise click.UsageError(
                f"--out {pattern!r}: {{{field}}} has no meaning here. Use {known}; for a brace,"
                " write it twice."
            )
    return string.Formatter().vformat(pattern, (), names)


def _first_twice(paths: list[Path]) -> str:
    return repr(str(next(path for path in paths if paths.count(path) > 1)))


def _check_stdout(pictures: int) -> None:
    if pictures > 1:
        raise click.UsageError("--out - is for one picture.")
    if sys.stdout.isatty():
        raise click.UsageError("--out - needs a pipe or a file behind it: '-o - > picture.png'.")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandFailed(f"Folder {str(folder)!r} cannot be made: {error.strerror}.") from error


def _check_path(path: Path) -> None:
    if not path.parent.is_dir():
        raise CommandFailed(
            f"There is no folder {str(path.parent)!r}. --out makes it if it ends with a slash."
        )
    try:
        if path.exists() and not path.is_file():
            raise CommandFailed(f"{str(path)!r} is not a file.")
        check_writable(path)
    except OSError as error:
        raise CommandFailed(f"{str(path)!r} cannot be written: {error.strerror}.") from error


def _ask_to_replace(paths: list[Path]) -> None:
    names = ", ".join(repr(str(path)) for path in paths[:3])
    what = names if len(paths) <= 3 else f"{names} and {len(paths) - 3} more"
    verb, them = ("exists", "it") if len(paths) == 1 else ("exist", "them")
    if not sys.stdin.isatty():
        raise CommandFailed(f"{what} {verb}. Use --force to replace {them}.")
    if not click.confirm(f"{what} {verb}. Replace {them}?", err=True):
        raise CommandFailed("Nothing was changed.")
