"""The page for operators: what each worker does, and the queue, whose jobs can be moved."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from flask import Blueprint, Response, redirect, render_template, request, url_for
from pydantic import BaseModel
from werkzeug.wrappers import Response as AnyResponse

from shared.config import Config
from shared.errors import GramworksError, NotLive, NotQueued, WorkerNotFound
from shared.forecast import seconds
from shared.job import Job, Priority
from shared.job_store import UnreadableJob
from shared.job_store.queue import QueueHead
from shared.settings import DEFAULT_PRESET, PRESETS, StyleSettings, validate
from web.api.changes import JobChange, change_job
from web.api.schemas import expected_times
from web.api.workers import WorkerChange, drain, workers_json
from web.errors import problem, status_of
from web.identity import csrf
from web.identity.load_job import load_record
from web.identity.request_identity import require
from web.pages.formatting import sent_value
from web.queue_forecast import Need
from web.services import get_services

blueprint = Blueprint("workers_page", __name__, url_prefix="/workers")
SHOWN = 50  # jobs of each priority: reading them costs the same for every length of the queue
SHOWN_SILENT = 10
TYPICAL_SIZE = 600, 400  # of the picture for which the page says how long a worker takes
Model = TypeVar("Model", bound=BaseModel)


@blueprint.get("")
def index() -> str:
    """Show the workers and the queue."""
    require("operate")
    return _page()


@blueprint.post("/<worker>")
def change_worker(worker: str) -> AnyResponse:
    """Drain a worker or undo that, or show the page with the error."""
    require("operate")
    wanted = _sent("worker", WorkerChange)
    try:
        drain(worker, is_draining=wanted.draining)
    except WorkerNotFound as error:
        return Response(_page(error), status_of(error))
    return redirect(url_for(".index"), 303)


@blueprint.post("/queue/<job_id>")
def move(job_id: str) -> AnyResponse:
    """Give a queued job another priority or place, or show the page with the error."""
    load_record(job_id, "operate")
    try:
        change_job(job_id, _sent("change", JobChange))
    except (NotLive, NotQueued) as error:  # it has started or ended meanwhile
        return Response(_page(error), status_of(error))
    return redirect(url_for(".index", _anchor=f"job-{job_id}"), 303)


def start_command(config: Config) -> str:
    """Return the command that starts a worker of this deployment; it shows no password."""
    if config.worker_command:
        return config.worker_command
    redis = re.sub(r"//[^/]*@", "//PASSWORD@", config.redis_url)
    settings = {"REDIS_URL": redis, "GRAMWORKS_DATA": str(config.data.absolute())}
    if config.images:
        settings["GRAMWORKS_IMAGES"] = config.images
    given = " ".join(f"{name}={shlex.quote(value)}" for name, value in settings.items())
    return f"{given} python -m worker"


def _sent(name: str, model: type[Model]) -> Model:
    """Return a form's fields as the API's body for the same change."""
    fields = {key: value for key, value in request.form.items() if key != csrf.FIELD}
    return validate(name, model, {key: sent_value(value) for key, value in fields.items()})


def _page(error: GramworksError | None = None) -> str:
    services = get_services()
    heads = services.queue.heads(SHOWN)
    ids = [job_id for head in heads.values() for job_id in head.job_ids]
    jobs = {job.id: job for job in services.jobs.get_all(ids)}
    queue = {priority: _priority_view(head, jobs) for priority, head in heads.items()}
    return render_template(
        "workers.html",
        error=problem(error) if error else None,
        running=services.queue.running_count(),
        queued=sum(head.length for head in heads.values()),
        workers=[_worker_view(each, list(jobs.values())) for each in workers_json()],
        silent=[
            {"name": name, "heard_at": datetime.fromtimestamp(heard, UTC).isoformat()}
            for name, heard in services.workers.silent(SHOWN_SILENT).items()
        ],
        command=start_command(services.config),
        preset=DEFAULT_PRESET,
        typical_size=TYPICAL_SIZE,
        queue=queue,
        higher=dict(_neighbours(list(queue))),
        lower=dict(_neighbours(list(queue)[::-1])),
    )


def _neighbours(priorities: Sequence[Priority]) -> Iterator[tuple[Priority, Priority]]:
    """Yield each priority that has one before it, and that one."""
    return zip(priorities[1:], priorities, strict=False)


def _priority_view(head: QueueHead, jobs: Mapping[str, Job | UnreadableJob]) -> dict[str, Any]:
    # a job that ends between the two reads is gone
    shown = [_job_view(jobs[job_id]) for job_id in head.job_ids if job_id in jobs]
    return {"count": head.length, "jobs": shown, "more": max(0, head.length - len(head.job_ids))}


def _job_view(job: Job | UnreadableJob) -> dict[str, Any]:
    if isinstance(job, UnreadableJob):
        return {"id": job.id, "owner": job.owner, "is_readable": False}
    rows, columns = job.result_shape
    return {
        "id": job.id,
        "owner": job.owner,
        "is_readable": True,
        "rows": rows,
        "columns": columns,
        "position": job.position,
        **expected_times(job),
    }


def _worker_view(
    worker: Mapping[str, Any], queued: Sequence[Job | UnreadableJob]
) -> dict[str, Any]:
    """Return a worker with its age, its speed in words, and what it is too small for."""
    since = worker["online_since"]
    age = None if since is None else datetime.now(UTC) - datetime.fromisoformat(since)
    sizes = [job.pixels for job in queued if isinstance(job, Job)]
    return {
        **worker,
        "age_seconds": age and age.total_seconds(),
        "typical_seconds": _typical_seconds(worker),
        "too_large": sum(size > worker["pixels"] for size in sizes),
        "fitting": sum(size <= worker["pixels"] for size in sizes),
    }


def _typical_seconds(worker: Mapping[str, Any]) -> float | None:
    if not worker["speed"] or worker["overhead_seconds"] is None:
        return None
    work = Need.of(StyleSettings(**PRESETS[DEFAULT_PRESET]), *TYPICAL_SIZE).work
    return seconds(work, worker["speed"], worker["overhead_seconds"])
