"""The JSON of a job."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from flask import current_app, request
from werkzeug.routing import Map

from shared.errors import Paused, RecordUnreadable
from shared.job import Job, JobState
from shared.job_store import UnreadableJob
from web.deletion import kept_until
from web.errors import fault
from web.messages.job_log import fallback_sentence, transition_sentence
from web.messages.languages import current_language
from web.queue_forecast import Need
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
    "deliveries": "webhooks.of_job",
    "page": "job_page.show",
}
UNREADABLE = "unreadable"  # the state of a job whose record cannot be read


def job_json(job: Job | UnreadableJob, language: str | None = None) -> dict[str, Any]:
    """Return the JSON of a job; times are ISO 8601 in UTC.

    Args:
        job: the job.
        language: the one that is spoken, if the caller knows it.
    """
    if isinstance(job, UnreadableJob):
        return _unreadable_json(job)
    body, language = job.model_dump(mode="json"), language or current_language()
    return {
        **{name: body[name] for name in ("id", "state", "position")},
        "paused": job.is_paused,
        **{name: body[name] for name in ("pending", "stopped_after")},
        **expected_times(job),
        **{name: body[name] for name in ("attempt", "progress", "settings", "options")},
        **{name: body[name] for name in ("created_at", "started_at", "finished_at")},
        "inputs": _inputs(body["inputs"]),
        "log": [{**line, "detail": transition_sentence(line, language)} for line in body["log"]],
        "fallbacks": [{**each, "detail": fallback_sentence(each)} for each in body["fallbacks"]],
        "error": fault(job.error) if job.error else None,
        "renderable": job.float_pixels is not None,
        "shared": job.shared,
        "batch": job.batch,
        "links": _links(job.id),
    }


def trashed_json(job: Job | UnreadableJob) -> dict[str, Any]:
    """Return the JSON of a job in the trash: when it was deleted, and how long it is kept."""
    times: dict[str, str | None] = {"deleted_at": None, "kept_until": None}
    if at := job.deleted_at:
        until = kept_until(get_services().config, at)
        times = {"deleted_at": _iso(at), "kept_until": _iso(until)}
    body = job_json(job)
    links = {name: body["links"][name] for name in ("self", "page")}
    return {**body, **times, "links": {**links, "restore": link("trash.restore", job_id=job.id)}}


def _iso(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")


def _inputs(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the size of each input picture, and the hash of the file that was uploaded."""
    styles = [_input(style) for style in inputs["styles"]]
    init = inputs["init"] and _input(inputs["init"])
    return {"content": _input(inputs["content"]), "styles": styles, "init": init}


def _input(image: Mapping[str, Any]) -> dict[str, Any]:
    return {name: image[name] for name in ("width", "height", "sha256")}


def _unreadable_json(job: UnreadableJob) -> dict[str, Any]:
    created = _iso(job.created_at) if job.created_at else None
    return {
        "id": job.id,
        "state": UNREADABLE,
        "created_at": created,
        "error": fault(RecordUnreadable(id=job.id, reason=job.reason)),
        "links": _links(job.id),
    }


def expected_times(job: Job) -> dict[str, Any]:
    """Return when the job starts and ends, in seconds from now, and what blocks it."""
    times = {"starts_in_seconds": None, "eta_seconds": job.eta_seconds, "waiting": None}
    if job.state is not JobState.QUEUED:
        return times
    if job.is_paused:
        return {**times, "waiting": fault(Paused())}
    forecast, need = get_services().queue_forecast(), Need.of_job(job)
    if blocked_by := forecast.blocked_by(need):
        return {**times, "waiting": fault(blocked_by)}
    estimate = forecast.estimate(job.position, need)
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


@lru_cache(maxsize=16)  # building ten links takes longer than reading the job
def _parts_of_links(routes: Map, root: str) -> dict[str, tuple[str, str]]:
    """Return what is before and after the id in each link of a job."""
    adapter = routes.bind("", script_name=root)
    paths = {name: adapter.build(endpoint, {"job_id": "ID"}) for name, endpoint in LINKS.items()}
    return {name: (path.split("ID")[0], path.split("ID")[1]) for name, path in paths.items()}
