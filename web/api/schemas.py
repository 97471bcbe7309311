"""The JSON of a job."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import current_app, request
from werkzeug.routing import Map

from shared.errors import RecordUnreadable
from shared.job import Job, JobState
from shared.job_store import UnreadableJob
from web.errors import fault
from web.messages.job_log import fallback_sentence, transition_sentence
from web.services import get_services

LINKS = {
    "self": "jobs.show",
    "events": "events.stream",
    "preview": "jobs.preview",
    "result": "jobs.result",
    "render": "render.create",
    "retry": "jobs.retry",
    "fork": "jobs.create_fork",
    "share": "share.create",
    "page": "job_page.show",
}
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
        "inputs": _inputs(body["inputs"]),
        "log": [{**line, "detail": transition_sentence(line)} for line in body["log"]],
        "fallbacks": [{**each, "detail": fallback_sentence(each)} for each in body["fallbacks"]],
        "error": fault(job.error) if job.error else None,
        "renderable": job.float_pixels is not None,
        "shared": job.shared,
        "batch": job.batch,
        "links": _links(job.id),
    }


def _inputs(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the size of each input picture, and the hash of the file that was uploaded."""
    styles = [_input(style) for style in inputs["styles"]]
    init = inputs["init"] and _input(inputs["init"])
    return {"content": _input(inputs["content"]), "styles": styles, "init": init}


def _input(image: Mapping[str, Any]) -> dict[str, Any]:
    return {name: image[name] for name in ("width", "height", "sha256")}


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
    estimate = forecast.estimate(job)
    if estimate is None:
        return times
    start, end = estimate.waits, estimate.waits + estimate.runs
    return {**times, "starts_in_seconds": round(start, 1), "eta_seconds": round(end, 1)}


def link(endpoint: str, **values: str) -> str:
    """Return the path of a route, also outside of a request."""
    root = request.script_root if request else ""
    return current_app.url_map.bind("", script_name=root).build(endpoint, values)


def _links(job_id: str) -> dict[str, str]:
    """Return where the parts of a job are."""
    parts = _parts_of_links(current_app.url_map, request.script_root if request else "")
    return {name: f"{before}{job_id}{after}" for name, (before, after) in parts.items()}


@lru_cache(maxsize=16)  # building nine links takes longer than reading the job
def _parts_of_links(routes: Map, root: str) -> dict[str, tuple[str, str]]:
    """Return what is before and after the id in each link of a job."""
    adapter = routes.bind("", script_name=root)
    paths = {name: adapter.build(endpoint, {"job_id": "ID"}) for name, endpoint in LINKS.items()}
    return {name: (path.split("ID")[0], path.split("ID")[1]) for name, path in paths.items()}
