"""What is to be sent to webhooks, and what became of it.

The scripts that end a job put deliveries into the outbox; see `lua/common/4_deliveries.lua`.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, SecretStr

from shared.job import Job
from shared.job_store.connection import Connection
from shared.job_store.keys import Key
from shared.job_store.records import UnreadableJob, from_fields
from shared.job_store.scripts import Scripts


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True)


class ClaimedDelivery(_Model):
    """The right to make an attempt of a delivery, and what is needed for it.

    `job` is the job `job_id` as it was when the event happened, at `at`; None for a test, and if
    this version cannot read its record. `failures` are the webhook's attempts that failed in a row
    before this one; `is_working` says whether its last one succeeded. Times are Redis's, in ms.
    """

    id: str
    webhook: str
    attempt: int
    event: str
    at: int
    now: int
    url: str
    secrets: tuple[SecretStr, ...]
    failures: int
    is_working: bool
    job_id: str
    job: Job | None


class Attempt(_Model):
    """How an attempt ended: the receiver's `status`, or an error's `code` with its parameters.

    `at` is Redis's time in ms when it ended, `ms` how long it took.
    """

    at: int
    ms: int
    status: int | None = None
    code: str | None = None
    parameters: dict[str, Any] = {}


class Delivery(_Model):
    """A delivery's record.

    Pending ones have the time in ms when the next attempt is due. They are `stopped` while their
    webhook is disabled, and if it was deleted.
    """

    id: str
    webhook: str
    event: str
    job: str
    at: int
    state: Literal["pending", "delivered", "failed", "stopped"]
    attempts: tuple[Attempt, ...] = ()
    next_at: int | None = None


class Outbox:
    """The deliveries in Redis. Every method may raise StoreUnavailable."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._scripts = Scripts(connection)

    def claim(self, lease_seconds: float, most: int, unproven: int) -> list[ClaimedDelivery]:
        """Claim deliveries that are due, one for each webhook.

        Args:
            lease_seconds: after which another worker may claim them, unless they are recorded.
            most: how many; webhooks whose last delivery succeeded come first.
            unproven: how many of them can be for other webhooks.
        """
        arguments = (round(lease_seconds * 1000), most, unproven)
        rows = json.loads(self._scripts.run("claim_deliveries", *arguments))
        return [_claimed(row) for row in rows]

    def record(
        self,
        claim: ClaimedDelivery,
        attempt: Attempt,
        *,
        succeeded: bool = False,
        next_seconds: float | None = None,
        pause_seconds: float = 0.0,
        gone: bool = False,
    ) -> bool:
        """Record how an attempt ended; return False if it no longer counts.

        Args:
            claim: the delivery.
            attempt: how it ended.
            succeeded: whether the receiver accepted it.
            next_seconds: when to try again; None if the delivery has failed.
            pause_seconds: for how long nothing is sent to the webhook.
            gone: whether the receiver wants no more deliveries.
        """
        arguments = (
            claim.id,
            claim.attempt,
            attempt.model_dump_json(exclude_none=True),
            int(succeeded),
            "" if next_seconds is None else round(next_seconds * 1000),
            round(pause_seconds * 1000),
            int(gone),
        )
        return bool(self._scripts.run("record_attempt", *arguments))

    def log(self, of: str) -> list[Delivery]:
        """Return the newest deliveries of a job or a webhook, newest first."""
        ids: Any = self._connection.lrange(f"{Key.DELIVERIES}{of}", 0, -1)
        return self.read(ids)

    def read(self, ids: Sequence[str]) -> list[Delivery]:
        """Return the deliveries that exist."""
        pipeline = self._connection.pipeline(transaction=False)
        for delivery_id in ids:
            pipeline.hgetall(f"{Key.DELIVERY}{delivery_id}")
        rows = zip(ids, pipeline.execute() if ids else [], strict=True)
        found = (_delivery(delivery_id, fields) for delivery_id, fields in rows)
        return self._with_next([delivery for delivery in found if delivery])

    def _with_next(self, deliveries: list[Delivery]) -> list[Delivery]:
        """Add to pending deliveries when they are tried next, or that they are not."""
        pipeline = self._connection.pipeline(transaction=False)
        pending = [each for each in deliveries if each.state == "pending"]
        for each in pending:
            pipeline.zscore(f"{Key.PENDING}{each.webhook}", each.id)
            pipeline.hmget(f"{Key.WEBHOOK}{each.webhook}", "enabled", "paused_until")
        answers = pipeline.execute() if pending else []
        rows = zip(pending, answers[::2], answers[1::2], strict=True)
        changed = {each.id: _with_next(each, due, webhook) for each, due, webhook in rows}
        return [changed.get(each.id, each) for each in deliveries]


def _with_next(delivery: Delivery, due: float | None, webhook: list[str | None]) -> Delivery:
    enabled, paused_until = webhook
    if due is None or enabled != "1":
        return delivery.model_copy(update={"state": "stopped"})
    return delivery.model_copy(
        update={"next_at": max(int(due), int(paused_until or 0), delivery.at)}
    )


def _claimed(row: Mapping[str, Any]) -> ClaimedDelivery:
    job = None
    if row["job"]:
        found = from_fields(row["job"], json.loads(row["record"]), [], None)
        job = None if isinstance(found, UnreadableJob) else found
    secrets = [row[name] for name in ("secret", "previous_secret") if name in row]
    return ClaimedDelivery.model_validate(
        {**row, "secrets": tuple(secrets), "job_id": row["job"], "job": job}
    )


def _delivery(delivery_id: str, fields: Mapping[str, str]) -> Delivery | None:
    try:
        numbers = range(1, int(fields["attempts"]) + 1)
        attempts = [
            Attempt.model_validate_json(fields[f"attempt:{number}"])
            for number in numbers
            if f"attempt:{number}" in fields  # else its worker was killed
        ]
        return Delivery.model_validate({**fields, "id": delivery_id, "attempts": tuple(attempts)})
    except (ValueError, KeyError):  # it has expired, or is of another version
        return None
