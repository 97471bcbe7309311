"""A Redis server that a test can stop and start."""

import signal
import subprocess
import time
from pathlib import Path

from local import redis_server
from shared.errors import StoreUnavailable
from shared.job_store import JobStore, connect
from tests.parts import redis_of
from tests.ports import free_port


class OwnRedis:
    """Keeps its data and its address between `stop` and `start`."""

    def __init__(self, folder: Path) -> None:
        self._port = free_port()
        self._folder = folder
        self._server: subprocess.Popen[bytes] | None = None
        self.url = f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        command = redis_server.command(self._port, self._folder)
        self._server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while not self._answers():
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self._server:
            self._server.send_signal(how)
            self._server.wait(10)
            self._server = None

    def _answers(self) -> bool:
        connection = connect(self.url, retries=0)
        try:
            redis_of(JobStore(connection)).ping()
        except StoreUnavailable:
            return False
        finally:
            connection.close()
        return True
