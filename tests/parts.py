"""The other parts of the job store, over the connection that a test's JobStore has."""

from shared.job_store import JobEvents, JobQueue, JobStore, Locks, RedisStatus, Workers


def queue_of(jobs: JobStore) -> JobQueue:
    return JobQueue(jobs._connection)


def events_of(jobs: JobStore) -> JobEvents:
    return JobEvents(jobs._connection)


def workers_of(jobs: JobStore) -> Workers:
    return Workers(jobs._connection)


def locks_of(jobs: JobStore) -> Locks:
    return Locks(jobs._connection)


def redis_of(jobs: JobStore) -> RedisStatus:
    return RedisStatus(jobs._connection)
