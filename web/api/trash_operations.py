"""What each operation of `trash` takes and answers."""

from typing import Any

from shared.errors import ConfirmationMissing
from web.api import examples
from web.api import trash_models as models
from web.api.queries import DeleteAllQuery, EmptyQuery, RestoreQuery, TrashQuery
from web.openapi.operation import Answer, documented


def page() -> dict[str, Any]:
    """Return the last page of a trash."""
    return {"jobs": [examples.trashed_job()], "next": None}


DELETE_ALL = documented(
    Answer(
        200,
        "How many jobs were deleted.",
        models.Deletions,
        {
            "the first part": {
                "deleted": 900,
                "cancelled": 3,
                "next": "/api/v1/jobs?all=true&cursor=812&since=40",
                "undo": "/api/v1/trash/restore?since=40",
            }
        },
    ),
    scope="submit",
    query=DeleteAllQuery,
    errors=(ConfirmationMissing,),
)
INDEX = documented(
    Answer(200, "A page of jobs.", models.TrashPage, {"one job": page}),
    scope="read",
    query=TrashQuery,
)
EMPTY = documented(
    Answer(
        200,
        "How many jobs were deleted for good.",
        models.Emptied,
        {"all": {"deleted": 12, "next": None}},
    ),
    scope="submit",
    query=EmptyQuery,
    errors=(ConfirmationMissing,),
)
RESTORE_ALL = documented(
    Answer(
        200,
        "How many jobs were restored.",
        models.Restorations,
        {"all": {"restored": 12, "next": None}},
    ),
    scope="submit",
    query=RestoreQuery,
)
RESTORE = documented(
    Answer(200, "The job.", models.RestoredJob, {"restored": examples.succeeded_job}),
    scope="submit",
)
