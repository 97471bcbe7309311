"""One process of the system under test, which can be killed, frozen, stopped and restarted."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from local.child import die_with_parent
from tests.system.running_system import largest_child

RESTART_SECONDS = 1.0  # what a supervisor such as systemd waits


class Process:
    """A process in its own group; `extra` is added to its environment at its next start."""

    def __init__(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path
    ) -> None:
        self.name = name
        self.extra: dict[str, str] = {}
        self._groups: list[int] = []  # one for each start
        self._command = command
        self._environment = environment
        self._log = log
        self._ended_at: float | None = None
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process's id, which is also its group's."""
        assert self._process is not None
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it runs; a frozen process counts as running."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it; what it prints goes to its log."""
        with self._lock, self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env={**self._environment, **self.extra},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - one system call, no lock
            )
            self._ended_at = None
            self._groups.append(self._process.pid)

    def restart_if_ended(self) -> None:
        """Restart it when it has been down for a moment."""
        if self.alive or self._process is None:
            return
        if self._ended_at is None:
            self._ended_at = time.monotonic()
        elif time.monotonic() - self._ended_at >= RESTART_SECONDS:
            self.start()

    def send_signal(self, number: int) -> None:
        """Send a signal to the process alone."""
        if self._process is not None:
            self._process.send_signal(number)

    def signal_group(self, number: int) -> None:
        """Send a signal to the process and all that it started."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    def kill_largest_child(self) -> None:
        """Kill its child process with the most memory, which does the work."""
        with suppress(
            ProcessLookupError, FileNotFoundError, ValueError
        ):  # there is none at the moment
            os.kill(largest_child(self.pid), signal.SIGKILL)

    def stragglers(self) -> list[int]:
        """Return the processes that outlived their parent."""
        return [pid for group in self._groups[:-1] for pid in _members(group)]

    def end(self) -> None:
        """Kill it and all processes that it started."""
        for pid in self.stragglers():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self._process is not None:
            self.signal_group(signal.SIGKILL)
            self._process.wait(10)


def _members(group: int) -> list[int]:
    members = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, its_group, *_ = stat.read_text().rpartition(")")[2].split()
            if int(its_group) == group and state != "Z":
                members.append(int(stat.parent.name))
    return members
