"""A job as programs see it."""

from typing import Any

from flask import url_for

from shared.job import Job, JobState
from web.errors import fault
from web.messages.job_log import fallback, step
from web.services import get_services


def job_json(job: Job) -> dict[str, Any]:
    """Return the JSON of a job; times are ISO 8601 in UTC."""
    body = job.model_dump(mode="json")
    return {
        **{name: body[name] for name in ("id", "state", "position")},
        **_prospect(job),
        **{name: body[name] for name in ("attempt", "progress", "settings", "options")},
        **{name: body[name] for name in ("created_at", "started_at", "finished_at")},
        "log": [{**line, "detail": step(line)} for line in body["log"]],
        "fallbacks": [{**each, "detail": fallback(each)} for each in body["fallbacks"]],
        "error": fault(job.error) if job.error else None,
        "links": links(job.id),
    }


def _prospect(job: Job) -> dict[str, Any]:
    """Return when the job starts and ends, in seconds from now, as far as anybody knows."""
    prospect = {"starts_in_seconds": None, "eta_seconds": job.eta_seconds, "waiting": None}
    return prospect if job.state is not JobState.QUEUED else {**prospect, **_expected(job)}


def _expected(job: Job) -> dict[str, Any]:
    queue_forecast = get_services().queue_forecast()
    if blocked_by := queue_forecast.blocked_by(job):
        return {"waiting": fault(blocked_by)}
    estimate = queue_forecast.estimates.get(job.id)
    if estimate is None:
        return {}
    starts, ends = estimate.waits, estimate.waits + estimate.runs
    return {"starts_in_seconds": round(starts, 1), "eta_seconds": round(ends, 1)}


def links(job_id: str) -> dict[str, str]:
    """Return where the parts of a job are."""
    return {
        "self": url_for("api.show", job_id=job_id),
        "events": url_for("events.stream", job_id=job_id),
        "preview": url_for("api.preview", job_id=job_id),
        "result": url_for("api.result", job_id=job_id),
        "retry": url_for("api.retry", job_id=job_id),
        "page": url_for("pages.show", job_id=job_id),
    }
