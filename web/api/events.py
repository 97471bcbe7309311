"""A job's events as server-sent events, which a reader can leave and take up again."""

import re
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, json, request, stream_with_context, url_for

from shared.errors import JobNotFound, StoreUnavailable
from shared.job import Job, JobState
from shared.job_store import Event, JobStore
from web.api.schemas import job_json
from web.services import get_services

blueprint = Blueprint("events", __name__, url_prefix="/api/v1")
KEEP_ALIVE = ": keep-alive\n\n"
WHOLE = {"state", "fallback"}  # told by the job as it stands
_ID = re.compile(r"\d{1,16}-\d{1,16}", re.ASCII)


@blueprint.get("/jobs/<job_id>/events")
def stream(job_id: str) -> Response:
    """Tell a job's story from now on, or from `Last-Event-ID` on, until it ends."""
    get_services().jobs.get(job_id)  # there is no story of a job that is not
    last = request.headers.get("Last-Event-ID", "")
    messages = _messages(get_services().jobs, job_id, last if _ID.fullmatch(last) else None)
    return Response(
        stream_with_context(messages),
        mimetype="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )


def _messages(jobs: JobStore, job_id: str, after: str | None) -> Iterator[str]:
    try:
        yield from _told(jobs, job_id, after)
    except (JobNotFound, StoreUnavailable):
        return  # deleted, or Redis is away: the reader asks again and gets the answer to that


def _told(jobs: JobStore, job_id: str, after: str | None) -> Iterator[str]:
    # The position is taken before the record is read, so that nothing falls between the two.
    newest = jobs.last_event_id(job_id)
    job = jobs.get(job_id)
    shown: dict[str, Any] = {}
    if after is None or job.ended or not jobs.has_event(job_id, after):
        after = newest  # what came between may be trimmed: the job as it stands tells it
        shown = job_json(job)
        yield _message("job", newest, shown)
    if not job.ended:
        yield KEEP_ALIVE  # a server sends the headers with the first words, and not before
        yield from _going_on(jobs, job_id, after, shown)


def _going_on(jobs: JobStore, job_id: str, after: str, shown: dict[str, Any]) -> Iterator[str]:
    for event in jobs.events(job_id, after):
        if event is None:
            before, shown = shown, _waiting(jobs.get(job_id))
            yield _message("job", after, shown) if shown and shown != before else KEEP_ALIVE
            continue
        after = event.id
        if event.kind not in WHOLE:
            yield _message(event.kind, event.id, _data(job_id, event))
            continue
        job = jobs.get(job_id)
        shown = job_json(job)
        yield _message("job", event.id, shown)
        if job.ended:
            return


def _waiting(job: Job) -> dict[str, Any]:
    """Return a queued job as it stands: its place and its time change without an event."""
    return job_json(job) if job.state is JobState.QUEUED else {}


def _data(job_id: str, event: Event) -> Any:
    if event.kind == "preview":
        return {"href": url_for("api.preview", job_id=job_id, evaluation=event.data)}
    return json.loads(event.data)


def _message(kind: str, event_id: str, data: Any) -> str:
    return f"event: {kind}\nid: {event_id}\ndata: {json.dumps(data)}\n\n"
