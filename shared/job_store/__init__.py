"""The jobs in Redis.

Reading order: `store` (JobStore: every transition of a job's life), `changes` (what its user
changes on the way), `records` (writing and reading a job), `queue` (what is queued), `turns` (the
order of the priorities), `batches` (jobs that are accepted together) and `batch_records`,
`requests` (those that come again), `images` (uploaded before a job uses them), `trash` (deleted
jobs), `events`, `webhooks` and `outbox` (what is sent to them), `workers`, `tokens`, `sessions`,
`locks`, `connection`; `keys` defines keys and limits for Python and Lua, `scripts` loads `lua/`.
"""

from shared.job_store.batch_records import Batch, BatchJob
from shared.job_store.batches import Batches, BatchPage, NewBatch
from shared.job_store.changes import Change, JobChanges
from shared.job_store.connection import Connection, RedisStatus, connect
from shared.job_store.events import Event, JobEvents, Losses, is_after
from shared.job_store.images import UploadedImage, UploadedImages
from shared.job_store.locks import Locks
from shared.job_store.outbox import Attempt, ClaimedDelivery, Delivery, Outbox
from shared.job_store.queue import JobQueue, Load, QueuedJob
from shared.job_store.records import NewJob, UnreadableJob
from shared.job_store.requests import NO_KEY, KeyedRequest, Requests
from shared.job_store.sessions import Sessions
from shared.job_store.store import (
    LEASE_SECONDS,
    UNBOUNDED,
    Capability,
    Claim,
    JobStore,
    Page,
    new_id,
)
from shared.job_store.tokens import SCOPES, Scope, Token, Tokens, hash_of
from shared.job_store.trash import Emptied, Moved, Restored, Trash
from shared.job_store.webhooks import EVENT_TYPES, EventType, Webhook, Webhooks
from shared.job_store.workers import Memory, Worker, Workers

__all__ = [
    "EVENT_TYPES",
    "LEASE_SECONDS",
    "NO_KEY",
    "SCOPES",
    "UNBOUNDED",
    "Attempt",
    "Batch",
    "BatchJob",
    "BatchPage",
    "Batches",
    "Capability",
    "Change",
    "Claim",
    "ClaimedDelivery",
    "Connection",
    "Delivery",
    "Emptied",
    "Event",
    "EventType",
    "JobChanges",
    "JobEvents",
    "JobQueue",
    "JobStore",
    "KeyedRequest",
    "Load",
    "Locks",
    "Losses",
    "Memory",
    "Moved",
    "NewBatch",
    "NewJob",
    "Outbox",
    "Page",
    "QueuedJob",
    "RedisStatus",
    "Requests",
    "Restored",
    "Scope",
    "Sessions",
    "Token",
    "Tokens",
    "Trash",
    "UnreadableJob",
    "UploadedImage",
    "UploadedImages",
    "Webhook",
    "Webhooks",
    "Worker",
    "Workers",
    "connect",
    "hash_of",
    "is_after",
    "new_id",
]
