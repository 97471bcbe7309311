"""The workers that are online: what each does, why it claims no jobs, and draining it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, current_app, request
from pydantic import BaseModel

from shared.errors import ClaimsNothing, WorkerDraining, WorkerNotFound, WorkerSuspended
from shared.job import Job
from shared.job_store import Worker
from shared.settings import OF_REQUESTS, read_object, validate
from web.api import examples
from web.api import worker_models as models
from web.errors import fault
from web.identity.request_identity import get_identity, require
from web.openapi.operation import Answer, Body, documented
from web.openapi.problems import OF_JSON
from web.services import get_services

blueprint = Blueprint("workers", __name__, url_prefix="/api/v1/workers")


class WorkerChange(BaseModel):
    """A change of a worker."""

    model_config = OF_REQUESTS

    draining: bool
    """`true` lets the worker finish its job and claim no more; `false` lets it claim jobs again."""


@blueprint.get("")
@documented(
    Answer(200, "The workers.", models.Workers, {"two workers": examples.workers}), scope="read"
)
def index() -> dict[str, Any]:
    """List the workers that are online, by name."""
    require("read")
    return {"workers": workers_json()}


@blueprint.patch("/<worker>")
@documented(
    Answer(200, "The worker.", models.Worker, {"draining": examples.draining_worker}),
    scope="operate",
    bodies=(Body(WorkerChange, {"drain it": {"draining": True}}, is_required=True),),
    errors=OF_JSON,
)
def update(worker: str) -> dict[str, Any]:
    """Drain a worker, or undo that."""
    require("operate")
    request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]
    body = read_object("worker", request.get_data(as_text=True))
    wanted = validate("worker", WorkerChange, body)
    drain(worker, is_draining=wanted.draining)
    for listed in workers_json():
        if listed["name"] == worker:
            return listed
    raise WorkerNotFound(name=worker)


def drain(worker: str, *, is_draining: bool) -> None:
    """Let a worker claim no more jobs, or claim jobs again; raise WorkerNotFound if it is gone."""
    services = get_services()
    services.workers.set_draining(worker, is_draining=is_draining)
    if not is_draining:
        services.wake()


def claims_nothing(worker: Worker, *, is_draining: bool) -> ClaimsNothing | None:
    """Return why a worker claims no jobs; None if it does."""
    if is_draining:
        return WorkerDraining()
    if worker.suspended_until is not None:
        until = _time(worker.suspended_until)
        return WorkerSuspended(until=until, reason=worker.suspended_reason)
    return None


def workers_json() -> list[dict[str, Any]]:
    """Return the workers that are online, by name."""
    services = get_services()
    draining = services.workers.draining()
    jobs = {job.worker: job for job in services.jobs.running() if job.worker}
    return [
        _worker_json(worker, jobs, is_draining=worker.name in draining)
        for worker in services.workers.live()
    ]


def _worker_json(worker: Worker, jobs: Mapping[str, Job], *, is_draining: bool) -> dict[str, Any]:
    blocked_by = claims_nothing(worker, is_draining=is_draining)
    job = jobs.get(worker.name)
    suspended = None
    if worker.suspended_until is not None:
        suspended = {"until": _time(worker.suspended_until), "reason": worker.suspended_reason}
    return {
        "name": worker.name,
        "device": worker.device,
        "pixels": worker.pixels,
        "memory_bytes": worker.memory.total if worker.memory else None,
        "speed": worker.speed,
        "overhead_seconds": worker.overhead,
        "online_since": None if worker.since is None else _time(worker.since),
        "job": _job_json(job) if job else None,
        "draining": is_draining,
        "suspended": suspended,
        "blocked_by": fault(blocked_by) if blocked_by else None,
    }


def _job_json(job: Job) -> dict[str, Any]:
    """Return how far a worker's job is; its id only to its owner and to operators."""
    identity = get_identity()
    is_visible = job.owner == identity.owner or identity.has("operate")
    return {
        "id": job.id if is_visible else None,
        "held_since": job.held_since.isoformat() if job.held_since else None,
        "fraction": job.progress.fraction if job.progress else None,
        "eta_seconds": job.eta_seconds,
    }


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
