"""What each operation of `jobs` takes and answers."""

from dataclasses import replace

from shared.errors import (
    NotFailed,
    NothingToFork,
    NotReady,
    ObjectNotFound,
    PixelsGone,
    RecordUnreadable,
    RenderingBusy,
    TooLongForFormat,
)
from web.api import examples, models
from web.api.queries import DeleteQuery, ListQuery, PreviewQuery, ResultQuery
from web.api.render import PICTURE
from web.api.trash_models import EndedJob
from web.intake.fork import Fork
from web.intake.submission import JobForm
from web.openapi.headers import IDEMPOTENCY_KEY, PREFER
from web.openapi.operation import Answer, Body, documented
from web.openapi.problems import (
    HASH,
    OF_JSON,
    OF_SIZES,
    OF_STYLES,
    OF_SUBMISSIONS,
    OF_UPLOADS,
)

FORM = Body(
    JobForm,
    {
        "the default preset": {
            "content": "the bytes of photo.jpg",
            "style": ["the bytes of painting.jpg"],
            "settings": {"preset": "balanced", "size": 600},
        },
        "pictures by URL and by hash": {
            "content_url": "https://pictures.example/photo.jpg",
            "style_sha256": [HASH],
            "settings": {"preset": "balanced"},
        },
        "two styles, low priority": {
            "content": "the bytes of photo.jpg",
            "style": ["the bytes of painting.jpg", "the bytes of etching.png"],
            "settings": {"preset": "draft", "style_blend": [2, 1]},
            "options": {"priority": "low"},
        },
    },
    media_type="multipart/form-data",
    parts={
        **dict.fromkeys(("content", "style", "init"), "image/*, application/octet-stream"),
        **dict.fromkeys(("settings", "options"), "application/json"),
    },
    is_required=True,
)
FORK_BODY = Body(
    Fork,
    {
        "paint on": {"settings": {"iterations": 20}},
        "the same pictures once more": {"start": "inputs", "settings": {"strength": 70}},
    },
)
ACCEPTED = Answer(
    202,
    "The job, which has not ended, or was not waited for.",
    models.Job,
    {"queued": examples.queued_job},
    headers=("Location", "Preference-Applied"),
)
ENDED = Answer(
    200,
    "The job, which ended while the request waited.",
    models.Job,
    {"succeeded": examples.succeeded_job},
    headers=("Location", "Preference-Applied"),
)
CREATE = documented(
    ACCEPTED,
    ENDED,
    scope="submit",
    bodies=(FORM,),
    headers=(IDEMPOTENCY_KEY, PREFER),
    errors=(*OF_UPLOADS, *OF_SUBMISSIONS),
    is_counted=True,
)
INDEX = documented(
    Answer(200, "A page of jobs.", models.JobPage, {"two jobs": examples.page}),
    scope="read",
    query=ListQuery,
)
SHOW = documented(
    Answer(
        200,
        "The job.",
        models.Job,
        {
            "queued": examples.queued_job,
            "waiting for a worker": examples.blocked_job,
            "running": examples.running_job,
            "paused": examples.paused_job,
            "to be stopped": examples.stopping_job,
            "succeeded": examples.succeeded_job,
            "failed": examples.failed_job,
        },
        headers=("Preference-Applied",),
    ),
    scope="read",
    headers=(PREFER,),
    errors=(RecordUnreadable,),
)
DELETE = documented(
    Answer(
        200,
        "The job, cancelled or in the trash.",
        EndedJob,
        {"cancelled": examples.cancelled_job, "in the trash": examples.trashed_job},
    ),
    Answer(204, "The job was deleted for good."),
    scope="submit",
    query=DeleteQuery,
    errors=(RecordUnreadable,),
)
RETRY = documented(
    replace(ACCEPTED, headers=("Preference-Applied",)),
    replace(ENDED, headers=("Preference-Applied",)),
    scope="submit",
    headers=(IDEMPOTENCY_KEY, PREFER),
    errors=(*OF_SUBMISSIONS, NotFailed, RecordUnreadable),
    is_counted=True,
)
FORK = documented(
    ACCEPTED,
    ENDED,
    scope="submit",
    bodies=(FORK_BODY,),
    headers=(IDEMPOTENCY_KEY, PREFER),
    errors=(
        *OF_JSON,
        *OF_SIZES,
        *OF_STYLES,
        *OF_SUBMISSIONS,
        NothingToFork,
        ObjectNotFound,
        PixelsGone,
        RecordUnreadable,
    ),
    is_counted=True,
)
RESULT = documented(
    PICTURE,
    scope="read",
    query=ResultQuery,
    errors=(
        NotReady,
        ObjectNotFound,
        PixelsGone,
        RecordUnreadable,
        RenderingBusy,
        TooLongForFormat,
    ),
)
PREVIEW = documented(
    Answer(200, "The preview.", media_types=("image/jpeg",)),
    scope="read",
    query=PreviewQuery,
    errors=(NotReady, ObjectNotFound, RecordUnreadable),
)
