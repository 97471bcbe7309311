"""The job store: the one door to all that Redis knows of jobs."""

from shared.jobs.draining import Draining
from shared.jobs.events import Events
from shared.jobs.leases import Leases
from shared.jobs.locks import Locks
from shared.jobs.records import Records


class JobStore(Records, Leases, Events, Locks, Draining):
    """Jobs in Redis; every method may raise StoreUnavailable."""

    def ping(self) -> None:
        """Raise StoreUnavailable unless Redis answers."""
        self.redis.execute_command("PING")
