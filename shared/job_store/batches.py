"""Batches: many jobs that are accepted together, and then are ordinary jobs.

A batch is accepted in one step with the plan of its jobs; `create_planned` makes their records from
it, a few at a time. If the process dies in between, a worker's maintenance does the rest.
"""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from shared.errors import BatchNotFound, IdempotencyKeyReused, JobNotFound, StoreUnavailable
from shared.job import JobOptions
from shared.job_store.batch_records import Batch, from_row
from shared.job_store.connection import Connection
from shared.job_store.keys import LIMITS, Key
from shared.job_store.queue import Load
from shared.job_store.records import NewJob, to_fields
from shared.job_store.requests import HEADER, NO_KEY, KeyedRequest, Requests
from shared.job_store.scripts import Scripts
from shared.job_store.store import UNBOUNDED, JobStore, new_id, refusal

CHUNK = 10  # jobs whose records one script makes, while Redis does nothing else
PART = 100  # batches that maintenance looks at at a time
VERSION = 1


class NewBatch(NamedTuple):
    """A batch to accept: `jobs` has one for each content, style and settings, in this order.

    `settings` are as they were sent.
    """

    owner: str
    contents: int
    styles: int
    settings: Sequence[dict[str, Any]]
    options: JobOptions
    jobs: Sequence[NewJob]


class BatchPage(NamedTuple):
    """Some batches, newest first, and the cursor of the next page; None at the end."""

    batches: list[Batch]
    cursor: str | None


class Batches:
    """Batches in Redis. Every method may raise StoreUnavailable."""

    def __init__(self, connection: Connection, jobs: JobStore, replicas: int = 0) -> None:
        self._connection = connection
        self._scripts = Scripts(connection)
        self._requests = Requests(connection)
        self._jobs = jobs
        self._replicas = replicas

    def create(
        self,
        batch_id: str,
        new: NewBatch,
        bounds: Load = UNBOUNDED,
        of_owner: Load = UNBOUNDED,
        request: KeyedRequest = NO_KEY,
    ) -> str:
        """Accept a batch whose pictures are stored, whole or not at all, and make its jobs.

        Args:
            batch_id: from `new_id`.
            new: the batch.
            bounds: the queue's bounds.
            of_owner: the owner's: live jobs, and bytes that are kept.
            request: what asks for the batch.

        Returns:
            the batch's id, or that of the batch which the same request made before.

        Raises:
            QueueFull, OwnerQuotaReached, IdempotencyKeyReused: nothing was recorded.
            StoreUnavailable: also if too few replicas confirmed it; its jobs are then cancelled.
        """
        planned = [(new_id(), to_fields(job)) for job in new.jobs]
        size, pixels = (
            sum(int(fields[name]) for _, fields in planned) for name in ("bytes", "pixels")
        )
        record = _record(new, sum(float(fields["work"]) for _, fields in planned))
        batch = json.dumps({"bytes": size, "pixels": pixels, "fields": record})
        plans = [part for each in planned for part in (each[0], _plan(*each))]
        arguments = (*bounds, *request, new.owner, *of_owner, batch)
        match self._scripts.run("create_batch", batch_id, *arguments, *plans):
            case ["reused", earlier]:
                raise IdempotencyKeyReused(field=HEADER, id=earlier)
            case ["made", earlier]:
                return str(earlier)
            case [_, _] as reached:
                kept = size + LIMITS.kept_bytes_a_pixel * pixels
                needed = Load(len(planned), kept if reached[0] == "owner" else size)
                raise refusal(reached, bounds, of_owner, needed)
        try:
            self._connection.confirm(self._replicas)
        except StoreUnavailable:
            self.cancel(batch_id)  # a client that gets an error submits it again
            self._requests.forget(request)
            raise
        self.create_planned(batch_id)
        return batch_id

    def create_planned(self, batch_id: str) -> None:
        """Make the jobs of a batch that are only planned; others may do so at the same time."""
        while self._scripts.run("create_planned", batch_id, CHUNK):
            pass

    def create_planned_of(self, owner: str) -> None:
        """Make all jobs of an owner that are only planned, before something is done to all jobs."""
        if not self._connection.hexists(Key.PLANNED, owner):
            return
        for batch_id in self.planned():
            if self._connection.hget(f"{Key.BATCH}{batch_id}", "owner") == owner:
                self.create_planned(batch_id)

    def planned(self) -> list[str]:
        """Return the ids of the batches that have planned jobs."""
        ids: Any = self._connection.smembers(Key.PLANS)
        return sorted(ids)

    def get(self, batch_id: str) -> Batch:
        """Return a batch, with the state of each of its jobs.

        Raises:
            BatchNotFound: there is no such batch.
        """
        row = self._scripts.run("read_batch", batch_id)
        if row is None:
            raise BatchNotFound(id=batch_id)
        return from_row(batch_id, json.loads(row))

    def page(self, limit: int, cursor: str | None = None, owner: str | None = None) -> BatchPage:
        """Return up to `limit` batches that were submitted before `cursor`, newest first.

        With `owner`, only that owner's batches.
        """
        newest = f"({cursor}" if cursor else "+inf"
        index = Key.BATCHES if owner is None else f"{Key.OWNED_BATCHES}{owner}"
        rows: Any = self._connection.zrevrangebyscore(
            index, newest, "-inf", start=0, num=limit + 1, withscores=True
        )
        found = [self._scripts.run("read_batch", batch_id) for batch_id, _ in rows[:limit]]
        batches = [
            from_row(batch_id, json.loads(row))
            for (batch_id, _), row in zip(rows[:limit], found, strict=True)
            if row is not None
        ]
        return BatchPage(batches, f"{rows[limit - 1][1]:.0f}" if len(rows) > limit else None)

    def cancel(self, batch_id: str) -> int:
        """End the queued and running jobs of a batch as cancelled; return how many.

        Raises:
            BatchNotFound: there is no such batch.
        """
        self.create_planned(batch_id)
        # the last ones first, since workers take the first ones
        return sum(self._cancel(job.id) for job in reversed(self.get(batch_id).jobs))

    def delete_empty(self) -> list[str]:
        """Delete the records of the batches of which no job is left; return their ids."""
        ids: Any = self._connection.zrange(Key.BATCHES, 0, -1)
        parts = (ids[start : start + PART] for start in range(0, len(ids), PART))
        return [each for part in parts for each in self._scripts.run("delete_empty_batches", *part)]

    def exists(self, batch_id: str) -> bool:
        """Return whether there is such a batch."""
        return bool(self._connection.exists(f"{Key.BATCH}{batch_id}"))

    def _cancel(self, job_id: str) -> bool:
        try:
            return self._jobs.cancel(job_id)
        except JobNotFound:  # it was deleted
            return False


def _record(new: NewBatch, work: float) -> list[str]:
    """Return names and values of a batch's fields."""
    fields = {
        "version": str(VERSION),
        "contents": str(new.contents),
        "styles": str(new.styles),
        "settings": json.dumps(new.settings),
        "options": new.options.model_dump_json(),
        "work": repr(work),
    }
    return [part for pair in fields.items() for part in pair]


def _plan(job_id: str, fields: dict[str, str | int]) -> str:
    """Return what `create_planned` makes a job from; its values are as Redis will keep them."""
    pairs = [str(part) for pair in fields.items() for part in pair]
    known = {name: fields[name] for name in ("owner", "bytes", "pixels")}
    return json.dumps({"id": job_id, **known, "fields": pairs})
