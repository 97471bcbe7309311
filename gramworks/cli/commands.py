"""The command `gramworks`: its global options, and the commands in the modules beside this one."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from gramworks._version import __version__
from gramworks.cli import config_file, control
from gramworks.cli.doctor import doctor
from gramworks.cli.failures import CommandGroup
from gramworks.cli.fetch import fetch
from gramworks.cli.fork import fork, retry
from gramworks.cli.jobs import cancel, list_jobs
from gramworks.cli.rerun import rerun
from gramworks.cli.server import settings, workers
from gramworks.cli.session import json_option, store_option, store_token
from gramworks.cli.submit import submit
from gramworks.cli.trash import delete, restore
from gramworks.cli.watch import status, watch
from gramworks.cli.webhook import webhook
from gramworks.client import DEFAULT_URL


@click.group(cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    envvar="GRAMWORKS_CONFIG",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    is_eager=True,
    expose_value=False,
    callback=config_file.read,
    show_envvar=True,
    help="The file with defaults of options. Default: the user's own, if there is one.",
)
@click.option(
    "--url",
    envvar="GRAMWORKS_URL",
    default=DEFAULT_URL,
    show_default=True,
    show_envvar=True,
    expose_value=False,
    callback=store_option,
    help="The server's address.",
)
@click.option(
    "--token",
    envvar="GRAMWORKS_TOKEN",
    show_envvar=True,
    expose_value=False,
    callback=store_token,
    help="The token to send. In the environment, other users of the machine do not see it.",
)
@json_option
@click.version_option(__version__, prog_name="gramworks")
def cli() -> None:
    """Paint pictures in the style of other pictures on a Gramworks server.

    A job is named by its id, the start of its id, or `last`.
    """


for command in (
    submit,
    watch,
    status,
    fetch,
    list_jobs,
    cancel,
    delete,
    restore,
    retry,
    fork,
    control.pause,
    control.resume,
    control.stop,
    control.move,
    rerun,
    settings,
    workers,
    control.drain,
    control.undrain,
    webhook,
    doctor,
):
    cli.add_command(command)


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal without a character shows a replacement instead of raising an error.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr] # a text file has it
    cli(prog_name="gramworks")
