"""The trash: what was deleted, to be restored or deleted for good."""

from contextlib import suppress
from typing import Annotated

from flask import Blueprint, redirect, render_template, request, url_for
from pydantic import BaseModel, Field
from werkzeug.wrappers import Response

from shared.errors import JobNotFound
from shared.settings import OF_REQUESTS, validate
from web.deletion import (
    Deletion,
    delete_job,
    delete_owned,
    empty_trash,
    kept_until,
    restore_owned,
)
from web.identity import csrf
from web.identity.load_job import list_own_trash
from web.identity.request_identity import get_identity, require
from web.intake.submission import check_known
from web.openapi.reading import FLAG, WHOLE_NUMBER, read_page_query
from web.pages.selection import MOST, jobs_of, selected_jobs
from web.picture_list import PAGE, Place
from web.services import get_services

blueprint = Blueprint("trash_page", __name__, url_prefix="/trash")
Number = Annotated[int, Field(ge=0, lt=10**15), WHOLE_NUMBER]


class TrashPageQuery(BaseModel):
    """Which part of the trash is shown."""

    model_config = OF_REQUESTS

    before: Place | None = None
    """Only jobs that were deleted before this place; it comes from the link to older ones."""

    deleted: str | None = None
    """The ids of jobs that were just deleted, with commas between them."""

    since: Number | None = None
    """The number after which the deletions of all pictures begin; it comes from deleting them."""

    cursor: Number | None = None
    """Where deleting all pictures goes on, if there was not enough time."""


class DeleteAllForm(BaseModel):
    """How all pictures are deleted; `since` and `cursor` continue an earlier part."""

    model_config = OF_REQUESTS

    cancel: Annotated[bool, FLAG] = False
    since: Number | None = None
    cursor: Number | None = None


class SinceForm(BaseModel):
    """Which deletions are undone: those after the number `since`."""

    model_config = OF_REQUESTS

    since: Number


@blueprint.get("")
def show() -> str:
    """Show what was deleted."""
    require("read")
    query, services = read_page_query(TrashPageQuery), get_services()
    page = list_own_trash(PAGE, query.before)
    deleted = []
    if query.deleted is not None:
        with suppress(JobNotFound):  # deleted for good in the meantime
            found = jobs_of("deleted", query.deleted.split(","), "read", 1, MOST)
            deleted = [job for job in found if job.deleted_at]
    return render_template(
        "trash.html",
        jobs=page.jobs,
        older=page.cursor,
        query=query,
        deleted=deleted,
        until={
            job.id: kept_until(services.config, job.deleted_at)
            for job in page.jobs
            if job.deleted_at
        },
        count=services.trash.count(get_identity().owner),
        trash_hours=services.config.trash_hours,
        most=MOST,
    )


@blueprint.post("/restore")
def restore() -> Response:
    """Restore the selected jobs, or all that were deleted since a number."""
    require("submit")
    services = get_services()
    if "since" in request.form:
        since = validate("", SinceForm, _sent()).since
        more = restore_owned(services, get_identity().owner, since).more
        return redirect(url_for(".show", since=since) if more else _gallery(), 303)
    for job in selected_jobs("submit"):
        services.trash.restore(job.id)
    return redirect(_gallery(), 303)


@blueprint.post("/delete")
def delete() -> Response:
    """Delete the selected jobs for good."""
    for job in selected_jobs("submit"):
        if job.deleted_at:
            delete_job(get_services(), job.id, permanently=True)
    return redirect(url_for(".show"), 303)


@blueprint.post("/empty")
def empty() -> Response:
    """Delete all jobs of the owner in the trash for good, or as many as there is time for."""
    require("submit")
    check_known(set(request.form) - {csrf.FIELD}, ())
    empty_trash(get_services(), get_identity().owner)
    return redirect(url_for(".show"), 303)


@blueprint.post("/delete-all")
def delete_all() -> Response:
    """Delete all jobs of the owner, or as many as there is time for."""
    require("submit")
    services = get_services()
    wanted = validate("", DeleteAllForm, _sent())
    since = services.trash.last_number() if wanted.since is None else wanted.since
    begin = Deletion(since, wanted.cursor)
    done = delete_owned(services, get_identity().owner, begin, cancel=wanted.cancel)
    if not services.config.trash_hours and done.cursor is None:
        return redirect(_gallery(), 303)
    return redirect(url_for(".show", since=since, cursor=done.cursor), 303)


def _sent() -> dict[str, str]:
    return {name: value for name, value in request.form.items() if name != csrf.FIELD}


def _gallery() -> str:
    return url_for("gallery_page.show")
