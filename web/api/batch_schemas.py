"""The JSON of a batch."""

from typing import Any

from flask import url_for

from shared.job_store import Batch, BatchJob
from web.api.schemas import job_json
from web.queue_forecast import QueueForecast
from web.services import get_services


def batch_json(batch: Batch) -> dict[str, Any]:
    """Return the JSON of a batch without its jobs; times are ISO 8601 in UTC."""
    return {
        "id": batch.id,
        "created_at": batch.created_at.isoformat(),
        "total": len(batch.jobs),
        "counts": batch.counts,
        "progress": round(batch.progress, 4),
        "eta_seconds": _eta_seconds(batch),
        "ended": batch.is_over,
        "contents": batch.contents,
        "styles": batch.styles,
        "settings": batch.settings,
        "options": batch.options.model_dump(mode="json"),
        "links": {
            "self": url_for("batches.show", batch_id=batch.id),
            "results": url_for("batches.results", batch_id=batch.id),
        },
    }


def batch_jobs_json(batch: Batch, start: int, limit: int) -> list[dict[str, Any]]:
    """Return the JSON of some of a batch's jobs, in their order."""
    part = batch.jobs[start : start + limit]
    stored = get_services().jobs.get_all([job.id for job in part])
    found = {job.id: job for job in stored if not job.deleted_at}
    return [
        {
            **batch.numbers(index),
            "id": known.id,
            "state": known.state,
            "job": job_json(found[known.id]) if known.id in found else None,
        }
        for index, known in enumerate(part, start)
    ]


def _eta_seconds(batch: Batch) -> float | None:
    """Return the time until the last job ends; None if it is unknown, or there is nothing to do."""
    following = [job for job in batch.jobs if not job.is_over]
    if not following:
        return None
    forecast = get_services().queue_forecast()
    times = [_seconds_left(job, forecast) for job in following]
    known = [seconds for seconds in times if seconds is not None]
    return round(max(known), 1) if len(known) == len(times) else None


def _seconds_left(job: BatchJob, forecast: QueueForecast) -> float | None:
    if job.position is None or not forecast.live:
        return job.eta_seconds
    estimate = forecast.times.estimate(job.position, job.pixels, job.work)
    return None if estimate is None else estimate.waits + estimate.runs
