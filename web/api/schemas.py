"""The JSON of a job."""

from typing import Any

from flask import url_for

from shared.errors import RecordUnreadable
from shared.job import Job, JobState
from shared.job_store import UnreadableJob
from web.errors import fault
from web.messages.job_log import fallback_sentence, transition_sentence
from web.services import get_services

UNREADABLE = "unreadable"  # the state of a job whose record cannot be read


def job_json(job: Job | UnreadableJob) -> dict[str, Any]:
    """Return the JSON of a job; times are ISO 8601 in UTC."""
    if isinstance(job, UnreadableJob):
        return _unreadable_json(job)
    body = job.model_dump(mode="json")
    return {
        **{name: body[name] for name in ("id", "state", "position")},
        **_expected_times(job),
        **{name: body[name] for name in ("attempt", "progress", "settings", "options")},
        **{name: body[name] for name in ("created_at", "started_at", "finished_at")},
        "inputs": _inputs(job),
        "log": [{**line, "detail": transition_sentence(line)} for line in body["log"]],
        "fallbacks": [{**each, "detail": fallback_sentence(each)} for each in body["fallbacks"]],
        "error": fault(job.error) if job.error else None,
        "renderable": job.float_pixels is not None,
        "shared": job.shared,
        "links": _links(job.id),
    }


def _inputs(job: Job) -> dict[str, Any]:
    """Return the size of each input picture, and the hash of the file that was uploaded."""
    shown = {"width", "height", "sha256"}
    return job.inputs.model_dump(
        include={"content": shown, "styles": {"__all__": shown}, "init": shown}
    )


def _unreadable_json(job: UnreadableJob) -> dict[str, Any]:
    created = job.created_at.isoformat() if job.created_at else None
    return {
        "id": job.id,
        "state": UNREADABLE,
        "created_at": created,
        "error": fault(RecordUnreadable(id=job.id, reason=job.reason)),
        "links": _links(job.id),
    }


def _expected_times(job: Job) -> dict[str, Any]:
    """Return when the job starts and ends, in seconds from now, and what blocks it."""
    times = {"starts_in_seconds": None, "eta_seconds": job.eta_seconds, "waiting": None}
    if job.state is not JobState.QUEUED:
        return times
    forecast = get_services().queue_forecast()
    if blocked_by := forecast.blocked_by(job):
        return {**times, "waiting": fault(blocked_by)}
    estimate = forecast.estimates.get(job.id)
    if estimate is None:
        return times
    start, end = estimate.waits, estimate.waits + estimate.runs
    return {**times, "starts_in_seconds": round(start, 1), "eta_seconds": round(end, 1)}


def _links(job_id: str) -> dict[str, str]:
    """Return where the parts of a job are."""
    return {
        "self": url_for("jobs.show", job_id=job_id),
        "events": url_for("events.stream", job_id=job_id),
        "preview": url_for("jobs.preview", job_id=job_id),
        "result": url_for("jobs.result", job_id=job_id),
        "render": url_for("render.create", job_id=job_id),
        "retry": url_for("jobs.retry", job_id=job_id),
        "fork": url_for("jobs.create_fork", job_id=job_id),
        "share": url_for("share.create", job_id=job_id),
        "page": url_for("job_page.show", job_id=job_id),
    }
