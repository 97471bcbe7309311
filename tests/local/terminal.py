"""Runs `python -m local …` as in a terminal, and finds the processes that it leaves behind."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from tests.system.running_system import wait_until

MARK = "TEST_MARK"


class Terminal:
    """One run of a command, whose processes are recognised by a variable in their environment."""

    def __init__(self, command: str, data: Path, **environment: str) -> None:
        self._data = data
        self._mark = f"{data}-{command}"
        self._out = data / f"{command}.out"
        data.mkdir(parents=True, exist_ok=True)
        inherited = {key: value for key, value in os.environ.items() if key != "REDIS_URL"}
        with self._out.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "local", command],
                env={
                    **inherited,
                    "GRAMWORKS_DATA": str(data),
                    "GRAMWORKS_PORT": "0",
                    "TMPDIR": str(data),
                    MARK: self._mark,
                    **environment,
                },
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def output(self) -> str:
        """Return what it has printed so far."""
        return self._out.read_text()

    def url(self) -> str:
        """Return the URL of the system once it is served."""
        wait_until(lambda: "Gramworks is at" in self.output() or self.ended, "it serves")
        found = re.search(r"Gramworks is at (\S+)", self.output())
        assert found, self.output()
        return found[1]

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self.process.poll() is not None

    def press_ctrl_c(self) -> int:
        """Interrupt it, and return its exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)

    def left_behind(self) -> list[str]:
        """Return the commands of its processes that still run."""
        return list(self.processes().values())

    def kill(self, command: str) -> None:
        """Kill its processes whose command line holds `command`."""
        for pid, line in self.processes().items():
            if command in line:
                os.kill(pid, signal.SIGKILL)

    def processes(self) -> dict[int, str]:
        """Return its running processes, each with its command line; zombies have none."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if self._owns(folder):
                    found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
            except (OSError, UnicodeDecodeError):
                continue
        return {pid: line for pid, line in found.items() if line}

    def _owns(self, process: Path) -> bool:
        marked = f"{MARK}={self._mark}\0" in (process / "environ").read_text()
        # Redis overwrites its environment with its title; its working folder identifies it
        return marked or (process / "cwd").readlink().is_relative_to(self._data)
