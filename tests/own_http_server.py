"""A real HTTP server on a loopback address, which answers as a test says."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

Handler = BaseHTTPRequestHandler
Answer = Callable[[Handler], None]


class Seen(NamedTuple):
    """A request that came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class OwnHttpServer:
    """Answers by path; `seen` are the requests so far."""

    def __init__(self, server: ThreadingHTTPServer, scheme: str) -> None:
        self.answers: dict[str, Answer] = {}
        self.seen: list[Seen] = []
        self.host, self.port = str(server.server_address[0]), server.server_port
        self.scheme = scheme

    def url(self, path: str, host: str | None = None) -> str:
        return f"{self.scheme}://{host or self.host}:{self.port}{path}"


@contextmanager
def serving(
    host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
) -> Iterator[OwnHttpServer]:
    """Run a server while the block runs."""

    class Serves(Handler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            own.seen.append(Seen(self.command, self.path, dict(self.headers.items()), body))
            try:
                own.answers.get(self.path, status(404))(self)
            except OSError:  # the client has heard enough
                self.close_connection = True

        do_GET = do_POST = _answer  # noqa: N815 - http.server's names

        def log_message(self, *args: object) -> None:
            del args

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128  # connections beyond the default of 5 can wait for a second

        def handle_error(self, *args: object) -> None:  # a handshake that failed
            del args

    with Server((host, port), Serves) as server:
        if tls:
            server.socket = tls.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        own = OwnHttpServer(server, "https" if tls else "http")
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield own
        finally:
            server.shutdown()
            thread.join()


def file(data: bytes, **headers: str) -> Answer:
    def answer(handler: Handler) -> None:
        handler.send_response(200)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(data)

    return answer


def status(number: int, **headers: str) -> Answer:
    def answer(handler: Handler) -> None:
        handler.send_response(number)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()

    return answer


def redirect(location: str, number: int = 302) -> Answer:
    return status(number, Location=location)


def endless(chunk: bytes, pause: float = 0.0) -> Answer:
    """Answer with a body that has no end, a chunk at a time."""

    def answer(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(chunk)
            time.sleep(pause)

    return answer


def slow_head(pause: float) -> Answer:
    """Send a header at a time, for ever."""

    def answer(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            handler.wfile.write(b"X: y\r\n")
            time.sleep(pause)

    return answer


def silent(handler: Handler) -> None:
    """Answer nothing until the client goes away."""
    handler.rfile.read(1)
