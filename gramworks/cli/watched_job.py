"""The latest state of a watched job, updated by its events."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from gramworks.events import Event, JobChanged, Progressed, Reconnecting
from gramworks.models import Job, Progress


@dataclass
class WatchedJob:
    """A job and its newest progress; `reconnecting` is set while its events are interrupted."""

    job: Job
    progress: Progress | None = None
    reconnecting: Reconnecting | None = None
    _eta: float | None = field(default=None, repr=False)
    _start: float | None = field(default=None, repr=False)
    _eta_heard: float = field(default=0.0, repr=False)

    def update(self, event: Event) -> None:
        """Apply an event."""
        self.reconnecting = event if isinstance(event, Reconnecting) else None
        match event:
            case JobChanged(job):
                self.job, self.progress = job, job.progress
                self._expect(job.eta_seconds, job.starts_in_seconds)
            case Progressed(progress, eta_seconds):
                self.progress = progress
                self._expect(eta_seconds)

    def _expect(self, end: float | None, start: float | None = None) -> None:
        self._eta, self._start, self._eta_heard = end, start, time.monotonic()

    @property
    def seconds_left(self) -> float | None:
        """Until the end: the server's estimate minus the time since it came."""
        return self._from_now(self._eta)

    @property
    def seconds_to_start(self) -> float | None:
        """Until the start of a queued job, in the same way."""
        return self._from_now(self._start)

    def _from_now(self, seconds: float | None) -> float | None:
        if seconds is None:
            return None
        return max(0.0, seconds - (time.monotonic() - self._eta_heard))

    @property
    def seconds_elapsed(self) -> float:
        """Since the job was queued while it waits, else since it started."""
        is_waiting = self.job.state == "queued" or self.job.started_at is None
        since = self.job.queued_at if is_waiting else self.job.started_at
        # The two machines' clocks differ; a server that is ahead must not make it negative.
        return max(0.0, (datetime.now(UTC) - since).total_seconds()) if since else 0.0
