"""The command line: `commands` holds the commands."""

from gramworks.cli.commands import main

__all__ = ["main"]
