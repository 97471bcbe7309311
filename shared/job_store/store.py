"""The job store: every transition of a job, and reading jobs.

Each transition is one Lua script in `lua/`. Methods that take a claim send the attempt's number and
raise Superseded unless that attempt holds the job. An attempt whose lease expired gets the job back
with its next write if no other attempt began in the meantime.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import uuid4

from pydantic_core import from_json

from shared.errors import (
    GramworksError,
    IdempotencyKeyReused,
    JobInTrash,
    JobNotFound,
    NotFailed,
    OwnerQuotaReached,
    QueueFull,
    RecordUnreadable,
    Refused,
    StoreUnavailable,
    Superseded,
)
from shared.job import Fallback, Job, JobFault, JobProgress, JobState, Pending
from shared.job_store.connection import Connection
from shared.job_store.keys import Key, job_key
from shared.job_store.queue import Load
from shared.job_store.records import NewJob, UnreadableJob, from_fields, to_fields
from shared.job_store.requests import HEADER, NO_KEY, KeyedRequest, Requests
from shared.job_store.scripts import Scripts
from shared.job_store.turns import QueueState

LEASE_SECONDS = 10.0
LEASE_MS = round(LEASE_SECONDS * 1000)
UNBOUNDED = Load(2**53, 2**53)


@dataclass(frozen=True)
class Capability:
    """What a worker can paint: results of up to `pixels` pixels."""

    worker: str
    pixels: int


@dataclass(frozen=True)
class Claim:
    """The right to run a job: `attempt` is the fencing token that every write sends."""

    job_id: str
    attempt: int


class Page(NamedTuple):
    """Some jobs in order, and the cursor of the next page; None at the end.

    `numbers` are those of the jobs by id: each is the cursor of a page that begins after its job.
    """

    jobs: list[Job | UnreadableJob]
    cursor: str | None
    numbers: Mapping[str, int] = MappingProxyType({})


def new_id() -> str:
    """Return a new job's id, which nobody can guess."""
    return uuid4().hex


class JobStore:
    """Jobs in Redis. Every method may raise StoreUnavailable.

    With `replicas`, accepting and ending a job is confirmed by that many replicas of Redis.
    """

    def __init__(self, connection: Connection, replicas: int = 0) -> None:
        self._connection = connection
        self._scripts = Scripts(connection)
        self._requests = Requests(connection)
        self._replicas = replicas

    # For users

    def create(
        self,
        job_id: str,
        new: NewJob,
        bounds: Load = UNBOUNDED,
        of_owner: Load = UNBOUNDED,
        request: KeyedRequest = NO_KEY,
    ) -> Job:
        """Accept a job whose inputs are stored: record it and enqueue it, in one step.

        Args:
            job_id: from `new_id`.
            new: the job.
            bounds: the queue's bounds.
            of_owner: the owner's: live jobs, and bytes that are kept.
            request: what asks for the job. If the same request made one before, that is returned,
                and nothing is recorded.

        Raises:
            QueueFull, OwnerQuotaReached, IdempotencyKeyReused: nothing was recorded.
            StoreUnavailable: also if too few replicas confirmed it; the job is then cancelled.
        """
        pairs = [part for pair in to_fields(new).items() for part in pair]
        arguments = (*bounds, *request, new.owner, *of_owner, *pairs)
        match self._scripts.run("create", job_id, *arguments):
            case ["reused", earlier]:
                raise IdempotencyKeyReused(field=HEADER, id=earlier)
            case ["made", earlier]:
                return self.get(earlier)
            case [_, _] as reached:
                raise refusal(reached, bounds, of_owner)
        try:
            self._connection.confirm(self._replicas)
        except StoreUnavailable:
            self.cancel(job_id)  # a client that gets an error submits it again
            self._requests.forget(request)
            raise
        return self.get(job_id)

    def cancel(self, job_id: str) -> bool:
        """End a queued or running job as cancelled; return False if it has already ended.

        The next write of a running attempt is refused, so that it stops.

        Raises:
            JobNotFound: there is no such job.
        """
        state = self._scripts.run("cancel", job_id)
        if state is None:
            raise JobNotFound(id=job_id)
        return state in (JobState.QUEUED, JobState.RUNNING)

    def check_owner(self, owner: str, of_owner: Load, jobs: int = 1) -> None:
        """Raise OwnerQuotaReached if an owner has no room for `jobs` more."""
        if bound := self._scripts.run("owner_bound", owner, *of_owner, jobs):
            needed = Load(jobs, 0) if jobs > 1 and bound == "jobs" else None
            raise refusal(("owner", bound), UNBOUNDED, of_owner, needed)

    def retry(
        self,
        job_id: str,
        bounds: Load = UNBOUNDED,
        of_owner: Load = UNBOUNDED,
        request: KeyedRequest = NO_KEY,
    ) -> None:
        """Enqueue a failed job again; it resumes from its checkpoint.

        The same request again does nothing.

        Raises:
            IdempotencyKeyReused: an earlier request of this name had other content.
            JobNotFound: there is no such job.
            JobInTrash: it was deleted, and can be restored.
            NotFailed: it is in another state.
            QueueFull, OwnerQuotaReached: the job stays failed.
        """
        arguments = (*bounds, *request, of_owner.jobs)
        state, *reached = self._scripts.run("retry", job_id, *arguments)
        if state == "reused":
            raise IdempotencyKeyReused(field=HEADER, id=reached[0])
        if not state:
            raise JobNotFound(id=job_id)
        if state == "trashed":
            raise JobInTrash(id=job_id)
        if state != JobState.FAILED:
            raise NotFailed(id=job_id, state=state)
        if reached:
            raise refusal(reached, bounds, of_owner)

    def delete(self, job_id: str) -> bool:
        """Delete the record of a job that is not live for good; return False if there was none."""
        return bool(self._scripts.run("delete", job_id))

    def share(self, job_id: str, secret_hash: str | None) -> None:
        """Give a job a share link in place of an earlier one, or with None take it away.

        Raises:
            JobNotFound: there is no such job.
        """
        if not self._scripts.run("share", job_id, secret_hash or ""):
            raise JobNotFound(id=job_id)

    def shared_as(self, secret_hash: str) -> str | None:
        """Return the id of the job that a share link shows; None if there is no such link."""
        job_id: Any = self._connection.get(f"{Key.SHARE}{secret_hash}")
        return None if job_id is None else str(job_id)

    def forget_pixels(self, job_id: str) -> str | None:
        """Let a job's record no longer name its float pixels; return their key, if it had one."""
        key: str | None = self._scripts.run("forget_pixels", job_id)
        return key

    # For the worker that makes an attempt

    def claim_next(self, capability: Capability, lease_seconds: float) -> Claim | None:
        """Claim the next job that fits the worker, with a lease; None if none fits.

        A job that the worker still holds counts as lost, since a worker runs one job at a time.
        """
        lease, nonce = round(lease_seconds * 1000), uuid4().hex
        worker, pixels = capability.worker, capability.pixels
        claimed: Any = self._scripts.run("claim_next", worker, pixels, lease, nonce)
        return Claim(job_id=claimed[0], attempt=claimed[1]) if claimed else None

    def renew(self, claim: Claim, lease_seconds: float = LEASE_SECONDS) -> Pending | None:
        """Hold the job for another `lease_seconds`; return what its user wants of the attempt."""
        return _pending(self._write("renew", claim, round(lease_seconds * 1000)))

    def report(
        self, claim: Claim, progress: JobProgress, eta_seconds: float | None
    ) -> Pending | None:
        """Record a job's progress and publish it; return what its user wants of the attempt."""
        event = json.dumps({"progress": progress.model_dump(), "eta_seconds": eta_seconds})
        fields = ["progress", progress.model_dump_json()]
        if eta_seconds is not None:
            fields += ["eta_seconds", json.dumps(eta_seconds)]
        losses = json.dumps([progress.evaluation, progress.level, progress.loss])
        counts = progress.evaluation, progress.evaluations
        answer = self._write("report_progress", claim, LEASE_MS, event, *counts, losses, *fields)
        return _pending(answer)

    def show_preview(self, claim: Claim, key: str, evaluation: int) -> None:
        """Publish a preview of `evaluation` that is stored under `key`."""
        self._write("report", claim, LEASE_MS, "preview", evaluation, "preview", key)

    def save_checkpoint(self, claim: Claim, key: str) -> None:
        """Let the next attempt resume from the checkpoint that is stored under `key`."""
        self._write("save_checkpoint", claim, LEASE_MS, key)

    def record_fallbacks(self, claim: Claim, fallback_step: int, fallbacks: list[Fallback]) -> None:
        """Record how the job continues with less memory; later attempts start with that too."""
        recorded = json.dumps([fallback.model_dump() for fallback in fallbacks])
        fields = ("fallbacks", recorded, "fallback_step", fallback_step)
        self._write("report", claim, LEASE_MS, "fallback", recorded, *fields)

    def succeed(
        self,
        claim: Claim,
        result: str,
        float_pixels: str | None = None,
        stopped: JobProgress | None = None,
    ) -> None:
        """End the job with what is stored under these keys; doing it twice has no effect.

        Args:
            claim: the attempt.
            result: the picture.
            float_pixels: what it was rendered from, if that is kept.
            stopped: how far a job is that its user ended early.
        """
        fields: list[str | int] = ["result", result]
        if float_pixels:
            fields += ["float_pixels", float_pixels]
        if stopped:
            fields += ["progress", stopped.model_dump_json(), "stopped_after", stopped.evaluation]
        self._write("finish", claim, JobState.SUCCEEDED, *fields)
        self._connection.confirm(self._replicas)

    def fail(self, claim: Claim, error: GramworksError) -> None:
        """End the job with the reason for its failure; doing it twice has no effect."""
        self._write("finish", claim, JobState.FAILED, "error", _fault(error))
        self._connection.confirm(self._replicas)

    def decline(self, claim: Claim, error: RecordUnreadable) -> None:
        """Leave a job that this worker cannot read to another one; fail it if there is none."""
        self._write("decline", claim, _fault(error))

    def release(self, claim: Claim, reason: str) -> None:
        """Requeue the job, or pause it if that is pending; the attempt does not count as lost."""
        self._write("release", claim, reason)

    def lose(
        self,
        claim: Claim,
        reason: str,
        *,
        detail: str = "",
        fallback_steps: int = 0,
        fault: GramworksError | None = None,
    ) -> None:
        """Requeue the job of an attempt that failed, or fail the job after too many of them.

        A worker that loses one job after another is suspended; see `lua/common/3_failures.lua`.

        Args:
            claim: the attempt.
            reason: for the job's log; `error`, `hung` and `killed` count as the worker's failures.
            detail: more about the reason, such as the exception.
            fallback_steps: how many fallback steps to add for the next attempt.
            fault: why the job fails, if it does; by default WorkersLost.
        """
        error = _fault(fault) if fault else ""
        self._write("lose", claim, reason, detail, fallback_steps, error)

    # For jobs of other workers

    def requeue_expired(self) -> int:
        """Requeue jobs whose lease has expired; return how many.

        A job that lost too many attempts in a row without progress fails.
        """
        return int(self._scripts.run("requeue_expired", LEASE_MS))

    def release_worker(self, worker: str) -> int:
        """Requeue the jobs of a worker that is stopping; return how many.

        The attempts do not count as lost.
        """
        return int(self._scripts.run("release_worker", worker))

    def holders(self) -> dict[str, list[Claim]]:
        """Return the workers that hold jobs, and their claims."""
        ids: Any = self._connection.zrange(Key.LEASES, 0, -1)
        pipeline = self._connection.pipeline()
        for job_id in ids:
            pipeline.hmget(job_key(job_id), "worker", "attempt")
        held: dict[str, list[Claim]] = {}
        for job_id, (worker, attempt) in zip(ids, pipeline.execute() if ids else [], strict=True):
            if worker and attempt and attempt.isdigit():
                held.setdefault(worker, []).append(Claim(job_id, int(attempt)))
        return held

    # Reading

    def get(self, job_id: str) -> Job:
        """Return a job.

        Raises:
            JobNotFound: there is no such job.
            JobInTrash: it was deleted, and can be restored.
            RecordUnreadable: its record is of another version, or damaged.
        """
        found = self.find(job_id)
        if found.deleted_at:
            raise JobInTrash(id=job_id)
        if isinstance(found, UnreadableJob):
            raise RecordUnreadable(id=job_id, reason=found.reason)
        return found

    def find(self, job_id: str) -> Job | UnreadableJob:
        """Return a job, even one that is in the trash, or whose record cannot be read.

        Raises:
            JobNotFound: there is no such job.
        """
        found = self.get_all([job_id])
        if not found:
            raise JobNotFound(id=job_id)
        return found[0]

    def page(self, limit: int, cursor: str | None = None, owner: str | None = None) -> Page:
        """Return up to `limit` jobs that were submitted before `cursor`, newest first.

        With `owner`, only that owner's jobs.
        """
        return self.page_of(_index(owner), limit, cursor)

    def newer_page(self, limit: int, cursor: str, owner: str | None = None) -> Page:
        """Return up to `limit` jobs that were submitted after `cursor`, oldest first."""
        return self.newer_page_of(_index(owner), limit, cursor)

    def count(self, owner: str) -> int:
        """Return how many jobs an owner has that are not in the trash."""
        return self.count_of(_index(owner))

    def page_of(self, index: str, limit: int, cursor: str | None = None) -> Page:
        """Return up to `limit` jobs of the sorted set `index` below `cursor`, from the highest."""
        newest = f"({cursor}" if cursor else "+inf"
        rows: Any = self._connection.zrevrangebyscore(
            index, newest, "-inf", start=0, num=limit + 1, withscores=True
        )
        return self._page(rows, limit)

    def newer_page_of(self, index: str, limit: int, cursor: str) -> Page:
        """Return up to `limit` jobs of the sorted set `index` above `cursor`, from the lowest."""
        rows: Any = self._connection.zrangebyscore(
            index, f"({cursor}", "+inf", start=0, num=limit + 1, withscores=True
        )
        return self._page(rows, limit)

    def count_of(self, index: str) -> int:
        """Return how many jobs the sorted set `index` has."""
        return int(self._connection.zcard(index))

    def _page(self, rows: Sequence[tuple[str, float]], limit: int) -> Page:
        numbers = {job_id: int(number) for job_id, number in rows[:limit]}
        cursor = str(int(rows[limit - 1][1])) if len(rows) > limit else None
        return Page(self.get_all(list(numbers)), cursor, numbers)

    def running(self) -> list[Job]:
        """Return the running jobs."""
        ids: Any = self._connection.zrange(Key.LEASES, 0, -1)
        return [job for job in self.get_all(ids) if isinstance(job, Job)]

    def ended_before(self, seconds_ago: float, limit: int = 100) -> list[str]:
        """Return up to `limit` ids of jobs that ended that long ago, oldest first."""
        latest = (self._connection.clock() - seconds_ago) * 1000
        ids: Any = self._connection.zrangebyscore(Key.ENDED, "-inf", latest, start=0, num=limit)
        return list(ids)

    def with_pixels_before(self, seconds_ago: float, limit: int = 100) -> list[str]:
        """Return up to `limit` ids of jobs that ended that long ago and keep float pixels."""
        latest = (self._connection.clock() - seconds_ago) * 1000
        ids: Any = self._connection.zrangebyscore(Key.PIXELS, "-inf", latest, start=0, num=limit)
        return list(ids)

    def get_all(self, job_ids: Sequence[str]) -> list[Job | UnreadableJob]:
        """Return the jobs that exist, in the trash too."""
        if not job_ids:
            return []
        rows, queued, passed = from_json(self._scripts.run("read", *job_ids))
        queue = QueueState.of(queued, passed)
        return [
            from_fields(job_id, fields, log, queue.position(fields.get("priority"), rank))
            for job_id, (fields, log, rank) in zip(job_ids, rows, strict=True)
            if fields
        ]

    def _write(self, script: str, claim: Claim, *args: str | int | float) -> Any:
        answer = self._scripts.run(script, claim.job_id, claim.attempt, *args)
        if not answer:
            raise Superseded(id=claim.job_id, attempt=claim.attempt)
        return answer


def refusal(
    reached: Sequence[str], bounds: Load, of_owner: Load, needed: Load | None = None
) -> Refused:
    """Return the error for a bound that is reached.

    Args:
        reached: whose bound, `queue` or `owner`, and which, `jobs` or `bytes`.
        bounds: the queue's bounds.
        of_owner: the owner's.
        needed: what a batch needs.
    """
    whose, bound = reached
    more = {"needed": getattr(needed, bound)} if needed else {}
    if whose == "owner":
        return OwnerQuotaReached(bound=bound, maximum=getattr(of_owner, bound), **more)
    return QueueFull(bound=bound, maximum=getattr(bounds, bound), **more)


def _index(owner: str | None) -> str:
    return Key.INDEX if owner is None else f"{Key.OWNED}{owner}"


def _fault(error: GramworksError) -> str:
    return JobFault(code=error.code, parameters=error.parameters).model_dump_json()


def _pending(answer: object) -> Pending | None:
    """Return what a script's answer asks of an attempt; an earlier version's asks nothing."""
    match answer:
        case "pause" | "stop":
            return answer
        case _:
            return None
