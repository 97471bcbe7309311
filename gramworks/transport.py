"""HTTP requests to one server; all failures are raised as this package's errors."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO, TypedDict, TypeVar, Unpack
from urllib.parse import quote

import httpx

from gramworks._version import __version__
from gramworks.errors import (
    GramworksError,
    InvalidRequest,
    NotAllowed,
    NotFound,
    NotReady,
    Problem,
    ServerUnreachable,
    Unavailable,
    UnexpectedAnswer,
)
from gramworks.retries import Repeat, Retries

Answer = TypeVar("Answer")
Raw = TypeVar("Raw")
Built = TypeVar("Built")

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

PROBLEMS: dict[int, type[Problem]] = {
    400: InvalidRequest,
    401: NotAllowed,
    403: NotAllowed,
    404: NotFound,
    409: NotReady,
    410: NotFound,
    413: InvalidRequest,
    415: InvalidRequest,
    422: InvalidRequest,
    429: Unavailable,
    502: Unavailable,
    503: Unavailable,
    504: Unavailable,
}


def job_path(job_id: str, *parts: str) -> str:
    """Return the path of a job, or of a part of it."""
    return "/".join(("/api/v1/jobs", quote(job_id, safe=""), *parts))


class Request(TypedDict, total=False):
    """The options of a request, under httpx's names."""

    params: Mapping[str, str | int]
    headers: Mapping[str, str]
    data: Mapping[str, str | list[str]]
    content: bytes
    json: Mapping[str, Any]
    files: Sequence[tuple[str, tuple[str, bytes | BinaryIO]]]
    timeout: httpx.Timeout


class Http:
    """A connection pool to one server; requests that may be repeated are, as `retries` says."""

    def __init__(
        self,
        base_url: str,
        token: str | None,
        timeout: httpx.Timeout | float,
        transport: httpx.BaseTransport | None,
        retries: Retries,
    ) -> None:
        self._url = base_url.rstrip("/")
        self._retries = retries
        authorization = {"Authorization": f"Bearer {token}"} if token else {}
        with _translating(self._url):
            self._httpx = httpx.Client(
                base_url=self._url,
                timeout=timeout,
                transport=transport,
                headers={"User-Agent": f"gramworks/{__version__}", **authorization},
                # A proxy named in the environment cannot reach this machine's own loopback.
                trust_env=httpx.URL(self._url).host not in LOOPBACK,
            )

    def close(self) -> None:
        """Close the connections."""
        self._httpx.close()

    def absolute(self, link: str) -> str:
        """Return the absolute URL of a link in an answer."""
        return str(httpx.URL(self._url).join(link))

    def send(
        self, method: str, path: str, *, repeat: Repeat = Repeat.ALWAYS, **request: Unpack[Request]
    ) -> httpx.Response:
        """Return the whole answer, or raise the error that it describes."""

        def attempt() -> httpx.Response:
            with _translating(self._url):
                return _accepted(self._httpx.request(method, path, **request))

        return self._repeated(attempt, repeat)

    def ask(
        self,
        build: Callable[[Any], Built],
        method: str,
        path: str,
        *,
        repeat: Repeat = Repeat.ALWAYS,
        **request: Unpack[Request],
    ) -> Built:
        """Return the answer's JSON, converted by `build`."""
        response = self.send(method, path, repeat=repeat, **request)
        return understood(lambda answer: build(answer.json()), response, self._url)

    def download(self, path: str, file: BinaryIO, **request: Unpack[Request]) -> None:
        """Write the answer's bytes to an empty file; a broken download begins again."""

        def attempt() -> None:
            file.seek(0)
            file.truncate()
            with self.stream(path, **request) as chunks:
                file.writelines(chunks)

        self._repeated(attempt, Repeat.ALWAYS)

    @contextmanager
    def stream(self, path: str, **request: Unpack[Request]) -> Iterator[Iterator[bytes]]:
        """Yield a stream of the answer's bytes; errors while reading are translated too."""
        with _translating(self._url), self._httpx.stream("GET", path, **request) as response:
            yield _accepted(response).iter_bytes()

    def _repeated(self, attempt: Callable[[], Answer], repeat: Repeat) -> Answer:
        """Return what `attempt` returns, after as many attempts as `retries` allow."""
        failures = 0
        while True:
            try:
                return attempt()
            except (ServerUnreachable, Unavailable) as error:
                failures += 1
                delay = self._retries.delay(error, failures, repeat)
                if delay is None:
                    raise
            time.sleep(delay)


def understood(build: Callable[[Raw], Built], raw: Raw, origin: str) -> Built:
    """Return `raw` converted by `build`; raise `UnexpectedAnswer` if that fails."""
    try:
        return build(raw)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnexpectedAnswer(
            f"The answer from {origin} is not one of a Gramworks server. Is the address right?"
        ) from error


@contextmanager
def _translating(url: str) -> Iterator[None]:
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _our_error(error, url) from error


def _our_error(error: Exception, url: str) -> GramworksError:
    match error:
        case httpx.UnsupportedProtocol() | httpx.InvalidURL():
            return ServerUnreachable(f"{url!r} is not an address such as http://127.0.0.1:8000.")
        case httpx.ConnectError() | httpx.ConnectTimeout():
            return ServerUnreachable(f"No server answers at {url} ({_reason(error)}).")
        case httpx.TimeoutException():
            return ServerUnreachable(f"The server at {url} took too long to answer.")
        case httpx.TransportError():
            return ServerUnreachable(f"The connection to {url} was lost.")
        case _:
            return UnexpectedAnswer(f"The answer from {url} is unreadable ({_reason(error)}).")


def _reason(error: Exception) -> str:
    without_number = re.sub(r"^\[Errno -?\d+\] ", "", str(error))
    return without_number.removesuffix(".") or type(error).__name__


def _accepted(response: httpx.Response) -> httpx.Response:
    if response.is_success:
        return response
    response.read()
    raise _problem(response)


def _problem(response: httpx.Response) -> Problem:
    body, status = _json_object(response), response.status_code
    kind = PROBLEMS.get(status, Problem)
    detail = body.get("detail") or body.get("title") or _unexplained(response)
    return kind(str(detail), status=status, body=body, retry_after=_retry_after(response))


def _retry_after(response: httpx.Response) -> int | None:
    seconds = response.headers.get("Retry-After", "")
    return int(seconds) if re.fullmatch(r"[0-9]{1,6}", seconds) else None  # or a date, of a proxy


def _json_object(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _unexplained(response: httpx.Response) -> str:
    """Describe an answer that is not a problem document, such as a proxy's."""
    url = response.request.url.copy_with(query=None)
    answer = f"{url} answered {response.status_code} {response.reason_phrase}".rstrip()
    if response.has_redirect_location:
        return f"{answer}: use the address {response.headers['Location']} instead."
    if seconds := _retry_after(response):
        return f"{answer}: try again in {seconds} s."
    return f"{answer} without a reason. The answer may come from a proxy."
