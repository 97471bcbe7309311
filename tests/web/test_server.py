"""The server `python -m web`: it streams events and enforces limits."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from itertools import islice
from pathlib import Path

import httpx
import pytest

from shared.job_store import JobStore
from tests.parts import events_of
from tests.ports import free_port
from tests.shared.job_store.transitions import claimed, progress
from tests.web.api_requests import JOBS, PLAIN

FILES = {"content": ("a", PLAIN), "style": ("b", PLAIN)}
LIMIT_MB = 1
THREADS = 6  # of each process, fewer than there are pages, uploads or idle connections
OPEN_PAGES, OCCUPIERS, WAITING = 120, 60, 20


@pytest.fixture(scope="module")
def port(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Return the port of a running server that takes a megabyte."""
    with _serving(redis_url, tmp_path_factory.mktemp("served")) as port:
        yield port


@contextmanager
def _serving(redis_url: str, data: Path, most_files: int | None = None) -> Iterator[int]:
    """Run a server whose processes may open `most_files` files; yield its port."""
    port = free_port()
    environment = os.environ | {
        "REDIS_URL": redis_url,
        "GRAMWORKS_DATA": str(data),
        "GRAMWORKS_AUTH": "off",
        "GRAMWORKS_PORT": str(port),
        "GRAMWORKS_MAX_UPLOAD_MB": str(LIMIT_MB),
        "GRAMWORKS_LOG_LEVEL": "error",
        "GRAMWORKS_WEB_THREADS": str(THREADS),
        "GRAMWORKS_WEB_PROCESSES": "1",
    }
    root = Path(__file__).parents[2]
    limit = f"ulimit -n {most_files} && " if most_files else ""
    command = ["sh", "-c", f'{limit}exec "$0" -m web', sys.executable]
    server = subprocess.Popen(command, cwd=root, env=environment)
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except ConnectionRefusedError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return


@pytest.fixture
def http(port: int, jobs: JobStore) -> Iterator[httpx.Client]:
    del jobs  # their Redis is emptied first
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
        yield client


def test_events_are_sent_while_the_job_runs(http: httpx.Client, jobs: JobStore) -> None:
    job = http.post(JOBS, files=FILES).json()
    with http.stream("GET", job["links"]["events"]) as response:
        lines = (line for line in response.iter_lines() if line.startswith("data: "))
        assert json.loads(next(lines)[6:])["state"] == "queued"
        claim = claimed(jobs)
        assert json.loads(next(lines)[6:])["state"] == "running"
        for evaluation in range(1, 4):
            jobs.report(claim, progress(evaluation), None)
            reported = json.loads(next(lines)[6:])
            assert reported["progress"]["evaluation"] == evaluation
        jobs.cancel(claim.job_id)
        assert json.loads(next(lines)[6:])["state"] == "cancelled"
        assert list(lines) == []


def test_a_resuming_reader_is_answered_at_once(http: httpx.Client, jobs: JobStore) -> None:
    job = http.post(JOBS, files=FILES).json()
    last = {"Last-Event-ID": events_of(jobs).last_id(job["id"])}
    began = time.monotonic()
    with http.stream("GET", job["links"]["events"], headers=last) as response:
        assert response.status_code == 200
        assert time.monotonic() - began < 2
        jobs.cancel(job["id"])
        assert "cancelled" in response.read().decode()


def test_the_head_of_a_stream_is_answered_at_once(http: httpx.Client, jobs: JobStore) -> None:
    job = http.post(JOBS, files=FILES).json()
    response = http.head(job["links"]["events"])
    assert response.headers["Content-Type"].startswith("text/event-stream")
    jobs.cancel(job["id"])


@pytest.mark.parametrize("megabytes", [1.1, 10])
def test_a_long_upload_is_refused_and_its_sender_gets_the_error(
    http: httpx.Client, megabytes: float
) -> None:
    long = {**FILES, "content": ("a", bytes(int(megabytes * 1e6)))}
    _is_too_long(http.post(JOBS, files=long))


def _is_too_long(response: httpx.Response) -> None:
    assert response.status_code == 413
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "upload_too_large"


def _chunks(length: int) -> Iterator[bytes]:
    for name in ("content", "style"):
        disposition = f'Content-Disposition: form-data; name="{name}"; filename="a"'
        yield f"--B\r\n{disposition}\r\n\r\n".encode() + PLAIN
        for _ in range(length // 100_000):
            yield bytes(100_000)
        yield b"\r\n"
    yield b"--B--\r\n"


def _post_chunks(http: httpx.Client, length: int) -> httpx.Response:
    multipart = {"Content-Type": "multipart/form-data; boundary=B"}
    return http.post(JOBS, content=_chunks(length), headers=multipart)


def test_an_upload_without_a_declared_length_is_accepted_up_to_the_limit(
    http: httpx.Client,
) -> None:
    assert _post_chunks(http, 0).status_code == 202
    _is_too_long(_post_chunks(http, 2_000_000))


def test_a_declared_length_is_refused_before_the_upload_is_sent(port: int) -> None:
    head = (
        f"POST {JOBS} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n"
        "Content-Type: multipart/form-data; boundary=B\r\n\r\n"
    )
    with closing(socket.create_connection(("127.0.0.1", port), 5)) as connection:
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    "target", [f"{JOBS}/%ED%A0%80", f"{JOBS}/%C0%AF", f"{JOBS}/%2e%2e%2f", "/static/%2e%2e/api.py"]
)
def test_an_odd_address_is_not_found(port: int, target: str) -> None:
    with closing(socket.create_connection(("127.0.0.1", port), 5)) as connection:
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 404 ")


def test_many_open_streams_do_not_block_other_requests(
    port: int, http: httpx.Client, jobs: JobStore
) -> None:
    job = http.post(JOBS, files=FILES).json()
    unbounded = httpx.Limits(max_connections=None)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", limits=unbounded) as readers:
        streams = [readers.stream("GET", job["links"]["events"]) for _ in range(OPEN_PAGES)]
        opened = [stream.__enter__() for stream in streams]
        assert {response.status_code for response in opened} == {200}
        lines = [response.iter_lines() for response in opened]
        assert all('"queued"' in "".join(islice(each, 3)) for each in lines)
        began = time.monotonic()
        for path in ("/", "/readyz", JOBS, job["links"]["self"]):
            assert http.get(path).status_code == 200
        assert time.monotonic() - began < 4
        jobs.cancel(job["id"])
        assert all('"cancelled"' in "".join(each) for each in lines)


def test_more_requests_wait_than_there_are_threads(
    http: httpx.Client, port: int, jobs: JobStore
) -> None:
    job = http.post(JOBS, files=FILES).json()
    url = f"http://127.0.0.1:{port}{job['links']['self']}"
    limits, headers = httpx.Limits(max_connections=WAITING), {"Prefer": "wait=20"}
    with httpx.Client(limits=limits, timeout=20) as client, ThreadPoolExecutor(WAITING) as pool:
        waiting = [pool.submit(client.get, url, headers=headers) for _ in range(WAITING)]
        time.sleep(0.5)
        begin = time.monotonic()
        assert http.get(job["links"]["self"]).json()["state"] == "queued"
        assert time.monotonic() - begin < 1
        assert not any(each.done() for each in waiting)
        jobs.succeed(claimed(jobs), "a key")
        answers = [each.result(5) for each in waiting]
    assert {each.json()["state"] for each in answers} == {"succeeded"}
    assert {each.headers["Preference-Applied"] for each in answers} == {"wait=20"}
    assert {each.headers["X-Content-Type-Options"] for each in answers} == {"nosniff"}


def test_a_submission_that_waits_gets_its_job_after_its_time(
    http: httpx.Client, jobs: JobStore
) -> None:
    del jobs
    begin = time.monotonic()
    response = http.post(JOBS, files=FILES, headers={"Prefer": "wait=1"})
    assert 0.9 < time.monotonic() - begin < 3
    assert (response.status_code, response.json()["state"]) == (202, "queued")
    assert response.headers["Location"] == response.json()["links"]["self"]
    assert http.get(response.headers["Location"]).status_code == 200


def test_a_waiting_request_for_a_job_that_is_deleted_is_not_found(
    http: httpx.Client, port: int, jobs: JobStore
) -> None:
    job = http.post(JOBS, files=FILES).json()
    url = f"http://127.0.0.1:{port}{job['links']['self']}"
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(httpx.get, url, headers={"Prefer": "wait=9"}, timeout=9)
        time.sleep(0.3)
        jobs._connection.delete(f"gw:job:{job['id']}")
        response = waiting.result(9)
    assert (response.status_code, response.json()["code"]) == (404, "job_not_found")
    assert response.headers["Content-Type"] == "application/problem+json"


@contextmanager
def _connections(port: int, sent: bytes) -> Iterator[list[socket.socket]]:
    opened = [socket.create_connection(("127.0.0.1", port), 5) for _ in range(OCCUPIERS)]
    for each in opened:
        each.sendall(sent)
    yield opened
    for each in opened:
        each.close()


SLOW = {
    "idle connections": b"",
    "half a head": b"GET / HTTP/1.1\r\nHost:",
    "a request and half of another": b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET / HT",
    "answers nobody reads the end of": (
        b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    ),
    "chunks that only seem to end": (
        f"POST {JOBS} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        "10\r\n0\r\n\r\n"
    ).encode(),
    "slow uploads": (
        f"POST {JOBS} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900000\r\n"
        "Content-Type: multipart/form-data; boundary=B\r\n\r\n--B"
    ).encode(),
}


@pytest.mark.parametrize("kind", SLOW)
def test_clients_that_send_slowly_or_nothing_occupy_no_thread(
    port: int, http: httpx.Client, kind: str
) -> None:
    with _connections(port, SLOW[kind]):
        time.sleep(0.2)
        began = time.monotonic()
        job = http.post(JOBS, files=FILES).json()
        for path in ("/", "/readyz", JOBS, job["links"]["self"]):
            assert http.get(path).status_code == 200
        assert time.monotonic() - began < 4


def test_more_idle_connections_than_open_files_block_nobody(redis_url: str, tmp_path: Path) -> None:
    with _serving(redis_url, tmp_path, most_files=128) as port, ExitStack() as opened:
        for _ in range(3):
            opened.enter_context(_connections(port, b""))
        began = time.monotonic()
        assert httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=10).status_code == 200
        assert time.monotonic() - began < 5


def test_an_upload_that_arrives_in_parts_is_accepted(port: int, http: httpx.Client) -> None:
    request = http.build_request("POST", JOBS, files=FILES)
    body = request.read()
    head = (
        f"POST {JOBS} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        f"Content-Length: {len(body)}\r\nContent-Type: {request.headers['Content-Type']}\r\n\r\n"
    )
    with closing(socket.create_connection(("127.0.0.1", port), 5)) as connection:
        for part in (head[:50].encode(), head[50:].encode(), body[:99], body[99:]):
            connection.sendall(part)
            time.sleep(0.1)
        assert connection.recv(100).startswith(b"HTTP/1.1 202 ")


def test_two_requests_in_one_packet_are_both_answered(port: int, http: httpx.Client) -> None:
    del http  # Redis is emptied
    one = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with closing(socket.create_connection(("127.0.0.1", port), 5)) as connection:
        connection.sendall(one + one)
        received = b""
        while received.count(b'{"status":"ok"}') < 2:
            part = connection.recv(4096)
            assert part, received
            received += part


def test_a_head_without_an_end_is_refused(port: int, http: httpx.Client) -> None:
    del http
    with closing(socket.create_connection(("127.0.0.1", port), 5)) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\n" + b"X: y\r\n" * 20_000)
        assert connection.recv(20).startswith(b"HTTP/1.1 431 ")


def test_an_older_client_s_stream_has_no_chunks(
    port: int, http: httpx.Client, jobs: JobStore
) -> None:
    job = http.post(JOBS, files=FILES).json()
    with closing(socket.create_connection(("127.0.0.1", port), 5)) as connection:
        connection.sendall(
            f"GET {job['links']['events']} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n".encode()
        )
        received = b""
        while b": keep-alive" not in received:
            received += connection.recv(65536)
        jobs.cancel(job["id"])
        while part := connection.recv(65536):
            received += part
    head, _, body = received.partition(b"\r\n\r\n")
    assert b"chunked" not in head
    assert body.startswith(b"event: job\n")
    assert body.endswith(b"\n\n")
    assert b'"cancelled"' in body


def test_the_error_names_an_invalid_deployment_setting() -> None:
    environment = os.environ | {"GRAMWORKS_PORT": "http"}
    ran = subprocess.run(
        [sys.executable, "-m", "web"],
        cwd=Path(__file__).parents[2],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert ran.stderr.startswith("GRAMWORKS_PORT: ")
    assert "Traceback" not in ran.stderr
