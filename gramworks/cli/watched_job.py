"""What is known now of a job that is being watched, gathered from its events."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from gramworks.events import Event, JobChanged, Progressed, Reconnecting
from gramworks.models import Job, Progress


@dataclass
class Standing:
    """The newest of everything that the events told; `trouble` is why they are missing now."""

    job: Job
    progress: Progress | None = None
    trouble: Reconnecting | None = None
    _eta: float | None = field(default=None, repr=False)
    _start: float | None = field(default=None, repr=False)
    _eta_heard: float = field(default=0.0, repr=False)

    def take(self, event: Event) -> None:
        """Let the event change what is known."""
        self.trouble = event if isinstance(event, Reconnecting) else None
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
        """Until the end: the server's estimate, less the time since it came."""
        return self._from_now(self._eta)

    @property
    def seconds_to_start(self) -> float | None:
        """Until the start of a queued job, likewise."""
        return self._from_now(self._start)

    def _from_now(self, seconds: float | None) -> float | None:
        if seconds is None:
            return None
        return max(0.0, seconds - (time.monotonic() - self._eta_heard))

    @property
    def seconds_elapsed(self) -> float:
        """Since the start of the work, or since the job was made while it waits for that."""
        since = self.job.started_at or self.job.created_at
        # Two machines' clocks meet here; a server that is ahead must not make it negative.
        return max(0.0, (datetime.now(UTC) - since).total_seconds()) if since else 0.0
