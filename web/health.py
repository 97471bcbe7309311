"""Health checks: whether the process answers, and whether it can accept a job."""

from typing import Any

from flask import Blueprint

from shared.errors import QueueFull, StorageFull, StoreUnavailable
from web.api import models
from web.identity.request_identity import public
from web.intake.limits import check_room
from web.openapi.operation import Answer, documented
from web.services import get_services

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@documented(Answer(200, "It does.", models.Alive, {"alive": {"status": "ok"}}))
@public
def healthz() -> dict[str, Any]:
    """Report that the process answers."""
    return {"status": "ok"}


@blueprint.get("/readyz")
@documented(
    Answer(200, "It would.", models.Ready, {"ready": {"status": "ready", "workers": 2}}),
    errors=(QueueFull, StorageFull, StoreUnavailable),
)
@public
def readyz() -> dict[str, Any]:
    """Report that a job would be accepted: Redis and the object store answer and have room."""
    services = get_services()
    services.objects.check()
    check_room(services)
    return {"status": "ready", "workers": len(services.workers.live())}
