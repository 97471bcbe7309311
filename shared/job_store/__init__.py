"""The jobs in Redis: records, the queue, leases and events, each in a file of its own."""

from shared.job_store.connection import connect
from shared.job_store.events import Event
from shared.job_store.leases import LEASE_SECONDS
from shared.job_store.queue import Capability, Claim, Load
from shared.job_store.store import JobStore

__all__ = ["LEASE_SECONDS", "Capability", "Claim", "Event", "JobStore", "Load", "connect"]
