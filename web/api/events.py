"""A job's events as server-sent events, which a client can resume."""

import re
from typing import cast

from flask import Blueprint, Flask, Response, current_app, request

from shared.errors import RecordUnreadable
from web.api import examples, models
from web.identity.load_job import load_job
from web.openapi.operation import Answer, documented
from web.services import get_services
from web.streams.event_stream import EventStream
from web.streams.hub import Hub

blueprint = Blueprint("events", __name__, url_prefix="/api/v1/jobs")
HAND_OVER = "gramworks.hand_over"  # in a WSGI environ: the server lets streams take their socket
_ID = re.compile(r"\d{1,16}-\d{1,16}", re.ASCII)
_KEY = "gramworks.hub"


def install(app: Flask) -> None:
    """Create the hub of the application's streams."""
    with app.app_context():
        services = get_services()
    app.extensions[_KEY] = Hub(app, services.events, services.jobs)


def get_hub() -> Hub:
    """Return the hub of the application that handles this request."""
    return cast(Hub, current_app.extensions[_KEY])


@blueprint.get("/<job_id>/events")
@documented(
    Answer(
        200,
        "Server-sent events, of which each is one of these; their data is JSON.",
        examples={
            "job": examples.running_job,
            "progress": examples.progress,
            "preview": examples.preview,
        },
        events={
            "job": models.Job,
            "progress": models.ProgressEvent,
            "preview": models.PreviewEvent,
        },
    ),
    scope="read",
    headers=("Last-Event-ID",),
    errors=(RecordUnreadable,),
)
def stream(job_id: str) -> Response:
    """Send a job's events from now on, or after `Last-Event-ID`, until it ends.

    `job` is the whole job. It comes first, and again at each change of state and each fallback.
    `progress` and `preview` say how far a running job is. After five seconds without an event, a
    comment is sent. If a queued job's position or times changed, `job` comes again under the last
    event's id. The stream ends after the job has ended.
    """
    services = get_services()
    load_job(job_id, "read")  # raises JobNotFound before the stream starts
    last_id = request.headers.get("Last-Event-ID", "")
    body = EventStream(
        services,
        get_hub(),
        job_id,
        hands_over=HAND_OVER in request.environ,
    )
    return Response(
        body.begin(last_id if _ID.fullmatch(last_id) else None),
        mimetype="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )
