"""How long it takes until jobs run again, by Redis's clock."""

import time
from collections.abc import Callable
from typing import Any

from shared.errors import StoreUnavailable
from shared.job import ENDED
from shared.job_store.keys import Key, stream_key
from tests.faults.log import Entry, read_log
from tests.faults.system import System
from tests.faults.traffic import Traffic

POLL_SECONDS = 0.05
WAIT_SECONDS = 90.0
Look = Callable[
    [], float | None
]  # the time of the event; None before it; LookupError if it cannot come


class Watch:
    """Each method waits for an event after `since` and returns its time; None if none came."""

    def __init__(self, system: System, traffic: Traffic) -> None:
        self._system = system
        self._traffic = traffic

    def runs_again(self, job_id: str, since: float) -> float | None:
        """Wait until another attempt makes progress, or this one after it resumed its lease."""
        return _wait(lambda: self._ran_again(job_id, since))

    def requeued_at(self, job_id: str, since: float) -> float | None:
        """Return when the job was requeued, without waiting for it."""
        try:
            log = self._log(job_id)
        except StoreUnavailable:
            return None
        return next((each.at for each in log if each.state == "queued" and each.at > since), None)

    def progresses(self, job_id: str, since: float) -> float | None:
        """Wait until the job makes progress, in any attempt."""
        return _wait(lambda: self._progressed(job_id, since))

    def any_progresses(self, since: float) -> float | None:
        """Wait until any job makes progress."""
        return _wait(lambda: self._first(self._held(), self._progressed, since))

    def any_succeeds(self, since: float) -> float | None:
        """Wait until any job succeeds."""
        seen: set[str] = set()

        def look() -> float | None:
            seen.update(self._held())
            return self._first(seen, self._succeeded, since)

        return _wait(look)

    def ends(self, job_id: str) -> float | None:
        """Wait until the job has ended."""
        return _wait(lambda: self._ended(job_id))

    def any_accepted(self, since: float) -> float | None:
        """Wait until the web has accepted a job."""
        last = self._traffic
        return _wait(lambda: last.last_accepted_at if last.last_accepted_at > since else None)

    def _ran_again(self, job_id: str, since: float) -> float | None:
        log = self._log(job_id)
        again = [entry for entry in log if entry.state == "running" and entry.at > since]
        if again:
            return self._progressed(job_id, again[0].at)
        if log and log[-1].state in ENDED:
            raise LookupError  # it had already ended
        return None

    def _progressed(self, job_id: str, since: float) -> float | None:
        events: Any = self._system.jobs._connection.xrange(
            stream_key(job_id), f"({round(since * 1000)}-0"
        )
        for event_id, fields in events:
            if fields["kind"] == "progress":
                return _seconds(event_id)
        log = self._log(job_id)
        if log and log[-1].state in ENDED:
            if log[-1].at <= since:
                raise LookupError
            return log[-1].at
        return None

    def _succeeded(self, job_id: str, since: float) -> float | None:
        log = self._log(job_id)
        last = log[-1] if log else None
        return last.at if last and last.state == "succeeded" and last.at > since else None

    def _ended(self, job_id: str) -> float | None:
        log = self._log(job_id)
        return log[-1].at if log and log[-1].state in ENDED else None

    def _first(
        self, ids: set[str], look: Callable[[str, float], float | None], since: float
    ) -> float | None:
        for job_id in ids:
            try:
                if found := look(job_id, since):
                    return found
            except LookupError:
                continue
        return None

    def _held(self) -> set[str]:
        held: Any = self._system.jobs._connection.zrange(Key.LEASES, 0, -1)
        return set(held)

    def _log(self, job_id: str) -> list[Entry]:
        return read_log(self._system.jobs._connection, job_id)


def _seconds(event_id: str) -> float:
    return int(event_id.partition("-")[0]) / 1000


def _wait(look: Look) -> float | None:
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        try:
            if found := look():
                return found
        except StoreUnavailable:
            pass  # Redis is not available
        except LookupError:
            return None
        time.sleep(POLL_SECONDS)
    return None
