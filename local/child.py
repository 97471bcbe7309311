"""One process of the system: it has its own log, and it ends with this process."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

GRACE_SECONDS = 8.0
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)  # loaded here: between fork and exec nothing may take a lock


class Child:
    """A process in its own process group, so that Ctrl-C reaches only this process."""

    def __init__(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path
    ) -> None:
        self.name = name
        self.log = log
        self._command = command
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; what it prints goes to its log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env=dict(self._environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - one system call, no lock
            )

    @property
    def running(self) -> bool:
        """Whether it is running."""
        return self._process is not None and self._process.poll() is None

    def send_signal(self, signal_number: int) -> None:
        """Send a signal to it, not to its group."""
        if self._process is not None and self.running:
            self._process.send_signal(signal_number)

    def end(self, grace: float = GRACE_SECONDS) -> None:
        """Wait until it ends, then kill the rest of its group."""
        if self._process is None:
            return
        try:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(grace)
        finally:
            self._kill_group()

    def last_lines(self, count: int = 12) -> str:
        """Return the end of its log."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-count:])

    def _kill_group(self) -> None:
        assert self._process is not None  # noqa: S101 - `end` has looked
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def die_with_parent() -> None:
    """Make the kernel end the new child when this process ends."""
    # so that even SIGKILL of this process leaves no child behind
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
