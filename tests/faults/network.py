"""Connections to Redis that can be cut, silenced and slowed, each through a TCP proxy."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

CHUNK = 65536
T = TypeVar("T")


class Link:
    """One client's connection to the server at `target`; thread-safe."""

    def __init__(self, loop: asyncio.AbstractEventLoop, target: int) -> None:
        self.port = 0
        self._loop = loop
        self._target = target
        self._delay = 0.0
        self._refuses = False
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._ends: set[asyncio.StreamWriter] = set()

    async def listen(self) -> None:
        """Take connections from now on."""
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """Reset all connections and new attempts to connect."""
        self._refuses = True
        self._soon(self._reset)

    def silence(self) -> None:
        """Drop all data in both directions without closing, like a cut cable."""
        self._soon(self._flowing.clear)

    def slow(self, seconds: float) -> None:
        """Delay all data in each direction by `seconds`."""
        self._delay = seconds

    def repair(self) -> None:
        """Restore the normal connection."""
        self._delay, self._refuses = 0.0, False
        self._soon(self._flowing.set)

    def _soon(self, act: Callable[[], T]) -> None:
        self._loop.call_soon_threadsafe(act)

    def _reset(self) -> None:
        for end in list(self._ends):
            end.transport.abort()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refuses:
            writer.transport.abort()
            return
        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        both = {writer, server_writer}
        self._ends |= both
        ways = self._pump(reader, server_writer), self._pump(server_reader, writer)
        await asyncio.gather(*ways)
        self._ends -= both

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                if self._delay:
                    await asyncio.sleep(self._delay)
                await self._flowing.wait()
                writer.write(data)
                await writer.drain()
        writer.close()


class Network:
    """The links, which run in their own thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def link(self, target: int) -> Link:
        """Open a link to the server at the port `target`."""
        link = Link(self._loop, target)
        asyncio.run_coroutine_threadsafe(link.listen(), self._loop).result(10)
        return link

    def end(self) -> None:
        """Close all links."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
