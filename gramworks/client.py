"""The client: each method is one request to a Gramworks server."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import httpx

from gramworks.control import Control
from gramworks.errors import (
    NotFound,
    ServerUnreachable,
    Unavailable,
    WaitTimeout,
    require_success,
)
from gramworks.estimates import Estimate, Size, sizes_json, styles_of
from gramworks.events import RETRY_DELAYS, Event, EventStream, JobChanged
from gramworks.formats import format_of
from gramworks.models import Job, Page, SettingsGuide, UploadedImage, Worker
from gramworks.retries import Repeat, Retries
from gramworks.saving import whole
from gramworks.transport import Http
from gramworks.transport import job_path as _path
from gramworks.trash import TrashMethods
from gramworks.uploads import Picture, sent, several, whole_file
from gramworks.webhooks import Delivery, Webhooks, deliveries

DEFAULT_RETRIES = Retries()
DEFAULT_URL = "http://127.0.0.1:8000"
TIMEOUT = httpx.Timeout(60.0, connect=5.0)

# The server sends a keep-alive every 5 seconds, so a stream this quiet is dead.
STREAM_TIMEOUT = httpx.Timeout(30.0, connect=5.0)

MOST_PER_PAGE = 100  # jobs that the server lists at once

POLL_SECONDS = (0.2, 2.0)  # the first pause and the longest one between two looks at a job
WAIT_SECONDS = 30  # for which the server is asked to wait for a job's end


class Client(Control, TrashMethods):
    """A client of one server; a context manager that threads can share.

    `token` is sent with every request; a server that runs with GRAMWORKS_AUTH=off needs none.
    `retries` are the pauses before a failed request is sent
    again, and `retry_delays` those, in seconds, before each attempt to resume a dropped event
    stream. A job is never submitted twice by that: `submit`, `fork` and `retry` send an
    Idempotency-Key. `webhooks` has the methods for webhooks. Every method raises a
    `GramworksError` if the server cannot be reached or returns an error.
    """

    def __init__(
        self,
        base_url: str = DEFAULT_URL,
        *,
        token: str | None = None,
        timeout: httpx.Timeout | float = TIMEOUT,
        transport: httpx.BaseTransport | None = None,
        retries: Retries = DEFAULT_RETRIES,
        retry_delays: Sequence[float] = RETRY_DELAYS,
    ) -> None:
        self._http = Http(base_url, token, timeout, transport, retries)
        self._retry_delays = retry_delays
        self.webhooks = Webhooks(self._http)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def submit(
        self,
        content: Picture,
        style: Picture | Sequence[Picture],
        settings: Mapping[str, Any] | None = None,
        options: Mapping[str, Any] | None = None,
        *,
        init: Picture | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Submit `content` to be painted in the style of one or more pictures; return the job.

        `settings` can contain `"preset"` and the names that `settings()` lists; all have defaults.
        `options` say how the job is handled, such as `{"priority": "high"}`. `init` is the picture
        to start from; the setting of the same name must then be `"image"`. If a call failed and
        it is unknown whether the server has the job, a call with the same pictures, settings and
        `idempotency_key` returns that job instead of submitting another one.
        """
        form = _form(settings, options)
        with ExitStack() as opened:
            fields, files = sent(_pictures(content, several(style), init), opened)
            return self._http.ask(
                Job.from_json,
                "POST",
                "/api/v1/jobs",
                data={**form, **fields},
                files=files,
                headers=_idempotent(idempotency_key),
            )

    def estimate(
        self,
        content: Picture | Size,
        style: Picture | Size | Sequence[Picture | Size],
        settings: Mapping[str, Any] | None = None,
        options: Mapping[str, Any] | None = None,
        *,
        init: Picture | Size | None = None,
    ) -> Estimate:
        """Return what a job would take if it were submitted now; nothing is stored.

        The arguments are those of `submit`. Each picture can also be given as its size, a tuple of
        width and height; then all have to be, and nothing is uploaded. `InvalidRequest` is raised
        if the job would not be accepted because of its pictures or settings.
        """
        path, styles = "/api/v1/estimate", styles_of(style)
        if sizes := sizes_json(content, styles, init):
            body = {**sizes, "settings": settings or {}, "options": options or {}}
            return self._http.ask(Estimate.from_json, "POST", path, json=body)
        form = _form(settings, options)
        with ExitStack() as opened:
            fields, files = sent(_pictures(content, styles, init), opened)
            data: dict[str, str | list[str]] = {**form, **fields}
            return self._http.ask(Estimate.from_json, "POST", path, data=data, files=files)

    def upload(self, picture: Picture) -> UploadedImage:
        """Upload a picture for many jobs, unless the server keeps it already.

        What is returned can be given to `submit` in place of the picture. The server keeps it for
        a while after its last use.
        """
        if isinstance(picture, UploadedImage):
            return picture
        data = whole_file(picture)
        path = f"/api/v1/images/{sha256(data).hexdigest()}"
        try:
            return self._http.ask(UploadedImage.from_json, "GET", path)
        except NotFound:
            return self._http.ask(UploadedImage.from_json, "PUT", path, content=data)

    def job(self, job_id: str) -> Job:
        """Return a job."""
        return self._http.ask(Job.from_json, "GET", _path(job_id))

    def jobs(self, limit: int = 20, cursor: str | None = None) -> Page:
        """Return one page of jobs, newest first; `cursor` comes from the previous page."""
        query = {"limit": limit} | ({"cursor": cursor} if cursor else {})
        return self._http.ask(Page.from_json, "GET", "/api/v1/jobs", params=query)

    def all_jobs(self, page_size: int = MOST_PER_PAGE) -> Iterator[Job]:
        """Yield every job, newest first; pages are fetched as needed."""
        page = self.jobs(page_size)
        yield from page.jobs
        while page.cursor:
            page = self.jobs(page_size, page.cursor)
            yield from page.jobs

    def watch(self, job_id: str) -> Iterator[Event]:
        """Yield the job's events until it has ended; a dropped connection is resumed.

        The first and the last event are `JobChanged`. After a `Reconnecting`, an event can come
        twice. If the server stays unreachable, `ServerUnreachable` is raised.
        """
        path = _path(job_id, "events")
        stream = EventStream(
            connect=lambda last_id: self._http.stream(
                path, headers=_event_headers(last_id), timeout=STREAM_TIMEOUT
            ),
            look=lambda: self.job(job_id),
            delays=self._retry_delays,
        )
        return iter(stream)

    def wait(self, job_id: str, timeout: float | None = None) -> Job:
        """Return the job once it has succeeded; raise `JobFailed` or `JobCancelled` otherwise.

        If it has not ended after `timeout` seconds, `WaitTimeout` is raised.
        """
        if timeout is not None:
            return require_success(self._ended_within(job_id, timeout))
        *_, last = (event.job for event in self.watch(job_id) if isinstance(event, JobChanged))
        return require_success(last)

    def _ended_within(self, job_id: str, seconds: float) -> Job:
        """Return the ended job; an event stream would not notice the timeout while it is quiet."""
        deadline, pause = time.monotonic() + seconds, POLL_SECONDS[0]
        job = self.job(job_id)
        while not job.ended:
            left = deadline - time.monotonic()
            if left <= 0:
                raise WaitTimeout(job, seconds)
            time.sleep(min(pause, left))
            pause = min(2 * pause, POLL_SECONDS[1])
            begin, left = time.monotonic(), deadline - time.monotonic()
            limits = httpx.Timeout(max(1.0, left))
            headers = {"Prefer": f"wait={max(0, min(int(left), WAIT_SECONDS))}"}
            with suppress(ServerUnreachable, Unavailable):  # it can be back before the deadline
                job = self._http.ask(
                    Job.from_json,
                    "GET",
                    _path(job_id),
                    repeat=Repeat.NEVER,
                    timeout=limits,
                    headers=headers,
                )
                if time.monotonic() - begin > POLL_SECONDS[1]:  # the server waited
                    pause = POLL_SECONDS[0]
        return job

    def fetch(self, job_id: str, format: str = "png") -> bytes:  # noqa: A002 - the name in the URL
        """Return the finished picture as a file of a format in `FORMATS`.

        For `png16` and `tiff16`, `NotFound` is raised where the server no longer keeps the
        picture's float pixels.
        """
        return self._http.send("GET", _path(job_id, "result"), params={"format": format}).content

    def fetch_to(
        self,
        job_id: str,
        path: str | os.PathLike[str],
        format: str | None = None,  # noqa: A002 - the name in the URL
    ) -> Path:
        """Save the finished picture atomically; the suffix chooses the format.

        An existing file is replaced.
        """
        target = Path(path)
        query = {"format": format or format_of(target)}
        with whole(target) as file:
            self._http.download(_path(job_id, "result"), file, params=query)
        return target

    def render(self, job_id: str, options: Mapping[str, Any] | None = None) -> bytes:
        """Return the finished picture rendered again, without painting it again.

        `options` can contain `deprocess_means`, `preserve_color` and `format`. `NotFound` is
        raised where the server no longer keeps the picture's float pixels.
        """
        return self._http.send("POST", _path(job_id, "render"), json=dict(options or {})).content

    def render_to(
        self, job_id: str, path: str | os.PathLike[str], options: Mapping[str, Any] | None = None
    ) -> Path:
        """Save the picture rendered again; the suffix chooses the format unless `options` do."""
        target = Path(path)
        wanted = {"format": format_of(target)} if "format" not in (options or {}) else {}
        picture = self.render(job_id, {**wanted, **(options or {})})
        with whole(target) as file:
            file.write(picture)
        return target

    def preview(self, job_id: str) -> bytes:
        """Return the newest preview of a running job, a JPEG."""
        return self._http.send("GET", _path(job_id, "preview")).content

    def cancel(self, job_id: str) -> Job:
        """Cancel a queued or running job; an ended one is left as it is."""
        return self._http.ask(Job.from_json, "DELETE", _path(job_id), params={"if": "live"})

    def retry(self, job_id: str, *, idempotency_key: str | None = None) -> Job:
        """Retry a failed job; `NotReady` is raised for any other."""
        headers = _idempotent(idempotency_key)
        return self._http.ask(Job.from_json, "POST", _path(job_id, "retry"), headers=headers)

    def fork(
        self,
        job_id: str,
        settings: Mapping[str, Any] | None = None,
        options: Mapping[str, Any] | None = None,
        start: str = "pixels",
        *,
        idempotency_key: str | None = None,
    ) -> Job:
        """Submit a job again with changes, as a new one; nothing is uploaded again.

        `settings` and `options` override the older job's. `start` is `pixels`, where the older job
        ended, or `inputs`, which submits the same pictures again, whatever the job's state.
        """
        body = {"start": start, "settings": settings or {}, "options": options or {}}
        headers = _idempotent(idempotency_key)
        return self._http.ask(
            Job.from_json, "POST", _path(job_id, "fork"), json=body, headers=headers
        )

    def deliveries(self, job_id: str) -> list[Delivery]:
        """Return what was sent to webhooks about a job, newest first."""
        return self._http.ask(deliveries, "GET", _path(job_id, "deliveries"))

    def settings(self) -> SettingsGuide:
        """Return the settings of a picture: their schema, defaults and presets."""
        return self._http.ask(SettingsGuide.from_json, "GET", "/api/v1/settings")

    def workers(self) -> list[Worker]:
        """Return the workers that are online."""

        def build(body: Mapping[str, Any]) -> list[Worker]:
            return [Worker.from_json(worker) for worker in body["workers"]]

        return self._http.ask(build, "GET", "/api/v1/workers")

    def ready(self) -> bool:
        """Return whether the server would accept a job now; a worker need not be online."""
        try:
            self.check_ready()
        except Unavailable:
            return False
        return True

    def check_alive(self) -> None:
        """Raise `UnexpectedAnswer` or `ServerUnreachable` unless a Gramworks server answers."""

        def check(body: Mapping[str, Any]) -> None:
            if body["status"] != "ok":
                raise ValueError(body["status"])

        self._http.ask(check, "GET", "/healthz", repeat=Repeat.NEVER)

    def check_ready(self) -> None:
        """Raise `Unavailable`, which says why, unless the server would accept a job now."""
        self._http.send("GET", "/readyz", repeat=Repeat.NEVER)

    def absolute(self, link: str) -> str:
        """Return the absolute URL of a job's link, such as `job.links["page"]`."""
        return self._http.absolute(link)


def _event_headers(last_id: str | None) -> dict[str, str]:
    headers = {"Accept": "text/event-stream"}
    return headers | ({"Last-Event-ID": last_id} if last_id else {})


def _idempotent(key: str | None) -> dict[str, str]:
    return {"Idempotency-Key": key or uuid4().hex}


def _form(settings: Mapping[str, Any] | None, options: Mapping[str, Any] | None) -> dict[str, str]:
    return {"settings": json.dumps(settings or {}), "options": json.dumps(options or {})}


def _pictures(
    content: Picture | Size, styles: Sequence[Picture | Size], init: Picture | Size | None
) -> list[tuple[str, Picture | Size]]:
    pictures = [("content", content), *(("style", style) for style in styles)]
    return pictures if init is None else [*pictures, ("init", init)]
