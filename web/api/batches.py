"""Batches: submit, list, show, cancel; the finished pictures as a ZIP."""

from typing import Any

from flask import Blueprint, Response, request, url_for

from web.api.batch_operations import CREATE, DELETE, INDEX, RESULTS, SHOW
from web.api.batch_schemas import batch_jobs_json, batch_json
from web.api.queries import BatchListQuery, BatchQuery, ResultQuery
from web.identity.load_batch import list_batches, load_batch
from web.identity.request_identity import count_submission, get_identity, require
from web.intake.batch import submit_batch
from web.intake.idempotency import keyed
from web.openapi.reading import read_query
from web.picture_zip import zip_of_batch, zip_response
from web.services import get_services

blueprint = Blueprint("batches", __name__, url_prefix="/api/v1/batches")


@blueprint.post("")
@CREATE
def create() -> tuple[dict[str, Any], int, dict[str, str]]:
    """Accept a job for each content, style and settings, or none."""
    require("submit")
    count_submission()
    services, owner = get_services(), get_identity().owner
    batch_id = submit_batch(services, owner, request.files, request.form, keyed(request, owner))
    location = {"Location": url_for(".show", batch_id=batch_id)}
    return batch_json(services.batches.get(batch_id)), 202, location


@blueprint.get("")
@INDEX
def index() -> dict[str, Any]:
    """List the owner's batches, or for an operator all, newest first, a page at a time."""
    require("read")
    query = read_query(BatchListQuery)
    page = list_batches(query.limit, query.cursor)
    following = page.cursor and url_for(".index", limit=query.limit, cursor=page.cursor)
    return {"batches": [batch_json(batch) for batch in page.batches], "next": following}


@blueprint.get("/<batch_id>")
@SHOW
def show(batch_id: str) -> dict[str, Any]:
    """Show a batch: how many jobs are in each state, and some of the jobs."""
    batch = load_batch(batch_id, "read")
    query = read_query(BatchQuery)
    following, end = None, query.cursor + query.limit
    if query.limit and end < len(batch.jobs):
        following = url_for(".show", batch_id=batch.id, limit=query.limit, cursor=end)
    jobs = batch_jobs_json(batch, query.cursor, query.limit)
    return {**batch_json(batch), "jobs": jobs, "next": following}


@blueprint.delete("/<batch_id>")
@DELETE
def delete(batch_id: str) -> dict[str, Any]:
    """Cancel the queued and running jobs of a batch; what has ended stays."""
    batch = load_batch(batch_id, "submit")
    services = get_services()
    cancelled = services.batches.cancel(batch.id)
    return {**batch_json(services.batches.get(batch.id)), "cancelled": cancelled}


@blueprint.get("/<batch_id>/results.zip")
@RESULTS
def results(batch_id: str) -> Response:
    """Send the finished pictures, and a manifest, as a ZIP."""
    batch = load_batch(batch_id, "read")
    query = read_query(ResultQuery)
    services = get_services()
    parts = zip_of_batch(services, batch, query.format)
    name = f"gramworks-batch-{batch.id}.zip"
    return zip_response(services, get_identity().owner, parts, name)
