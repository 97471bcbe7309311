"""What a job would take, before it is submitted."""

from typing import Any

from flask import Blueprint, current_app, request

from shared.errors import RateLimited, WorkerTooSmall
from shared.forecast import seconds
from shared.job_store import Worker
from shared.settings import read_object
from web.api import examples
from web.api.job_operations import FORM
from web.api.worker_models import Estimate
from web.api.workers import claims_nothing
from web.errors import fault
from web.identity.request_identity import count_submission, get_identity, require
from web.intake.estimate import (
    EstimateRequest,
    JobEstimate,
    estimate,
    plan_of_sizes,
    plan_of_upload,
)
from web.intake.submission import read_upload
from web.openapi.operation import Answer, Body, documented
from web.openapi.problems import OF_UPLOADS
from web.services import get_services

blueprint = Blueprint("estimate", __name__, url_prefix="/api/v1/estimate")
SIZES = Body(
    EstimateRequest,
    {
        "the default preset": {
            "content": {"width": 1600, "height": 1200},
            "styles": [{"width": 1024, "height": 768}],
            "settings": {"preset": "balanced", "size": 600},
        },
    },
    is_required=True,
)


@blueprint.post("")
@documented(
    Answer(200, "The estimate.", Estimate, {"a small result": examples.estimate}),
    scope="submit",
    bodies=(SIZES, FORM),
    errors=(*OF_UPLOADS, RateLimited),
    is_counted=True,
)
def create() -> dict[str, Any]:
    """Say what the job would take that a form of `POST /jobs`, or a JSON object, describes.

    Nothing is stored. A form is counted as a submission, since its pictures are decoded.
    """
    require("submit")
    services, owner = get_services(), get_identity().owner
    if request.mimetype == "multipart/form-data":
        count_submission()  # decoding its pictures takes as much as a submission does
        planned = plan_of_upload(read_upload(services, owner, request.files, request.form))
    else:
        request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]
        body = read_object("estimate", request.get_data(as_text=True))
        planned = plan_of_sizes(services, body)
    return _estimate_json(estimate(services, owner, planned))


def _estimate_json(made: JobEstimate) -> dict[str, Any]:
    need, times = made.need, made.times
    workers = [_worker_json(worker, made) for worker in made.workers]
    could_take = [worker for worker in workers if worker["blocked_by"] is None]
    start, end = (times.waits, times.waits + times.runs) if times else (None, None)
    return {
        "settings": made.planned.settings.model_dump(mode="json"),
        "result": {"width": need.columns, "height": need.rows, "pixels": need.pixels},
        "work": need.work,
        "memory_bytes": next((worker["memory_bytes"] for worker in could_take), None),
        "position": made.position,
        "starts_in_seconds": _rounded(start),
        "runs_seconds": _rounded(times.runs if times else None),
        "eta_seconds": _rounded(end),
        "refused": fault(made.refused_by) if made.refused_by else None,
        "waiting": fault(made.blocked_by) if made.blocked_by else None,
        "workers": workers,
    }


def _worker_json(worker: Worker, made: JobEstimate) -> dict[str, Any]:
    """Return what the job would take on a worker, or why the worker would not take it."""
    blocked_by = claims_nothing(worker, is_draining=worker.name in made.draining)
    if worker.pixels < made.need.pixels:
        blocked_by = WorkerTooSmall(maximum=worker.pixels)
    runs = None
    if worker.speed and worker.overhead is not None:
        runs = seconds(made.need.work, worker.speed, worker.overhead)
    return {
        "name": worker.name,
        "device": worker.device,
        "runs_seconds": _rounded(runs),
        "memory_bytes": worker.memory.needed(made.need.pixels) if worker.memory else None,
        "blocked_by": fault(blocked_by) if blocked_by else None,
    }


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 1)
