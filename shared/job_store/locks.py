"""What only one worker does at a time, or once in a while."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import uuid4

from shared.errors import StoreUnavailable
from shared.job_store.keys import done_key, lock_key
from shared.job_store.scripts import Scripted

LOCK_SECONDS = 30.0  # after which a holder that died no longer keeps the others out


class Locks(Scripted):
    """The concern of taking turns; it saves work, correctness never hangs on it."""

    @contextmanager
    def alone(self, what: str, seconds: float = LOCK_SECONDS) -> Iterator[bool]:
        """Keep others out of the block; False if another is in it."""
        token = uuid4().hex
        got = self.redis.set(lock_key(what), token, nx=True, px=round(seconds * 1000))
        try:
            yield bool(got)
        finally:
            if got:
                with suppress(StoreUnavailable):  # it lapses
                    self._run("unlock", lock_key(what), token)

    def first_in(self, what: str, seconds: float) -> bool:
        """Return whether nobody asked the same in so many seconds."""
        return bool(self.redis.set(done_key(what), 1, nx=True, px=round(seconds * 1000)))
