"""`python -m local up` and `python -m local demo`."""

import os
import signal
import sys
from contextlib import suppress
from types import FrameType

from rich.console import Console

from gramworks import GramworksError
from local import LocalError
from local.demo import demo
from local.system import System
from shared.config import Config
from shared.errors import InvalidConfig


def up(config: Config, console: Console) -> None:
    """Serve until Ctrl-C."""
    with System(config, os.environ, lambda line: console.print(line, style="dim")) as system:
        console.print(f"\nGramworks is at [bold]{system.url}[/]    Ctrl-C stops it.\n")
        with suppress(KeyboardInterrupt):  # the normal way to stop
            signal.pause()
        console.print("\nStopping. Jobs are kept and continue at the next start.", style="dim")


COMMANDS = {"up": up, "demo": demo}


def main(arguments: list[str]) -> int:
    """Run one of the commands and return the exit code."""
    console = Console(highlight=False, soft_wrap=True)
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        console.print(f"usage: python -m local {'|'.join(COMMANDS)}")
        return 2
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # even if they were ignored
        signal.signal(number, _as_interrupt)
    try:
        COMMANDS[arguments[0]](Config.read(os.environ), console)
    except KeyboardInterrupt:
        return 130
    except InvalidConfig as error:
        console.print("error: {name}: {message}.".format(**error.parameters), markup=False)
        return 1
    except (LocalError, GramworksError) as error:
        console.print(f"error: {error}", style="red", markup=False)
        return 1
    return 0


def _as_interrupt(number: int, _: FrameType | None) -> None:
    raise KeyboardInterrupt(number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
