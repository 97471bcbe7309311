"""The clients of the web's benchmark count what a server really answered."""

import asyncio
from collections.abc import Sequence
from contextlib import closing, suppress

import pytest

from bench.http_load import Address, Rate, Watchers, get, percentile, rate

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntext"


async def _serve(answers: Sequence[bytes], seen: list[bytes]) -> tuple[asyncio.Server, Address]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError), closing(writer):
            while True:
                seen.append(await reader.readuntil(b"\r\n\r\n"))
                writer.writelines(answers)

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    return server, (host, port)


def _rate(seen: list[bytes]) -> Rate:
    async def measure() -> Rate:
        server, address = await _serve([OK], seen)
        async with server:
            found = await rate(address, [get(f"/{name}") for name in "abcd"], 0.3, clients=2)
            await asyncio.sleep(0.05)  # until the server has closed its ends
            return found

    return asyncio.run(measure())


def test_a_rate_is_of_complete_answers_over_all_requests() -> None:
    seen: list[bytes] = []
    measured = _rate(seen)
    assert measured.per_second == pytest.approx(len(seen) / 0.3, rel=0.2)
    assert 0 < measured.p99 < 0.3
    assert {request.split()[1] for request in seen} == {b"/a", b"/b", b"/c", b"/d"}


def test_a_watcher_sees_delays_and_states() -> None:
    stream = (
        b'event: job\nid: 1-0\ndata: {"state": "running"}\n\n: keep-alive\n\n',
        b"event: progress\nid: 1000-0\ndata: {}\n\n",
        b'event: job\nid: 2-0\ndata: {"state": "succeeded"}\n\n',
    )

    async def watch() -> Watchers:
        server, address = await _serve([b"HTTP/1.1 200 OK\r\n\r\n", *stream], [])
        watchers = Watchers()
        async with server:
            await watchers.open(address, ["one"])
            await asyncio.sleep(0.2)
            await watchers.close()
            await asyncio.sleep(0.05)
        return watchers

    watchers = asyncio.run(watch())
    assert watchers.states == {"one": ["running", "succeeded"]}
    assert len(watchers.delays) == 1


def test_a_percentile_is_a_measured_value() -> None:
    assert [percentile(range(1, 101), share) for share in (0.5, 0.99, 1.0)] == [51, 100, 100]
