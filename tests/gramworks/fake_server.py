"""A small HTTP server with answers from the test; it records the requests."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

DROP = object()
"""In a stream: the connection breaks here."""

Part = bytes | float | object


@dataclass
class Answer:
    status: int = 200
    body: bytes = b""
    type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    stream: Sequence[Part] | None = None
    hangs_up: bool = False  # close the connection without an answer


@dataclass
class ReceivedRequest:
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


def as_json(body: object, status: int = 200, **headers: str) -> Answer:
    return Answer(status, json.dumps(body).encode(), headers=headers)


def problem(status: int, detail: str, **more: object) -> Answer:
    body = {"type": "about:blank", "title": "Problem", "status": status, "detail": detail, **more}
    return Answer(status, json.dumps(body).encode(), "application/problem+json")


def stream(*parts: Part) -> Answer:
    """Send bytes, wait for numbers of seconds, drop the connection at DROP."""
    return Answer(type="text/event-stream", stream=parts)


def hang_up() -> Answer:
    """Close the connection after the request has been read."""
    return Answer(hangs_up=True)


def sse(event: str, data: object, number: str) -> bytes:
    return f"id: {number}\nevent: {event}\ndata: {json.dumps(data)}\n\n".encode()


def job_json(state: str = "running", **changes: object) -> dict[str, Any]:
    path = "/api/v1/jobs/j1"
    links = {name: f"{path}/{name}" for name in ("events", "preview", "result")}
    job = {
        "id": "j1",
        "state": state,
        "position": 1 if state == "queued" else None,
        "eta_seconds": 40.0,
        "attempt": 1,
        "progress": None,
        "settings": {"size": 400},
        "options": {"priority": "normal"},
        "created_at": "2026-01-01T12:00:00Z",
        "started_at": None if state == "queued" else "2026-01-01T12:00:05Z",
        "finished_at": "2026-01-01T12:01:05Z" if state in {"succeeded", "failed"} else None,
        "error": None,
        "links": {"self": path, "page": "/jobs/j1", **links},
    }
    return {**job, **changes}


def progress_json(evaluation: int = 30, evaluations: int = 150) -> dict[str, Any]:
    return {
        "evaluation": evaluation,
        "evaluations": evaluations,
        "level": 2,
        "levels": 3,
        "fraction": evaluation / evaluations,
        "loss": {"total": 8412.0, "style": 7000.0, "content": 1400.0, "tv": 12.0},
    }


class QuietServer(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Ignore clients that hang up, as they do in some tests."""


class FakeServer:
    """Answers "METHOD /path" with the answers given for it, in turn; the last one repeats."""

    def __init__(self) -> None:
        self.received: list[ReceivedRequest] = []
        settings = as_json({"schema": {}, "default_preset": "balanced"})
        jobs = as_json({"jobs": [job_json(), job_json(id="j0")], "next": None})
        self._answers: dict[str, list[Answer]] = {
            "GET /api/v1/settings": [settings],
            "GET /api/v1/jobs": [jobs],
        }
        self._server = QuietServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, request: str, *answers: Answer) -> None:
        self._answers[request] = list(answers)

    def requests(self, request: str) -> list[ReceivedRequest]:
        return [
            received
            for received in self.received
            if f"{received.method} {received.path}" == request
        ]

    @contextmanager
    def running(self) -> Iterator[FakeServer]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def _next_answer(self, received: ReceivedRequest) -> Answer:
        self.received.append(received)
        answers = self._answers.get(f"{received.method} {received.path}")
        if not answers:
            return problem(404, "There is nothing here.", code="not_found")
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                url = urlsplit(self.path)
                headers = {name.lower(): value for name, value in self.headers.items()}
                received = ReceivedRequest(self.command, url.path, url.query, headers, body)
                _send(self, fake._next_answer(received))

            do_GET = do_POST = do_PATCH = do_DELETE = handle_any  # noqa: N815 - as http.server has it

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def _send(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
    if answer.hangs_up:
        handler.close_connection = True
        return
    handler.send_response(answer.status)
    handler.send_header("Content-Type", answer.type)
    for name, value in answer.headers.items():
        handler.send_header(name, value)
    if answer.stream is None:
        if "Content-Length" not in answer.headers:
            handler.send_header("Content-Length", str(len(answer.body)))
        else:
            handler.close_connection = True
        handler.end_headers()
        handler.wfile.write(answer.body)
    else:
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        _send_parts(handler, answer.stream)


def _send_parts(handler: BaseHTTPRequestHandler, parts: Sequence[Part]) -> None:
    try:
        for part in parts:
            if part is DROP:
                handler.close_connection = True
                return
            if isinstance(part, bytes):
                handler.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
                handler.wfile.flush()
            elif isinstance(part, float):
                time.sleep(part)
        handler.wfile.write(b"0\r\n\r\n")
    except OSError:
        handler.close_connection = True  # the client closed the connection, as it does to detach
