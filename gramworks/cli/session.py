"""What every command shares: which server, which output, and the options that say so."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console, RenderableType

from gramworks.client import DEFAULT_URL, Client

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass
class Session:
    """What the global options say, and the terminal they are shown on."""

    url: str = DEFAULT_URL
    json: bool = False

    def client(self) -> Client:
        """Return a client of the server that was named."""
        return Client(self.url)

    @property
    def console(self) -> Console:
        """Where people read: stdout, unless that is for JSON."""
        return Console(stderr=self.json, highlight=False, markup=False)

    def show(self, data: object, shown: Callable[[], RenderableType]) -> None:
        """Print the data as JSON when that was asked for, otherwise as people read it."""
        if self.json:
            click.echo(json.dumps(data, indent=2, ensure_ascii=False))
        else:
            self.console.print(shown())

    def command(self, *words: str) -> str:
        """Return a command line that reaches the same server, to show as a hint."""
        known = os.environ.get("GRAMWORKS_URL") or DEFAULT_URL
        url = () if self.url == known else ("--url", self.url)
        return shlex.join(("gramworks", *url, *words))


pass_session = click.make_pass_decorator(Session, ensure=True)


def remember(ctx: click.Context, param: click.Parameter, given: object) -> None:
    """Keep a global option that was given, before the command's name or after it."""
    if given:
        setattr(ctx.ensure_object(Session), str(param.name), given)


def json_option(command: Command) -> Command:
    """Let a command take --json."""
    return click.option(
        "--json", is_flag=True, expose_value=False, callback=remember, help="Print data as JSON."
    )(command)


def watch_option(command: Command) -> Command:
    """Let a command take --watch and --no-watch."""
    return click.option(
        "--watch/--no-watch",
        default=None,
        help="Show the job until it ends. Default: in a terminal.",
    )(command)


def output_options(command: Command) -> Command:
    """Let a command take --out and --force."""
    force = click.option("--force", is_flag=True, help="Replace OUT without asking.")
    path = click.Path(dir_okay=False, path_type=Path)
    out = click.option(
        "-o", "--out", type=path, help="Save the picture there; its suffix chooses the format."
    )
    return out(force(command))
