"""Runs a benchmark's function in a new process, for what a process does only once."""

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any


def run_fresh(module: str, arguments: Sequence[str]) -> dict[str, Any] | None:
    """Run `python -m module arguments`; return the JSON that it prints last, None if it was killed.

    Raises:
        CalledProcessError: it failed for another reason; its output is on the terminal.
    """
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode < 0:
        return None
    done.check_returncode()
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def answer(result: Mapping[str, Any]) -> None:
    """Print the result that `run_fresh` returns in the calling process."""
    print(json.dumps(result))


def now() -> float:
    """Return the seconds of a clock that two processes share."""
    return time.time()
