"""The workers that are online, and why some of them claim no jobs."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint

from shared.job_store import Worker
from web.api import examples, models
from web.identity.request_identity import require
from web.openapi.operation import Answer, documented
from web.services import get_services

blueprint = Blueprint("workers", __name__, url_prefix="/api/v1/workers")


@blueprint.get("")
@documented(
    Answer(200, "The workers.", models.Workers, {"two workers": examples.WORKERS}), scope="read"
)
def index() -> dict[str, Any]:
    """List the workers that are online, by name."""
    require("read")
    workers = get_services().workers
    draining = workers.draining()
    return {"workers": [_worker_json(each, each.name in draining) for each in workers.live()]}


def _worker_json(worker: Worker, is_draining: bool) -> dict[str, Any]:
    suspended = None
    if worker.suspended_until is not None:
        until = datetime.fromtimestamp(worker.suspended_until, UTC).isoformat()
        suspended = {"until": until, "reason": worker.suspended_reason}
    return {
        "name": worker.name,
        "device": worker.device,
        "pixels": worker.pixels,
        "draining": is_draining,
        "suspended": suspended,
    }
