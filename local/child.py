"""One process of the system: started with a log of its own, and never left behind."""

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
    """A process in a process group of its own, so that Ctrl-C reaches only us."""

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
        """Whether it lives."""
        return self._process is not None and self._process.poll() is None

    def tell(self, signal_number: int) -> None:
        """Send a signal to it alone."""
        if self._process is not None and self.running:
            self._process.send_signal(signal_number)

    def end(self, grace: float = GRACE_SECONDS) -> None:
        """Wait for it to end, then end what is left of its group."""
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
    """Let the child that is about to run end when this process does."""
    # were we killed ourselves, nothing that we started would stay behind
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
