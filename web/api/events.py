"""A job's events as server-sent events, which a client can resume."""

import re
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, json, request, stream_with_context, url_for

from shared.errors import GramworksError
from shared.job import Job, JobState
from shared.job_store import Event
from web.api.schemas import job_json
from web.identity.load_job import load_job
from web.services import Services, get_services

blueprint = Blueprint("events", __name__, url_prefix="/api/v1/jobs")
KEEP_ALIVE = ": keep-alive\n\n"
WHOLE_JOB = {"state", "fallback"}  # kinds for which the whole job is sent
PARTS = {"progress", "preview"}  # kinds that are sent as they are; unknown kinds are ignored
_ID = re.compile(r"\d{1,16}-\d{1,16}", re.ASCII)


@blueprint.get("/<job_id>/events")
def stream(job_id: str) -> Response:
    """Send a job's events from now on, or after `Last-Event-ID`, until it ends."""
    services = get_services()
    load_job(job_id, "read")  # raises JobNotFound before the stream starts
    last_id = request.headers.get("Last-Event-ID", "")
    after = last_id if _ID.fullmatch(last_id) else None
    return Response(
        stream_with_context(_messages(services, job_id, after)),
        mimetype="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )


def _messages(services: Services, job_id: str, after: str | None) -> Iterator[str]:
    try:
        yield from _from_start(services, job_id, after)
    except GramworksError:
        return  # deleted, unreadable, or Redis is down: the client reconnects and gets the error


def _from_start(services: Services, job_id: str, after: str | None) -> Iterator[str]:
    # The position is read before the record, so that no event is missed in between.
    newest = services.events.last_id(job_id)
    job = services.jobs.get(job_id)
    sent: dict[str, Any] = {}
    if after is None or job.ended or not services.events.has(job_id, after):
        after = newest  # events in between may be deleted; the job has their result
        sent = job_json(job)
        yield _message("job", newest, sent)
    if not job.ended:
        yield KEEP_ALIVE  # gunicorn sends the headers with the first bytes
        yield from _following(services, job_id, after, sent)


def _following(services: Services, job_id: str, after: str, sent: dict[str, Any]) -> Iterator[str]:
    for event in services.events.follow(job_id, after):
        if event is None:
            before, sent = sent, _queued_json(services.jobs.get(job_id))
            yield _message("job", after, sent) if sent and sent != before else KEEP_ALIVE
            continue
        after = event.id
        if event.kind in WHOLE_JOB:
            job = services.jobs.get(job_id)
            sent = job_json(job)
            yield _message("job", event.id, sent)
            if job.ended:
                return
        elif event.kind in PARTS:
            yield _message(event.kind, event.id, _data(job_id, event))


def _queued_json(job: Job) -> dict[str, Any]:
    """Return a queued job's JSON, whose position and times change without an event."""
    return job_json(job) if job.state is JobState.QUEUED else {}


def _data(job_id: str, event: Event) -> Any:
    if event.kind == "preview":
        return {"href": url_for("jobs.preview", job_id=job_id, evaluation=event.data)}
    return json.loads(event.data)


def _message(kind: str, event_id: str, data: Any) -> str:
    return f"event: {kind}\nid: {event_id}\ndata: {json.dumps(data)}\n\n"
