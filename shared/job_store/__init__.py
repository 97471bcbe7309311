"""The jobs in Redis.

Reading order: `store` (JobStore: every transition of a job), `records` (writing and reading a job),
`queue` (what is queued), `turns` (the order of the priorities), `requests` (those that come again),
`trash` (deleted jobs), `events`, `workers`, `tokens`, `sessions`, `locks`, `connection`; `keys`
defines keys and limits for Python and Lua, `scripts` loads `lua/`.
"""

from shared.job_store.connection import Connection, RedisStatus, connect
from shared.job_store.events import Event, JobEvents, is_after
from shared.job_store.locks import Locks
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
from shared.job_store.workers import Worker, Workers

__all__ = [
    "LEASE_SECONDS",
    "NO_KEY",
    "SCOPES",
    "UNBOUNDED",
    "Capability",
    "Claim",
    "Connection",
    "Emptied",
    "Event",
    "JobEvents",
    "JobQueue",
    "JobStore",
    "KeyedRequest",
    "Load",
    "Locks",
    "Moved",
    "NewJob",
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
    "Worker",
    "Workers",
    "connect",
    "hash_of",
    "is_after",
    "new_id",
]
