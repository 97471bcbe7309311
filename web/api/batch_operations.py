"""What each operation of `batches` takes and answers."""

from shared.errors import (
    BatchNotFound,
    DownloadsBusy,
    MissingFile,
    TooManyJobs,
    UnknownField,
)
from web.api import batch_examples, batch_models
from web.api.queries import BatchListQuery, BatchQuery, ResultQuery
from web.intake.batch import BatchForm
from web.openapi.headers import IDEMPOTENCY_KEY
from web.openapi.operation import Answer, Body, documented
from web.openapi.problems import OF_FORMS, OF_PICTURES, OF_SIZES, OF_STYLES, OF_SUBMISSIONS

FORM = Body(
    BatchForm,
    {
        "two photographs in two styles": {
            "content": ["the bytes of anna.jpg", "the bytes of ben.jpg"],
            "style": ["the bytes of painting.jpg", "the bytes of etching.png"],
            "settings": {"preset": "balanced", "size": 600},
        },
        "one photograph with two settings": {
            "content": ["the bytes of photo.jpg"],
            "style": ["the bytes of painting.jpg"],
            "settings": [{"preset": "draft"}, {"preset": "draft", "strength": 70}],
            "options": {"priority": "low"},
        },
    },
    media_type="multipart/form-data",
    parts={
        **dict.fromkeys(("content", "style"), "image/*, application/octet-stream"),
        **dict.fromkeys(("settings", "options"), "application/json"),
    },
    is_required=True,
)
CREATE = documented(
    Answer(
        202,
        "The batch.",
        batch_models.BatchSummary,
        {"queued": batch_examples.queued_batch},
        headers=("Location",),
    ),
    scope="submit",
    bodies=(FORM,),
    headers=(IDEMPOTENCY_KEY,),
    errors=(
        *OF_FORMS,
        *OF_PICTURES,
        *OF_SIZES,
        *OF_STYLES,
        *OF_SUBMISSIONS,
        BatchNotFound,  # the one that the same request made before, if it is deleted
        MissingFile,
        TooManyJobs,
        UnknownField,
    ),
    is_counted=True,
)
INDEX = documented(
    Answer(200, "A page of batches.", batch_models.BatchPage, {"one batch": batch_examples.page}),
    scope="read",
    query=BatchListQuery,
)
SHOW = documented(
    Answer(200, "The batch.", batch_models.Batch, {"running": batch_examples.shown_batch}),
    scope="read",
    query=BatchQuery,
)
DELETE = documented(
    Answer(
        200,
        "The batch.",
        batch_models.CancelledBatch,
        {"cancelled": batch_examples.cancelled_batch},
    ),
    scope="submit",
)
RESULTS = documented(
    Answer(200, "The ZIP.", media_types=("application/zip",), headers=("Content-Disposition",)),
    scope="read",
    query=ResultQuery,
    errors=(DownloadsBusy,),
)
