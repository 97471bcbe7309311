"""What all commands share: the server, the output, and their options."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console, RenderableType

from gramworks.cli.output_file import Output
from gramworks.client import DEFAULT_URL, Client
from gramworks.formats import FORMATS
from gramworks.retries import Retries

EXISTING = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
RETRIES = Retries(delays=(0.5, 1.0))  # a person waits for the error
Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass
class Session:
    """The global options, and the terminal."""

    url: str = DEFAULT_URL
    token: str | None = field(default=None, repr=False)
    json: bool = False
    stdout_is_taken: bool = False  # by a picture

    def client(self) -> Client:
        """Return a client of the chosen server."""
        return Client(self.url, token=self.token, retries=RETRIES)

    @property
    def console(self) -> Console:
        """The console: stdout, or stderr if stdout is for JSON or a picture."""
        return Console(stderr=self.json or self.stdout_is_taken, highlight=False, markup=False)

    def show(self, data: object, shown: Callable[[], RenderableType]) -> None:
        """Print the data as JSON with --json, otherwise as text."""
        if self.json:
            click.echo(json.dumps(data, indent=2, ensure_ascii=False))
        else:
            self.console.print(shown())

    def command(self, *words: str) -> str:
        """Return a command line for the same server, to show as a hint."""
        known = os.environ.get("GRAMWORKS_URL") or _configured_url() or DEFAULT_URL
        url = () if self.url == known else ("--url", self.url)
        return shlex.join(("gramworks", *url, *words))


pass_session = click.make_pass_decorator(Session, ensure=True)


def store_option(ctx: click.Context, param: click.Parameter, given: object) -> None:
    """Store a global option, given before or after the command's name."""
    if given:
        setattr(ctx.ensure_object(Session), str(param.name), given)


def store_token(ctx: click.Context, param: click.Parameter, given: str | None) -> None:
    """Store the token, if it can be one."""
    if given and not re.fullmatch(r"[!-~]+", given):
        raise click.BadParameter("a token has no spaces and only ASCII characters.", ctx, param)
    store_option(ctx, param, given)


def json_option(command: Command) -> Command:
    """Add --json to a command."""
    return click.option(
        "--json", is_flag=True, expose_value=False, callback=store_option, help="Print JSON."
    )(command)


def watch_option(command: Command) -> Command:
    """Add --watch and --no-watch to a command."""
    return click.option(
        "--watch/--no-watch",
        default=None,
        help="Show the job live until it ends. Default: only in a terminal.",
    )(command)


def output_options(command: Command) -> Command:
    """Add --out, --format and --force to a command, which gets them as `out`."""
    # The eager options are read before --out, which combines them.
    force = click.option(
        "--force",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_keep,
        help="Replace existing files without asking.",
    )
    format_name = click.option(
        "--format",
        type=click.Choice(FORMATS),
        is_eager=True,
        expose_value=False,
        callback=_keep,
        help="Default: by OUT's suffix, or png.",
    )
    out = click.option(
        "-o",
        "--out",
        type=click.Path(allow_dash=True),
        callback=_output,
        help="Save the picture as this file, in this folder, or to stdout (-). Names in braces are"
        " filled in: {id}, {format}.",
    )
    return out(format_name(force(command)))


def _keep(ctx: click.Context, param: click.Parameter, given: object) -> None:
    ctx.meta[f"gramworks.{param.name}"] = given


def _output(ctx: click.Context, param: click.Parameter, given: str | None) -> Output:
    del param
    output = Output(
        given, ctx.meta.get("gramworks.format"), force=bool(ctx.meta.get("gramworks.force"))
    )
    ctx.ensure_object(Session).stdout_is_taken = output.is_stdout
    return output


def _configured_url() -> str | None:
    context = click.get_current_context(silent=True)
    defaults = context.find_root().default_map if context else None
    return (defaults or {}).get("url")
