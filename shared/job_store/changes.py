"""What a user changes of a queued or running job: its priority, its place, pausing, stopping."""

from typing import NamedTuple

from shared.errors import JobNotFound, JobPaused, NotLive, NotQueued, NotRunning
from shared.job import Priority
from shared.job_store.connection import Connection
from shared.job_store.queue import Load
from shared.job_store.scripts import Scripts
from shared.job_store.store import UNBOUNDED, refusal


class Change(NamedTuple):
    """A change; what is None or False stays as it is.

    `priority` puts a queued job behind its owner's others of that priority. `front` then moves it
    before them. `paused` keeps a queued job out of the queue, and lets a running one end its
    attempt with a checkpoint; resumed, it is queued behind its owner's others.
    """

    priority: Priority | None = None
    front: bool = False
    paused: bool | None = None


class JobChanges:
    """Changes jobs. Every method may raise StoreUnavailable."""

    def __init__(self, connection: Connection) -> None:
        self._scripts = Scripts(connection)

    def change(
        self,
        job_id: str,
        change: Change,
        bounds: Load = UNBOUNDED,
        of_owner: Load = UNBOUNDED,
    ) -> None:
        """Make the whole change in one step. What a job is already is no error.

        Args:
            job_id: the job.
            change: the change.
            bounds: the queue's bounds, which a job that is resumed must not exceed.
            of_owner: the owner's bounds, of which live jobs count.

        Raises:
            JobNotFound: there is no such job.
            NotLive: the job has ended.
            NotQueued: its priority or place is to change, and it is running.
            JobPaused: it is to move to the front, and is paused.
            QueueFull, OwnerQuotaReached: the job stays paused.
        """
        wish = {None: "", True: "pause", False: "resume"}[change.paused]
        front = "front" if change.front else ""
        arguments = (change.priority or "", front, wish, *bounds, of_owner.jobs)
        match self._scripts.run("change", job_id, *arguments):
            case ["done"]:
                return
            case ["ended", None]:
                raise JobNotFound(id=job_id)
            case ["ended", state]:
                raise NotLive(id=job_id, state=state)
            case ["not_queued", state]:
                raise NotQueued(id=job_id, state=state)
            case ["paused"]:
                raise JobPaused(id=job_id)
            case reached:
                raise refusal(reached, bounds, of_owner)

    def stop(self, job_id: str) -> None:
        """Let a running job succeed with the pixels that it has; doing it twice is no error.

        Raises:
            JobNotFound: there is no such job.
            NotRunning: it is in another state, so it has no pixels to keep.
        """
        match self._scripts.run("stop", job_id):
            case 1:
                return
            case "":
                raise JobNotFound(id=job_id)
            case state:
                raise NotRunning(id=job_id, state=state)
