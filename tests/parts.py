"""The other parts of the job store, over the connection that a test's JobStore has."""

from shared.forecast import StartTimes
from shared.job_store import (
    Event,
    JobEvents,
    JobQueue,
    JobStore,
    Locks,
    RedisStatus,
    Trash,
    UploadedImages,
    Workers,
)
from shared.job_store.events import BEGINNING
from worker.maintenance.forecast import make_forecast


def queue_of(jobs: JobStore) -> JobQueue:
    return JobQueue(jobs._connection)


def events_of(jobs: JobStore) -> JobEvents:
    return JobEvents(jobs._connection)


def workers_of(jobs: JobStore) -> Workers:
    return Workers(jobs._connection)


def update_forecast(jobs: JobStore) -> StartTimes:
    """Save the forecast of start times, as a worker's maintenance does."""
    times = make_forecast(jobs, queue_of(jobs), workers_of(jobs), redis_of(jobs))
    queue_of(jobs).save_forecast(times.model_dump_json(), 60)
    return times


def events_after(jobs: JobStore, job_id: str, after: str = BEGINNING) -> list[Event]:
    """Return the events of a job that are there now."""
    return events_of(jobs).read({job_id: after}).get(job_id, [])


def images_of(jobs: JobStore) -> UploadedImages:
    return UploadedImages(jobs._connection)


def locks_of(jobs: JobStore) -> Locks:
    return Locks(jobs._connection)


def redis_of(jobs: JobStore) -> RedisStatus:
    return RedisStatus(jobs._connection)


def trash_of(jobs: JobStore) -> Trash:
    return Trash(jobs._connection, jobs)
