"""Health, for machines: is the process up, and can it do its work."""

from typing import Any

from flask import Blueprint

from web.services import get_services

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> dict[str, Any]:
    """Say that the process answers."""
    return {"status": "ok"}


@blueprint.get("/readyz")
def readyz() -> dict[str, Any]:
    """Say that Redis and the image store answer too; 503 otherwise."""
    services = get_services()
    services.jobs.ping()
    services.objects.check()
    return {"status": "ready", "workers": len(services.workers.live())}
