"""The real system on this machine: worker and web processes over a Redis of the test's own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from gramworks import Client, GramworksError
from shared.job_store import Workers, connect
from tests.ports import free_port
from worker.dead_workers import name_of

WAIT_SECONDS = 90.0


class RunningSystem:
    """Starts and ends the processes; each is a real one, as an operator starts it."""

    def __init__(self, redis_url: str, folder: Path) -> None:
        self.folder = folder
        self.url = f"http://127.0.0.1:{free_port()}"
        self.environment = {
            **os.environ,
            "REDIS_URL": redis_url,
            "GRAMWORKS_DATA": str(folder),
            "GRAMWORKS_AUTH": "off",
            "GRAMWORKS_CHECKPOINT_SECONDS": "1",
            "GRAMWORKS_PORT": self.url.rpartition(":")[2],
        }
        self._processes: dict[str, list[subprocess.Popen[bytes]]] = {}

    def start(self, module: str) -> subprocess.Popen[bytes]:
        """Start `python -m module` in a process group of its own."""
        with (self.folder / f"{module}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", module],
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._processes.setdefault(module, []).append(process)
        return process

    def start_web(self) -> subprocess.Popen[bytes]:
        """Start the web and return when it answers."""
        web = self.start("web")
        wait_until(self._answers, "the web answers")
        return web

    def start_worker(self) -> subprocess.Popen[bytes]:
        """Start one more worker and return when it has announced itself."""
        worker = self.start("worker")
        name = name_of(worker.pid, socket.gethostname())
        wait_until(lambda: name in self._workers(), "the worker announces itself")
        return worker

    def client(self) -> Client:
        """Return a client of the web."""
        return Client(self.url)

    def log(self, module: str) -> str:
        """Return what the processes of a module printed."""
        return (self.folder / f"{module}.log").read_text(errors="replace")

    def end(self) -> None:
        """End everything that was started."""
        for processes in self._processes.values():
            for process in processes:
                kill(process)

    def running(self, module: str) -> subprocess.Popen[bytes]:
        """Return the process of a module that was started last."""
        return self._processes[module][-1]

    def _answers(self) -> bool:
        try:
            with self.client() as client:
                return client.ready()
        except GramworksError:
            return False

    def _workers(self) -> set[str]:
        live = Workers(connect(self.environment["REDIS_URL"])).live()
        return {worker.name for worker in live}


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and all that it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    finally:
        process.wait(10)


def wait_until(true: Callable[[], bool], what: str, seconds: float = WAIT_SECONDS) -> None:
    """Return once `true()` holds; fail if that takes longer than `seconds`."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.05)


def largest_child(parent: int) -> int:
    """Return the process with the most memory among those that a process started."""
    sizes = {}
    for children in Path(f"/proc/{parent}/task").glob("*/children"):
        for pid in children.read_text().split():
            sizes[int(pid)] = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return max(sizes, key=sizes.__getitem__)
