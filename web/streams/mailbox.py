"""The messages that a watcher has yet to be sent; their number is bounded."""

import threading
from typing import NamedTuple

from shared.job_store import is_after
from web.messages.languages import ENGLISH

NEWEST_ONLY = {"progress", "preview", "comment"}  # an older one that was not sent is skipped
MOST_MESSAGES = 64


class Message(NamedTuple):
    """A message as it is sent; `event_id` is None if it is of no event of its own."""

    kind: str
    text: bytes
    event_id: str | None = None


class Mailbox:
    """Takes messages from the hub, and gives them to whatever sends them; thread-safe.

    Progress that could not be sent is replaced by newer progress. A change of state is never
    skipped: a watcher that lags behind by too many is closed instead, and resumes by itself.
    """

    def __init__(self, after: str, language: str | None = ENGLISH) -> None:
        """Begin after the event `after`; `language` is of what the watcher reads, if it does."""
        self.language = language
        self._after = after
        self._changed = threading.Condition()
        self._messages: list[Message] = []
        self._closed = False

    def put(self, message: Message) -> None:
        """Add a message, unless its event was seen."""
        with self._changed:
            if self._closed or not self._is_new(message):
                return
            if message.kind in NEWEST_ONLY:
                self._messages = [each for each in self._messages if each.kind != message.kind]
            if len(self._messages) >= MOST_MESSAGES:
                self._messages, self._closed = [], True
            else:
                self._messages.append(message)
            self._changed.notify()

    def close(self) -> None:
        """Take no more messages; those that are there are still sent."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    @property
    def is_closed(self) -> bool:
        """Whether it takes no more messages."""
        return self._closed

    def take(self) -> tuple[bytes, bool]:
        """Return what there is to send, and whether more may follow."""
        with self._changed:
            text = b"".join(message.text for message in self._messages)
            self._messages = []
            return text, not self._closed

    def wait(self) -> tuple[bytes, bool]:
        """Return the same when there is something to send, or nothing more follows."""
        with self._changed:
            self._changed.wait_for(lambda: self._messages or self._closed)
        return self.take()

    def _is_new(self, message: Message) -> bool:
        if message.event_id is None:
            return True
        if not is_after(message.event_id, self._after):
            return False
        self._after = message.event_id
        return True


class EndOnly(Mailbox):
    """Drops all messages: whoever has it waits for nothing but the end."""

    def __init__(self) -> None:
        super().__init__("", None)

    def put(self, message: Message) -> None:
        """Drop a message."""

    def wait_for_end(self, seconds: float) -> None:
        """Wait until it is closed, up to `seconds`."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed, max(seconds, 0))
