"""What a command does when something fails: one line on stderr and an exit code."""

from __future__ import annotations

from typing import IO, Any, NoReturn

import click

from gramworks.errors import GramworksError, JobCancelled, JobFailed

INTERRUPTED = 130


class CommandFailed(click.ClickException):
    """A command that failed: exit code 1."""

    exit_code = 1

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the error in one line."""
        click.echo(f"error: {self.format_message()}", err=True, file=file)


class JobUnsuccessful(CommandFailed):
    """A job that failed or was cancelled: exit code 3."""

    exit_code = 3


class CommandGroup(click.Group):
    """A group of commands whose errors are shown without a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise  # click exits without a message when a pipe is closed
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)
        except (GramworksError, OSError) as error:
            _give_up(error)


def _give_up(error: GramworksError | OSError) -> NoReturn:
    if isinstance(error, JobFailed | JobCancelled):
        raise JobUnsuccessful(str(error)) from error
    if isinstance(error, OSError) and error.filename is not None:
        raise CommandFailed(f"{error.filename}: {error.strerror}.") from error
    raise CommandFailed(str(error)) from error
