"""What all commands share: the server, the output, and their options."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console, RenderableType

from gramworks.client import DEFAULT_URL, Client

EXISTING = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass
class Session:
    """The global options, and the terminal."""

    url: str = DEFAULT_URL
    token: str | None = field(default=None, repr=False)
    json: bool = False

    def client(self) -> Client:
        """Return a client of the chosen server."""
        return Client(self.url, token=self.token)

    @property
    def console(self) -> Console:
        """The console: stdout, or stderr if stdout is for JSON."""
        return Console(stderr=self.json, highlight=False, markup=False)

    def show(self, data: object, shown: Callable[[], RenderableType]) -> None:
        """Print the data as JSON with --json, otherwise as text."""
        if self.json:
            click.echo(json.dumps(data, indent=2, ensure_ascii=False))
        else:
            self.console.print(shown())

    def command(self, *words: str) -> str:
        """Return a command line for the same server, to show as a hint."""
        known = os.environ.get("GRAMWORKS_URL") or DEFAULT_URL
        url = () if self.url == known else ("--url", self.url)
        return shlex.join(("gramworks", *url, *words))


pass_session = click.make_pass_decorator(Session, ensure=True)


def store_option(ctx: click.Context, param: click.Parameter, given: object) -> None:
    """Store a global option, given before or after the command's name."""
    if given:
        setattr(ctx.ensure_object(Session), str(param.name), given)


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
    """Add --out and --force to a command."""
    force = click.option("--force", is_flag=True, help="Replace an existing file without asking.")
    path = click.Path(dir_okay=False, path_type=Path)
    out = click.option(
        "-o",
        "--out",
        type=path,
        help="Save the picture as this file; its suffix chooses the format.",
    )
    return out(force(command))
