"""The user's configuration file: the server, and defaults of commands' options.

Top-level keys are the global options, and each table is a command's: `[submit]` with `preset`.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

Table = Mapping[str, Any]
USED = "gramworks.config"  # the key in the context's `meta` of the file that was read


def default_path() -> Path:
    """Return where the file is looked for: `~/.config/gramworks/config.toml` on Linux."""
    return Path(click.get_app_dir("gramworks")) / "config.toml"


def read(ctx: click.Context, param: click.Parameter, given: Path | None) -> None:
    """Use the file's values as the defaults of all options; a callback of `--config`."""
    path = given or default_path()
    if given is None and not path.is_file():
        return
    try:
        values = tomllib.loads(path.read_text())
        ctx.default_map = _defaults(ctx.command, values)
    except OSError as error:
        raise click.BadParameter(f"{path}: {error.strerror}.", ctx, param) from error
    except ValueError as error:  # not TOML, or not in UTF-8
        raise click.BadParameter(f"{path}: {error}", ctx, param) from error
    ctx.meta[USED] = path


def _defaults(command: click.Command, values: Table, where: str = "") -> dict[str, Any]:
    """Return click's default map: an option's long name becomes the name of its parameter."""
    commands = command.commands if isinstance(command, click.Group) else {}
    options = _options(command)
    defaults: dict[str, Any] = {}
    for name, value in values.items():
        if name in commands and isinstance(value, dict):
            defaults[name] = _defaults(commands[name], value, f"[{name}] ")
        elif name in options and not isinstance(value, dict):
            option = options[name]
            is_one_of_many = option.multiple and isinstance(value, str)
            defaults[str(option.name)] = [value] if is_one_of_many else value
        else:
            raise ValueError(_unknown(f"{where}{name}", name, [*options, *commands]))
    return defaults


def _options(command: click.Command) -> dict[str, click.Option]:
    return {
        flag.removeprefix("--"): option
        for option in command.params
        if isinstance(option, click.Option) and option.name not in {"config", "version", "help"}
        for flag in option.opts
        if flag.startswith("--")
    }


def _unknown(shown: str, name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(sorted(known))}."
    return f"{shown} is not an option. {hint}"
