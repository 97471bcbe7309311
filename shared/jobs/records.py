"""The record of each job: made, read, listed, cancelled, deleted."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import uuid4

from shared.errors import JobNotFound
from shared.job import Job, JobInputs, JobOptions, JobState
from shared.jobs.queue import QUEUE
from shared.jobs.scripts import Scripted
from shared.settings import StyleSettings

INDEX = "gw:jobs"
PRIORITIES = {"high": 0, "normal": 1, "low": 2}
_TIMES = ("created_at", "started_at", "finished_at")
_JSON = ("settings", "options", "inputs", "progress", "error")


def new_id() -> str:
    """Return an id that nobody can guess: it is what a job's owner knows of it."""
    return uuid4().hex


def job_key(job_id: str) -> str:
    """Return where Redis holds the record of a job."""
    return f"gw:job:{job_id}"


class Page(NamedTuple):
    """Some jobs, newest first, and the cursor for those before them, None at the end."""

    jobs: list[Job]
    cursor: str | None


class Records(Scripted):
    """The concern of records."""

    def create(
        self, job_id: str, settings: StyleSettings, options: JobOptions, inputs: JobInputs
    ) -> Job:
        """Accept a job whose inputs are stored: its record and its place, in one step."""
        rows, columns = settings.result_shape(inputs.content.width, inputs.content.height)
        fields: dict[str, str | int] = {
            "pixels": rows * columns,
            "settings": settings.model_dump_json(),
            "options": options.model_dump_json(),
            "inputs": inputs.model_dump_json(),
        }
        pairs = [part for pair in fields.items() for part in pair]
        self._run("create", job_id, PRIORITIES[options.priority], *pairs)
        return self.get(job_id)

    def get(self, job_id: str) -> Job:
        """Return the job, or raise JobNotFound."""
        return self._get_all([job_id])[0]

    def page(self, limit: int, cursor: str | None = None) -> Page:
        """Return at most `limit` jobs, those that came before `cursor`, newest first."""
        most = f"({cursor}" if cursor else "+inf"
        rows: Any = self.redis.zrevrangebyscore(
            INDEX, most, "-inf", start=0, num=limit + 1, withscores=True
        )
        jobs = self._get_all([job_id for job_id, _ in rows[:limit]], skip_missing=True)
        return Page(jobs, f"{rows[limit - 1][1]:.0f}" if len(rows) > limit else None)

    def cancel(self, job_id: str) -> JobState:
        """End a live job as cancelled, at once; return the state it had.

        A running attempt finds its next write refused and stops.
        """
        state = self._run("cancel", job_id)
        if state is None:
            raise JobNotFound(id=job_id)
        return JobState(state)

    def delete(self, job_id: str) -> bool:
        """Delete the record of an ended job; False if there was none to delete."""
        return bool(self._run("delete", job_id))

    def _get_all(self, job_ids: list[str], *, skip_missing: bool = False) -> list[Job]:
        pipeline = self.redis.pipeline(transaction=True)
        for job_id in job_ids:
            pipeline.hgetall(job_key(job_id))
            pipeline.zrank(QUEUE, job_id)
        answers = pipeline.execute() if job_ids else []
        jobs = []
        for job_id, record, rank in zip(job_ids, answers[::2], answers[1::2], strict=True):
            if record:
                jobs.append(_job(job_id, record, rank))
            elif not skip_missing:
                raise JobNotFound(id=job_id)
        return jobs


def _job(job_id: str, record: Mapping[str, str], rank: int | None) -> Job:
    values: dict[str, Any] = dict(record)
    for name in _JSON:
        if name in record:
            values[name] = json.loads(record[name])
    for name in _TIMES:
        if name in record:
            values[name] = datetime.fromtimestamp(int(record[name]) / 1000, tz=UTC)
    # JSON has lists where the settings have tuples, so those are read as the JSON they are
    values["settings"] = StyleSettings.model_validate_json(record["settings"])
    position = None if rank is None else rank + 1
    return Job(id=job_id, position=position, **values)
