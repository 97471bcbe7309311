"""`make up`: serves the system until Ctrl-C."""

import os
import signal
from contextlib import suppress

from rich.console import Console

from local.system import System
from shared.config import Config


def up(config: Config, console: Console) -> None:
    """Serve until Ctrl-C."""
    with System(config, os.environ, lambda line: console.print(line, style="dim")) as system:
        console.print(f"\nGramworks is at [bold]{system.url}[/]    Ctrl-C stops it.\n")
        with suppress(KeyboardInterrupt):  # not an error here
            signal.pause()
        console.print("\nStopping. Jobs are kept and continue at the next start.", style="dim")
