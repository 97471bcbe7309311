"""What a command does when something fails: one line on stderr and an exit code."""

from __future__ import annotations

from enum import IntEnum
from typing import IO, Any, NoReturn

import click

from gramworks.errors import (
    GramworksError,
    JobCancelled,
    JobFailed,
    ServerUnreachable,
    Unavailable,
)


class ExitCode(IntEnum):
    """How a command ended; docs/cli.md lists the codes."""

    SUCCESS = 0
    FAILED = 1  # refused by the server, or a file cannot be read or written
    USAGE = 2  # click's: an argument or option is wrong; nothing was sent
    JOB_UNSUCCESSFUL = 3  # a job failed or was cancelled
    UNAVAILABLE = 4  # no server answers, or it has no room or is overloaded; try again later
    INTERRUPTED = 130  # Ctrl-C; submitted jobs continue


class CommandFailed(click.ClickException):
    """A command that failed."""

    def __init__(self, message: str, code: ExitCode = ExitCode.FAILED) -> None:
        super().__init__(message)
        self.exit_code = code  # type: ignore[misc] # click reads it from the instance

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the error in one line."""
        click.echo(f"error: {self.format_message()}", err=True, file=file)


class CommandGroup(click.Group):
    """A group of commands whose errors are shown without a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise  # click exits without a message when a pipe is closed
        except KeyboardInterrupt:
            ctx.exit(ExitCode.INTERRUPTED)
        except (GramworksError, OSError) as error:
            _give_up(error)


def sentence(error: GramworksError | OSError) -> str:
    """Return the sentence that says what is wrong."""
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}."
    return str(error)


def code_of(error: GramworksError | OSError) -> ExitCode:
    """Return the exit code of an error."""
    match error:
        case JobFailed() | JobCancelled():
            return ExitCode.JOB_UNSUCCESSFUL
        case ServerUnreachable() | Unavailable():
            return ExitCode.UNAVAILABLE
        case _:
            return ExitCode.FAILED


def _give_up(error: GramworksError | OSError) -> NoReturn:
    raise CommandFailed(sentence(error), code_of(error)) from error
