"""What each operation of `jobs` takes and answers."""

from shared.errors import (
    InitMissing,
    InitOfOtherShape,
    InitUnused,
    MissingFile,
    NotFailed,
    NothingToFork,
    NotReady,
    ObjectNotFound,
    PixelsGone,
    RecordUnreadable,
    RenderingBusy,
    TooLongForFormat,
    TooManyFiles,
    UnknownField,
)
from web.api import examples, models
from web.api.queries import DeleteQuery, ListQuery, PreviewQuery, ResultQuery
from web.api.render import PICTURE
from web.intake.fork import Fork
from web.intake.submission import JobForm
from web.openapi.headers import IDEMPOTENCY_KEY
from web.openapi.operation import Answer, Body, documented
from web.openapi.problems import (
    OF_FORMS,
    OF_JSON,
    OF_PICTURES,
    OF_SIZES,
    OF_STYLES,
    OF_SUBMISSIONS,
)

FORM = Body(
    JobForm,
    {
        "the default preset": {
            "content": "the bytes of photo.jpg",
            "style": ["the bytes of painting.jpg"],
            "settings": {"preset": "balanced", "size": 600},
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
    202, "The job.", models.Job, {"queued": examples.queued_job}, headers=("Location",)
)
CREATE = documented(
    ACCEPTED,
    scope="submit",
    body=FORM,
    headers=(IDEMPOTENCY_KEY,),
    errors=(
        *OF_FORMS,
        *OF_PICTURES,
        *OF_SIZES,
        *OF_STYLES,
        *OF_SUBMISSIONS,
        MissingFile,
        TooManyFiles,
        UnknownField,
        InitMissing,
        InitUnused,
        InitOfOtherShape,
    ),
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
            "succeeded": examples.succeeded_job,
            "failed": examples.failed_job,
        },
    ),
    scope="read",
    errors=(RecordUnreadable,),
)
DELETE = documented(
    Answer(200, "The job, cancelled.", models.Job, {"cancelled": examples.cancelled_job}),
    Answer(204, "The job was deleted."),
    scope="submit",
    query=DeleteQuery,
    errors=(RecordUnreadable,),
)
RETRY = documented(
    Answer(202, "The job.", models.Job, {"queued": examples.queued_job}),
    scope="submit",
    headers=(IDEMPOTENCY_KEY,),
    errors=(*OF_SUBMISSIONS, NotFailed, RecordUnreadable),
    is_counted=True,
)
FORK = documented(
    ACCEPTED,
    scope="submit",
    body=FORK_BODY,
    headers=(IDEMPOTENCY_KEY,),
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
