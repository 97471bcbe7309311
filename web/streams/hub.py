"""Reads the events of all watched jobs from Redis, and gives them to the watchers."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from shared.errors import GramworksError
from shared.job import Job, JobState
from shared.job_store import Event, JobEvents, JobStore, is_after
from web.streams.mailbox import Mailbox, Message
from web.streams.messages import KEEP_ALIVE, WHOLE_JOB, job_message, part_message
from web.streams.outlet import Outlet, Outlets

READ_SECONDS = 0.1  # between two reads of the events
SILENCE_SECONDS = 5.0  # between two comments, and two looks at the positions of queued jobs
log = logging.getLogger(__name__)


@dataclass
class Watched:
    """A job that is watched: the last event that was read, and the JSON that was sent last."""

    cursor: str
    state: str
    shown: dict[str, dict[str, Any]] = field(default_factory=dict)  # by language
    mailboxes: set[Mailbox] = field(default_factory=set)

    def languages(self) -> set[str]:
        """Return the languages that the watchers read."""
        return {each.language for each in tuple(self.mailboxes) if each.language}

    def send(self, message: Message, language: str | None = None) -> None:
        """Give a message to all watchers, or to those who read a language."""
        for mailbox in tuple(self.mailboxes):
            if language in (None, mailbox.language):
                mailbox.put(message)

    def close(self) -> None:
        """End the streams of all watchers."""
        for mailbox in tuple(self.mailboxes):
            mailbox.close()


class Hub:
    """The watchers of one process, and the one thread that serves them while there are any.

    An event is read once, and made into a message once for each language that its watchers read.
    """

    def __init__(self, app: Flask, events: JobEvents, jobs: JobStore) -> None:
        self.app = app
        self._events = events
        self._jobs = jobs
        self._lock = threading.Lock()
        self._watched: dict[str, Watched] = {}
        self._is_running = False
        self._handed_over: list[Outlet] = []

    def watch(
        self, job_id: str, after: str, shown: dict[str, Any], mailbox: Mailbox | None = None
    ) -> Mailbox:
        """Watch a job from the event `after` on, until the mailbox is closed.

        Args:
            job_id: the job.
            after: the last event that the watcher knows.
            shown: the job's JSON that the watcher has, or a part of it.
            mailbox: what takes the messages; by default a new one.
        """
        mailbox = mailbox or Mailbox(after)
        with self._lock:
            watched = self._watched.setdefault(job_id, Watched(after, shown["state"]))
            watched.mailboxes.add(mailbox)
            if mailbox.language:
                watched.shown.setdefault(mailbox.language, shown)
            if is_after(watched.cursor, after):
                watched.cursor = after  # read again; the other watchers know what they have seen
            self._ensure_running()
        return mailbox

    def adopt(self, outlet: Outlet) -> None:
        """Send a mailbox to a socket from now on."""
        with self._lock:
            self._handed_over.append(outlet)
            self._ensure_running()

    def _ensure_running(self) -> None:
        if not self._is_running:
            self._is_running = True
            threading.Thread(target=self._run, name="event streams", daemon=True).start()

    def _run(self) -> None:
        outlets = Outlets()
        silent_until = time.monotonic() + SILENCE_SECONDS
        with self.app.app_context():
            while self._is_needed(outlets):
                outlets.handle(READ_SECONDS)
                for outlet in self._take_handed_over():
                    outlets.add(outlet)
                self._trying(self._read)
                if time.monotonic() >= silent_until:
                    silent_until = time.monotonic() + SILENCE_SECONDS
                    self._trying(self._refresh)
                outlets.flush()

    def _is_needed(self, outlets: Outlets) -> bool:
        with self._lock:
            for watched in self._watched.values():
                watched.mailboxes = {each for each in watched.mailboxes if not each.is_closed}
            self._watched = {id_: each for id_, each in self._watched.items() if each.mailboxes}
            self._is_running = bool(self._watched or self._handed_over or len(outlets))
            return self._is_running

    def _take_handed_over(self) -> list[Outlet]:
        with self._lock:
            taken, self._handed_over = self._handed_over, []
        return taken

    def _trying(self, step: Callable[[dict[str, Watched]], None]) -> None:
        """Do a step; if it fails, end all streams: the clients reconnect and get the error."""
        with self._lock:
            watched = dict(self._watched)
        try:
            step(watched)
        except Exception as error:  # the next watcher may succeed
            if not isinstance(error, GramworksError):
                log.exception("event streams: failed, continue")
            for each in watched.values():
                each.close()

    def _read(self, watched: Mapping[str, Watched]) -> None:
        cursors = {job_id: each.cursor for job_id, each in watched.items()}
        found = self._events.read(cursors)
        changed = [id_ for id_, events in found.items() if any(e.kind in WHOLE_JOB for e in events)]
        jobs = self._readable(changed)
        for job_id, events in found.items():
            with self._lock:  # before they are sent: who joins from now on may want them again
                if watched[job_id].cursor == cursors[job_id]:  # else somebody wants older ones
                    watched[job_id].cursor = events[-1].id
            if job_id in changed and job_id not in jobs:
                watched[job_id].close()  # deleted or unreadable: the client gets the error
            else:
                _send_events(watched[job_id], job_id, events, jobs.get(job_id))

    def _refresh(self, watched: Mapping[str, Watched]) -> None:
        """Send queued jobs whose position or times changed, and comments to all others.

        A started job without events was deleted.
        """
        queued = [id_ for id_, each in watched.items() if each.state == JobState.QUEUED]
        jobs = self._readable(queued)
        gone = self._events.without(sorted(watched.keys() - set(queued)))
        for job_id, each in watched.items():
            job = jobs.get(job_id)
            if job_id in gone or (job_id in queued and job is None):
                each.close()
            elif job and job.state is JobState.QUEUED:
                for language in each.languages():
                    message, shown = job_message(job, each.cursor, language)
                    is_new = shown != each.shown.get(language)
                    each.send(message if is_new else KEEP_ALIVE, language)
                    each.shown[language] = shown
            else:
                each.send(KEEP_ALIVE)

    def _readable(self, job_ids: Sequence[str]) -> dict[str, Job]:
        return {job.id: job for job in self._jobs.get_all(job_ids) if isinstance(job, Job)}


def _send_events(watched: Watched, job_id: str, events: Sequence[Event], job: Job | None) -> None:
    for event in events:
        if job and event.kind in WHOLE_JOB:
            watched.state = job.state
            for language in watched.languages():
                message, watched.shown[language] = job_message(job, event.id, language)
                watched.send(message._replace(event_id=event.id), language)
            if job.ended:
                watched.close()
                return
        elif message_of_part := part_message(job_id, event):
            watched.send(message_of_part)
