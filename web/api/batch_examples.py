"""Examples of what the API answers about batches, made by the code that makes the answers."""

from datetime import UTC, datetime
from typing import Any

from flask import url_for

from shared.job import JobOptions
from shared.job_store import Batch, BatchJob
from web.api import examples
from web.api.batch_schemas import batch_json
from web.openapi.problems import BATCH_ID, ID

STATES = ("succeeded", "running", "queued", "queued")


def _batch(*states: str) -> Batch:
    return Batch(
        id=BATCH_ID,
        owner="alice",
        created_at=datetime(2026, 11, 23, 6, 27, 37, 796000, tzinfo=UTC),
        contents=2,
        styles=2,
        settings=[{"preset": "balanced", "size": 600}],
        options=JobOptions(),
        work=4.0,
        jobs=[
            BatchJob(ID, state, 1.0, 480_000, fraction=0.18 if state == "running" else 0.0)
            for state in states
        ],
    )


def _ended(*states: str) -> dict[str, Any]:
    return batch_json(_batch(*states))


def running_batch() -> dict[str, Any]:
    """Return a batch of which one job is finished; its end is the queue's forecast."""
    batch = _batch(*STATES)
    now = {"counts": batch.counts, "progress": round(batch.progress, 4), "eta_seconds": 201.5}
    return _ended(*4 * ["succeeded"]) | now | {"ended": False}


def queued_batch() -> dict[str, Any]:
    """Return a batch that was just accepted."""
    counts = _batch(*4 * ["queued"]).counts
    return running_batch() | {"counts": counts, "progress": 0.0, "eta_seconds": 264.0}


def cancelled_batch() -> dict[str, Any]:
    """Return a batch that was cancelled after its first picture."""
    return _ended("succeeded", *3 * ["cancelled"]) | {"cancelled": 3}


def page() -> dict[str, Any]:
    """Return a page of a listing."""
    following = url_for("batches.index", limit=1, cursor="1763879257796")
    return {"batches": [running_batch()], "next": following}


def shown_batch() -> dict[str, Any]:
    """Return a batch with its first two jobs."""
    batch = _batch(*STATES)
    painted = [examples.succeeded_job(), examples.running_job()]
    jobs = [
        {
            **batch.numbers(index),
            "id": ID,
            "state": STATES[index],
            "job": job | {"batch": BATCH_ID},
        }
        for index, job in enumerate(painted)
    ]
    following = url_for("batches.show", batch_id=BATCH_ID, limit=2, cursor=2)
    return running_batch() | {"jobs": jobs, "next": following}
