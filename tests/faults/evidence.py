"""What is left when the system is idle: records, logs, events, files, leases."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.job import Job, JobProgress
from shared.job_store import JobStore, Load
from shared.job_store.keys import Key, stream_key
from tests.faults.log import Entry, read_log
from tests.faults.system import System
from tests.parts import queue_of


@dataclass(frozen=True)
class Report:
    """A progress event and its time."""

    at: float
    progress: JobProgress


@dataclass(frozen=True)
class JobData:
    """All data of one job in Redis; `record` is None if there is none."""

    record: Job | None
    log: list[Entry]
    reports: list[Report]


@dataclass(frozen=True)
class Evidence:
    """What the oracle checks: each job's data by id, each file by key, and the leases."""

    jobs_data: dict[str, JobData]
    files: dict[str, bytes]
    queued: list[str]
    load: Load
    leases: list[str]
    pids: list[int]


def collect(system: System, accepted: set[str]) -> Evidence:
    """Return the evidence on every job that was accepted or has a record."""
    jobs = system.jobs
    recorded = {job.id: job for job in _records(jobs)}
    jobs_data = {
        job_id: JobData(
            recorded.get(job_id), read_log(jobs._connection, job_id), _reports(jobs, job_id)
        )
        for job_id in accepted | recorded.keys()
    }
    leases: Any = jobs._connection.zrange(Key.LEASES, 0, -1)
    pids = [pid for worker in system.workers for pid in worker.stragglers()]
    files = _files(system.disk.folder)
    return Evidence(jobs_data, files, queue_of(jobs).order(), queue_of(jobs).load(), leases, pids)


def _records(jobs: JobStore) -> list[Job]:
    found: list[Job] = []
    cursor = None
    while True:
        page = jobs.page(200, cursor)
        found += [job for job in page.jobs if isinstance(job, Job)]
        if not (cursor := page.cursor):
            return found


def _reports(jobs: JobStore, job_id: str) -> list[Report]:
    events: Any = jobs._connection.xrange(stream_key(job_id))
    return [
        Report(int(event_id.split("-")[0]) / 1000, _progress(fields["data"]))
        for event_id, fields in events
        if fields["kind"] == "progress"
    ]


def _progress(data: str) -> JobProgress:
    return JobProgress.model_validate(json.loads(data)["progress"])


def _files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}
