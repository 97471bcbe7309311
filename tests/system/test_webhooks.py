"""Webhooks over the running system: the receiver of docs/webhooks.md gets what happens to jobs."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gramworks import Client
from shared.job_store import connect
from tests.faults.picture import ROWS, upload
from tests.ports import free_port
from tests.system.running_system import RunningSystem, kill, wait_until

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/webhooks.md").read_text()
WORKER = "tests.faults.scripted_worker"


@pytest.fixture
def system(redis_url: str, tmp_path: Path) -> Iterator[RunningSystem]:
    connect(redis_url).flushall()
    system = RunningSystem(redis_url, tmp_path)
    system.environment["GRAMWORKS_OUTBOUND_ALLOWED"] = "127.0.0.1"
    system.start_web()
    system.start(WORKER)
    yield system
    system.end()


class Receiver:
    """The example of the documents, as a process of its own."""

    def __init__(self, folder: Path, port: int, secret: str) -> None:
        (example,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
        assert "9000" in example
        self._output = folder / "receiver.log"
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-c", example.replace("9000", str(port))],
                env={**os.environ, "PYTHONPATH": str(ROOT), "WEBHOOK_SECRET": secret},
                stdout=output,
                stderr=subprocess.DEVNULL,
            )
        wait_until(lambda: accepts(port), "the receiver listens")

    def lines(self) -> list[str]:
        return [line.strip() for line in self._output.read_text().splitlines()]

    def end(self) -> None:
        self._process.kill()
        self._process.wait(10)


def accepts(port: int) -> bool:
    """Return whether a program listens on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def cancelled(client: Client) -> str:
    """Return a job that was cancelled."""
    return client.cancel(client.submit(upload(), upload(), {"size": ROWS}).id).id


def test_a_receiver_gets_a_test_a_result_and_what_happened_while_no_worker_was_there(
    system: RunningSystem, tmp_path: Path
) -> None:
    port = free_port()
    with system.client() as client:
        made = client.webhooks.add(f"http://127.0.0.1:{port}/")
        receiver = Receiver(tmp_path, port, made.secret or "")
        try:
            client.webhooks.test(made.id)
            wait_until(lambda: receiver.lines() == ["webhook.test"], "the test is received")

            painted = client.submit(
                upload(), upload(), {"size": ROWS, "iterations": 5, "pyramid": 1}
            )
            wait_until(lambda: len(receiver.lines()) == 2, "the end is received")
            assert receiver.lines()[-1] == f"job.succeeded {painted.id}"

            kill(system.running(WORKER))
            ended = cancelled(client)
            (waiting,) = client.deliveries(ended)
            assert (waiting.state, waiting.attempts) == ("pending", ())
            system.start(WORKER)
            wait_until(lambda: len(receiver.lines()) == 3, "it is received after a restart")
            assert receiver.lines()[-1] == f"job.cancelled {ended}"
        finally:
            receiver.end()
    assert (made.secret or "-") not in system.log(WORKER) + system.log("web")
