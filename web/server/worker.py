"""Gunicorn's worker with threads, which give no thread to those who are slow, idle or watching."""

import errno
import selectors
import socket
import time
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from web.api.events import HAND_OVER
from web.server.incoming import RECEIVE_BYTES, Incoming, Received
from web.streams.event_stream import HandOver

SILENT_SECONDS = 30.0  # for which a client may send nothing before its connection is closed
LINGER_SECONDS = 2.0  # for which a client may read the end of an answer
TRANSIENT = (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK)
REFUSAL = b"HTTP/1.1 %b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
TOO_SLOW = REFUSAL % b"408 Request Timeout"
TOO_LONG = REFUSAL % b"431 Request Header Fields Too Large"
BUSY = REFUSAL % b"503 Service Unavailable\r\nRetry-After: 10"
MOST_UPLOADS = 16  # of the largest size that a process receives at a time, in bytes together
OUT_OF_FILES = (errno.EMFILE, errno.ENFILE)


class Worker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types
    """One thread accepts connections and receives requests; a pool of threads answers them.

    gunicorn's own worker gives each new connection a thread, which waits for its request and its
    upload, and an event stream keeps its thread until it ends.
    """

    longest_upload = 0  # in bytes; set before the workers start

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Begin without connections."""
        super().__init__(*args, **kwargs)
        self._receiving: dict[TConn, None] = {}  # a set that keeps its order
        self._closing: dict[TConn, None] = {}  # the client is reading the end of its answer
        self._searched_at = 0.0

    def load_wsgi(self) -> None:
        """Load the application; tell it that streams can take their socket."""
        super().load_wsgi()
        application: Any = self.wsgi  # type: ignore[has-type] # gunicorn's

        def with_hand_over(environ: dict[str, Any], start_response: Any) -> Any:
            environ[HAND_OVER] = True
            return application(environ, start_response)

        self.wsgi = with_hand_over

    def accept(self, listener: Any) -> None:
        """Accept a connection, and wait for its request without a thread."""
        try:
            connection, client = listener.accept()
        except OSError as error:
            if error.errno in OUT_OF_FILES:
                self._make_room()
            elif error.errno not in TRANSIENT:
                raise
            return
        if self.nr_conns >= self.worker_connections - 1:
            self._make_room()
        self.nr_conns += 1
        incoming = Incoming(connection, self.longest_upload)
        self._await_request(TConn(self.cfg, incoming, client, listener.getsockname()))

    def on_client_socket_readable(self, conn: Any, client: Any) -> None:
        """Receive the next request of a connection that was kept alive."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        conn.sock.begin()
        self._await_request(conn)
        self.on_pending_socket_readable(conn, client)

    def on_pending_socket_readable(self, conn: Any, client: Any) -> None:
        """Receive a part of a request; when it is complete, let a thread answer it."""
        del client  # it is the connection's socket
        if conn not in self._receiving:
            return  # closed to make room, after the poller found it readable
        self._received(conn, conn.sock.receive())

    def _received(self, conn: Any, received: Received) -> None:
        if received is Received.PART:
            conn.timeout = time.monotonic() + SILENT_SECONDS
        elif received is Received.TOO_LONG:
            self._refuse(conn, TOO_LONG)
        elif received is Received.CLOSED:
            self._give_up(conn)
        else:
            self._stop_receiving(conn)
            conn.data_ready = True
            self.enqueue_req(conn)

    def finish_request(self, conn: Any, fs: "Future[Any]") -> None:
        """Keep the connection, or close it."""
        if fs.cancelled() or fs.exception() or not fs.result():
            self._close_later(conn)  # gunicorn would wait here for the client to read its answer
            return
        rest = conn.parser.unreader.take_buffered()
        if rest or conn.sock.has_rest:  # of the next request, which may be incomplete
            self._await_request(conn)
            self._received(conn, conn.sock.receive_rest(rest))
        else:
            super().finish_request(conn, fs)

    def murder_pending(self) -> None:
        """Close connections that sent nothing for too long, or too little."""
        now = time.monotonic()
        if now - self._searched_at >= 1.0:
            self._searched_at = now
            for conn in [each for each in self._receiving if each.timeout < now]:
                self._give_up(conn)
            for conn in [each for each in self._receiving if each.sock.is_too_slow(now)]:
                self._refuse(conn, TOO_SLOW)
            self._bound_uploads()
            for conn in [each for each in self._closing if each.timeout < now]:
                self._end(conn)

    def _bound_uploads(self) -> None:
        """Refuse the oldest uploads while all that are arriving take too much space."""
        held = sum(conn.sock.held for conn in self._receiving)
        for conn in tuple(self._receiving):
            if held <= MOST_UPLOADS * self.longest_upload:
                return
            if conn.sock.held:
                held -= conn.sock.held
                self._refuse(conn, BUSY)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer a request; a stream that hands itself over takes the socket along."""
        try:
            return super().handle_request(req, conn)
        except HandOver as stream:
            connection, conn.sock = conn.sock.connection, socket.socket()
            stream.take(connection, is_chunked=req.version >= (1, 1))
            return False  # gunicorn closes the empty socket that it has now

    def _cap_keepalive(self, deadline: float) -> None:
        """Close connections without a complete request by then; the worker is stopping."""
        super()._cap_keepalive(deadline)
        for conn in self._receiving:
            conn.timeout = min(conn.timeout, deadline)

    def _await_request(self, conn: Any) -> None:
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + SILENT_SECONDS
        self._receiving[conn] = None
        receive = partial(self.on_pending_socket_readable, conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, receive)

    def _stop_receiving(self, conn: Any) -> None:
        self.poller.unregister(conn.sock)
        del self._receiving[conn]

    def _refuse(self, conn: Any, answer: bytes) -> None:
        self._stop_receiving(conn)
        with suppress(OSError):  # the client may be gone
            conn.sock.send(answer)
        self._close_later(conn)  # at once, what the client still sends would reset the answer

    def _close_later(self, conn: Any) -> None:
        """Close a connection when its client has read the answer (RFC 9112, section 9.6)."""
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:  # the client is gone, or a stream took the socket
            self._drop(conn)
            return
        conn.timeout = time.monotonic() + LINGER_SECONDS
        self._closing[conn] = None
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._discard, conn))

    def _discard(self, conn: Any, client: Any) -> None:
        """Ignore what the client still sends, until it closes its end."""
        try:
            if client.connection.recv(RECEIVE_BYTES):
                return
        except BlockingIOError:
            return
        except OSError:  # it was reset
            pass
        self._end(conn)

    def _end(self, conn: Any) -> None:
        self.poller.unregister(conn.sock)
        del self._closing[conn]
        self._drop(conn)

    def _make_room(self) -> None:
        """Close the connection that has sent nothing for the longest time."""
        silent = min(self._receiving, key=lambda conn: conn.timeout, default=None)
        if silent is None:
            time.sleep(0.05)  # all connections are being answered
        else:
            self._give_up(silent)

    def _give_up(self, conn: Any) -> None:
        self._stop_receiving(conn)
        self._drop(conn)

    def _drop(self, conn: Any) -> None:
        self.nr_conns -= 1
        conn.close()
