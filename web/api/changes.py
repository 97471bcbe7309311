"""Changing a queued or running job: its priority, its place, pausing it, stopping it early."""

from typing import Any, Literal, Self

from flask import Blueprint, current_app, request
from pydantic import BaseModel, ConfigDict, model_validator

from shared.errors import (
    JobPaused,
    NotLive,
    NotQueued,
    NotRunning,
    OwnerQuotaReached,
    QueueFull,
    RecordUnreadable,
)
from shared.job import Priority
from shared.job_store import Change
from shared.settings import OF_REQUESTS, read_object, validate
from web.api import examples, models
from web.api.schemas import job_json
from web.identity.load_job import load_job, load_record
from web.intake.limits import owner_bounds, queue_bounds
from web.openapi.operation import Answer, Body, documented
from web.openapi.problems import OF_JSON
from web.services import get_services

blueprint = Blueprint("changes", __name__, url_prefix="/api/v1/jobs")


class JobChange(BaseModel):
    """A change of a job. What is left out stays as it is."""

    model_config = ConfigDict(**OF_REQUESTS, json_schema_extra={"minProperties": 1})

    priority: Priority | None = None
    """The new priority of a queued job, which goes behind its owner's others of that priority."""

    front: Literal[True] | None = None
    """Moves a queued job before its owner's others of the same priority. The places of other
    owners' jobs stay as they are."""

    paused: bool | None = None
    """`true` keeps a queued job out of the queue; a running one saves a checkpoint and leaves its
    worker. `false` queues it again, behind its owner's others."""

    stop: Literal[True] | None = None
    """Ends a running job as succeeded with the pixels that it has. It goes with no other change."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        chosen = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if not chosen:
            raise ValueError("it needs one of priority, front, paused and stop")
        if self.stop and len(chosen) > 1:
            raise ValueError("stop goes with no other change")
        return self


BODY = Body(
    JobChange,
    {
        "to the front": {"front": True},
        "another priority": {"priority": "low"},
        "pause": {"paused": True},
        "stop with what it has": {"stop": True},
    },
    is_required=True,
)


@blueprint.patch("/<job_id>")
@documented(
    Answer(
        200,
        "The job.",
        models.Job,
        {"paused": examples.paused_job, "to be stopped": examples.stopping_job},
    ),
    scope="submit",
    bodies=(BODY,),
    errors=(
        *OF_JSON,
        JobPaused,
        NotLive,
        NotQueued,
        NotRunning,
        OwnerQuotaReached,
        QueueFull,
        RecordUnreadable,
    ),
)
def update(job_id: str) -> dict[str, Any]:
    """Change a job. Of a running one, `pending` then says what its worker is still to do."""
    load_record(job_id, "submit")
    request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]
    body = read_object("change", request.get_data(as_text=True))
    wanted = validate("change", JobChange, body)
    change_job(job_id, wanted)
    return job_json(load_job(job_id, "submit"))


def change_job(job_id: str, wanted: JobChange) -> None:
    """Make a change of a job that the request may change."""
    services = get_services()
    if wanted.stop:
        services.changes.stop(job_id)
    else:
        change = Change(wanted.priority, bool(wanted.front), wanted.paused)
        bounds = queue_bounds(services.config), owner_bounds(services.config)
        services.changes.change(job_id, change, *bounds)
    if wanted.paused is False:
        services.wake()
