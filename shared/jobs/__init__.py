"""The jobs in Redis: records, the queue, leases and events, each in a file of its own."""

from shared.jobs.connection import connect
from shared.jobs.events import Event
from shared.jobs.leases import LEASE_SECONDS
from shared.jobs.queue import Capability, Claim, Load
from shared.jobs.store import JobStore

__all__ = ["LEASE_SECONDS", "Capability", "Claim", "Event", "JobStore", "Load", "connect"]
