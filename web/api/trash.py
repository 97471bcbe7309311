"""The trash: list it, restore from it, empty it; delete all jobs of an owner."""

from typing import Any

from flask import Blueprint, url_for

from shared.errors import ConfirmationMissing
from web.api import trash_operations as operations
from web.api.queries import DeleteAllQuery, EmptyQuery, RestoreQuery, TrashQuery
from web.api.schemas import job_json, trashed_json
from web.deletion import Deletion, delete_owned, empty_trash, restore_owned
from web.identity.load_job import list_trash, load_record
from web.identity.request_identity import get_identity, require
from web.openapi.reading import read_query
from web.services import get_services

blueprint = Blueprint("trash", __name__, url_prefix="/api/v1")


@blueprint.delete("/jobs")
@operations.DELETE_ALL
def delete_all() -> dict[str, Any]:
    """Delete the owner's own jobs, a part at a time: `next` is the path of the next part."""
    require("submit")
    services, wanted = get_services(), read_query(DeleteAllQuery)
    _confirm(is_given=wanted.all)
    since = services.trash.last_number() if wanted.since is None else wanted.since
    owner, begin = get_identity().owner, Deletion(since, wanted.cursor)
    done = delete_owned(services, owner, begin, cancel=wanted.cancel)
    cancel = "true" if wanted.cancel else None
    following = url_for(".delete_all", all="true", cancel=cancel, cursor=done.cursor, since=since)
    is_kept = services.config.trash_seconds > 0
    return {
        "deleted": done.deleted,
        "cancelled": done.cancelled,
        "next": None if done.cursor is None else following,
        "undo": url_for(".restore_all", since=since) if is_kept else None,
    }


@blueprint.get("/trash")
@operations.INDEX
def index() -> dict[str, Any]:
    """List the jobs in the trash, the last deleted first, a page at a time."""
    require("read")
    wanted = read_query(TrashQuery)
    page = list_trash(wanted.limit, None if wanted.cursor is None else str(wanted.cursor))
    following = url_for(".index", limit=wanted.limit, cursor=page.cursor)
    return {
        "jobs": [trashed_json(job) for job in page.jobs],
        "next": following if page.cursor else None,
    }


@blueprint.delete("/trash")
@operations.EMPTY
def empty() -> dict[str, Any]:
    """Delete the owner's own jobs in the trash for good, a part at a time."""
    require("submit")
    _confirm(is_given=read_query(EmptyQuery).all)
    deleted, more = empty_trash(get_services(), get_identity().owner)
    return {"deleted": deleted, "next": url_for(".empty", all="true") if more else None}


@blueprint.post("/trash/restore")
@operations.RESTORE_ALL
def restore_all() -> dict[str, Any]:
    """Restore the owner's own jobs from the trash, a part at a time."""
    require("submit")
    since = read_query(RestoreQuery).since
    restored = restore_owned(get_services(), get_identity().owner, since)
    following = url_for(".restore_all", since=since) if restored.more else None
    return {"restored": restored.jobs, "next": following}


@blueprint.post("/jobs/<job_id>/restore")
@operations.RESTORE
def restore(job_id: str) -> dict[str, Any]:
    """Restore a job from the trash; one that is not in it stays as it is."""
    load_record(job_id, "submit", in_trash=True)
    get_services().trash.restore(job_id)
    return job_json(get_services().jobs.find(job_id))


def _confirm(*, is_given: bool) -> None:
    """Raise ConfirmationMissing unless all jobs are meant.

    A program that leaves out a job's id must not delete all of them.
    """
    if not is_given:
        raise ConfirmationMissing(field="all")
