"""The client repeats a request whose answer was lost, and has one job in the end."""

import os
import select
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from gramworks import Client, Retries, ServerUnreachable
from shared.job import JobState
from shared.job_store import JobStore
from tests.ports import free_port
from tests.shared.job_store.transitions import in_state
from tests.system.running_system import wait_until
from tests.web.api_requests import PLAIN

CHUNK = 65536
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close with a reset


@pytest.fixture(scope="module")
def port(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Return the port of a running server."""
    port = free_port()
    environment = os.environ | {
        "REDIS_URL": redis_url,
        "GRAMWORKS_DATA": str(tmp_path_factory.mktemp("served")),
        "GRAMWORKS_AUTH": "off",
        "GRAMWORKS_PORT": str(port),
        "GRAMWORKS_LOG_LEVEL": "error",
    }
    server = subprocess.Popen(
        [sys.executable, "-m", "web"], cwd=Path(__file__).parents[2], env=environment
    )
    wait_until(lambda: _listens(port), "the web listens", seconds=20)
    yield port
    server.terminate()
    server.wait(20)


def _listens(port: int) -> bool:
    with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), 1)):
        return True
    return False


class AnswersLost:
    """A proxy that resets the first connections as soon as the server has answered."""

    def __init__(self, target: int, lost: int) -> None:
        self.lost = lost
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        far = socket.create_connection(("127.0.0.1", self._target))
        with suppress(OSError), near, far:
            other = {near: far, far: near}
            while True:
                for source in select.select([near, far], [], [])[0]:
                    data = source.recv(CHUNK)
                    if source is far and self.lost:
                        self.lost -= 1
                        near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                        return
                    if not data:
                        return
                    other[source].sendall(data)


@pytest.fixture
def proxy(port: int, jobs: JobStore) -> Iterator[AnswersLost]:
    del jobs  # Redis is emptied first
    with closing(AnswersLost(port, lost=2)) as proxy:
        yield proxy


@pytest.fixture
def client(proxy: AnswersLost) -> Iterator[Client]:
    with Client(proxy.url, retries=Retries(delays=(0.05, 0.05))) as client:
        yield client


def test_a_submission_whose_answer_is_lost_twice_makes_one_job(
    proxy: AnswersLost, client: Client, jobs: JobStore
) -> None:
    job = client.submit(PLAIN, PLAIN, {"size": 64})
    assert proxy.lost == 0
    assert [each.id for each in jobs.page(9).jobs] == [job.id]


def test_a_fork_whose_answer_is_lost_twice_makes_one_job(
    proxy: AnswersLost, client: Client, jobs: JobStore
) -> None:
    proxy.lost = 0
    parent = client.submit(PLAIN, PLAIN, {"size": 64})
    proxy.lost = 2
    forked = client.fork(parent.id, start="inputs")
    assert proxy.lost == 0
    assert [each.id for each in jobs.page(9).jobs] == [forked.id, parent.id]


def test_a_retry_whose_answer_is_lost_twice_succeeds(
    proxy: AnswersLost, client: Client, jobs: JobStore
) -> None:
    failed = in_state(jobs, JobState.FAILED).job_id
    assert client.retry(failed).state == "queued"
    assert proxy.lost == 0
    reasons = [line.reason for line in jobs.get(failed).log]
    assert reasons.count("retried") == 1


def test_the_caller_can_go_on_after_the_client_gave_up(
    proxy: AnswersLost, client: Client, jobs: JobStore
) -> None:
    proxy.lost = 3
    with pytest.raises(ServerUnreachable):
        client.submit(PLAIN, PLAIN, {"size": 64}, idempotency_key="mine")
    job = client.submit(PLAIN, PLAIN, {"size": 64}, idempotency_key="mine")
    assert [each.id for each in jobs.page(9).jobs] == [job.id]
