"""The job store: the one door to all that Redis knows of jobs."""

from shared.job_store.draining import Draining
from shared.job_store.events import Events
from shared.job_store.leases import Leases
from shared.job_store.locks import Locks
from shared.job_store.records import Records


class JobStore(Records, Leases, Events, Locks, Draining):
    """Jobs in Redis; every method may raise StoreUnavailable."""

    def ping(self) -> None:
        """Raise StoreUnavailable unless Redis answers."""
        self.redis.execute_command("PING")
