"""Users who submit jobs, retry if there is no answer, and record the answers."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from gramworks import Client, GramworksError
from tests.faults import picture
from tests.faults.orders import Order
from tests.faults.system import System

PAUSE = 0.2
USERS = 2


class Traffic:
    """Submits `total` jobs; `allowed` returns how many may be submitted so far.

    At most `backlog` jobs are queued. If it is 0, the jobs in flight are at least two fewer than
    the workers, so that one worker is idle.
    """

    def __init__(
        self,
        system: System,
        orders: Iterator[Order],
        total: int,
        allowed: Callable[[], float],
        backlog: int,
    ) -> None:
        self.accepted: dict[str, Order] = {}  # by id, for each 202 that was read
        self.last_accepted_at = time.time()
        self.unanswered = 0
        self.cancelled: set[str] = set()  # confirmed by the server
        self.perhaps_deleted: set[str] = (
            set()
        )  # a cancellation was requested, but no answer was read
        self._system = system
        self._orders = orders
        self._total = total
        self._taken = 0
        self._asking: list[float] = []  # the start times of submissions that are not accepted yet
        self._allowed = allowed
        self._backlog = backlog
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._users = [threading.Thread(target=self._use, daemon=True) for _ in range(USERS)]

    @property
    def submitted(self) -> int:
        """How many of the jobs a user has begun to submit."""
        return self._taken

    @property
    def turned_away(self) -> float:
        """For how many seconds all submissions have failed."""
        now = time.time()
        return now - max(min(self._asking, default=now), self.last_accepted_at)

    @property
    def done(self) -> bool:
        """Whether all users are done."""
        return not any(user.is_alive() for user in self._users)

    def start(self) -> None:
        """Start the users."""
        for user in self._users:
            user.start()

    def stop(self) -> None:
        """Stop the users."""
        self._stopped.set()

    def submit_until_accepted(self, order: Order) -> str | None:
        """Submit until the server accepts the job; return its id, None if stopped."""
        job_id, begin = None, time.time()
        self._asking.append(begin)
        with self._system.client() as client:
            while not self._stopped.is_set():
                if job_id := self._try(client, order):
                    break
                time.sleep(PAUSE)
        self._asking.remove(begin)
        return job_id

    def remember(self, job_id: str, order: Order) -> None:
        """Record that the server answered 202."""
        self.accepted[job_id] = order
        self.last_accepted_at = time.time()

    def cancel(self, job_id: str) -> None:
        """Cancel a job and record the answer."""
        try:
            with self._system.client() as client:
                state = client.cancel(job_id).state
        except GramworksError:  # no answer; or it had just ended, and was deleted
            self.perhaps_deleted.add(job_id)
        else:
            if state == "cancelled":
                self.cancelled.add(job_id)

    def _use(self) -> None:
        while not self._stopped.is_set():
            if self._taken < self._allowed() and self._room():
                with self._lock:
                    if self._taken >= self._total:
                        return
                    self._taken += 1
                    order = next(self._orders)
                self.submit_until_accepted(order)
            elif self._taken >= self._total:
                return
            else:
                time.sleep(PAUSE / 4)

    def _room(self) -> bool:
        waiting, running = self._system.in_flight()
        if self._backlog:
            return waiting < self._backlog
        return waiting + running < len(self._system.workers) - 2

    def _try(self, client: Client, order: Order) -> str | None:
        settings: dict[str, Any] = dict(order.settings)
        try:
            job = client.submit(picture.upload(), picture.upload(), settings)
        except GramworksError:
            self.unanswered += 1
            return None
        self.remember(job.id, order)
        return job.id
