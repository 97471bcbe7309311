"""Uploads that stall, drip or break off take a thread for seconds only."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.job_store import JobStore
from tests.ports import free_port
from tests.system.running_system import wait_until
from tests.web.api_requests import JOBS, PLAIN
from tests.web.pictures import noise
from tests.web.strict_server import AT_ONCE, BYTES_PER_SECOND, GRACE_SECONDS

FILES = {"content": PLAIN, "style": PLAIN}
LARGE = [(name, noise("PNG")) for name in ("content", "style", "style", "style")]  # 38 kB
SLACK_SECONDS = 4.0


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("slow")


@pytest.fixture(scope="module")
def port(redis_url: str, data: Path) -> Iterator[int]:
    """Return the port of a running server with strict bounds."""
    port = free_port()
    environment = os.environ | {
        "REDIS_URL": redis_url,
        "GRAMWORKS_DATA": str(data),
        "GRAMWORKS_PORT": str(port),
        "GRAMWORKS_LOG_LEVEL": "error",
    }
    server = subprocess.Popen([sys.executable, "-m", "tests.web.strict_server"], env=environment)
    wait_until(lambda: _healthy(port), "the web answers")
    yield port
    server.terminate()
    server.wait(20)


@pytest.fixture
def http(port: int, jobs: JobStore) -> Iterator[httpx.Client]:
    del jobs  # their Redis is emptied first
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
        yield client


def _healthy(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz").is_success
    except httpx.HTTPError:
        return False


class Upload:
    """An upload that a test sends as slowly as it likes."""

    def __init__(self, port: int) -> None:
        request = httpx.Request("POST", f"http://127.0.0.1:{port}{JOBS}", files=LARGE)
        self.body = request.read()
        head = (
            f"POST {JOBS} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(self.body)}\r\n"
            f"Content-Type: {request.headers['Content-Type']}\r\n\r\n"
        )
        self.connection = socket.create_connection(("127.0.0.1", port), 20)
        self.connection.sendall(head.encode())
        self.connection.sendall(self.body[:100])

    def problem(self) -> dict[str, Any]:
        """Return the problem that the server answers with."""
        answer = b""
        while part := self.connection.recv(65536):
            answer += part
        head, _, body = answer.partition(b"\r\n\r\n")
        assert b"application/problem+json" in head
        return dict(json.loads(body)) | {"retry_after": b"Retry-After:" in head}

    def close(self) -> None:
        self.connection.close()


def test_an_upload_that_stalls_is_cut_off_with_the_bound(port: int, http: httpx.Client) -> None:
    begin = time.monotonic()
    with closing(Upload(port)) as upload:
        body = upload.problem()
    assert GRACE_SECONDS <= time.monotonic() - begin < GRACE_SECONDS + SLACK_SECONDS
    assert (body["status"], body["code"]) == (408, "upload_too_slow")
    assert (body["minimum"], body["seconds"]) == (BYTES_PER_SECOND, GRACE_SECONDS)
    assert http.post(JOBS, files=FILES).status_code == 202


def test_an_upload_that_drips_is_cut_off(port: int, http: httpx.Client) -> None:
    del http
    begin = time.monotonic()
    with closing(Upload(port)) as upload:
        upload.connection.settimeout(0.1)
        while time.monotonic() - begin < GRACE_SECONDS + SLACK_SECONDS:
            upload.connection.sendall(b"x")
            try:
                if upload.connection.recv(20).startswith(b"HTTP/1.1 408 "):
                    return
            except TimeoutError:
                continue
    pytest.fail("it was not cut off")


def test_one_address_sends_a_few_uploads_at_a_time(port: int, http: httpx.Client) -> None:
    with ExitStack() as stack:
        for _ in range(AT_ONCE):
            stack.enter_context(closing(Upload(port)))
        time.sleep(0.3)
        begin = time.monotonic()
        body = stack.enter_context(closing(Upload(port))).problem()
        assert time.monotonic() - begin < 1
        assert (body["status"], body["code"]) == (429, "too_many_uploads")
        assert (body["maximum"], body["retry_after"]) == (AT_ONCE, True)
        assert http.get("/healthz").status_code == 200
    assert http.post(JOBS, files=FILES).status_code == 202


def test_half_an_upload_leaves_nothing_behind(
    port: int, http: httpx.Client, data: Path, jobs: JobStore
) -> None:
    before = {path for path in data.rglob("*") if path.is_file()}
    for _ in range(5):
        with closing(Upload(port)) as upload:
            upload.connection.sendall(upload.body[100:20_000])
    assert http.get("/healthz").status_code == 200
    assert jobs.page(10).jobs == []
    assert {path for path in data.rglob("*") if path.is_file()} == before


def test_a_slow_upload_that_is_fast_enough_is_accepted(port: int, http: httpx.Client) -> None:
    del http
    begin, part = time.monotonic(), BYTES_PER_SECOND // 5
    with closing(Upload(port)) as upload:
        for place in range(100, len(upload.body), part):
            upload.connection.sendall(upload.body[place : place + part])
            time.sleep(0.1)
        assert upload.connection.recv(20).startswith(b"HTTP/1.1 202 ")
    assert time.monotonic() - begin > 1.5 * GRACE_SECONDS
