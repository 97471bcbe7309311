"""The record of each job: made, read, listed, cancelled, tried again, deleted."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast
from uuid import uuid4

from shared.errors import JobNotFound, NotFailed, QueueFull, StoreUnavailable
from shared.job import Job, JobInputs, JobOptions, JobState, Priority, Transition
from shared.job_store.keys import ENDED, INDEX, LEASES, job_key, log_key
from shared.job_store.queue import Load, Queue
from shared.settings import StyleSettings

_TIMES = ("created_at", "started_at", "finished_at", "held_since")
_JSON = ("settings", "options", "inputs", "progress", "fallbacks", "error")


def new_id() -> str:
    """Return an id that nobody can guess: it is what a job's owner knows of it."""
    return uuid4().hex


class Admission(NamedTuple):
    """Who sends a job, to share the workers evenly with others, and how much may wait before it."""

    owner: str = ""
    bounds: Load = Load(2**53, 2**53)


ANYBODY = Admission()


class Page(NamedTuple):
    """Some jobs, newest first, and the cursor for those before them, None at the end."""

    jobs: list[Job]
    cursor: str | None


class Records(Queue):
    """The concern of records."""

    def create(
        self,
        job_id: str,
        settings: StyleSettings,
        options: JobOptions,
        inputs: JobInputs,
        admission: Admission = ANYBODY,
    ) -> Job:
        """Accept a job whose inputs are stored: its record and its place, in one step.

        Args:
            job_id: from `new_id`.
            settings: of the picture.
            options: of its handling.
            inputs: the pictures.
            admission: who sends it, and what may wait at most.

        Raises:
            QueueFull: nothing was recorded.
            StoreUnavailable: also when too few replicas confirmed it; then it is cancelled.
        """
        rows, columns = settings.result_shape(inputs.content.width, inputs.content.height)
        fields: dict[str, str | int] = {
            "pixels": rows * columns,
            "work": sum(level.work for level in settings.levels(rows, columns)),
            "bytes": sum(image.bytes for image in (inputs.content, *inputs.styles)),
            "owner": admission.owner,
            "priority": options.priority,
            "settings": settings.model_dump_json(),
            "options": options.model_dump_json(),
            "inputs": inputs.model_dump_json(),
        }
        pairs = [part for pair in fields.items() for part in pair]
        if bound := self._run("create", job_id, *admission.bounds, *pairs):
            raise QueueFull(bound=bound, maximum=getattr(admission.bounds, bound))
        try:
            self._confirm()
        except StoreUnavailable:
            self.cancel(job_id)  # whoever is told that it was not accepted sends it again
            raise
        return self.get(job_id)

    def get(self, job_id: str) -> Job:
        """Return the job, or raise JobNotFound."""
        return self.get_all([job_id])[0]

    def page(self, limit: int, cursor: str | None = None) -> Page:
        """Return at most `limit` jobs, those that came before `cursor`, newest first."""
        most = f"({cursor}" if cursor else "+inf"
        rows: Any = self.redis.zrevrangebyscore(
            INDEX, most, "-inf", start=0, num=limit + 1, withscores=True
        )
        jobs = self.get_all([job_id for job_id, _ in rows[:limit]], skip_missing=True)
        return Page(jobs, f"{rows[limit - 1][1]:.0f}" if len(rows) > limit else None)

    def running_jobs(self) -> list[Job]:
        """Return the jobs that are held by a worker."""
        ids: Any = self.redis.zrange(LEASES, 0, -1)
        return self.get_all(ids, skip_missing=True)

    def cancel(self, job_id: str) -> JobState:
        """End a live job as cancelled, at once; return the state it had.

        A running attempt finds its next write refused and stops.
        """
        return self._was(job_id, self._run("cancel", job_id))

    def retry(self, job_id: str) -> None:
        """Put a failed job into the queue again; it goes on from what is saved of it.

        Raises:
            NotFailed: it is in another state.
        """
        state = self._was(job_id, self._run("retry", job_id))
        if state is not JobState.FAILED:
            raise NotFailed(id=job_id, state=state)

    def delete(self, job_id: str) -> bool:
        """Delete the record of an ended job; False if there was none to delete."""
        return bool(self._run("delete", job_id))

    def ended_before(self, seconds_ago: float, most: int = 100) -> list[str]:
        """Return the ids of jobs that ended so long ago, at most so many, the oldest first."""
        latest = (self.redis.clock() - seconds_ago) * 1000
        ids: Any = self.redis.zrangebyscore(ENDED, "-inf", latest, start=0, num=most)
        return list(ids)

    def get_all(self, job_ids: Sequence[str], *, skip_missing: bool = False) -> list[Job]:
        """Return the jobs; of those that are not there, nothing or JobNotFound."""
        pipeline = self.redis.pipeline(transaction=True)
        for job_id in job_ids:
            pipeline.hgetall(job_key(job_id))
            pipeline.lrange(log_key(job_id), 0, -1)
        answers = pipeline.execute() if job_ids else []
        found = dict(zip(job_ids, zip(answers[::2], answers[1::2], strict=True), strict=True))
        missing = [job_id for job_id, (record, _) in found.items() if not record]
        if missing and not skip_missing:
            raise JobNotFound(id=missing[0])
        places = self._places({job_id: record for job_id, (record, _) in found.items()})
        return [
            _job(job_id, record, log, places.get(job_id))
            for job_id, (record, log) in found.items()
            if record
        ]

    def _places(self, records: Mapping[str, Mapping[str, str]]) -> dict[str, int]:
        queued = {
            job_id: (cast(Priority, record["priority"]), int(record["number"]))
            for job_id, record in records.items()
            if record.get("state") == JobState.QUEUED
        }
        return self.positions(queued) if queued else {}

    @staticmethod
    def _was(job_id: str, state: str | None) -> JobState:
        if state is None:
            raise JobNotFound(id=job_id)
        return JobState(state)


def _job(job_id: str, record: Mapping[str, str], log: Sequence[str], position: int | None) -> Job:
    values: dict[str, Any] = dict(record)
    for name in _JSON:
        if name in record:
            values[name] = json.loads(record[name])
    for name in _TIMES:
        if name in record:
            values[name] = _moment(record[name])
    # JSON has lists where the settings have tuples, so those are read as the JSON they are
    values["settings"] = StyleSettings.model_validate_json(record["settings"])
    values["log"] = [_transition(line) for line in log]
    return Job(id=job_id, position=position, **values)


def _transition(line: str) -> Transition:
    values = json.loads(line)
    return Transition(**{**values, "at": _moment(values["at"])})


def _moment(milliseconds: str | int) -> datetime:
    return datetime.fromtimestamp(int(milliseconds) / 1000, tz=UTC)
