"""Clients for `bench.web`: requests, event streams, slow uploads and idle connections."""

import asyncio
import json
import time
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from statistics import quantiles
from typing import Any, NamedTuple

Address = tuple[str, int]


class Rate(NamedTuple):
    """Requests per second, and the 99th percentile of their seconds."""

    per_second: float
    p99: float


async def _answer(reader: asyncio.StreamReader) -> None:
    """Read an answer of a known length; raise ValueError unless it is a 2xx."""
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 2"):
        raise ValueError(head.decode())
    lines = head.decode().lower().split("\r\n")
    length = next(line for line in lines if line.startswith("content-length:"))
    await reader.readexactly(int(length.partition(":")[2]))


async def _repeat(
    address: Address, requests: Sequence[bytes], end: float, times: list[float]
) -> None:
    reader, writer = await asyncio.open_connection(*address)
    try:
        for request in cycle(requests):
            begin = time.monotonic()
            if begin >= end:
                break
            writer.write(request)
            await _answer(reader)
            times.append(time.monotonic() - begin)
    finally:
        writer.close()
        await writer.wait_closed()


async def rate(
    address: Address, requests: Sequence[bytes], seconds: float, clients: int = 8
) -> Rate:
    """Send requests from some clients, one after the other each; return how fast they are."""
    times: list[float] = []
    begin = time.monotonic()
    parts = [requests[number::clients] or requests for number in range(clients)]
    await asyncio.gather(*(_repeat(address, part, begin + seconds, times) for part in parts))
    spent = time.monotonic() - begin
    return Rate(len(times) / spent, quantiles(times, n=100)[-1])


def get(path: str, token: str | None = None) -> bytes:
    """Return the bytes of a GET request."""
    authorization = f"Authorization: Bearer {token}\r\n" if token else ""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{authorization}\r\n".encode()


def post(path: str, body: bytes, content_type: str) -> bytes:
    """Return the bytes of a POST request."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {content_type}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


class Watchers:
    """Open event streams; `delays` has the seconds from each event's time to its arrival.

    The time is the event's id, which Redis makes on this machine.
    """

    def __init__(self) -> None:
        self.delays: list[float] = []
        self.states: dict[str, list[str]] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self, address: Address, job_ids: Sequence[str]) -> None:
        """Open a stream for each job, and return when all have their first message."""
        ready = []
        for job_id in job_ids:
            began = asyncio.Event()
            self._tasks.append(asyncio.create_task(self._follow(address, job_id, began)))
            ready.append(began.wait())
            if len(ready) % 50 == 0:
                await asyncio.sleep(0.05)
        await asyncio.wait_for(asyncio.gather(*ready), 60)

    async def close(self) -> None:
        """Close all streams; raise the error of one that failed."""
        failed = [task.exception() for task in self._tasks if task.done()]
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for error in filter(None, failed):
            raise error

    async def _follow(self, address: Address, job_id: str, began: asyncio.Event) -> None:
        reader, writer = await asyncio.open_connection(*address)
        writer.write(get(f"/api/v1/jobs/{job_id}/events"))
        kind = ""
        try:
            while line := (await reader.readline()).decode():
                name, _, value = line.strip().partition(": ")
                if name == "event":
                    kind = value
                    began.set()
                elif name == "id" and kind == "progress":
                    self.delays.append(time.time() - int(value.partition("-")[0]) / 1000)
                elif name == "data" and kind == "job":
                    self.states.setdefault(job_id, []).append(json.loads(value)["state"])
        finally:
            writer.close()


class Occupiers:
    """Connections that keep a server busy: slow uploads, and idle ones."""

    def __init__(self) -> None:
        self._writers: list[asyncio.StreamWriter] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self, address: Address, uploads: int, idle: int) -> None:
        """Open both; an upload sends a few bytes each second."""
        head = post("/api/v1/jobs", b"", "multipart/form-data; boundary=B")
        head = head.replace(b"Content-Length: 0", b"Content-Length: 1000000")
        for number in range(uploads + idle):
            _, writer = await asyncio.open_connection(*address)
            self._writers.append(writer)
            if number < uploads:
                writer.write(head)
                self._tasks.append(asyncio.create_task(self._trickle(writer)))

    async def close(self) -> None:
        """Close all of them."""
        for task in self._tasks:
            task.cancel()
        for writer in self._writers:
            writer.close()
        await asyncio.sleep(0.5)

    async def _trickle(self, writer: asyncio.StreamWriter) -> None:
        while not writer.is_closing():
            writer.write(b"x" * 10)
            await asyncio.sleep(1)


def percentile(values: Sequence[float], share: float) -> float:
    """Return a percentile of measured values."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def memory(pids: Sequence[int]) -> Any:
    """Return the largest resident memory of some processes, in megabytes."""
    sizes = []
    for pid in pids:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        sizes.append(int(line.split()[1]) / 1024)
    return max(sizes)
